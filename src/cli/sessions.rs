//! `cartographer sessions`

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::addresses;
use super::case::CaseArgs;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// The columns that fit on a screen; other formats include all columns.
fn briefly(looked_up: bool) -> String {
    let countries = if looked_up { "array_to_string(f.countries, ' ') AS countries, " } else { "" };
    format!(
        "f.first_time, CAST(to_seconds(date_diff('second', f.first_time, f.last_time)) AS VARCHAR) AS lasted, \
         f.principal, f.account_id, f.mfa, array_to_string(f.ips, ' ') AS ips, {countries}f.events, f.console, s.clicks, \
         f.findings, f.attempts, f.denied, round(f.weight, 1) AS weight, f.session_id"
    )
}

/// List sessions, most notable first
///
/// Lists console sessions, and program sessions in which something stands out: activity that affects permissions,
/// credentials, defenses, data or secrets; destructive actions; or denied calls. The list is ordered by `weight`.
/// `findings` counts completed actions; `attempts` counts denied or failed actions. The table shows the most important
/// columns; the other formats include every column of `sessions` and `session_findings`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer sessions
  cartographer sessions --all --sort time
  cartographer sessions --console --format csv")]
pub(crate) struct Sessions {
    #[command(flatten)]
    case: CaseArgs,
    /// Include sessions in which nothing stands out
    #[arg(long)]
    all: bool,
    /// Only console sessions
    #[arg(long)]
    console: bool,
    /// The order of the sessions
    #[arg(long, value_enum, default_value = "weight")]
    sort: Sort,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

/// The order of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// Most notable first
    Weight,
    /// By the time of the first event
    Time,
}

impl Sessions {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let all = "x.*, COLUMNS(f.* EXCLUDE (session_id, account_id, principal, identity_type, console, first_time, \
                   last_time, ips, mfa, events))";
        let (columns, table) = if self.format == RowFormat::Table {
            (briefly(addresses::are_looked_up(&case)), "session_summary AS s")
        } else {
            (all.to_owned(), "sessions AS x")
        };
        let which = match (self.console, self.all) {
            (true, _) => "f.console",
            (false, true) => "true",
            (false, false) => "f.console OR f.weight > 0",
        };
        let order = match self.sort {
            Sort::Weight => "f.weight DESC, f.first_time",
            Sort::Time => "f.first_time",
        };
        let sql = format!(
            "SELECT {columns} FROM session_findings AS f JOIN {table} USING (session_id) WHERE {which} \
             ORDER BY {order}, session_id"
        );
        let batches = self.case.ask(&case, &sql, &[])?;
        format::write(streams, self.format, &batches)?;
        if !self.all && batches.iter().all(|batch| batch.num_rows() == 0) {
            streams.say(
                "there are no console sessions, and nothing stands out in the other sessions; use --all to list them",
            );
        }
        Ok(ExitCode::Fine)
    }
}
