//! The `Signal` type: one click, command or background burst found by [`crate::matching`].

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::Timestamp;

/// The general kind of an action, in ascending order of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The console made requests on its own, without a click.
    Background,
    /// A page was opened.
    View,
    /// A list was opened.
    List,
    /// A person signed in, or tried to.
    Login,
    /// An interactive session was opened, used or closed.
    Session,
    /// A command was typed.
    Command,
    /// A setting was changed.
    Change,
    /// Something was created.
    Create,
    /// Something was deleted.
    Delete,
    /// A secret or a credential was read or created.
    Secret,
}

impl Kind {
    /// All kinds, in order: the values of the `signal_kind` ENUM.
    pub const ALL: [Self; 10] = [
        Self::Background,
        Self::View,
        Self::List,
        Self::Login,
        Self::Session,
        Self::Command,
        Self::Change,
        Self::Create,
        Self::Delete,
        Self::Secret,
    ];

    /// The number that is stored in `signals.severity`, from 0.
    #[must_use]
    pub const fn severity(self) -> u8 {
        self as u8
    }

    /// The name that is stored in `signals.kind` and used in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::View => "view",
            Self::List => "list",
            Self::Login => "login",
            Self::Session => "session",
            Self::Command => "command",
            Self::Change => "change",
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Secret => "secret",
        }
    }
}

/// How a signal was found, in ascending order of reliability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// No page is known: the signal is a change, or a visit to a service.
    Service,
    /// The page is the most likely explanation, but a call has no exact shape or is missing.
    Inferred,
    /// Every required call was seen in an exact shape.
    Exact,
}

impl Origin {
    /// All origins, in order: the values of the `signal_origin` ENUM.
    pub const ALL: [Self; 3] = [Self::Service, Self::Inferred, Self::Exact];

    /// The name that is stored in `signals.origin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Inferred => "inferred",
            Self::Exact => "exact",
        }
    }
}

/// The role of an event in its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The event that the signal starts from.
    Anchor,
    /// A call that the rule requires.
    Required,
    /// A call that the page may make.
    Optional,
    /// A later call of the same page that was merged, such as a poll.
    Merged,
}

impl Role {
    /// All roles: the values of the `event_role` ENUM.
    pub const ALL: [Self; 4] = [Self::Anchor, Self::Required, Self::Optional, Self::Merged];

    /// The name that is stored in `event_signal.role`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Merged => "merged",
        }
    }
}

/// Values extracted from a signal's events, by the names used in rules.
pub type Context = IndexMap<String, Value, RandomState>;

/// How a call relates to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The call is about it.
    Target,
    /// The call created it.
    Created,
    /// The call deleted it.
    Deleted,
    /// The call gave it permissions or access.
    GrantedTo,
    /// The call copied, exported or restored from it.
    Source,
    /// The request names it in addition to the target, such as the subnet of a new instance.
    Used,
    /// A response or a list contains it, and nothing was done to it.
    Seen,
}

impl Relation {
    /// The name that is stored in `events.entities` and `signal_entities.relation`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Created => "created",
            Self::Deleted => "deleted",
            Self::GrantedTo => "granted_to",
            Self::Source => "source",
            Self::Used => "used",
            Self::Seen => "seen",
        }
    }
}

/// An entity that a signal's events name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignalEntity {
    /// Its kind, as named in rules: `user`, `access_key`, `bucket` …
    pub kind: String,
    /// Its name, ID or ARN, as in the event.
    pub value: String,
    /// The event that names it.
    pub event_id: String,
    /// How that event relates to it.
    pub relation: Relation,
}

/// The role of one event in a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The event.
    pub event_id: String,
    /// The role.
    pub role: Role,
}

/// One click, command or background burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Stable across runs: derived from session, rule and anchor.
    pub signal_id: String,
    /// The session.
    pub session_id: String,
    /// The account of the session, if it is known.
    pub account_id: Option<String>,
    /// The short name of the session's caller, if it is known.
    pub principal: Option<String>,
    /// The rule that explains it.
    pub rule_id: String,
    /// The pack that contains the rule, with the pack's version: `acme@1.2.0`.
    pub rule_pack: Option<String>,
    /// The general kind of action.
    pub kind: Kind,
    /// The console's service: `iam`.
    pub service: String,
    /// The location in the console: `IAM › Users`.
    pub title: String,
    /// One sentence about what was done and shown.
    pub summary: String,
    /// A deep link to the page, if one is known.
    pub url: Option<String>,
    /// The region of the anchor event.
    pub region: Option<String>,
    /// The probability that the signal is right, from 0 to 1, calibrated on labeled trails and sessions.
    pub confidence: f64,
    /// How it was found.
    pub origin: Origin,
    /// The time of the first event.
    pub first_time: Timestamp,
    /// The time of the last event.
    pub last_time: Timestamp,
    /// The event that it starts from.
    pub anchor_event_id: String,
    /// Values extracted from the events, by the names in the rule.
    pub context: Context,
    /// ATT&CK technique IDs.
    pub attack: Vec<String>,
    /// Calls of the rule that were seen.
    pub matched: Vec<String>,
    /// Required calls of the rule that were not seen.
    pub missing: Vec<String>,
    /// The entities that its events name.
    pub entities: Vec<SignalEntity>,
    /// The events that it explains, in order of (time, ID).
    pub events: Vec<Member>,
    /// The input of its confidence; `None` if the decoder did not choose it.
    pub evidence: Option<ConfidenceFeatures>,
}

/// The features from which a signal's confidence is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceFeatures {
    /// The class, which selects one of the regressions in [`crate::rule::weights::Confidence`].
    pub class: ConfidenceClass,
    /// The logarithm of the number of events.
    pub events: f64,
    /// The cost difference to the best alternative, in nats, clamped.
    pub margin: f64,
    /// The share of the required calls that was seen, weighted by how closely they match.
    pub coverage: f64,
    /// The share of the neighboring events from the same console that the click explains.
    pub share: f64,
    /// 1 if the page is known only from documentation, otherwise 0.
    pub documented: f64,
}

/// The kind of explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfidenceClass {
    /// A known page with every required call in an exact shape.
    Exact,
    /// A known page, inferred from calls that are not all exact.
    Inferred,
    /// A page that is not in the catalog.
    Visit,
    /// A change on an unknown page.
    Change,
    /// Background activity without a click.
    Background,
}

/// The domains of the AWS console. Their subdomains also belong to AWS.
const CONSOLES: [&str; 6] = [
    "aws.amazon.com",
    "console.amazonaws.cn",
    "console.amazonaws-us-gov.com",
    "console.amazonaws-eusc.eu",
    "console.c2shome.ic.gov",
    "console.sc2shome.sgov.gov",
];

/// The maximum length of a URL that all browsers support, in bytes.
const LONGEST_LINK: usize = 2000;

/// The URL of a console page, validated for use in documents. It contains text from logs, so it must lead only to AWS, and
/// must not contain markup of any output format.
#[must_use]
pub fn console_link(url: &str) -> Option<&str> {
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte));
    (is_plain && url.len() <= LONGEST_LINK && leads_to_console(url)).then_some(url)
}

/// Whether a URL leads to the AWS console, in a known partition. The region in it is text from logs, and may be any
/// text: `evil.example/`.
#[must_use]
pub fn leads_to_console(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(host) = rest.and_then(|rest| rest.split(['/', '?', '#']).next()) else { return false };
    let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let below = |console: &&str| host.strip_suffix(*console).is_some_and(|name| name.is_empty() || name.ends_with('.'));
    is_name && CONSOLES.iter().any(below)
}
