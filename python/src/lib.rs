//! The Python module `cloudtrail_cartographer._core`, a thin binding for mapping Arrow batches. Panics become exceptions.

mod batches;
mod error;
mod mapper;
mod tables;
mod trail;

use pyo3::prelude::*;

/// The module's functions and classes.
#[pymodule]
mod _core {
    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python specifies")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::error::{CartographerError, ColumnError, OrderError, RuleError};
    #[pymodule_export]
    use super::mapper::{Mapper, Rules};
    #[pymodule_export]
    use super::tables::{map_events, mapper_columns, parse_document, schemas, sign_ins, strong_evidence};
    #[pymodule_export]
    use super::trail::{database_script, hunt_sql, hunts, load_trail, table_schemas, views};
}
