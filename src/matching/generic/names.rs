//! Entities named by the calls of a signal: from the table of calls for changes, else from the requests.

use super::Scene;
use crate::call;
use crate::json::Json;
use crate::matching::describe;
use crate::signal::Entity;

/// The maximum number of entities of a signal.
const MOST: usize = 50;
/// A longer text is a document, not a name.
const LONGEST: usize = 300;
/// The maximum depth at which names are looked up. Deeper members are settings.
const DEEPEST: usize = 6;

/// The entities that these events name.
pub(super) fn of(scene: &Scene<'_, '_>, events: &[usize]) -> Vec<Entity> {
    let mut named = Vec::new();
    for event in events {
        if scene.changes(*event) {
            for entity in call::Table::shipped().describe(&scene.events[*event].call()).entities {
                if named.len() < MOST {
                    describe::add(&mut named, &entity.kind, &entity.value, scene.events[*event].row.event_id);
                }
            }
        } else {
            collect(scene, *event, scene.events[*event].request().value(), &mut named);
        }
    }
    named
}

fn collect(scene: &Scene<'_, '_>, event: usize, value: Json<'_>, named: &mut Vec<Entity>) {
    let Some(members) = value.as_object() else { return };
    let event_id = scene.events[event].row.event_id;
    let mut see = |kind: String, value: &str| {
        if named.len() < MOST {
            describe::add(named, &kind, value, event_id);
        }
    };
    members.iter().for_each(|(member, value)| walk(scene, member, value, DEEPEST, &mut see));
}

fn walk(scene: &Scene<'_, '_>, member: &str, value: Json<'_>, depth: usize, see: &mut impl FnMut(String, &str)) {
    let words = scene.rules.words();
    match value {
        Json::String(text) if !text.is_empty() && text.len() <= LONGEST => {
            if let Some(kind) = words.names(member) {
                see(kind.into_owned(), text);
            }
        }
        Json::Array(elements) if depth > 0 => {
            for element in elements.iter() {
                walk(scene, member, element, depth - 1, see);
            }
        }
        Json::Object(members) if depth > 0 && !words.is_ignored(member) => {
            members.iter().for_each(|(member, value)| walk(scene, member, value, depth - 1, see));
        }
        _ => {}
    }
}
