//! Generates recordings of made-up visits: pages of the catalog are removed from the rules, and their examples become a
//! trail and a HAR file or CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use cartographer::learn::{TrailEvent, trail_events};
use cartographer::read;
use cartographer::rule::{Rule, RuleSet, RuleText};
use cartographer::signal::{Kind, Origin};
use cartographer::spec::{self, CaseToml, EventToml, SpecToml};
use cartographer::trail::{Filter, Trail};
use chrono::DateTime;
use fastrand::Rng;
use rayon::ThreadPoolBuilder;
use serde_json::{Value, json};

/// The start of every trail: 2026-03-02T09:00:00Z.
const START_MS: i64 = 1_772_442_000_000;

/// A page that is removed from the rules, with the example that its visits are made of.
#[derive(Debug, Clone)]
pub(crate) struct RemovedPage {
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) title: String,
    pub(crate) case: CaseToml,
}

/// The catalog without some pages.
pub(crate) struct Catalog {
    pub(crate) all: RuleSet,
    pub(crate) pages: Vec<RemovedPage>,
    /// The rules without these pages.
    pub(crate) rest: Vec<RuleText>,
}

impl Catalog {
    /// Removes evenly distributed pages: some that were observed, and some that are known from documentation.
    pub(crate) fn without(observed: usize, documented: usize) -> Self {
        let texts = RuleText::shipped();
        let all = RuleSet::compile(texts.clone()).unwrap();
        let mentioned = mentioned(&texts);
        let pages: Vec<RemovedPage> = texts
            .iter()
            .filter(|text| text.is_spec())
            .filter_map(|text| removed_page(&all, &mentioned, text))
            .collect();
        let (seen, read): (Vec<_>, Vec<_>) = pages.into_iter().partition(|page| is_observed(&all, &page.id));
        let mut pages = evenly_spaced(seen, observed);
        pages.extend(evenly_spaced(read, documented));
        let rest = rest(&all, &texts, &pages);
        Self { all, pages, rest }
    }

    /// The whole catalog, with some of its observed pages.
    pub(crate) fn whole(observed: usize) -> Self {
        let Self { all, pages, .. } = Self::without(observed, 0);
        Self { all, pages, rest: RuleText::shipped() }
    }
}

fn is_observed(rules: &RuleSet, id: &str) -> bool {
    rules.find(id).is_some_and(|(_, rule)| rule.provenance.basis.as_str() == "observed")
}

fn evenly_spaced<T>(items: Vec<T>, count: usize) -> Vec<T> {
    let step = (items.len() / count.max(1)).max(1);
    items.into_iter().step_by(step).take(count).collect()
}

/// The IDs that rules mention.
fn mentioned(texts: &[RuleText]) -> BTreeMap<String, BTreeSet<String>> {
    let mut mentioned: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in texts.iter().filter(|text| !text.is_spec() && !text.holds_requests() && !text.holds_calls()) {
        for quoted in text.text.split('"').skip(1).step_by(2).filter(|quoted| quoted.contains('/')) {
            mentioned.entry(quoted.to_owned()).or_default().insert(text.id().to_owned());
        }
    }
    mentioned
}

/// The page of a spec, if it can be removed: no other rule refers to it, and its calls alone identify it.
fn removed_page(
    rules: &RuleSet,
    mentioned: &BTreeMap<String, BTreeSet<String>>,
    text: &RuleText,
) -> Option<RemovedPage> {
    let id = text.path.strip_suffix(".spec.toml")?;
    let (_, rule) = rules.find(id)?;
    let is_page = rule.generic.is_none() && !rule.alone && !rule.recurs && rule.kind != Kind::Background;
    let is_plain = rule.becomes.is_empty() && rule.only_after.is_empty() && rule.part_of.is_empty();
    let is_mentioned = mentioned.get(id).is_some_and(|by| by.iter().any(|other| other != id));
    if !is_page || !is_plain || is_mentioned || id.contains("/shared/") {
        return None;
    }
    let spec = SpecToml::parse(&text.text).ok()?;
    let is_own = |case: &&CaseToml| !case.near_miss && case.signals.len() == 1 && case.signals[0].rule == id;
    let case = spec.case.iter().find(is_own)?.clone();
    let signals = spec::signals(rules, &case);
    let signal = signals.iter().find(|signal| signal.rule_id == id && signal.origin == Origin::Exact)?;
    if signal.events.len() < case.events.len() {
        return None;
    }
    Some(RemovedPage { id: id.to_owned(), address: signal.url.clone()?, title: place(rule), case })
}

