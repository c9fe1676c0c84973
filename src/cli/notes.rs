//! `cartographer notes`

use std::env;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cartographer::notes::{self, Notebook, Notes as Written};
use cartographer::present;
use cartographer::read::file;
use clap::{Args, Subcommand};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::target::FileArgs;
use super::{ExitCode, Streams};

/// List, export and import the notes on a case: stars, tags, comments, saved views and queries
///
/// Notes are stored in a file next to the case: `case.notes.jsonl` for `case.duckdb`. The case itself is never changed. The
/// timeline, the report and the Timesketch export show the notes.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cartographer notes list
  cartographer notes export -o mine.jsonl
  cartographer notes import colleague.jsonl")]
pub(crate) enum Notes {
    List(List),
    Export(Export),
    Import(Import),
}

/// List the notes and what they refer to, ordered by time
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer notes list
  cartographer notes list --db case.duckdb")]
pub(crate) struct List {
    #[command(flatten)]
    case: CaseArgs,
}

/// Export the notes as JSON Lines, so that a colleague can import them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer notes export -o mine.jsonl
  cartographer notes export --db case.duckdb > mine.jsonl")]
pub(crate) struct Export {
    #[command(flatten)]
    case: CaseArgs,
    #[command(flatten)]
    file: FileArgs,
}

/// Merge exported notes into the notes on the case
///
/// If there are two versions of a note, the newer version is kept. A deleted note stays deleted. Importing the same file again
/// changes nothing, and two people who import each other's notes end up with the same notes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer notes import colleague.jsonl
  cartographer notes import colleague.jsonl --db case.duckdb")]
pub(crate) struct Import {
    /// The file of exported notes; - is standard input
    file: PathBuf,
    #[command(flatten)]
    case: CaseArgs,
}

/// The name of the user who runs the program.
pub(crate) fn user() -> String {
    let named = ["USER", "USERNAME", "LOGNAME"].into_iter().filter_map(|name| env::var(name).ok());
    named
        .map(|name| name.trim().chars().take(100).collect::<String>())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "analyst".to_owned())
}

impl Notes {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run(streams),
            Self::Export(export) => export.run(streams),
            Self::Import(import) => import.run(streams),
        }
    }
}

impl List {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let written = Notebook::beside(self.case.path()).read().with_context(unreadable)?;
        let mut resolved = notes::resolve(&case, written.shown().cloned().collect())?;
        resolved.sort_by(|one, other| {
            (one.location.time, &one.note.created).cmp(&(other.location.time, &other.note.created))
        });
        let mut out = streams.text();
        present::notes(&mut out, &resolved)?;
        out.flush()?;
        if resolved.is_empty() {
            streams.say("there are no notes; use `cartographer serve` to write some");
        }
        Ok(ExitCode::Fine)
    }
}

impl Export {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        drop(self.case.open_read_only()?);
        let text = Notebook::beside(self.case.path()).read().with_context(unreadable)?.text()?;
        self.file.write(streams, |out, _| Ok(out.write_all(text.as_bytes())?))?;
        Ok(ExitCode::Fine)
    }
}

impl Import {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        drop(self.case.open_read_only()?);
        let theirs = Written::parse(&self.text()?);
        let refused = theirs.unread.len();
        let merged =
            Notebook::beside(self.case.path()).update(|ours| Ok(ours.add(theirs.notes))).with_context(|| {
                WithAdvice::new("cannot write the notes", "Check that the folder that contains the case is writable.")
            })?;
        streams.say(&format!(
            "notes: {} added, {} updated, {} unchanged; lines that are not notes: {refused}",
            merged.added, merged.updated, merged.unchanged
        ));
        Ok(if refused == 0 { ExitCode::Fine } else { ExitCode::Partial })
    }

    fn text(&self) -> Result<String> {
        let mut bytes = Vec::new();
        if self.file == Path::new("-") {
            io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        } else {
            bytes = file::read(&self.file).with_context(|| {
                WithAdvice::new(
                    format!("cannot read {}", self.file.display()),
                    "Use a file that `cartographer notes export` wrote.",
                )
            })?;
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn unreadable() -> WithAdvice {
    WithAdvice::new(
        "cannot read the notes",
        "Notes are stored next to the case, in the file whose name ends in .notes.jsonl.",
    )
}
