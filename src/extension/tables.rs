//! The table functions. Their columns are those of the tables of a case.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use super::ExtensionError;
use super::argument::{Parameter, ParameterKind};
use super::cache;
use super::function::{Answer, TableFunction};
use super::options::{self, Options};
use crate::batch::{self, Cell, Rows, SignalBatches};
use crate::table::{
    AGGREGATED_EVENTS, CASE_INFO, EVENT_SIGNAL, EVENTS, LOAD_FILES, REJECTS, RULES, SCHEMA_VERSION, SESSIONS,
    SIGNAL_ENTITIES, SIGNALS, Table,
};
use crate::trail::{Mapped, Trail};

const RULES_ALONE: &[Parameter] = &[Parameter { name: Some("rules"), kind: ParameterKind::Texts }];

/// All table functions.
pub(super) const FUNCTIONS: [TableFunction; 10] = [
    of_trail("cartographer_events", &EVENTS, 1_000_000, |options| {
        read(options, |trail| Ok(trail.some()?.events.clone()))
    }),
    of_trail("cartographer_sessions", &SESSIONS, 10_000, |options| map(options, |mapped| mapped.sessions.clone())),
    of_trail("cartographer_signals", &SIGNALS, 50_000, |options| mapped(options, |batches| &batches.signals)),
    of_trail("cartographer_event_signal", &EVENT_SIGNAL, 300_000, |options| {
        mapped(options, |batches| &batches.event_signal)
    }),
    of_trail("cartographer_signal_entities", &SIGNAL_ENTITIES, 150_000, |options| {
        mapped(options, |batches| &batches.signal_entities)
    }),
    of_trail("cartographer_load_files", &LOAD_FILES, 40_000, |options| {
        read(options, |trail| Ok(vec![trail.files.clone()]))
    }),
    of_trail("cartographer_aggregated_events", &AGGREGATED_EVENTS, 100, |options| {
        read(options, |trail| Ok(vec![trail.aggregated.clone()]))
    }),
    of_trail("cartographer_rejects", &REJECTS, 100, |options| read(options, |trail| Ok(vec![trail.rejects.clone()]))),
    TableFunction {
        name: "cartographer_rules",
        table: &RULES,
        parameters: RULES_ALONE,
        typical_rows: 2_500,
        answer: rules,
    },
    TableFunction {
        name: "cartographer_version",
        table: &CASE_INFO,
        parameters: &[],
        typical_rows: 3,
        answer: version,
    },
];

type Find = fn(&Options) -> Result<Answer, ExtensionError>;

const fn of_trail(name: &'static str, table: &'static Table, typical_rows: u64, answer: Find) -> TableFunction {
    TableFunction { name, table, parameters: options::PARAMETERS, typical_rows, answer }
}

/// Rows that do not require mapping.
fn read(
    options: &Options,
    take: impl FnOnce(&Trail) -> Result<Vec<RecordBatch>, ExtensionError>,
) -> Result<Answer, ExtensionError> {
    let trail = cache::trail(options)?;
    let batches = take(trail.read()?)?;
    Ok(Answer { batches, shared: Some(Arc::clone(&trail.slot)) })
}

/// Rows that require mapping.
fn map(options: &Options, take: impl FnOnce(&Mapped) -> Vec<RecordBatch>) -> Result<Answer, ExtensionError> {
    let rules = options.rule_set()?;
    let trail = cache::trail(options)?;
    let batches = trail.map(&rules, take)?;
    Ok(Answer { batches, shared: Some(Arc::clone(&trail.slot)) })
}

/// One of the three tables of signals.
fn mapped(options: &Options, table: fn(&SignalBatches) -> &RecordBatch) -> Result<Answer, ExtensionError> {
    map(options, |mapped| mapped.signals.iter().map(table).cloned().collect())
}

fn rules(options: &Options) -> Result<Answer, ExtensionError> {
    Ok(Answer { batches: vec![batch::rules(options.rule_set()?.rules())?], shared: None })
}

fn version(options: &Options) -> Result<Answer, ExtensionError> {
    let mut rows = Rows::new(&CASE_INFO);
    rows.push(&[Cell::text("tool_version"), Cell::text(env!("CARGO_PKG_VERSION"))])?;
    rows.push(&[Cell::text("schema_version"), Cell::text(&SCHEMA_VERSION.to_string())])?;
    rows.push(&[Cell::text("rules_version"), Cell::text(options.rule_set()?.version())])?;
    Ok(Answer { batches: vec![rows.finish()?], shared: None })
}
