//! The calls of drafted pages: which shapes in the catalog they match, and new shapes for calls that match none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::address::slug;
use super::write::DraftedCalls;
use crate::json::Members;
use crate::matching::Row;
use crate::rule::body::Body;
use crate::rule::caller::{CallerCondition, Family};
use crate::rule::condition::Condition;
use crate::rule::shape::ShapeSubject;
use crate::rule::{RuleSet, ShapeToml};

/// Drafts the calls of a page from its visits. Calls that occur in every visit are required, unless they are repeated
/// with different requests, such as one for each table row. With `all`, repeated calls are also required.
pub(super) fn calls(rules: &RuleSet, id: &str, visits: &[Vec<&Row<'_>>], all: bool) -> DraftedCalls {
    let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for (at, visit) in visits.iter().enumerate() {
        for row in visit {
            let part = parts.entry(row.call).or_insert_with(|| {
                order.push(row.call);
                Part::default()
            });
            part.visits.insert(at);
            part.add(rules, id, row);
            part.requests.entry(at).or_default().push(row.request.unwrap_or_default().to_owned());
        }
    }
    let mut drafted = DraftedCalls::default();
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for call in order {
        let Some(part) = parts.get(call) else { continue };
        let always = part.visits.len() == visits.len() && (all || !part.is_repeated());
        let reference = part.reference(call);
        if always {
            required.push(reference);
        } else {
            optional.push(reference);
        }
        drafted.shapes.extend(part.shapes.clone());
    }
    if required.is_empty() {
        std::mem::swap(&mut required, &mut optional);
    }
    drafted.required = required;
    drafted.optional = optional;
    drafted
}

/// The shapes of one call of a page.
#[derive(Debug, Default)]
struct Part {
    visits: BTreeSet<usize>,
    /// The requests of each visit.
    requests: BTreeMap<usize, Vec<String>>,
    /// The names of shapes in the catalog.
    known: BTreeSet<Option<String>>,
    shapes: Vec<ShapeToml>,
}

impl Part {
    fn add(&mut self, rules: &RuleSet, id: &str, row: &Row<'_>) {
        let [request, response] = [row.request, row.response].map(Body::new);
        let subject = row.source(&request, &response).subject();
        match rules.recognize(row.call, &subject) {
            Some(shape) if rules.shape(shape).call == row.call => {
                self.known.insert(rules.shape(shape).name.clone());
            }
            // A call that is not in any rule gets a shape that matches any request, so that other rules can refer to the
            // call.
            _ if rules.shapes_of(row.call).is_empty() => {
                self.known.insert(None);
            }
            _ => self.add_shape(new_shape(rules, id, row.call, &subject)),
        }
    }

    /// Adds a shape, or adds its request's members to a shape that is otherwise the same.
    fn add_shape(&mut self, mut new: ShapeToml) {
        let is_same = |shape: &&mut ShapeToml| {
            (&shape.caller, &shape.agent, &shape.conditions) == (&new.caller, &new.agent, &new.conditions)
                && shape.members != [Vec::<String>::new()]
                && new.members != [Vec::<String>::new()]
        };
        if let Some(shape) = self.shapes.iter_mut().find(is_same) {
            new.members.retain(|set| !shape.members.contains(set));
            shape.members.extend(new.members);
            return;
        }
        if self
            .shapes
            .iter()
            .any(|shape| shape.name == new.name && shape.members == new.members && shape.caller == new.caller)
        {
            return;
        }
        if !self.shapes.is_empty() {
            new.name = format!("{}-{}", new.name, self.shapes.len() + 1);
        }
        self.shapes.push(new);
    }

    /// Whether a visit makes the call more than once, with different requests.
    fn is_repeated(&self) -> bool {
        self.requests.values().any(|requests| requests.iter().collect::<BTreeSet<_>>().len() > 1)
    }

    fn reference(&self, call: &str) -> String {
        let known = self.known.iter().flatten().cloned();
        let names: Vec<String> = known.chain(self.shapes.iter().map(|shape| shape.name.clone())).collect();
        match (self.known.contains(&None), names.is_empty()) {
            (true, true) => call.to_owned(),
            (false, _) => format!("{call}/{}", names.join("|")),
            // A reference either lists names or does not.
            (true, false) => format!("{call}/*"),
        }
    }
}

/// A shape for a request that does not match any: its members, the caller, and the settings that distinguish the call's
/// other shapes.
fn new_shape(rules: &RuleSet, id: &str, call: &str, subject: &ShapeSubject<'_, '_>) -> ShapeToml {
    let members = members(subject.request.value().as_object());
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    for shape in rules.shapes_of(call) {
        for (path, condition) in &rules.shape(*shape).conditions {
            let is_setting = matches!(condition, Condition::Equals(_) | Condition::OneOf(_)) && !path.is_page_size();
            if is_setting {
                path.any(subject.request.value(), &mut |value| {
                    let text = value.scalar().filter(|text| is_setting_text(text));
                    text.is_some_and(|text| settings.insert(path.to_string(), text.to_owned()).is_some())
                });
            }
        }
    }
    let quoted = crate::rule::draft::quoted;
    let settings: Vec<String> =
        settings.iter().map(|(path, value)| format!("{} = {}", quoted(path), quoted(value))).collect();
    ShapeToml {
        call: call.to_owned(),
        name: slug(id),
        caller: subject.family.and_then(family),
        agent: (subject.family.is_none() && subject.agent.starts_with("Mozilla/")).then(|| "Mozilla/".to_owned()),
        members: vec![members],
        conditions: if settings.is_empty() {
            Vec::new()
        } else {
            vec![format!("where = {{ {} }}", settings.join(", "))]
        },
    }
}

/// Whether a value can be a console setting, as opposed to a name.
fn is_setting_text(text: &str) -> bool {
    text.len() <= 40
        && text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte))
        && (text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') || matches!(text, "true" | "false"))
}

