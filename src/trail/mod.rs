//! A trail in memory: parses files into batches of events, decides which record of an event to keep, and computes the
//! rows of a case. Does not use a case or DuckDB.

mod account;
mod admission;
mod bundles;
mod cells;
mod filter;
mod kept;
mod mapped;
mod merge;
mod parse;
mod sessions;
mod sign_ins;
mod stretches;
mod whole;

pub use account::{Counts, push_file, push_left_out, push_rejects};
pub use admission::{Admission, Admissions, TEXTS, event_key, print};
pub use bundles::{BUNDLE, cut};
pub use filter::Filter;
pub use kept::Span;
pub use mapped::{Mapped, signals};
pub use merge::{MergeError, MergeOutcome, Resolved, Version, is_uuid, resolve};
pub use parse::{Counted, Events, IsKnown, Outcome, Parsed, ParsedFiles, Reject, parse, parse_stored};
pub use sign_ins::{SignIns, VISIT_COLUMNS, visits};
pub use stretches::{Stretch, Stretches};
pub use whole::{Trail, TrailError, map_events};

pub use crate::read::Reading;
