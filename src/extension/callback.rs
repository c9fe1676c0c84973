//! Callbacks for the host. They receive raw pointers, and must not let a panic escape.
#![expect(unsafe_code, reason = "a host calls these through the C API with raw pointers")]

use std::any::Any;
use std::ffi::{CString, c_void};
use std::panic::{self, AssertUnwindSafe};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::ArrayRef;
use duckdb::ffi;
use duckdb::vtab::arrow::write_arrow_array_to_vector;

use super::ExtensionError;
use super::argument::{Argument, ArgumentValue, ParameterKind};
use super::files::HostFiles;
use super::function::{Answer, ScalarFunction, TableFunction};
use super::input::TextArguments;
use super::options::Options;
use super::output::{self, Slice};
use super::text::{c_text, given};
use super::types::Type;
use crate::event::Timestamp;

/// The state of one scan of a table function.
struct Scan {
    /// The indices of the requested columns in the table.
    columns: Vec<usize>,
    answer: OnceLock<Result<(Answer, Vec<Slice>), ExtensionError>>,
    next: AtomicUsize,
}

/// Binds a call to a table function.
pub(super) unsafe extern "C" fn bind(info: ffi::duckdb_bind_info) {
    let bound = catch(|| {
        // SAFETY: the host keeps the function for as long as it calls it.
        let function = unsafe { &*ffi::duckdb_bind_get_extra_info(info).cast::<TableFunction>() };
        for column in function.table.columns {
            let (name, kind) = (c_text(column.name), Type::of(column.kind));
            // SAFETY: the host copies both.
            unsafe { ffi::duckdb_bind_add_result_column(info, name.as_ptr(), kind.raw()) }
        }
        // SAFETY: `info` belongs to the host, and is valid for this call.
        let values = unsafe { arguments(info, function) };
        // The planner orders joins by the number of rows, which is not known before the trail is read.
        // SAFETY: as above.
        unsafe { ffi::duckdb_bind_set_cardinality(info, function.typical_rows, false) }
        // SAFETY: the options are freed with the bound call, which a connection frees before it is closed.
        let files = unsafe { HostFiles::of(info) };
        // Only the arguments are checked here. A host binds often, so files are read during the scan.
        Ok(Box::new(Options::of(&values)?.on(files)?))
    });
    // SAFETY: the host frees the data with `free`, and copies the message.
    unsafe {
        match bound {
            Ok(bound) => {
                ffi::duckdb_bind_set_bind_data(info, Box::into_raw(bound).cast(), Some(free::<Options>));
            }
            Err(message) => ffi::duckdb_bind_set_error(info, message.as_ptr()),
        }
    }
}

/// Starts a scan.
pub(super) unsafe extern "C" fn init(info: ffi::duckdb_init_info) {
    let scan = catch(|| {
        // SAFETY: `info` belongs to the host, and is valid for this call.
        let columns = unsafe {
            let count = ffi::duckdb_init_get_column_count(info);
            (0..count).map(|at| ffi::duckdb_init_get_column_index(info, at)).collect::<Vec<_>>()
        };
        let columns = columns.into_iter().map(|at| usize::try_from(at).unwrap_or(usize::MAX)).collect();
        Ok(Box::new(Scan { columns, answer: OnceLock::new(), next: AtomicUsize::new(0) }))
    });
    // SAFETY: the host frees the data with `free`, and copies the message.
    unsafe {
        match scan {
            Ok(scan) => ffi::duckdb_init_set_init_data(info, Box::into_raw(scan).cast(), Some(free::<Scan>)),
            Err(message) => ffi::duckdb_init_set_error(info, message.as_ptr()),
        }
    }
}

/// Returns the next rows, or none at the end. The rows are computed on the first call.
pub(super) unsafe extern "C" fn scan(info: ffi::duckdb_function_info, chunk: ffi::duckdb_data_chunk) {
    let done = catch(|| {
        // SAFETY: the host keeps the function, the bound call and the scan until the query has ended, and nothing
        // modifies them.
        let (function, options, scan) = unsafe {
            let function = &*ffi::duckdb_function_get_extra_info(info).cast::<TableFunction>();
            let options = &*ffi::duckdb_function_get_bind_data(info).cast::<Options>();
            (function, options, &*ffi::duckdb_function_get_init_data(info).cast::<Scan>())
        };
        let answer = scan.answer.get_or_init(|| {
            let answer = (function.answer)(options)?;
            let slices = output::slices(&answer.batches);
            Ok((answer, slices))
        });
        let (answer, slices) = answer.as_ref().map_err(Clone::clone)?;
        let slice = slices.get(scan.next.fetch_add(1, Ordering::Relaxed));
        for (at, column) in scan.columns.iter().enumerate() {
            let Some(slice) = slice else { break };
            let values = output::column(function.table, &answer.batches, *slice, *column)?;
            // SAFETY: the chunk belongs to the host, is valid for this call, and has a vector for each requested column.
            unsafe { write(ffi::duckdb_data_chunk_get_vector(chunk, at as u64), &values)? }
        }
        let rows = slice.map_or(0, |slice| slice.rows);
        // SAFETY: there are at most as many rows as a chunk holds, because `output::slices` splits them accordingly.
        unsafe { ffi::duckdb_data_chunk_set_size(chunk, rows as u64) }
        Ok(())
    });
    if let Err(message) = done {
        // SAFETY: the host copies the message.
        unsafe { ffi::duckdb_function_set_error(info, message.as_ptr()) }
    }
}

