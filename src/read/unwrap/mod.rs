//! Extracts record texts from JSON, regardless of what they are wrapped in.

pub(super) mod lines;
pub(super) mod stream;

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::json;
use crate::read::athena;
use crate::read::container::Container;
use crate::read::contents::{Contents, Item};
use crate::read::error::Refusal;
use crate::read::foreign;
use crate::read::ocsf;
use crate::read::packed;
use crate::read::rows;
use crate::read::scan::{self, Damage};
use crate::read::shape::{Members, Shape, wrapper};

/// The maximum number of wrappers. Deliveries have up to four (queue, topic, event bus, `detail`); a list of them, the
/// document's own list, and a search engine's wrappers also count.
const MAX_DEPTH: usize = 8;

/// Lists that are read item by item, so that a truncated file yields the items before the cut.
const LISTS: [(&str, Container); 3] =
    [("Records", Container::Records), ("Events", Container::LookupEvents), ("logEvents", Container::CloudWatchLogs)];

/// Reads the value that begins at `at`: adds its items to `contents`, and returns the offset after it.
///
/// Damage inside a list becomes an item. Damage to the value itself is an error, and nothing from it is added.
pub(super) fn value<'t>(text: &'t str, at: usize, depth: usize, contents: &mut Contents<'t>) -> Result<usize, Damage> {
    match text.as_bytes().get(at) {
        Some(b'{') => {
            if let Some(open) = scan::first_list(text, at, "Records").filter(|_| depth < MAX_DEPTH) {
                return Ok(list(text, open, depth, Container::Records, contents));
            }
            let damage = match Shape::read(text, at) {
                Ok((shape, end)) => {
                    object(&text[at..end], shape, depth, contents);
                    return Ok(end);
                }
                Err(damage) => damage,
            };
            let open = |(key, container)| scan::any_list(text, at, key).map(|open| (open, container));
            match LISTS.into_iter().find_map(open).filter(|_| damage.cut && depth == 0) {
                Some((open, container)) => Ok(list(text, open, depth, container, contents)),
                None => Err(damage),
            }
        }
        Some(b'[') if depth < MAX_DEPTH => Ok(bare_list(text, at, depth, contents)),
        _ => other(text, at, depth, contents),
    }
}

/// Reads the list that is the first member of an object, up to the object's end.
fn list<'t>(text: &'t str, open: usize, depth: usize, container: Container, contents: &mut Contents<'t>) -> usize {
    contents.container.get_or_insert(container);
    let end = elements(text, open, depth, contents);
    let closed = scan::skip_space(text, end);
    if text[closed..].starts_with('}') {
        return closed + 1;
    }
    // Either the list was truncated, which has been recorded, or the object has more members.
    more_members(text, closed, depth, contents)
}

/// Reads the members of an object after its list, up to the object's end.
fn more_members<'t>(text: &'t str, mut at: usize, depth: usize, contents: &mut Contents<'t>) -> usize {
    loop {
        at = scan::skip_space(text, at);
        match text.as_bytes().get(at) {
            Some(b'}') => return at + 1,
            Some(b',') => at = scan::skip_space(text, at + 1),
            _ => return scan::closing(text, at, 1).unwrap_or(text.len()),
        }
        let Ok((name, end)) = scan::value::<Cow<'_, str>>(text, at) else { continue };
        let colon = scan::skip_space(text, end);
        if !text[colon..].starts_with(':') {
            continue;
        }
        at = scan::skip_space(text, colon + 1);
        let mut inner = Contents::default();
        match value(text, at, depth + 1, &mut inner) {
            Ok(end) => at = end,
            Err(damage) => {
                contents.broken(damage.cause, &text[at..]);
                return scan::closing(text, at, 1).unwrap_or(text.len());
            }
        }
        if inner.has_records() {
            contents.absorb(inner, wrapper(&name).unwrap_or(Container::StringMember));
        }
    }
}

