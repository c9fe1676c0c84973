//! Maps batches of events that another engine has grouped, sorted and sent. Pure.
//!
//! In a data lake, Spark or another engine stores the events, groups and sorts them by session, and streams them
//! through a [`Mapper`]. The batches are foreign: [`events`] selects their columns by name, converts the different
//! Arrow types that engines use for the same type, and describes errors. Only the current stretch of a session is kept
//! in memory.

mod columns;
mod document;
mod error;
mod mapper;
mod sign_ins;
mod table;
mod wide;

pub use columns::{DamagedJson, events};
pub use document::{ParsedDocument, parse};
pub use error::LakeError;
pub use mapper::{Mapper, SEQ, mapper_columns};
pub use sign_ins::{sign_in_schema, sign_ins};
pub use table::map;
pub use wide::{in_utc, schema_in_utc, wide, wide_schema};

#[cfg(test)]
mod tests;
