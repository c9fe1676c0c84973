//! The integration tests, in one binary: linking DuckDB and Arrow once is quicker than once for each file. `cargo try --test
//! integration NAME` runs those whose path contains a name.

mod broken_rules;
mod catalog;
mod classes;
mod cli;
mod demo;
mod drafts;
mod export;
mod generic;
mod hits;
mod hostile;
mod hunts;
mod inferred;
mod known_sessions;
mod labeled;
mod learn;
mod licenses;
mod load;
mod mutation;
mod normalize;
mod present;
mod programs;
mod properties;
mod questions;
mod read;
mod report;
mod serve;
mod store;
mod structure;
mod trail;
mod verify;
mod views;
