//! `cartographer explain`

use std::io::Write;

use anyhow::{Result, bail};
use arrow::array::AsArray;
use cartographer::load::{self, ExplainError};
use cartographer::matching::ExplainSubject;
use cartographer::present;
use cartographer::store::Case;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::own_rules::OwnRules;
use super::{ExitCode, Streams};

/// Finds what an ID prefix may refer to; two results are enough to see that it is ambiguous.
const FIND: &str = "SELECT 'signal' AS what, signal_id AS id, session_id, true AS console FROM signals \
     WHERE starts_with(signal_id, ?) UNION ALL SELECT 'event', event_id, session_id, coalesce(console, false) \
     FROM events LEFT JOIN sessions USING (session_id) WHERE starts_with(event_id, ?) LIMIT 2";

/// Explain a signal or an event: the rule, the role of each event, and why no other page was chosen
///
/// Maps the session again with the given rules, without changing the case. For each event it shows the matching shape of
/// the rule, or how similar it is and what differs. It then lists other pages with the same calls, and why they were not
/// chosen. `timeline --ids` shows the IDs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer explain bc86c644
  cartographer explain bc86c644 --all
  cartographer explain bc86c644 --format json")]
pub(crate) struct Explain {
    /// The ID of a signal or an event, or the start of one
    #[arg(value_name = "SIGNAL|EVENT", value_parser = NonEmptyStringValueParser::new())]
    id: String,
    #[command(flatten)]
    case: CaseArgs,
    #[command(flatten)]
    rules: OwnRules,
    /// List every event
    #[arg(long)]
    all: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: ExplainFormat,
}

/// The formats of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// Readable text
    Text,
    /// One JSON object
    Json,
}

/// What an ID refers to.
struct Thing {
    is_signal: bool,
    id: String,
    session_id: String,
    /// Its session is one of the console's.
    console: bool,
}

impl Explain {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let rules = self.rules.set()?;
        load::same_rules(&case, &rules).map_err(advise)?;
        let thing = self.find(&case)?;
        let explained = load::explain(&case, &rules, &thing.session_id, thing.console, thing.subject());
        let explained = explained.map_err(advise)?;
        let mut out = streams.text();
        match self.format {
            ExplainFormat::Text => present::explanation(&mut out, &explained, self.all)?,
            ExplainFormat::Json => {
                let json = serde_json::to_string(&explained)?;
                writeln!(out, "{}", present::escape::json(&json))?;
            }
        }
        out.flush()?;
        Ok(ExitCode::Fine)
    }

    fn find(&self, case: &Case) -> Result<Thing> {
        let batches = self.case.ask(case, FIND, &[self.id.clone(), self.id.clone()])?;
        let mut things = Vec::new();
        for batch in &batches {
            let columns = [0, 1, 2].map(|column| batch.column(column).as_string::<i32>());
            let console = batch.column(3).as_boolean();
            things.extend((0..batch.num_rows()).map(|row| Thing {
                is_signal: columns[0].value(row) == "signal",
                id: columns[1].value(row).to_owned(),
                session_id: columns[2].value(row).to_owned(),
                console: console.value(row),
            }));
        }
        match (things.pop(), things.is_empty()) {
            (Some(thing), true) => Ok(thing),
            (Some(_), false) => bail!(WithAdvice::new(
                format!("more than one ID starts with {}", self.id),
                "Use more characters, or the full ID from `cartographer timeline --format jsonl`.",
            )),
            (None, _) => bail!(WithAdvice::new(
                format!("no signal or event has the ID {}", self.id),
                "`cartographer timeline --ids` shows the IDs in the case.",
            )),
        }
    }
}

impl Thing {
    fn subject(&self) -> ExplainSubject<'_> {
        if self.is_signal { ExplainSubject::Signal(&self.id) } else { ExplainSubject::Event(&self.id) }
    }
}

fn advise(error: ExplainError) -> anyhow::Error {
    let advice = match error {
        ExplainError::OtherRules => {
            "Use --rules with the rules that the case was loaded with, or load it again with these rules."
        }
        ExplainError::Lost(_) => "Load the trail again with this version of the program.",
        other => return other.into(),
    };
    WithAdvice::new(error.to_string(), advice).into()
}
