//! Parses files, maps events, and returns the schemas of the tables.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use cartographer::event::Evidence;
use cartographer::lake::{self, DamagedJson};
use cartographer::table::{EVENT_SIGNAL, EVENTS, REJECTS, SIGNAL_ENTITIES, SIGNALS};
use pyo3::prelude::*;

use crate::batches::{Batch, PythonSchema};
use crate::error::{exception, warn_of};
use crate::mapper::Rules;

/// The events and rejects in a file.
#[pyfunction]
pub(crate) fn parse_document(py: Python<'_>, name: &str, data: &[u8]) -> PyResult<(Vec<Batch>, Batch)> {
    let document = py.detach(|| lake::parse(name, data.to_vec())).map_err(exception)?;
    Ok((document.events.into_iter().map(Batch).collect(), Batch(document.rejects)))
}

/// Maps events in any order to `signals`, `event_signal` and `signal_entities`.
#[pyfunction]
pub(crate) fn map_events(py: Python<'_>, batches: Vec<Batch>, rules: &Rules) -> PyResult<(Batch, Batch, Batch)> {
    let batches: Vec<RecordBatch> = batches.into_iter().map(|batch| batch.0).collect();
    let mut damaged = DamagedJson::default();
    let found = py.detach(|| lake::map(&batches, &rules.0, &mut damaged)).map_err(exception)?;
    warn_of(py, &damaged, 0)?;
    Ok((Batch(found.signals), Batch(found.event_signal), Batch(found.signal_entities)))
}

/// Sign-in events that do not state which session they opened.
#[pyfunction]
pub(crate) fn sign_ins(py: Python<'_>, batch: Batch) -> PyResult<Batch> {
    let batch = batch.0;
    py.detach(|| lake::sign_ins(&batch)).map(Batch).map_err(exception)
}

/// The input and output schemas, by name. Times are in UTC.
#[pyfunction]
pub(crate) fn schemas() -> BTreeMap<&'static str, PythonSchema> {
    let tables = [&EVENTS, &REJECTS, &SIGNALS, &EVENT_SIGNAL, &SIGNAL_ENTITIES];
    let own = tables.into_iter().map(|table| (table.name, lake::schema_in_utc(&table.schema())));
    let made = [("mapped", lake::wide_schema()), ("sign_ins", lake::sign_in_schema())];
    own.chain(made).map(|(name, schema)| (name, PythonSchema(schema.as_ref().clone()))).collect()
}

/// The names of the columns that a mapper needs.
#[pyfunction]
pub(crate) fn mapper_columns() -> Vec<&'static str> {
    lake::mapper_columns().collect()
}

/// The names in `console_evidence` that are each enough, on their own, to identify a console session.
#[pyfunction]
pub(crate) fn strong_evidence() -> Vec<&'static str> {
    Evidence::STRONG.names().collect()
}
