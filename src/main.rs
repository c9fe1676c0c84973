//! The `cartographer` program: parse, run, report, exit code.

mod cli;

use std::process;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::cli::{Cli, Streams, fail};

/// A load allocates and frees millions of small strings on every thread; the C library's allocator took a fifth of the time
/// of a load.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> process::ExitCode {
    // Cases, exports and notes show activity in someone's accounts, so files are accessible only to the user, unless the
    // user shares them.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let code = match Cli::try_parse() {
        Err(usage) => fail::report_usage(&usage),
        Ok(cli) => {
            let streams = Streams::new(cli.global);
            cli::run(cli.command, streams).unwrap_or_else(|error| fail::report(&error, streams))
        }
    };
    code.into()
}
