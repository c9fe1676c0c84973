//! `cartographer search`

use anyhow::Result;
use clap::Args;

use super::addresses;
use super::case::CaseArgs;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// The columns that are searched, each with the name shown for a match in it.
const COLUMNS: [(&str, &str); 14] = [
    ("event_id", "event ID"),
    ("request_id", "request ID"),
    ("event_key", "call"),
    ("access_key_id", "access key"),
    ("principal", "principal"),
    ("principal_arn", "ARN"),
    ("principal_id", "principal ID"),
    ("source_ip", "address"),
    ("user_agent", "user agent"),
    ("error_code", "error"),
    ("error_message", "error message"),
    ("request_parameters::VARCHAR", "request"),
    ("response_elements::VARCHAR", "response"),
    ("extra::VARCHAR", "other fields"),
];

/// Find every event that contains the given text
///
/// Searches the IDs, call, access key, identity, address, user agent, error, request, response and all other fields of
/// each event, ignoring case. `matched` shows where the text was found. Rows are ordered by time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer search AKIAIOSFODNN7EXAMPLE
  cartographer search 203.0.113.66 --format csv
  cartographer search prod-db-backups --limit 20")]
pub(crate) struct Search {
    /// The text to search for
    text: String,
    #[command(flatten)]
    case: CaseArgs,
    /// The maximum number of events; if there are more, only the earliest are shown
    #[arg(long, default_value_t = 1000)]
    limit: u32,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Search {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let places: Vec<String> = COLUMNS
            .iter()
            .map(|(column, name)| format!("WHEN contains(lower(e.{column}), lower(?)) THEN '{name}'"))
            .collect();
        let shown = self.format != RowFormat::Table || addresses::are_looked_up(&case);
        let sql = format!(
            "SELECT e.event_time AS time, e.principal, e.client::VARCHAR AS client, e.source_ip, {}e.summary AS what, \
             e.outcome, CASE {} END AS matched, e.session_id, e.event_id FROM events AS e \
             LEFT JOIN addresses AS a ON a.address = e.source_ip WHERE {} ORDER BY time, e.event_id LIMIT {}",
            if shown { "a.country, a.owner, a.cloud_service, a.cloud_region, " } else { "" },
            places.join(" "),
            condition("e"),
            self.limit
        );
        let params: Vec<String> = params(&self.text).into_iter().chain(params(&self.text)).collect();
        let batches = self.case.ask(&case, &sql, &params)?;
        format::write(streams, self.format, &batches)?;
        let found: usize = batches.iter().map(arrow::record_batch::RecordBatch::num_rows).sum();
        if found == 0 {
            streams.say(&format!("no event in the case contains {:?}", self.text));
        } else if found == self.limit as usize {
            let events = if found == 1 { "event is".to_owned() } else { format!("{found} events are") };
            streams.say(&format!("only the first {events} shown; use --limit to show more"));
        }
        Ok(ExitCode::Fine)
    }
}

/// Whether an event contains a text, as SQL with the parameters of [`params`].
pub(crate) fn condition(table: &str) -> String {
    let tests: Vec<String> =
        COLUMNS.iter().map(|(column, _)| format!("contains(lower({table}.{column}), lower(?))")).collect();
    tests.join(" OR ")
}

/// The parameters: the text, once for each column.
pub(crate) fn params(text: &str) -> Vec<String> {
    vec![text.to_owned(); COLUMNS.len()]
}
