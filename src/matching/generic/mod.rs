//! Converts the decoder's choices to draft signals: pages in the catalog, and activity that no page explains.

mod command;
mod names;
mod sentence;

use super::claim::{MatchedSignal, role_of};
use super::confidence::ConfidenceModel;
use super::decode::{Cause, Choice};
use super::prepare;
use super::prepared::PreparedStretch;
use super::{Row, StretchRows};
use crate::event::Client;
use crate::rule::RuleSet;
use crate::rule::generic::Generic;
use crate::signal::{ConfidenceFeatures, Origin, Role, Signal};

pub(super) use self::sentence::signals;

/// A signal without a page, before its sentence is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SignalDraft {
    kind: Generic,
    /// The event that it starts from.
    anchor: usize,
    /// Indices of its events in the stretch, in order.
    members: Vec<usize>,
    confidence: f64,
    evidence: Option<ConfidenceFeatures>,
    /// The interval of a poll.
    repetition: Option<Repetition>,
}

/// How often something was repeated, and the interval in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Repetition {
    times: usize,
    every_s: i64,
}

impl SignalDraft {
    fn new(kind: Generic, members: Vec<usize>, (confidence, evidence): (f64, ConfidenceFeatures)) -> Self {
        let anchor = members.first().copied().unwrap_or_default();
        Self { kind, anchor, members, confidence, evidence: Some(evidence), repetition: None }
    }
}

