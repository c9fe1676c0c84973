//! The compiled table: entries by call, and the words for calls without an entry.

use std::sync::LazyLock;

use foldhash::HashMap;
use indexmap::IndexMap;
use toml::Spanned;

use super::format::{capitalized, regular_past};
use super::grammar::CallNames;
use super::schema::{CLASSES, CallClass, CallToml, CallsToml, EntityToml, PathsToml, UNDOES, ValueFormat, ValueToml};
use super::{Call, Relation};
use crate::rule::compile::{ErrorCollector, parse};
use crate::rule::condition::Condition;
use crate::rule::path::Path;
use crate::rule::template::Template;
use crate::rule::words::{Words, unversioned};
use crate::rule::{RuleError, RuleText, holds_calls, holds_words, is_spec};

/// The shipped table, compiled on first use.
static SHIPPED: LazyLock<CallTable> = LazyLock::new(|| {
    let is_part = |path: &str| !is_spec(path) && (holds_calls(path) || holds_words(path));
    CallTable::compile(&RuleText::shipped_where(&is_part)).unwrap_or_default()
});

/// The start of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// The request.
    Request,
    /// The response: `response.a`.
    Response,
    /// The other members of the record: `extra.additionalEventData.a`.
    Extra,
    /// The facts about a policy, network rules or an access control list: `facts.public`.
    Facts,
}

/// A path with its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RootedPath {
    pub(super) root: Root,
    pub(super) path: Path,
}

/// An entity that an entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryEntity {
    pub(super) placeholder: String,
    pub(super) kind: String,
    pub(super) relation: Relation,
    pub(super) places: Vec<RootedPath>,
}

/// A value that a sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedValue {
    pub(super) placeholder: String,
    pub(super) places: Vec<RootedPath>,
    pub(super) format: Option<ValueFormat>,
}

/// Where a policy is, and whose permissions it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PolicyPlace {
    pub(super) document: Option<RootedPath>,
    pub(super) arn: Option<RootedPath>,
    pub(super) of: Option<String>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct CallEntry {
    /// The call: `iam:CreateUser`.
    pub name: String,
    /// The source text of the template.
    pub action: String,
    /// The sentence if the call succeeded and the action in the past tense does not fit.
    pub done_text: Option<String>,
    /// The conditions in words, for the catalog.
    pub condition: String,
    /// The classes with their effects.
    pub classes: Vec<(CallClass, String)>,
    /// The object of the classes.
    pub object: String,
    /// The calls that it undoes, without versions.
    pub undoes: Vec<String>,
    /// ATT&CK technique IDs.
    pub attack: Vec<String>,
    /// Whether consoles make the call on their own.
    pub automatic: bool,
    /// The source file.
    pub file: String,
    /// Its index in the table.
    pub index: usize,
    pub(super) when: Vec<(RootedPath, Condition)>,
    pub(super) entities: Vec<EntryEntity>,
    pub(super) values: Vec<NamedValue>,
    pub(super) defaults: IndexMap<String, String>,
    pub(super) policy: Option<PolicyPlace>,
    pub(super) network: bool,
    pub(super) acl: bool,
    /// The sentence if the call succeeded: `Attached {policy} to role {role}`.
    pub(super) done: Template,
    /// The action: `attach {policy} to role {role}`.
    pub(super) tried: Template,
}

/// All entries, by call.
#[derive(Debug, Default)]
pub struct CallTable {
    entries: Vec<CallEntry>,
    by_call: HashMap<String, Vec<usize>>,
    pub(super) words: Words,
    pub(super) names: CallNames,
}

