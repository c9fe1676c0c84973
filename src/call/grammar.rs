//! Creates sentences for calls without an entry, from the words in the call's name and the identifiers in its request.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::HashMap;

use super::format::{capitalized, regular_past};
use super::name::short;
use super::{Call, Entity, Outcome, Relation, resources};
use crate::json::{Json, Members};
use crate::rule::seen;
use crate::rule::words::{Words, in_sentence, snake, words};

/// The maximum depth at which identifiers are looked up.
const MAX_DEPTH: usize = 5;
/// The number of values to list for one identifier.
const MAX_LISTED: usize = 3;
/// The maximum number of entities of a call.
const MAX_ENTITIES: usize = 200;
/// A longer text is a document, not a name. In bytes.
const MAX_LENGTH: usize = 300;

/// What a call did, starting with the verb.
pub(super) struct VerbPhrase {
    /// The phrase: `Deleted function prune`, or `delete function prune` if it was not done.
    pub(super) action: String,
    pub(super) entities: Vec<Entity>,
    /// Whether the call's name ends in a policy, so that the policy's description follows:
    /// `Put a policy on container c that …`.
    pub(super) is_of_policy: bool,
}

/// An identifier in a request.
struct Identifier<'j> {
    kind: Cow<'j, str>,
    value: &'j str,
    depth: usize,
}

/// The name of a call, split into words.
#[derive(Debug)]
struct CallName {
    /// `Delete`
    verb: String,
    topic: Topic,
}

/// A call's topic: its name without the verb.
#[derive(Debug)]
struct Topic {
    /// The last word, `Instances`, or nothing.
    last: String,
    /// In snake case: `db_instances`.
    plural: String,
    /// In lowercase words: `db instances`.
    plain: String,
    /// In a sentence: `DB instances`.
    text: String,
    /// Whether it is a resource: `Trail`, `DB Instance`, but not `Logging`, `Secret Value`.
    is_noun: bool,
}

/// The names of calls that were already described: a trail contains few distinct names, but millions of events.
#[derive(Debug, Default)]
pub(super) struct CallNames(RwLock<HashMap<String, Arc<CallName>>>);

impl CallNames {
    /// The maximum number of names that are kept. Names come from logs.
    const MAX: usize = 10_000;

    fn get(&self, words: &Words, name: &str) -> Arc<CallName> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Arc::clone(known);
        }
        let parsed = Arc::new(CallName::parse(words, name));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < Self::MAX {
            known.insert(name.to_owned(), Arc::clone(&parsed));
        }
        parsed
    }
}

impl CallName {
    fn parse(words: &Words, name: &str) -> Self {
        let parts = self::words(name);
        // BatchDeleteDocument deletes documents.
        let parts = match parts.as_slice() {
            ["Batch", verb, _, ..] if words.verb(verb).is_some() => &parts[1..],
            all => all,
        };
        let (verb, topic) = parts.split_first().map_or(("", parts), |(verb, topic)| (*verb, topic));
        let last = topic.last().copied().unwrap_or_default();
        let plural = topic.join("_").to_lowercase();
        let topic = Topic {
            last: last.to_owned(),
            plain: plural.replace('_', " "),
            plural,
            text: topic_text(topic),
            is_noun: is_noun(last),
        };
        Self { verb: verb.to_owned(), topic }
    }
}

impl Topic {
    /// The singular: `db_instance`.
    fn singular(&self) -> &str {
        self.plural.strip_suffix('s').unwrap_or(&self.plural)
    }

    /// Whether the topic is exactly this kind: `db_instance` for `DeleteDBInstance`.
    fn is(&self, kind: &str) -> bool {
        kind == self.plural || kind == self.singular() || kind == "resource" || self.ends_with(kind)
    }

    /// Whether the topic ends in this kind and has other words before it: `policy` for `RolePolicy`.
    fn ends_with(&self, kind: &str) -> bool {
        self.singular().strip_suffix(kind).is_some_and(|rest| rest.ends_with('_'))
    }
}