fn place(rule: &Rule) -> String {
    rule.console_path.join(" › ")
}

/// The rules without the pages, and without the shapes that only they use.
fn rest(all: &RuleSet, texts: &[RuleText], pages: &[RemovedPage]) -> Vec<RuleText> {
    let is_removed = |id: &str| pages.iter().any(|page| page.id == id.split('@').next().unwrap());
    let mut unused: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    let calls: BTreeSet<&str> =
        pages.iter().flat_map(|page| page.case.events.iter().map(|event| event.call.as_str())).collect();
    for call in calls {
        for shape in all.shapes_of(call) {
            let uses = all.uses(*shape);
            if !uses.is_empty() && uses.iter().all(|usage| is_removed(&all.rule(usage.rule).id)) {
                unused.insert((call.to_owned(), all.shape(*shape).name.clone()));
            }
        }
    }
    let kept = texts.iter().filter(|text| !is_removed(text.path.trim_end_matches(".toml").trim_end_matches(".spec")));
    kept.map(|text| if text.holds_requests() { without_shapes(text, &unused) } else { text.clone() }).collect()
}

fn without_shapes(text: &RuleText, unused: &BTreeSet<(String, Option<String>)>) -> RuleText {
    let mut table: toml::Table = text.text.parse().unwrap();
    let requests = table["request"].as_array_mut().unwrap();
    let before = requests.len();
    requests.retain(|request| {
        let name = request.get("name").and_then(toml::Value::as_str).map(str::to_owned);
        !unused.contains(&(request["call"].as_str().unwrap().to_owned(), name))
    });
    if requests.len() == before { text.clone() } else { RuleText { text: table.to_string(), ..text.clone() } }
}

/// One visit to a page in a recording.
pub(crate) struct Visit {
    pub(crate) page: usize,
    /// Milliseconds since the start of the trail.
    at: i64,
    pub(crate) records: Vec<Value>,
    /// The events' times in milliseconds since the start, and the IDs of their requests.
    requests: Vec<(i64, String)>,
    address: String,
    pub(crate) event_ids: Vec<String>,
}

/// Makes visits of one person.
pub(crate) struct Person<'r> {
    pub(crate) rng: &'r mut Rng,
    pub(crate) name: &'static str,
    pub(crate) account: &'static str,
    now: i64,
}

impl<'r> Person<'r> {
    pub(crate) fn new(rng: &'r mut Rng, name: &'static str, account: &'static str) -> Self {
        Self { rng, name, account, now: 5_000 }
    }

    /// A visit some time after the previous one. With `renamed`, all resources have other names, and lists other
    /// lengths.
    pub(crate) fn visit(&mut self, rules: &RuleSet, page: usize, removed: &RemovedPage, renamed: bool) -> Visit {
        self.now += 25_000 + self.rng.i64(0..15_000);
        let mut case = removed.case.clone();
        if renamed {
            resize(&mut case);
        }
        let names = if renamed { names(rules, &removed.case) } else { BTreeMap::new() };
        let key = format!("ASIAEXAMPLE{:09}", self.rng.u32(..));
        let (mut records, mut requests, mut event_ids) = (Vec::new(), Vec::new(), Vec::new());
        for event in &case.events {
            let time = self.now + event.at * 1_000 + self.rng.i64(50..350);
            let request_id = uuid(self.rng);
            let record = self.record(event, time, &request_id, &key, &names);
            event_ids.push(record["eventID"].as_str().unwrap().to_owned());
            records.push(record);
            requests.push((time, request_id));
        }
        let address = renamed_text(&removed.address, &names, self.account);
        let at = self.now;
        self.now += case.events.iter().map(|event| event.at * 1_000).max().unwrap_or_default();
        Visit { page, at, records, requests, address, event_ids }
    }

