//! `cartographer sessions`

use anyhow::Result;
use clap::Args;

use super::case::CaseArgs;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// The columns that fit a screen; who needs the rest asks for another format.
const BRIEFLY: &str = "first_time, \
    CAST(to_seconds(date_diff('second', first_time, last_time)) AS VARCHAR) AS lasted, principal, account_id, mfa, \
    array_to_string(ips, ' ') AS ips, events, console_events AS console, clicks, on_known_page, session_id";

/// List the sessions of the console, or of everybody
///
/// As a table, the columns an analyst looks at first; in the other formats, every column of `sessions`.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    #[command(flatten)]
    case: CaseArgs,
    /// Programmatic sessions too
    #[arg(long)]
    all: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Sessions {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let (columns, table) =
            if self.format == RowFormat::Table { (BRIEFLY, "session_summary") } else { ("*", "sessions") };
        let which = if self.all { "true" } else { "console" };
        let sql = format!("SELECT {columns} FROM {table} WHERE {which} ORDER BY first_time, session_id");
        let batches = self.case.ask(&case, &sql, &[])?;
        format::write(streams, self.format, &batches)?;
        if !self.all && batches.iter().all(|batch| batch.num_rows() == 0) {
            streams.say("no console session in the case; --all lists the programmatic ones");
        }
        Ok(ExitCode::Fine)
    }
}