/// The phrase for a call.
pub(super) fn phrase<'c>(words: &'c Words, cache: &CallNames, call: &Call<'c>, outcome: Outcome) -> VerbPhrase {
    let name = cache.get(words, call.name());
    let CallName { verb, topic } = &*name;
    let listed = resources::of(call);
    let mut named: Vec<Identifier<'_>> =
        listed.iter().map(|one| Identifier { kind: Cow::Borrowed(&one.kind), value: &one.value, depth: 0 }).collect();
    collect(words, call, call.request, 0, &mut named);
    let target = primary(&named, topic);
    let is_done = outcome == Outcome::Succeeded;
    let known = verb_text(words, verb, call, is_done);
    let is_verb = known.is_some();
    let (verb_text, topic_text) = match known {
        Some(text) => (text, topic.text.as_str()),
        None => (Cow::Borrowed(if is_done { "Called" } else { "call" }), call.name()),
    };
    let mut made = Vec::new();
    if creates(verb) && is_done {
        collect(words, call, call.response, 0, &mut made);
        made.retain(|one| topic.is(&one.kind) && one.kind != "resource");
    }
    let list = target.map(|kind| Listed::of(&named, kind, call));
    let object = match (target.zip(list), made.first()) {
        (Some((kind, list)), _) if !is_verb => {
            let kind_text = if kind == "resource" { String::new() } else { list.kind_text() + " " };
            format!("{topic_text} on {kind_text}{}", list.text)
        }
        (Some((kind, list)), Some(first)) if !topic.is(kind) => {
            format!("{topic_text} {}{}", short(first.value, call.account), about(&list, kind, topic))
        }
        (Some((kind, list)), _) => {
            let text = singular_for(topic_text, &named, target, topic);
            let is_change = words.verb(verb).is_some() && call.read_only != Some(true);
            object(verb, text, &about(&list, kind, topic), &list, is_change)
        }
        (None, Some(first)) => format!("{topic_text} {}", short(first.value, call.account)),
        (None, None) if is_verb => with_article(topic_text, verb),
        (None, None) => topic_text.to_owned(),
    };
    let mut action = [&*verb_text, " ", &object].concat();
    action.truncate(action.trim_end().len());
    let relation = |one: &Identifier<'_>| {
        let is_done = is_done && topic.is(&one.kind);
        match () {
            () if target != Some(&*one.kind) => Relation::Used,
            () if is_done && creates(verb) => Relation::Created,
            () if is_done && deletes(verb) => Relation::Deleted,
            () => Relation::Target,
        }
    };
    let of_request = named.iter().filter(|_| listed.is_empty());
    let of_request = of_request.map(|one| Entity::new(kind_of(one, topic), one.value, relation(one)));
    let of_response = made.iter().map(|one| Entity::new(&one.kind, one.value, Relation::Created));
    let entities = distinct(of_request.chain(of_response).chain(listed.iter().cloned()));
    let is_of_policy = topic.last == "Policy";
    VerbPhrase { action, entities, is_of_policy }
}

/// Removes entities with the same kind and value.
fn distinct(all: impl Iterator<Item = Entity>) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    for one in all {
        let is_known = entities.iter().any(|known| known.value == one.value && known.kind == one.kind);
        if entities.len() < MAX_ENTITIES && !is_known {
            entities.push(one);
        }
    }
    entities
}

/// The object of a call whose request names a resource: `trail main`, `the password of user marek`,
/// `a policy on container c1`, `faces from collection staff`. Articles are only used for changes.
fn object(verb: &str, topic: &str, about: &str, listed: &Listed<'_>, is_change: bool) -> String {
    let Some(of) = about.strip_prefix(" of ").filter(|_| is_change && !topic.is_empty()) else {
        return [topic, about].concat();
    };
    let (list, kind) = (&listed.text, &listed.kind_text());
    // `UpdateDomainConfig` updates the configuration of a domain.
    let after = |kind: &str| topic.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' '));
    let part = after(kind).or_else(|| after(kind.strip_suffix('s')?));
    let (part, whole) = part.map_or((topic, of.to_owned()), |part| (part, format!("{kind} {list}")));
    let is_several = part.ends_with('s') && !part.ends_with("ss");
    match verb {
        "Put" if part.ends_with("policy") => format!("{} on {whole}", with_article(part, verb)),
        "Delete" | "Detach" | "Disassociate" | "Remove" if is_several => format!("{part} from {whole}"),
        _ if creates(verb) || matches!(verb, "Add" | "Put") => format!("{} of {whole}", with_article(part, verb)),
        _ if part.ends_with("ing") => format!("{part} of {whole}"),
        _ => format!("the {part} of {whole}"),
    }
}

