//! Bursts: events that come without a pause, and so may be of one page.

/// A pause of so many seconds ends a burst.
pub(super) const PAUSE_S: i64 = 4;
