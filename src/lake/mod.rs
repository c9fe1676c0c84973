//! Batches of events that an engine of others cut, sorted and sent here, into batches of signals. Pure.
//!
//! Over a lake, Spark or another engine holds the events, puts those of a session together and in order, and streams them
//! through a [`Mapper`]. Such batches come from anywhere: [`events`] takes their columns by name, in the forms that engines
//! have for one type, and says what is wrong with others. Nothing is held but the one stretch of a session that is
//! not yet whole.

mod columns;
mod document;
mod error;
mod mapper;
mod sign_ins;
mod table;
mod wide;

pub use columns::events;
pub use document::{Document, parse};
pub use error::LakeError;
pub use mapper::{Mapper, SEQ, mapper_columns};
pub use sign_ins::{sign_in_schema, sign_ins};
pub use table::map;
pub use wide::{in_utc, schema_in_utc, wide, wide_schema};

#[cfg(test)]
mod tests;