/// Splits the decoder's choices into pages and everything else, in order of their first events.
pub(super) fn group(stretch: &PreparedStretch<'_, '_>, choices: &[Choice]) -> (Vec<MatchedSignal>, Vec<SignalDraft>) {
    let model = ConfidenceModel::new(*stretch);
    let (mut found, mut drafts, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for choice in choices {
        let hypothesis = &choice.hypothesis;
        let members = || hypothesis.members.iter().map(|member| member.event).collect::<Vec<_>>();
        let confidence = model.compute(choice);
        match hypothesis.cause {
            Cause::Page(_) => {
                found.extend(page(stretch, choice, confidence));
                if !hypothesis.adjacent.is_empty() {
                    drafts.push(SignalDraft::new(Generic::Along, hypothesis.adjacent.clone(), confidence));
                }
            }
            Cause::Visit => drafts.push(SignalDraft::new(Generic::Visit, members(), confidence)),
            Cause::Change => {
                let kind = stretch.verb(hypothesis.anchor).map_or(Generic::Change, |verb| verb.kind);
                drafts.push(SignalDraft { anchor: hypothesis.anchor, ..SignalDraft::new(kind, members(), confidence) });
            }
            Cause::Noise => drafts.push(SignalDraft::new(Generic::Console, members(), confidence)),
            Cause::Service => drafts.push(SignalDraft::new(Generic::Service, members(), confidence)),
            Cause::Adjacent => drafts.push(SignalDraft::new(Generic::Along, members(), confidence)),
            Cause::Unassigned => {}
            Cause::Poll(every_s) => {
                let repetition = Some(Repetition { times: 1, every_s });
                events.push(SignalDraft { repetition, ..SignalDraft::new(Generic::Poll, members(), confidence) });
            }
        }
    }
    drafts.extend(polls(stretch, events));
    (found, drafts)
}

/// Converts a chosen page to a signal.
fn page(
    stretch: &PreparedStretch<'_, '_>,
    choice: &Choice,
    (confidence, evidence): (f64, ConfidenceFeatures),
) -> Option<MatchedSignal> {
    let hypothesis = &choice.hypothesis;
    let id = hypothesis.rule()?;
    let rule = stretch.rules.rule(id);
    let part_of = |event: usize, part: Option<u16>| match part {
        Some(part) => role_of(rule, event == hypothesis.anchor, part),
        None => Role::Merged,
    };
    let seen = |part: usize| {
        hypothesis.members.iter().any(|member| member.vote.is_some_and(|vote| usize::from(vote.part) == part))
    };
    let missing = rule.parts.iter().enumerate().filter(|(part, call)| call.required && !seen(*part));
    Some(MatchedSignal {
        rule: id,
        matched_rule: id,
        anchor: hypothesis.anchor,
        members: hypothesis
            .members
            .iter()
            .map(|one| (one.event, part_of(one.event, one.vote.map(|vote| vote.part))))
            .collect(),
        origin: if hypothesis.exact { Origin::Exact } else { Origin::Inferred },
        confidence,
        evidence: Some(evidence),
        missing: missing.map(|(_, call)| call.call.clone()).collect(),
    })
}

/// A console's background activity is reported again after this many seconds.
const MAX_SILENCE_S: i64 = 4 * 3600;

/// Merges the signals of a recurring background rule, and the polls by one console.
pub(super) fn merge_recurring(
    stretch: &PreparedStretch<'_, '_>,
    found: Vec<MatchedSignal>,
    drafts: &mut Vec<SignalDraft>,
) -> Vec<MatchedSignal> {
    let mut merged: Vec<MatchedSignal> = Vec::with_capacity(found.len());
    for one in found {
        let recurs = stretch.rules.rule(one.rule).recurs;
        let is_same = |other: &&mut MatchedSignal| {
            other.rule == one.rule && stretch.seconds_between(other.last(), one.first()) <= MAX_SILENCE_S
        };
        match merged.iter_mut().rev().find(is_same).filter(|_| recurs) {
            Some(other) => other.merge(&one),
            None => merged.push(one),
        }
    }
    drafts.retain(|draft| !(draft.kind == Generic::Poll && merge_poll(stretch, draft, &mut merged)));
    merged
}

/// Whether a recurring background rule absorbs a poll by its console. Adds the poll's events to that rule's signal.
fn merge_poll(stretch: &PreparedStretch<'_, '_>, poll: &SignalDraft, found: &mut [MatchedSignal]) -> bool {
    let near = |one: &MatchedSignal| {
        let (first, last) =
            (one.first().max(poll.anchor), one.last().min(poll.members.last().copied().unwrap_or_default()));
        first <= last || stretch.seconds_between(last, first) <= MAX_SILENCE_S
    };
    let is_own = |one: &&mut MatchedSignal| {
        stretch.rules.rule(one.rule).recurs && stretch.console(one.anchor) == stretch.console(poll.anchor) && near(one)
    };
    let Some(signal) = found.iter_mut().find(is_own) else { return false };
    signal.members.extend(poll.members.iter().map(|event| (*event, Role::Merged)));
    signal.members.sort_unstable();
    true
}

/// Merges the polls by one console, regardless of their periods. The first poll determines the interval.
fn polls(stretch: &PreparedStretch<'_, '_>, events: Vec<SignalDraft>) -> Vec<SignalDraft> {
    let mut polls: Vec<SignalDraft> = Vec::new();
    for event in events {
        let is_same = |poll: &&mut SignalDraft| {
            let (last, next) = (poll.members.last().copied().unwrap_or_default(), event.anchor);
            stretch.console(poll.anchor) == stretch.console(event.anchor)
                && stretch.seconds_between(last, next) <= MAX_SILENCE_S
        };
        match polls.iter_mut().rev().find(is_same) {
            Some(poll) => poll.members.extend(event.members),
            None => polls.push(event),
        }
    }
    for poll in &mut polls {
        poll.members.sort_unstable();
        let times = stretch.bursts(&poll.members, |_| ()).len();
        if let Some(repetition) = &mut poll.repetition {
            repetition.times = times;
        }
    }
    polls
}

/// The commands typed in `CloudShell` among these events.
pub(super) fn shell(stretch: &PreparedStretch<'_, '_>, events: impl Iterator<Item = usize>) -> Vec<SignalDraft> {
    let shell: Vec<usize> = events.filter(|event| stretch.events[*event].is_shell()).collect();
    command::group(stretch, &shell)
}

/// The commands typed outside `CloudShell`, if the session has shown more console evidence than its sign-in by the end
/// of the stretch. A program that signs in to the console is still a program.
pub(super) fn typed(rules: &RuleSet, part: &StretchRows<'_>) -> Vec<Signal> {
    if !part.evidence.in_console || rules.generic(Generic::Command).is_none() {
        return Vec::new();
    }
    let events = prepare::typed(rules, &part.rows);
    let all: Vec<usize> = (0..events.len()).collect();
    let stretch = PreparedStretch { rules, events: &events };
    let drafts = command::group(&stretch, &all);
    signals(&stretch, part.session_id, &drafts, &[])
}

/// Whether an event shows that a person used the console beyond signing in.
pub(super) fn shows_console(row: &Row<'_>) -> bool {
    is_interactive(row.client) && !row.call.starts_with("signin:")
}

/// Whether this client's events produce signals here. Services act on their own, and calls made from command lines and
/// by programs are handled separately.
const fn is_interactive(client: Client) -> bool {
    !matches!(client, Client::Service | Client::Cli | Client::Sdk | Client::Agent)
}
