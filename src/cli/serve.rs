//! `cartographer serve`

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::num::NonZeroU64;
use std::time::Duration;

use anyhow::{Context, Result};
use cartographer::serve::{Server, Token};
use clap::Args;

use super::case::CaseArgs;
use super::fail::Advised;
use super::rules::OwnRules;
use super::{ExitCode, Streams};

/// Show a case in the browser: sessions, timeline, entities, SQL
///
/// Prints the address to open, with a token that is needed to come in and is another one each time. Only this machine is
/// listened to, the case is opened read-only, and Ctrl-C ends it.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    case: CaseArgs,
    /// The port to listen on at 127.0.0.1 [default: one that is free]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// The most time for one answer
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    time_limit: NonZeroU64,
    #[command(flatten)]
    rules: OwnRules,
}

impl Serve {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        // A file that is no case is told so in the words of the other commands.
        drop(self.case.open_read_only()?);
        let rules = self.rules.set()?;
        let listener = self.listen()?;
        streams.say(&format!("opening {} …", self.case.path().display()));
        let (aside, limit) = (tempfile::tempdir()?, Duration::from_secs(self.time_limit.get()));
        let server = Server::open(self.case.path(), aside.path(), rules, limit).with_context(|| self.not_a_case())?;
        let token = Token::random().context("the system gives no random bits for a token")?;
        let address = format!("http://{}/?token={}", listener.local_addr()?, token.as_str());
        server.run(listener, token, || self.tell(&address, streams)).context("the server stopped")?;
        Ok(ExitCode::Fine)
    }

    /// The address is all that goes to standard output, at once.
    fn tell(&self, address: &str, streams: Streams) -> io::Result<()> {
        let mut out = streams.data();
        writeln!(out, "{address}")?;
        out.flush()?;
        drop(out);
        if self.open {
            show(address, streams);
        }
        streams.say("Open that address in a browser; Ctrl-C ends the server.");
        Ok(())
    }

    fn listen(&self) -> Result<TcpListener> {
        let port = self.port.unwrap_or(0);
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            Advised::new(
                format!("cannot listen on port {port}"),
                "Is another program listening there? Without --port a free one is taken.",
            )
        })
    }

    fn not_a_case(&self) -> Advised {
        Advised::new(
            format!("{} does not answer as a case does", self.case.path().display()),
            "Is it a file that `cartographer load` of this version wrote?",
        )
    }
}

/// Not every machine has a browser to open; the address is printed all the same.
fn show(address: &str, streams: Streams) {
    if let Err(error) = open::that_detached(address) {
        streams.say(&format!("no browser could be opened: {error}"));
    }
}
