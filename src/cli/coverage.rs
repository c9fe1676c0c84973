//! `cartographer coverage`

use anyhow::Result;
use cartographer::store::COVERAGE_SUMS;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// Count the clicks on known pages, with their confidence, and the unexplained events
///
/// A click is any signal other than a background signal. Each click is on a known page (`on_known_page`; `high_confidence` counts
/// those with a confidence of 0.9 or above), is identified only by its service (`visits`) or its call (`generic_changes`),
/// or is a command. `unexplained_events` counts console events without a signal. An event can be part of a signal even if
/// its page is unknown.
///
/// There is one row per session or service; those with the most clicks on unknown pages are listed first. The table ends
/// with a total, which the other formats do not include. The `coverage` view can be grouped either way.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer coverage
  cartographer coverage --by service
  cartographer coverage --session 5db5e5e5 --format json")]
pub(crate) struct Coverage {
    #[command(flatten)]
    case: CaseArgs,
    /// Only sessions whose ID starts with this prefix
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    session: String,
    /// How to group the counts
    #[arg(long, value_enum, default_value = "session")]
    by: By,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

/// The grouping of clicks and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// One row per session
    Session,
    /// One row per service
    Service,
}

impl By {
    /// The column that identifies a row; it is never NULL.
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "session_id",
            Self::Service => "service",
        }
    }

    /// Further columns of a row, each followed by a comma.
    const fn others(self) -> &'static str {
        match self {
            Self::Session => "principal, account_id, ",
            Self::Service => "",
        }
    }
}

impl Coverage {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let batches = self.case.ask(&case, &self.query(), std::slice::from_ref(&self.session))?;
        format::write(streams, self.format, &batches)?;
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            streams.say(
                "there are no console events to count; `cartographer sessions --all` lists the sessions in the case",
            );
        }
        Ok(ExitCode::Fine)
    }

    /// The query; its parameter is the prefix of the session ID.
    fn query(&self) -> String {
        let (name, others) = (self.by.name(), self.by.others());
        let total = if self.format == RowFormat::Table { ", ()" } else { "" };
        format!(
            "SELECT COALESCE(c.{name}, 'total') AS {name}, {others}{COVERAGE_SUMS} FROM coverage AS c \
             WHERE starts_with(session_id, ?) GROUP BY GROUPING SETS (({others}c.{name}){total}) \
             HAVING count(*) > 0 ORDER BY c.{name} IS NULL, sum(c.visits + c.generic_changes) DESC, \
             sum(c.unexplained_events) DESC, c.{name}"
        )
    }
}
