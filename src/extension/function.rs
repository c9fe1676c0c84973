//! The functions that the extension adds to a host, described with safe types.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::record_batch::RecordBatch;

use super::ExtensionError;
use super::cache::Slot;
use super::input::TextArguments;
use super::options::Options;
use super::types::Type;
use crate::event::Timestamp;
use crate::table::{ColumnKind, Table};

/// A table function, which returns the rows of a table.
pub(super) struct TableFunction {
    pub(super) name: &'static str,
    /// The table that defines its columns.
    pub(super) table: &'static Table,
    pub(super) parameters: &'static [Parameter],
    /// Computes its rows. Called once for each scan.
    pub(super) answer: fn(&Options) -> Result<Answer, ExtensionError>,
}

/// The rows of a table function.
#[derive(Debug)]
pub(super) struct Answer {
    /// Batches with the table's schema, in order.
    pub(super) batches: Vec<RecordBatch>,
    #[expect(dead_code, reason = "kept alive, so that the other functions of the query find it")]
    pub(super) shared: Option<Arc<Slot>>,
}

/// A parameter of a table function: named, or positional if it has no name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: Option<&'static str>,
    pub(super) kind: ParameterKind,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterKind {
    /// Text, or a list of texts.
    Texts,
    /// A time in UTC.
    Moment,
    /// An integer.
    Integer,
}

impl ParameterKind {
    /// The type that is declared to the host.
    pub(super) fn column(self) -> Type {
        match self {
            Self::Texts => Type::any(),
            Self::Moment => Type::of(ColumnKind::Timestamp),
            Self::Integer => Type::of(ColumnKind::Integer),
        }
    }
}

/// An argument for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument {
    /// The parameter's name, if it has one.
    pub(super) name: Option<&'static str>,
    pub(super) value: ArgumentValue,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ArgumentValue {
    /// `NULL`, or a list that contains it.
    Null,
    /// Text, or a list of texts.
    Texts(Vec<String>),
    /// A time.
    Moment(Timestamp),
    /// An integer.
    Integer(i64),
    /// A value that the parameter does not accept, as formatted by the host.
    Other(String),
}

/// A scalar function.
pub(super) struct ScalarFunction {
    pub(super) name: String,
    pub(super) parameters: Vec<Type>,
    pub(super) answer: Type,
    pub(super) call: Box<ScalarCall>,
}

/// Returns one value for each row.
pub(super) type ScalarCall = dyn Fn(&[TextArguments]) -> Result<ArrayRef, ExtensionError> + Send + Sync;
