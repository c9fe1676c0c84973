//! `cartographer explain`

use std::io::Write;

use anyhow::Result;
use cartographer::load::{self, ExplainError, Explainable};
use cartographer::present;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::own_rules::OwnRules;
use super::{ExitCode, Streams};

/// Explain a signal or an event: the rule, the role of each event, and why no other page was chosen
///
/// Maps the session again with the given rules, without changing the case. For each event, shows which shape in the rule
/// matches, or how similar the event is to the closest shape and what differs. Then lists other pages with the same calls,
/// and why they were not chosen. `timeline --ids` shows the IDs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer explain bc86c644
  cartographer explain bc86c644 --all
  cartographer explain bc86c644 --format json")]
pub(crate) struct Explain {
    /// The ID of a signal or event, or the beginning of an ID
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

impl Explain {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let rules = self.rules.set()?;
        load::same_rules(&case, &rules).map_err(advise)?;
        let found = Explainable::find(&case, &self.id).map_err(advise)?;
        let explained = found.explain(&case, &rules).map_err(advise)?;
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
}

fn advise(error: ExplainError) -> anyhow::Error {
    let advice = match error {
        ExplainError::OtherRules => {
            "Use --rules with the rules that the case was loaded with, or load the trail again with these rules."
        }
        ExplainError::Unknown(_) => "`cartographer timeline --ids` shows the IDs of signals and events.",
        ExplainError::Ambiguous(_) => {
            "Use more characters, or the full ID from `cartographer timeline --format jsonl`."
        }
        ExplainError::Lost(_) => "Load the trail again with this version of the program.",
        other => return other.into(),
    };
    WithAdvice::new(error.to_string(), advice).into()
}
