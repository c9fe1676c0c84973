//! Visits: reads of one service's console without a pause. A few of them beside a page are rather that page's.

use super::{Draft, Scene};
use crate::matching::claim::Found;
use crate::rule::generic::Generic;
use crate::signal::{Kind, Origin, Role};

/// A page's reads may come so many seconds before or after those it was recognised by.
const NEAR_S: i64 = 3;
/// So many reads are a few beside any page, however small.
const FEW: usize = 3;
/// Reads of so many calls make a visit likelier.
const SEVERAL: usize = 3;

/// Visits of several calls, of fewer, and reads beside a page.
const CONFIDENCE: [f64; 3] = [0.7, 0.5, 0.5];

/// Finds the visits. Reads beside a page of likeness become part of it; what was found to the letter stays as it is.
pub(super) fn sort(scene: &Scene<'_, '_>, reads: &[usize], found: &mut [Found]) -> Vec<Draft> {
    let key = |event: usize| (scene.console(event), scene.events[event].row.region);
    let mut drafts = Vec::new();
    for burst in scene.bursts(reads, key) {
        let beside =
            |origin: Origin| found.iter().position(|page| page.origin == origin && is_beside(scene, page, &burst));
        if let Some(page) = beside(Origin::Likeness) {
            let members = &mut found[page].members;
            members.extend(burst.iter().map(|event| (*event, Role::Merged)));
            members.sort_unstable();
        } else if beside(Origin::Letter).is_some() {
            drafts.push(Draft::new(Generic::Along, burst, CONFIDENCE[2]));
        } else {
            let several = calls(scene, &burst) >= SEVERAL;
            drafts.push(Draft::new(Generic::Visit, burst, CONFIDENCE[usize::from(!several)]));
        }
    }
    drafts
}

fn calls(scene: &Scene<'_, '_>, burst: &[usize]) -> usize {
    let mut calls: Vec<&str> = burst.iter().map(|event| scene.events[*event].row.call).collect();
    calls.sort_unstable();
    calls.dedup();
    calls.len()
}

/// Whether a burst is a small thing beside a page of the same console.
fn is_beside(scene: &Scene<'_, '_>, page: &Found, burst: &[usize]) -> bool {
    let (Some(first), Some(last)) = (burst.first(), burst.last()) else { return false };
    let rule = scene.rules.rule(page.rule);
    let is_click = rule.kind != Kind::Background && !rule.alone;
    let near =
        scene.seconds_between(page.last(), *first) <= NEAR_S && scene.seconds_between(*last, page.first()) <= NEAR_S;
    let console = scene.console(*first);
    let same = || page.members.iter().any(|(event, _)| scene.console(*event) == console);
    is_click && near && burst.len() <= page.members.len().max(FEW) && same()
}
