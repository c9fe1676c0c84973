//! Registers everything on `LOAD`.

use super::ExtensionError;
use super::host::Host;
use super::macros::{self, DATABASE};
use super::{scalars, tables};
use crate::{hunt, view};

/// Registers all functions, and creates the macros.
///
/// # Errors
/// If the host rejects any of them. In that case, the macros' database is removed.
pub(super) fn all(host: &Host) -> Result<(), ExtensionError> {
    let hunts = hunt::shipped().map_err(|error| ExtensionError::Fault(error.to_string()))?;
    host.execute(&macros::create_database()).map_err(|error| ExtensionError::Host(with_advice(&error)))?;
    // Macros are created after the functions that they call, because newer hosts look these up when a macro is created.
    let functions = tables::FUNCTIONS.into_iter().try_for_each(|function| host.add_table_function(function));
    let scalars = || scalars::functions().into_iter().try_for_each(|function| host.add_scalar_function(function));
    let script = macros::script(&view::shipped(), &hunts);
    let comments = macros::comments(&view::shipped(), &hunts);
    let macros = || script.iter().try_for_each(|sql| host.execute(sql)).and_then(|()| host.execute(&comments));
    let made = functions.and_then(|()| scalars()).and_then(|()| macros());
    made.or_else(|error| host.execute(&format!("DETACH {DATABASE}")).and(Err(error)))
}

fn with_advice(error: &ExtensionError) -> String {
    format!(
        "its macros need a database named {DATABASE}, but that name is already in use; DETACH the other database first \
         ({error})"
    )
}