impl CallTable {
    /// The shipped table. A test checks that it compiles.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Compiles those of the texts that are in `calls/` or `words/`.
    ///
    /// # Errors
    /// Returns all errors, ordered by file and line.
    pub fn compile(texts: &[RuleText]) -> Result<Self, Vec<RuleError>> {
        let words: Vec<RuleText> = texts.iter().filter(|text| text.holds_words()).cloned().collect();
        let mut table = Self { words: Words::compile(&words)?, ..Self::default() };
        let mut errors = Vec::new();
        for text in texts.iter().filter(|text| text.holds_calls() && !text.is_spec()) {
            let mut collector = ErrorCollector::new(text);
            let calls = parse::<CallsToml>(text, &mut collector).map(|calls| calls.call).unwrap_or_default();
            for call in &calls {
                table.add(text, call, &mut collector);
            }
            for undone in calls.iter().flat_map(|call| &call.undoes) {
                if !calls.iter().any(|call| call.name.get_ref() == undone.get_ref()) {
                    let problem = format!("expected a call from this file, found `{}`", undone.get_ref());
                    collector.add(undone.span().start, "undoes", problem);
                }
            }
            errors.extend(collector.into_errors());
        }
        errors.sort();
        if errors.is_empty() { Ok(table) } else { Err(errors) }
    }

    fn add(&mut self, text: &RuleText, toml: &CallToml, collector: &mut ErrorCollector<'_>) {
        let (at, name) = (toml.name.span().start, toml.name.get_ref());
        let same = self.by_call.get(name).map(Vec::as_slice).unwrap_or_default();
        if same.iter().any(|entry| self.entries[*entry].file != text.file) {
            collector.add(at, "name", format!("expected all entries for a call in one file, found `{name}` in two"));
        }
        if same.iter().any(|entry| self.entries[*entry].when.is_empty()) {
            collector.add(at, "name", format!("expected `when` in the previous entry for `{name}`"));
        }
        if let Some(entry) = compile_entry(text, toml, self.entries.len(), &self.words, collector) {
            self.by_call.entry(name.clone()).or_default().push(entry.index);
            self.entries.push(entry);
        }
    }

    /// All entries, in order of files.
    #[must_use]
    pub fn entries(&self) -> &[CallEntry] {
        &self.entries
    }

    /// The number of calls for which there is an entry.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.by_call.len()
    }

    /// The entries of a call: by its name, or by its name without a version.
    pub(super) fn of(&self, call: &Call<'_>) -> impl Iterator<Item = &CallEntry> {
        let known = self.by_call.get(call.key).or_else(|| self.by_call.get(unversioned(call.key)));
        known.into_iter().flatten().map(|entry| &self.entries[*entry])
    }
}

fn compile_entry(
    text: &RuleText,
    toml: &CallToml,
    index: usize,
    words: &Words,
    collector: &mut ErrorCollector<'_>,
) -> Option<CallEntry> {
    let before = collector.count();
    let (at, name) = (toml.name.span().start, toml.name.get_ref().clone());
    if !name.contains(':') || has_version(&name) {
        collector.add(at, "name", format!("expected `service:Call` without a version, found `{name}`"));
    }
    let entities = entities(toml, at, collector);
    let values = values(toml, at, collector);
    let when = when(toml, collector);
    let policy = policy(toml, at, collector);
    let action = toml.action.get_ref();
    let at_action = toml.action.span().start;
    let tried = collector.take(at_action, "action", Template::parse(action));
    let done = match &toml.done {
        Some(done) => collector.take(done.span().start, "done", Template::parse(done.get_ref())),
        None => collector.take(at_action, "action", Template::parse(&in_past(action, words))),
    };
    let templates = [tried.as_ref(), done.as_ref()];
    check_placeholders(toml, &templates, &entities, &values, collector);
    let classes = classes(toml, collector);
    check_techniques(toml, collector);
    if collector.count() > before {
        return None;
    }
    let conditions: Vec<String> =
        when.iter().map(|(place, condition)| format!("{} {}", place.path, condition.describe())).collect();
    Some(CallEntry {
        name,
        action: action.clone(),
        done_text: toml.done.as_ref().map(|done| done.get_ref().clone()),
        condition: conditions.join(" and "),
        classes,
        object: toml.object.clone(),
        undoes: toml.undoes.iter().map(|call| call.get_ref().clone()).collect(),
        attack: toml.attack.iter().map(|technique| technique.get_ref().clone()).collect(),
        automatic: toml.automatic,
        file: text.file.clone(),
        index,
        when,
        entities,
        values,
        defaults: toml.defaults.clone(),
        policy,
        network: toml.network,
        acl: toml.acl,
        done: done?,
        tried: tried?,
    })
}

