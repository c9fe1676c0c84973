//! Returns memory to the system.
#![expect(unsafe_code, reason = "the C library is called")]

/// Asks the C library to return the memory that was freed. Without this, a host process stays as large as its largest
/// trail.
pub(super) fn return_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        // SAFETY: the function can be called at any time, from any thread.
        unsafe {
            malloc_trim(0);
        }
    }
}
