//! The symbol that a host calls when it loads the extension.
//!
//! The crate's entry macro reads the host's function table up to the end of the newest version, which is past the end
//! of an older host's table. The entry is therefore implemented here: it copies the part of the table that the host has,
//! and leaves the rest empty.
#![expect(unsafe_code, reason = "a host calls it through the C API with raw pointers")]

use std::ffi::{CString, c_char, c_void};
use std::panic::{self, AssertUnwindSafe};

use duckdb::ffi;

use super::host::Host;
use super::text::borrowed;
use super::{ExtensionError, files, register};

/// The required version of the C API, as in the file's footer.
const API: &str = "v1.2.0";
/// The number of functions in the table of DuckDB 1.2. They have the same positions in every later host.
const STABLE: usize = 404;
/// The version that added all further functions, among them those for files, to the stable table.
const WITH_FILES: (u32, u32, u32) = (1, 5, 6);

/// Called by a host on `LOAD`. Returns whether the extension was loaded, and reports an error to the host otherwise.
///
/// # Safety
/// `info` and `access` are the arguments that DuckDB passes to an extension with the C API.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn cartographer_init_c_api(
    info: ffi::duckdb_extension_info,
    access: *const ffi::duckdb_extension_access,
) -> bool {
    // SAFETY: the caller guarantees that the host's pointers are valid during this call.
    let loaded = panic::catch_unwind(AssertUnwindSafe(|| unsafe { load(info, access) }));
    let message = match loaded {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "cartographer failed to load because of a bug in the extension".to_owned(),
    };
    // SAFETY: as above. The message is valid until the host has copied it.
    unsafe { report(info, access, &message) };
    false
}

/// # Safety
/// See [`cartographer_init_c_api`].
unsafe fn load(
    info: ffi::duckdb_extension_info,
    access: *const ffi::duckdb_extension_access,
) -> Result<(), ExtensionError> {
    // SAFETY: the pointers belong to the host, and the functions are called according to the C API.
    unsafe {
        let access =
            access.as_ref().ok_or(ExtensionError::Host("the host did not provide the extension API".to_owned()))?;
        copy_functions(info, access)?;
        let database = access.get_database.map(|get| get(info)).filter(|database| !database.is_null());
        let database = database.ok_or(ExtensionError::Host("the host did not provide a database".to_owned()))?;
        register::all(&Host::connect(*database)?)
    }
}

/// Copies the stable functions of the host's table.
///
/// # Safety
/// See [`cartographer_init_c_api`].
unsafe fn copy_functions(
    info: ffi::duckdb_extension_info,
    access: &ffi::duckdb_extension_access,
) -> Result<(), ExtensionError> {
    let version = CString::new(API).unwrap_or_default();
    // SAFETY: the host's table has at least the stable functions. In an empty table all functions are absent.
    unsafe {
        let table = access.get_api.map(|get| get(info, version.as_ptr())).filter(|table| !table.is_null());
        let table =
            table.ok_or(ExtensionError::Host(format!("the host does not support version {API} of the C API")))?;
        let mut stable: ffi::duckdb_ext_api_v1 = std::mem::zeroed();
        std::ptr::copy_nonoverlapping(table.cast::<*const c_void>(), (&raw mut stable).cast(), STABLE);
        let host = stable.duckdb_library_version.map(|version| borrowed(version())).unwrap_or_default();
        let has_files = version_of(&host).is_some_and(|version| version >= WITH_FILES);
        if has_files {
            stable = table.cast::<ffi::duckdb_ext_api_v1>().read();
        }
        files::set_available(has_files);
        let copy = ffi::duckdb_extension_access { set_error: None, get_database: None, get_api: Some(given_table) };
        ffi::duckdb_rs_extension_api_init((&raw mut stable).cast(), &raw const copy, API)
            .map_err(|cause| ExtensionError::Host(cause.to_owned()))?;
    }
    Ok(())
}

/// The numbers in a version such as `v1.5.6` or `v1.6.0-dev123`.
fn version_of(text: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split(['.', '-']).map(str::parse::<u32>);
    let mut next = || numbers.next()?.ok();
    Some((next()?, next()?, next()?))
}

/// Replaces the host's `get_api`: returns the table that `info` points to.
unsafe extern "C" fn given_table(info: ffi::duckdb_extension_info, _version: *const c_char) -> *const c_void {
    info.cast()
}

/// # Safety
/// See [`cartographer_init_c_api`].
unsafe fn report(info: ffi::duckdb_extension_info, access: *const ffi::duckdb_extension_access, message: &str) {
    let message = super::text::c_text(message);
    // SAFETY: the host copies the message.
    unsafe {
        if let Some(set_error) = access.as_ref().and_then(|access| access.set_error) {
            set_error(info, message.as_ptr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn host_versions_are_compared_numerically() {
        assert_eq!(version_of("v1.5.6"), Some((1, 5, 6)));
        assert!(version_of("v1.10.0-dev12").unwrap() > version_of("v1.5.6").unwrap());
        assert_eq!(version_of("a1b2c3"), None);
    }
}
