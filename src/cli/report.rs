//! `cartographer report`

use std::env;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cartographer::event::Timestamp;
use cartographer::export::{self, ExportError};
use cartographer::present::report::{self, Form, ReportMetadata, Scope};
use chrono::Utc;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::target::FileArgs;
use super::{ExitCode, Streams, moment};

/// Write a report of what was done, for readers who do not use SQL, as one HTML file or Markdown
///
/// Covers the console sessions and all other sessions in which something stands out, or those selected with --session or
/// --principal. It has a summary, who created and used which credential, what to contain or undo, a chart, the timeline of
/// each session, what was touched and seen, ATT&CK techniques, how reliable the results are, and how it was made. The HTML
/// is printable, has no scripts and loads nothing. Text from logs is escaped in both formats. A report on a large case has
/// the most important lines, and states what was omitted.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer report -o incident.html
  cartographer report --principal nadia -o nadia.md
  cartographer report --from 2026-03-11 --to 2026-03-12 -o incident.html --force")]
pub(crate) struct Report {
    #[command(flatten)]
    case: CaseArgs,
    /// Only sessions whose ID starts with this (repeatable)
    #[arg(long, value_name = "ID", num_args = 1..)]
    session: Vec<String>,
    /// Only sessions of this principal, as shown by `sessions` (repeatable)
    #[arg(long, value_name = "NAME", num_args = 1..)]
    principal: Vec<String>,
    /// Only activity at this time or later: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<Timestamp>,
    /// Only activity that began before this time
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: Option<Timestamp>,
    /// Output format [default: from the file extension, .html or .md; otherwise HTML]
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,
    #[command(flatten)]
    file: FileArgs,
}

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// One HTML file
    Html,
    /// GitHub-flavored Markdown
    Md,
}

impl Report {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let form = self.form()?;
        let case = self.case.open_read_only()?;
        self.file.write(streams, |out, aside| {
            case.bound_memory(aside)?;
            let told = export::report(&case, self.scope(), making()).map_err(explain)?;
            report::write(out, &told, form).context("cannot write the report")
        })?;
        Ok(ExitCode::Fine)
    }

    fn scope(&self) -> Scope {
        Scope {
            case: self.case.path().display().to_string(),
            sessions: self.session.clone(),
            principals: self.principal.clone(),
            from: self.from,
            to: self.to,
        }
    }

    /// The form that is asked for. A file whose name ends as another form's does would not be what its name says.
    fn form(&self) -> Result<Form> {
        let ending = self.file.path().and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
        let format = match (self.format, ending.as_deref()) {
            (Some(format), _) => format,
            (None, None | Some("html" | "htm")) => ReportFormat::Html,
            (None, Some("md" | "markdown")) => ReportFormat::Md,
            (None, Some(other)) => bail!(WithAdvice::misuse(
                format!("a report cannot be written as {other:?}"),
                "It is written as HTML (.html, .htm) or Markdown (.md, .markdown); --format html or --format md writes that \
                 form whatever the name of the file. A browser prints the HTML as PDF.",
            )),
        };
        Ok(match format {
            ReportFormat::Md => Form::Markdown,
            ReportFormat::Html => Form::Html,
        })
    }
}

/// Now, by this program and its arguments.
fn making() -> ReportMetadata {
    let words = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    ReportMetadata {
        at: Timestamp(Utc::now().timestamp_micros()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: ["cartographer".to_owned()].into_iter().chain(words).collect(),
        ..ReportMetadata::default()
    }
}

fn explain(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::NoSession => {
            WithAdvice::new(error.to_string(), "`cartographer sessions --all` lists the sessions in the case.").into()
        }
        other => anyhow::Error::new(other).context(WithAdvice::new(
            "the file cannot be queried as a case",
            "Check that this version of `cartographer load` created the file.",
        )),
    }
}