/// Calls a scalar function for the rows of a chunk.
pub(super) unsafe extern "C" fn scalar(
    info: ffi::duckdb_function_info,
    input: ffi::duckdb_data_chunk,
    output: ffi::duckdb_vector,
) {
    let done = catch(|| {
        // SAFETY: the host keeps the function for as long as it calls it, and the chunk and the vector during this
        // call.
        unsafe {
            let function = &*ffi::duckdb_scalar_function_get_extra_info(info).cast::<ScalarFunction>();
            let rows = usize::try_from(ffi::duckdb_data_chunk_get_size(input)).unwrap_or_default();
            let vectors = (0..function.parameters.len() as u64).map(|at| ffi::duckdb_data_chunk_get_vector(input, at));
            let arguments: Vec<TextArguments> =
                vectors.map(|vector| TextArguments::read(vector, rows)).collect::<Result<_, _>>()?;
            write(output, &(function.call)(&arguments)?)
        }
    });
    if let Err(message) = done {
        // SAFETY: the host copies the message.
        unsafe { ffi::duckdb_scalar_function_set_error(info, message.as_ptr()) }
    }
}

/// Frees data that was passed to the host.
///
/// # Safety
/// The pointer was created from a boxed `T`, and is not used afterwards.
pub(super) unsafe extern "C" fn free<T>(kept: *mut c_void) {
    // SAFETY: guaranteed by the caller. A panic in a destructor is ignored, and the host continues.
    drop(panic::catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(kept.cast::<T>()) }))));
}

/// Runs the closure, and converts an error or a panic to a message for the host.
fn catch<T>(work: impl FnOnce() -> Result<T, ExtensionError>) -> Result<T, CString> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| c_text(&error.to_string())),
        Err(panic) => Err(c_text(&ExtensionError::Fault(message_of(panic.as_ref())).to_string())),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// # Safety
/// The vector belongs to the host, is valid for this call, has the column's type, and is large enough for the values.
unsafe fn write(mut vector: ffi::duckdb_vector, values: &ArrayRef) -> Result<(), ExtensionError> {
    write_arrow_array_to_vector(values, &mut vector).map_err(|error| ExtensionError::Fault(error.to_string()))
}

/// # Safety
/// `info` belongs to the host, and is valid for this call.
unsafe fn arguments(info: ffi::duckdb_bind_info, function: &TableFunction) -> Vec<Argument> {
    let mut next = 0;
    let mut values = Vec::new();
    for parameter in function.parameters {
        // SAFETY: guaranteed by the caller. A parameter that was not passed is NULL.
        let raw = unsafe {
            match parameter.name.map(c_text) {
                Some(name) => ffi::duckdb_bind_get_named_parameter(info, name.as_ptr()),
                None => ffi::duckdb_bind_get_parameter(info, next),
            }
        };
        next += u64::from(parameter.name.is_none());
        if !raw.is_null() {
            values.push(Argument { name: parameter.name, value: HostValue(raw).read(parameter.kind) });
        }
    }
    values
}

/// A value owned by the host.
struct HostValue(ffi::duckdb_value);

impl Drop for HostValue {
    fn drop(&mut self) {
        // SAFETY: the host transferred ownership, and the value is freed once.
        unsafe { ffi::duckdb_destroy_value(&raw mut self.0) }
    }
}

impl HostValue {
    fn read(&self, kind: ParameterKind) -> ArgumentValue {
        // SAFETY: the value is valid, and is a time or a number if the parameter is one, because the host casts it.
        unsafe {
            if ffi::duckdb_is_null_value(self.0) {
                return ArgumentValue::Null;
            }
            match kind {
                ParameterKind::Moment => ArgumentValue::Moment(Timestamp(ffi::duckdb_get_timestamp(self.0).micros)),
                ParameterKind::Integer => ArgumentValue::Integer(ffi::duckdb_get_int64(self.0)),
                ParameterKind::Texts => self.texts(),
            }
        }
    }

    fn texts(&self) -> ArgumentValue {
        match self.id() {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => ArgumentValue::Texts(vec![self.text()]),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST => self.list(),
            _ => ArgumentValue::Other(self.text()),
        }
    }

    fn list(&self) -> ArgumentValue {
        // SAFETY: the value is a list, and the host transfers ownership of each member.
        let members = unsafe {
            let count = ffi::duckdb_get_list_size(self.0);
            (0..count).map(|at| Self(ffi::duckdb_get_list_child(self.0, at))).collect::<Vec<_>>()
        };
        let mut texts = Vec::with_capacity(members.len());
        for member in members {
            match member.read(ParameterKind::Texts) {
                ArgumentValue::Texts(mut text) if text.len() == 1 => texts.append(&mut text),
                ArgumentValue::Null => return ArgumentValue::Null,
                _ => return ArgumentValue::Other(self.text()),
            }
        }
        ArgumentValue::Texts(texts)
    }

    fn id(&self) -> ffi::duckdb_type {
        // SAFETY: the type belongs to the value, and must not be freed.
        unsafe { ffi::duckdb_get_type_id(ffi::duckdb_get_value_type(self.0)) }
    }

    fn text(&self) -> String {
        // SAFETY: the host transfers ownership of the text.
        unsafe { given(ffi::duckdb_get_varchar(self.0)) }.unwrap_or_default()
    }
}
