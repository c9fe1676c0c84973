//! What the lists of a report hold: one type for each file of `sql/report/` that gives several rows.

use serde::Deserialize;

use crate::event::Timestamp;
use crate::signal::Kind;

/// One event at the console's door.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SignIn {
    /// When.
    pub time: Timestamp,
    /// The session it belongs to.
    pub session_id: Option<String>,
    /// Who.
    pub principal: Option<String>,
    /// `password`, `federation`, `role switch` …: `sign_ins.way`.
    pub way: String,
    /// Whether somebody came in.
    pub came_in: bool,
    /// Whether somebody was refused; the event may say neither.
    pub refused: bool,
    /// Why it failed.
    pub failure: Option<String>,
    /// Whether a second factor was used; `None` if the event does not say.
    pub mfa: Option<bool>,
    /// From where.
    pub source_ip: Option<String>,
    /// How many came in without a second factor in all.
    pub without_factor: u64,
    /// How many were refused in all.
    pub refusals: u64,
    /// How many were refused in this session.
    pub refusals_of_session: u64,
}

/// Why a reader has to know of a deed; the order is that of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// It stopped, deleted or changed what watches the account.
    Watch,
    /// It read a secret.
    Secret,
    /// It made a credential.
    Credential,
    /// It changed who may do what.
    Privilege,
    /// It let data out.
    Exposure,
    /// It changed something else.
    Change,
    /// It was typed.
    Command,
}

impl Aspect {
    /// Every aspect, in order.
    pub const ALL: [Self; 7] =
        [Self::Watch, Self::Secret, Self::Credential, Self::Privilege, Self::Exposure, Self::Change, Self::Command];
}

/// One click, command or unexplained event that a reader has to know of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Deed {
    /// Why.
    pub aspect: Aspect,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// The sentence.
    pub what: String,
    /// Whether it failed.
    pub failed: bool,
    /// How many deeds there are of this aspect.
    pub of_aspect: u64,
    /// How many of them failed.
    pub failed_of_aspect: u64,
}

/// One click that was denied, or one call that was denied beside pages that opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Denied {
    /// Whether it is what somebody clicked or typed for.
    pub aimed: bool,
    /// The sentence, or the call.
    pub what: String,
    /// When first.
    pub time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// How many there are of this sort, aimed or not.
    pub of_sort: u64,
    /// How many calls they are.
    pub calls_of_sort: u64,
}

/// One identity's use of an access key that was made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeyUse {
    /// The key's id.
    pub access_key: String,
    /// Whose key it is.
    pub principal: Option<String>,
    /// Calls with it.
    pub calls: u64,
    /// How many of them failed.
    pub failed: u64,
    /// From where, sorted.
    pub ips: Vec<String>,
    /// Which calls, sorted.
    pub event_keys: Vec<String>,
    /// The first use.
    pub first_time: Timestamp,
    /// The last use.
    pub last_time: Timestamp,
}

/// One network that an identity was not known from.
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
}

/// How long a stretch of time may be, in seconds: from a second to about a year.
const LENGTHS: [i64; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800, 2_419_200,
    31_536_000,
];

/// At most so many stretches of time side by side.
const MOST_BINS: i64 = 48;

/// Clicks and events over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bins {
    /// How long each is, in seconds.
    pub seconds: i64,
    /// Those in which something happened, in order of time.
    pub rows: Vec<Bin>,
}

impl Bins {
    /// How long each must be, so that they are few enough to be seen from the first moment to the last.
    pub fn seconds_for(first: Timestamp, last: Timestamp) -> i64 {
        let seconds = last.0.saturating_sub(first.0) / 1_000_000;
        LENGTHS.into_iter().find(|length| seconds / length < MOST_BINS).unwrap_or(31_536_000)
    }
}

/// One stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Bin {
    /// When it begins.
    pub time: Timestamp,
    /// Clicks that looked: pages, lists, sign-ins.
    pub looks: u64,
    /// Clicks and commands that did more.
    pub deeds: u64,
    /// Events.
    pub events: u64,
}

/// One thing that somebody touched, or tried to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Thing {
    /// Whether a click changed it, made it or took its secret; else all such clicks failed.
    pub touched: bool,
    /// What it is: `access_key`.
    pub entity_type: String,
    /// Its name, id or ARN.
    pub entity_value: String,
    /// The most severe kind of click that shows it.
    pub furthest: Kind,
    /// How many clicks show it.
    pub sightings: u64,
    /// Who saw it, sorted.
    pub principals: Vec<String>,
    /// When first.
    pub first_time: Timestamp,
    /// When last.
    pub last_time: Timestamp,
}

/// One kind of thing that was seen and no more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seen {
    /// What they are.
    pub entity_type: String,
    /// How many.
    pub things: u64,
    /// The first of them.
    pub named: Vec<String>,
}

/// One technique of ATT&CK.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Technique {
    /// Its id: `T1098.001`.
    pub technique: String,
    /// How many clicks show it.
    pub clicks: u64,
    /// How many of them failed.
    pub failed: u64,
    /// The weightiest of them.
    pub shown: Vec<Shown>,
}

/// One click that shows a technique.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    /// When.
    pub time: Timestamp,
    /// Who.
    pub principal: Option<String>,
    /// The sentence.
    pub what: String,
}

/// One call of the console that nothing explains.
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
    /// How many events of the report are from it.
    pub events: u64,
    /// Whether it was refused, not being CloudTrail.
    pub refused: bool,
}
