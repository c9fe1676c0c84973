//! `cartographer mcp`

use std::num::NonZeroU64;
use std::time::Duration;

use anyhow::{Context, Result};
use cartographer::serve;
use clap::Args;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::own_rules::OwnRules;
use super::{ExitCode, Streams, answer_query};

/// Let an AI assistant query a case, read-only, using the Model Context Protocol on standard input and output
///
/// An MCP client starts this command; see docs/mcp.md for its configuration. The tools are sessions, timeline, explain,
/// hunts, hunt and sql. They cannot change the case and cannot read other files. Answers are limited to 1,000 rows and
/// 100 kB.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer mcp --db case.duckdb
  cartographer mcp --db case.duckdb --time-limit 120
  claude mcp add case -- cartographer mcp --db /cases/case.duckdb")]
pub(crate) struct Mcp {
    #[command(flatten)]
    case: CaseArgs,
    /// The time limit for each answer
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    time_limit: NonZeroU64,
    #[command(flatten)]
    rules: OwnRules,
}

impl Mcp {
    pub(crate) fn run(self, _streams: Streams) -> Result<ExitCode> {
        // For a file that is not a case, this gives the same error as the other commands.
        drop(self.case.open_read_only()?);
        let spill = tempfile::tempdir()?;
        let limit = Duration::from_secs(self.time_limit.get());
        let program = answer_query::program()?;
        serve::mcp(self.case.path(), self.rules.set()?, spill.path(), &program, limit).with_context(|| {
            WithAdvice::new(
                "the server stopped",
                "An MCP client starts this command and communicates with it over standard input and output; see docs/mcp.md.",
            )
        })?;
        Ok(ExitCode::Fine)
    }
}
