//! Drafted rules and specs as TOML.

use std::fmt::Write as _;

use serde_json::Value;

use crate::event::Client;
use crate::json::Document;
use crate::rule::ShapeToml;
use crate::rule::draft::{inline, quoted};
use crate::signal::Kind;

/// A rule to be written.
#[derive(Debug, Clone, Default)]
pub(super) struct PageDraft {
    /// What it was learned from, as a comment.
    pub(super) comment: String,
    /// `rules.rule_id`
    pub(super) id: String,
    /// The title, a template.
    pub(super) title: String,
    /// The sentence, a template.
    pub(super) summary: String,
    /// The link, a template.
    pub(super) url: Option<String>,
    /// The kind.
    pub(super) kind: Option<Kind>,
    /// The place in the console.
    pub(super) console_path: Vec<String>,
    /// The window before and after the anchor, in seconds.
    pub(super) window: u32,
    /// The calls and shapes.
    pub(super) calls: DraftedCalls,
    /// The values in the templates: the name, and the path in the request.
    pub(super) extracts: Vec<(String, String)>,
    /// The year of the trail.
    pub(super) year: u16,
    /// Rules over which this rule takes precedence.
    pub(super) precedes: Vec<String>,
}

/// The calls of a draft, as references to shapes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DraftedCalls {
    /// Calls that must occur.
    pub(super) required: Vec<String>,
    /// Calls that may occur.
    pub(super) optional: Vec<String>,
    pub(crate) shapes: Vec<ShapeToml>,
}

/// A case of a spec.
#[derive(Debug, Clone)]
pub(super) struct SpecCase {
    /// What the case shows.
    pub(super) name: String,
    /// The events.
    pub(super) events: Vec<SpecEvent>,
    /// The expected signals: the rule, and its events unless it includes all events. Empty for a near miss.
    pub(super) signals: Vec<(String, Option<Vec<String>>)>,
}

/// An event of a spec.
#[derive(Debug, Clone)]
pub(super) struct SpecEvent {
    /// Seconds since the first event.
    pub(super) at: i64,
    /// The call.
    pub(super) call: String,
    /// The user agent.
    pub(super) agent: Option<String>,
    /// The kind of client.
    pub(super) client: Client,
    /// The record's `readOnly`.
    pub(super) read_only: Option<bool>,
    /// The region.
    pub(super) region: Option<String>,
    /// The access key.
    pub(super) key: Option<String>,
    /// The error code.
    pub(super) error: Option<String>,
    /// The request.
    pub(super) request: Value,
    /// The response, if a shape tests it.
    pub(super) response: Value,
}

impl PageDraft {
    /// The text of the rule.
    pub(super) fn rule_text(&self) -> String {
        let mut toml = format!("# {}\n", self.comment.replace('\n', " "));
        line(&mut toml, "id", &quoted(&self.id));
        line(&mut toml, "title", &quoted(&self.title));
        line(&mut toml, "summary", &quoted(&self.summary));
        if let Some(url) = &self.url {
            line(&mut toml, "url", &quoted(url));
        }
        line(&mut toml, "kind", &quoted(self.kind.unwrap_or(Kind::View).as_str()));
        line(&mut toml, "console_path", &list(&self.console_path));
        let window = self.window;
        let _ = write!(toml, "\nwindow = {{ before = {window}, after = {window} }}\n");
        self.calls.write(&mut toml);
        if !self.precedes.is_empty() {
            line(&mut toml, "takes_precedence_over", &list(&self.precedes));
        }
        let _ = write!(toml, "\n[provenance]\nbasis = \"observed\"\nyears = [{}]\n", self.year);
        if !self.extracts.is_empty() {
            toml.push_str("\n[extract]\n");
            for (name, path) in &self.extracts {
                line(&mut toml, name, &format!("{{ path = {}, one = true }}", quoted(&format!("request.{path}"))));
            }
        }
        self.calls.write_shapes(&mut toml);
        toml
    }
}

impl DraftedCalls {
    /// The keys `required` and `optional`.
    fn write(&self, toml: &mut String) {
        for (key, calls) in [("required", &self.required), ("optional", &self.optional)] {
            if !calls.is_empty() {
                let calls: Vec<String> = calls.iter().map(|call| format!("  {},\n", quoted(call))).collect();
                line(toml, key, &format!("[\n{}]", calls.concat()));
            }
        }
    }

    fn write_shapes(&self, toml: &mut String) {
        for shape in &self.shapes {
            let _ = write!(toml, "\n{}", shape.toml());
        }
    }

    /// A generation with these calls and their shapes, to be appended to a rule.
    pub(super) fn generation_text(&self, year: u16, window: u32) -> String {
        let mut toml = format!("\n[[generation]]\nyear = {year}\nwindow = {{ before = {window}, after = {window} }}\n");
        self.write(&mut toml);
        self.write_shapes(&mut toml);
        toml
    }
}

impl SpecCase {
    /// The `[[case]]` table.
    pub(super) fn text(&self) -> String {
        let mut toml = String::from("[[case]]\n");
        line(&mut toml, "name", &quoted(&self.name));
        if self.signals.is_empty() {
            line(&mut toml, "near_miss", "true");
        }
        let events: Vec<String> = self.events.iter().map(SpecEvent::text).collect();
        line(&mut toml, "events", &format!("[\n{}]", events.concat()));
        if !self.signals.is_empty() {
            let signal = |(rule, events): &(String, Option<Vec<String>>)| {
                let events = events.as_ref().map_or_else(String::new, |events| format!(", events = {}", list(events)));
                format!("  {{ rule = {}{events} }},\n", quoted(rule))
            };
            let signals: Vec<String> = self.signals.iter().map(signal).collect();
            line(&mut toml, "signals", &format!("[\n{}]", signals.concat()));
        }
        toml
    }

    /// The text of a spec.
    pub(super) fn spec_text(cases: &[Self]) -> String {
        cases.iter().map(Self::text).collect::<Vec<_>>().join("\n")
    }
}

impl SpecEvent {
    fn text(&self) -> String {
        let mut members = Vec::new();
        if self.at != 0 {
            members.push(format!("at = {}", self.at));
        }
        members.push(format!("call = {}", quoted(&self.call)));
        let client = (self.client != Client::Unknown).then(|| self.client.as_str());
        let agent = self.agent.as_deref().filter(|agent| *agent != "AWS Internal");
        let region = self.region.as_deref().filter(|region| *region != "eu-west-1");
        let texts = [
            ("agent", agent),
            ("client", client),
            ("region", region),
            ("key", self.key.as_deref()),
            ("error", self.error.as_deref()),
        ];
        members.extend(texts.into_iter().filter_map(|(name, text)| Some(format!("{name} = {}", quoted(text?)))));
        members.extend(self.read_only.map(|read_only| format!("read_only = {read_only}")));
        for (name, body) in [("request", &self.request), ("response", &self.response)] {
            if body.is_object() {
                members.push(format!("{name} = {}", inline(Document::from(body.clone()).root())));
            }
        }
        format!("  {{ {} }},\n", members.join(", "))
    }
}

fn line(toml: &mut String, key: &str, value: &str) {
    let _ = writeln!(toml, "{key} = {value}");
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}
