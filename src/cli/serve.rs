//! `cartographer serve`

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use cartographer::serve::{ServeError, ServeOptions, Server, Token};
use clap::Args;

use super::case::{CaseArgs, report_damage};
use super::fail::WithAdvice;
use super::own_rules::OwnRules;
use super::spill_folder::SpillFolder;
use super::{ExitCode, Streams, answer_query, notes, token};

/// Show cases in a browser: overview, sessions, timeline, entities, hunts, notes, SQL
///
/// Prints the address to open, which contains an access token. A new token is created each time, unless --token-file is
/// used to keep the same token. The server listens only on this machine and opens the case read-only; notes are written
/// to a file next to the case. Press Ctrl-C to stop the server.
///
/// With several cases, each has its own port and address, and the page has a menu to switch between them.
///
/// While a case is served, other programs can read it but not change it. To add data, use `cartographer load --copy`,
/// which loads into a copy and then replaces the case with the copy. The page detects this and offers to open the new
/// version.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer serve --open
  cartographer serve --db case.duckdb --port 8080 --token-file ~/.cartographer-token
  cartographer serve --db one.duckdb --db two.duckdb
  cartographer serve --db case.duckdb --time-limit 300 --rules my-rules")]
pub(crate) struct Serve {
    /// The case: a DuckDB file created by `cartographer load` (repeatable) [default: the only .duckdb file in the
    /// current folder]
    #[arg(long, value_name = "FILE", env = "CARTOGRAPHER_DB", hide_env_values = true)]
    db: Vec<PathBuf>,
    /// Port to listen on (127.0.0.1 only); each additional case uses the next port [default: a free port]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Keep the access token in this file, so that the address stays valid after a restart. If the file does not exist, it
    /// is created; only its owner can read it
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// The time limit for each response
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    time_limit: NonZeroU64,
    /// The author of notes written on the page [default: the name of the user who starts the server]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    #[command(flatten)]
    rules: OwnRules,
}

impl Serve {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let cases = self.cases();
        cases.iter().try_for_each(CaseArgs::must_exist)?;
        let spill = SpillFolder::create().context("cannot create a folder for temporary files")?;
        let token = self.token()?;
        let listeners = self.listen(cases.len())?;
        let mut server = Server::new(ServeOptions {
            aside: spill.path().to_owned(),
            query_program: answer_query::program()?,
            rules: Arc::new(self.rules.set()?),
            author: self.author.clone().unwrap_or_else(notes::user),
            limit: Duration::from_secs(self.time_limit.get()),
            on_damage: Some(report_damage),
        });
        for case in &cases {
            streams.say(&format!("opening {} …", case.path().display()));
            server.add(case.path()).map_err(|error| match error {
                // The same message as in other commands.
                ServeError::Opening(error) => anyhow::Error::from(error).context(case.cannot_open()),
                error => anyhow::Error::from(error).context(not_a_case(case)),
            })?;
        }
        server
            .run(listeners, &token, |addresses| self.print_addresses(addresses, streams))
            .context("the server stopped")?;
        Ok(ExitCode::Fine)
    }

    /// Each case once, in the order given.
    fn cases(&self) -> Vec<CaseArgs> {
        let mut named: Vec<PathBuf> = Vec::new();
        for path in &self.db {
            if !named.contains(path) {
                named.push(path.clone());
            }
        }
        if named.is_empty() { vec![CaseArgs::unnamed()] } else { named.into_iter().map(CaseArgs::at).collect() }
    }

    /// Only the addresses go to standard output, immediately.
    fn print_addresses(&self, addresses: &[String], streams: Streams) -> io::Result<()> {
        let mut out = streams.data();
        // Written in one piece, because a reader that needs only the first line may close the pipe after it.
        out.write_all(format!("{}\n", addresses.join("\n")).as_bytes())?;
        out.flush()?;
        drop(out);
        if let (true, Some(first)) = (self.open, addresses.first()) {
            show(first, streams);
        }
        streams.say(match addresses {
            [_] => "Open this address in a browser. Press Ctrl-C to stop the server.",
            _ => "Open one of these addresses in a browser; the page can switch between cases. Press Ctrl-C to stop the server.",
        });
        Ok(())
    }

    fn token(&self) -> Result<Token> {
        self.token_file.as_deref().map_or_else(token::random, token::kept_in)
    }

    /// A listener for each case.
    fn listen(&self, cases: usize) -> Result<Vec<TcpListener>> {
        let first = self.port.unwrap_or(0);
        (0..cases)
            .map(|number| {
                let step = if first == 0 { 0 } else { u16::try_from(number).unwrap_or(u16::MAX) };
                let port = first.checked_add(step).with_context(|| {
                    WithAdvice::misuse(
                        format!("there are not enough ports after {first} for all cases"),
                        "Use a smaller --port.",
                    )
                })?;
                TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
                    WithAdvice::new(
                        format!("cannot listen on port {port}"),
                        "Another program may be using it. Without --port, a free port is chosen.",
                    )
                })
            })
            .collect()
    }
}

fn not_a_case(case: &CaseArgs) -> WithAdvice {
    WithAdvice::new(
        format!("{} cannot be queried as a case", case.path().display()),
        "Check that the file was created by this version of `cartographer load`.",
    )
}

/// Opens the browser. Not every machine has one, so the address is always printed.
fn show(address: &str, streams: Streams) {
    if let Err(error) = open::that_detached(address) {
        streams.say(&format!("cannot open a browser: {error}"));
    }
}
