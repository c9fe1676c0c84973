//! The words for describing calls that no page explains: `rules/words/*.toml`, checked like rules.

use std::borrow::Cow;

use foldhash::{HashMap, HashSet};
use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::compile::{ErrorCollector, parse};
use super::generic::Generic;
use super::pattern::Pattern;
use super::{RuleError, RuleText};
use crate::normalize::caller::unwrapped;

/// One service in `words/services.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name in the console.
    pub name: String,
    /// Its page, relative to the console's host, if it has one.
    pub home: Option<String>,
    /// The service in whose console it is shown, if that is a different service.
    pub console: Option<String>,
    /// Its name in the AWS CLI, if that is different.
    pub cli: Option<String>,
}

/// The format of `words/verbs.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerbsToml {
    labels: Vec<String>,
    denied: Vec<String>,
    create: IndexMap<Spanned<String>, String>,
    delete: IndexMap<Spanned<String>, String>,
    change: IndexMap<Spanned<String>, String>,
}

/// The format of `words/names.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesToml {
    endings: Vec<String>,
    ignored: HashSet<String>,
    paging: HashSet<String>,
    /// Topics of calls that any page may make. They do not indicate what a page is about.
    #[serde(default)]
    secondary: HashSet<String>,
    entity: HashMap<String, String>,
}

/// The format of `words/noise.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoiseToml {
    console: Vec<Spanned<String>>,
    service: Vec<Spanned<String>>,
}

/// What a verb means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verb {
    /// The kind: create, delete or change.
    pub kind: Generic,
    /// The past tense: `Created`.
    pub past_tense: String,
}

/// The contents of all word files.
#[derive(Debug, Clone, Default)]
pub struct Words {
    services: HashMap<String, Service>,
    verbs: HashMap<String, Verb>,
    labels: Vec<String>,
    denied: Vec<String>,
    names: NamesToml,
    console: Vec<Pattern>,
    service: Vec<Pattern>,
    /// User-agent prefixes that identify a console, with its service; longest first.
    agents: Vec<(String, String)>,
    /// Irregular past tenses.
    past: HashMap<String, String>,
}

impl Words {
    /// Compiles the word files. Missing entries are left empty.
    ///
    /// # Errors
    /// Returns all errors in the files.
    pub(crate) fn compile(texts: &[RuleText]) -> Result<Self, Vec<RuleError>> {
        let mut words = Self::default();
        let mut errors = Vec::new();
        for text in texts {
            let mut collector = ErrorCollector::new(text);
            words.read(text, &mut collector);
            errors.extend(collector.into_errors());
        }
        if errors.is_empty() { Ok(words) } else { Err(errors) }
    }

    fn read(&mut self, text: &RuleText, collector: &mut ErrorCollector<'_>) {
        match text.id() {
            "words/services" => self.services = parse(text, collector).unwrap_or_default(),
            "words/names" => self.names = parse(text, collector).unwrap_or_default(),
            "words/verbs" => {
                if let Some(verbs) = parse(text, collector) {
                    self.read_verbs(verbs, collector);
                }
            }
            "words/agents" => {
                let agents: Option<IndexMap<String, String>> = parse(text, collector);
                self.agents = agents.unwrap_or_default().into_iter().collect();
                self.agents.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
            }
            "words/past" => self.past = parse(text, collector).unwrap_or_default(),
            "words/noise" => {
                if let Some(noise) = parse::<NoiseToml>(text, collector) {
                    self.console = patterns(&noise.console, "console", collector);
                    self.service = patterns(&noise.service, "service", collector);
                }
            }
            other => {
                collector.add(
                    0,
                    "",
                    format!("expected services, verbs, names, noise, past or agents, found `{other}`"),
                );
            }
        }
    }

    fn read_verbs(&mut self, toml: VerbsToml, collector: &mut ErrorCollector<'_>) {
        let kinds = [(Generic::Create, toml.create), (Generic::Delete, toml.delete), (Generic::Change, toml.change)];
        for (kind, verbs) in kinds {
            for (verb, past_tense) in verbs {
                let known = self.verbs.insert(verb.get_ref().clone(), Verb { kind, past_tense });
                if known.is_some() {
                    collector.add(verb.span().start, verb.get_ref(), "expected each verb once, found it again");
                }
            }
        }
        (self.labels, self.denied) = (toml.labels, toml.denied);
    }