fn check_techniques(toml: &CallToml, collector: &mut ErrorCollector<'_>) {
    for technique in &toml.attack {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_id = technique.get_ref().strip_prefix('T').is_some_and(|id| match id.split_once('.') {
            Some((id, sub)) => id.len() == 4 && digits(id) && sub.len() == 3 && digits(sub),
            None => id.len() == 4 && digits(id),
        });
        if !is_id {
            collector.add(
                technique.span().start,
                "attack",
                format!("expected an ATT&CK ID, found `{}`", technique.get_ref()),
            );
        }
    }
}

/// The action in the past tense: `Attached {policy}` for `attach {policy}`.
fn in_past(action: &str, words: &Words) -> String {
    /// Words that may precede the verb.
    const ADVERBS: [&str; 1] = ["permanently"];
    let (first, rest) = action.split_once(' ').unwrap_or((action, ""));
    let past = |verb: &str| words.past(verb).map_or_else(|| regular_past(verb), str::to_owned);
    if ADVERBS.contains(&first) {
        let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        return format!("{} {} {rest}", capitalized(first), past(verb));
    }
    format!("{} {rest}", capitalized(&past(first)))
}

/// Whether a name ends in an API version: `20150331`, `20150331v2`. `RestoreDBInstanceFromS3` does not.
fn has_version(name: &str) -> bool {
    let version = name.strip_prefix(unversioned(name)).unwrap_or_default();
    version.bytes().filter(u8::is_ascii_digit).count() >= 8
}

/// Whether an entry has the source of a computed value.
type HasSource = fn(&CallToml) -> bool;

/// Values that are computed from policies, network rules and access control lists.
const COMPUTED: [(&str, HasSource); 6] = [
    ("allows", |toml| toml.policy.is_some()),
    ("grantees", |toml| toml.policy.is_some()),
    ("network", |toml| toml.network),
    ("ports", |toml| toml.network),
    ("peers", |toml| toml.network),
    ("acl", |toml| toml.acl),
];

fn check_placeholders(
    toml: &CallToml,
    templates: &[Option<&Template>],
    entities: &[EntryEntity],
    values: &[NamedValue],
    collector: &mut ErrorCollector<'_>,
) {
    let at = toml.action.span().start;
    let mut names: Vec<&str> = templates.iter().flatten().flat_map(|template| template.placeholders()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let is_known = entities.iter().any(|named| named.placeholder == name)
            || values.iter().any(|value| value.placeholder == name)
            || COMPUTED.iter().any(|(computed, is_there)| *computed == name && is_there(toml))
            || matches!(name, "account" | "region");
        if !is_known {
            collector.add(at, "action", format!("expected a target or value named `{name}`, found none"));
        }
    }
    for name in toml.defaults.keys() {
        if !entities.iter().any(|named| named.placeholder == *name)
            && !values.iter().any(|value| value.placeholder == *name)
        {
            collector.add(at, "defaults", format!("expected a target or value named `{name}`, found none"));
        }
    }
}

fn entities(toml: &CallToml, at: usize, collector: &mut ErrorCollector<'_>) -> Vec<EntryEntity> {
    let groups = [
        ("targets", Relation::Target, &toml.targets),
        ("created", Relation::Created, &toml.created),
        ("deleted", Relation::Deleted, &toml.deleted),
        ("granted_to", Relation::GrantedTo, &toml.granted_to),
        ("source", Relation::Source, &toml.source),
        ("used", Relation::Used, &toml.used),
    ];
    let mut entities: Vec<EntryEntity> = Vec::new();
    for (key, relation, group) in groups {
        for (placeholder, named) in group {
            if entities.iter().any(|known| known.placeholder == *placeholder) {
                collector.add(
                    at,
                    key,
                    format!("`{placeholder}` is already used; expected another name, with the entity type as `type`"),
                );
            }
            let (kind, paths) = match named {
                EntityToml::Paths(paths) => (placeholder.clone(), paths),
                EntityToml::Typed(typed) => (typed.kind.clone(), &typed.path),
            };
            let places = places(paths, at, key, collector);
            entities.push(EntryEntity { placeholder: placeholder.clone(), kind, relation, places });
        }
    }
    entities
}

