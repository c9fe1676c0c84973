//! Sentences for calls without an entry: from the words of the call's name and the identifiers in its request.

use std::borrow::Cow;

use super::describe::entity;
use super::format::{capitalized, regular_past};
use super::name::short;
use super::{Call, Entity, Outcome, Relation, resources};
use crate::json::{Json, Members};
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
    /// `Deleted function prune`, or `delete function prune` if it was not done.
    pub(super) action: String,
    pub(super) entities: Vec<Entity>,
}

/// An identifier in a request.
struct Named<'j> {
    kind: Cow<'j, str>,
    value: &'j str,
    depth: usize,
}

/// What a call's name is about, without its verb.
struct Topic<'n> {
    /// `["DB", "Instances"]`
    words: &'n [&'n str],
    /// `db_instances`
    plural: String,
}

impl Topic<'_> {
    /// `db_instance`
    fn singular(&self) -> &str {
        self.plural.strip_suffix('s').unwrap_or(&self.plural)
    }

    /// Whether a type is what the name is about: `db_instance` of `DeleteDBInstance`.
    fn is(&self, kind: &str) -> bool {
        kind == self.plural || kind == self.singular() || kind == "resource" || self.ends_with(kind)
    }

    /// Whether the name ends in a type and has more before it: `policy` of `RolePolicy`.
    fn ends_with(&self, kind: &str) -> bool {
        self.singular().strip_suffix(kind).is_some_and(|rest| rest.ends_with('_'))
    }
}

/// The phrase of a call.
pub(super) fn phrase<'c>(words: &'c Words, call: &Call<'c>, outcome: Outcome) -> Phrase {
    let name = self::words(call.name());
    let (verb, topic) = name.split_first().map_or(("", &name[..]), |(verb, topic)| (*verb, topic));
    let topic = &Topic { words: topic, plural: topic.join("_").to_lowercase() };
    let listed = resources::of(call);
    let mut named: Vec<Named<'_>> =
        listed.iter().map(|one| Named { kind: Cow::Borrowed(&one.kind), value: &one.value, depth: 0 }).collect();
    collect(words, call.request, 0, &mut named);
    let target = primary(&named, topic);
    let is_done = outcome == Outcome::Succeeded;
    let known = verb_text(words, verb, call, is_done);
    let is_verb = known.is_some();
    let (verb_text, topic_text) = match known {
        Some(text) => (text, Cow::Owned(topic_text(topic.words))),
        None => (Cow::Borrowed(if is_done { "Called" } else { "call" }), Cow::Borrowed(call.name())),
    };
    let mut made = Vec::new();
    if creates(verb) && is_done {
        collect(words, call.response, 0, &mut made);
        made.retain(|one| topic.is(&one.kind) && one.kind != "resource");
    }
    let about_it = match (target, made.first()) {
        (Some(kind), Some(first)) if !topic.is(kind) => {
            Some(format!(" {}{}", short(first.value, call.account), about(&named, kind, topic, call)))
        }
        (Some(kind), _) => Some(about(&named, kind, topic, call)),
        (None, Some(first)) => Some(format!(" {}", short(first.value, call.account))),
        (None, None) => None,
    };
    let about_it = match about_it {
        Some(about_it) => format!("{}{about_it}", singular_for(&topic_text, &named, target, topic)),
        None if is_verb => with_article(&topic_text, verb),
        None => topic_text.into_owned(),
    };
    let mut action = format!("{verb_text} {about_it}");
    action.truncate(action.trim_end().len());
    let mut entities: Vec<Entity> = Vec::new();
    let mut add = |entity: Entity| {
        if entities.len() < MOST
            && !entities.iter().any(|known| known.value == entity.value && known.kind == entity.kind)
        {
            entities.push(entity);
        }
    };
    for one in named.iter().filter(|_| listed.is_empty()) {
        let is_target = target == Some(&*one.kind);
        let is_done = is_done && topic.is(&one.kind);
        let relation = match () {
            () if !is_target => Relation::Used,
            () if is_done && creates(verb) => Relation::Created,
            () if is_done && deletes(verb) => Relation::Deleted,
            () => Relation::Target,
        };
        add(entity(kind_of(one, topic), one.value, relation));
    }
    for one in &made {
        add(entity(&one.kind, one.value, Relation::Created));
    }
    listed.into_iter().for_each(&mut add);
    Phrase { action, entities }
}