    /// The number of services that have a name.
    #[must_use]
    pub fn services(&self) -> usize {
        self.services.len()
    }

    /// The service of an event source, given without its domain.
    #[must_use]
    pub fn service(&self, source: &str) -> Option<&Service> {
        self.services.get(source)
    }

    /// The service in whose console this service is shown, or the service itself.
    #[must_use]
    pub fn console_of<'w>(&'w self, source: &'w str) -> &'w str {
        self.service(source).and_then(|service| service.console.as_deref()).unwrap_or(source)
    }

    /// The service whose console a user agent identifies.
    #[must_use]
    pub fn console_of_agent(&self, agent: &str) -> Option<&str> {
        let agent = unwrapped(agent);
        let named = self.agents.iter().find(|(start, _)| agent.starts_with(start.as_str()));
        named.map(|(_, service)| self.console_of(service))
    }

    /// The meaning of a call's first word, if it is a verb that changes something.
    #[must_use]
    pub fn verb(&self, verb: &str) -> Option<&Verb> {
        self.verbs.get(verb)
    }

    /// The irregular past tense of a verb, if it has one: `ran` for `run`.
    #[must_use]
    pub fn past(&self, verb: &str) -> Option<&str> {
        self.past.get(verb).map(String::as_str)
    }

    /// Whether a call, given without its service, only tags what another call created.
    #[must_use]
    pub fn is_label(&self, name: &str) -> bool {
        self.labels.iter().any(|label| label == name)
    }

    /// Whether an error code means that access was denied.
    #[must_use]
    pub fn is_denial(&self, code: &str) -> bool {
        let is_it = |before: &str| before.is_empty() || before.ends_with('.');
        self.denied.iter().any(|denied| code.strip_suffix(denied.as_str()).is_some_and(is_it))
    }

    /// The kind of resource that a request's member names, if any: `user`.
    #[must_use]
    pub fn names(&self, member: &str) -> Option<Cow<'_, str>> {
        if let Some(kind) = self.names.entity.get(member) {
            return Some(Cow::Borrowed(kind));
        }
        if self.names.ignored.contains(member) {
            return None;
        }
        let is_ending = |ending: &&String| member.ends_with(ending.as_str()) || member.eq_ignore_ascii_case(ending);
        let ending = self.names.endings.iter().find(is_ending)?;
        let kind = snake(&member[..member.len().saturating_sub(ending.len())]);
        Some(if kind.is_empty() { Cow::Borrowed("resource") } else { Cow::Owned(kind) })
    }

    /// Whether neither a member nor its descendants name a resource.
    #[must_use]
    pub fn is_ignored(&self, member: &str) -> bool {
        self.names.ignored.contains(member)
    }

    /// Whether any page may make calls about this topic.
    #[must_use]
    pub fn is_secondary(&self, topic: &str) -> bool {
        self.names.secondary.contains(topic)
    }

    /// Whether a request member only selects a page of a list.
    #[must_use]
    pub fn is_paging(&self, member: &str) -> bool {
        self.names.paging.contains(member)
    }

    /// Whether the console makes the call on its own.
    #[must_use]
    pub fn is_console_noise(&self, call: &str) -> bool {
        self.console.iter().any(|pattern| pattern.matches(call))
    }

    /// Whether services make the call on behalf of a person.
    #[must_use]
    pub fn is_service_noise(&self, call: &str) -> bool {
        self.service.iter().any(|pattern| pattern.matches(call))
    }
}

fn patterns(calls: &[Spanned<String>], key: &str, collector: &mut ErrorCollector<'_>) -> Vec<Pattern> {
    let compile = |call: &Spanned<String>, collector: &mut ErrorCollector<'_>| {
        if !call.get_ref().contains(':') {
            collector.add(call.span().start, key, format!("expected `service:Call`, found `{}`", call.get_ref()));
        }
        collector.take(call.span().start, key, Pattern::parse(call.get_ref()))
    };
    calls.iter().filter_map(|call| compile(call, collector)).collect()
}

/// A call's name without the version at its end: `UpdateFunctionCode` for `UpdateFunctionCode20150331v2`.
pub fn unversioned(name: &str) -> &str {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    match bare.strip_suffix(['V', 'v']) {
        _ if bare.len() == name.len() => name,
        Some(before) => unversioned(before),
        None => bare,
    }
}

