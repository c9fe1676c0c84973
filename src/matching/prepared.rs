//! Prepared events, the stretch that they are in, and what the catalog's word lists state about each event.

use std::net::IpAddr;
use std::rc::Rc;

use super::Row;
use super::burst::PAUSE_S;
use crate::call::Call;
use crate::event::{Client, Timestamp};
use crate::json::Json;
use crate::rule::RuleSet;
use crate::rule::body::Body;
use crate::rule::extract::SourceEvent;
use crate::rule::shape::{ShapeId, ShapeSubject};
use crate::rule::words;

/// An event prepared for matching.
#[derive(Debug, Clone)]
pub(super) struct Prepared<'e> {
    pub(super) row: &'e Row<'e>,
    /// A copy of the row's time. Searches in time windows read only this, because rows are large.
    time: Timestamp,
    /// The parsed request and response.
    bodies: Rc<[Body<'e>; 2]>,
    /// The most specific shape that the event matches, if any.
    pub(super) shape: Option<ShapeId>,
    /// The shape that the event most likely has, if the console's requests differ from the recorded ones.
    pub(super) likely: Option<ShapeId>,
    /// The call that rules use: the event's own, or an older one that it replaces.
    pub(super) known_call: Option<&'e str>,
    /// The index of the first event in the stretch that is identical for matching; its own index if there is no earlier
    /// one.
    pub(super) representative: usize,
}

impl<'e> Prepared<'e> {
    /// Parses the bodies of an event and recognizes its shape. `likely` is not set.
    pub(super) fn new(rules: &'e RuleSet, row: &'e Row<'e>, representative: usize) -> Self {
        let bodies = Rc::new([row.request, row.response].map(Body::new));
        let mut event = Self {
            row,
            time: row.time,
            bodies,
            shape: None,
            likely: None,
            known_call: rules.known_call(row.call),
            representative,
        };
        event.shape = rules.recognize(row.call, &event.subject());
        event
    }

    /// A later event that is identical for matching.
    pub(super) fn repeated_by(&self, row: &'e Row<'e>) -> Self {
        Self { row, time: row.time, ..self.clone() }
    }

    /// Whether it was typed in CloudShell.
    pub(super) fn is_shell(&self) -> bool {
        self.row.client == Client::CloudShell
    }

    pub(super) const fn time(&self) -> Timestamp {
        self.time
    }

    pub(super) fn request(&self) -> &Body<'e> {
        &self.bodies[0]
    }

    pub(super) fn response(&self) -> &Body<'e> {
        &self.bodies[1]
    }

    /// The call, for the table of calls. Members of a record other than the request and the response are not available.
    pub(super) fn call(&self) -> Call<'_> {
        Call {
            key: self.row.call,
            event_type: None,
            read_only: self.row.read_only,
            error_code: self.row.error_code,
            request: self.request().value(),
            response: self.response().value(),
            extra: None,
            account: self.row.account_id,
            region: self.row.region,
            sign_in_failed: false,
        }
    }

    pub(super) fn subject(&self) -> ShapeSubject<'_, 'e> {
        self.source().subject()
    }

    pub(super) fn source(&self) -> SourceEvent<'_, 'e> {
        self.row.source(self.request(), self.response())
    }
}

/// The events in a stretch, in order, and the rules to map them with.
#[derive(Debug, Clone, Copy)]
pub(super) struct PreparedStretch<'s, 'e> {
    pub(super) rules: &'s RuleSet,
    pub(super) events: &'s [Prepared<'e>],
}

impl<'s> PreparedStretch<'s, '_> {
    /// The service of the event's call: `iam` for `iam:ListUsers`.
    pub(super) fn service(&self, event: usize) -> &'s str {
        self.events[event].row.call.split(':').next().unwrap_or_default()
    }

    /// The API name of the event's call: `ListUsers` for `iam:ListUsers`.
    pub(super) fn name(&self, event: usize) -> &'s str {
        let call = self.events[event].row.call;
        call.split_once(':').map_or(call, |(_, name)| name)
    }

    /// Whether the event changes something, based on `readOnly` in the trail, otherwise on the call's verb.
    pub(super) fn changes(&self, event: usize) -> bool {
        self.events[event].row.read_only.map_or_else(|| self.verb(event).is_some(), |read_only| !read_only)
    }

    pub(super) fn verb(&self, event: usize) -> Option<&'s words::Verb> {
        self.rules.words().verb(words::words(self.name(event)).first()?)
    }

    /// The service in whose console the call's service is shown.
    pub(super) fn console(&self, event: usize) -> &'s str {
        self.rules.words().console_of(self.service(event))
    }

    /// Whether a service made the call on behalf of the person: from a service's address, or with an encryption context
    /// that only services use.
    pub(super) fn is_for_service(&self, event: usize) -> bool {
        let row = self.events[event].row;
        row.source_ip.is_some_and(|source| source.parse::<IpAddr>().is_err()) || self.has_service_context(event)
    }

    fn has_service_context(&self, event: usize) -> bool {
        let request = self.events[event].request().value().as_object();
        let context = request.and_then(|request| request.get("encryptionContext")).and_then(Json::as_object);
        context.is_some_and(|context| context.names().any(|key| key.starts_with("aws:")))
    }

    pub(super) fn seconds_between(&self, earlier: usize, later: usize) -> i64 {
        (self.events[later].time().0 - self.events[earlier].time().0) / 1_000_000
    }

    /// Groups events with equal keys into bursts, in order of their first events.
    pub(super) fn bursts<K: PartialEq>(&self, events: &[usize], key: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
        let mut bursts: Vec<Vec<usize>> = Vec::new();
        let mut open: Vec<(K, usize)> = Vec::new();
        for event in events {
            let key = key(*event);
            open.retain(|(_, burst)| {
                bursts[*burst].last().is_some_and(|last| self.seconds_between(*last, *event) < PAUSE_S)
            });
            if let Some((_, burst)) = open.iter().find(|(other, _)| *other == key) {
                bursts[*burst].push(*event);
            } else {
                open.push((key, bursts.len()));
                bursts.push(vec![*event]);
            }
        }
        bursts
    }
}
