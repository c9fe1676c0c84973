//! Arguments, then a call into the library: one thin file for each subcommand.

mod actor;
mod addresses;
mod answer_query;
mod case;
mod connect;
mod copied;
mod coverage;
mod docs;
#[cfg(test)]
mod examples;
mod exit;
mod explain;
mod export;
pub(crate) mod fail;
mod format;
mod hunt;
mod import;
mod learn;
mod load;
mod mark;
mod mcp;
mod moment;
mod near;
mod new_rule;
mod notes;
mod own_rules;
mod packs;
mod pdf;
mod progress;
mod redact;
mod report;
mod rules;
mod search;
mod serve;
mod sessions;
mod sigma;
mod size;
mod spill_folder;
mod sql;
mod streams;
mod target;
mod timeline;
mod token;
mod verify;
mod who;

use anyhow::Result;
use clap::{Args, ColorChoice, Parser, Subcommand};

pub(crate) use exit::ExitCode;
pub(crate) use streams::Streams;

/// Maps bursts of CloudTrail events back to the AWS console clicks that produced them.
///
/// `load` reads CloudTrail events in any format into a case, which is one DuckDB file. `timeline` shows what was done,
/// `sessions` who was active, and `actor` who is behind a session. `search` finds text, `explain` shows why a signal was
/// chosen, `hunt` answers common incident questions, and `sql` runs any query.
///
/// Data goes to standard output; progress, ledgers and errors go to standard error.
#[derive(Debug, Parser)]
#[command(name = "cartographer", version, after_help = format!("{}\n\n{EXAMPLES}", exit::HELP), propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cartographer load ./AWSLogs --db case.duckdb
  cartographer timeline --db case.duckdb
  cartographer serve --db case.duckdb --open";

const GLOBAL: &str = "Global options";

/// The options shared by all subcommands.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Global {
    /// Print only errors to standard error
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// Print more to standard error, such as every problem in a load and the number of rows in a result
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) verbose: bool,
    /// Do not shorten table cells
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) full: bool,
    /// When to use colors; `auto` depends on the terminal and NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = GLOBAL)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Load(load::Load),
    Timeline(timeline::Timeline),
    Sessions(sessions::Sessions),
    Explain(explain::Explain),
    Search(search::Search),
    Actor(actor::Actor),
    Addresses(addresses::Addresses),
    Coverage(coverage::Coverage),
    Serve(serve::Serve),
    Mcp(mcp::Mcp),
    Sql(sql::Sql),
    Hunt(hunt::HuntCommand),
    #[command(subcommand)]
    Export(export::Export),
    Report(report::Report),
    #[command(subcommand)]
    Notes(notes::Notes),
    Verify(verify::Verify),
    #[command(subcommand)]
    Import(import::Import),
    Connect(connect::Connect),
    #[command(subcommand)]
    Rules(rules::Rules),
    Learn(learn::Learn),
    Mark(mark::Mark),
    Completions(docs::Completions),
    Man(docs::Man),
    AnswerQuery(answer_query::AnswerQuery),
}

/// Runs a subcommand.
pub(crate) fn run(command: Command, streams: Streams) -> Result<ExitCode> {
    let code = run_command(command, streams)?;
    Ok(if code == ExitCode::Fine && case::has_damage() { ExitCode::Partial } else { code })
}

fn run_command(command: Command, streams: Streams) -> Result<ExitCode> {
    match command {
        Command::Load(load) => load.run(streams),
        Command::Timeline(timeline) => timeline.run(streams),
        Command::Sessions(sessions) => sessions.run(streams),
        Command::Explain(explain) => explain.run(streams),
        Command::Search(search) => search.run(streams),
        Command::Actor(actor) => actor.run(streams),
        Command::Addresses(addresses) => addresses.run(streams),
        Command::Coverage(coverage) => coverage.run(streams),
        Command::Serve(serve) => serve.run(streams),
        Command::Mcp(mcp) => mcp.run(streams),
        Command::Sql(sql) => sql.run(streams),
        Command::Hunt(hunts) => hunts.run(streams),
        Command::Export(export) => export.run(streams),
        Command::Report(report) => report.run(streams),
        Command::Notes(notes) => notes.run(streams),
        Command::Verify(verify) => verify.run(streams),
        Command::Import(import) => import.run(streams),
        Command::Connect(connect) => connect.run(streams),
        Command::Rules(rules) => rules.run(streams),
        Command::Learn(learn) => learn.run(streams),
        Command::Mark(mark) => mark.run(streams),
        Command::Completions(completions) => completions.run(streams),
        Command::Man(man) => man.run(streams),
        Command::AnswerQuery(query) => query.run(streams),
    }
}
