//! The memory budget for file texts.

use std::sync::atomic::{AtomicU64, Ordering};

/// The number of bytes of text that all files sharing this budget may keep in memory.
#[derive(Debug)]
pub struct MemoryBudget {
    left: AtomicU64,
    most: u64,
}

impl MemoryBudget {
    /// A budget of this many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self { left: AtomicU64::new(bytes), most: bytes }
    }

    /// The total size of the budget.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.most
    }

    /// Reserves bytes. If the budget is insufficient, reserves nothing and returns false.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let less = |left: u64| left.checked_sub(bytes);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}
