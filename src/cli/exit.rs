//! The program's exit codes.

use std::process;

/// What the caller of the program is told. [`HELP`] says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Everything was done.
    Fine = 0,
    /// Nothing was done, or what was checked is broken.
    Failed = 1,
    /// The arguments make no sense.
    Usage = 2,
    /// A hunt has hits, and `--exit-code` asked to be told.
    Found = 3,
    /// A load left something out.
    Partial = 4,
}

/// The exit codes as the help states them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  fine
  1  failed
  2  the arguments make no sense
  3  hunt run --exit-code: there are hits
  4  loaded in part: something was refused, rejected or failed, the rest is in the case";

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
