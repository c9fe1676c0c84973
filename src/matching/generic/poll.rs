//! Polls, told by their rhythm: one request that is repeated by itself at a steady interval.

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use super::{Draft, Rhythm, Scene};
use crate::matching::burst::PAUSE_S;
use crate::rule::generic::Generic;

/// Pages that were left open ask again after one to ten minutes.
const INTERVALS_S: std::ops::RangeInclusive<i64> = 60..=600;
/// So many repetitions are a rhythm.
const LEAST: usize = 3;
/// An interval may differ by so many seconds, or by a tenth of it.
const SLACK_S: i64 = 5;
const CONFIDENCE: f64 = 0.8;

/// Takes the polls out of the free events. Requests that repeat together are one poll.
pub(super) fn sort(scene: &Scene<'_, '_>, free: Vec<usize>) -> (Vec<Draft>, Vec<usize>) {
    let mut requests: IndexMap<(&str, &str, Option<&str>), Vec<usize>> = IndexMap::new();
    for event in free.iter().filter(|event| !scene.changes(**event)) {
        let ready = &scene.events[*event];
        requests.entry((ready.row.call, ready.request().compact(), ready.row.region)).or_default().push(*event);
    }
    let often = requests.values().filter(|events| events.len() >= LEAST);
    let mut polls: Vec<Draft> = often.flat_map(|events| runs(scene, events)).collect();
    polls.sort_by_key(|poll| poll.members.first().copied());
    let polls = together(scene, polls);
    let polled: FxHashSet<usize> = polls.iter().flat_map(|poll| poll.members.iter().copied()).collect();
    let rest = free.into_iter().filter(|event| !polled.contains(event)).collect();
    (polls, rest)
}

/// The stretches of one request's events that keep a rhythm.
fn runs(scene: &Scene<'_, '_>, events: &[usize]) -> Vec<Draft> {
    let beats = scene.bursts(events, |_| ());
    let gap = |beat: usize| scene.seconds_between(beats[beat][0], beats[beat + 1][0]);
    let mut runs = Vec::new();
    let mut start = 0;
    while start + 1 < beats.len() {
        let every_s = gap(start);
        let mut end = start + 1;
        while end + 1 < beats.len() && is_near(gap(end), every_s) {
            end += 1;
        }
        let times = end - start + 1;
        if INTERVALS_S.contains(&every_s) && times >= LEAST {
            let rhythm = Some(Rhythm { times, every_s });
            let members = beats[start..=end].concat();
            runs.push(Draft { rhythm, ..Draft::new(Generic::Poll, members, CONFIDENCE) });
            start = end;
        }
        start += 1;
    }
    runs
}

fn is_near(interval: i64, other: i64) -> bool {
    interval.abs_diff(other) <= SLACK_S.max(other / 10).unsigned_abs()
}

/// Makes one of the polls that begin together in one console and keep the same rhythm; they are in order.
fn together(scene: &Scene<'_, '_>, polls: Vec<Draft>) -> Vec<Draft> {
    let mut merged: Vec<Draft> = Vec::new();
    for poll in polls {
        match merged.iter_mut().rev().find(|other| are_one(scene, other, &poll)) {
            Some(other) => {
                other.members.extend(poll.members);
                other.members.sort_unstable();
            }
            None => merged.push(poll),
        }
    }
    merged
}

fn are_one(scene: &Scene<'_, '_>, one: &Draft, other: &Draft) -> bool {
    let (Some(first), Some(second)) = (one.members.first(), other.members.first()) else { return false };
    let (Some(rhythm), Some(next)) = (one.rhythm, other.rhythm) else { return false };
    scene.seconds_between(*first, *second) < PAUSE_S
        && scene.console(*first) == scene.console(*second)
        && is_near(next.every_s, rhythm.every_s)
        && next.times.abs_diff(rhythm.times) <= 1
}
