//! What exact shapes prove without a search: one page that explains a whole burst.
//!
//! A page of many calls, each in a shape that hardly any other page makes, and nothing else around it: no other
//! explanation can be cheaper. Most bursts of a console that the catalogue knows are of this kind, and need no search.

use super::claim::Found;
use super::scene::Scene;
use crate::rule::RuleSet;
use crate::rule::shape::ShapeId;
use crate::signal::Kind;

/// Nothing else may come so many seconds before or after.
const APART_S: i64 = 2;
/// A page of fewer events is no proof.
const LEAST_EVENTS: usize = 5;
/// Exact shapes prove a page from here on: about three that only this page makes.
const LEAST_EVIDENCE: f64 = 2.0;

/// How much exact shapes prove: each counts the more the fewer rules make it.
pub(super) fn evidence(rules: &RuleSet, shapes: impl Iterator<Item = ShapeId>) -> f64 {
    let mut shapes: Vec<ShapeId> = shapes.collect();
    shapes.sort_unstable();
    shapes.dedup();
    shapes.into_iter().map(|shape| rules.worth(shape)).sum()
}

/// For each signal that exact shapes give whether it needs no search.
pub(super) fn proven(scene: &Scene<'_, '_>, letter: &[Found]) -> Vec<bool> {
    let mut owner = vec![None; scene.events.len()];
    for (at, found) in letter.iter().enumerate() {
        found.members.iter().for_each(|(event, _)| owner[*event] = Some(at));
    }
    let is_background = |at: usize| scene.rules.rule(letter[at].rule).kind == Kind::Background;
    let is_proven = |(at, found): (usize, &Found)| {
        if is_background(at) || found.members.len() < LEAST_EVENTS {
            return false;
        }
        let shapes = found.members.iter().filter_map(|(event, _)| scene.events[*event].shape);
        evidence(scene.rules, shapes) >= LEAST_EVIDENCE
            && around(scene, found).all(|event| owner[event].is_some_and(|other| other == at || is_background(other)))
    };
    let mut proven: Vec<bool> = letter.iter().enumerate().map(is_proven).collect();
    // The background that comes along with nothing but proven pages needs no search either.
    for (at, found) in letter.iter().enumerate().filter(|(at, _)| is_background(*at)) {
        let is_settled = |event: usize| owner[event].is_some_and(|other| other == at || proven[other]);
        let beside = around(scene, found).any(|event| owner[event] != Some(at));
        proven[at] = beside && around(scene, found).all(is_settled);
    }
    proven
}

/// The events from a little before a signal to a little after it.
fn around(scene: &Scene<'_, '_>, found: &Found) -> impl Iterator<Item = usize> {
    let events = scene.events;
    let from = events[found.first()].time().plus_seconds(-APART_S);
    let until = events[found.last()].time().plus_seconds(APART_S);
    let start = events[..found.first()].partition_point(|event| event.time() < from);
    let end = found.last() + events[found.last()..].partition_point(|event| event.time() <= until);
    start..end
}
