//! Entities named by a signal's calls: from the table of calls for changes, otherwise from the requests.

use super::PreparedStretch;
use crate::call;
use crate::json::Json;
use crate::matching::describe::EntityList;
use crate::signal::SignalEntity;

/// The maximum number of entities in a signal.
const MAX_ENTITIES: usize = 50;
/// A longer text is a document, not a name.
const MAX_LENGTH: usize = 300;
/// The maximum depth at which names are looked up. Deeper members are settings.
const MAX_DEPTH: usize = 6;

/// The entities that these events name.
pub(super) fn of(stretch: &PreparedStretch<'_, '_>, events: &[usize]) -> Vec<SignalEntity> {
    let mut named = EntityList::default();
    for event in events {
        if stretch.changes(*event) {
            for entity in call::CallTable::shipped().describe(&stretch.events[*event].call()).entities {
                if named.list.len() < MAX_ENTITIES {
                    named.add(&entity.kind, &entity.value, stretch.events[*event].row.event_id);
                }
            }
        } else {
            collect(stretch, *event, stretch.events[*event].request().value(), &mut named);
        }
    }
    named.list
}

fn collect(stretch: &PreparedStretch<'_, '_>, event: usize, value: Json<'_>, named: &mut EntityList) {
    let Some(members) = value.as_object() else { return };
    let event_id = stretch.events[event].row.event_id;
    let mut add = |kind: String, value: &str| {
        if named.list.len() < MAX_ENTITIES {
            named.add(&kind, value, event_id);
        }
    };
    members.iter().for_each(|(member, value)| walk(stretch, member, value, MAX_DEPTH, &mut add));
}

fn walk(
    stretch: &PreparedStretch<'_, '_>,
    member: &str,
    value: Json<'_>,
    depth: usize,
    add: &mut impl FnMut(String, &str),
) {
    let words = stretch.rules.words();
    match value {
        Json::String(text) if !text.is_empty() && text.len() <= MAX_LENGTH => {
            if let Some(kind) = words.names(member) {
                add(kind.into_owned(), text);
            }
        }
        Json::Array(elements) if depth > 0 => {
            for element in elements.iter() {
                walk(stretch, member, element, depth - 1, add);
            }
        }
        Json::Object(members) if depth > 0 && !words.is_ignored(member) => {
            members.iter().for_each(|(member, value)| walk(stretch, member, value, depth - 1, add));
        }
        _ => {}
    }
}
