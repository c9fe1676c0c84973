//! Divides the memory of a load.

use crate::store::{GATHERED_BYTES, ROW_GROUP_BYTES};

/// The maximum number of files in a portion.
const MAX_FILES: usize = 1024;
/// The maximum stored size of a portion, in bytes. A larger file is a portion by itself.
const MAX_BYTES: u64 = 6 << 20;
/// The share of the memory for the stored bytes of a portion: text is ten to twenty times larger, and three portions are in
/// memory at the same time.
const SHARE: u64 = 160;

/// The approximate memory limit of a load, in bytes. Half of it is for portions of files and for known events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory(pub(super) u64);

impl Memory {
    /// The maximum number of files in a portion, and its maximum stored size in bytes.
    pub(super) fn portion(self) -> (usize, u64) {
        (MAX_FILES, (self.0 / SHARE).min(MAX_BYTES))
    }

    /// The memory for the texts of a portion of several files, in bytes. Their events need the same amount, and three
    /// portions are in memory at the same time.
    pub(super) fn of_portion(self) -> u64 {
        self.0 / 4
    }

    /// The memory for the text of a file that is a portion by itself, in bytes.
    pub(super) fn of_file(self) -> u64 {
        self.0 / 3
    }

    /// The maximum number of events that a load knows individually, in a hash table of an eighth of the memory: 25 bytes for each
    /// slot, of which at most seven in eight are used.
    pub(super) fn known_events(self) -> usize {
        const SLOT: u64 = 25;
        let slots = 1 << (self.0 / 8 / SLOT).max(8).ilog2();
        slots / 8 * 7
    }

    /// DuckDB's memory, in bytes.
    pub(super) fn of_duckdb(self) -> u64 {
        self.0 / 2
    }

    /// The number of events whose sessions are gathered at the same time.
    pub(super) fn gathering(self) -> u64 {
        self.of_duckdb() / GATHERED_BYTES
    }

    /// The maximum number of threads that insert: each has a row group in memory.
    pub(super) fn inserting(self) -> u64 {
        (self.of_duckdb() / ROW_GROUP_BYTES).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_memory_limits_portion_size_and_threads() {
        let memory = Memory(64 << 20);
        assert_eq!((memory.portion(), memory.inserting()), ((MAX_FILES, (64 << 20) / SHARE), 1));
        assert_eq!(Memory(1 << 30).known_events(), (1 << 22) / 8 * 7);
        let memory = Memory(8 << 30);
        assert_eq!((memory.portion(), memory.inserting()), ((MAX_FILES, MAX_BYTES), 25));
    }
}