fn bare_list<'t>(text: &'t str, open: usize, depth: usize, contents: &mut Contents<'t>) -> usize {
    let before = contents.container;
    let end = elements(text, open, depth, contents);
    if before.is_none() && matches!(contents.container, None | Some(Container::Object)) {
        contents.container = Some(Container::Array);
    }
    end
}

/// Reads the items of the list that opens at `open`. Only a damaged item is lost, if its end or a record after it is
/// found.
fn elements<'t>(text: &'t str, open: usize, depth: usize, contents: &mut Contents<'t>) -> usize {
    let mut at = scan::skip_gap(text, open + 1);
    while !text[at..].starts_with(']') {
        at = match value(text, at, depth + 1, contents) {
            Ok(end) => end,
            Err(damage) => {
                if !scan::spend(damage.scanned) {
                    let cause = format!("{}; the file is too badly damaged to search for more records", damage.cause);
                    contents.broken(cause, &text[at..]);
                    return text.len();
                }
                let end = scan::closing(text, at, 0).filter(|_| !damage.cut);
                let mut patience = patience(text.len() - at);
                let limit = end.unwrap_or(text.len());
                if let Some(next) = next_record(text, at + 1, limit, depth + 1, &mut patience) {
                    contents.skipped(&damage.cause, &text[at..next]);
                    at = next;
                    continue;
                }
                contents.broken(damage.cause, &text[at..limit]);
                match end {
                    Some(end) => end,
                    None => return text.len(),
                }
            }
        };
        at = scan::skip_gap(text, at);
        match text.as_bytes().get(at) {
            Some(b',') => at = scan::skip_gap(text, at + 1),
            Some(b']') => break,
            // Only a comma is missing.
            Some(b'{') => {}
            Some(_) => {
                let cause = format!("broken JSON at byte {at}: expected `,` or `]`");
                let mut patience = patience(text.len() - at);
                let Some(next) = next_record(text, at, text.len(), depth + 1, &mut patience) else {
                    contents.broken(cause, &text[at..]);
                    return text.len();
                };
                contents.skipped(&cause, &text[at..next]);
                at = next;
            }
            None => {
                contents.broken(format!("truncated: the list is not closed at byte {at}"), "");
                return text.len();
            }
        }
    }
    at + 1
}

/// The number of bytes that may be read without finding a record, for input of this size.
pub(super) const fn patience(bytes: usize) -> usize {
    bytes.saturating_mul(4).saturating_add(1 << 16)
}

/// The offset of the next object in `from..to` that is a record or contains records: where to continue after damage.
/// `patience` is the number of bytes that may still be read without finding a record.
pub(super) fn next_record(text: &str, from: usize, to: usize, depth: usize, patience: &mut usize) -> Option<usize> {
    let mut at = from;
    while let Some(open) = memchr::memchr(b'{', text.as_bytes().get(at..to)?).map(|open| at + open) {
        at = open + 1;
        if !text[scan::skip_space(text, at)..].starts_with('"') {
            continue;
        }
        let spent = match Shape::read(text, open) {
            Ok((shape, end)) => {
                let mut inner = Contents::default();
                object(&text[open..end], shape, depth, &mut inner);
                if inner.has_records() {
                    return Some(open);
                }
                at = end;
                end - open
            }
            Err(damage) => damage.scanned,
        };
        *patience = patience.checked_sub(spent.max(1))?;
        if !scan::spend(spent.max(1)) {
            return None;
        }
    }
    None
}

/// Whether a text begins like a record, complete or not.
pub(super) fn is_begun(text: &str) -> bool {
    let names = ["\"eventVersion\"", "\"eventTime\"", "\"eventName\"", "\"userIdentity\"", "\"Records\""];
    let is_object = text.strip_prefix('{').is_some_and(|inner| inner.trim_start().starts_with('"'));
    is_object && names.iter().any(|name| text.contains(name))
}

