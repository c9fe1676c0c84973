//! A trail in memory: files into batches of events, and which record of an event is kept. No case, no DuckDB.

mod admission;
mod parse;

pub use admission::{Admission, Admissions};
pub use parse::{Bundle, Events, IsKnown, Outcome, Parsed, Reject, parse, parse_stored};
