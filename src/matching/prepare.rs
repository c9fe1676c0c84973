//! Prepares events for matching: removes duplicates, parses bodies and recognizes shapes.
//!
//! More than half of a console's requests repeat an earlier request in the session. Identical events therefore share
//! their parsed bodies and the result of recognition.

use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt};

use super::prepared::Prepared;
use super::{Row, votes};
use crate::event::Client;
use crate::rule::RuleSet;

/// The events in a stretch that a console page may have caused, without duplicate IDs.
pub(super) fn prepare<'e>(rules: &'e RuleSet, rows: &[&'e Row<'e>]) -> Vec<Prepared<'e>> {
    prepare_rows(rules, rows.iter().copied().filter(|row| !is_typed(row)).collect())
}

/// The events that only a command line or a program can have caused.
pub(super) fn typed<'e>(rules: &'e RuleSet, rows: &[&'e Row<'e>]) -> Vec<Prepared<'e>> {
    prepare_rows(rules, rows.iter().copied().filter(|row| is_typed(row)).collect())
}

fn prepare_rows<'e>(rules: &'e RuleSet, mut rows: Vec<&'e Row<'e>>) -> Vec<Prepared<'e>> {
    rows.dedup_by(|a, b| a.event_id == b.event_id);
    let mut preparer = EventPreparer::with_capacity(rows.len());
    for row in rows {
        preparer.prepare(rules, row);
    }
    preparer.events
}

/// Whether two events are equal in everything that shapes test.
fn are_identical(one: &Row<'_>, other: &Row<'_>) -> bool {
    one.call == other.call
        && one.request == other.request
        && one.user_agent == other.user_agent
        && one.response == other.response
        && one.error_code == other.error_code
}

/// The prepared events, with an index of distinct events.
#[derive(Debug)]
struct EventPreparer<'e> {
    events: Vec<Prepared<'e>>,
    /// Requests are untrusted input, so the hash function is randomly seeded.
    hashing: RandomState,
    /// The index of the first of several identical events, by the hash of their content. Collisions use the next free
    /// hash. This keeps entries small, and needs no second list.
    by_hash: HashMap<u64, usize>,
}

impl<'e> EventPreparer<'e> {
    fn with_capacity(events: usize) -> Self {
        let by_hash = HashMap::with_capacity(events / 2);
        Self { events: Vec::with_capacity(events), hashing: RandomState::default(), by_hash }
    }

    fn prepare(&mut self, rules: &'e RuleSet, row: &'e Row<'e>) {
        let mut key = self.key(row);
        let event = loop {
            match self.by_hash.entry(key) {
                Entry::Vacant(vacant) => {
                    let representative = self.events.len();
                    vacant.insert(representative);
                    let mut event = Prepared::new(rules, row, representative);
                    event.likely = votes::likely(rules, &event);
                    break event;
                }
                Entry::Occupied(occupied) => {
                    let first = &self.events[*occupied.get()];
                    if are_identical(first.row, row) {
                        break first.repeated_by(row);
                    }
                    key = key.wrapping_add(1);
                }
            }
        };
        self.events.push(event);
    }

    /// A hash of everything that [`are_identical`] compares. All of it is included, so that varying a single field
    /// cannot cause long collision chains.
    fn key(&self, row: &Row<'_>) -> u64 {
        let mut hasher = self.hashing.build_hasher();
        hasher.write(row.call.as_bytes());
        for text in [row.request, row.user_agent, row.response, row.error_code].into_iter().flatten() {
            hasher.write(text.as_bytes());
        }
        hasher.finish()
    }
}

/// Calls by a CLI, SDK or agent never belong to a page, regardless of the session. A sign-in may, regardless of its
/// user agent.
fn is_typed(row: &Row<'_>) -> bool {
    matches!(row.client, Client::Cli | Client::Sdk | Client::Agent) && !row.call.starts_with("signin:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    fn row<'a>(id: &'a str, call: &'a str, agent: &'a str, response: Option<&'a str>) -> Row<'a> {
        Row {
            event_id: id,
            time: Timestamp(7),
            call,
            account_id: None,
            principal: None,
            region: None,
            access_key: None,
            user_agent: Some(agent),
            client: Client::Console,
            source_ip: None,
            read_only: None,
            error_code: None,
            error_message: None,
            request: Some("{\"maxItems\":1000}"),
            response,
        }
    }

    #[test]
    fn only_identical_events_share_bodies() {
        let rules = RuleSet::shipped().unwrap();
        let rows = [
            row("1", "iam:ListUsers", "AWS Internal", None),
            row("2", "iam:ListUsers", "Coral/Netty4", None),
            row("3", "iam:ListUsers", "AWS Internal", Some("{\"x\":1}")),
            row("4", "iam:ListUsers", "AWS Internal", None),
            row("5", "iam:ListRoles", "AWS Internal", None),
            row("6", "iam:ListUsers", "AWS Internal", Some("{\"x\":1}")),
        ];
        let events = prepare(&rules, &rows.iter().collect::<Vec<_>>());
        let shared =
            |event: usize| events.iter().position(|other| std::ptr::eq(other.request(), events[event].request()));
        let first_identical: Vec<usize> = (0..events.len()).filter_map(shared).collect();
        assert_eq!(first_identical, [0, 1, 2, 0, 4, 2]);
        assert_eq!(events.iter().map(|event| event.row.event_id).collect::<Vec<_>>(), ["1", "2", "3", "4", "5", "6"]);
        assert_ne!(events[0].shape, events[1].shape, "the user agents differ, so the shapes differ");
    }
}
