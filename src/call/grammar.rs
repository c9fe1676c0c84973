//! Sentences for calls without an entry: from the words of the call's name and the identifiers in its request.

use super::describe::entity;
use super::format::{capitalized, regular_past};
use super::name::short;
use super::{Call, Entity, Outcome, Relation};
use crate::json::{Document, Json, Members};
use crate::rule::generic::Generic;
use crate::rule::words::{Words, within, words};

/// So deep identifiers are looked for.
const DEEPEST: usize = 5;
/// So many values of one identifier are named.
const NAMED: usize = 3;
/// No call names more things.
const MOST: usize = 200;
/// A longer text is a document, not a name, in bytes.
const LONGEST: usize = 300;

/// What a call did, from the verb on.
pub(super) struct Phrase {
    /// `Deleted function prune`
    pub(super) done: String,
    /// `delete function prune`
    pub(super) tried: String,
    pub(super) entities: Vec<Entity>,
}

/// An identifier in a request.
struct Named<'j> {
    kind: String,
    value: &'j str,
    depth: usize,
}

/// The phrase of a call.
pub(super) fn phrase(words: &Words, call: &Call<'_>, outcome: Outcome) -> Phrase {
    let name = self::words(call.name());
    let (verb, topic) = name.split_first().map_or(("", &name[..]), |(verb, topic)| (verb.as_str(), topic));
    let what = words.verb(verb).map(|verb| verb.what);
    let mut named = Vec::new();
    collect(words, call.request, 0, &mut named);
    let target = primary(&named, topic);
    let text = topic_text(topic);
    let (past, base) = verbs(words, verb, call);
    let topic_words = if past.is_some() { text.clone() } else { call.name().to_owned() };
    let names = target.map(|kind| about(&named, kind, &text, call));
    let rest = format!("{topic_words}{}", names.unwrap_or_default());
    let done = format!("{} {rest}", past.unwrap_or_else(|| "Called".to_owned()));
    let tried = format!("{} {rest}", base.unwrap_or_else(|| "call".to_owned()));
    let mut entities: Vec<Entity> = Vec::new();
    let mut add = |entity: Entity| {
        if entities.len() < MOST && !entities.iter().any(|known| known.value == entity.value && known.kind == entity.kind) {
            entities.push(entity);
        }
    };
    for one in &named {
        let is_target = target == Some(one.kind.as_str());
        let relation = match what {
            _ if !is_target => Relation::Used,
            Some(Generic::Create) if outcome == Outcome::Succeeded && is_topic(&one.kind, topic) => Relation::Created,
            Some(Generic::Delete) if outcome == Outcome::Succeeded && is_topic(&one.kind, topic) => Relation::Deleted,
            _ => Relation::Target,
        };
        add(entity(call, &one.kind, one.value, relation));
    }
    if what == Some(Generic::Create) && outcome == Outcome::Succeeded {
        let mut made = Vec::new();
        collect(words, call.response, 0, &mut made);
        for one in made.iter().filter(|one| is_topic(&one.kind, topic)) {
            add(entity(call, &one.kind, one.value, Relation::Created));
        }
    }
    if call.request.is_null() {
        resources(call).into_iter().for_each(|one| add(one));
    }
    Phrase { done: done.trim_end().to_owned(), tried: tried.trim_end().to_owned(), entities }
}

/// The past and the base form of a call's verb; none for a name that begins with no verb.
fn verbs(words: &Words, verb: &str, call: &Call<'_>) -> (Option<String>, Option<String>) {
    /// What reads, and how that is said.
    const READS: [(&str, &str); 20] = [
        ("BatchGet", "read"),
        ("Check", "check"),
        ("Count", "count"),
        ("Describe", "describe"),
        ("Detect", "detect"),
        ("Discover", "discover"),
        ("Download", "download"),
        ("Estimate", "estimate"),
        ("Get", "read"),
        ("Head", "check"),
        ("List", "list"),
        ("Lookup", "look up"),
        ("Preview", "preview"),
        ("Query", "query"),
        ("Scan", "scan"),
        ("Search", "search"),
        ("Select", "select"),
        ("Simulate", "simulate"),
        ("Validate", "validate"),
        ("Verify", "verify"),
    ];
    if let Some(known) = words.verb(verb).filter(|_| call.read_only != Some(true)) {
        return (Some(known.did.clone()), Some(verb.to_lowercase()));
    }
    match READS.iter().find(|(read, _)| *read == verb) {
        Some((_, base)) => {
            let (first, rest) = base.split_once(' ').map_or((*base, String::new()), |(first, rest)| (first, format!(" {rest}")));
            let past = words.past(first).map_or_else(|| regular_past(first), str::to_owned);
            (Some(capitalized(&past) + &rest), Some((*base).to_owned()))
        }
        None => (None, None),
    }
}

