//! Converts the decoder's choices to draft signals: pages of the catalog, and activity that no page explains.

mod command;
mod names;
mod sentence;

use super::claim::{Found, role_of};
use super::confidence::ConfidenceModel;
use super::decode::{Choice, What};
use super::prepare;
use super::scene::Scene;
use super::{Row, StretchRows};
use crate::event::Client;
use crate::rule::RuleSet;
use crate::rule::generic::Generic;
use crate::signal::{Evidence, Origin, Role, Signal};

pub(super) use self::sentence::signals;

/// A signal without a page, before its sentence is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    what: Generic,
    /// The event that it starts from.
    anchor: usize,
    /// Indices of its events in the stretch, in order.
    members: Vec<usize>,
    confidence: f64,
    evidence: Option<Evidence>,
    /// The interval of a poll.
    rhythm: Option<Repetition>,
}

/// How often something was repeated, and the interval in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Repetition {
    times: usize,
    every_s: i64,
}

impl Draft {
    fn new(what: Generic, members: Vec<usize>, (confidence, evidence): (f64, Evidence)) -> Self {
        let anchor = members.first().copied().unwrap_or_default();
        Self { what, anchor, members, confidence, evidence: Some(evidence), rhythm: None }
    }
}

/// Splits the decoder's choices into pages and everything else, in order of their first events.
pub(super) fn sort(scene: &Scene<'_, '_>, choices: &[Choice]) -> (Vec<Found>, Vec<Draft>) {
    let judge = ConfidenceModel::new(*scene);
    let (mut found, mut drafts, mut beats) = (Vec::new(), Vec::new(), Vec::new());
    for choice in choices {
        let hypothesis = &choice.hypothesis;
        let members = || hypothesis.members.iter().map(|member| member.event).collect::<Vec<_>>();
        let judged = judge.judge(choice);
        match hypothesis.what {
            What::Page(_) => {
                found.extend(page(scene, choice, judged));
                if !hypothesis.along.is_empty() {
                    drafts.push(Draft::new(Generic::Along, hypothesis.along.clone(), judged));
                }
            }
            What::Visit => drafts.push(Draft::new(Generic::Visit, members(), judged)),
            What::Change => {
                let what = scene.verb(hypothesis.anchor).map_or(Generic::Change, |verb| verb.what);
                drafts.push(Draft { anchor: hypothesis.anchor, ..Draft::new(what, members(), judged) });
            }
            What::Noise => drafts.push(Draft::new(Generic::Console, members(), judged)),
            What::Service => drafts.push(Draft::new(Generic::Service, members(), judged)),
            What::Along => drafts.push(Draft::new(Generic::Along, members(), judged)),
            What::Left => {}
            What::Poll(every_s) => {
                let rhythm = Some(Repetition { times: 1, every_s });
                beats.push(Draft { rhythm, ..Draft::new(Generic::Poll, members(), judged) });
            }
        }
    }
    drafts.extend(polls(scene, beats));
    (found, drafts)
}

