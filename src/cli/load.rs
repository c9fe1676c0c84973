//! `cartographer load`

use std::fs;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cartographer::event::Timestamp;
use cartographer::load::{self, Ledger, LoadError, LoadOptions};
use cartographer::present;
use cartographer::read::{self, Reading};
use cartographer::store::{Case, StoreError};
use cartographer::trail::{Filter, Span};
use clap::{Args, ValueEnum};

use super::addresses::{self, DatabaseArgs};
use super::copied::CopiedCase;
use super::fail::WithAdvice;
use super::own_rules::OwnRules;
use super::progress::Bar;
use super::{ExitCode, Streams, moment, sigma};

/// What to do if there is nothing to load.
const NAME_SOME: &str = "Specify existing files, folders or globs, or - for standard input.";

const EXAMPLES: &str = "\
Examples:
  cartographer load ./AWSLogs --db case.duckdb
  cartographer load ./AWSLogs --db case.duckdb --account 111111111111 --from 2026-03-01 --to 2026-03-08
  aws cloudtrail lookup-events --output json | cartographer load - --db case.duckdb
  cartographer load ./AWSLogs --db case.duckdb --copy
  cartographer load ./AWSLogs --db case.duckdb --geoip ipinfo_lite.mmdb --ip-ranges ip-ranges.json";

/// How many problems a ledger lists by default.
const PROBLEMS: usize = 10;

/// Load CloudTrail events into a case and map them to clicks
///
/// Reads CloudTrail log files, `lookup-events` output, event history CSV, EventBridge, CloudWatch Logs, tables written by
/// other tools, and more, uncompressed or as gzip, zstd, bzip2, xz, lz4, zip or tar. The format is detected from the
/// contents. Loading a file again changes nothing, and loading in several steps gives the same result as loading everything
/// at once. Prints a ledger to standard error.
///
/// --from, --to, --account, --region and --service load only part of a trail. A file is skipped if its S3 path
/// (`AWSLogs/<account>/CloudTrail/<region>/<year>/<month>/<day>/…`) shows that it has no matching events. All other
/// files are read, and their records are filtered. The ledger counts what was skipped. Clicks are mapped from the
/// events in the case, so a filter can change which clicks are found. A later load without filters adds the remaining
/// events and maps changed sessions again.
///
/// A case that is open in another program, such as `cartographer serve`, cannot be changed. With --copy, the load changes a
/// copy of the case (`case.duckdb.loading`), which replaces the case when the load is complete. Programs that have the case open
/// keep using the version that they opened; the page that `serve` shows offers to open the new one.
#[derive(Debug, Args)]
#[command(after_help = format!("{}\n\n{EXAMPLES}", super::exit::HELP))]
pub(crate) struct Load {
    /// Files, folders (read recursively), globs, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    /// The case: a DuckDB file, created if it does not exist
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
    /// Load into a copy that replaces the case once the load is complete. Use this if the case is open in another program,
    /// such as `cartographer serve`
    #[arg(long)]
    copy: bool,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    databases: DatabaseArgs,
    #[command(flatten)]
    rules: OwnRules,
    /// Print the ledger to standard output as one JSON object
    #[arg(long)]
    json: bool,
    /// The number of threads [default: the number of cores]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// The order of month and day in CSV dates such as 04/05/2025, if no row in the file shows which comes first
    #[arg(long, value_name = "ORDER")]
    date_order: Option<DateOrder>,
    /// The maximum size of a record, such as 16MiB; larger records are rejected, and the others are loaded [default: 4MiB]
    #[arg(long, value_name = "SIZE", value_parser = super::size::parse_record)]
    max_record_size: Option<u64>,
    /// How much memory to use, such as 2GB; data that does not fit is written to temporary files [default: 1GiB]
    #[arg(long, value_name = "SIZE", value_parser = super::size::parse)]
    memory_limit: Option<u64>,
    /// The folder for temporary files [default: next to the case]
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,
}

