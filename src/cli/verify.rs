//! `cartographer verify`

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cartographer::event::Timestamp;
use cartographer::present;
use cartographer::read::file;
use cartographer::table::FILE_INTEGRITY;
use cartographer::verify::{self, Keys, Verification};
use chrono::Utc;
use clap::Args;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// How many files are listed by default.
const LISTED: usize = 10;

const EXAMPLES: &str = "\
Examples:
  aws cloudtrail list-public-keys --region us-east-1 \\
      --start-time 2026-03-01 --end-time 2026-03-08 > keys.json
  cartographer verify ./AWSLogs --public-keys keys.json
  cartographer verify ./AWSLogs --public-keys keys.json --db case.duckdb
  cartographer verify ./logs ./digests --public-keys keys.json --format csv > integrity.csv";

/// Check the integrity of log files against CloudTrail's digest files, offline
///
/// Reads the log files and digest files of a trail for which log file validation is enabled. Checks the signature of each digest
/// file, the chain of digest files, and the SHA-256 of each log file, and finds log files and digest files that were
/// altered, removed or added. Local files are matched to S3 objects by the end of their paths.
///
/// The signature of a digest file is stored in the next digest file. The signature of the newest digest file is only in the
/// metadata of its S3 object. To check it, save the output of `aws s3api head-object` next to the digest file, in a file
/// with the same name followed by `.metadata.json`.
///
/// The table format shows a summary, the failures, and what could not be verified and why. The other formats list one row
/// per file.
#[derive(Debug, Args)]
#[command(after_help = format!("{}\n\n{EXAMPLES}", super::exit::HELP))]
pub(crate) struct Verify {
    /// Files, folders (read recursively) or globs: log files, digest files and their metadata
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    /// Public keys, as printed by `aws cloudtrail list-public-keys` (repeatable, one file per region)
    #[arg(long, value_name = "FILE")]
    public_keys: Vec<PathBuf>,
    /// The case in which to store the result; its `file_integrity` table is replaced
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Verify {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let keys = self.keys()?;
        // Opened first, so that an error here does not waste the time spent on the check.
        let case = self.db.clone().map(|db| CaseArgs::at(db).open_for_writing()).transpose()?;
        let verified = verify::verify(&self.paths, &keys);
        if verified.checks.is_empty() {
            bail!(nothing(&verified));
        }
        let rows = verified.rows(Timestamp(Utc::now().timestamp_micros()))?;
        if self.format == RowFormat::Table {
            let mut out = streams.text();
            present::integrity(&mut out, &verified, if streams.is_verbose() { usize::MAX } else { LISTED })?;
            out.flush()?;
        } else {
            format::write(streams, self.format, std::slice::from_ref(&rows))?;
        }
        if let Some(case) = case {
            case.transaction(|case| case.replace(&FILE_INTEGRITY, &rows))
                .context("cannot store the result in the case")?;
        }
        Ok(verdict(&verified))
    }

    fn keys(&self) -> Result<Keys> {
        let mut keys = Keys::default();
        for path in &self.public_keys {
            let cannot = || {
                WithAdvice::new(
                    format!("cannot read public keys from {}", path.display()),
                    "Create the file with: aws cloudtrail list-public-keys --start-time … --end-time … > keys.json",
                )
            };
            let text = file::read_text(path).with_context(cannot)?;
            keys.add(&text).with_context(cannot)?;
        }
        Ok(keys)
    }
}

fn nothing(verified: &Verification) -> anyhow::Error {
    let advice = "Specify the folder that contains the log files and the digest files, such as AWSLogs.";
    let causes: Vec<String> = verified.problems.iter().map(ToString::to_string).collect();
    let problem = WithAdvice::new("no CloudTrail log file or digest file was found", advice);
    if causes.is_empty() { problem.into() } else { anyhow::anyhow!(causes.join("; ")).context(problem) }
}

fn verdict(verified: &Verification) -> ExitCode {
    match (verified.has_failed(), verified.is_incomplete()) {
        (true, _) => ExitCode::Failed,
        (false, true) => ExitCode::Partial,
        (false, false) => ExitCode::Fine,
    }
}