fn values(toml: &CallToml, at: usize, collector: &mut ErrorCollector<'_>) -> Vec<NamedValue> {
    let value = |(placeholder, value): (&String, &ValueToml)| {
        let (paths, format) = match value {
            ValueToml::Paths(paths) => (paths, None),
            ValueToml::Formatted(formatted) => (&formatted.path, Some(formatted.format)),
        };
        NamedValue { placeholder: placeholder.clone(), places: places(paths, at, "values", collector), format }
    };
    toml.values.iter().map(value).collect()
}

fn places(paths: &PathsToml, at: usize, key: &str, collector: &mut ErrorCollector<'_>) -> Vec<RootedPath> {
    let texts = match paths {
        PathsToml::One(text) => std::slice::from_ref(text),
        PathsToml::Several(texts) => texts,
    };
    texts.iter().filter_map(|text| collector.take(at, key, place(text))).collect()
}

fn place(text: &str) -> Result<RootedPath, String> {
    let (root, path) = match text.split_once('.') {
        Some(("response", path)) => (Root::Response, path),
        Some(("extra", path)) => (Root::Extra, path),
        Some(("facts", path)) => (Root::Facts, path),
        _ => (Root::Request, text),
    };
    Ok(RootedPath { root, path: Path::parse(path)? })
}

fn when(toml: &CallToml, collector: &mut ErrorCollector<'_>) -> Vec<(RootedPath, Condition)> {
    let one = |(path, condition): (&Spanned<String>, &crate::rule::schema::ConditionToml)| {
        let at = path.span().start;
        let place = collector.take(at, "when", place(path.get_ref()))?;
        let condition = collector.take(at, "when", Condition::compile(condition))?;
        Some((place, condition))
    };
    toml.when.iter().filter_map(one).collect()
}

fn policy(toml: &CallToml, at: usize, collector: &mut ErrorCollector<'_>) -> Option<PolicyPlace> {
    let stated = toml.policy.as_ref()?;
    let mut read = |text: Option<&String>| text.and_then(|text| collector.take(at, "policy", place(text)));
    Some(PolicyPlace {
        document: read(stated.document.as_ref()),
        arn: read(stated.arn.as_ref()),
        of: stated.of.clone(),
    })
}

fn classes(toml: &CallToml, collector: &mut ErrorCollector<'_>) -> Vec<(CallClass, String)> {
    let mut classes = Vec::new();
    for (name, effect) in &toml.classes {
        let found = CLASSES.iter().find(|(_, known, _)| *known == name.get_ref());
        match found.filter(|(class, ..)| *class != CallClass::Reversal) {
            Some((class, _, effects)) if effects.contains(&effect.as_str()) => classes.push((*class, effect.clone())),
            Some((_, _, effects)) => collector.add(
                name.span().start,
                "classes",
                format!("expected one of {}, found `{effect}`", effects.join(", ")),
            ),
            None => {
                let stated = CLASSES.iter().filter(|(class, ..)| *class != CallClass::Reversal);
                let known: Vec<&str> = stated.map(|(_, name, _)| *name).collect();
                collector.add(
                    name.span().start,
                    "classes",
                    format!("expected one of {}, found `{}`", known.join(", "), name.get_ref()),
                );
            }
        }
    }
    if !toml.undoes.is_empty() {
        classes.push((CallClass::Reversal, UNDOES.to_owned()));
    }
    classes
}
