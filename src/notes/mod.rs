//! What analysts write about a case: stars, tags, comments, saved views and queries. They are in a separate file next to the
//! case, `case.notes.jsonl` for `case.duckdb`, so that the case stays as it was loaded: one JSON object per line.
//!
//! A note names what it is about by identifiers that last: events by CloudTrail's own ID, and clicks and sessions also by one
//! of their events, so that notes survive a new load and a new version of the program. A deleted note stays in the file as
//! deleted, so that a merge does not bring it back.

mod file;
mod note;
mod resolve;

pub use file::{Notebook, Notes};
pub use note::{Merged, Note, NoteKind, NotesError, Target, TargetKind, new_id, now};
pub use resolve::{Resolved, anchor, resolve};