/// The past of a call's verb if it was done, else its base form; none for a name that begins with no verb.
fn verb_text<'w>(words: &'w Words, verb: &str, call: &Call<'_>, is_done: bool) -> Option<Cow<'w, str>> {
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
        return Some(if is_done { Cow::Borrowed(&known.did) } else { Cow::Owned(verb.to_lowercase()) });
    }
    let (_, base) = READS.iter().find(|(read, _)| *read == verb)?;
    if !is_done {
        return Some(Cow::Borrowed(base));
    }
    let (first, rest) = base.split_at(base.find(' ').unwrap_or(base.len()));
    let past = words.past(first).map_or_else(|| regular_past(first), str::to_owned);
    Some(Cow::Owned(capitalized(&past) + rest))
}

/// The topic in the singular, where one thing of many is named: `reboot instance i-1`.
fn singular_for<'t>(text: &'t str, named: &[Named<'_>], target: Option<&str>, topic: &Topic<'_>) -> &'t str {
    let mut values = named.iter().filter(|one| Some(&*one.kind) == target).map(|one| one.value);
    let first = values.next();
    let is_one = first.is_some() && values.all(|value| Some(value) == first);
    match text.strip_suffix('s') {
        Some(singular) if is_one && target.is_some_and(|kind| topic.is(kind) && kind != "resource") => singular,
        _ => text,
    }
}

/// The topic with an article, where a call acts on one thing that its record does not name: `put a role policy`.
fn with_article(text: &str, verb: &str) -> String {
    const VERBS: [&str; 21] = [
        "Accept",
        "Add",
        "Apply",
        "Associate",
        "Attach",
        "Cancel",
        "Complete",
        "Detach",
        "Disassociate",
        "Modify",
        "Put",
        "Reboot",
        "Reject",
        "Remove",
        "Replace",
        "Rotate",
        "Send",
        "Start",
        "Stop",
        "Tag",
        "Update",
    ];
    /// What has no article, or another one.
    const WITHOUT: [&str; 16] = [
        "access",
        "account",
        "code",
        "compliance",
        "content",
        "data",
        "encryption",
        "feedback",
        "info",
        "information",
        "it",
        "layout",
        "metadata",
        "organization",
        "preferences",
        "traffic",
    ];
    let last = text.rsplit(' ').next().unwrap_or_default();
    let is_one = !last.is_empty() && !last.ends_with('s') && !last.ends_with("ing") && !WITHOUT.contains(&last);
    if !is_one || !(creates(verb) || deletes(verb) || VERBS.contains(&verb)) {
        return text.to_owned();
    }
    // Abbreviations are spelled: an MFA device, a VPC.
    let first = text.split(' ').next().unwrap_or_default();
    let is_spelled = first.len() > 1 && first.chars().all(|char| char.is_ascii_uppercase());
    let vowels = if is_spelled { "AEFHILMNORSX" } else { "aeioAEIO" };
    let article = if first.starts_with(|char| vowels.contains(char)) { "an" } else { "a" };
    format!("{article} {text}")
}

/// Whether a call with that verb makes what it is about.
fn creates(verb: &str) -> bool {
    const VERBS: [&str; 13] = [
        "Allocate",
        "Build",
        "Clone",
        "Copy",
        "Create",
        "Generate",
        "Import",
        "Issue",
        "Launch",
        "Provision",
        "Register",
        "Restore",
        "Run",
    ];
    VERBS.contains(&verb)
}

/// Whether a call with that verb removes what it is about.
fn deletes(verb: &str) -> bool {
    matches!(verb, "Delete" | "Deregister" | "Destroy" | "Terminate")
}

