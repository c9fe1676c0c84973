//! `cartographer report`

use std::env;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cartographer::event::Timestamp;
use cartographer::export::{self, ExportError};
use cartographer::present::report::{self, Form, Making, Scope};
use chrono::Utc;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::fail::Advised;
use super::target::FileArgs;
use super::{ExitCode, Streams, moment};

/// Write a report for people who never query: what was done, in words, as one HTML file or as Markdown
///
/// It tells of the console's sessions and of all others in which something stands out; with --session or --principal, of
/// those. The summary, who made and used which credential, what must be contained or undone, a plot, the timeline of each
/// session, what was touched and seen, ATT&CK techniques, how far to trust it and how it was made. The HTML holds no script and loads nothing; it prints well. Text from logs is escaped in both forms.
/// A report of a large case tells what is weightiest, and says what it leaves out.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    case: CaseArgs,
    /// Only sessions whose id begins so (repeatable)
    #[arg(long, value_name = "ID", num_args = 1..)]
    session: Vec<String>,
    /// Only sessions of this identity, as `sessions` names it (repeatable)
    #[arg(long, value_name = "NAME", num_args = 1..)]
    principal: Vec<String>,
    /// Only what lasted until this moment or later: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<Timestamp>,
    /// Only what began before this moment
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: Option<Timestamp>,
    /// The form [default: by the ending of the file: .html or .md; HTML without one]
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,
    #[command(flatten)]
    file: FileArgs,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// One HTML file
    Html,
    /// Markdown of GitHub's flavour
    Md,
}

impl Report {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let form = self.form()?;
        let case = self.case.open_read_only()?;
        self.file.write(streams, |out, aside| {
            case.bound_memory(aside)?;
            let told = export::report(&case, self.scope(), making()).map_err(explain)?;
            report::write(out, &told, form).context("the report could not be written")
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
            (None, Some(other)) => bail!(Advised::misuse(
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
fn making() -> Making {
    let words = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    Making {
        at: Timestamp(Utc::now().timestamp_micros()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: ["cartographer".to_owned()].into_iter().chain(words).collect(),
        ..Making::default()
    }
}

fn explain(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::NoSession => {
            Advised::new(error.to_string(), "`cartographer sessions --all` lists who is in the case, and when.").into()
        }
        other => anyhow::Error::new(other).context(Advised::new(
            "the case does not answer as a case does",
            "Is it a file that `cartographer load` of this version wrote?",
        )),
    }
}
