//! The words in which calls are told that no page explains: `rules/words/*.toml`, checked as rules are.

use std::borrow::Cow;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use toml::Spanned;

use super::compile::{Faults, parse};
use super::generic::Generic;
use super::pattern::Pattern;
use super::{RuleError, RuleText};
use crate::normalize::caller::unwrapped;

/// `words/services.toml`: one service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What the console calls it.
    pub name: String,
    /// Its page, below the console's host; none if it has none.
    pub home: Option<String>,
    /// The service in whose console it is shown, where that is another.
    pub console: Option<String>,
    /// What the AWS CLI calls it, where that is something else.
    pub cli: Option<String>,
}

/// `words/verbs.toml`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerbsToml {
    labels: Vec<String>,
    denied: Vec<String>,
    create: IndexMap<Spanned<String>, String>,
    delete: IndexMap<Spanned<String>, String>,
    change: IndexMap<Spanned<String>, String>,
}

/// `words/names.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesToml {
    endings: Vec<String>,
    ignored: FxHashSet<String>,
    paging: FxHashSet<String>,
    /// What calls ask for that any page may make: they say nothing about what a page shows.
    #[serde(default)]
    secondary: FxHashSet<String>,
    entity: FxHashMap<String, String>,
}

/// `words/noise.toml`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoiseToml {
    console: Vec<Spanned<String>>,
    service: Vec<Spanned<String>>,
}

/// What a verb says was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verb {
    /// Create, delete or change.
    pub what: Generic,
    /// `Created`
    pub did: String,
}

/// Everything that the files say.
#[derive(Debug, Clone, Default)]
pub struct Words {
    services: FxHashMap<String, Service>,
    verbs: FxHashMap<String, Verb>,
    labels: Vec<String>,
    denied: Vec<String>,
    names: NamesToml,
    console: Vec<Pattern>,
    service: Vec<Pattern>,
    /// How user agents begin that name a console, and the service whose console it is; longest first.
    agents: Vec<(String, String)>,
    /// Verbs whose past is not regular.
    past: FxHashMap<String, String>,
}

impl Words {
    /// Compiles the files of words; what none of them says stays unsaid.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub(crate) fn compile(texts: &[RuleText]) -> Result<Self, Vec<RuleError>> {
        let mut words = Self::default();
        let mut errors = Vec::new();
        for text in texts {
            let mut faults = Faults::new(text);
            words.read(text, &mut faults);
            errors.extend(faults.into_errors());
        }
        if errors.is_empty() { Ok(words) } else { Err(errors) }
    }

    fn read(&mut self, text: &RuleText, faults: &mut Faults<'_>) {
        match text.id() {
            "words/services" => self.services = parse(text, faults).unwrap_or_default(),
            "words/names" => self.names = parse(text, faults).unwrap_or_default(),
            "words/verbs" => {
                if let Some(verbs) = parse(text, faults) {
                    self.read_verbs(verbs, faults);
                }
            }
            "words/agents" => {
                let agents: Option<IndexMap<String, String>> = parse(text, faults);
                self.agents = agents.unwrap_or_default().into_iter().collect();
                self.agents.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
            }
            "words/past" => self.past = parse(text, faults).unwrap_or_default(),
            "words/noise" => {
                if let Some(noise) = parse::<NoiseToml>(text, faults) {
                    self.console = patterns(&noise.console, "console", faults);
                    self.service = patterns(&noise.service, "service", faults);
                }
            }
            other => {
                faults.add(0, "", format!("expected services, verbs, names, noise, past or agents, found `{other}`"));
            }
        }
    }

    fn read_verbs(&mut self, toml: VerbsToml, faults: &mut Faults<'_>) {
        let kinds = [(Generic::Create, toml.create), (Generic::Delete, toml.delete), (Generic::Change, toml.change)];
        for (what, verbs) in kinds {
            for (verb, did) in verbs {
                let known = self.verbs.insert(verb.get_ref().clone(), Verb { what, did });
                if known.is_some() {
                    faults.add(verb.span().start, verb.get_ref(), "expected each verb once, found it again");
                }
            }
        }
        (self.labels, self.denied) = (toml.labels, toml.denied);
    }

    /// How many services have a name.
    #[must_use]
    pub fn services(&self) -> usize {
        self.services.len()
    }

    /// The service of that event source, without its domain.
    #[must_use]
    pub fn service(&self, source: &str) -> Option<&Service> {
        self.services.get(source)
    }

    /// The service in whose console this one is shown: itself, if it has one of its own.
    #[must_use]
    pub fn console_of<'w>(&'w self, source: &'w str) -> &'w str {
        self.service(source).and_then(|service| service.console.as_deref()).unwrap_or(source)
    }

    /// The service whose console a user agent names.
    #[must_use]
    pub fn console_of_agent(&self, agent: &str) -> Option<&str> {
        let agent = unwrapped(agent);
        let named = self.agents.iter().find(|(start, _)| agent.starts_with(start.as_str()));
        named.map(|(_, service)| self.console_of(service))
    }

    /// What the first word of a call says, if it says that something was changed.
    #[must_use]
    pub fn verb(&self, verb: &str) -> Option<&Verb> {
        self.verbs.get(verb)
    }

    /// The past of a verb, if it is not regular: `ran` of `run`.
    #[must_use]
    pub fn past(&self, verb: &str) -> Option<&str> {
        self.past.get(verb).map(String::as_str)
    }

    /// Whether a call, without its service, only labels what another one made.
    #[must_use]
    pub fn is_label(&self, name: &str) -> bool {
        self.labels.iter().any(|label| label == name)
    }

    /// Whether an error code means that somebody was not allowed to.
    #[must_use]
    pub fn is_denial(&self, code: &str) -> bool {
        let is_it = |before: &str| before.is_empty() || before.ends_with('.');
        self.denied.iter().any(|denied| code.strip_suffix(denied.as_str()).is_some_and(is_it))
    }

    /// What a member of a request names, if it names something: `user`.
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

    /// Whether neither a member nor what stands below it names anything.
    #[must_use]
    pub fn is_ignored(&self, member: &str) -> bool {
        self.names.ignored.contains(member)
    }

    /// Whether a call asks for what any page may ask for.
    #[must_use]
    pub fn is_secondary(&self, topic: &str) -> bool {
        self.names.secondary.contains(topic)
    }

    /// Whether a member of a request only says which part of a list is asked for.
    #[must_use]
    pub fn is_paging(&self, member: &str) -> bool {
        self.names.paging.contains(member)
    }

    /// Whether the console makes the call by itself.
    #[must_use]
    pub fn is_console_noise(&self, call: &str) -> bool {
        self.console.iter().any(|pattern| pattern.matches(call))
    }

    /// Whether services make the call in a person's name.
    #[must_use]
    pub fn is_service_noise(&self, call: &str) -> bool {
        self.service.iter().any(|pattern| pattern.matches(call))
    }
}

