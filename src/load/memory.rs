//! How the memory of a load is shared out.

use crate::store::{GATHERED_BYTES, ROW_GROUP_BYTES};

/// The most files in a portion.
const MAX_FILES: usize = 1024;
/// The most bytes in a portion, as they are stored. A file that is larger is a portion of its own.
const MAX_BYTES: u64 = 6 << 20;
/// The share of the memory that a portion's stored bytes may be: text is ten to twenty times as much, and three portions
/// are in memory at once.
const SHARE: u64 = 160;

/// The memory that a load keeps to, about, in bytes. Half of it is for portions of files, and for what is known of events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory(pub(super) u64);

impl Memory {
    /// The most files of a portion, and the most bytes as they are stored.
    pub(super) fn portion(self) -> (usize, u64) {
        (MAX_FILES, (self.0 / SHARE).min(MAX_BYTES))
    }

    /// What the texts of a portion of several files may take, in bytes. Their events take as much again, and three portions
    /// are in memory at once.
    pub(super) fn of_portion(self) -> u64 {
        self.0 / 4
    }

    /// What the text of one file may take that is a portion by itself, in bytes.
    pub(super) fn of_file(self) -> u64 {
        self.0 / 3
    }

    /// What DuckDB gets, in bytes.
    pub(super) fn of_duckdb(self) -> u64 {
        self.0 / 2
    }

    /// The events whose sessions are gathered at once.
    pub(super) fn gathering(self) -> u64 {
        self.of_duckdb() / GATHERED_BYTES
    }

    /// The threads that may insert at once: each has a row group in memory.
    pub(super) fn inserting(self) -> u64 {
        (self.of_duckdb() / ROW_GROUP_BYTES).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_memory_makes_small_portions_and_one_thread() {
        let memory = Memory(64 << 20);
        assert_eq!((memory.portion(), memory.inserting()), ((MAX_FILES, (64 << 20) / SHARE), 1));
        let memory = Memory(8 << 30);
        assert_eq!((memory.portion(), memory.inserting()), ((MAX_FILES, MAX_BYTES), 25));
    }
}
