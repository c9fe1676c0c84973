//! Events made ready for matching: in order, each once, and recognised by their shape.

use super::Row;
use crate::event::{Client, Timestamp};
use crate::rule::RuleSet;
use crate::rule::body::Body;
use crate::rule::extract::Source;
use crate::rule::shape::{ShapeId, Subject};

/// One event, ready.
#[derive(Debug)]
pub(super) struct Prepared<'e> {
    pub(super) row: &'e Row<'e>,
    pub(super) request: Body<'e>,
    pub(super) response: Body<'e>,
    /// The most particular shape that fits, if one does.
    pub(super) shape: Option<ShapeId>,
}

impl<'e> Prepared<'e> {
    fn new(rules: &RuleSet, row: &'e Row<'e>) -> Self {
        let mut event = Self { row, request: Body::new(row.request), response: Body::new(row.response), shape: None };
        event.shape = rules.recognise(row.call, &event.subject());
        event
    }

    pub(super) const fn time(&self) -> Timestamp {
        self.row.time
    }

    pub(super) fn subject(&self) -> Subject<'_, 'e> {
        self.source().subject()
    }

    pub(super) fn source(&self) -> Source<'_, 'e> {
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