/// The kinds and values of the identifiers in an object, at any depth.
pub(super) fn identifiers<'j>(words: &'j Words, value: Json<'j>) -> Vec<(String, &'j str)> {
    fn identifiers_below<'j>(
        words: &'j Words,
        member: &str,
        value: Json<'j>,
        depth: usize,
        found: &mut Vec<(String, &'j str)>,
    ) {
        match value {
            Json::String(text) if !text.is_empty() && text.len() <= MAX_LENGTH && found.len() < MAX_ENTITIES => {
                found.extend(names_of(words, member).map(|kind| (kind.into_owned(), text)));
            }
            Json::Array(elements) if depth < MAX_DEPTH => {
                elements.iter().for_each(|element| identifiers_below(words, member, element, depth + 1, found));
            }
            Json::Object(members) if depth < MAX_DEPTH && !words.is_ignored(member) => {
                members.iter().for_each(|(member, value)| identifiers_below(words, member, value, depth + 1, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    identifiers_below(words, "", value, 0, &mut found);
    found
}

/// The past tense of a call's verb if the call was done, otherwise the base form. `None` if the name does not start
/// with a verb.
fn verb_text<'w>(words: &'w Words, verb: &str, call: &Call<'_>, is_done: bool) -> Option<Cow<'w, str>> {
    /// Verbs that read, with their past tense.
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
        let base = || match verb {
            "Failover" => "fail over".to_owned(),
            "Rollback" => "roll back".to_owned(),
            "Shutdown" => "shut down".to_owned(),
            verb => verb.to_lowercase(),
        };
        return Some(if is_done { Cow::Borrowed(&known.past_tense) } else { Cow::Owned(base()) });
    }
    let (_, base) = READS.iter().find(|(read, _)| *read == verb)?;
    if !is_done {
        return Some(Cow::Borrowed(base));
    }
    let (first, rest) = base.split_at(base.find(' ').unwrap_or(base.len()));
    let past = words.past(first).map_or_else(|| regular_past(first), str::to_owned);
    Some(Cow::Owned(capitalized(&past) + rest))
}

/// The topic in the singular if only one resource is named: `reboot instance i-1`.
fn singular_for<'t>(text: &'t str, named: &[Identifier<'_>], target: Option<&str>, topic: &Topic) -> &'t str {
    let mut values = named.iter().filter(|one| Some(&*one.kind) == target).map(|one| one.value);
    let first = values.next();
    let is_one = first.is_some() && values.all(|value| Some(value) == first);
    match text.strip_suffix('s') {
        Some(singular) if is_one && target.is_some_and(|kind| topic.is(kind) && kind != "resource") => singular,
        _ => text,
    }
}

/// The topic with an article, for a call on one resource that its record does not name: `put a role policy`.
fn with_article(text: &str, verb: &str) -> String {
    const VERBS: [&str; 23] = [
        "Accept",
        "Add",
        "Apply",
        "Associate",
        "Attach",
        "Build",
        "Cancel",
        "Complete",
        "Detach",
        "Disassociate",
        "Modify",
        "Provision",
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
    /// Words that take no article, or a different one.
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
    // Abbreviations are spelled out when spoken: an MFA device, a VPC.
    let first = text.split(' ').next().unwrap_or_default();
    let is_spelled = first.len() > 1 && first.chars().all(|char| char.is_ascii_uppercase());
    let vowels = if is_spelled { "AEFHILMNORSX" } else { "aeioAEIO" };
    let article = if first.starts_with(|char| vowels.contains(char)) { "an" } else { "a" };
    format!("{article} {text}")
}

/// Whether a call with this verb creates its object.
fn creates(verb: &str) -> bool {
    const VERBS: [&str; 11] =
        ["Allocate", "Clone", "Copy", "Create", "Generate", "Import", "Issue", "Launch", "Register", "Restore", "Run"];
    VERBS.contains(&verb)
}

/// Whether a call with this verb deletes its object.
fn deletes(verb: &str) -> bool {
    matches!(verb, "Delete" | "Deregister" | "Destroy" | "Terminate")
}

/// The topic in words, with the usual spelling of abbreviations.
fn topic_text(topic: &[&str]) -> String {
    const ABBREVIATIONS: [&str; 29] = [
        "ACL", "AMI", "API", "ARN", "CA", "CORS", "DB", "DHCP", "DNS", "EBS", "EIP", "HSM", "IAM", "ID", "IP", "KMS",
        "MFA", "NAT", "OIDC", "SAML", "SQL", "SSH", "SSL", "SSO", "TLS", "URL", "VPC", "VPN", "WAF",
    ];
    let word = |word: &&str| {
        let (singular, plural) = word.strip_suffix('s').map_or((*word, ""), |singular| (singular, "s"));
        if matches!(*word, "Config" | "Configs") {
            return format!("configuration{plural}");
        }
        let known = ABBREVIATIONS.iter().find(|known| known.eq_ignore_ascii_case(singular));
        known.map_or_else(|| in_sentence(word), |known| format!("{known}{plural}"))
    };
    topic.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The kind of an identifier. A top-level `name` or `id` belongs to the topic of the call.
fn kind_of<'k>(one: &'k Identifier<'_>, topic: &'k Topic) -> &'k str {
    if one.kind != "resource" || one.depth > 0 || !topic.is_noun { &one.kind } else { topic.singular() }
}

/// Whether the last word of a topic makes it a resource.
fn is_noun(last: &str) -> bool {
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
    let last = last.to_lowercase();
    !last.is_empty() && !PARTS.contains(&last.as_str()) && !last.ends_with("ing")
}

/// The values of one kind.
struct Listed<'k> {
    /// The values, or only the first few if there are many.
    text: String,
    kind: &'k str,
    is_several: bool,
}

impl<'k> Listed<'k> {
    fn of(named: &[Identifier<'_>], kind: &'k str, call: &Call<'_>) -> Self {
        let of_kind = named.iter().filter(|one| one.kind == kind);
        let mut values: Vec<Cow<'_, str>> = seen::distinct(of_kind.map(|one| short(one.value, call.account)));
        let is_several = values.len() > 1;
        let more = values.len().saturating_sub(MAX_LISTED);
        values.truncate(MAX_LISTED);
        let text = match (values.as_slice(), more) {
            ([one], 0) => one.to_string(),
            ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
            (some, more) => format!("{} and {more} more", some.join(", ")),
        };
        Self { text, kind, is_several }
    }

    /// The kind in words, in the plural if there are several values.
    fn kind_text(&self) -> String {
        let plural = if self.is_several && !self.kind.ends_with('s') { "s" } else { "" };
        topic_text(&self.kind.split('_').collect::<Vec<_>>()) + plural
    }
}

/// The resource after the topic: ` prod-db` if the topic is its kind, ` of prod-db` if the topic is a part of it,
/// otherwise preceded by its kind.
fn about(listed: &Listed<'_>, kind: &str, topic: &Topic) -> String {
    let kind = &*if kind.contains('_') { Cow::Owned(kind.replace('_', " ")) } else { Cow::Borrowed(kind) };
    let (list, plain) = (listed.text.as_str(), topic.plain.as_str());
    let (singular, topic_end) = (plain.trim_end_matches('s'), plain.ends_with(kind));
    let is_own = kind == "resource" && topic.is_noun;
    if topic_end || singular.ends_with(kind) || is_own || kind == "resource" && plain.is_empty() {
        [" ", list].concat()
    } else if plain.split(' ').any(|word| word.trim_end_matches('s') == kind) || kind == "resource" {
        [" of ", list].concat()
    } else {
        [" of ", &listed.kind_text(), " ", list].concat()
    }
}

/// The kind of the identifier that a call is about: the one that is its topic, otherwise one that the topic mentions,
/// otherwise the first at the top level of the request.
fn primary<'n>(named: &'n [Identifier<'_>], topic: &Topic) -> Option<&'n str> {
    let exact = |one: &&Identifier<'_>| one.kind == topic.singular() || one.kind == topic.plural;
    let ends = |one: &&Identifier<'_>| topic.ends_with(&one.kind);
    let own = |one: &&Identifier<'_>| one.kind == "resource" && one.depth == 0;
    let mentioned = |one: &&Identifier<'_>| topic.plural.contains(&*one.kind);
    let top = |one: &&Identifier<'_>| one.depth == 0;
    let tests: [&dyn Fn(&&Identifier<'_>) -> bool; 5] = [&exact, &ends, &own, &mentioned, &top];
    tests.iter().find_map(|test| named.iter().find(|one| test(one))).map(|one| &*one.kind)
}

fn collect<'j>(words: &'j Words, call: &Call<'_>, value: Json<'j>, depth: usize, named: &mut Vec<Identifier<'j>>) {
    for (member, value) in value.as_object().into_iter().flat_map(Members::iter) {
        visit(words, call, member, value, depth, named);
    }
}

fn visit<'j>(
    words: &'j Words,
    call: &Call<'_>,
    member: &'j str,
    value: Json<'j>,
    depth: usize,
    named: &mut Vec<Identifier<'j>>,
) {
    match value {
        Json::String(text) if !text.is_empty() && text.len() <= MAX_LENGTH && named.len() < MAX_ENTITIES => {
            match names_of(words, member).and_then(|kind| kind_in(kind, call)) {
                Some(kind) => named.push(Identifier { kind, value: text, depth }),
                // A `job` with an ARN names a job, but its position does not make it the call's object.
                None if text.starts_with("arn:") && !words.is_ignored(member) => {
                    named.push(Identifier { kind: Cow::Owned(snake(member)), value: text, depth: depth + 1 });
                }
                None => {}
            }
        }
        Json::Array(elements) if depth < MAX_DEPTH => {
            // A top-level list of identifiers is treated like a single identifier.
            let element_depth = |element: &Json<'_>| if matches!(element, Json::String(_)) { depth } else { depth + 1 };
            elements.iter().for_each(|element| visit(words, call, member, element, element_depth(&element), named));
        }
        Json::Object(members) if depth < MAX_DEPTH && !words.is_ignored(member) => {
            members.iter().for_each(|(member, value)| visit(words, call, member, value, depth + 1, named));
        }
        _ => {}
    }
}

/// The kind that a member names. Lists and some services spell its ending differently: `instanceIds`,
/// `sourceServerIDs`,
/// `gatewayARN`.
fn names_of<'w>(words: &'w Words, member: &str) -> Option<Cow<'w, str>> {
    const ENDINGS: [(&str, &str); 6] =
        [("IDs", "Id"), ("Ids", "Id"), ("ID", "Id"), ("ARNs", "Arn"), ("Arns", "Arn"), ("ARN", "Arn")];
    words.names(member).or_else(|| {
        let usual = |(ending, usual): &(&str, &str)| Some(format!("{}{usual}", member.strip_suffix(ending)?));
        words.names(&ENDINGS.iter().find_map(usual)?).map(|kind| Cow::Owned(kind.into_owned()))
    })
}

/// The kind of a member in a request to this service. A key is an object only in S3, and a key name is a key pair only
/// in services that have key pairs.
fn kind_in<'k>(kind: Cow<'k, str>, call: &Call<'_>) -> Option<Cow<'k, str>> {
    const KEY_PAIRS: [&str; 5] = ["autoscaling", "ec2", "elasticmapreduce", "lightsail", "opsworks"];
    let service = call.key.split(':').next().unwrap_or_default();
    match &*kind {
        "object" if !service.starts_with("s3") => None,
        "key_pair" if !KEY_PAIRS.contains(&service) => Some(Cow::Borrowed("key")),
        _ => Some(kind),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::call::{Call, CallTable};
    use crate::json::{Document, Json};

    /// The sentence for a call, and the entities that it names.
    fn described(key: &str, request: &Value) -> (String, Vec<String>) {
        let request = Document::from(request.clone());
        let described = CallTable::shipped().describe(&Call {
            key,
            event_type: Some("AwsApiCall"),
            read_only: Some(false),
            error_code: None,
            request: request.root(),
            response: Json::Null,
            extra: None,
            account: Some("111122223333"),
            region: Some("eu-west-1"),
            sign_in_failed: false,
        });
        let name = |one: &super::Entity| format!("{} {} {}", one.relation.as_str(), one.kind, one.name());
        (described.summary, described.entities.iter().map(name).collect())
    }

    #[test]
    fn resource_parts_are_described_with_their_resource() {
        let job = "arn:aws:robomaker:eu-west-1:111122223333:simulation-job/sim-1";
        let gateway = "arn:aws:storagegateway:eu-west-1:111122223333:gateway/sgw-1";
        let cases = [
            ("workmail:UpdateUserPassword", json!({"userId": "u-1"}), "Updated the password of user u-1"),
            ("odd:UpdateDomainConfig", json!({"domainName": "logs"}), "Updated the configuration of domain logs"),
            ("swf:TerminateWorkflowExecution", json!({"workflowId": "w1"}), "Terminated the execution of workflow w1"),
            ("rekognition:DeleteFaces", json!({"collectionId": "staff"}), "Deleted faces from collection staff"),
            (
                "mgn:StartCutover",
                json!({"sourceServerIDs": ["s-1", "s-2"]}),
                "Started the cutover of source servers s-1 and s-2",
            ),
            (
                "drs:TerminateRecoveryInstances",
                json!({"recoveryInstanceIDs": ["i-0a"]}),
                "Terminated recovery instance i-0a",
            ),
            ("odd:ShutdownGateway", json!({"gatewayARN": gateway}), "Shut down gateway sgw-1"),
            ("robomaker:CancelSimulationJob", json!({"job": job}), "Canceled simulation job sim-1"),
            ("panorama:DeprovisionDevice", json!({"DeviceId": "d-1"}), "Deprovisioned device d-1"),
            ("devicefarm:RenewOffering", json!({"offeringId": "of-1"}), "Renewed offering of-1"),
            (
                "odd:BatchDisassociateProjectAssets",
                json!({"projectId": "p-1"}),
                "Disassociated assets from project p-1",
            ),
            ("odd:FrobnicateThing", json!({"deviceId": "d-1"}), "Called FrobnicateThing on device d-1"),
            (
                "odd:PutResourcePolicy",
                json!({"registryName": "reg", "policy": "{}"}),
                "Put a resource policy on registry reg",
            ),
        ];
        for (key, request, summary) in cases {
            assert_eq!(described(key, &request).0, summary, "{key}");
        }
    }

    #[test]
    fn policies_in_requests_are_parsed() {
        let policy =
            json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "mediastore:*"}]}).to_string();
        let (summary, _) =
            described("mediastore:PutContainerPolicy", &json!({"containerName": "c1", "policy": policy}));
        assert_eq!(summary, "Put a policy on container c1 that lets everyone call mediastore:*");
        let all = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]});
        let (summary, _) =
            described("vpc-lattice:PutAuthPolicy", &json!({"resourceIdentifier": "svc-1", "policy": all}));
        assert_eq!(summary, "Put an auth policy on svc-1 that lets everyone call all actions");
        let (summary, _) = described("odd:CreateThing", &json!({"thingName": "t", "accessPolicy": all}));
        assert_eq!(summary, "Created thing t with a policy that lets everyone call all actions");
    }

    #[test]
    fn tag_keys_are_not_entities_but_created_keys_are() {
        let tags = json!([{"key": "Owner", "value": "t"}]);
        let (_, entities) =
            described("odd:CreateCluster", &json!({"clusterName": "c", "tagList": tags, "labels": tags}));
        assert_eq!(entities, ["created cluster c"]);
        let (_, entities) = described("odd:CreateWorkspaceApiKey", &json!({"keyName": "k", "workspaceId": "g-1"}));
        assert_eq!(entities, ["created key k", "used workspace g-1"]);
    }
}
