//! What a report tells: typed rows, as `sql/report/` asks them of a case.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::found::{
    Bins, Call, Denied, File, Gap, Link, Network, NotableAction, Remedy, Seen, SigmaRule, SigmaSearch, SignIn, Taken,
    Technique, Thing,
};
use crate::event::Timestamp;
use crate::notes::{NoteKind, Resolved};
use crate::present::notes::{self, Marks};
use crate::present::rows::Entry;

/// Everything that a report tells of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which case, and what of it was asked for.
    pub scope: Scope,
    /// How the report was made.
    pub making: ReportMetadata,
    /// What there is in all.
    pub totals: Totals,
    /// The sessions, those in which most stands out first.
    pub sessions: Listed<Session>,
    /// Sign-ins, those without a second factor first, failed ones last.
    pub sign_ins: Listed<SignIn>,
    /// What stands out, by aspect.
    pub deeds: Vec<NotableAction>,
    /// What was denied: what was asked for, then what pages asked for beside it.
    pub denied: Vec<Denied>,
    /// Who used a credential that who made.
    pub links: Listed<Link>,
    /// Objects that were read.
    pub taken: Listed<Taken>,
    /// What may have to be contained or undone.
    pub remedies: Listed<Remedy>,
    /// Networks that an identity was not known from.
    pub networks: Listed<Network>,
    /// Clicks and events over time.
    pub bins: Bins,
    /// The lines of the timeline, in order of time.
    pub lines: Listed<Entry>,
    /// Things that were touched, then those that somebody tried to touch.
    pub things: Listed<Thing>,
    /// Things that were seen and no more, by what they are.
    pub seen: Vec<Seen>,
    /// Techniques of ATT&CK, the weightiest first.
    pub techniques: Vec<Technique>,
    /// What the saved hits of Sigma rules were searched for in, if there are any saved.
    pub sigma_search: Option<SigmaSearch>,
    /// Sigma rules that match, those with the highest level first.
    pub sigma: Listed<SigmaRule>,
    /// Calls of the console that no signal has.
    pub unexplained: Listed<Call>,
    /// The files of the case.
    pub files: Listed<File>,
    /// What is known of the integrity of log files.
    pub integrity: Integrity,
    /// What the events of the case do not cover.
    pub gaps: Vec<Gap>,
}

/// The first rows of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// Those that are told.
    pub rows: Vec<T>,
    /// How many there are.
    pub total: u64,
}

impl<T> Listed<T> {
    /// How many are left out.
    pub fn left_out(&self) -> u64 {
        self.total.saturating_sub(self.rows.len() as u64)
    }
}

/// Which case, and what of it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The case's file, as it was named.
    pub case: String,
    /// How the ids of the wanted sessions begin; all if there is none.
    pub sessions: Vec<String>,
    /// The wanted principals, whole; all if there is none.
    pub principals: Vec<String>,
    /// Only what lasted until this moment or later.
    pub from: Option<Timestamp>,
    /// Only what began before this moment.
    pub to: Option<Timestamp>,
}

/// How a report was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportMetadata {
    /// When.
    pub at: Timestamp,
    /// By which version of the program.
    pub version: String,
    /// By which words on the command line.
    pub command: Vec<String>,
    /// The facts of the case: `case_info`.
    pub case: BTreeMap<String, String>,
    /// The number of the investigation, if somebody gave it one.
    pub case_number: Option<String>,
    /// Who made the report.
    pub author: Option<String>,
    /// Whom it is for.
    pub recipient: Option<String>,
    /// The SHA-256 of the case file.
    pub case_sha256: Option<String>,
    /// What analysts wrote, by the time of what it is about.
    pub notes: Vec<ReportNote>,
    /// The same beside the lines of the timeline.
    pub marks: Marks,
}

/// One note of an analyst.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportNote {
    /// When the thing was that it is about.
    pub time: Option<Timestamp>,
    /// What that is.
    pub about: String,
    /// Who did it.
    pub principal: Option<String>,
    /// The note, with its author.
    pub said: String,
    /// Whether it is a star.
    pub starred: bool,
}