/// The name of a family, as used in rules.
pub(super) fn family(family: Family) -> Option<String> {
    CallerCondition::OneOf(vec![family]).describe()
}

/// The names of a request's members, sorted.
pub(super) fn members(request: Option<Members<'_>>) -> Vec<String> {
    let mut names: Vec<String> = request.map_or_else(Vec::new, |members| members.names().map(str::to_owned).collect());
    names.sort_unstable();
    names
}

/// The values in requests, for placeholders in links and titles: the name, the path, the value.
pub(super) fn values(rows: &[&Row<'_>]) -> Vec<(String, String, String)> {
    let mut found: Vec<(String, String, String)> = Vec::new();
    for row in rows {
        let request: Value = row.request.and_then(|text| crate::json::value(text).ok()).unwrap_or_default();
        walk(&request, "", 0, &mut found);
    }
    found
}

fn walk(value: &Value, path: &str, depth: usize, found: &mut Vec<(String, String, String)>) {
    match value {
        Value::Object(members) if depth < 6 => {
            let plain = |name: &str| !name.contains(['.', '[', ']']) && !name.is_empty();
            for (name, value) in members.iter().filter(|(name, _)| plain(name)).take(40) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(value, &path, depth + 1, found);
            }
        }
        Value::Array(elements) if depth < 6 => {
            elements.iter().take(20).for_each(|element| walk(element, path, depth + 1, found));
        }
        Value::String(text) if (2..=200).contains(&text.len()) && !path.is_empty() => add_value(path, text, found),
        _ => {}
    }
}

fn add_value(path: &str, text: &str, found: &mut Vec<(String, String, String)>) {
    let is_known = found.iter().any(|(_, known, value)| known == path && value == text);
    let mut name = crate::rule::words::snake(path.rsplit('.').next().unwrap_or(path));
    name.retain(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_known && found.len() < 500 && !name.is_empty() && !matches!(name.as_str(), "region" | "account") {
        found.push((name, path.to_owned(), text.to_owned()));
    }
}
