//! `cartographer sql`

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cartographer::read::file;
use clap::Args;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// Run a SQL query on a case, in DuckDB's dialect
///
/// The query is read from the argument, a file, or standard input. If it contains several statements, the rows of the last
/// statement are shown. Rows from a table or view with a time column are ordered by time, unless the query sorts, joins or groups
/// them. `SHOW TABLES`, `DESCRIBE events` and `SELECT * FROM duckdb_columns()` show what is available.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer sql \"FROM sessions ORDER BY first_time\"
  cartographer sql --format csv \"SELECT event_time, summary FROM events WHERE denied\"
  cartographer sql --file query.sql --format json
  cartographer sql --files \"FROM read_csv('indicators.csv') JOIN events ON source_ip = address\"")]
pub(crate) struct Sql {
    #[command(flatten)]
    case: CaseArgs,
    /// The query; standard input if neither a query nor a file is given
    #[arg(allow_hyphen_values = true)]
    query: Option<String>,
    /// Read the query from a file; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "query")]
    file: Option<PathBuf>,
    /// Allow the query to change the case, and to read and write other files
    #[arg(long)]
    write: bool,
    /// Allow the query to read and write other files, and to attach databases. The case stays unchanged
    #[arg(long, conflicts_with = "write")]
    files: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Sql {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = match (self.write, self.files) {
            (true, _) => self.case.open_for_writing(),
            (false, true) => self.case.open_with_files(),
            (false, false) => self.case.open_read_only(),
        }?;
        let query = match (self.query, self.file) {
            (Some(query), _) => query,
            (None, Some(file)) if file != Path::new("-") => {
                file::read_text(&file).with_context(|| format!("cannot read the query from {}", file.display()))?
            }
            _ => from_stdin(streams)?,
        };
        if query.trim().is_empty() {
            bail!(WithAdvice::new(
                "the query is empty",
                "Enter a query, for example: cartographer sql --db case.duckdb 'FROM sessions'"
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
        streams.say("reading the query from the terminal; press Ctrl-D to end it");
    }
    io::read_to_string(input).context("cannot read the query from standard input")
}

/// Adds the option that would allow the query, which DuckDB's error cannot mention.
fn explain(error: anyhow::Error, write: bool) -> anyhow::Error {
    let is_refusal = error.to_string().contains("read-only mode");
    if is_refusal && !write {
        return error.context(WithAdvice::new("the query would change the case", "Use --write to allow this."));
    }
    if error.to_string().contains("disabled by configuration") {
        return error.context(WithAdvice::new("the query would use other files", "Use --files to allow this."));
    }
    error.context("the query failed")
}
