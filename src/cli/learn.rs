//! `cartographer learn`

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cartographer::batch;
use cartographer::counted::counted;
use cartographer::learn::{self, Learned, MAX_RECORDING, PageOutcome, Recording, Thresholds, trail_events};
use cartographer::present;
use cartographer::read::{self, MemoryBudget};
use cartographer::rule::RuleText;
use cartographer::trail::{Filter, Trail};
use clap::Args;
use rayon::ThreadPoolBuilder;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};
use super::new_rule::write_new;
use super::own_rules::OwnRules;
use super::{ExitCode, Streams};

/// Learn console pages from a recording and its trail, or from a case
///
/// A recording shows when each page was opened. It can be a HAR file from the browser's developer tools, a CSV file with the
/// columns time, title and address, or the marks from `cartographer mark`. The recording is aligned with the trail by
/// request ID or by time. Each page becomes a rule and a spec with made-up names, unless the catalog already contains the
/// page. If a known page's calls have changed, a generation is added to its rule. Only times, addresses and request IDs are
/// read from a HAR file.
///
/// Without a recording, searches the console sessions in a case for pages that are only inferred, bursts of calls that no
/// page explains, and calls made without a click. Proposals with the most clicks are listed first.
///
/// A draft is accepted only if its spec passes and no other spec fails. docs/learn.md explains each step.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer learn console.har --trail ./AWSLogs --write my-rules
  cartographer learn marks.csv --trail ./AWSLogs --write my-rules
  cartographer learn --db case.duckdb --min-clicks 5
  cartographer learn --db case.duckdb --write my-rules")]
pub(crate) struct Learn {
    /// Recordings: HAR or CSV files
    #[arg(value_name = "RECORDING", requires = "trail")]
    recordings: Vec<String>,
    /// The trail that covers the recordings: files, folders or globs (repeatable)
    #[arg(long, value_name = "PATH", requires = "recordings")]
    trail: Vec<String>,
    #[command(flatten)]
    case: CaseArgs,
    /// Use only the session whose ID starts with this prefix, if several sessions match a recording
    #[arg(long, value_name = "SESSION", requires = "recordings")]
    session: Option<String>,
    /// Write the drafts to this folder, which is created if necessary; existing files are not overwritten
    ///
    /// Unless `--rules` specifies other rules, the rules that are already in the folder count as known.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Without a recording: the minimum number of clicks that a proposal must explain
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_clicks: usize,
    /// Without a recording: the minimum number of sessions in which these clicks must occur
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_sessions: usize,
    #[command(flatten)]
    rules: OwnRules,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Learn {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        if self.recordings.is_empty() { self.propose(streams) } else { self.learn_pages(streams) }
    }

    fn learn_pages(&self, streams: Streams) -> Result<ExitCode> {
        let mut recording = Recording::default();
        for path in &self.recordings {
            let parsed = text(path).and_then(|text| Ok(Recording::parse(&text)?));
            recording.add(parsed.with_context(|| {
                WithAdvice::new(format!("cannot read the recording {path}"), "docs/learn.md describes recordings.")
            })?);
        }
        let threads = ThreadPoolBuilder::new().build()?;
        let trail = Trail::read(read::discover(&self.trail), &Filter::default(), &threads)?;
        trail.some().with_context(|| format!("cannot read the trail {}", self.trail.join(" ")))?;
        let events = trail_events(&trail.events)?;
        let learned = learn::learn(self.known_texts()?, &recording, &events, self.session.as_deref());
        let learned = learned.with_context(|| {
            WithAdvice::new(
                "cannot learn from the recording",
                "Check that the trail covers the time range of the recording. Use --session to select a session.",
            )
        })?;
        say_alignment(&learned, streams);
        format::write(streams, self.format, &[present::learned(&learned)?])?;
        self.write_files(learned.pages.iter().flat_map(|page| &page.files), streams)?;
        let is_learned = |outcome: &PageOutcome| !matches!(outcome, PageOutcome::Refused(_) | PageOutcome::Empty);
        let all = learned.pages.iter().all(|page| is_learned(&page.outcome));
        Ok(if all { ExitCode::Fine } else { ExitCode::Partial })
    }

