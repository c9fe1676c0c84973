//! `cartographer export`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cartographer::export::{self, ExportError, LeftOut, OcsfForm, PARQUET_TABLES, Partition};
use cartographer::notes::{self, Notebook};
use cartographer::present::Lines;
use cartographer::present::escape::terminal;
use clap::{Args, Subcommand, ValueEnum};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::redact::{RedactArgs, redacted_notes};
use super::target::{self, FileArgs};
use super::{ExitCode, Streams};

/// Export a case as Parquet, CSV, JSON Lines, Timesketch, OCSF or an ATT&CK Navigator layer
///
/// The output appears under its final name only once it is complete. An existing file or folder is replaced only with --force.
/// --redact replaces values that identify people, accounts and machines, in columns, ARNs, sentences, links and records.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cartographer export parquet -o case-parquet
  cartographer export csv --table signals -o signals.csv
  cartographer export timesketch -o timesketch.csv
  cartographer export csv --redact all -o timeline.csv
  cartographer export parquet --redact accounts,names --redact-key redact.key -o case-parquet")]
pub(crate) enum Export {
    Parquet(Parquet),
    /// Export a table, a view or the result of a query as CSV (default: the timeline)
    ///
    /// Values that a spreadsheet would treat as a formula are prefixed with '.
    #[command(after_help = "\
Examples:
  cartographer export csv -o timeline.csv
  cartographer export csv --table signals -o signals.csv
  cartographer export csv --query \"FROM events WHERE denied\" -o denied.csv")]
    Csv(Rows),
    /// Export a table, a view or the result of a query as JSON Lines (default: the timeline)
    #[command(after_help = "\
Examples:
  cartographer export jsonl -o timeline.jsonl
  cartographer export jsonl --query \"FROM residual ORDER BY event_time\" -o residual.jsonl")]
    Jsonl(Rows),
    Timesketch(Timesketch),
    Ocsf(Ocsf),
    Navigator(Navigator),
}

/// Export the tables as Parquet, one folder per table, for DuckDB, pyarrow and Spark
///
/// The tables are `events`, `signals`, `event_signal`, `sessions`, `signal_entities`, `rules` and `addresses`. Times are in
/// UTC, and rows are sorted.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer export parquet -o case-parquet
  cartographer export parquet -o case-parquet --partition account,region,day --force")]
pub(crate) struct Parquet {
    #[command(flatten)]
    case: CaseArgs,
    /// The folder to write
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Partition the events into folders by these attributes
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAMES")]
    partition: Vec<PartitionBy>,
    /// Replace the folder and all its contents if it exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    redact: RedactArgs,
}

/// What events are partitioned by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartitionBy {
    /// The account
    Account,
    /// The region
    Region,
    /// The day, in UTC
    Day,
}

/// Export rows, ordered by time if they have a time column
#[derive(Debug, Args)]
pub(crate) struct Rows {
    #[command(flatten)]
    case: CaseArgs,
    /// The table or view to export
    #[arg(long, value_name = "NAME", default_value = "timeline", conflicts_with = "query")]
    table: String,
    /// A SELECT statement, in DuckDB's SQL dialect, that returns the rows to export
    #[arg(long, value_name = "SQL")]
    query: Option<String>,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    redact: RedactArgs,
}

/// Export the signals for Timesketch, with analysts' tags, stars and comments
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer export timesketch -o timesketch.csv
  cartographer export timesketch --events --format jsonl -o timesketch.jsonl")]
pub(crate) struct Timesketch {
    #[command(flatten)]
    case: CaseArgs,
    /// Also export every event as a row
    #[arg(long)]
    events: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "csv")]
    format: TimesketchFormat,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    redact: RedactArgs,
}

/// The formats that Timesketch imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TimesketchFormat {
    /// CSV with a header
    Csv,
    /// One JSON object per line
    Jsonl,
}

/// Export the events as OCSF 1.3.0, with each event's click as an enrichment
///
/// Calls are exported as API Activity (6003), and sign-ins as Authentication (3002). `raw_data` contains the complete
/// record.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer export ocsf -o case-ocsf.jsonl
  cartographer export ocsf --format parquet -o case-ocsf.parquet")]
pub(crate) struct Ocsf {
    #[command(flatten)]
    case: CaseArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "jsonl")]
    format: OcsfFormat,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    redact: RedactArgs,
}

/// Export ATT&CK techniques as an ATT&CK Navigator layer
///
/// The score of a technique is the number of clicks and calls that can be used for it, including the events of saved
/// Sigma hits. Open the file in the Navigator with "Open Existing Layer".
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer export navigator -o layer.json
  cartographer export navigator --principal nadia --principal svc-backup -o layer.json")]
