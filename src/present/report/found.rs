//! The items in a report's lists: one type for each file in `sql/report/` that returns several rows.

use serde::Deserialize;

use crate::event::Timestamp;
use crate::sigma::Search;
use crate::signal::Kind;

/// One sign-in event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SignIn {
    /// When.
    pub time: Timestamp,
    /// The session it belongs to.
    pub session_id: Option<String>,
    /// The event.
    pub event_id: Option<String>,
    /// Who.
    pub principal: Option<String>,
    /// `password`, `federation`, `role switch` …: `sign_ins.way`.
    pub way: String,
    /// Whether the sign-in succeeded. A successful check of a second factor alone is not a sign-in.
    pub came_in: bool,
    /// Whether the sign-in failed; the event may state neither.
    pub refused: bool,
    /// Why it failed.
    pub failure: Option<String>,
    /// Whether a second factor was used; `None` if the event does not state it.
    pub mfa: Option<bool>,
    /// Whether the user agent is that of a program, not of a browser.
    #[serde(default)]
    pub by_program: bool,
    /// From where.
    pub source_ip: Option<String>,
    /// The total number of successful sign-ins without MFA.
    pub without_factor: u64,
    /// The total number of failed sign-ins.
    pub refusals: u64,
    /// The number of failed sign-ins in this session.
    pub refusals_of_session: u64,
}

impl SignIn {
    /// How, in words: `with a password`; `None` if the event does not show it.
    pub(super) fn how(&self) -> Option<&'static str> {
        match self.way.as_str() {
            "password" if self.by_program => Some("with a password, from a program and not from a browser"),
            "password" => Some("with a password"),
            "federation" => Some("through federation"),
            "role switch" => Some("by switching roles"),
            "second factor" => Some("with a second factor"),
            "recovery" => Some("through password recovery"),
            _ => None,
        }
    }
}

/// Why something stands out: `findings.reason`, ordered by importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Credentials of an instance or a function were used from another network.
    #[serde(rename = "credential_use")]
    Moved,
    /// It stopped, deleted or changed logging or monitoring.
    #[serde(rename = "defense_impairment")]
    Watch,
    /// It read a secret.
    #[serde(rename = "secret_read")]
    Secret,
    /// It created or set a credential: a key, a password, an MFA device.
    #[serde(rename = "credential_made")]
    Credential,
    /// It changed permissions.
    #[serde(rename = "privilege_change")]
    Privilege,
    /// It opened data to others, or shared, copied or exported it.
    #[serde(rename = "data_exposure")]
    Exposure,
    /// It sent data elsewhere in another way.
    #[serde(rename = "exfiltration")]
    Exfiltration,
    /// It destroyed something, made it unusable, or caused costs.
    #[serde(rename = "impact")]
    Impact,
    /// It created another form of persistence.
    Persistence,
    /// It ran code, or changed code that runs.
    Execution,
    /// It issued a token.
    #[serde(rename = "token_issued")]
    Token,
    /// It stored or changed a secret.
    #[serde(rename = "secret_stored")]
    Stored,
}

impl Aspect {
    /// Every aspect, in order.
    pub const ALL: [Self; 12] = [
        Self::Moved,
        Self::Watch,
        Self::Secret,
        Self::Credential,
        Self::Privilege,
        Self::Exposure,
        Self::Exfiltration,
        Self::Impact,
        Self::Persistence,
        Self::Execution,
        Self::Token,
        Self::Stored,
    ];
}

/// Similar findings for one actor with the same outcome.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NotableAction {
    /// Why they stand out.
    pub aspect: Aspect,
    /// The time of the first event.
    pub time: Timestamp,
    /// The time of the last event.
    pub last_time: Timestamp,
    /// The principal of the first event.
    pub principal: Option<String>,
    /// The number of sessions.
    pub sessions: u64,
    /// The sentence for the first event.
    pub what: String,
    /// The first event.
    pub event_id: Option<String>,
    /// Their call: `iam:CreateRole`.
    pub event_key: Option<String>,
    /// Whether they succeeded; otherwise they were denied or failed.
    pub done: bool,
    /// The number of events.
    pub events: u64,
    /// The number of events with this aspect.
    pub of_aspect: u64,
    /// The number of those events that were denied or failed.
    pub tried_of_aspect: u64,
    /// The number of those events that are listed under a more severe aspect.
    pub covered_of_aspect: u64,
    /// Whether these events are listed under a more severe aspect.
    pub covered: bool,
}

/// A pattern that several events show together: the `patterns` view.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pattern {
    /// `administrator_created` or `mass_deletion`.
    pub pattern: String,
    /// When it began.
    pub time: Timestamp,
    /// When it ended.
    pub last_time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// The sentence.
    pub what: String,
    /// The first event.
    pub event_id: Option<String>,
    /// The number of resources.
    pub resources: u64,
    /// The number of resources in all patterns of this kind.
    pub resources_of_pattern: u64,
}

