//! Python exceptions for errors.

use cartographer::lake::LakeError;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(cartographer, CartographerError, PyValueError, "The input cannot be mapped.");
create_exception!(
    cartographer,
    ColumnError,
    CartographerError,
    "A column is missing, or its values are not valid for events."
);
create_exception!(cartographer, OrderError, CartographerError, "The rows of a session are incomplete or out of order.");
create_exception!(
    cartographer,
    RuleError,
    CartographerError,
    "Custom rules contain errors. The message has one line per problem."
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
