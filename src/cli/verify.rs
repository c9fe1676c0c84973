//! `cartographer verify`

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cartographer::event::Timestamp;
use cartographer::present;
use cartographer::table::FILE_INTEGRITY;
use cartographer::verify::{self, Keys, Verification};
use chrono::Utc;
use clap::Args;

use super::case::CaseArgs;
use super::fail::Advised;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// How many files are listed unless all are asked for.
const LISTED: usize = 10;

const EXAMPLES: &str = "\
Examples:
  aws s3 sync s3://BUCKET/AWSLogs ./AWSLogs
  aws cloudtrail list-public-keys --region us-east-1 \\
      --start-time 2026-03-01 --end-time 2026-03-08 > keys.json
  cartographer verify ./AWSLogs --public-keys keys.json
  cartographer verify ./AWSLogs --public-keys keys.json --db case.duckdb
  cartographer verify ./logs ./digests --public-keys keys.json --format csv > integrity.csv";

/// Check the integrity of log files against CloudTrail's digest files, offline
///
/// Takes the log files and the digest files of a trail that has log file validation turned on. Checks the signature of
/// each digest file, the chain of digest files, and the SHA-256 of each log file, and finds log files and digest files that
/// were altered, removed or added. Local files are matched to S3 objects by the ends of their paths.
///
/// The signature of a digest file is stored in the next digest file. The signature of the newest one is only in the
/// metadata of its S3 object: save the output of `aws s3api head-object` beside it, in a file with the name of the digest
/// file and `.metadata.json` after it.
///
/// The table format shows a summary, what failed, and what could not be verified and why. The other formats have a row
/// for each file.
#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", super::exit::HELP))]
pub(crate) struct Verify {
    /// Files, folders (with all below them) or globs: log files, digest files and their metadata
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    /// Public keys as `aws cloudtrail list-public-keys` prints them (repeatable, as for several regions)
    #[arg(long, value_name = "FILE")]
    public_keys: Vec<PathBuf>,
    /// A case that keeps the result, in the table `file_integrity`, in place of what it had there
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Verify {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let keys = self.keys()?;
        // Opened first, so that nothing is checked in vain.
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
            case.transaction(|case| case.replace(&FILE_INTEGRITY, &rows)).context("the result is not in the case")?;
        }
        Ok(verdict(&verified))
    }

    fn keys(&self) -> Result<Keys> {
        let mut keys = Keys::default();
        for path in &self.public_keys {
            let cannot = || {
                Advised::new(
                    format!("no public keys can be read from {}", path.display()),
                    "Make it with: aws cloudtrail list-public-keys --start-time … --end-time … > keys.json",
                )
            };
            let text = fs::read_to_string(path).with_context(cannot)?;
            keys.add(&text).with_context(cannot)?;
        }
        Ok(keys)
    }
}

fn nothing(verified: &Verification) -> anyhow::Error {
    let advice = "Name the folder that holds the log files and the digest files, such as AWSLogs.";
    let causes: Vec<String> = verified.problems.iter().map(ToString::to_string).collect();
    let problem = Advised::new("no log file of CloudTrail and no digest file was found", advice);
    if causes.is_empty() { problem.into() } else { anyhow::anyhow!(causes.join("; ")).context(problem) }
}

fn verdict(verified: &Verification) -> ExitCode {
    match (verified.has_failed(), verified.is_in_part()) {
        (true, _) => ExitCode::Failed,
        (false, true) => ExitCode::Partial,
        (false, false) => ExitCode::Fine,
    }
}
