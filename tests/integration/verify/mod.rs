//! Log file validation: a clean chain passes, and a chain that is broken in any way does not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, as tests do")]

mod chain;
mod cli;
mod keys;
mod logs;
mod trail;
