//! `cartographer serve`

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::num::NonZeroU64;
use std::time::Duration;

use anyhow::{Context, Result};
use cartographer::serve::{Server, Token};
use clap::Args;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::rules::OwnRules;
use super::{ExitCode, Streams, notes};

/// Show a case in the browser: overview, sessions, timeline, entities, hunts, notes, SQL
///
/// Prints the address to open, which contains a new access token on each start. The server listens on this machine only
/// and opens the case read-only; notes are written to a file beside it. Press Ctrl-C to stop it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer serve --open
  cartographer serve --db case.duckdb --port 8080
  cartographer serve --db case.duckdb --time-limit 300 --rules my-rules")]
pub(crate) struct Serve {
    #[command(flatten)]
    case: CaseArgs,
    /// The port to listen on at 127.0.0.1 [default: a free port]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// The time limit for one response
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    time_limit: NonZeroU64,
    /// Who writes notes on the page [default: the name of the user who starts it]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    #[command(flatten)]
    rules: OwnRules,
}

impl Serve {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        // For a file that is not a case, this gives the same error as the other commands.
        drop(self.case.open_read_only()?);
        let rules = self.rules.set()?;
        let listener = self.listen()?;
        streams.say(&format!("opening {} …", self.case.path().display()));
        let (aside, limit) = (tempfile::tempdir()?, Duration::from_secs(self.time_limit.get()));
        let author = self.author.clone().unwrap_or_else(notes::user);
        let server =
            Server::open(self.case.path(), aside.path(), rules, author, limit).with_context(|| self.not_a_case())?;
        let token = Token::random().context("the system provides no random numbers for a token")?;
        let address = format!("http://{}/?token={}", listener.local_addr()?, token.as_str());
        server.run(listener, token, || self.tell(&address, streams)).context("the server stopped")?;
        Ok(ExitCode::Fine)
    }

    /// Only the address goes to standard output, immediately.
    fn tell(&self, address: &str, streams: Streams) -> io::Result<()> {
        let mut out = streams.data();
        writeln!(out, "{address}")?;
        out.flush()?;
        drop(out);
        if self.open {
            show(address, streams);
        }
        streams.say("Open this address in a browser. Press Ctrl-C to stop the server.");
        Ok(())
    }

    fn listen(&self) -> Result<TcpListener> {
        let port = self.port.unwrap_or(0);
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            WithAdvice::new(
                format!("cannot listen on port {port}"),
                "Another program may be using it. Without --port, a free port is chosen.",
            )
        })
    }

    fn not_a_case(&self) -> WithAdvice {
        WithAdvice::new(
            format!("{} cannot be queried as a case", self.case.path().display()),
            "Check that this version of `cartographer load` created the file.",
        )
    }
}

/// Opens the browser. Not every machine has one; the address is printed in any case.
fn show(address: &str, streams: Streams) {
    if let Err(error) = open::that_detached(address) {
        streams.say(&format!("cannot open a browser: {error}"));
    }
}
