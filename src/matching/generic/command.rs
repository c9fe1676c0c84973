//! Commands: what was typed, in `CloudShell` or with the same identity elsewhere. Pages of one answer are one command.

use serde_json::Value;

use super::{Draft, Scene};
use crate::rule::generic::Generic;

const CONFIDENCE: f64 = 0.9;

/// Each command, with the events that are further pages of it.
pub(super) fn sort(scene: &Scene<'_, '_>, events: &[usize]) -> Vec<Draft> {
    let key = |event: usize| {
        let row = scene.events[event].row;
        (row.call, row.region, row.user_agent, row.error_code, unpaged(scene, scene.events[event].request.value()))
    };
    let mut drafts = Vec::new();
    for burst in scene.bursts(events, key) {
        // The same request again without a page to ask for is the same command again.
        let mut commands: Vec<Vec<usize>> = Vec::new();
        for event in burst {
            match commands.last_mut() {
                Some(command) if is_page(scene, event) => command.push(event),
                _ => commands.push(vec![event]),
            }
        }
        drafts.extend(commands.into_iter().map(|members| Draft::new(Generic::Command, members, CONFIDENCE)));
    }
    drafts
}

/// The request without the members that only say which part is asked for.
fn unpaged(scene: &Scene<'_, '_>, request: &Value) -> Value {
    let mut request = request.clone();
    if let Some(members) = request.as_object_mut() {
        members.retain(|member, _| !scene.rules.words().is_paging(member));
    }
    if request.as_object().is_some_and(serde_json::Map::is_empty) { Value::Null } else { request }
}

fn is_page(scene: &Scene<'_, '_>, event: usize) -> bool {
    let members = scene.events[event].request.value().as_object();
    members.is_some_and(|members| members.keys().any(|member| scene.rules.words().is_paging(member)))
}