pub(crate) struct Navigator {
    #[command(flatten)]
    case: CaseArgs,
    /// Only activity by this principal, as shown by `sessions` (repeatable)
    #[arg(long, value_name = "NAME")]
    principal: Vec<String>,
    #[command(flatten)]
    file: FileArgs,
}

/// The formats of OCSF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OcsfFormat {
    /// One JSON object per line
    Jsonl,
    /// Struct columns, as in Security Lake
    Parquet,
}

impl Export {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        match self {
            Self::Parquet(parquet) => parquet.run(streams)?,
            Self::Csv(rows) => rows.run(streams, Lines::Csv)?,
            Self::Jsonl(rows) => rows.run(streams, Lines::Jsonl)?,
            Self::Timesketch(timesketch) => timesketch.run(streams)?,
            Self::Ocsf(ocsf) => return ocsf.run(streams),
            Self::Navigator(navigator) => navigator.run(streams)?,
        }
        Ok(ExitCode::Fine)
    }
}

impl Parquet {
    fn run(self, streams: Streams) -> Result<()> {
        self.case.must_exist()?;
        let partition: Vec<Partition> = self.partition.iter().map(|by| by.partition()).collect();
        target::folder(&self.output, self.force, |folder, aside| {
            let (case, _) = self.redact.open(&self.case, aside, Some(folder))?;
            for table in PARQUET_TABLES {
                let own = folder.join(table.name);
                fs::create_dir(&own).with_context(|| format!("cannot create {}", own.display()))?;
                export::parquet(&case, table, &partition, &own).context("cannot write the tables")?;
            }
            Ok(())
        })?;
        streams.say(&format!("wrote {}", self.output.display()));
        Ok(())
    }
}

impl Rows {
    fn run(self, streams: Streams, form: Lines) -> Result<()> {
        self.case.must_exist()?;
        let query = self.query.unwrap_or_else(|| export::named(&self.table));
        self.file.write(streams, |out, aside| {
            let (case, _) = self.redact.open(&self.case, aside, None)?;
            export::rows(&case, &query, form, out).map_err(explain)
        })
    }
}

/// Adds which queries are allowed here, which DuckDB's error cannot mention.
fn explain(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::Store(error) => anyhow::Error::new(error).context(WithAdvice::new(
            "the query failed",
            "Use the name of a table or view, or a single SELECT statement.",
        )),
        other => other.into(),
    }
}

impl Timesketch {
    fn run(self, streams: Streams) -> Result<()> {
        self.case.must_exist()?;
        let form = match self.format {
            TimesketchFormat::Csv => Lines::Csv,
            TimesketchFormat::Jsonl => Lines::Jsonl,
        };
        let written = Notebook::beside(self.case.path()).read()?;
        self.file.write(streams, |out, aside| {
            let (case, redactor) = self.redact.open(&self.case, aside, None)?;
            let written = redacted_notes(redactor.as_ref(), written.shown().cloned().collect());
            let noted = notes::resolve(&case, written)?;
            Ok(export::timesketch(&case, self.events, &noted, form, out)?)
        })
    }
}

impl Navigator {
    fn run(self, streams: Streams) -> Result<()> {
        self.case.must_exist()?;
        let name = self.case.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.file.write(streams, |out, aside| {
            let case = self.case.open_for_export(aside, None)?;
            Ok(export::navigator(&case, &name, &self.principal, out)?)
        })
    }
}

impl Ocsf {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        self.case.must_exist()?;
        let form = match self.format {
            OcsfFormat::Jsonl => OcsfForm::Jsonl,
            OcsfFormat::Parquet => OcsfForm::Parquet,
        };
        let mut left_out = LeftOut::default();
        self.file.write(streams, |out, aside: &Path| {
            let (case, _) = self.redact.open(&self.case, aside, None)?;
            left_out = export::ocsf(&case, form, out)?;
            Ok(())
        })?;
        if left_out.events == 0 {
            return Ok(ExitCode::Fine);
        }
        let events = if left_out.events == 1 { "event" } else { "events" };
        streams.say(&format!("{} {events} could not be exported (the file contains all others):", left_out.events));
        for (id, cause) in &left_out.first {
            streams.say(&format!("  {}: {}", terminal(id), terminal(cause)));
        }
        streams.say(
            "To repair these events, load the files that contain them into a new case with this version of cartographer.",
        );
        Ok(ExitCode::Partial)
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
