//! Simulates how the console changes over the years, in degrees. Each degree includes the previous ones.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::session::{Event, Session};

/// The degree of aging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Degree {
    /// Different page sizes, and an additional member in a third of the requests.
    Sizes,
    /// A tenth of the secondary calls removed, a tenth delayed by 1-2 s, and unknown calls added.
    Calls,
    /// Back-end user agents renamed, and a quarter of the request members renamed or removed.
    Members,
    /// A tenth of the values written with a different type, and a twentieth of the calls replaced by a successor.
    Successors,
}

/// The session in the form that a console of that age would have produced.
pub(crate) fn age(session: &Session, degree: Degree, seed: u64) -> Session {
    let mut rng = Rng::with_seed(seed);
    let mut aged = session.clone();
    if degree >= Degree::Sizes {
        aged.events.iter_mut().for_each(|event| grow(&mut event.request, &mut rng));
    }
    if degree >= Degree::Calls {
        lose_calls(&mut aged, &mut rng);
        aged.events.iter_mut().for_each(|event| delay(event, &mut rng));
        add_calls(&mut aged, &mut rng);
    }
    if degree >= Degree::Members {
        rename_agents(&mut aged, &mut rng);
        aged.events.iter_mut().for_each(|event| rename_members(&mut event.request, &mut rng));
    }
    if degree >= Degree::Successors {
        aged.events.iter_mut().for_each(|event| rewrite(&mut event.request, &mut rng));
        move_calls(&mut aged, &mut rng);
    }
    aged
}

/// True with a probability of one in `times`.
fn once_in(times: usize, rng: &mut Rng) -> bool {
    rng.usize(0..times) == 0
}

/// Changes page sizes, and adds a member to a third of the requests.
fn grow(request: &mut Value, rng: &mut Rng) {
    const SIZES: [u32; 5] = [15, 30, 75, 250, 499];
    resize(request, SIZES[rng.usize(0..SIZES.len())]);
    if once_in(3, rng) {
        if request.is_null() {
            *request = json!({});
        }
        let members = if rng.bool() { innermost(request) } else { request.as_object_mut() };
        if let Some(members) = members {
            members.insert(format!("clientContext{}", rng.u8(0..4)), json!("console"));
        }
    }
}

/// The innermost object in a chain of single-member objects, as in `{"DescribeHostsRequest": {…}}`.
fn innermost(value: &mut Value) -> Option<&mut Map<String, Value>> {
    let members = value.as_object_mut()?;
    let wraps = members.len() == 1 && members.values().all(Value::is_object);
    if wraps { members.values_mut().next().and_then(innermost) } else { Some(members) }
}

fn resize(value: &mut Value, size: u32) {
    let Some(members) = value.as_object_mut() else { return };
    for (name, value) in members.iter_mut() {
        match value {
            Value::Number(_) if is_size(name) => *value = json!(size),
            Value::String(text) if is_size(name) && text.parse::<u64>().is_ok() => *value = json!(size.to_string()),
            _ => resize(value, size),
        }
    }
}

fn is_size(name: &str) -> bool {
    let name = name.to_lowercase();
    ["max", "limit", "size", "perpage"].iter().any(|part| name.contains(part))
}

/// Removes a tenth of the calls that are not the anchor of a click.
fn lose_calls(session: &mut Session, rng: &mut Rng) {
    let anchors: BTreeSet<&str> = session.clicks.iter().map(|click| click.anchor.as_str()).collect();
    session.events.retain(|event| anchors.contains(event.id.as_str()) || !once_in(10, rng));
}

fn delay(event: &mut Event, rng: &mut Rng) {
    if once_in(10, rng) {
        event.time = event.time.plus_seconds(rng.i64(1..=2));
    }
}

/// Adds a call that no page is known to make after every eighth event.
fn add_calls(session: &mut Session, rng: &mut Rng) {
    const CALLS: [&str; 4] = ["ListConsoleHints", "GetFeatureFlags", "DescribeWidgets", "ListPinnedItems"];
    let mut added = Vec::new();
    for (index, event) in session.events.iter().enumerate().filter(|(index, _)| index % 8 == 7) {
        let service = event.call.split(':').next().unwrap();
        let call = format!("{service}:{}", CALLS[rng.usize(0..CALLS.len())]);
        added.push(Event {
            id: format!("new-{index}"),
            call,
            request: json!({}),
            response: Value::Null,
            ..event.clone()
        });
    }
    session.events.extend(added);
    session.events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
}

/// Renames each back end's user agent. Browsers and command lines keep theirs.
fn rename_agents(session: &mut Session, rng: &mut Rng) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for agent in session.events.iter_mut().filter_map(|event| event.agent.as_mut()) {
        if !agent.starts_with("Mozilla/") && !agent.contains("CloudShell") && !agent.starts_with("aws-cli/") {
            let new = names.entry(agent.clone()).or_insert_with(|| format!("aws-webapp-{}/2.0", rng.u16(..)));
            agent.clone_from(new);
        }
    }
}

/// Removes an eighth of the members, and renames an eighth.
fn rename_members(request: &mut Value, rng: &mut Rng) {
    let members = if rng.bool() { innermost(request) } else { request.as_object_mut() };
    let Some(members) = members else { return };
    let aged = std::mem::take(members).into_iter().filter_map(|(name, value)| match rng.u8(0..8) {
        0 => None,
        1 => Some((format!("{name}V2"), value)),
        _ => Some((name, value)),
    });
    *members = aged.collect::<Map<String, Value>>();
}

/// Changes the type of a tenth of the scalars: numbers become text, and numerals become numbers.
fn rewrite(value: &mut Value, rng: &mut Rng) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| rewrite(value, rng)),
        Value::Array(elements) => elements.iter_mut().for_each(|value| rewrite(value, rng)),
        Value::Number(number) if once_in(10, rng) => *value = json!(number.to_string()),
        Value::String(text) if once_in(10, rng) => {
            if let Ok(number) = text.parse::<i64>() {
                *value = json!(number);
            }
        }
        _ => {}
    }
}

/// Replaces a twentieth of the calls, and all their occurrences, with successors.
fn move_calls(session: &mut Session, rng: &mut Rng) {
    let calls: BTreeSet<String> = session.events.iter().map(|event| event.call.clone()).collect();
    let moved: BTreeSet<String> = calls.into_iter().filter(|_| once_in(20, rng)).collect();
    for event in session.events.iter_mut().filter(|event| moved.contains(&event.call)) {
        event.call.push_str("V2");
    }
}
