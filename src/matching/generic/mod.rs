//! Events that no page explains, told by what they say themselves.
//!
//! First goes what nobody asked for: noise that is known by name, and polls, known by their rhythm. Of the rest each
//! change is an action of its own, and reads of one service's console without a pause are a visit, or belong to a page
//! that was found at the same moment. What was typed is told last.

mod change;
mod command;
mod names;
mod noise;
mod poll;
mod tell;
mod visit;

use super::burst::PAUSE_S;
use super::claim::{Claims, Found};
use super::prepare::{self, Prepared};
use super::{Row, StretchRows};
use crate::event::Client;
use crate::rule::RuleSet;
use crate::rule::generic::Generic;
use crate::rule::words;
use crate::signal::Signal;

pub(super) use self::tell::tell;

/// What is found, before it is put in words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    what: Generic,
    /// Events by their place in the session, in order; the first is the anchor.
    members: Vec<usize>,
    confidence: f64,
    /// The rhythm of a poll.
    rhythm: Option<Rhythm>,
}

/// How often something was repeated, and how many seconds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rhythm {
    times: usize,
    every_s: i64,
}

impl Draft {
    const fn new(what: Generic, members: Vec<usize>, confidence: f64) -> Self {
        Self { what, members, confidence, rhythm: None }
    }
}

/// Sorts out the events that are free; a few reads beside a page of likeness become part of it.
pub(super) fn sort(rules: &RuleSet, events: &[Prepared<'_>], found: &mut [Found], claims: &Claims) -> Vec<Draft> {
    let free = (0..events.len()).filter(|event| claims.is_free(*event));
    let (shell, free): (Vec<usize>, Vec<usize>) =
        free.filter(|event| is_told(events[*event].row.client)).partition(|event| is_shell(events[*event].row.client));
    let scene = Scene { rules, events };
    let (mut drafts, free) = noise::sort(&scene, free);
    let (polls, free) = poll::sort(&scene, free);
    let (changes, reads) = change::sort(&scene, free);
    drafts.extend(polls);
    drafts.extend(changes);
    drafts.extend(visit::sort(&scene, &reads, found));
    drafts.extend(command::sort(&scene, &shell));
    drafts
}

/// The commands that were typed outside of `CloudShell`, in a session that has shown, up to the stretch's end, that it is
/// the console's by more than its sign-in: a program that signs in somewhere is still a program.
pub(super) fn typed(rules: &RuleSet, stretch: &StretchRows<'_>) -> Vec<Signal> {
    if !stretch.shown.in_console || rules.generic(Generic::Command).is_none() {
        return Vec::new();
    }
    let events = prepare::typed(rules, &stretch.rows);
    let all: Vec<usize> = (0..events.len()).collect();
    let drafts = command::sort(&Scene { rules, events: &events }, &all);
    tell(rules, stretch.session_id, &events, &drafts, &[])
}

/// Whether an event shows that somebody was in the console, and did more than sign in.
pub(super) fn shows_console(row: &Row<'_>) -> bool {
    is_told(row.client) && !row.call.starts_with("signin:")
}

/// Services act by themselves, and what a command line or a program calls is told apart from the start.
const fn is_told(client: Client) -> bool {
    !matches!(client, Client::Service | Client::Cli | Client::Sdk)
}

const fn is_shell(client: Client) -> bool {
    matches!(client, Client::CloudShell)
}

/// The events of a session, and the words to tell them in.
struct Scene<'s, 'e> {
    rules: &'s RuleSet,
    events: &'s [Prepared<'e>],
}

impl Scene<'_, '_> {
    /// `iam` of `iam:ListUsers`.
    fn service(&self, event: usize) -> &str {
        self.events[event].row.call.split(':').next().unwrap_or_default()
    }

    /// `ListUsers` of `iam:ListUsers`.
    fn name(&self, event: usize) -> &str {
        let call = self.events[event].row.call;
        call.split_once(':').map_or(call, |(_, name)| name)
    }

    /// Whether the event changes something: the trail says so, or the call's verb where the trail does not say.
    fn changes(&self, event: usize) -> bool {
        self.events[event].row.read_only.map_or_else(|| self.verb(event).is_some(), |read_only| !read_only)
    }

    fn verb(&self, event: usize) -> Option<&words::Verb> {
        self.rules.words().verb(words::words(self.name(event)).first()?)
    }

    /// The service in whose console a call's service is shown.
    fn console(&self, event: usize) -> &str {
        self.rules.words().console_of(self.service(event))
    }

    fn seconds_between(&self, earlier: usize, later: usize) -> i64 {
        (self.events[later].time().0 - self.events[earlier].time().0) / 1_000_000
    }

    /// Puts events into groups: those of one key that come without a pause, in order of their first events.
    fn bursts<K: PartialEq>(&self, events: &[usize], key: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
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
