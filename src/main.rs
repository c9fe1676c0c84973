//! The `cartographer` program: parse, run, report, exit code.

mod cli;

use std::process;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::cli::{Cli, Streams, fail};

/// A load allocates and frees millions of small texts on every thread; the C library's allocator was a fifth of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> process::ExitCode {
    // Cases, exports and notes contain activity in someone's accounts: files are accessible only to the user unless the
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
