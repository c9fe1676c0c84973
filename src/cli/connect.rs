//! `cartographer connect`

use std::io::Write;
use std::path::absolute;

use anyhow::{Context, Result};
use cartographer::present::{self, Client};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::case::CaseArgs;
use super::fail::Advised;
use super::{ExitCode, Streams};

/// Show how other programs open a case, read-only
///
/// Lines to paste, with the case's path quoted as each program wants it.
#[derive(Debug, Args)]
pub(crate) struct Connect {
    #[command(flatten)]
    case: CaseArgs,
    /// Which program; all that are known if none is named
    #[arg(value_name = "CLIENT", value_parser = client_parser())]
    client: Option<Client>,
}

impl Connect {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        // A file that is no case is told so here, and not by the other program.
        drop(self.case.open_read_only()?);
        let path = absolute(self.case.path()).context("the current folder is not known")?;
        let path = path.to_str().with_context(|| {
            Advised::new("the case's path is no UTF-8", "Rename it: other programs could not be told of it.")
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
