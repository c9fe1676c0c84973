//! Bursts: events that follow each other without a pause, and may therefore belong to one page.

/// A gap of more than this many seconds between two events ends a burst.
pub(super) const PAUSE_S: i64 = 4;
