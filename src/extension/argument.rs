//! The parameters of table functions, and the arguments that a query passes for them.

use super::types::Type;
use crate::event::Timestamp;
use crate::table::ColumnKind;

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
