//! The library's errors, one enum a stage, gathered here for callers that want one type.

use thiserror::Error;

/// Anything that can stop an operation of the library.
#[derive(Debug, Error)]
pub enum Error {}
