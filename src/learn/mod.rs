//! Learns pages of the console: from a recording and a trail, or from the trails of an organization alone. Pure.
//!
//! A recording says which page was open when. `align` finds the events of each page in the trail, and
//! [`learn`] drafts a rule and its spec for each, with made-up values. A draft is accepted only if it passes its own spec
//! and breaks no other one.

mod address;
mod align;
mod changed;
mod diff;
mod drafter;
mod error;
mod gate;
mod pages;
mod recording;
mod replace;
mod shapes;
mod trails;
mod write;

pub use self::address::ConsoleAddress;
pub use self::align::{TrailEvent, trail_events};
pub use self::diff::{ChangedClick, ClickChange, diff};
pub use self::drafter::PageOutcome;
pub use self::error::{LearnError, RecordingError};
pub use self::pages::{Learned, LearnedPage, learn};
pub use self::recording::{MAX_RECORDING, RecordedRequest, RecordedVisit, Recording, title_problem};
pub use self::trails::{Proposal, ProposalKind, Thresholds, propose};