/// Which part of the trail to load.
#[derive(Debug, Args)]
struct Part {
    /// Only events at this time or later: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<Timestamp>,
    /// Only events before this time
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: Option<Timestamp>,
    /// Only events in this account (repeatable)
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Vec<String>,
    /// Only events in this region; global services such as IAM use us-east-1 (repeatable)
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Only events from this service, by its prefix: iam, s3, ec2 … (repeatable)
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
}

/// Parses an account ID, which the console shows with hyphens.
fn account(text: &str) -> Result<String, String> {
    let digits = text.replace('-', "");
    let is_id = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_id { Ok(digits) } else { Err("expected the 12 digits of an account ID".to_owned()) }
}

impl Part {
    fn filter(&self) -> Result<Filter> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            bail!(WithAdvice::misuse("--from is not before --to", "Use a --to that is later than --from."));
        }
        let lower = |values: &[String]| values.iter().map(|value| value.to_lowercase()).collect();
        Ok(Filter {
            span: Span { from: self.from, to: self.to },
            accounts: self.account.clone(),
            regions: lower(&self.region),
            services: lower(&self.service),
        })
    }
}

/// The order of month and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DateOrder {
    /// Month, day, year
    Mdy,
    /// Day, month, year
    Dmy,
}

impl From<DateOrder> for read::DateOrder {
    fn from(order: DateOrder) -> Self {
        match order {
            DateOrder::Mdy => Self::MonthFirst,
            DateOrder::Dmy => Self::DayFirst,
        }
    }
}

impl Load {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        if !self.copy || !self.db.exists() {
            return self.load(streams);
        }
        let case = self.db.clone();
        let copied = CopiedCase::of(&case).with_context(|| format!("cannot load into a copy of {}", case.display()))?;
        let code = Self { db: copied.path().to_owned(), ..self }.load(streams)?;
        copied.replace()?;
        streams.say(&format!("{} was replaced; programs that have it open still show the old version", case.display()));
        Ok(code)
    }

    fn load(self, streams: Streams) -> Result<ExitCode> {
        let rules = self.rules.set()?;
        // Read first, so that a damaged database is reported before anything is loaded.
        let databases = self.databases.read()?;
        let options = LoadOptions {
            inputs: self.paths.clone(),
            filter: self.part.filter()?,
            case: self.db.clone(),
            threads: self.threads.map(|threads| bounded(threads, streams)),
            memory_limit: self.memory_limit,
            temp_dir: self.temp_dir.clone(),
            reading: Reading {
                date_order: self.date_order.map(Into::into),
                max_record: self.max_record_size.unwrap_or(read::MAX_RECORD),
                ..Reading::default()
            },
        };
        let (bar, is_new) = (Bar::new(streams.is_quiet()), !self.db.exists());
        let loaded = load::load_and_keep_open(&options, &rules, &bar);
        bar.clear();
        let (ledger, case) = loaded.map_err(|error| {
            if is_new && self.holds_nothing() {
                self.remove_case();
            }
            self.advise(error)
        })?;
        report(&ledger, streams)?;
        if self.json {
            print_json(&ledger, streams)?;
        }
        if is_new && ledger.is_refused() {
            drop(case);
            self.remove_case();
            return verdict(&ledger);
        }
        let code = verdict(&ledger)?;
        addresses::look_up(&case, &databases, streams)?;
        sigma::say_outdated(&case, streams)?;
        Ok(code)
    }
}

impl Load {
    /// Whether a case was created that does not contain any file from this load.
    fn holds_nothing(&self) -> bool {
        let found = Case::open_read_only(&self.db).and_then(|case| case.query("SELECT 1 FROM load_files LIMIT 1"));
        found.is_ok_and(|batches| batches.iter().all(|batch| batch.num_rows() == 0))
    }

    /// Removes the case that this load created, and its log. A file that cannot be removed does no harm.
    fn remove_case(&self) {
        let mut log = self.db.clone().into_os_string();
        log.push(".wal");
        for file in [self.db.as_os_str(), &log] {
            drop(fs::remove_file(file));
        }
    }

