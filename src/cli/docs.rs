//! `cartographer completions` and `cartographer man`

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, ExitCode, Streams};

/// Write shell completions to standard output
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer completions bash > ~/.local/share/bash-completion/completions/cartographer
  cartographer completions zsh > ~/.zfunc/_cartographer")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Write the manual pages: the main page to standard output, or all pages to a folder
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer man > cartographer.1
  cartographer man --dir ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// Write one page per subcommand to this folder, which is created if necessary
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Completions {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        // clap_complete panics if its writer fails; writing to memory cannot.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "cartographer", &mut script);
        print(&script, streams)
    }
}

impl Man {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let Some(dir) = self.dir else {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            return print(&page, streams);
        };
        let cannot = || format!("cannot write the manual to {}", dir.display());
        fs::create_dir_all(&dir).with_context(cannot)?;
        clap_mangen::generate_to(Cli::command(), &dir).with_context(cannot)?;
        Ok(ExitCode::Fine)
    }
}

fn print(text: &[u8], streams: Streams) -> Result<ExitCode> {
    let mut out = streams.data();
    out.write_all(text)?;
    out.flush()?;
    Ok(ExitCode::Fine)
}