fn topic_text(topic: &[String]) -> String {
    topic.iter().map(|word| within(word)).collect::<Vec<_>>().join(" ")
}

/// ` prod-db` where the topic says what it is, ` of prod-db` where it says that it is a part of it, else with its type.
fn about(named: &[Named<'_>], kind: &str, topic: &str, call: &Call<'_>) -> String {
    let mut values: Vec<String> = Vec::new();
    for one in named.iter().filter(|one| one.kind == kind) {
        let name = short(one.value, call.account).into_owned();
        if !values.contains(&name) {
            values.push(name);
        }
    }
    let more = values.len().saturating_sub(NAMED);
    values.truncate(NAMED);
    let list = match (values.as_slice(), more) {
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (some, more) => format!("{} and {more} more", some.join(", ")),
    };
    let kind = kind.replace('_', " ");
    let plain = topic.to_lowercase();
    let (singular, topic_end) = (plain.trim_end_matches('s'), plain.ends_with(&kind));
    if topic_end || singular.ends_with(&kind) || kind == "resource" && plain.is_empty() {
        format!(" {list}")
    } else if plain.split(' ').any(|word| word.trim_end_matches('s') == kind) || kind == "resource" {
        format!(" of {list}")
    } else {
        format!(" of {kind} {list}")
    }
}

/// Whether a type is what a call's name is about: `db_instance` of `DeleteDBInstance`.
fn is_topic(kind: &str, topic: &[String]) -> bool {
    let text = topic.join("_").to_lowercase();
    let singular = text.strip_suffix('s').unwrap_or(&text);
    kind == text || kind == singular || kind == "resource" || singular.ends_with(&format!("_{kind}"))
}

/// The type of the identifier that a call is about: the one that its name is about, else one that its name mentions, else
/// the first at the top of the request.
fn primary<'n>(named: &'n [Named<'_>], topic: &[String]) -> Option<&'n str> {
    let text = topic.join("_").to_lowercase();
    let singular = text.strip_suffix('s').unwrap_or(&text);
    let exact = |one: &&Named<'_>| one.kind == singular || one.kind == text;
    let ends = |one: &&Named<'_>| singular.ends_with(&format!("_{}", one.kind));
    let own = |one: &&Named<'_>| one.kind == "resource" && one.depth == 0;
    let mentioned = |one: &&Named<'_>| text.contains(one.kind.as_str());
    let top = |one: &&Named<'_>| one.depth == 0;
    let tests: [&dyn Fn(&&Named<'_>) -> bool; 5] = [&exact, &ends, &own, &mentioned, &top];
    tests.iter().find_map(|test| named.iter().find(|one| test(one))).map(|one| one.kind.as_str())
}

fn collect<'j>(words: &Words, value: Json<'j>, depth: usize, named: &mut Vec<Named<'j>>) {
    for (member, value) in value.as_object().into_iter().flat_map(Members::iter) {
        visit(words, member, value, depth, named);
    }
}

fn visit<'j>(words: &Words, member: &str, value: Json<'j>, depth: usize, named: &mut Vec<Named<'j>>) {
    match value {
        Json::String(text) if !text.is_empty() && text.len() <= LONGEST && named.len() < MOST => {
            named.extend(words.names(member).map(|kind| Named { kind, value: text, depth }));
        }
        Json::Array(elements) if depth < DEEPEST => {
            elements.iter().for_each(|element| visit(words, member, element, depth + 1, named));
        }
        Json::Object(members) if depth < DEEPEST && !words.is_ignored(member) => {
            members.iter().for_each(|(member, value)| visit(words, member, value, depth + 1, named));
        }
        _ => {}
    }
}

/// What the `resources` of a record name: exports of the event history have no request.
fn resources(call: &Call<'_>) -> Vec<Entity> {
    let Some(extra) = call.extra.filter(|extra| extra.contains("\"resources\"")) else { return Vec::new() };
    let document = Document::read(extra);
    let list = document.root().as_object().and_then(|extra| extra.get("resources")).and_then(Json::as_array);
    let text = |one: Json<'_>, names: [&str; 3]| {
        let members = one.as_object()?;
        names.iter().find_map(|name| members.get(name)?.scalar()).map(str::to_owned)
    };
    let one = |one: Json<'_>| {
        let value = text(one, ["resourceName", "ARN", "arn"])?;
        let kind = text(one, ["resourceType", "type", "ResourceType"]).unwrap_or_default();
        let kind = kind.rsplit("::").next().unwrap_or_default();
        let kind = if kind.is_empty() { "resource".to_owned() } else { self::words(kind).join("_").to_lowercase() };
        Some(entity(call, &kind, &value, Relation::Target))
    };
    list.into_iter().flat_map(crate::json::Elements::iter).filter_map(one).collect()
}
