//! `cartographer report`

use std::env;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use cartographer::batch::Columns;
use cartographer::event::Timestamp;
use cartographer::export::{self, ExportError};
use cartographer::notes::{self, Notebook};
use cartographer::present::Marks;
use cartographer::present::report::{self, Form, ReportMetadata, ReportNote, Scope};
use cartographer::redact::Redactor;
use cartographer::store::Case;
use chrono::Utc;
use clap::{Args, ValueEnum};
use sha2::{Digest, Sha256};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::redact::{RedactArgs, redacted_notes};
use super::target::FileArgs;
use super::{ExitCode, Streams, moment, pdf};

/// Write a report on what was done, for readers who do not use SQL, as one HTML, Markdown or PDF file
///
/// Covers the console sessions and all other sessions in which something stands out, or only the sessions selected with
/// --session or --principal. The report contains a summary, who created and used each credential, what to contain or undo,
/// a chart, the timeline of each session, what was touched and seen, ATT&CK techniques, analysts' notes, the method, how
/// reliable the results are, the hashes of its sources, and a glossary. The HTML is printable, contains no scripts and
/// loads no other files. A PDF is printed from the HTML by Chromium on this machine. Text from logs is escaped in all
/// formats. For a large case, the report contains only the most important lines, and states what was omitted. --redact
/// replaces values that identify people, accounts and machines.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer report -o incident.html --case-number IR-2026-07 --author \"A. Analyst\"
  cartographer report -o incident.pdf
  cartographer report --principal nadia -o nadia.md
  cartographer report --redact keys,accounts,addresses,names -o incident.html
  cartographer report --from 2026-03-11 --to 2026-03-12 -o incident.html --force")]
pub(crate) struct Report {
    #[command(flatten)]
    case: CaseArgs,
    /// Only sessions whose ID starts with this prefix (repeatable)
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
    /// The case number of the investigation, printed in the report
    #[arg(long, value_name = "TEXT")]
    case_number: Option<String>,
    /// The author, printed in the report
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// The recipient, printed in the report
    #[arg(long, value_name = "NAME")]
    recipient: Option<String>,
    /// The classification, such as CONFIDENTIAL, printed on each page
    #[arg(long, value_name = "TEXT")]
    classification: Option<String>,
    /// Omit analysts' notes
    #[arg(long)]
    no_notes: bool,
    /// Output format [default: from the file extension, .html, .md or .pdf; otherwise HTML]
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    redact: RedactArgs,
}

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// One HTML file
    Html,
    /// GitHub-flavored Markdown
    Md,
    /// The HTML as PDF; requires Chromium on this machine
    Pdf,
}

