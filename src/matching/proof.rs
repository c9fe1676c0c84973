//! Accepts exact matches without a search, if a page explains a whole burst.
//!
//! A page with many calls in shapes that hardly any other page uses, with no other events around it, has no cheaper
//! explanation. In a console that the catalog knows, most bursts are of this kind.
//!
//! If exact shapes explain nearly all of a session, the remaining matches are accepted as well: the catalog then knows
//! this version of the console, and an event that matches a page belongs to that page.

use super::claim::MatchedSignal;
use super::decode::count;
use super::prepared::{Prepared, PreparedStretch};
use crate::rule::RuleSet;
use crate::rule::shape::ShapeId;
use crate::signal::Kind;

/// No other event may occur within this many seconds before or after.
const APART_S: i64 = 2;
/// The minimum number of events that a page needs to be accepted.
const MIN_EVENTS: usize = 5;
/// The minimum evidence for acceptance: about three shapes that only this page uses.
const MIN_EVIDENCE: f64 = 2.0;

/// The evidence from shapes: the fewer rules use a shape, the more it counts.
pub(super) fn evidence(rules: &RuleSet, shapes: impl Iterator<Item = ShapeId>) -> f64 {
    let mut shapes: Vec<ShapeId> = shapes.collect();
    shapes.sort_unstable();
    shapes.dedup();
    shapes.into_iter().map(|shape| rules.evidence_of(shape)).sum()
}

/// The minimum share of events that exact shapes explain in a session that the catalog knows.
const MIN_EXPLAINED: f64 = 0.9;
/// The minimum share for likely shapes, among events whose calls are in the catalog.
const MIN_EXPLAINED_BY_LIKELY_SHAPES: f64 = 0.95;
/// This many unexplained events are added to the count, because a few events may be explained by chance.
const EXTRA_EVENTS: f64 = 2.0;

/// Whether the catalog knows the console of a stretch, that is, exact shapes explain nearly all of it. In that case no
/// page is missing from the catalog, and exact matches need no search.
pub(super) fn is_known(stretch: &PreparedStretch<'_, '_>, exact_matches: &[MatchedSignal]) -> bool {
    explains(stretch, exact_matches, MIN_EXPLAINED, |_| true)
}

/// Like [`is_known`], for matches by likely shapes: a console from another year, whose requests differ slightly.
pub(super) fn is_known_by_likely_shapes(stretch: &PreparedStretch<'_, '_>, exact_matches: &[MatchedSignal]) -> bool {
    explains(stretch, exact_matches, MIN_EXPLAINED_BY_LIKELY_SHAPES, |event| event.known_call.is_some())
}

/// Whether matches explain at least a given share of the counted events. Typed commands are not counted.
fn explains(
    stretch: &PreparedStretch<'_, '_>,
    exact_matches: &[MatchedSignal],
    share: f64,
    is_counted: impl Fn(&Prepared<'_>) -> bool,
) -> bool {
    let is_counted = |event: &&Prepared<'_>| !event.is_shell() && is_counted(event);
    let members = exact_matches.iter().flat_map(|found| &found.members).map(|(event, _)| &stretch.events[*event]);
    let (explained, all) = (members.filter(is_counted).count(), stretch.events.iter().filter(is_counted).count());
    count(explained) >= share * (count(all) + EXTRA_EVENTS)
}

/// For each exact match, whether it is accepted without a search.
pub(super) fn proven(stretch: &PreparedStretch<'_, '_>, exact_matches: &[MatchedSignal]) -> Vec<bool> {
    let mut owner = vec![None; stretch.events.len()];
    for (at, found) in exact_matches.iter().enumerate() {
        found.members.iter().for_each(|(event, _)| owner[*event] = Some(at));
    }
    let is_background = |at: usize| stretch.rules.rule(exact_matches[at].rule).kind == Kind::Background;
    let is_proven = |(at, found): (usize, &MatchedSignal)| {
        if is_background(at) || !is_exact(stretch, found) || found.members.len() < MIN_EVENTS {
            return false;
        }
        let shapes = found.members.iter().filter_map(|(event, _)| stretch.events[*event].shape);
        evidence(stretch.rules, shapes) >= MIN_EVIDENCE
            && around(stretch, found).all(|event| owner[event].is_some_and(|other| other == at || is_background(other)))
    };
    let mut proven: Vec<bool> = exact_matches.iter().enumerate().map(is_proven).collect();
    // Background activity that occurs only next to accepted pages also needs no search.
    for (at, found) in exact_matches.iter().enumerate().filter(|(at, _)| is_background(*at)) {
        let is_settled = |event: usize| owner[event].is_some_and(|other| other == at || proven[other]);
        let has_neighbors = around(stretch, found).any(|event| owner[event] != Some(at));
        proven[at] = has_neighbors && around(stretch, found).all(is_settled);
    }
    proven
}

/// Whether every event in a signal exactly matches a shape in its rule.
pub(super) fn is_exact(stretch: &PreparedStretch<'_, '_>, found: &MatchedSignal) -> bool {
    let is_own = |shape: ShapeId| stretch.rules.part(shape, found.matched_rule).is_some();
    found.members.iter().all(|(event, _)| stretch.events[*event].shape.is_some_and(is_own))
}

/// The events from shortly before a signal to shortly after it.
fn around(stretch: &PreparedStretch<'_, '_>, found: &MatchedSignal) -> impl Iterator<Item = usize> {
    let events = stretch.events;
    let from = events[found.first()].time().plus_seconds(-APART_S);
    let until = events[found.last()].time().plus_seconds(APART_S);
    let start = events[..found.first()].partition_point(|event| event.time() < from);
    let end = found.last() + events[found.last()..].partition_point(|event| event.time() <= until);
    start..end
}
