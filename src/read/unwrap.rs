//! JSON text to record texts, whatever they are wrapped in.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::athena;
use super::container::Container;
use super::error::Refusal;
use super::foreign;
use super::found::{Found, Item};
use super::ocsf;
use super::scan::{self, Damage};
use super::shape::{Members, Shape};

/// Layers of wrapping that are taken off. Deliveries nest four (queue, topic, event bus, `detail`); a list of them and
/// the document's own list count too.
const MAX_DEPTH: usize = 6;

/// Lists that are read item by item, so that a file that is cut off gives the items before the cut.
const LISTS: [(&str, Container); 3] =
    [("Records", Container::Records), ("Events", Container::LookupEvents), ("logEvents", Container::CloudWatchLogs)];

/// The value that begins at `at`: what is in it goes to `found`, and the byte after it comes back.
///
/// Damage inside a list is an item; damage of the value itself is an error, and nothing of it was found.
pub(super) fn value<'t>(text: &'t str, at: usize, depth: usize, found: &mut Found<'t>) -> Result<usize, Damage> {
    match text.as_bytes().get(at) {
        Some(b'{') => match scan::first_list(text, at, "Records").filter(|_| depth < MAX_DEPTH) {
            Some(open) => Ok(list(text, open, depth, Container::Records, found)),
            None => whole_object(text, at, depth, found),
        },
        Some(b'[') if depth < MAX_DEPTH => Ok(bare_list(text, at, depth, found)),
        _ => other(text, at, depth, found),
    }
}

fn whole_object<'t>(text: &'t str, at: usize, depth: usize, found: &mut Found<'t>) -> Result<usize, Damage> {
    let damage = match Shape::read(text, at) {
        Ok((shape, end)) => {
            object(&text[at..end], &shape, depth, found);
            return Ok(end);
        }
        Err(damage) => damage,
    };
    let open = |(key, container)| scan::any_list(text, at, key).map(|open| (open, container));
    match LISTS.into_iter().find_map(open).filter(|_| damage.cut && depth == 0) {
        Some((open, container)) => Ok(list(text, open, depth, container, found)),
        None => Err(damage),
    }
}

/// The list that is the first member of an object, and the object's end.
fn list<'t>(text: &'t str, open: usize, depth: usize, container: Container, found: &mut Found<'t>) -> usize {
    found.container.get_or_insert(container);
    let end = elements(text, open, depth, found);
    let closed = scan::skip_space(text, end);
    if text[closed..].starts_with('}') {
        return closed + 1;
    }
    // The list may have been cut, and said so; or the object has more members, which hold no records.
    scan::closing(text, end, 1).unwrap_or(text.len())
}

fn bare_list<'t>(text: &'t str, open: usize, depth: usize, found: &mut Found<'t>) -> usize {
    let before = found.container;
    let end = elements(text, open, depth, found);
    if before.is_none() && matches!(found.container, None | Some(Container::Object)) {
        found.container = Some(Container::Array);
    }
    end
}

/// The items of the list that opens at `open`. A damaged item costs itself alone, if its end can be told.
fn elements<'t>(text: &'t str, open: usize, depth: usize, found: &mut Found<'t>) -> usize {
    let mut at = scan::skip_space(text, open + 1);
    while !text[at..].starts_with(']') {
        at = match value(text, at, depth + 1, found) {
            Ok(end) => end,
            Err(damage) => {
                let end = scan::closing(text, at, 0).filter(|_| !damage.cut);
                found.broken(damage.cause, &text[at..end.unwrap_or(text.len())]);
                match end {
                    Some(end) => end,
                    None => return text.len(),
                }
            }
        };
        at = scan::skip_space(text, at);
        match text.as_bytes().get(at) {
            Some(b',') => at = scan::skip_space(text, at + 1),
            Some(b']') => break,
            Some(_) => {
                found.broken(format!("broken JSON at byte {at}: expected `,` or `]`"), &text[at..]);
                return text.len();
            }
            None => {
                found.broken(format!("cut off: the list is not closed at byte {at}"), "");
                return text.len();
            }
        }
    }
    at + 1
}

