//! Shapes as TOML.

use super::caller::CallerCondition;
use super::condition::Condition;
use super::draft::{inline, quoted};
use super::path::Path;
use super::shape::{OutcomeCondition, Parameters, Shape};

/// What a drafted shape tests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ShapeToml {
    /// The call.
    pub(crate) call: String,
    /// The name of the shape.
    pub(crate) name: String,
    /// The families of user agents, as text.
    pub(crate) caller: Option<String>,
    /// The start of the user agent.
    pub(crate) agent: Option<String>,
    /// The accepted sets of members, sorted. An empty set means a request without parameters.
    pub(crate) members: Vec<Vec<String>>,
    /// Additional lines: conditions.
    pub(crate) conditions: Vec<String>,
}

impl ShapeToml {
    /// The `[[request]]` table.
    pub(crate) fn toml(&self) -> String {
        let mut lines = vec![
            "[[request]]".to_owned(),
            format!("call = {}", quoted(&self.call)),
            format!("name = {}", quoted(&self.name)),
        ];
        lines.extend(self.caller.as_ref().map(|caller| format!("caller = {}", quoted(caller))));
        lines.extend(self.agent.as_ref().map(|agent| format!("agent = {{ starts_with = {} }}", quoted(agent))));
        if self.members == [Vec::<String>::new()] {
            lines.push("no_parameters = true".to_owned());
        } else if !self.members.is_empty() {
            let sets = self.members.iter().map(|set| list(set)).collect::<Vec<_>>().join(", ");
            lines.push(format!("members = [{sets}]"));
        }
        lines.extend(self.conditions.iter().cloned());
        lines.join("\n") + "\n"
    }
}

/// A shape in the catalog under a different name, with different sets of members, page sizes and callers. `keeps`
/// decides which conditions on the request remain.
pub(crate) fn request_toml(
    shape: &Shape,
    name: &str,
    members: Vec<Vec<String>>,
    caller: Option<String>,
    keeps: impl Fn(&Path, &Condition) -> bool,
) -> ShapeToml {
    let mut conditions = Vec::new();
    let kept: Vec<String> =
        shape.conditions.iter().filter(|(path, condition)| keeps(path, condition)).map(entry).collect();
    if !kept.is_empty() {
        conditions.push(format!("where = {{ {} }}", kept.join(", ")));
    }
    if !shape.response.is_empty() {
        let tests: Vec<String> = shape.response.iter().map(entry).collect();
        conditions.push(format!("response = {{ {} }}", tests.join(", ")));
    }
    match &shape.outcome {
        OutcomeCondition::Any => {}
        OutcomeCondition::Succeeded => conditions.push("succeeded = true".to_owned()),
        OutcomeCondition::Failed(code) => conditions.push(format!("error = {}", quoted(code))),
    }
    let own = match &shape.caller {
        CallerCondition::Not(_) | CallerCondition::OneOf(_) => shape.caller.describe(),
        CallerCondition::Any => None,
    };
    ShapeToml {
        call: shape.call.clone(),
        name: name.to_owned(),
        caller: caller.or(own).filter(|caller| !caller.is_empty() && !caller.contains(" or ")),
        agent: None,
        members,
        conditions,
    }
}

fn entry((path, condition): &(Path, Condition)) -> String {
    format!("{} = {}", quoted(&path.to_string()), test(condition))
}

fn test(condition: &Condition) -> String {
    match condition {
        Condition::Equals(text) => quoted(text),
        Condition::StartsWith(text) => format!("{{ starts_with = {} }}", quoted(text)),
        Condition::EndsWith(text) => format!("{{ ends_with = {} }}", quoted(text)),
        Condition::Contains(text) => format!("{{ contains = {} }}", quoted(text)),
        Condition::OneOf(texts) => format!("{{ one_of = {} }}", list(texts)),
        Condition::Digits(count) => format!("{{ digits = {count} }}"),
        Condition::AtLeast(count) => format!("{{ at_least = {count} }}"),
        Condition::Empty => "{ empty = true }".to_owned(),
        Condition::Present => "{ present = true }".to_owned(),
    }
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

impl Shape {
    /// If it tests for a whole request, the members of that request, as conditions.
    pub(crate) fn exact_members(&self) -> Vec<(String, String)> {
        let Parameters::Exactly(document) = &self.parameters else { return Vec::new() };
        let members = document.root().as_object().into_iter().flat_map(|members| members.iter().collect::<Vec<_>>());
        members.map(|(name, value)| (name.to_owned(), inline(value))).collect()
    }
}
