//! Python exceptions for errors.

use std::ffi::CString;

use cartographer::lake::{DamagedJson, LakeError};
use pyo3::create_exception;
use pyo3::exceptions::{PyRuntimeWarning, PyValueError};
use pyo3::prelude::*;

create_exception!(cloudtrail_cartographer, CartographerError, PyValueError, "The input cannot be mapped.");
create_exception!(
    cloudtrail_cartographer,
    ColumnError,
    CartographerError,
    "A column is missing, or its values are not valid for events."
);
create_exception!(
    cloudtrail_cartographer,
    OrderError,
    CartographerError,
    "The rows of a session are incomplete or out of order."
);
create_exception!(
    cloudtrail_cartographer,
    RuleError,
    CartographerError,
    "Your rules contain errors. The message has one line per problem."
);

/// The exception for an error.
#[expect(clippy::needless_pass_by_value, reason = "so that it can be passed to map_err")]
pub(crate) fn exception(error: LakeError) -> PyErr {
    let message = error.to_string();
    match error {
        LakeError::Order { .. } | LakeError::Backwards { .. } | LakeError::Spent => OrderError::new_err(message),
        LakeError::Batch(_) | LakeError::Arrow(_) => CartographerError::new_err(message),
        _ => ColumnError::new_err(message),
    }
}

/// Issues a Python warning if more than `known` values of JSON columns were damaged.
pub(crate) fn warn_of(py: Python<'_>, damaged: &DamagedJson, known: u64) -> PyResult<()> {
    let (values, Some(first)) = (damaged.values - known, &damaged.first) else { return Ok(()) };
    if values == 0 {
        return Ok(());
    }
    let text = match values {
        1 => format!("1 value is not JSON and is read as NULL: {first}"),
        _ => format!("{values} values are not JSON and are read as NULL, the first of them: {first}"),
    };
    let text = text.replace('\0', "\u{fffd}");
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &CString::new(text)?, 1)
}
