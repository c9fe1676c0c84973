//! The Python module `cartographer._core`, a thin binding for mapping Arrow batches. Panics become exceptions.

mod batches;
mod error;
mod mapper;
mod tables;

use pyo3::prelude::*;

/// The module's functions and classes.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::error::{CartographerError, ColumnError, OrderError, RuleError};
    #[pymodule_export]
    use super::mapper::{Mapper, Rules};
    #[pymodule_export]
    use super::tables::{map_events, mapper_columns, parse_document, schemas, sign_ins, strong_evidence};
}
