//! The contents of a report: typed rows from the queries in `sql/report/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::found::{
    Bins, Call, Denied, File, Gap, Link, Network, NotableAction, Pattern, Remedy, Seen, SigmaRule, SigmaSearch, SignIn,
    Taken, Technique, Thing,
};
use crate::event::Timestamp;
use crate::notes::{NoteKind, Resolved};
use crate::present::notes::{self, Marks};
use crate::present::rows::Entry;

/// The contents of a report on a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The case, and the selected part of it.
    pub scope: Scope,
    /// How the report was created.
    pub making: ReportMetadata,
    /// The totals.
    pub totals: Totals,
    /// The sessions, the most notable first.
    pub sessions: Listed<Session>,
    /// Sign-ins, those without a second factor first, failed ones last.
    pub sign_ins: Listed<SignIn>,
    /// What stands out, by aspect.
    pub deeds: Vec<NotableAction>,
    /// Patterns that several events show together.
    pub patterns: Vec<Pattern>,
    /// Denied calls: first those that a person or program intended, then those that pages made in addition.
    pub denied: Vec<Denied>,
    /// Who used which credential, and who created it.
    pub links: Listed<Link>,
    /// Objects that were read.
    pub taken: Listed<Taken>,
    /// What may have to be contained or undone.
    pub remedies: Listed<Remedy>,
    /// Networks that are new for an identity.
    pub networks: Listed<Network>,
    /// Clicks and events over time.
    pub bins: Bins,
    /// The lines of the timeline, in chronological order.
    pub lines: Listed<Entry>,
    /// Resources that were touched, then those with only failed attempts.
    pub things: Listed<Thing>,
    /// Resources that were only seen, by type.
    pub seen: Vec<Seen>,
    /// ATT&CK techniques, the most important first.
    pub techniques: Vec<Technique>,
    /// What the saved Sigma search covered, if one was saved.
    pub sigma_search: Option<SigmaSearch>,
    /// Sigma rules that match, those with the highest level first.
    pub sigma: Listed<SigmaRule>,
    /// Console calls without a signal.
    pub unexplained: Listed<Call>,
    /// The files of the case.
    pub files: Listed<File>,
    /// The integrity of log files, as far as it was checked.
    pub integrity: Integrity,
    /// What the case's events do not cover.
    pub gaps: Vec<Gap>,
    /// Rows of the case with damaged JSON, which the report does not contain.
    pub damaged_rows: u64,
}

/// The first rows of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The items shown.
    pub rows: Vec<T>,
    /// The number of items.
    pub total: u64,
}

impl<T> Listed<T> {
    /// The number of omitted items.
    pub fn left_out(&self) -> u64 {
        self.total.saturating_sub(self.rows.len() as u64)
    }
}

/// The case, and the selected part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The case's file, as given by the user.
    pub case: String,
    /// Prefixes of the IDs of the selected sessions; all sessions if empty.
    pub sessions: Vec<String>,
    /// The full names of the selected principals; all principals if empty.
    pub principals: Vec<String>,
    /// Only activity that lasted until this time or later.
    pub from: Option<Timestamp>,
    /// Only activity that began before this time.
    pub to: Option<Timestamp>,
}

/// How a report was created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportMetadata {
    /// The time of creation.
    pub at: Timestamp,
    /// The version of the program.
    pub version: String,
    /// The arguments of the command.
    pub command: Vec<String>,
    /// Facts about the case: `case_info`.
    pub case: BTreeMap<String, String>,
    /// The number of the investigation, if given.
    pub case_number: Option<String>,
    /// Who created the report.
    pub author: Option<String>,
    /// The recipient.
    pub recipient: Option<String>,
    /// The classification, such as CONFIDENTIAL.
    pub classification: Option<String>,
    /// The kinds of values that were replaced with pseudonyms; empty if the report is not redacted.
    pub redacted: Vec<String>,
    /// The SHA-256 of the case file.
    pub case_sha256: Option<String>,
    /// The analysts' notes, in the order of the times that they refer to.
    pub notes: Vec<ReportNote>,
    /// The notes on lines of the timeline.
    pub marks: Marks,
}

/// An analyst's note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportNote {
    /// The time of its target.
    pub time: Option<Timestamp>,
    /// The target.
    pub about: String,
    /// The target's principal.
    pub principal: Option<String>,
    /// The note, with its author.
    pub said: String,
    /// Whether it is a star.
    pub starred: bool,
}

impl ReportNote {
    /// A note for a report; `None` if it has no target, such as a saved view.
    #[must_use]
    pub fn of(resolved: &Resolved) -> Option<Self> {
        resolved.note.target.as_ref()?;
        Some(Self {
            time: resolved.location.time.map(Timestamp),
            about: notes::about(resolved),
            principal: resolved.location.principal.clone(),
            said: notes::said(resolved),
            starred: resolved.note.kind == NoteKind::Star,
        })
    }
}