    fn advise(&self, error: LoadError) -> anyhow::Error {
        let (what, advice) = match error {
            LoadError::NoInput(_) => ("no file was found".to_owned(), NAME_SOME),
            LoadError::Store(StoreError::Locked { .. }) => (
                format!("cannot load into {}", self.db.display()),
                "If `cartographer serve` has the case open, add --copy to load into a copy that then replaces the case, or stop \
                 the server.",
            ),
            LoadError::Store(StoreError::Memory(_)) => (
                format!("cannot load into {}: the memory limit is too low for this trail", self.db.display()),
                "What was loaded before the error is in the case. To continue, run the same command again with a larger \
                 --memory-limit, for example twice as large.",
            ),
            _ => (
                format!("cannot load into {}", self.db.display()),
                "The files that were loaded before the error are in the case. To continue, run the same command again.",
            ),
        };
        anyhow::Error::new(error).context(WithAdvice::new(what, advice))
    }
}

/// The maximum number of threads of a load. Each thread takes memory, and no machine has enough memory for more.
const MAX_THREADS: usize = 128;

fn bounded(threads: NonZeroUsize, streams: Streams) -> usize {
    if threads.get() > MAX_THREADS {
        streams.say(&format!("--threads {threads} is above the maximum; the load uses {MAX_THREADS} threads"));
    }
    threads.get().min(MAX_THREADS)
}

fn report(ledger: &Ledger, streams: Streams) -> Result<()> {
    if streams.is_quiet() {
        return Ok(());
    }
    let most = if streams.is_verbose() { usize::MAX } else { PROBLEMS };
    Ok(present::ledger(&mut streams.err(), ledger, most)?)
}

fn print_json(ledger: &Ledger, streams: Streams) -> Result<()> {
    let json = serde_json::to_string(ledger)?;
    let mut out = streams.data();
    writeln!(out, "{}", present::escape::json(&json))?;
    Ok(out.flush()?)
}

/// Whether everything was loaded, or only part. If nothing was loaded or the ledger does not balance, this is an error.
fn verdict(ledger: &Ledger) -> Result<ExitCode> {
    let all =
        ledger.files_refused + ledger.files_failed + ledger.rejected + ledger.damaged + ledger.contradictions == 0;
    if !ledger.balances() {
        bail!(WithAdvice::new("the ledger does not balance", "This is a bug in cartographer. Please report it."));
    }
    if ledger.files_seen == 0 {
        bail!(WithAdvice::new("no file was found", NAME_SOME));
    }
    if ledger.is_refused() {
        bail!(WithAdvice::new("nothing could be loaded", "--verbose lists the problem with each file."));
    }
    Ok(if all { ExitCode::Fine } else { ExitCode::Partial })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_code_distinguishes_complete_and_partial_loads() {
        let all = Ledger { files_seen: 1, files_loaded: 1, read: 2, inserted: 2, ..Ledger::default() };
        let part = Ledger { read: 3, rejected: 1, ..all.clone() };
        let again = Ledger { files_seen: 2, files_skipped: 1, files_refused: 1, ..Ledger::default() };
        let empty_file = Ledger { files_seen: 1, files_loaded: 1, ..Ledger::default() };
        let codes = [all, part, again, empty_file].map(|ledger| verdict(&ledger).unwrap());
        assert_eq!(codes, [ExitCode::Fine, ExitCode::Partial, ExitCode::Partial, ExitCode::Fine]);
    }

    #[test]
    fn empty_and_unbalanced_loads_are_errors() {
        let nothing = Ledger { files_seen: 1, files_refused: 1, ..Ledger::default() };
        let lost = Ledger { files_seen: 1, read: 3, inserted: 2, ..Ledger::default() };
        let errors = [nothing, lost, Ledger::default()].map(|ledger| verdict(&ledger).unwrap_err().to_string());
        assert_eq!(errors, ["nothing could be loaded", "the ledger does not balance", "no file was found"]);
    }
}
