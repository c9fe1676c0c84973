//! Reads whole trails, and the SQL that turns them into a database with views and hunts.

use std::collections::BTreeMap;

use cartographer::event::Timestamp;
use cartographer::hunt::{self, Hunt, ParamKind, ParamValue};
use cartographer::lake;
use cartographer::read;
use cartographer::table::{EnumType, TABLES};
use cartographer::trail::{Filter, Span, Trail};
use cartographer::view;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;

use crate::batches::{Batch, PythonSchema};
use crate::error::{CartographerError, exception};
use crate::mapper::Rules;

/// The batches of each table of a trail.
type Tables = BTreeMap<&'static str, Vec<Batch>>;

/// Reads and maps the files, folders and globs. `span` is in microseconds since 1970, UTC; `only` lists accounts, regions
/// and services.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "PyO3 passes lists by value")]
pub(crate) fn load_trail(
    py: Python<'_>,
    paths: Vec<String>,
    rules: &Rules,
    span: (Option<i64>, Option<i64>),
    only: (Vec<String>, Vec<String>, Vec<String>),
    threads: usize,
) -> PyResult<Tables> {
    let span = Span { from: span.0.map(Timestamp), to: span.1.map(Timestamp) };
    let filter = Filter { span, accounts: only.0, regions: only.1, services: only.2 };
    py.detach(|| tables(&paths, rules, &filter, threads))
}

fn tables(paths: &[String], rules: &Rules, filter: &Filter, threads: usize) -> PyResult<Tables> {
    let failed = |error: &dyn std::fmt::Display| CartographerError::new_err(error.to_string());
    let threads = ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| failed(&error))?;
    let found = read::discover(paths);
    if let Some(endless) = found.sources.iter().find(|source| !source.is_file()) {
        return Err(failed(&format!("{:?} is not a regular file; save it to a file first", endless.name)));
    }
    let trail = Trail::read(found, filter, &threads).map_err(|error| failed(&error))?;
    trail.some().map_err(|error| failed(&error))?;
    let mapped = trail.map(&rules.0, &threads).map_err(|error| failed(&error))?;
    let mut tables = Tables::new();
    let mut add = |name, batch| -> PyResult<()> {
        let batch = lake::in_utc(&batch).map_err(exception)?;
        tables.entry(name).or_default().push(Batch(batch));
        Ok(())
    };
    for batch in trail.events {
        add("events", batch)?;
    }
    for batch in mapped.sessions {
        add("sessions", batch)?;
    }
    for batches in mapped.signals {
        add("signals", batches.signals)?;
        add("event_signal", batches.event_signal)?;
        add("signal_entities", batches.signal_entities)?;
    }
    add("aggregated_events", trail.aggregated)?;
    add("load_files", trail.files)?;
    add("rejects", trail.rejects)?;
    Ok(tables)
}

/// The schemas of all tables of a case, by name. Times are in UTC.
#[pyfunction]
pub(crate) fn table_schemas() -> BTreeMap<&'static str, PythonSchema> {
    let schema = |table: &cartographer::table::Table| lake::schema_in_utc(&table.schema()).as_ref().clone();
    TABLES.into_iter().map(|table| (table.name, PythonSchema(schema(table)))).collect()
}

/// The statements that create the types, tables and views of a case in an empty DuckDB database.
#[pyfunction]
pub(crate) fn database_script() -> Vec<String> {
    let types = EnumType::ALL.into_iter().map(EnumType::create);
    let tables = TABLES.into_iter().map(cartographer::table::Table::create);
    let views = view::shipped().into_iter().map(|view| view.sql.to_owned());
    types.chain(tables).chain(views).collect()
}

/// Each view: its name, what a row is, and the default order of its rows.
#[pyfunction]
pub(crate) fn views() -> Vec<(&'static str, String, Option<&'static str>)> {
    view::shipped().into_iter().map(|view| (view.name, view.head.grain, view.head.order)).collect()
}

fn shipped() -> PyResult<Vec<Hunt>> {
    hunt::shipped().map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Each hunt: its ID, its question, what a row means, its harmless causes, and the names and kinds of its parameters.
#[pyfunction]
#[expect(clippy::type_complexity, reason = "the shape of a tuple for Python")]
pub(crate) fn hunts() -> PyResult<Vec<(String, String, String, String, Vec<(String, &'static str)>)>> {
    let kind = |kind: ParamKind| match kind {
        ParamKind::Moment => "moment",
        ParamKind::Integer => "integer",
        ParamKind::Text => "text",
    };
    let tuple = |hunt: Hunt| {
        let params = hunt.params.into_iter().map(|param| (param.name, kind(param.kind))).collect();
        (hunt.id, hunt.title, hunt.hit, hunt.false_positives, params)
    };
    Ok(shipped()?.into_iter().map(tuple).collect())
}

/// A value of a hunt's parameter. A time is in microseconds since 1970, UTC.
#[derive(FromPyObject)]
pub(crate) enum HuntValue {
    Integer(i64),
    Text(String),
}

/// The statements of a hunt with these values. They must match the parameters' kinds.
#[pyfunction]
pub(crate) fn hunt_sql(id: &str, given: BTreeMap<String, HuntValue>) -> PyResult<String> {
    let hunts = shipped()?;
    let hunt = hunts.iter().find(|hunt| hunt.id == id);
    let hunt = hunt.ok_or_else(|| PyValueError::new_err(format!("there is no hunt {id:?}")))?;
    let value = |(name, value): (String, HuntValue)| {
        let kind = hunt.param(&name).map(|param| param.kind);
        let value = match (kind, value) {
            (Some(ParamKind::Moment), HuntValue::Integer(micros)) => ParamValue::Moment(Timestamp(micros)),
            (Some(ParamKind::Integer), HuntValue::Integer(number)) => ParamValue::Integer(number),
            (Some(ParamKind::Text), HuntValue::Text(text)) => ParamValue::Text(text),
            _ => return Err(PyValueError::new_err(format!("the hunt {id} has no parameter {name:?} of this type"))),
        };
        Ok((name, value))
    };
    Ok(hunt.sql(&given.into_iter().map(value).collect::<PyResult<Vec<_>>>()?))
}
