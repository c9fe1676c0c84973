//! The program's exit codes.

use std::process;

/// The result for the caller of the program. [`HELP`] documents the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Everything was done.
    Fine = 0,
    /// Nothing was done, or what was checked is broken or was tampered with.
    Failed = 1,
    /// The arguments are invalid.
    Usage = 2,
    /// A hunt has hits, and `--exit-code` was given.
    Hits = 3,
    /// A load, a check or a search could not do everything, or part of the case is damaged.
    Partial = 4,
}

/// The exit codes, as documented in the help.
pub(crate) const HELP: &str = "\
Exit codes:
  0  success
  1  failure; for verify, a file was altered, removed or added
  2  invalid arguments
  3  hunt --exit-code: there are hits
  4  partial success: some of the input was refused, rejected or unreadable, and the rest is
     in the case; part of the case is damaged and was not read; for verify, something
     could not be verified, but nothing failed; for hunt --sigma, some rules could not be
     converted, and the others were run";

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