/// Counts for a selection or a session.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Its first event.
    pub first_event: Option<Timestamp>,
    /// Its last event.
    pub last_event: Option<Timestamp>,
    /// The last event that is not a background request of the console.
    pub last_active: Option<Timestamp>,
    /// All of its events.
    pub events: u64,
    /// Its console events: from clicks, from background requests, and without a signal.
    pub console_events: u64,
    /// Events that the console made on its own.
    pub background: u64,
    /// Console events without a signal.
    pub unexplained: u64,
    /// Events from command lines, SDKs, agents and typed commands.
    pub typed: u64,
    /// Events from programs: neither console events nor commands in console sessions.
    pub programmatic: u64,
    /// Program events that changed something, or tried to.
    pub writes: u64,
    /// Events that were denied.
    pub denied: u64,
    /// Events that stand out and succeeded.
    pub findings: u64,
    /// Events that stand out and were denied or failed.
    pub attempts: u64,
    /// Clicks and commands: the sum of all kinds below.
    pub clicks: u64,
    /// Clicks identified by a known page. With visits, generic changes and commands they are all clicks.
    pub on_known_page: u64,
    /// Clicks identified by a known page with a confidence of 0.9 or above.
    pub high_confidence: u64,
    /// Mean confidence of the clicks on known pages; `None` if there are none.
    pub mean_confidence: Option<f64>,
    /// Clicks identified only by their service.
    pub visits: u64,
    /// Clicks identified only by their call.
    pub generic_changes: u64,
    /// Pages and lists that were opened.
    pub looks: u64,
    /// Sign-ins, including failed ones.
    pub logins: u64,
    /// Interactive sessions that were opened, used or closed.
    pub shells: u64,
    /// Commands that were typed.
    pub commands: u64,
    /// Changes, including failed ones: changed, created or deleted resources.
    pub changes: u64,
    /// Secrets that were read or created, including failed attempts.
    pub secrets: u64,
}

/// The totals of the selection, and of the case.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct Totals {
    /// The counts for the selection.
    #[serde(flatten)]
    pub counts: Counts,
    /// Sessions in the report.
    pub sessions: u64,
    /// The number of console sessions among them.
    pub console_sessions: u64,
    /// Sessions that were searched for findings.
    pub searched_sessions: u64,
    /// The identities in these sessions; all sessions of a role count as one identity.
    pub principals: u64,
    /// The accounts in these sessions.
    pub accounts: u64,
    /// Sessions in the case.
    pub case_sessions: u64,
    /// Events in the case.
    pub case_events: u64,
    /// Data events in the searched sessions. Without data events, object reads are not recorded.
    pub data_events: u64,
    /// Records that could not be read when the case was loaded.
    pub rejects: u64,
    /// Records that filters excluded when the case was loaded.
    pub left_out: u64,
    /// Files that filters excluded by path when the case was loaded.
    pub files_left_out: u64,
}

/// The integrity of log files: `file_integrity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Integrity {
    /// Log files that are unchanged since delivery.
    pub verified: u64,
    /// Log files and digests that were altered, removed or added.
    pub failed: u64,
    /// What could not be checked.
    pub unverified: u64,
    /// When it was checked; `None` if it was not.
    pub checked_at: Option<Timestamp>,
    /// Files that the case was loaded from.
    pub files: u64,
    /// The number of these files that are unchanged since delivery.
    pub files_verified: u64,
}

/// One session, or several sessions of one program combined.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Session {
    /// `sessions.session_id`
    pub session_id: String,
    /// Who: `alice`, `Admin/bob`.
    pub principal: Option<String>,
    /// The account that the session was in.
    pub account_id: Option<String>,
    /// The principal without the role session name: `Admin`.
    pub actor: Option<String>,
    /// Whether it is a console session.
    pub console: bool,
    /// The number of combined sessions.
    pub sessions: u64,
    /// `IAMUser`, `AssumedRole` …
    pub identity_type: Option<String>,
    /// Whether the sign-in used MFA, or, without a sign-in, whether its events state that MFA was used; `None` if unknown.
    pub mfa: Option<bool>,
    /// Whether it used a key, password or user that another session in the case created.
    pub by_made_credential: bool,
    /// The addresses it came from, sorted.
    pub ips: Vec<String>,
    /// Its clients with their major versions, the most used first.
    #[serde(default)]
    pub agents: Vec<String>,
    /// The number of distinct objects that it downloaded.
    pub objects: u64,
    /// Their number of bytes, if the trail records it.
    pub bytes_out: Option<u64>,
    /// The number of objects that any session downloaded with credentials that it created.
    pub credential_objects: u64,
    /// Their number of bytes, if the trail records it.
    pub credential_bytes: Option<u64>,
    /// The regions it called, sorted.
    pub regions: Vec<String>,
    /// Its counts.
    #[serde(flatten)]
    pub counts: Counts,
}
