//! A connection to the host while the extension is being loaded, and the operations of the stable C API on it.
#![expect(unsafe_code, reason = "the host is called through the C API")]

use std::ffi::CStr;

use duckdb::ffi;

use super::ExtensionError;
use super::callback;
use super::function::{ScalarFunction, TableFunction};
use super::text::{borrowed, c_text};

/// A connection to the host. It is closed after loading, because an open connection would hold locks.
pub(super) struct Host(ffi::duckdb_connection);

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: this value opened the connection, and closes it once.
        unsafe { ffi::duckdb_disconnect(&raw mut self.0) }
    }
}

impl Host {
    /// Connects to a database of the host.
    ///
    /// # Safety
    /// The database is open, and stays open as long as this value exists.
    pub(super) unsafe fn connect(database: ffi::duckdb_database) -> Result<Self, ExtensionError> {
        let mut connection = std::ptr::null_mut();
        // SAFETY: guaranteed by the caller.
        let state = unsafe { ffi::duckdb_connect(database, &raw mut connection) };
        // Constructed before the check, so that a failed connection is freed as well.
        let host = Self(connection);
        if state == ffi::DuckDBSuccess {
            Ok(host)
        } else {
            Err(ExtensionError::Host("cannot connect to the host".to_owned()))
        }
    }

    /// Runs statements.
    ///
    /// # Errors
    /// DuckDB's message.
    pub(super) fn execute(&self, sql: &str) -> Result<(), ExtensionError> {
        let sql = c_text(sql);
        // SAFETY: the host fills a zeroed result, and its message is valid until the result is destroyed.
        unsafe {
            let mut result: ffi::duckdb_result = std::mem::zeroed();
            let state = ffi::duckdb_query(self.0, sql.as_ptr(), &raw mut result);
            let message = borrowed(ffi::duckdb_result_error(&raw mut result));
            ffi::duckdb_destroy_result(&raw mut result);
            if state == ffi::DuckDBSuccess { Ok(()) } else { Err(ExtensionError::Host(message)) }
        }
    }

    /// Registers a table function.
    ///
    /// # Errors
    /// If the host rejects it.
    pub(super) fn add_table_function(&self, function: TableFunction) -> Result<(), ExtensionError> {
        let name = c_text(function.name);
        // SAFETY: the host copies names and types, and owns the function's data until it frees it with `free`.
        let state = unsafe {
            let mut made = ffi::duckdb_create_table_function();
            ffi::duckdb_table_function_set_name(made, name.as_ptr());
            for parameter in function.parameters {
                match parameter.name.map(c_text) {
                    None => ffi::duckdb_table_function_add_parameter(made, parameter.kind.column().raw()),
                    Some(name) => {
                        let kind = parameter.kind.column();
                        ffi::duckdb_table_function_add_named_parameter(made, name.as_ptr(), kind.raw());
                    }
                }
            }
            ffi::duckdb_table_function_supports_projection_pushdown(made, true);
            ffi::duckdb_table_function_set_bind(made, Some(callback::bind));
            ffi::duckdb_table_function_set_init(made, Some(callback::init));
            ffi::duckdb_table_function_set_function(made, Some(callback::scan));
            let kept = Box::into_raw(Box::new(function));
            ffi::duckdb_table_function_set_extra_info(made, kept.cast(), Some(callback::free::<TableFunction>));
            let state = ffi::duckdb_register_table_function(self.0, made);
            ffi::duckdb_destroy_table_function(&raw mut made);
            state
        };
        check_state(state, &name)
    }

    /// Registers a scalar function.
    ///
    /// # Errors
    /// If the host rejects it.
    pub(super) fn add_scalar_function(&self, function: ScalarFunction) -> Result<(), ExtensionError> {
        let name = c_text(&function.name);
        // SAFETY: as for table functions.
        let state = unsafe {
            let mut made = ffi::duckdb_create_scalar_function();
            ffi::duckdb_scalar_function_set_name(made, name.as_ptr());
            for parameter in &function.parameters {
                ffi::duckdb_scalar_function_add_parameter(made, parameter.raw());
            }
            ffi::duckdb_scalar_function_set_return_type(made, function.answer.raw());
            if function.has_effect {
                ffi::duckdb_scalar_function_set_volatile(made);
            }
            ffi::duckdb_scalar_function_set_function(made, Some(callback::scalar));
            let kept = Box::into_raw(Box::new(function));
            ffi::duckdb_scalar_function_set_extra_info(made, kept.cast(), Some(callback::free::<ScalarFunction>));
            let state = ffi::duckdb_register_scalar_function(self.0, made);
            ffi::duckdb_destroy_scalar_function(&raw mut made);
            state
        };
        check_state(state, &name)
    }
}

fn check_state(state: ffi::duckdb_state, name: &CStr) -> Result<(), ExtensionError> {
    let refused = || ExtensionError::Host(format!("the host rejected {}", name.to_string_lossy()));
    (state == ffi::DuckDBSuccess).then_some(()).ok_or_else(refused)
}