impl Report {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let format = self.format()?;
        let printer = if format == ReportFormat::Pdf { Some(pdf::Printer::find()?) } else { None };
        self.case.must_exist()?;
        self.file.write(streams, |out, aside| {
            let (case, redactor) = self.redact.open(&self.case, aside, None)?;
            let making = self.making(&case, redactor.as_ref())?;
            let report = export::report(&case, self.scope(redactor.as_ref())?, making).map_err(explain)?;
            let form = if format == ReportFormat::Md { Form::Markdown } else { Form::Html };
            let Some(printer) = &printer else {
                return report::write(out, &report, form).context("cannot write the report");
            };
            let mut html = Vec::new();
            report::write(&mut html, &report, form).context("cannot write the report")?;
            // Printed twice: the page numbers in the table of contents are only known after printing.
            let pages = pdf::pages(&printer.print(&html, aside)?);
            html.clear();
            report::write_numbered(&mut html, &report, &pages).context("cannot write the report")?;
            Ok(out.write_all(&printer.print(&html, aside)?)?)
        })?;
        Ok(ExitCode::Fine)
    }

    /// The time, the program and its arguments, and analysts' notes.
    fn making(&self, case: &Case, redactor: Option<&Redactor>) -> Result<ReportMetadata> {
        let words = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
        // A session ID is replaced as a whole, so its prefix would not match anything.
        let words = words.map(|word| match redactor {
            Some(_) if self.session.contains(&word) => "…".to_owned(),
            Some(redactor) => redactor.text(&word).into_owned(),
            None => word,
        });
        let written = Notebook::beside(self.case.path()).read()?;
        let shown = if self.no_notes { Vec::new() } else { written.shown().cloned().collect() };
        let resolved = notes::resolve(case, redacted_notes(redactor, shown))?;
        let mut notes: Vec<ReportNote> = resolved.iter().filter_map(ReportNote::of).collect();
        notes.sort_by_key(|note| (note.time.is_none(), note.time));
        Ok(ReportMetadata {
            at: Timestamp(Utc::now().timestamp_micros()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: ["cartographer".to_owned()].into_iter().chain(words).collect(),
            case_number: self.case_number.clone(),
            author: self.author.clone(),
            recipient: self.recipient.clone(),
            classification: self.classification.clone(),
            redacted: self.redact.kinds().into_iter().map(|kind| kind.as_str().to_owned()).collect(),
            case_sha256: Some(sha256_of(self.case.path())?),
            notes,
            marks: Marks::of(&resolved),
            ..ReportMetadata::default()
        })
    }

    /// The scope of the report. The selection is looked up in the original case, and named as in the redacted copy.
    fn scope(&self, redactor: Option<&Redactor>) -> Result<Scope> {
        let case = self.case.path().display().to_string();
        let scope = Scope {
            case,
            sessions: self.session.clone(),
            principals: self.principal.clone(),
            from: self.from,
            to: self.to,
        };
        let Some(redactor) = redactor else { return Ok(scope) };
        let text = |text: &String| redactor.text(text).into_owned();
        let mut sessions = Vec::new();
        if !scope.sessions.is_empty() {
            for batch in self.case.open_read_only()?.query("SELECT session_id FROM sessions ORDER BY ALL")? {
                let ids = Columns(&batch).text("session_id")?.iter().flatten().map(str::to_owned).collect::<Vec<_>>();
                let is_wanted = |id: &&String| scope.sessions.iter().any(|begin| id.starts_with(begin));
                sessions.extend(ids.iter().filter(is_wanted).map(|id| redactor.id(id)));
            }
            // A selection that matches no session must not become a report on all of them.
            if sessions.is_empty() {
                return Err(explain(ExportError::NoSession));
            }
        }
        let principals = scope.principals.iter().map(text).collect();
        Ok(Scope { case: text(&scope.case), sessions, principals, ..scope })
    }

    /// The requested format. A file name with the extension of another format is refused.
    fn format(&self) -> Result<ReportFormat> {
        let ending = self.file.path().and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
        Ok(match (self.format, ending.as_deref()) {
            (Some(format), _) => format,
            (None, None | Some("html" | "htm")) => ReportFormat::Html,
            (None, Some("md" | "markdown")) => ReportFormat::Md,
            (None, Some("pdf")) => ReportFormat::Pdf,
            (None, Some(other)) => bail!(WithAdvice::misuse(
                format!("a report cannot be written as {other:?}"),
                "Reports are written as HTML (.html, .htm), Markdown (.md, .markdown) or PDF (.pdf). To use any other file \
                 name, add --format html, --format md or --format pdf.",
            )),
        })
    }
}

/// The SHA-256 of a file, read in chunks.
fn sha256_of(path: &Path) -> Result<String> {
    let cannot = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(cannot)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece).with_context(cannot)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(piece.get(..read).unwrap_or_default()),
        }
    }
}

fn explain(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::NoSession => {
            WithAdvice::new(error.to_string(), "`cartographer sessions --all` lists the sessions in the case.").into()
        }
        other => anyhow::Error::new(other).context(WithAdvice::new(
            "the file cannot be queried as a case",
            "Check that the file was created by this version of `cartographer load`.",
        )),
    }
}