    fn record(
        &mut self,
        event: &EventToml,
        time: i64,
        request_id: &str,
        key: &str,
        names: &BTreeMap<String, String>,
    ) -> Value {
        let (service, name) = event.call.split_once(':').unwrap();
        let body = |table: &Option<toml::Table>| {
            table.as_ref().map_or(Value::Null, |table| renamed_body(&json!(table), names, self.account))
        };
        let reads =
            ["Get", "List", "Describe", "Search", "Lookup", "BatchGet"].iter().any(|verb| name.starts_with(verb));
        let account = self.account;
        let mut record = json!({
            "eventVersion": "1.08",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": format!("AROAEXAMPLE:{}", self.name),
                "arn": format!("arn:aws:sts::{account}:assumed-role/admin/{}", self.name),
                "accountId": account,
                "accessKeyId": event.key.as_deref().map_or_else(|| key.to_owned(), |own| format!("{key}{own}")),
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/admin"), "accountId": account, "userName": "admin"},
                    "attributes": {"creationDate": "2026-03-02T08:55:00Z", "mfaAuthenticated": "true"},
                },
            },
            "eventTime": rfc3339(START_MS + time).split('.').next().unwrap().to_owned() + "Z",
            "eventSource": format!("{service}.amazonaws.com"),
            "eventName": name,
            "awsRegion": event.region.as_deref().unwrap_or("eu-west-1"),
            "sourceIPAddress": event.source_ip.as_deref().unwrap_or("198.51.100.7"),
            "userAgent": event.agent.as_deref().unwrap_or("AWS Internal"),
            "requestParameters": body(&event.request),
            "responseElements": body(&event.response),
            "requestID": request_id,
            "eventID": uuid(self.rng),
            "readOnly": event.read_only.unwrap_or(reads),
            "eventType": "AwsApiCall",
            "recipientAccountId": account,
            "sessionCredentialFromConsole": "true",
        });
        if let Some(code) = &event.error {
            record["errorCode"] = json!(code);
        }
        record
    }
}

fn uuid(rng: &mut Rng) -> String {
    let hex = format!("{:032x}", rng.u128(..));
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

fn rfc3339(milliseconds: i64) -> String {
    DateTime::from_timestamp_millis(milliseconds).unwrap().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Shortens each list by one row.
fn resize(case: &mut CaseToml) {
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, event) in case.events.iter().enumerate() {
        rows.entry(event.call.clone()).or_default().push(at);
    }
    let mut removed = BTreeSet::new();
    for places in rows.values().filter(|places| places.len() >= 3) {
        let differ = places.iter().any(|at| case.events[*at].request != case.events[places[0]].request);
        removed.extend(places.last().filter(|_| differ).copied());
    }
    let mut at = 0;
    case.events.retain(|_| {
        at += 1;
        !removed.contains(&(at - 1))
    });
}

/// New names for the resources in an example.
fn names(rules: &RuleSet, case: &CaseToml) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for signal in spec::signals(rules, case) {
        for entity in &signal.entities {
            names.insert(entity.value.clone(), other_name(&entity.value));
        }
        for (name, value) in signal.context.iter().filter(|(name, _)| !["region", "account"].contains(&name.as_str())) {
            assert!(!name.is_empty());
            for text in value.as_array().map_or_else(|| vec![value], |values| values.iter().collect()) {
                if let Some(text) = text.as_str().filter(|text| is_name(case, text)) {
                    names.insert(text.to_owned(), other_name(text));
                }
            }
        }
    }
    names.retain(|name, _| name.len() >= 3 && name != "111122223333");
    names
}

/// Whether a value is the name of a resource: it is in a request, and is not a setting.
fn is_name(case: &CaseToml, text: &str) -> bool {
    let quoted = json!(text).to_string();
    let is_in =
        |table: &Option<toml::Table>| table.as_ref().is_some_and(|table| json!(table).to_string().contains(&quoted));
    let is_setting = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
    !is_setting
        && !matches!(text, "true" | "false")
        && text.contains(|c: char| c.is_ascii_digit() || c == '-')
        && !text.starts_with("arn:aws:iam::aws:")
        && case.events.iter().any(|event| is_in(&event.request))
}

/// Another name of the same format: the part after the last separator has other letters and digits.
fn other_name(name: &str) -> String {
    let start = name.rfind(['/', ':']).map_or(0, |at| at + 1);
    let start = name[start..]
        .split_once('-')
        .filter(|(prefix, _)| prefix.len() <= 6)
        .map_or(start, |(prefix, _)| start + prefix.len() + 1);
    let other = |c: char| match c {
        'a'..='e' | '0'..='8' | 'g'..='y' | 'A'..='Y' => char::from_u32(u32::from(c) + 1).unwrap(),
        'f' => 'a',
        'z' => 'g',
        'Z' => 'A',
        '9' => '0',
        other => other,
    };
    name[..start].chars().chain(name[start..].chars().map(other)).collect()
}

