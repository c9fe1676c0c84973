//! What analysts write about a case: stars, tags, comments, saved views and queries. They are stored in a separate file
//! next to the case (`case.notes.jsonl` for `case.duckdb`), one JSON object per line, so that the case stays as it was
//! loaded.
//!
//! A note refers to its target by stable identifiers: to events by CloudTrail's own ID, and to clicks and sessions also by
//! one of their events, so that notes survive a new load and a new version of the program. A deleted note stays in the
//! file, marked as deleted, so that a merge does not bring it back.

mod file;
mod note;
mod resolve;

pub use file::{Notebook, Notes};
pub use note::{Merged, Note, NoteKind, NotesError, Target, TargetKind, new_id, now};
pub use resolve::{Resolved, anchor, resolve};
