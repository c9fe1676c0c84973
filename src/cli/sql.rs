//! `cartographer sql`

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::case::CaseArgs;
use super::fail::Advised;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// Ask a case anything in DuckDB's SQL
///
/// The query is the argument, or a file's text, or standard input. Of several statements the last one's rows are shown.
/// Rows of a table or view with a time are in order of it, unless the query says otherwise or joins or groups.
/// `DESCRIBE events` and `SELECT * FROM duckdb_columns()` tell what is there.
#[derive(Debug, Args)]
pub(crate) struct Sql {
    #[command(flatten)]
    case: CaseArgs,
    /// The query, which may begin with a comment; standard input if neither it nor a file is given
    #[arg(allow_hyphen_values = true)]
    query: Option<String>,
    /// Take the query from a file; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "query")]
    file: Option<PathBuf>,
    /// Let the query change the case
    #[arg(long)]
    write: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Sql {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = if self.write { self.case.open_for_writing() } else { self.case.open_read_only() }?;
        let query = match (self.query, self.file) {
            (Some(query), _) => query,
            (None, Some(file)) if file != Path::new("-") => {
                fs::read_to_string(&file).with_context(|| format!("cannot read the query from {}", file.display()))?
            }
            _ => from_stdin(streams)?,
        };
        if query.trim().is_empty() {
            bail!(Advised::new(
                "the query is empty",
                "Give one, as in: cartographer sql --db case.duckdb 'FROM sessions'"
            ));
        }
        let batches = case.query_in_order(&query).map_err(|error| explain(error.into(), self.write))?;
        format::write(streams, self.format, &batches)?;
        Ok(ExitCode::Fine)
    }
}

fn from_stdin(streams: Streams) -> Result<String> {
    let input = io::stdin();
    if input.is_terminal() {
        streams.say("reading the query from the terminal; end it with Ctrl-D");
    }
    io::read_to_string(input).context("cannot read the query from standard input")
}

/// DuckDB says well what is wrong with a query, but not which of our options would allow it.
fn explain(error: anyhow::Error, write: bool) -> anyhow::Error {
    let is_refusal = error.to_string().contains("read-only mode");
    if is_refusal && !write {
        return error.context(Advised::new("the query would change the case", "Allow that with --write."));
    }
    error.context("the query failed")
}
