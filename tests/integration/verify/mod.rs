//! Log file validation: an intact chain passes, and a chain that was changed in any way does not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking, like tests")]

mod chain;
mod cli;
mod keys;
mod logs;
mod trail;
