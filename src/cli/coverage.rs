//! `cartographer coverage`

use anyhow::Result;
use cartographer::store::COVERAGE_SUMS;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// Count how many clicks are named by a known page, with which confidence, and what the other events are
///
/// A click is a signal other than background. It is named by a known page (`on_known_page`; `high_confidence` of these
/// at 0.9 or above), by its service alone (`visits`), by its call alone (`generic_changes`), or it is a command.
/// `unexplained_events` are the console's and in no signal. That an event is in a signal does not mean that the page
/// is known.
///
/// One line a session or a service, those with the most clicks on unknown pages first. A table ends with a line for all
/// of them; the other formats leave it out. The view `coverage` has both at once.
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    #[command(flatten)]
    case: CaseArgs,
    /// Only sessions whose id begins so
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    session: String,
    /// What a line is
    #[arg(long, value_enum, default_value = "session")]
    by: By,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

/// What clicks and events are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Session
    Session,
    /// Service called
    Service,
}

impl By {
    /// The column that names a line, which is never NULL.
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "session_id",
            Self::Service => "service",
        }
    }

    /// What else is told of a line: each with a comma after it.
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
            streams.say("no console event to count; `cartographer sessions --all` lists who is in the case");
        }
        Ok(ExitCode::Fine)
    }

    /// The query; its parameter is how the session begins.
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
