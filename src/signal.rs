//! The noun `Signal`: one click, command or background burst, as [`crate::matching`] finds it.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::Timestamp;

/// What a person did, in the coarsest terms; the order is the order of a case's severity, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The console asked by itself; nobody clicked.
    Background,
    /// A page was opened.
    View,
    /// A list of things was opened.
    List,
    /// Somebody signed in, or tried to.
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
    /// A secret or credential was read or made.
    Secret,
}

impl Kind {
    /// Every kind, in order: the values of the `signal_kind` ENUM.
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

    /// The name stored in `signals.kind` and written in rules.
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

/// How a signal was found; the order is the order of trust, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// No page is known: an explicit change, or a visit to a service.
    Service,
    /// A page was the likeliest explanation, but not every call has an exact shape, or one is missing.
    Inferred,
    /// Every required call was there in an exact shape.
    Exact,
}

impl Origin {
    /// Every origin, in order: the values of the `signal_origin` ENUM.
    pub const ALL: [Self; 3] = [Self::Service, Self::Inferred, Self::Exact];

    /// The name stored in `signals.origin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Inferred => "inferred",
            Self::Exact => "exact",
        }
    }
}

/// The part an event has in its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The event the signal was found by.
    Anchor,
    /// A call without which the rule is not met.
    Required,
    /// A call that the page may make.
    Optional,
    /// A later call of the same page that was folded in (a poll, a merged signal).
    Merged,
}

impl Role {
    /// Every role: the values of the `event_role` ENUM.
    pub const ALL: [Self; 4] = [Self::Anchor, Self::Required, Self::Optional, Self::Merged];

    /// The name stored in `event_signal.role`.
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

/// What was read off a signal's events, by names that rules give it, and so quick to hash.
pub type Context = IndexMap<String, Value, FxBuildHasher>;

/// How a call relates to a thing that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The call is about it.
    Target,
    /// The call made it.
    Created,
    /// The call removed it.
    Deleted,
    /// The call gave it permissions, or let it in.
    GrantedTo,
    /// The call copied, exported or restored from it.
    Source,
    /// The request names it beside the target: the subnet of a new instance.
    Used,
    /// A response or a list names it, and nothing was done to it.
    Seen,
}

impl Relation {
    /// The name stored in `events.entities` and `signal_entities.relation`.
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

/// One thing that was seen or touched in a signal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entity {
    /// What it is, as rules name it: `user`, `access_key`, `bucket` …
    pub kind: String,
    /// Its name, id or ARN, as the event has it.
    pub value: String,
    /// The event that shows it.
    pub event_id: String,
    /// How that event relates to it.
    pub relation: Relation,
}

/// One event's part in a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The event.
    pub event_id: String,
    /// Its part.
    pub role: Role,
}

/// One click, command or background burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Stable across runs: derived from session, rule and anchor.
    pub signal_id: String,
    /// The session it happened in.
    pub session_id: String,
    /// The rule that explains it.
    pub rule_id: String,
    /// What was done, in the coarsest terms.
    pub kind: Kind,
    /// The console's service: `iam`.
    pub service: String,
    /// Where in the console: `IAM › Users`.
    pub title: String,
    /// One sentence: what was done and what was on the screen.
    pub summary: String,
    /// A deep link to the page, where one is known.
    pub url: Option<String>,
    /// The region of the anchor event.
    pub region: Option<String>,
    /// How probable it is that the click is right, from 0 to 1: calibrated on labeled trails and sessions.
    pub confidence: f64,
    /// How it was found.
    pub origin: Origin,
    /// The first event's time.
    pub first_time: Timestamp,
    /// The last event's time.
    pub last_time: Timestamp,
    /// The event it was found by.
    pub anchor_event_id: String,
    /// What was read off the events, by the rule's names.
    pub context: Context,
    /// ATT&CK technique ids.
    pub attack: Vec<String>,
    /// Calls of the rule that were seen.
    pub matched: Vec<String>,
    /// Required calls of the rule that were not seen.
    pub missing: Vec<String>,
    /// Things seen or touched.
    pub entities: Vec<Entity>,
    /// The events it explains, in order of (time, id).
    pub events: Vec<Member>,
    /// What its confidence was computed from; none for what the decoder did not choose.
    pub evidence: Option<Evidence>,
}

/// What the confidence of a signal is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Which of the regressions of [`crate::rule::weights::Confidence`] it is for.
    pub class: Class,
    /// The logarithm of the number of events.
    pub events: f64,
    /// How much dearer the best other explanation is, in nats, up to a limit.
    pub margin: f64,
    /// The share of the required calls that was seen, and how near they came.
    pub coverage: f64,
    /// The share of the neighboring events of the same console that the click explains.
    pub share: f64,
    /// 1 if the page's calls are known from documentation alone.
    pub documented: f64,
}

/// What kind of explanation a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A known page: every required call was seen in an exact shape.
    Exact,
    /// A known page, inferred from calls that are not all exact.
    Inferred,
    /// A page that is not known.
    Visit,
    /// A change that no page is known for.
    Change,
    /// Nobody clicked.
    Background,
}
