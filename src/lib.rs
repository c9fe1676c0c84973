//! cartographer turns the flood of CloudTrail events that the AWS console writes back into what a person did.
//!
//! Data flows in one direction: [`read`] turns bytes into records, [`normalize`] records into [`event::Event`]s, [`session`]
//! events into sessions, [`matching`] sessions into [`signal::Signal`]s by the rules of [`rule`], [`batch`] rows into Arrow,
//! [`trail`] files into batches, `verify` checks the integrity of files, `address` looks up the country and owner of
//! addresses, [`lake`] batches of other engines into signals, `store` Arrow into DuckDB with the views of [`view`], [`hunt`]
//! has questions to a case, `notes` stores what analysts write about one, `present` formats rows. `load` loads files into a
//! case, `export` writes a case in other formats, `serve` shows a case in a browser, and `extension` provides the same to a
//! DuckDB that loads it. Everything up to [`batch`] is pure: no files (except for `read`), no DuckDB, no terminal, no
//! globals.

#[cfg(all(feature = "extension", feature = "program"))]
compile_error!("the feature `extension` links no DuckDB: build it with --no-default-features --features extension");

#[cfg(feature = "program")]
pub mod address;
pub mod batch;
pub mod call;
pub mod digest;
pub mod event;
#[cfg(feature = "program")]
pub mod export;
#[cfg(feature = "extension")]
pub mod extension;
pub mod hunt;
pub mod json;
pub mod lake;
#[cfg(feature = "program")]
pub mod learn;
#[cfg(feature = "program")]
pub mod load;
pub mod matching;
pub mod normalize;
#[cfg(feature = "program")]
pub mod notes;
#[cfg(feature = "program")]
pub mod present;
pub mod read;
#[cfg(feature = "program")]
pub mod redact;
pub mod rule;
#[cfg(feature = "program")]
pub mod serve;
pub mod session;
pub mod sigma;
pub mod signal;
pub mod spec;
#[cfg(feature = "program")]
pub mod store;
pub mod table;
pub mod trail;
#[cfg(feature = "program")]
pub mod verify;
pub mod view;