/// A string that contains JSON, or a value that cannot contain a record.
fn other<'t>(text: &'t str, at: usize, depth: usize, contents: &mut Contents<'t>) -> Result<usize, Damage> {
    let (raw, end) = scan::value::<&'t RawValue>(text, at)?;
    let mut inner = Contents::default();
    if raw.get().starts_with('"') {
        string(raw.get(), depth, &mut inner);
    }
    if inner.items.is_empty() && depth == 0 {
        // Text between values, such as a line whose beginning is missing, counts as one damaged part.
        return Err(Damage { cause: format!("no JSON object at byte {at}"), scanned: end - at, cut: false });
    } else if inner.items.is_empty() {
        let deep = raw.get().starts_with(['{', '[']);
        contents.foreign(if deep { Refusal::TooDeep } else { foreign::json(raw.get()) }, raw.get());
    } else {
        contents.absorb(inner, Container::StringMember);
    }
    Ok(end)
}

fn object<'t>(text: &'t str, shape: Shape<'t>, depth: usize, contents: &mut Contents<'t>) {
    if shape.is_record() {
        record(text, shape, contents);
    } else if shape.is_ocsf() {
        made(ocsf::record(text), Container::Ocsf, text, contents);
    } else if shape.is_athena() {
        made(athena::record(text), Container::Athena, text, contents);
    } else if let Some(what) = foreign::pointer(&shape) {
        // A member that belongs to another format does not hide the records in the other members.
        let mut inner = Contents::default();
        if depth < MAX_DEPTH {
            members(text, &shape, depth, &mut inner);
        }
        if inner.has_records() {
            contents.container = contents.container.or(inner.container);
            contents.items.append(&mut inner.items);
        } else {
            contents.foreign(what, text);
        }
    } else if depth >= MAX_DEPTH {
        contents.foreign(Refusal::TooDeep, text);
    } else {
        members(text, &shape, depth, contents);
    }
}

/// Adds a record that was rebuilt from the text, or what the text is instead.
fn made<'t>(record: Result<String, Refusal>, container: Container, text: &'t str, contents: &mut Contents<'t>) {
    match record {
        Ok(json) => contents.record(Cow::Owned(json), container),
        Err(what) => contents.foreign(what, text),
    }
}

/// One record. Logstash moves `eventTime` to `@timestamp`: it is restored, and `@timestamp` is kept.
fn record<'t>(text: &'t str, shape: Shape<'t>, contents: &mut Contents<'t>) {
    if shape.is_irregular
        && let Some(repaired) = json::repaired(text)
        && let Ok((shape, _)) = Shape::read(&repaired, 0)
    {
        let mut inner = Contents::default();
        record(&repaired, Shape { is_irregular: false, ..shape }, &mut inner);
        let inner = inner.into_owned();
        contents.container = contents.container.or(inner.container);
        return contents.items.extend(inner.items);
    }
    if shape.is_flat(text) {
        return made(athena::flattened(text), Container::Object, text, contents);
    }
    match shape.at_timestamp.filter(|_| !shape.members.intersects(Members::EVENT_TIME | Members::SUMMARY)) {
        Some(time) => {
            let json = format!("{{\"eventTime\":{time},{}", &text[1..]);
            contents.record(Cow::Owned(json), Container::Logstash);
        }
        None if shape.is_irregular => contents.record(Cow::Borrowed(text), Container::Object),
        None => contents.walked_record(text, shape.level.finish(), Container::Object),
    }
}

/// Reads every member that contains records. If there are none, adds what the object is, or what is damaged in it.
fn members<'t>(text: &'t str, shape: &Shape<'t>, depth: usize, contents: &mut Contents<'t>) {
    let mut refusal: Option<Refusal> = None;
    let (mut broken, mut empty, mut has_records) = (Vec::new(), None, false);
    for (container, raw) in &shape.wrapped {
        let inner = member(raw, depth);
        if inner.has_records() {
            has_records = true;
            contents.absorb(inner, *container);
            continue;
        }
        if inner.items.is_empty() && inner.container.is_some() {
            empty.get_or_insert((inner, *container));
            continue;
        }
        for item in inner.items {
            match item {
                Item::Foreign(what, _) if what.is_specific() || what == Refusal::TooDeep => {
                    refusal.get_or_insert(what);
                }
                Item::Broken(..) => broken.push(item),
                _ => {}
            }
        }
    }
    if has_records || others(text, depth, contents) {
        return;
    }
    if let Some((inner, container)) = empty {
        return contents.absorb(inner, container);
    }
    match refusal.or_else(|| foreign::message(shape)).or_else(|| foreign::envelope(shape)) {
        Some(what) => contents.foreign(what, text),
        None if broken.is_empty() => contents.foreign(foreign::json(text), text),
        None => contents.items.append(&mut broken),
    }
}

