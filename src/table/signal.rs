//! The tables that describe what was done: `signals`, with their events and entities.

use super::ColumnKind::{Enum, Integer, Json, Real, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// The meaning of `severity` in `signals` and the views that include it.
const SEVERITY: &str = "The kind as a number, for ranking: 0 background, 1 view, 2 list, 3 login, 4 session, 5 command, \
                        6 change, 7 create, 8 delete, 9 secret. severity >= 6 covers everything that changed something or \
                        read a secret";

/// `signals`
pub const SIGNALS: Table = Table {
    name: "signals",
    grain: "The signals: clicks, commands and groups of background requests that the rules identify in console sessions.",
    columns: &[
        Column::new(
            "signal_id",
            Text,
            "Unique ID of the signal, derived from the session, rule and anchor event, so that later loads do not change it",
        ),
        Column::new("session_id", Text, "Session of the signal: sessions.session_id"),
        Column::new("account_id", Text, "Account of the session: sessions.account_id").repeating(),
        Column::new("principal", Text, "Short name of the caller: alice, Admin/bob, root").repeating(),
        Column::new("rule_id", Text, "Rule that identified the signal: rules.rule_id"),
        Column::new(
            "rule_pack",
            Text,
            "Rule pack that contains the rule, with its version: acme@1.2.0. NULL for shipped rules and for rules from a folder",
        )
        .repeating(),
        Column::new(
            "kind",
            Enum(EnumType::Kind),
            "General kind of action. To rank rows, compare `severity`; `kind >= 'create'` compares alphabetically",
        ),
        Column::new("severity", Integer, SEVERITY),
        Column::new("service", Text, "Console service: iam"),
        Column::new("title", Text, "Console page: IAM › Users"),
        Column::new("summary", Text, "Description in one sentence: what was done and what the page showed"),
        Column::new("url", Text, "Link to the page, if one is known"),
        Column::new("region", Text, "Region of the anchor event"),
        Column::new(
            "confidence",
            Real,
            "Probability that the click is identified correctly, from 0 to 1, calibrated on labeled trails and sessions",
        ),
        Column::new(
            "origin",
            Enum(EnumType::Origin),
            "How the signal was identified: service, inferred or exact, from least to most reliable",
        ),
        Column::new("first_time", Timestamp, "Time of the first event (UTC)"),
        Column::new("last_time", Timestamp, "Time of the last event (UTC)"),
        Column::new("event_count", Integer, "Number of events"),
        Column::new("anchor_event_id", Text, "Event that identified the signal: events.event_id"),
        Column::new("context", Json, "Values from the events, keyed by their names in the rule"),
        Column::new("attack", TextList, "ATT&CK technique IDs"),
        Column::new("matched", TextList, "Calls in the rule that were found"),
        Column::new("missing", TextList, "Required calls in the rule that were not found"),
    ],
};

/// `event_signal`
pub const EVENT_SIGNAL: Table = Table {
    name: "event_signal",
    grain: "The events that belong to signals. An event belongs to at most one signal.",
    columns: &[
        Column::new("event_id", Text, "Event: events.event_id").distinct(),
        Column::new("signal_id", Text, "Signal that the event belongs to: signals.signal_id"),
        Column::new(
            "role",
            Enum(EnumType::Role),
            "Role of the event in the signal: anchor, required, optional or merged",
        ),
    ],
};

/// `signal_entities`
pub const SIGNAL_ENTITIES: Table = Table {
    name: "signal_entities",
    grain: "The resources that were seen or touched in each signal.",
    columns: &[
        Column::new("signal_id", Text, "Signal: signals.signal_id"),
        Column::new("entity_type", Text, "Type of the resource: user, access_key, bucket"),
        Column::new("entity_value", Text, "Name, ID or ARN, as recorded in the event"),
        Column::new("event_id", Text, "Event that shows the resource: events.event_id"),
        Column::new(
            "relation",
            Text,
            "seen, or the event's relation to the resource: target, created, deleted, granted_to, source or used",
        )
        .repeating(),
    ],
};
