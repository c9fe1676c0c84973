//! cartographer maps the flood of CloudTrail events produced by the AWS console back to what a person did.
//!
//! Data flows in one direction: [`read`] turns bytes into records, [`normalize`] turns records into [`event::Event`]s,
//! [`session`] groups events into sessions, [`matching`] maps sessions to [`signal::Signal`]s using the rules in [`rule`],
//! [`batch`] turns rows into Arrow batches, [`trail`] turns files into batches, `verify` checks the integrity of files,
//! `address` looks up the country and owner of addresses, [`lake`] turns batches from other engines into signals, `store`
//! stores Arrow batches in DuckDB with the views in [`view`], [`hunt`] defines questions about a case, `notes` stores what
//! analysts write about a case, and `present` formats rows. `load` loads files into a case, `export` writes a case in other
//! formats, `serve` shows a case in a browser, and `extension` provides the same as a DuckDB extension. Everything up to
//! [`batch`] is pure: no files (except for `read`), no DuckDB, no terminal, no globals.

#[cfg(all(feature = "extension", feature = "program"))]
compile_error!(
    "the `extension` feature does not link DuckDB: build it with --no-default-features --features extension"
);

#[cfg(feature = "program")]
pub mod address;
pub mod batch;
pub mod call;
pub mod counted;
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
