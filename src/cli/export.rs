//! `cartographer export`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cartographer::export::{self, ExportError, OcsfForm, PARQUET_TABLES, Partition};
use cartographer::present::Lines;
use clap::{Args, Subcommand, ValueEnum};

use super::case::CaseArgs;
use super::fail::Advised;
use super::target::{self, FileArgs};
use super::{ExitCode, Streams};

/// Write a case in another form: Parquet, CSV, JSON lines, Timesketch, OCSF
///
/// A file or folder is written beside its place and put there whole; one that is there is only replaced with --force.
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    Parquet(Parquet),
    /// Write a table, a view or a query as CSV; the timeline if none is named
    ///
    /// What a spreadsheet would take for a formula gets a leading '.
    Csv(Rows),
    /// Write a table, a view or a query as one JSON object a line; the timeline if none is named
    Jsonl(Rows),
    Timesketch(Timesketch),
    Ocsf(Ocsf),
}

/// Write the tables as Parquet, a folder for each, as DuckDB, pyarrow and Spark read it
///
/// The tables are `events`, `signals`, `event_signal`, `sessions`, `signal_entities` and `rules`. Times are in UTC, rows
/// sorted.
#[derive(Debug, Args)]
pub(crate) struct Parquet {
    #[command(flatten)]
    case: CaseArgs,
    /// The folder to write
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Put the events into folders by these
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAMES")]
    partition: Vec<PartitionBy>,
    /// Replace the folder if it is there, with all that is in it
    #[arg(long)]
    force: bool,
}

/// What folders of events are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartitionBy {
    /// The account it happened in
    Account,
    /// The region called
    Region,
    /// The day in UTC
    Day,
}

/// Write rows, in order of time where they have one
#[derive(Debug, Args)]
pub(crate) struct Rows {
    #[command(flatten)]
    case: CaseArgs,
    /// Which table or view
    #[arg(long, value_name = "NAME", default_value = "timeline", conflicts_with = "query")]
    table: String,
    /// Which rows, in DuckDB's SQL: one SELECT
    #[arg(long, value_name = "SQL")]
    query: Option<String>,
    #[command(flatten)]
    file: FileArgs,
}

/// Write the signals as Timesketch imports them
#[derive(Debug, Args)]
pub(crate) struct Timesketch {
    #[command(flatten)]
    case: CaseArgs,
    /// Every event too, a row each
    #[arg(long)]
    events: bool,
    /// The form
    #[arg(long, value_enum, default_value = "csv")]
    format: TimesketchFormat,
    #[command(flatten)]
    file: FileArgs,
}

/// The forms that Timesketch imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TimesketchFormat {
    /// CSV with a header
    Csv,
    /// One JSON object a line
    Jsonl,
}

/// Write the events as OCSF 1.3.0, each with its click as an enrichment
///
/// Calls are API Activity (6003), sign-ins Authentication (3002). `raw_data` is the record, whole.
#[derive(Debug, Args)]
pub(crate) struct Ocsf {
    #[command(flatten)]
    case: CaseArgs,
    /// The form
    #[arg(long, value_enum, default_value = "jsonl")]
    format: OcsfFormat,
    #[command(flatten)]
    file: FileArgs,
}

/// The forms of OCSF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OcsfFormat {
    /// One JSON object a line
    Jsonl,
    /// Columns of structs, as Security Lake has them
    Parquet,
}

impl Export {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        match self {
            Self::Parquet(parquet) => parquet.run(streams)?,
            Self::Csv(rows) => rows.run(streams, Lines::Csv)?,
            Self::Jsonl(rows) => rows.run(streams, Lines::Jsonl)?,
            Self::Timesketch(timesketch) => timesketch.run(streams)?,
            Self::Ocsf(ocsf) => ocsf.run(streams)?,
        }
        Ok(ExitCode::Fine)
    }
}

impl Parquet {
    fn run(self, streams: Streams) -> Result<()> {
        let case = self.case.open_read_only()?;
        let partition: Vec<Partition> = self.partition.iter().map(|by| by.partition()).collect();
        target::folder(&self.output, self.force, |folder, aside| {
            case.bound_memory(aside)?;
            for table in PARQUET_TABLES {
                let own = folder.join(table.name);
                fs::create_dir(&own).with_context(|| format!("cannot make {}", own.display()))?;
                export::parquet(&case, table, &partition, &own).context("the tables could not be written")?;
            }
            Ok(())
        })?;
        streams.say(&format!("wrote {}", self.output.display()));
        Ok(())
    }
}

impl Rows {
    fn run(self, streams: Streams, form: Lines) -> Result<()> {
        let case = self.case.open_read_only()?;
        let query = self.query.unwrap_or_else(|| export::named(&self.table));
        self.file.write(streams, |out, aside| {
            case.bound_memory(aside)?;
            export::rows(&case, &query, form, out).map_err(explain)
        })
    }
}

/// DuckDB says well what is wrong with a query, but not what a query may be here.
fn explain(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::Store(error) => anyhow::Error::new(error)
            .context(Advised::new("the query failed", "Name a table or view, or give one SELECT.")),
        other => other.into(),
    }
}

impl Timesketch {
    fn run(self, streams: Streams) -> Result<()> {
        let case = self.case.open_read_only()?;
        let form = match self.format {
            TimesketchFormat::Csv => Lines::Csv,
            TimesketchFormat::Jsonl => Lines::Jsonl,
        };
        self.file.write(streams, |out, aside| {
            case.bound_memory(aside)?;
            Ok(export::timesketch(&case, self.events, form, out)?)
        })
    }
}

impl Ocsf {
    fn run(self, streams: Streams) -> Result<()> {
        let case = self.case.open_read_only()?;
        let form = match self.format {
            OcsfFormat::Jsonl => OcsfForm::Jsonl,
            OcsfFormat::Parquet => OcsfForm::Parquet,
        };
        self.file.write(streams, |out, aside: &Path| {
            case.bound_memory(aside)?;
            Ok(export::ocsf(&case, form, out)?)
        })
    }
}

impl PartitionBy {
    const fn partition(self) -> Partition {
        match self {
            Self::Account => Partition::Account,
            Self::Region => Partition::Region,
            Self::Day => Partition::Day,
        }
    }
}
