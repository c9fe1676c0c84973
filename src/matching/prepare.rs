//! Events made ready for matching: in order, each once, parsed, and recognised by their shape.

use std::borrow::Cow;

use serde_json::Value;

use super::Row;
use crate::event::{Client, Timestamp};
use crate::rule::RuleSet;
use crate::rule::extract::Source;
use crate::rule::shape::{ShapeId, Subject};

/// One event, ready.
#[derive(Debug)]
pub(super) struct Prepared<'e> {
    pub(super) row: &'e Row<'e>,
    pub(super) request: Value,
    pub(super) response: Value,
    pub(super) request_text: Cow<'e, str>,
    /// The most particular shape that fits, if one does.
    pub(super) shape: Option<ShapeId>,
}

impl<'e> Prepared<'e> {
    fn new(rules: &RuleSet, row: &'e Row<'e>) -> Self {
        let request = parse(row.request);
        let request_text = compact(row.request, &request);
        let mut event = Self { row, request, response: parse(row.response), request_text, shape: None };
        event.shape = rules.recognise(row.call, &event.subject());
        event
    }

    pub(super) const fn time(&self) -> Timestamp {
        self.row.time
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        self.source().subject(&self.request_text)
    }

    pub(super) fn source(&self) -> Source<'_> {
        self.row.source(&self.request, &self.response)
    }
}

/// The events that a console's page can have written, in order of (time, id), each id once.
pub(super) fn prepare<'e>(rules: &RuleSet, rows: &'e [Row<'e>]) -> Vec<Prepared<'e>> {
    in_order(rules, rows.iter().filter(|row| !is_typed(row)).collect())
}

/// The events that only a command line or a program can have written, in the same order.
pub(super) fn typed<'e>(rules: &RuleSet, rows: &'e [Row<'e>]) -> Vec<Prepared<'e>> {
    in_order(rules, rows.iter().filter(|row| is_typed(row)).collect())
}

fn in_order<'e>(rules: &RuleSet, mut rows: Vec<&'e Row<'e>>) -> Vec<Prepared<'e>> {
    rows.sort_by(|a, b| (a.time, a.event_id).cmp(&(b.time, b.event_id)));
    rows.dedup_by(|a, b| a.event_id == b.event_id);
    rows.into_iter().map(|row| Prepared::new(rules, row)).collect()
}

/// Calls by CLI or SDK are no page's, whatever session they are in. A sign-in is one, whatever agent it claims.
fn is_typed(row: &Row<'_>) -> bool {
    matches!(row.client, Client::Cli | Client::Sdk) && !row.call.starts_with("signin:")
}

fn parse(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The request without white space, as CloudTrail delivers it; other tools' exports have some.
fn compact<'e>(text: Option<&'e str>, value: &Value) -> Cow<'e, str> {
    match text {
        None => Cow::Borrowed(""),
        Some(text) if is_compact(text) => Cow::Borrowed(text),
        Some(_) => Cow::Owned(value.to_string()),
    }
}

fn is_compact(text: &str) -> bool {
    !text.contains("\": ") && !text.contains('\n') && !text.contains(", \"")
}
