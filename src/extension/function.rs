//! What the extension adds to a host: functions, told in safe terms.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::record_batch::RecordBatch;

use super::ExtensionError;
use super::cache::Slot;
use super::input::Texts;
use super::options::Options;
use super::types::Type;
use crate::event::Timestamp;
use crate::table::{ColumnKind, Table};

/// A table function: its rows are those of a table.
pub(super) struct TableFunction {
    pub(super) name: &'static str,
    /// Its columns.
    pub(super) table: &'static Table,
    pub(super) parameters: &'static [Parameter],
    /// Finds its rows; called once a scan.
    pub(super) answer: fn(&Options) -> Result<Answer, ExtensionError>,
}

/// The rows of a table function.
#[derive(Debug)]
pub(super) struct Answer {
    /// Batches of the table's schema, in order.
    pub(super) batches: Vec<RecordBatch>,
    #[expect(dead_code, reason = "held, so that the other functions of a query find it")]
    pub(super) shared: Option<Arc<Slot>>,
}

/// A parameter of a table function: of that name, or if it has none, the next in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: Option<&'static str>,
    pub(super) kind: ParameterKind,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterKind {
    /// Text, or a list of texts.
    Texts,
    /// A moment, UTC.
    Moment,
    /// A whole number.
    Integer,
}

impl ParameterKind {
    /// The type as the host is told it.
    pub(super) fn column(self) -> Type {
        match self {
            Self::Texts => Type::any(),
            Self::Moment => Type::of(ColumnKind::Timestamp),
            Self::Integer => Type::of(ColumnKind::Integer),
        }
    }
}

/// A value that was given for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// The parameter's name, if it has one.
    pub(super) name: Option<&'static str>,
    pub(super) value: Value,
}

/// A value that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// `NULL`, or a list with one in it.
    Null,
    /// Text, or a list of texts.
    Texts(Vec<String>),
    /// A moment.
    Moment(Timestamp),
    /// A whole number.
    Integer(i64),
    /// Anything that the parameter does not take, as the host writes it.
    Other(String),
}

/// A scalar function.
pub(super) struct ScalarFunction {
    pub(super) name: String,
    pub(super) parameters: Vec<Type>,
    pub(super) answer: Type,
    pub(super) call: Box<Call>,
}

/// Gives as many values as there are rows.
pub(super) type Call = dyn Fn(&[Texts]) -> Result<ArrayRef, ExtensionError> + Send + Sync;
