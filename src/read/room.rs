//! The memory that the texts of files may take.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of text that may be in memory, for all files that share them.
#[derive(Debug)]
pub struct Room {
    left: AtomicU64,
    most: u64,
}

impl Room {
    /// Room for so many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self { left: AtomicU64::new(bytes), most: bytes }
    }

    /// How much there was at first.
    #[must_use]
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// Takes so many bytes; none if there is no room for all of them.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let less = |left: u64| left.checked_sub(bytes);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}
