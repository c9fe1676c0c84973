//! `cartographer rules new`

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cartographer::batch;
use cartographer::rule::RuleSet;
use cartographer::rule::body::Body;
use cartographer::rule::draft::{self, Sample};
use cartographer::store::Case;
use clap::Args;

use super::fail::WithAdvice;
use super::own_rules::OwnRules;
use super::{ExitCode, Streams};

/// Seconds before and after the selected event.
const BURST_S: u32 = 4;

/// Draft a new rule and its spec
///
/// With a case and one of its events, the calls, new shapes and spec events are filled in from the burst of events around
/// that event. A spec must not contain real names: replace names taken from the case before you share the spec.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules new s3/access-grants --dir my-rules
  cartographer rules new s3/access-grants --from-case case.duckdb --around EVENT_ID")]
pub(crate) struct New {
    /// The ID of the rule: a service and a page, such as s3/access-grants
    #[arg(value_name = "SERVICE/PAGE")]
    id: String,
    /// The folder for the rule and its spec
    #[arg(long = "dir", value_name = "DIR", default_value = "rules")]
    into: PathBuf,
    /// The case that contains the page's events
    #[arg(long, value_name = "FILE", requires = "around")]
    from_case: Option<PathBuf>,
    /// One of the page's events; events in the same session shortly before and after this event are included
    #[arg(long, value_name = "EVENT_ID", requires = "from_case")]
    around: Option<String>,
    #[command(flatten)]
    own: OwnRules,
}

impl New {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        self.check_id()?;
        let rules = self.own.set()?;
        let draft = match (&self.from_case, &self.around) {
            (Some(case), Some(event)) => from_case(&rules, &self.id, case, event)?,
            _ => draft::draft(&rules, &self.id, &[]),
        };
        for (ending, text) in [("toml", &draft.rule), ("spec.toml", &draft.spec)] {
            let path = self.into.join(format!("{}.{ending}", self.id));
            write_new(&path, text)?;
            streams.say(&format!("wrote {}", path.display()));
        }
        Ok(ExitCode::Fine)
    }

    fn check_id(&self) -> Result<()> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if self.id.contains('/') && self.id.split('/').all(is_part) {
            return Ok(());
        }
        let advice =
            "An ID is a service and a page, in lowercase letters, digits and hyphens, such as s3/access-grants.";
        bail!(WithAdvice::new(format!("{:?} is not a valid rule ID", self.id), advice))
    }
}

/// Writes a file that does not exist yet.
pub(super) fn write_new(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let advice = || WithAdvice::new(format!("cannot write {}", path.display()), "Existing rules are not overwritten.");
    Ok(file.with_context(advice)?.write_all(text.as_bytes())?)
}

fn from_case(rules: &RuleSet, id: &str, case: &Path, around: &str) -> Result<draft::Draft> {
    let case = Case::open_read_only(case).with_context(|| format!("cannot open {}", case.display()))?;
    let sql = format!(
        "SELECT {columns} FROM events WHERE session_id = (SELECT session_id FROM events WHERE event_id = ?) \
         AND abs(date_diff('second', event_time, (SELECT event_time FROM events WHERE event_id = ?))) <= {BURST_S} \
         ORDER BY event_time, event_id",
        columns = batch::session_columns()
    );
    let batches = case.query_with(&sql, &[around.to_owned(), around.to_owned()])?;
    let sessions = batch::sessions(&batches)?;
    let Some(session) = sessions.first() else {
        bail!(WithAdvice::new(
            format!("there is no event {around:?}"),
            "The event_id column of the events table contains the IDs of all events."
        ));
    };
    let bodies: Vec<[Body<'_>; 2]> =
        session.rows.iter().map(|row| [row.request, row.response].map(Body::new)).collect();
    let first = session.rows.first().map_or(0, |row| row.time.0);
    let samples: Vec<Sample<'_, '_>> = session
        .rows
        .iter()
        .zip(&bodies)
        .map(|(row, [request, response])| Sample {
            event: row.source(request, response),
            at: (row.time.0 - first) / 1_000_000,
            anchor: row.event_id == around,
        })
        .collect();
    Ok(draft::draft(rules, id, &samples))
}