/// Denied calls by one actor, or calls that were denied while pages loaded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Denied {
    /// Whether the call was the purpose of a click, a command or a program.
    pub aimed: bool,
    /// The sentence for the first call, or the name of the call.
    pub what: String,
    /// The first call.
    pub event_id: Option<String>,
    /// Their call: `sts:AssumeRole`.
    pub event_key: Option<String>,
    /// When first.
    pub time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// The number of calls.
    pub calls: u64,
    /// The total number of calls with the same `aimed` value.
    pub calls_of_sort: u64,
}

/// The use of a credential by a session other than the one that created it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Link {
    /// Whether creating it is a finding by itself; assuming a role is not.
    pub made: bool,
    /// The call that created it.
    pub method: String,
    /// `access_key`, `password`, `user`, `instance`, `function`, `role`.
    pub credential_type: String,
    /// The key, user, instance, function or role.
    pub credential: String,
    /// When it was created.
    pub made_at: Timestamp,
    /// The event that created it.
    pub event_id: Option<String>,
    /// Who created it.
    pub maker: Option<String>,
    /// The addresses it was created from.
    pub maker_ips: Vec<String>,
    /// Who used it.
    pub user: Option<String>,
    /// The complete chain, if another principal is behind the creator.
    pub path: Option<String>,
    /// The number of calls made with it.
    pub calls: u64,
    /// How many of them failed.
    pub failed: u64,
    /// The addresses it was used from, sorted.
    pub ips: Vec<String>,
    /// Which calls, sorted.
    pub event_keys: Vec<String>,
    /// The clients that used it, with their major versions, sorted.
    #[serde(default)]
    pub agents: Vec<String>,
    /// The first use.
    pub first_time: Timestamp,
    /// The last use.
    pub last_time: Timestamp,
}

/// One identity's downloads from one bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Taken {
    /// Who.
    pub principal: Option<String>,
    /// The bucket.
    pub source: Option<String>,
    /// The number of distinct objects.
    pub objects: Option<u64>,
    /// The number of bytes; `None` if the trail does not record it.
    pub bytes_out: Option<u64>,
    /// The number of reads.
    pub events: u64,
    /// The first read.
    pub event_id: Option<String>,
    /// Who created the credential, if a session of the case did.
    pub behind: Option<String>,
    /// Whether the credential was created by another session.
    pub by_made_credential: bool,
    /// The first read.
    pub first_time: Timestamp,
    /// The last read.
    pub last_time: Timestamp,
    /// From where.
    #[serde(default)]
    pub ips: Vec<String>,
    /// The number of objects in all rows.
    pub all_objects: Option<u64>,
    /// The number of bytes in all rows.
    pub all_bytes: Option<u64>,
}

/// Why something may have to be contained or undone, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A credential was used by one of the most notable identities.
    Used,
    /// An access key was created.
    Key,
    /// A password was set.
    Password,
    /// A user was created.
    User,
    /// A policy was attached or saved, or a role was passed.
    Policy,
    /// Trust was changed.
    Trust,
    /// A role was created.
    Role,
    /// Something was shared or opened to others.
    Share,
    /// A security group was opened to any address.
    Network,
    /// A trail, a detector or a log was stopped, changed or deleted.
    Watch,
    /// An instance was started.
    Instance,
    /// Another form of persistence was created.
    Other,
    /// A secret was read.
    Secret,
}

impl Need {
    /// All needs, in order.
    pub const ALL: [Self; 13] = [
        Self::Used,
        Self::Key,
        Self::Password,
        Self::User,
        Self::Policy,
        Self::Trust,
        Self::Role,
        Self::Share,
        Self::Network,
        Self::Watch,
        Self::Instance,
        Self::Other,
        Self::Secret,
    ];
}

/// One event that may have to be contained or undone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Remedy {
    /// Why.
    pub need: Need,
    /// The sentence.
    pub what: String,
    /// The event that the sentence describes.
    pub event_id: Option<String>,
    /// When first.
    pub time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// The number of events that show it.
    pub events: u64,
    /// The resources that the event names.
    #[serde(default)]
    pub entities: Vec<Named>,
    /// In which account.
    pub account_id: Option<String>,
    /// In which region.
    pub region: Option<String>,
    /// When its effect ended, if it did in the case.
    pub gone: Option<Timestamp>,
    /// The types of the resources deleted then, one for each; empty if a call undid it.
    #[serde(default)]
    pub deleted: Vec<String>,
    /// The sentence of the event that ended it.
    pub ending: Option<String>,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// The event that ended it.
    pub end_event_id: Option<String>,
    /// Whether it is a value that was read from something that was deleted afterwards.
    pub value_of_deleted: bool,
    /// Whether it is still in effect, and the first to act on.
    pub urgent: bool,
}

/// A resource that an event names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// What it is: `user`.
    pub entity_type: String,
    /// Its name, id or ARN.
    pub entity_value: String,
    /// Its name without the ARN prefix.
    pub name: Option<String>,
    /// Its relation to the event: `target`, `created`, `deleted`, `granted_to`, `used`, `source`.
    pub relation: String,
}

