//! cartographer turns the flood of CloudTrail events that the AWS console writes back into what a person did.
//!
//! Data walks one way: [`read`] bytes into records, [`normalise`] records into [`event::Event`]s, [`session`] events
//! into sessions, [`matching`] sessions into [`signal::Signal`]s by the rules of [`rule`], [`batch`] rows into Arrow,
//! [`trail`] files into batches, [`lake`] batches of other engines into signals, [`store`] Arrow into DuckDB, [`hunt`] asks a case, [`present`] rows into bytes. [`load`] is the walk from files to a
//! case, [`export`] the one from a case to other forms.
//! Everything up to [`batch`] is pure: no files (but for `read`), no DuckDB, no terminal, no globals.

pub mod batch;
pub mod digest;
pub mod event;
#[cfg(feature = "program")]
pub mod export;
pub mod hunt;
pub mod json;
pub mod lake;
#[cfg(feature = "program")]
pub mod load;
pub mod matching;
pub mod normalise;
#[cfg(feature = "program")]
pub mod present;
pub mod read;
pub mod rule;
pub mod session;
pub mod signal;
pub mod spec;
#[cfg(feature = "program")]
pub mod store;
pub mod table;
pub mod trail;
