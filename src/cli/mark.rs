//! `cartographer mark`

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cartographer::event::Timestamp;
use cartographer::learn::title_problem;
use cartographer::present::rfc3339;
use chrono::Utc;
use clap::Args;

use super::fail::WithAdvice;
use super::{ExitCode, Streams};

/// Mark the page that you are about to open, for `cartographer learn`
///
/// Appends the time and the title to a CSV file. Run this command just before you click.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer mark \"IAM › Users\"
  cartographer mark \"IAM › Users › Create user\" --file marks.csv")]
pub(crate) struct Mark {
    /// The page's location in the console, with › or > between its parts
    title: String,
    /// The address of the page
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// The file that stores the marks; created if it does not exist
    #[arg(long, value_name = "FILE", default_value = "marks.csv")]
    file: PathBuf,
}

impl Mark {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let texts = [Some(&self.title), self.address.as_ref()];
        let problem = texts.into_iter().flatten().find_map(|text| title_problem(text));
        if let Some(problem) = problem.or(self.title.trim().is_empty().then_some("is empty")) {
            bail!(WithAdvice::misuse(
                format!("the title {problem}"),
                "A title is one line of plain text, such as IAM › Users."
            ));
        }
        let cannot = || format!("cannot write {}", self.file.display());
        let mut file = OpenOptions::new().create(true).append(true).open(&self.file).with_context(cannot)?;
        let mut line = Vec::new();
        if file.metadata().with_context(cannot)?.len() == 0 {
            line.extend_from_slice(b"time,title,address\n");
        }
        let mut writer = csv::Writer::from_writer(&mut line);
        let now = rfc3339(Timestamp(Utc::now().timestamp_micros()));
        writer.write_record([now.as_str(), self.title.trim(), self.address.as_deref().unwrap_or_default()])?;
        writer.flush()?;
        drop(writer);
        // A single write, so that marks from two terminals are not interleaved.
        file.write_all(&line).with_context(cannot)?;
        streams.say(&format!("{now}  {}", self.title.trim()));
        Ok(ExitCode::Fine)
    }
}
