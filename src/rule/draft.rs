//! Drafts: templates for a new rule and its spec, filled in from a burst of events if there is one. Pure.

use std::fmt::Write as _;

use super::RuleSet;
use super::caller::{CallerCondition, Family};
use super::extract::SourceEvent;
use crate::json::{Json, Members};

/// The texts of a new rule and its spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `<id>.toml`
    pub rule: String,
    /// `<id>.spec.toml`
    pub spec: String,
}

/// One event of the page's burst.
#[derive(Debug, Clone)]
pub struct Sample<'e, 't> {
    /// The event.
    pub event: SourceEvent<'e, 't>,
    /// Seconds since the first event of the burst.
    pub at: i64,
    /// Whether this is the selected event, whose call starts the rule.
    pub anchor: bool,
}

/// Drafts a rule with this ID. Without samples, the author has to fill in the calls.
pub fn draft(rules: &RuleSet, id: &str, samples: &[Sample<'_, '_>]) -> Draft {
    let mut calls = DraftCalls::default();
    for sample in samples {
        calls.add(rules, sample);
    }
    Draft { rule: rule(id, &calls), spec: spec(id, samples) }
}

/// The calls in a burst, in the form in which a rule refers to them, without duplicates.
#[derive(Debug, Default)]
struct DraftCalls {
    anchor: Option<String>,
    references: Vec<(String, String)>,
    /// New shapes, as TOML.
    requests: Vec<String>,
}

impl DraftCalls {
    fn add(&mut self, rules: &RuleSet, sample: &Sample<'_, '_>) {
        let call = sample.event.call;
        if sample.anchor {
            self.anchor = Some(call.to_owned());
        }
        if self.references.iter().any(|(known, _)| known == call) {
            return;
        }
        let reference = match rules.recognize(call, &sample.event.subject()) {
            Some(shape) if rules.shape(shape).call == call => rules.shape(shape).reference(),
            _ => self.new_shape(rules, &sample.event),
        };
        self.references.push((call.to_owned(), reference));
    }

    /// A new shape, which is named after the page, or has no name if the call is new.
    fn new_shape(&mut self, rules: &RuleSet, event: &SourceEvent<'_, '_>) -> String {
        let name = if rules.shapes_of(event.call).is_empty() { "" } else { "of-this-page" };
        let mut toml = format!("[[request]]\ncall = {}\n", quoted(event.call));
        if !name.is_empty() {
            line(&mut toml, "name", &quoted(name));
        }
        if let Some(caller) =
            event.user_agent.and_then(Family::of).and_then(|family| CallerCondition::OneOf(vec![family]).describe())
        {
            line(&mut toml, "caller", &quoted(&caller));
        }
        match event.request.value().as_object() {
            Some(members) if !members.is_empty() => line(&mut toml, "members", &format!("[[{}]]", names(members))),
            _ => line(&mut toml, "no_parameters", "true"),
        }
        self.requests.push(toml);
        if name.is_empty() { event.call.to_owned() } else { format!("{}/{name}", event.call) }
    }
}

fn rule(id: &str, calls: &DraftCalls) -> String {
    let path: Vec<&str> = id.split('/').collect();
    let service = path.first().copied().unwrap_or_default();
    let mut toml = String::from("# What the page is, if that is not obvious.\n");
    line(&mut toml, "id", &quoted(id));
    line(&mut toml, "title", &quoted(&path.join(" › ")));
    line(&mut toml, "summary", &quoted("Opened … (one sentence: what was done and what the page showed)"));
    line(
        &mut toml,
        "url",
        &quoted(&format!("https://{{region}}.console.aws.amazon.com/{service}/home?region={{region}}")),
    );
    line(&mut toml, "kind", &quoted("view"));
    line(
        &mut toml,
        "console_path",
        &format!("[{}]", path.iter().map(|part| quoted(part)).collect::<Vec<_>>().join(", ")),
    );
    let anchor = calls.anchor.clone().unwrap_or_else(|| format!("{service}:Call"));
    let mut required: Vec<String> = calls.references.iter().map(|(_, reference)| quoted(reference)).collect();
    if required.is_empty() {
        required.push(quoted(&anchor));
    }
    toml.push_str("\n# Move calls that the page does not always make to `optional`.\n");
    line(&mut toml, "anchor", &format!("[{}]", quoted(&anchor)));
    line(&mut toml, "required", &format!("[\n  {},\n]", required.join(",\n  ")));
    for request in &calls.requests {
        let _ = write!(toml, "\n{request}");
    }
    toml
}

fn spec(id: &str, samples: &[Sample<'_, '_>]) -> String {
    let mut toml = String::from("# Replace the real names, IDs and accounts with made-up values.\n[[case]]\n");
    line(&mut toml, "name", &quoted("the page's requests"));
    let events: Vec<String> = samples.iter().map(event).collect();
    line(&mut toml, "events", &format!("[\n{}]", events.concat()));
    line(&mut toml, "signals", &format!("[{{ rule = {} }}]", quoted(id)));
    toml.push_str("\n[[case]]\n");
    line(&mut toml, "name", &quoted("something similar that must not match"));
    line(&mut toml, "near_miss", "true");
    line(&mut toml, "events", &format!("[\n{}]", events.into_iter().skip(1).collect::<String>()));
    toml
}

fn event(sample: &Sample<'_, '_>) -> String {
    let mut members = vec![format!("at = {}", sample.at), format!("call = {}", quoted(sample.event.call))];
    let texts =
        [("agent", sample.event.user_agent), ("region", sample.event.region), ("error", sample.event.error_code)];
    members.extend(texts.into_iter().filter_map(|(name, text)| Some(format!("{name} = {}", quoted(text?)))));
    let values = [("request", sample.event.request.value()), ("response", sample.event.response.value())];
    members.extend(
        values
            .into_iter()
            .filter(|(_, value)| value.as_object().is_some())
            .map(|(name, value)| format!("{name} = {}", inline(value))),
    );
    format!("  {{ {} }},\n", members.join(", "))
}

fn line(toml: &mut String, key: &str, value: &str) {
    let _ = writeln!(toml, "{key} = {value}");
}

fn names(members: Members<'_>) -> String {
    members.names().map(quoted).collect::<Vec<_>>().join(", ")
}

/// A JSON value as TOML on one line. Nulls are omitted, because TOML does not support them.
pub(crate) fn inline(value: Json<'_>) -> String {
    match value {
        Json::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let members: Vec<String> =
                members.map(|(name, value)| format!("{} = {}", quoted(name), inline(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Json::Array(elements) => {
            let elements = elements.iter().filter(|value| !value.is_null());
            format!("[{}]", elements.map(inline).collect::<Vec<_>>().join(", "))
        }
        Json::String(text) => quoted(text),
        scalar => scalar.scalar().unwrap_or_default().to_owned(),
    }
}

/// A text as a TOML string on one line.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.replace('\n', " ")).to_string()
}