/// A network that is new for an identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Network {
    /// Who.
    pub principal: Option<String>,
    /// `203.0.113.0/24`
    pub network: String,
    /// The first event from there.
    pub time: Timestamp,
    /// The identity's first event in the case.
    pub known_since: Timestamp,
    /// The number of earlier days with events from the identity.
    pub active_days: u64,
    /// Whether those days are too few to tell whether the network is unusual.
    pub too_short: bool,
    /// The countries of the addresses in it, if they were looked up.
    pub country: Option<String>,
    /// The owner of the network, if looked up.
    pub owner: Option<String>,
}

/// The possible lengths of a time interval, in seconds: from a second to about a year.
const LENGTHS: [i64; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800, 2_419_200,
    31_536_000,
];

/// The maximum number of time intervals.
const MOST_BINS: i64 = 48;

/// Clicks and events over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bins {
    /// How long each is, in seconds.
    pub seconds: i64,
    /// The intervals with activity, in chronological order.
    pub rows: Vec<Bin>,
}

impl Bins {
    /// The interval length at which the range has at most the maximum number of intervals.
    pub fn seconds_for(first: Timestamp, last: Timestamp) -> i64 {
        let seconds = last.0.saturating_sub(first.0) / 1_000_000;
        LENGTHS.into_iter().find(|length| seconds / length < MOST_BINS).unwrap_or(31_536_000)
    }
}

/// One time interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Bin {
    /// When it begins.
    pub time: Timestamp,
    /// Viewing clicks: pages, lists, sign-ins.
    pub looks: u64,
    /// Other clicks and commands.
    pub deeds: u64,
    /// Events.
    pub events: u64,
}

/// A resource that was touched, or that somebody tried to touch. A bucket from which objects were downloaded was touched.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Thing {
    /// Whether a click changed or created it or read its secret; otherwise all such clicks failed.
    pub touched: bool,
    /// What it is: `access_key`.
    pub entity_type: String,
    /// Its name, id or ARN.
    pub entity_value: String,
    /// The most severe kind of click that shows it; `None` if objects were downloaded from it, and nothing else was done.
    pub furthest: Option<Kind>,
    /// The number of clicks and calls that show it.
    pub sightings: u64,
    /// The number of distinct objects that were downloaded from it.
    pub objects: Option<u64>,
    /// Their number of bytes, if the trail records it.
    pub bytes_out: Option<u64>,
    /// Whether any of them was downloaded with a credential that was created in the case.
    pub by_made_credential: bool,
    /// Who saw it, sorted.
    pub principals: Vec<String>,
    /// When first.
    pub first_time: Timestamp,
    /// When last.
    pub last_time: Timestamp,
}

/// A type of resource that was only seen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seen {
    /// What they are.
    pub entity_type: String,
    /// The number of items.
    pub things: u64,
    /// The first of them.
    pub named: Vec<String>,
}

/// One ATT&CK technique.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Technique {
    /// Its ID: `T1098.001`.
    pub technique: String,
    /// The number of clicks and calls that show it.
    pub clicks: u64,
    /// The number of those that failed.
    pub failed: u64,
    /// The most important ones.
    pub shown: Vec<Shown>,
}

/// The search that the saved Sigma hits come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigmaSearch {
    /// The rules and events that were searched, and when.
    pub search: Search,
    /// The number of events that were loaded later and were not searched.
    pub later_events: u64,
}

/// One Sigma rule that matches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SigmaRule {
    /// Its title.
    pub title: String,
    /// Its level.
    pub level: Option<String>,
    /// The number of events that it matches.
    pub events: u64,
    /// The number of clicks and calls that these events belong to.
    pub clicks: u64,
    /// The first of them.
    pub shown: Vec<Shown>,
}

/// One click that shows a technique, or that a Sigma rule matches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    /// When.
    pub time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// The sentence.
    pub what: String,
}

/// A console call without a signal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Call {
    /// `iam:ListUsers`
    pub event_key: String,
    /// How often.
    pub events: u64,
    /// In how many sessions.
    pub sessions: u64,
    /// When first.
    pub first_time: Timestamp,
}

/// One file that the case was loaded from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct File {
    /// Its name, as it was found.
    pub file: String,
    /// The hash of its bytes, hex; `None` if it could not be read.
    pub sha256: Option<String>,
    /// Its size on disk.
    pub bytes: u64,
    /// The number of events in the report that come from it.
    pub events: u64,
    /// Whether it was refused because it is not CloudTrail.
    pub refused: bool,
}

/// One gap in the trail, from the `trail_gaps` view. Gaps about resources are counted, and a few are named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Gap {
    /// `region`, `hours`, `data events` …
    pub gap: String,
    /// The number of items.
    pub gaps: u64,
    /// The first few, as sentences.
    pub examples: Vec<String>,
}
