//! The tables of what was done: `signals`, and what joins them to events and things.

use super::ColumnKind::{Enum, Integer, Json, Real, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// `signals`
pub const SIGNALS: Table = Table {
    name: "signals",
    grain: "One click, command or background burst, as the rules find it in a console session.",
    columns: &[
        Column::new("signal_id", Text, "Stable across loads: derived from session, rule and anchor"),
        Column::new("session_id", Text, "The session it happened in: sessions.session_id"),
        Column::new("rule_id", Text, "The rule that explains it: rules.rule_id"),
        Column::new("kind", Enum(EnumType::Kind), "What was done in the coarsest terms, ordered by severity"),
        Column::new("service", Text, "The console's service: iam"),
        Column::new("title", Text, "Where in the console: IAM > Users"),
        Column::new("summary", Text, "One sentence: what was done and what was on the screen"),
        Column::new("url", Text, "A deep link to the page, where one is known"),
        Column::new("region", Text, "The region of the anchor event"),
        Column::new(
            "confidence",
            Real,
            "How probable it is that the click is right, from 0 to 1: calibrated on labeled trails and sessions",
        ),
        Column::new("origin", Enum(EnumType::Origin), "How it was found, ordered by trust"),
        Column::new("first_time", Timestamp, "Its first event, UTC"),
        Column::new("last_time", Timestamp, "Its last event, UTC"),
        Column::new("event_count", Integer, "How many events it explains"),
        Column::new("anchor_event_id", Text, "The event it was found by: events.event_id"),
        Column::new("context", Json, "What was read off the events, by the rule's names"),
        Column::new("attack", TextList, "ATT&CK technique ids"),
        Column::new("matched", TextList, "Calls of the rule that were seen"),
        Column::new("missing", TextList, "Required calls of the rule that were not seen"),
    ],
};

/// `event_signal`
pub const EVENT_SIGNAL: Table = Table {
    name: "event_signal",
    grain: "One event's part in one signal. An event has one signal at most.",
    columns: &[
        Column::new("event_id", Text, "The event: events.event_id").distinct(),
        Column::new("signal_id", Text, "The signal that explains it: signals.signal_id"),
        Column::new("role", Enum(EnumType::Role), "Its part: anchor, required, optional or merged"),
    ],
};

/// `signal_entities`
pub const SIGNAL_ENTITIES: Table = Table {
    name: "signal_entities",
    grain: "One thing seen or touched in one signal.",
    columns: &[
        Column::new("signal_id", Text, "The signal: signals.signal_id"),
        Column::new("entity_type", Text, "What it is, as rules name it: user, access_key, bucket"),
        Column::new("entity_value", Text, "Its name, id or ARN, as the event has it"),
        Column::new("event_id", Text, "The event that shows it: events.event_id"),
        Column::new(
            "relation",
            Text,
            "seen, or how that event relates to it: target, created, deleted, granted_to, source or used",
        )
        .repeating(),
    ],
};
