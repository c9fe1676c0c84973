//! Texts that are passed to the host, and copies of texts that it returns.
#![expect(unsafe_code, reason = "the host is called through the C API")]

use std::ffi::{CStr, CString, c_char, c_void};

use duckdb::ffi;

/// A C string for the host. A NUL, which would end it, is replaced by the two characters `\0`.
pub(super) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\\0")).unwrap_or_default()
}

/// A copy of a text that the host owns.
///
/// # Safety
/// The pointer is NULL, or points to a C string that is valid during this call.
pub(super) unsafe fn borrowed(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: guaranteed by the caller.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// A copy of a text whose ownership the host transfers, which is then freed.
///
/// # Safety
/// The pointer is NULL, or points to a C string that the host allocated and that nothing else frees.
pub(super) unsafe fn given(text: *mut c_char) -> Option<String> {
    // SAFETY: guaranteed by the caller.
    unsafe {
        let copied = (!text.is_null()).then(|| borrowed(text));
        ffi::duckdb_free(text.cast::<c_void>());
        copied
    }
}
