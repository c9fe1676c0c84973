//! The program's exit codes.

use std::process;

/// What the caller of the program is told. [`HELP`] says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Everything was done.
    Fine = 0,
    /// Nothing was done, or what was checked is broken or was tampered with.
    Failed = 1,
    /// The arguments make no sense.
    Usage = 2,
    /// A hunt has hits, and `--exit-code` asked to be told.
    Found = 3,
    /// A load or a check could not do everything.
    Partial = 4,
}

/// The exit codes as the help states them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  fine
  1  failed; or, of verify, a file was altered, removed or added
  2  the arguments make no sense
  3  hunt run --exit-code: there are hits
  4  done in part: something was refused, rejected or failed, the rest is in the case; or,
     of verify, something could not be verified, and nothing failed";

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
