//! `cartographer connect`

use std::io::Write;
use std::path::absolute;

use anyhow::{Context, Result};
use cartographer::present::{self, Client};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::{ExitCode, Streams};

/// Show how to open a case read-only in other programs
///
/// Prints code to paste into the program, with the path of the case quoted as that program requires.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer connect
  cartographer connect python
  cartographer connect dbeaver --db case.duckdb")]
pub(crate) struct Connect {
    #[command(flatten)]
    case: CaseArgs,
    /// The program [default: all known programs]
    #[arg(value_name = "CLIENT", value_parser = client_parser())]
    client: Option<Client>,
}

impl Connect {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        // A file that is not a case is reported here, not later in the other program.
        drop(self.case.open_read_only()?);
        let path = absolute(self.case.path()).context("cannot determine the current folder")?;
        let path = path.to_str().with_context(|| {
            WithAdvice::new(
                "the path of the case is not valid UTF-8",
                "Rename the file so that other programs can open it.",
            )
        })?;
        let mut out = streams.data();
        let shown = self.client.as_ref().map_or(&Client::ALL[..], std::slice::from_ref);
        shown.iter().try_for_each(|client| present::connect(&mut out, *client, path))?;
        out.flush()?;
        Ok(ExitCode::Fine)
    }
}

fn client_parser() -> impl TypedValueParser<Value = Client> {
    let names = Client::ALL.map(Client::as_str);
    PossibleValuesParser::new(names).try_map(|name| Client::named(&name).ok_or("clap lets only clients through"))
}
