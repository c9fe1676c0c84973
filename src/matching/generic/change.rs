//! Changes: what was done is in the call itself, whatever the service.
//!
//! A call that is repeated without a pause, with the same outcome, is one action on several things: the console calls
//! once for each thing that was selected. A call that only labels what another one of the same moment made is told with
//! it, for the console asks for both on one form.

use super::{Draft, Scene};
use crate::rule::generic::Generic;

/// The trail itself says that something was changed.
const STATED: f64 = 0.9;
/// Only the verb says so.
const BY_VERB: f64 = 0.8;

/// Takes the changes out of the free events; the rest are reads.
pub(super) fn sort(scene: &Scene<'_, '_>, free: Vec<usize>) -> (Vec<Draft>, Vec<usize>) {
    let (changes, reads): (Vec<usize>, Vec<usize>) = free.into_iter().partition(|event| scene.changes(*event));
    let key = |event: usize| {
        let row = scene.events[event].row;
        (row.call, row.region, row.error_code)
    };
    let actions = labelled(scene, scene.bursts(&changes, key));
    (actions.into_iter().map(|members| draft(scene, members)).collect(), reads)
}

fn draft(scene: &Scene<'_, '_>, members: Vec<usize>) -> Draft {
    let first = members.first().copied().unwrap_or_default();
    let what = scene.verb(first).map_or(Generic::Change, |verb| verb.what);
    let confidence = if scene.events[first].row.read_only.is_some() { STATED } else { BY_VERB };
    Draft::new(what, members, confidence)
}

/// Puts labels to what they label: the action before, of the same service, without a pause.
fn labelled(scene: &Scene<'_, '_>, actions: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let mut told: Vec<Vec<usize>> = Vec::new();
    for action in actions {
        match told.iter_mut().rev().find(|other| labels(scene, &action, other)) {
            Some(other) => other.extend(action),
            None => told.push(action),
        }
    }
    told
}

fn labels(scene: &Scene<'_, '_>, action: &[usize], other: &[usize]) -> bool {
    let (Some(first), Some(before), Some(last)) = (action.first(), other.first(), other.last()) else { return false };
    let (row, of) = (scene.events[*first].row, scene.events[*before].row);
    let is_label = |event: usize| scene.rules.words().is_label(scene.name(event));
    is_label(*first)
        && !is_label(*before)
        && scene.service(*first) == scene.service(*before)
        && (row.region, row.error_code) == (of.region, of.error_code)
        && scene.seconds_between(*last, *first) < super::PAUSE_S
}