impl ReportNote {
    /// A note as a report has it; `None` if it is about nothing, as a saved view is.
    #[must_use]
    pub fn of(resolved: &Resolved) -> Option<Self> {
        resolved.note.target.as_ref()?;
        Some(Self {
            time: resolved.found.time.map(Timestamp),
            about: notes::about(resolved),
            principal: resolved.found.principal.clone(),
            said: notes::said(resolved),
            starred: resolved.note.kind == NoteKind::Star,
        })
    }
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Its first event.
    pub first_event: Option<Timestamp>,
    /// Its last event.
    pub last_event: Option<Timestamp>,
    /// Its events, the console's and others.
    pub events: u64,
    /// Its events that are the console's: those of clicks, of background, and of no signal.
    pub console_events: u64,
    /// Events that the console made by itself.
    pub background: u64,
    /// Events of the console that no signal has.
    pub unexplained: u64,
    /// Events that were typed.
    pub typed: u64,
    /// Events of programs: those that are not the console's, and are no commands of its sessions.
    pub programmatic: u64,
    /// Those of them that changed something, or tried to.
    pub writes: u64,
    /// Events that were denied.
    pub denied: u64,
    /// Events that stand out and were done.
    pub findings: u64,
    /// Events that stand out, and were denied or failed.
    pub attempts: u64,
    /// Signals that somebody clicked or typed, those of every kind below together.
    pub clicks: u64,
    /// Clicks named by a known page. With visits, generic changes and commands they are all clicks.
    pub on_known_page: u64,
    /// Clicks named by a known page with a confidence of 0.9 or above.
    pub high_confidence: u64,
    /// Mean confidence of the clicks named by a known page; `None` if there are none.
    pub mean_confidence: Option<f64>,
    /// Clicks named by their service alone.
    pub visits: u64,
    /// Clicks named by their call alone.
    pub generic_changes: u64,
    /// Pages and lists that were opened.
    pub looks: u64,
    /// Sign-ins, failed ones too.
    pub logins: u64,
    /// Interactive sessions that were opened, used or closed.
    pub shells: u64,
    /// Commands that were typed.
    pub commands: u64,
    /// Changes, failed ones too: what was changed, created or deleted.
    pub changes: u64,
    /// Secrets that were read or made, failed attempts too.
    pub secrets: u64,
}

/// What there is of everything that was chosen, beside what the case has.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct Totals {
    /// Of everything that was chosen.
    #[serde(flatten)]
    pub counts: Counts,
    /// Sessions that the report tells of.
    pub sessions: u64,
    /// Those of them that are the console's.
    pub console_sessions: u64,
    /// Sessions that were searched for what stands out.
    pub searched_sessions: u64,
    /// Their identities; sessions of one role are one.
    pub principals: u64,
    /// Their accounts.
    pub accounts: u64,
    /// Sessions in the case.
    pub case_sessions: u64,
    /// Events in the case.
    pub case_events: u64,
    /// Data events in what was searched: without any, reads of objects are not recorded.
    pub data_events: u64,
    /// Records that could not be read when the case was loaded.
    pub rejects: u64,
    /// Records that filters left out when the case was loaded.
    pub left_out: u64,
    /// Files that filters left out, by their paths, when the case was loaded.
    pub files_left_out: u64,
}

/// What is known of the integrity of log files: `file_integrity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Integrity {
    /// Log files that are as they were delivered.
    pub verified: u64,
    /// Log files and digests that were altered, removed or added.
    pub failed: u64,
    /// What could not be checked.
    pub unverified: u64,
    /// When it was checked; `None` if it was not.
    pub checked_at: Option<Timestamp>,
    /// Files whose records the case was loaded from.
    pub files: u64,
    /// Those of them that are as they were delivered.
    pub files_verified: u64,
}

/// One session, or sessions of one program that are told as one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Session {
    /// `sessions.session_id`
    pub session_id: String,
    /// Who: `alice`, `Admin/bob`.
    pub principal: Option<String>,
    /// The account it happened in.
    pub account_id: Option<String>,
    /// The principal without the name of a role's session: `Admin`.
    pub actor: Option<String>,
    /// Whether it is a session of the console.
    pub console: bool,
    /// How many sessions it stands for.
    pub sessions: u64,
    /// `IAMUser`, `AssumedRole` …
    pub identity_type: Option<String>,
    /// Whether the session was opened with a second factor; `None` if nothing says.
    pub mfa: Option<bool>,
    /// The addresses it came from, sorted.
    pub ips: Vec<String>,
    /// The regions it called, sorted.
    pub regions: Vec<String>,
    /// How much there is of it.
    #[serde(flatten)]
    pub counts: Counts,
}
