//! Files that the host reads: those with an address such as `s3://bucket/key`, and all files if the host restricts access
//! to files. The host applies its own secrets and settings.
//!
//! The C API can open files as of DuckDB 1.5.6, but cannot list them.
#![expect(unsafe_code, reason = "the host's file system is called through the C API")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use duckdb::ffi;

use super::text::{borrowed, c_text};
use crate::read::{RemoteFile, Source};

/// Whether the host has the functions of DuckDB 1.5.6. A global, because the functions themselves are global.
static AVAILABLE: AtomicBool = AtomicBool::new(false);

/// The setting that restricts access to files.
const EXTERNAL_ACCESS: &str = "enable_external_access";
/// The number of bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// Called on `LOAD`, after the functions were copied.
pub(super) fn set_available(available: bool) {
    AVAILABLE.store(available, Ordering::Relaxed);
}

/// The file system of one connection of the host.
#[derive(Debug)]
pub(super) struct HostFiles(ffi::duckdb_client_context);

// SAFETY: the context is only read, and DuckDB's own threads use it in the same way.
unsafe impl Send for HostFiles {}
// SAFETY: as above.
unsafe impl Sync for HostFiles {}

impl Drop for HostFiles {
    fn drop(&mut self) {
        // SAFETY: this value owns the context, and frees it once.
        unsafe { ffi::duckdb_destroy_client_context(&raw mut self.0) }
    }
}

impl HostFiles {
    /// The file system of the connection that binds a call; `None` if the host is older than DuckDB 1.5.6.
    ///
    /// # Safety
    /// `info` belongs to the host and is valid. The result is not used after the connection is closed.
    pub(super) unsafe fn of(info: ffi::duckdb_bind_info) -> Option<Arc<Self>> {
        if !AVAILABLE.load(Ordering::Relaxed) {
            return None;
        }
        let mut context = std::ptr::null_mut();
        // SAFETY: guaranteed by the caller.
        unsafe { ffi::duckdb_table_function_get_client_context(info, &raw mut context) };
        (!context.is_null()).then(|| Arc::new(Self(context)))
    }

    /// Whether the host allows access to all files. If it does not, only the host can decide which files may be read.
    pub(super) fn is_unrestricted(&self) -> bool {
        let name = c_text(EXTERNAL_ACCESS);
        // SAFETY: the context is valid, and the value is freed once.
        unsafe {
            let mut value = ffi::duckdb_client_context_get_config_option(self.0, name.as_ptr(), std::ptr::null_mut());
            if value.is_null() {
                return true;
            }
            let allowed = ffi::duckdb_get_bool(value);
            ffi::duckdb_destroy_value(&raw mut value);
            allowed
        }
    }

    /// The number of the connection, which differs from those of other connections to the same database.
    pub(super) fn connection(&self) -> u64 {
        // SAFETY: the context is valid.
        unsafe { ffi::duckdb_client_context_get_connection_id(self.0) }
    }

    /// A file that the host reads.
    pub(super) fn source(self: &Arc<Self>, path: &str) -> Source {
        Source::remote(name(path), Arc::new(HostFile { files: Arc::clone(self), path: path.to_owned() }))
    }
}

/// The name of a file: its address without the query, which may contain a signature.
fn name(path: &str) -> &str {
    if path.starts_with("http") { path.split('?').next().unwrap_or(path) } else { path }
}

/// Whether the path is an address such as `s3://bucket/key`, which only the host can read.
pub(super) fn is_address(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
    })
}

/// A file that the host reads.
#[derive(Debug)]
struct HostFile {
    files: Arc<HostFiles>,
    path: String,
}

impl RemoteFile for HostFile {
    fn read(&self, most: u64) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let handle = Handle::open(&self.files, &self.path)?;
        let mut filled = 0;
        while filled as u64 <= most {
            bytes.try_reserve(CHUNK)?;
            bytes.resize(filled + CHUNK, 0);
            let read = handle.read(&mut bytes[filled..])?;
            filled += read;
            if read == 0 {
                bytes.truncate(filled);
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// An open file.
struct Handle(ffi::duckdb_file_handle);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: this value owns the handle, and frees it once.
        unsafe { ffi::duckdb_destroy_file_handle(&raw mut self.0) }
    }
}

impl Handle {
    fn open(files: &HostFiles, path: &str) -> io::Result<Self> {
        // A path with a NUL would be cut there.
        let path = std::ffi::CString::new(path).map_err(|_| io::Error::other("the path contains a NUL character"))?;
        // SAFETY: the context is valid, and everything that is created is freed once. Each call has its own file system
        // object, because the object stores the last error.
        unsafe {
            let mut system = ffi::duckdb_client_context_get_file_system(files.0);
            let mut options = ffi::duckdb_create_file_open_options();
            ffi::duckdb_file_open_options_set_flag(options, ffi::duckdb_file_flag_DUCKDB_FILE_FLAG_READ, true);
            let mut handle = std::ptr::null_mut();
            let state = ffi::duckdb_file_system_open(system, path.as_ptr(), options, &raw mut handle);
            let opened = if state == ffi::DuckDBSuccess && !handle.is_null() {
                Ok(Self(handle))
            } else {
                Err(error(ffi::duckdb_file_system_error_data(system)))
            };
            ffi::duckdb_destroy_file_open_options(&raw mut options);
            ffi::duckdb_destroy_file_system(&raw mut system);
            opened
        }
    }

    /// Reads the next bytes; 0 at the end.
    fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        let size = i64::try_from(into.len()).unwrap_or(i64::MAX);
        // SAFETY: the handle is open, and the buffer has the stated size.
        let read = unsafe { ffi::duckdb_file_handle_read(self.0, into.as_mut_ptr().cast(), size) };
        // SAFETY: the handle is open.
        usize::try_from(read).map_err(|_| unsafe { error(ffi::duckdb_file_handle_error_data(self.0)) })
    }
}

/// # Safety
/// The caller owns the error data, which is freed here.
unsafe fn error(mut data: ffi::duckdb_error_data) -> io::Error {
    // SAFETY: guaranteed by the caller.
    let message = unsafe {
        let message = borrowed(ffi::duckdb_error_data_message(data));
        ffi::duckdb_destroy_error_data(&raw mut data);
        message
    };
    io::Error::other(if message.is_empty() { "DuckDB cannot read the file".to_owned() } else { message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_distinguished_from_paths() {
        for path in ["s3://bucket/key", "https://example.org/a.json.gz", "memory://a", "az+x://b"] {
            assert!(is_address(path), "{path}");
        }
        for path in ["AWSLogs/", "/a/b.json", "C://logs", "a b://c", "://x", "folder/s3:/x"] {
            assert!(!is_address(path), "{path}");
        }
    }

    #[test]
    fn presigned_url_query_is_removed_from_name() {
        assert_eq!(name("https://example.org/a.json.gz?X-Amz-Signature=1"), "https://example.org/a.json.gz");
        assert_eq!(name("s3://bucket/what?.json"), "s3://bucket/what?.json");
    }
}