/// Splits a name in camel case into words: `["Describe", "DB", "Instances"]`. A version at the end is omitted.
#[must_use]
pub fn words(name: &str) -> Vec<&str> {
    let bare = unversioned(name);
    let text = if bare.is_empty() { name } else { bare };
    let (mut words, mut first, mut before) = (Vec::new(), 0, None::<char>);
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let after_small = before.is_some_and(|before| !before.is_uppercase());
        let before_small = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
        if at > 0 && char.is_uppercase() && (after_small || before_small) {
            words.push(&text[first..at]);
            first = at;
        }
        before = Some(char);
    }
    if first < text.len() {
        words.push(&text[first..]);
    }
    words
}

/// A word as written within a sentence: in lowercase, unless it is an abbreviation.
#[must_use]
pub fn in_sentence(word: &str) -> String {
    let abbreviates = word.len() > 1 && word.trim_end_matches('s').chars().all(|c| c.is_uppercase() || c.is_numeric());
    if abbreviates { word.to_owned() } else { word.to_lowercase() }
}

/// Converts a member name to snake case: `db_instance` for `dBInstance`, which is how CloudTrail writes member names
/// for old services.
#[must_use]
pub fn snake(member: &str) -> String {
    let mut chars = member.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    words(&(first + chars.as_str())).join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str, text: &str) -> RuleText {
        RuleText { path: path.to_owned(), file: path.to_owned(), text: text.to_owned() }
    }

    fn errors_of(path: &str, toml: &str) -> Vec<String> {
        let errors = Words::compile(&[text(path, toml)]).map(drop).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_are_split_into_words() {
        let cases = [
            ("DescribeDBInstances", "Describe DB Instances"),
            ("RunInstances", "Run Instances"),
            ("ListFunctions20150331", "List Functions"),
            ("CreateVpc", "Create Vpc"),
            ("GetKMSKeyARN", "Get KMS Key ARN"),
            ("ñandúÉ", "ñandú É"),
            ("1", "1"),
        ];
        for (call, expected) in cases {
            assert_eq!(words(call).join(" "), expected);
        }
        assert_eq!(["DB", "Vpcs", "ACLs", "A"].map(in_sentence), ["DB", "vpcs", "ACLs", "a"]);
    }

    #[test]
    fn kinds_are_found_by_list_or_by_suffix() {
        let toml =
            "endings = ['Name', 'Id']\nignored = ['requestId']\npaging = ['nextToken']\n[entity]\nuserName = 'user'";
        let words = Words::compile(&[text("words/names.toml", toml)]).unwrap();
        let kinds = ["userName", "dBClusterName", "id", "requestId", "valid"].map(|member| words.names(member));
        assert_eq!(kinds.map(Option::unwrap_or_default), ["user", "db_cluster", "resource", "", ""]);
        assert!(words.is_paging("nextToken") && !words.is_paging("next"));
    }

    #[test]
    fn errors_state_file_line_and_key() {
        let verbs = "labels = []\ndenied = []\n[create]\nAdd = 'Added'\n[delete]\n[change]\nAdd = 'Added'\n";
        assert_eq!(
            errors_of("words/verbs.toml", verbs),
            ["words/verbs.toml:7: Add: expected each verb once, found it again"]
        );
        let noise = "console = [\n 'health'\n]\nservice = []\n";
        assert_eq!(
            errors_of("words/noise.toml", noise),
            ["words/noise.toml:2: console: expected `service:Call`, found `health`"]
        );
        assert_eq!(errors_of("words/odd.toml", "").len(), 1);
        assert!(
            errors_of("words/services.toml", "ec2 = { nam = 'EC2' }")[0]
                .starts_with("words/services.toml:1: ec2: unknown field")
        );
    }

    #[test]
    fn denials_are_recognized_by_their_suffix() {
        let verbs = "labels = []\ndenied = ['UnauthorizedOperation']\n[create]\n[delete]\n[change]\n";
        let words = Words::compile(&[text("words/verbs.toml", verbs)]).unwrap();
        assert!(words.is_denial("Client.UnauthorizedOperation") && words.is_denial("UnauthorizedOperation"));
        assert!(!words.is_denial("Throttled") && !words.is_denial("NoUnauthorizedOperation"));
    }
}