/// Reads the records in an object that is a row or a table, or in members that are not known wrappers; returns whether
/// there are any records.
fn others<'t>(text: &'t str, depth: usize, contents: &mut Contents<'t>) -> bool {
    if let Some(inner) = rows::read(text) {
        contents.absorb(inner, Container::Table);
        return true;
    }
    let mut members = Vec::new();
    let whole = json::object(text, 0, |name, raw| {
        if wrapper(name).is_none() && raw.starts_with(['{', '[', '"']) {
            members.push(raw);
        }
    });
    if whole.is_none() {
        let Some(repaired) = json::repaired(text) else { return false };
        let mut inner = Contents::default();
        let some = others(&repaired, depth, &mut inner);
        let inner = inner.into_owned();
        contents.container = contents.container.or(inner.container);
        contents.items.extend(inner.items);
        return some;
    }
    let mut some = false;
    for raw in members {
        let mut inner = member(raw, depth);
        inner.items.retain(|item| is_dated(item) || is_begun_record(item));
        if !inner.items.is_empty() {
            some = true;
            contents.absorb(inner, Container::StringMember);
        }
    }
    some
}

/// Whether an item is a record that could not be read completely.
fn is_begun_record(item: &Item<'_>) -> bool {
    matches!(item, Item::Broken(_, head) if is_begun(head))
}

/// Whether an item is a record with a time. In an unknown member, an object with an event name and source may be only
/// an event pattern.
fn is_dated(item: &Item<'_>) -> bool {
    let Item::Record(json, _) = item else { return false };
    ["\"eventTime\"", "\"@timestamp\"", "\"timeWindow\""]
        .iter()
        .any(|time| memchr::memmem::find(json.as_bytes(), time.as_bytes()).is_some())
}

/// The items in the value of a member: an object, a list, or either as a string.
fn member(raw: &str, depth: usize) -> Contents<'_> {
    let mut inner = Contents::default();
    match raw.as_bytes().first() {
        Some(b'"') => string(raw, depth, &mut inner),
        // The value was already parsed, so it is complete.
        Some(b'{' | b'[') => {
            let _end = value(raw, 0, depth + 1, &mut inner);
        }
        _ => {}
    }
    inner
}

/// The records in the text of a JSON string: JSON, JSON after other text, or either in base64.
fn string(raw: &str, depth: usize, contents: &mut Contents<'_>) {
    if depth >= MAX_DEPTH {
        return;
    }
    let text = serde_json::from_str::<String>(raw);
    // Half a surrogate pair is not a character.
    let text = text.or_else(|error| json::repaired(raw).map_or(Err(error), |text| serde_json::from_str(&text)));
    let Ok(text) = text else { return };
    // A string may contain the JSON of a string.
    let begins = ["{", "[", "\"{", "\"[", "\"\\\""];
    let inner = if begins.iter().any(|begin| text.trim_start().starts_with(begin)) {
        stream::read(&text, depth + 1).contents.into_owned()
    } else if let Some(text) = packed::text(&text) {
        stream::read(&text, depth + 1).contents.into_owned()
    } else if text.contains("{\"")
        && let Some(lines) = lines::read(&text, depth + 1)
    {
        lines.contents.into_owned()
    } else {
        return;
    };
    contents.container = inner.container;
    contents.items.extend(inner.items);
}