/// The words of the topic, abbreviations as they are usually written.
fn topic_text(topic: &[&str]) -> String {
    const ABBREVIATIONS: [&str; 29] = [
        "ACL", "AMI", "API", "ARN", "CA", "CORS", "DB", "DHCP", "DNS", "EBS", "EIP", "HSM", "IAM", "ID", "IP", "KMS",
        "MFA", "NAT", "OIDC", "SAML", "SQL", "SSH", "SSL", "SSO", "TLS", "URL", "VPC", "VPN", "WAF",
    ];
    let word = |word: &&str| {
        let (singular, plural) = word.strip_suffix('s').map_or((*word, ""), |singular| (singular, "s"));
        let known = ABBREVIATIONS.iter().find(|known| known.eq_ignore_ascii_case(singular));
        known.map_or_else(|| within(word), |known| format!("{known}{plural}"))
    };
    topic.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The type of a thing: that of `name` or `id` at the top of a request is what the call's name is about.
fn kind_of<'k>(one: &'k Named<'_>, topic: &'k Topic<'_>) -> &'k str {
    if one.kind != "resource" || one.depth > 0 || !is_noun(topic) { &one.kind } else { topic.singular() }
}

/// Whether a topic is one thing: `Trail`, `DB Instance`; not `Logging`, `Secret Value`.
fn is_noun(topic: &Topic<'_>) -> bool {
    const PARTS: [&str; 18] = [
        "attribute",
        "attributes",
        "code",
        "configuration",
        "document",
        "encryption",
        "info",
        "information",
        "location",
        "logging",
        "metadata",
        "policy",
        "policies",
        "selectors",
        "settings",
        "status",
        "value",
        "versions",
    ];
    let last = topic.words.last().map(|word| word.to_lowercase());
    last.is_some_and(|last| !PARTS.contains(&last.as_str()) && !last.ends_with("ing"))
}

/// ` prod-db` where the topic says what it is, ` of prod-db` where it says that it is a part of it, else with its type.
fn about(named: &[Named<'_>], kind: &str, topic: &Topic<'_>, call: &Call<'_>) -> String {
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
    let plain = topic.plural.replace('_', " ");
    let (singular, topic_end) = (plain.trim_end_matches('s'), plain.ends_with(&kind));
    let is_own = kind == "resource" && is_noun(topic);
    if topic_end || singular.ends_with(&kind) || is_own || kind == "resource" && plain.is_empty() {
        format!(" {list}")
    } else if plain.split(' ').any(|word| word.trim_end_matches('s') == kind) || kind == "resource" {
        format!(" of {list}")
    } else {
        format!(" of {kind} {list}")
    }
}

/// The type of the identifier that a call is about: the one that its name is about, else one that its name mentions, else
/// the first at the top of the request.
fn primary<'n>(named: &'n [Named<'_>], topic: &Topic<'_>) -> Option<&'n str> {
    let exact = |one: &&Named<'_>| one.kind == topic.singular() || one.kind == topic.plural;
    let ends = |one: &&Named<'_>| topic.ends_with(&one.kind);
    let own = |one: &&Named<'_>| one.kind == "resource" && one.depth == 0;
    let mentioned = |one: &&Named<'_>| topic.plural.contains(&*one.kind);
    let top = |one: &&Named<'_>| one.depth == 0;
    let tests: [&dyn Fn(&&Named<'_>) -> bool; 5] = [&exact, &ends, &own, &mentioned, &top];
    tests.iter().find_map(|test| named.iter().find(|one| test(one))).map(|one| &*one.kind)
}

fn collect<'j>(words: &'j Words, value: Json<'j>, depth: usize, named: &mut Vec<Named<'j>>) {
    for (member, value) in value.as_object().into_iter().flat_map(Members::iter) {
        visit(words, member, value, depth, named);
    }
}

fn visit<'j>(words: &'j Words, member: &str, value: Json<'j>, depth: usize, named: &mut Vec<Named<'j>>) {
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