/// Converts a chosen page to a signal.
fn page(scene: &Scene<'_, '_>, choice: &Choice, (confidence, evidence): (f64, Evidence)) -> Option<Found> {
    let hypothesis = &choice.hypothesis;
    let id = hypothesis.rule()?;
    let rule = scene.rules.rule(id);
    let part_of = |event: usize, part: Option<u16>| match part {
        Some(part) => role_of(rule, event == hypothesis.anchor, part),
        None => Role::Merged,
    };
    let seen = |part: usize| {
        hypothesis.members.iter().any(|member| member.vote.is_some_and(|vote| usize::from(vote.part) == part))
    };
    let missing = rule.parts.iter().enumerate().filter(|(part, call)| call.required && !seen(*part));
    Some(Found {
        rule: id,
        met: id,
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

/// Background activity of a console is reported again after this many seconds.
const LONGEST_SILENCE_S: i64 = 4 * 3600;

/// Merges the signals of a recurring background rule, and the polls of one console.
pub(super) fn fold(scene: &Scene<'_, '_>, found: Vec<Found>, drafts: &mut Vec<Draft>) -> Vec<Found> {
    let mut folded: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        let recurs = scene.rules.rule(one.rule).recurs;
        let is_same = |other: &&mut Found| {
            other.rule == one.rule && scene.seconds_between(other.last(), one.first()) <= LONGEST_SILENCE_S
        };
        match folded.iter_mut().rev().find(is_same).filter(|_| recurs) {
            Some(other) => other.merge(&one),
            None => folded.push(one),
        }
    }
    drafts.retain(|draft| !(draft.what == Generic::Poll && is_taken(scene, draft, &mut folded)));
    folded
}

/// Whether a recurring background rule absorbs a poll of its console. Adds the poll's events to that rule's signal.
fn is_taken(scene: &Scene<'_, '_>, poll: &Draft, found: &mut [Found]) -> bool {
    let near = |one: &Found| {
        let (first, last) =
            (one.first().max(poll.anchor), one.last().min(poll.members.last().copied().unwrap_or_default()));
        first <= last || scene.seconds_between(last, first) <= LONGEST_SILENCE_S
    };
    let is_own = |one: &&mut Found| {
        scene.rules.rule(one.rule).recurs && scene.console(one.anchor) == scene.console(poll.anchor) && near(one)
    };
    let Some(taker) = found.iter_mut().find(is_own) else { return false };
    taker.members.extend(poll.members.iter().map(|event| (*event, Role::Merged)));
    taker.members.sort_unstable();
    true
}

/// Merges the polls of one console, whatever their periods. The first poll determines the interval.
fn polls(scene: &Scene<'_, '_>, beats: Vec<Draft>) -> Vec<Draft> {
    let mut polls: Vec<Draft> = Vec::new();
    for beat in beats {
        let is_same = |poll: &&mut Draft| {
            let (last, next) = (poll.members.last().copied().unwrap_or_default(), beat.anchor);
            scene.console(poll.anchor) == scene.console(beat.anchor)
                && scene.seconds_between(last, next) <= LONGEST_SILENCE_S
        };
        match polls.iter_mut().rev().find(is_same) {
            Some(poll) => poll.members.extend(beat.members),
            None => polls.push(beat),
        }
    }
    for poll in &mut polls {
        poll.members.sort_unstable();
        let times = scene.bursts(&poll.members, |_| ()).len();
        if let Some(rhythm) = &mut poll.rhythm {
            rhythm.times = times;
        }
    }
    polls
}

/// The commands typed in `CloudShell` among these events.
pub(super) fn shell(scene: &Scene<'_, '_>, events: impl Iterator<Item = usize>) -> Vec<Draft> {
    let shell: Vec<usize> = events.filter(|event| is_shell(scene.events[*event].row.client)).collect();
    command::sort(scene, &shell)
}

/// The commands typed outside `CloudShell`, if the session has shown more console evidence than its sign-in by the end
/// of the stretch. A program that signs in to the console is still a program.
pub(super) fn typed(rules: &RuleSet, stretch: &StretchRows<'_>) -> Vec<Signal> {
    if !stretch.shown.in_console || rules.generic(Generic::Command).is_none() {
        return Vec::new();
    }
    let events = prepare::typed(rules, &stretch.rows);
    let all: Vec<usize> = (0..events.len()).collect();
    let scene = Scene { rules, events: &events };
    let drafts = command::sort(&scene, &all);
    signals(&scene, stretch.session_id, &drafts, &[])
}

/// Whether an event shows that a person used the console beyond signing in.
pub(super) fn shows_console(row: &Row<'_>) -> bool {
    is_told(row.client) && !row.call.starts_with("signin:")
}

/// Whether events of this client produce signals here. Services act on their own, and calls of command lines and
/// programs are handled separately.
const fn is_told(client: Client) -> bool {
    !matches!(client, Client::Service | Client::Cli | Client::Sdk | Client::Agent)
}

pub(super) const fn is_shell(client: Client) -> bool {
    matches!(client, Client::CloudShell)
}
