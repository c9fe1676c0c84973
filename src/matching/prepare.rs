//! Events made ready for matching: each once, and recognised by their shape.
//!
//! More than half of a console's requests repeat one of the same session. So what is recognised is kept for those that
//! look the same, and they share its parsed bodies.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::Row;
use crate::event::{Client, Timestamp};
use crate::rule::RuleSet;
use crate::rule::body::Body;
use crate::rule::extract::Source;
use crate::rule::shape::{ShapeId, Subject};

/// One event, ready.
#[derive(Debug, Clone)]
pub(super) struct Prepared<'e> {
    pub(super) row: &'e Row<'e>,
    /// Its request and its response.
    bodies: Rc<[Body<'e>; 2]>,
    /// The most particular shape that fits, if one does.
    pub(super) shape: Option<ShapeId>,
    /// The call that rules know: its own, or the one that it succeeds.
    pub(super) known_call: Option<&'e str>,
}

impl<'e> Prepared<'e> {
    fn new(rules: &'e RuleSet, row: &'e Row<'e>) -> Self {
        let bodies = Rc::new([row.request, row.response].map(Body::new));
        let mut event = Self { row, bodies, shape: None, known_call: rules.known_call(row.call) };
        event.shape = rules.recognise(row.call, &event.subject());
        event
    }

    pub(super) const fn time(&self) -> Timestamp {
        self.row.time
    }

    pub(super) fn request(&self) -> &Body<'e> {
        &self.bodies[0]
    }

    pub(super) fn response(&self) -> &Body<'e> {
        &self.bodies[1]
    }

    pub(super) fn subject(&self) -> Subject<'_, 'e> {
        self.source().subject()
    }

    pub(super) fn source(&self) -> Source<'_, 'e> {
        self.row.source(self.request(), self.response())
    }
}

/// Those of a stretch's events that a console's page can have written, each id once.
pub(super) fn prepare<'e>(rules: &'e RuleSet, rows: &[&'e Row<'e>]) -> Vec<Prepared<'e>> {
    ready(rules, rows.iter().copied().filter(|row| !is_typed(row)).collect())
}

/// Those that only a command line or a program can have written.
pub(super) fn typed<'e>(rules: &'e RuleSet, rows: &[&'e Row<'e>]) -> Vec<Prepared<'e>> {
    ready(rules, rows.iter().copied().filter(|row| is_typed(row)).collect())
}

fn ready<'e>(rules: &'e RuleSet, mut rows: Vec<&'e Row<'e>>) -> Vec<Prepared<'e>> {
    rows.dedup_by(|a, b| a.event_id == b.event_id);
    let mut known = Known::with_room_for(rows.len());
    rows.into_iter().map(|row| known.prepared(rules, row)).collect()
}

/// Everything that shapes look at.
#[derive(Debug, PartialEq, Eq)]
struct Looks<'e> {
    call: &'e str,
    agent: Option<&'e str>,
    request: Option<&'e str>,
    response: Option<&'e str>,
    error_code: Option<&'e str>,
}

/// The call and the request tell looks apart well enough; the rest is long, and the same most of the time.
impl Hash for Looks<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.call, self.request).hash(state);
    }
}

/// Room is made at once for so many looks at most.
const ROOM: usize = 4_096;

/// An event of each look that a stretch has. Requests are a stranger's texts, so the hashing is not foreseeable.
#[derive(Debug)]
struct Known<'e>(HashMap<Looks<'e>, Prepared<'e>, RandomState>);

impl<'e> Known<'e> {
    fn with_room_for(events: usize) -> Self {
        Self(HashMap::with_capacity_and_hasher((events / 2).min(ROOM), RandomState::default()))
    }

    fn prepared(&mut self, rules: &'e RuleSet, row: &'e Row<'e>) -> Prepared<'e> {
        let looks = Looks {
            call: row.call,
            agent: row.user_agent,
            request: row.request,
            response: row.response,
            error_code: row.error_code,
        };
        let known = self.0.entry(looks).or_insert_with(|| Prepared::new(rules, row));
        Prepared { row, ..known.clone() }
    }
}

/// Calls by CLI or SDK are no page's, whatever session they are in. A sign-in is one, whatever agent it claims.
fn is_typed(row: &Row<'_>) -> bool {
    matches!(row.client, Client::Cli | Client::Sdk) && !row.call.starts_with("signin:")
}
