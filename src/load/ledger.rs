//! What happened in a load.

use serde::Serialize;

use crate::store::Totals;

/// What happened in a load. Counts of files and records are for this load; counts of sessions and signals are for the whole
/// case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Ledger {
    /// Files found, and inputs that could not be found.
    pub files_seen: u64,
    /// Files whose records were read.
    pub files_loaded: u64,
    /// Files that had already been loaded completely.
    pub files_skipped: u64,
    /// Files whose path shows that no event matches the filter. They were not read.
    pub files_left_out: u64,
    /// Files that are not CloudTrail.
    pub files_refused: u64,
    /// Files and inputs that could not be read.
    pub files_failed: u64,
    /// Records found.
    pub read: u64,
    /// Records that became events in the case.
    pub inserted: u64,
    /// Records of events that the case already had, without additional information.
    pub duplicate: u64,
    /// Records that were joined with another record of the same event.
    pub merged: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records that the filter excluded.
    pub left_out: u64,
    /// Documents, and parts of archives and of compressed files, that could not be read in files that were loaded.
    pub damaged: u64,
    /// IDs shared by several different events: each event is kept with an ID derived from its content.
    pub conflicts: u64,
    /// Conflicts over IDs that were not redacted, which means that one of the records is not what CloudTrail wrote.
    pub contradictions: u64,
    /// The totals of the case after the load.
    #[serde(flatten)]
    pub case: Totals,
    /// Everything that went wrong without stopping the load.
    pub problems: Vec<Problem>,
}

/// Something that went wrong without stopping the load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, or the document in an archive; empty for an input that is not a file.
    pub file: String,
    /// The record's position in the file; `None` if the problem concerns the file itself.
    pub record: Option<u64>,
    /// What is wrong.
    pub cause: String,
}

impl Ledger {
    /// Whether everything was refused, failed or rejected: the load added nothing to the case.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        let taken = self.inserted + self.duplicate + self.merged + self.left_out;
        let some = taken + self.files_skipped + self.files_left_out > 0;
        self.files_refused + self.files_failed + self.rejected > 0 && !some
    }

    /// Whether nothing was lost: every file, record and console event is accounted for exactly once.
    #[must_use]
    pub const fn balances(&self) -> bool {
        self.read == self.inserted + self.duplicate + self.merged + self.rejected + self.left_out
            && self.case.console_events == self.case.explained + self.case.residual
            && self.files_seen
                == self.files_loaded + self.files_skipped + self.files_left_out + self.files_refused + self.files_failed
    }

    /// Records an input that could not be loaded.
    pub(super) fn failed(&mut self, cause: String) {
        self.files_seen += 1;
        self.files_failed += 1;
        self.problems.push(Problem { file: String::new(), record: None, cause });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ledger_balances_only_if_all_sums_match() {
        let right = Ledger { read: 3, inserted: 1, duplicate: 1, rejected: 1, ..Ledger::default() };
        assert!(right.balances());
        assert!(!Ledger { rejected: 0, ..right.clone() }.balances());
        let unexplained = Totals { console_events: 1, ..Totals::default() };
        assert!(!Ledger { case: unexplained, ..right.clone() }.balances());
        assert!(Ledger { rejected: 0, left_out: 1, ..right.clone() }.balances());
        assert!(!Ledger { files_seen: 1, ..right.clone() }.balances());
        assert!(Ledger { files_seen: 1, files_left_out: 1, ..right }.balances());
    }
}