/// A string that holds JSON, or a value that can hold no record.
fn other<'t>(text: &'t str, at: usize, depth: usize, found: &mut Found<'t>) -> Result<usize, Damage> {
    let (raw, end) = scan::value::<&'t RawValue>(text, at)?;
    let mut inner = Found::default();
    if raw.get().starts_with('"') {
        string(raw.get(), depth, &mut inner);
    }
    if inner.items.is_empty() && depth == 0 {
        // Text among values, such as a line that lost its beginning: all of it is one damage.
        return Err(Damage { cause: format!("no JSON object at byte {at}"), scanned: end - at, cut: false });
    } else if inner.items.is_empty() {
        let deep = raw.get().starts_with(['{', '[']);
        found.foreign(if deep { Refusal::TooDeep } else { foreign::json(raw.get()) }, raw.get());
    } else {
        found.absorb(inner, Container::StringMember);
    }
    Ok(end)
}

fn object<'t>(text: &'t str, shape: &Shape<'t>, depth: usize, found: &mut Found<'t>) {
    if shape.is_record() {
        record(text, shape, found);
    } else if shape.is_ocsf() {
        match ocsf::record(text) {
            Ok(json) => found.record(Cow::Owned(json), Container::Ocsf),
            Err(what) => found.foreign(what, text),
        }
    } else if shape.is_athena() {
        match athena::record(text) {
            Ok(json) => found.record(Cow::Owned(json), Container::Athena),
            Err(what) => found.foreign(what, text),
        }
    } else if let Some(what) = foreign::pointer(shape) {
        found.foreign(what, text);
    } else if depth >= MAX_DEPTH {
        found.foreign(Refusal::TooDeep, text);
    } else {
        members(text, shape, depth, found);
    }
}

/// One record. Logstash moves `eventTime` to `@timestamp`: it is written back, and `@timestamp` stays.
fn record<'t>(text: &'t str, shape: &Shape<'t>, found: &mut Found<'t>) {
    match shape.at_timestamp.filter(|_| !shape.members.contains(Members::EVENT_TIME)) {
        Some(time) => {
            let json = format!("{{\"eventTime\":{time},{}", &text[1..]);
            found.record(Cow::Owned(json), Container::Logstash);
        }
        None => found.record(Cow::Borrowed(text), Container::Object),
    }
}

/// Takes the first member that gives records; if none does, says what the object is, or what is broken in it.
fn members<'t>(text: &'t str, shape: &Shape<'t>, depth: usize, found: &mut Found<'t>) {
    let mut told: Option<Refusal> = None;
    let mut broken = Vec::new();
    for (container, raw) in &shape.wrapped {
        let inner = member(raw, depth);
        if inner.has_records() || (inner.items.is_empty() && inner.container.is_some()) {
            return found.absorb(inner, *container);
        }
        for item in inner.items {
            match item {
                Item::Foreign(what, _) if what.is_specific() || what == Refusal::TooDeep => {
                    told.get_or_insert(what);
                }
                Item::Broken(..) => broken.push(item),
                _ => {}
            }
        }
    }
    match told.or_else(|| foreign::envelope(shape)) {
        Some(what) => found.foreign(what, text),
        None if broken.is_empty() => found.foreign(foreign::json(text), text),
        None => found.items.append(&mut broken),
    }
}

/// What a member's value holds: an object, a list, or either as a string.
fn member(raw: &str, depth: usize) -> Found<'_> {
    let mut inner = Found::default();
    match raw.as_bytes().first() {
        Some(b'"') => string(raw, depth, &mut inner),
        // The value was read once, so it is whole.
        Some(b'{' | b'[') => {
            let _end = value(raw, 0, depth + 1, &mut inner);
        }
        _ => {}
    }
    inner
}

/// The records in a JSON string's text, if that is JSON itself.
fn string(raw: &str, depth: usize, found: &mut Found<'_>) {
    let Ok(text) = serde_json::from_str::<String>(raw) else { return };
    if text.trim_start().starts_with(['{', '[']) {
        let inner = super::stream::read(&text, depth + 1).found.into_owned();
        found.container = inner.container;
        found.items.extend(inner.items);
    }
}
