//! Learns console pages: from a recording and a trail, or only from an organization's trails. Pure.
//!
//! A recording shows which page was open at which time. `align` finds the events of each page in the trail, and
//! [`learn`] drafts a rule and its spec for each, with made-up values. A draft is accepted only if it passes its own
//! spec and does not break any other spec.

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