fn renamed_text(text: &str, names: &BTreeMap<String, String>, account: &str) -> String {
    let mut text = text.replace("111122223333", account);
    // The longest names first, because one may be part of another.
    let mut sorted: Vec<_> = names.iter().collect();
    sorted.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    for (at, (name, _)) in sorted.iter().enumerate() {
        text = text.replace(name.as_str(), &format!("\u{1}{at}\u{2}"));
    }
    for (at, (_, other)) in sorted.iter().enumerate() {
        text = text.replace(&format!("\u{1}{at}\u{2}"), &other.replace("111122223333", account));
    }
    text
}

fn renamed_body(value: &Value, names: &BTreeMap<String, String>, account: &str) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), renamed_body(value, names, account))).collect(),
        ),
        Value::Array(elements) => {
            Value::Array(elements.iter().map(|value| renamed_body(value, names, account)).collect())
        }
        Value::String(text) => {
            // Only whole values and parts of ARNs and links: settings may contain the name of a resource by chance.
            let is_whole = names.contains_key(text) || text.contains([':', '/', '.']);
            Value::String(if is_whole {
                renamed_text(text, names, account)
            } else {
                text.replace("111122223333", account)
            })
        }
        other => other.clone(),
    }
}

/// A trail of several people.
pub(crate) fn trail<'v>(visits: impl Iterator<Item = &'v Visit>) -> Trail {
    let records: Vec<Value> = visits.flat_map(|visit| visit.records.iter().cloned()).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trail.json");
    std::fs::write(&file, json!({"Records": records}).to_string()).unwrap();
    let threads = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    Trail::read(read::discover(&[file.display().to_string()]), &Filter::default(), &threads).unwrap()
}

pub(crate) fn events(trail: &Trail) -> Vec<TrailEvent<'_>> {
    trail_events(&trail.events).unwrap()
}

/// A HAR file of visits. Its clock is behind by `skew` milliseconds, and a third of the requests have no ID.
pub(crate) fn har(visits: &[Visit], skew: i64, rng: &mut Rng) -> String {
    let time = |at: i64| rfc3339(START_MS + at - skew);
    let (mut pages, mut entries) = (Vec::new(), Vec::new());
    for (at, visit) in visits.iter().enumerate() {
        let id = format!("page_{}", at + 1);
        pages.push(json!({"id": id, "startedDateTime": time(visit.at), "title": visit.address, "pageTimings": {}}));
        for (sent, request_id) in &visit.requests {
            let mut headers = vec![json!({"name": "content-type", "value": "application/json"})];
            if rng.u8(0..3) > 0 {
                headers.push(json!({"name": "x-amzn-RequestId", "value": request_id}));
            }
            entries.push(json!({
                "pageref": id,
                "startedDateTime": time(*sent),
                "request": {
                    "method": "POST", "url": "https://service.eu-west-1.amazonaws.com/",
                    "headers": [{"name": "Authorization", "value": "AWS4-HMAC-SHA256 Credential=ASIASECRETSECRET"}],
                    "cookies": [{"name": "aws-userInfo", "value": "made-up-cookie"}],
                },
                "response": {"status": 200, "headers": headers, "content": {"text": "made-up-content"}},
            }));
        }
        // Requests to other sites have IDs, too.
        entries.push(json!({
            "pageref": id, "startedDateTime": time(visit.at),
            "request": {"url": "https://telemetry.example.com/"},
            "response": {"headers": [{"name": "x-amzn-requestid", "value": uuid(rng)}]},
        }));
    }
    json!({"log": {"version": "1.2", "pages": pages, "entries": entries}}).to_string()
}

/// A CSV file with the times, titles and, for every second page, addresses.
pub(crate) fn csv(visits: &[Visit], pages: &[RemovedPage], skew: i64) -> String {
    let mut text = String::from("time,title,address\n");
    for (at, visit) in visits.iter().enumerate() {
        let title = &pages[visit.page].title;
        let address = if at % 2 == 0 { visit.address.as_str() } else { "" };
        writeln!(text, "{},\"{title}\",{address}", rfc3339(START_MS + visit.at - skew)).unwrap();
    }
    text
}