    fn propose(&self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let batches = self.case.ask(&case, &console_events(), &[])?;
        let sessions = batch::sessions(&batches)?;
        let thresholds = Thresholds { clicks: self.min_clicks.max(1), sessions: self.min_sessions.max(1) };
        let proposals = learn::propose(self.known_texts()?, &sessions, thresholds)?;
        format::write(streams, self.format, &[present::proposals(&proposals)?])?;
        if proposals.is_empty() {
            let (clicks, sessions) = (thresholds.clicks, thresholds.sessions);
            streams.say(&format!(
                "no proposal would explain at least {} in at least {}; --min-clicks and --min-sessions change these limits",
                counted(clicks, "click", "clicks"),
                counted(sessions, "session", "sessions")
            ));
        }
        self.write_files(proposals.iter().flat_map(|proposal| &proposal.files), streams)?;
        Ok(ExitCode::Fine)
    }

    /// The known rules. Drafts that an earlier run wrote to the same folder are among them.
    fn known_texts(&self) -> Result<Vec<RuleText>> {
        self.rules.texts_or(self.write.as_ref().filter(|folder| folder.is_dir()))
    }

    fn write_files<'f>(&self, files: impl Iterator<Item = &'f RuleText>, streams: Streams) -> Result<()> {
        let Some(folder) = &self.write else { return Ok(()) };
        // If a page was found more than once, only its last draft is written: it contains the earlier drafts.
        let mut last: std::collections::BTreeMap<&str, &RuleText> = std::collections::BTreeMap::new();
        last.extend(files.map(|file| (file.path.as_str(), file)));
        for (path, file) in last {
            let path = folder.join(path);
            write_new(&path, &file.text)?;
            streams.say(&format!("wrote {}", path.display()));
        }
        Ok(())
    }
}

/// The events of all console sessions, ordered by session and time.
pub(super) fn console_events() -> String {
    format!(
        "SELECT {} FROM events WHERE session_id IN (SELECT session_id FROM sessions WHERE console) \
         ORDER BY session_id, event_time, event_id",
        batch::session_columns()
    )
}

/// The text of a recording, which may be compressed.
fn text(path: &str) -> Result<String> {
    let found = read::discover(&[path.to_owned()]);
    if let Some(problem) = found.problems.into_iter().next() {
        return Err(problem.into());
    }
    let [source] = &found.sources[..] else { bail!("{path} is not a single file") };
    let opened = read::fetch_within(source, MAX_RECORDING)?.unpack_within(&MemoryBudget::new(2 * MAX_RECORDING))?;
    if let Some(problem) = opened.problems.first() {
        bail!("{problem}");
    }
    let [document] = &opened.documents[..] else { bail!("{path} is not a single file") };
    String::from_utf8(document.text.clone()).context("expected UTF-8")
}

/// How the clocks of the trail and the recording differ.
fn skew(skew_us: i64) -> String {
    let seconds = std::time::Duration::from_micros(skew_us.unsigned_abs()).as_secs_f64();
    match skew_us {
        0 => "the clocks of the trail and the recording agree".to_owned(),
        1.. => format!("the trail's clock is {seconds:.1} s ahead of the recording's"),
        _ => format!("the trail's clock is {seconds:.1} s behind the recording's"),
    }
}

fn say_alignment(learned: &Learned, streams: Streams) {
    let requests = learned.matched_ids + learned.unmatched_ids;
    let by = if learned.matched_ids > 0 {
        let were = if learned.matched_ids == 1 { "was" } else { "were" };
        let requests = counted(requests, "request", "requests");
        format!("{} of {requests} with an ID {were} found in the trail", learned.matched_ids)
    } else {
        match requests {
            0 => "the recording contains no request IDs; the pages were aligned by time".to_owned(),
            _ => "none of the recording's request IDs are in the trail; the pages were aligned by time".to_owned(),
        }
    };
    streams.say(&format!("{by}; {}", skew(learned.skew_us)));
    streams.say(&format!("sessions: {}", learned.sessions.join(", ")));
    if !learned.ambient.is_empty() {
        streams
            .say(&format!("ignored, because the console makes these calls on its own: {}", learned.ambient.join(", ")));
    }
}
