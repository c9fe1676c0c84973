//! `cartographer answer-query`, which `serve` starts for each query that the user writes.

use std::ffi::OsString;
use std::io;

use anyhow::{Context, Result};
use cartographer::serve::{QueryProgram, answer_query};
use clap::Args;

use super::{ExitCode, Streams};

/// Answer one query from standard input; started by `serve`
#[derive(Debug, Args)]
#[command(hide = true)]
#[command(after_help = "\
Examples:
  cat query.json | cartographer answer-query
  cat query.json | cartographer answer-query > rows.json")]
pub(crate) struct AnswerQuery {}

impl AnswerQuery {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let Self {} = self;
        limit_memory()?;
        answer_query(io::stdin(), &mut streams.data()).context("cannot answer the query")?;
        Ok(ExitCode::Fine)
    }
}

/// How this program is started for a query.
pub(crate) fn program() -> Result<QueryProgram> {
    let program = std::env::current_exe().context("cannot find this program's executable file")?;
    Ok(QueryProgram { program, arguments: vec![OsString::from("answer-query")] })
}

/// Makes the system refuse to allocate more memory than a query may use.
#[cfg(unix)]
fn limit_memory() -> Result<()> {
    use cartographer::serve::QUERY_MEMORY;
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit { current: Some(QUERY_MEMORY), maximum: Some(QUERY_MEMORY) };
    setrlimit(Resource::Data, limit).context("cannot limit the memory of the query")
}

/// On other systems, only DuckDB's own limit applies.
#[cfg(not(unix))]
fn limit_memory() -> Result<()> {
    Ok(())
}