fn patterns(calls: &[Spanned<String>], key: &str, faults: &mut Faults<'_>) -> Vec<Pattern> {
    let compile = |call: &Spanned<String>, faults: &mut Faults<'_>| {
        if !call.get_ref().contains(':') {
            faults.add(call.span().start, key, format!("expected `service:Call`, found `{}`", call.get_ref()));
        }
        faults.take(call.span().start, key, Pattern::parse(call.get_ref()))
    };
    calls.iter().filter_map(|call| compile(call, faults)).collect()
}

/// A call's name without the versions at its end: `UpdateFunctionCode` of `UpdateFunctionCode20150331v2`.
pub fn unversioned(name: &str) -> &str {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    match bare.strip_suffix(['V', 'v']) {
        _ if bare.len() == name.len() => name,
        Some(before) => unversioned(before),
        None => bare,
    }
}

/// The words of a name in camel case: `["Describe", "DB", "Instances"]`. A version at its end is no word.
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

/// A word as it stands within a sentence: abbreviations stay as they are.
#[must_use]
pub fn within(word: &str) -> String {
    let abbreviates = word.len() > 1 && word.trim_end_matches('s').chars().all(|c| c.is_uppercase() || c.is_numeric());
    if abbreviates { word.to_owned() } else { word.to_lowercase() }
}

/// `db_instance` of `dBInstance`, as CloudTrail writes the members of old services.
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

    fn faults(path: &str, toml: &str) -> Vec<String> {
        let errors = Words::compile(&[text(path, toml)]).map(drop).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn calls_fall_into_words() {
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
        assert_eq!(["DB", "Vpcs", "ACLs", "A"].map(within), ["DB", "vpcs", "ACLs", "a"]);
    }

    #[test]
    fn members_name_by_the_list_or_by_their_ending() {
        let toml =
            "endings = ['Name', 'Id']\nignored = ['requestId']\npaging = ['nextToken']\n[entity]\nuserName = 'user'";
        let words = Words::compile(&[text("words/names.toml", toml)]).unwrap();
        let kinds = ["userName", "dBClusterName", "id", "requestId", "valid"].map(|member| words.names(member));
        assert_eq!(kinds.map(Option::unwrap_or_default), ["user", "db_cluster", "resource", "", ""]);
        assert!(words.is_paging("nextToken") && !words.is_paging("next"));
    }

    #[test]
    fn what_is_wrong_is_told_by_file_line_and_key() {
        let verbs = "labels = []\ndenied = []\n[create]\nAdd = 'Added'\n[delete]\n[change]\nAdd = 'Added'\n";
        assert_eq!(
            faults("words/verbs.toml", verbs),
            ["words/verbs.toml:7: Add: expected each verb once, found it again"]
        );
        let noise = "console = [\n 'health'\n]\nservice = []\n";
        assert_eq!(
            faults("words/noise.toml", noise),
            ["words/noise.toml:2: console: expected `service:Call`, found `health`"]
        );
        assert_eq!(faults("words/odd.toml", "").len(), 1);
        assert!(
            faults("words/services.toml", "ec2 = { nam = 'EC2' }")[0]
                .starts_with("words/services.toml:1: ec2: unknown field")
        );
    }

    #[test]
    fn denials_are_told_by_their_end() {
        let verbs = "labels = []\ndenied = ['UnauthorizedOperation']\n[create]\n[delete]\n[change]\n";
        let words = Words::compile(&[text("words/verbs.toml", verbs)]).unwrap();
        assert!(words.is_denial("Client.UnauthorizedOperation") && words.is_denial("UnauthorizedOperation"));
        assert!(!words.is_denial("Throttled") && !words.is_denial("NoUnauthorizedOperation"));
    }
}
