//! Shapes: the form of a call's request when the console makes it. A match is strong evidence for a page; a mismatch is
//! only weak evidence against it.

use super::body::Body;
use super::caller::{CallerCondition, Family};
use super::condition::Condition;
use super::path::Path;
use crate::json::{Document, Json, Members};

/// The index of a shape in its [`super::RuleSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(pub u32);

/// The parts of an event that shapes test.
#[derive(Debug, Clone, Copy)]
pub struct ShapeSubject<'e, 't> {
    /// The user agent, without square brackets around it.
    pub agent: &'e str,
    /// The family of the user agent.
    pub family: Option<Family>,
    /// The request.
    pub request: &'e Body<'t>,
    /// The response.
    pub response: &'e Body<'t>,
    /// The error code of a failed call.
    pub error_code: Option<&'e str>,
}

/// The condition on a request's parameters as a whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Parameters {
    /// No condition.
    #[default]
    Any,
    /// No parameters.
    None,
    /// Exactly these parameters.
    Exactly(Document<'static>),
    /// One of these sets of top-level members, each sorted.
    Members(Vec<Vec<String>>),
}

/// The condition on the outcome of the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum OutcomeCondition {
    /// Any outcome.
    #[default]
    Any,
    /// It succeeded.
    Succeeded,
    /// It failed with this code.
    Failed(String),
}

/// One compiled shape of one call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shape {
    /// The call: `iam:ListUsers`, or `*`.
    pub call: String,
    /// The name by which rules refer to it, if the call has several.
    pub name: Option<String>,
    pub(crate) caller: CallerCondition,
    pub(crate) agent: Option<Condition>,
    pub(crate) parameters: Parameters,
    pub(crate) conditions: Vec<(Path, Condition)>,
    pub(crate) text: Vec<String>,
    pub(crate) response: Vec<(Path, Condition)>,
    pub(crate) outcome: OutcomeCondition,
}

impl Shape {
    /// A call's shape without any conditions.
    pub(crate) fn plain(call: &str) -> Self {
        Self { call: call.to_owned(), ..Self::default() }
    }

    /// Whether the event matches the shape.
    pub fn fits(&self, subject: &ShapeSubject<'_, '_>) -> bool {
        self.caller.fits(subject.family)
            && self.agent.as_ref().is_none_or(|condition| condition.holds_for_text(subject.agent))
            && self.outcome.fits(subject.error_code)
            && self.parameters.matches_request(subject.request)
            && all_hold(&self.conditions, subject.request)
            && all_hold(&self.response, subject.response)
            && self.text.iter().all(|part| subject.request.compact().contains(part.as_str()))
    }

    /// Whether the shape tests the request, and not only the caller.
    pub fn tests_request(&self) -> bool {
        self.parameters != Parameters::Any || !self.conditions.is_empty() || !self.text.is_empty()
    }

    /// How specific the shape is. If several shapes match, the most specific one is used.
    pub fn specificity(&self) -> u32 {
        let tests = self.conditions.iter().chain(&self.response).map(|(_, condition)| condition);
        self.parameters.weight()
            + self.caller.weight()
            + self.agent.as_ref().map_or(0, Condition::weight)
            + u32::from(self.outcome != OutcomeCondition::Any)
            + tests.map(Condition::weight).sum::<u32>()
            + self.text.iter().map(|part| if part.len() > 8 { 3 } else { 2 }).sum::<u32>()
    }

    /// The top-level members of a request that the shape mentions.
    pub(super) fn member_names(&self) -> impl Iterator<Item = &str> {
        let expected = self.conditions.iter().filter_map(|(path, _)| path.first_member());
        self.parameters.names().chain(expected)
    }

    /// The whole request that it tests for, as JSON, if it tests for one.
    #[cfg(feature = "program")]
    pub(crate) fn exact_text(&self) -> Option<String> {
        match &self.parameters {
            Parameters::Exactly(document) => Some(document.root().to_string()),
            _ => None,
        }
    }

    /// The reference to the shape in rules: `iam:ListUsers/all`.
    pub fn reference(&self) -> String {
        self.name.as_ref().map_or_else(|| self.call.clone(), |name| format!("{}/{name}", self.call))
    }

    /// A description in words, for `rules show`.
    pub fn describe(&self) -> String {
        let mut words: Vec<String> = self.caller.describe().map(|who| format!("by {who}")).into_iter().collect();
        words.extend(self.agent.as_ref().map(|condition| format!("agent {}", condition.describe())));
        words.extend(self.parameters.describe());
        words.extend(self.conditions.iter().map(|(path, condition)| format!("{path} {}", condition.describe())));
        words.extend(self.text.iter().map(|part| format!("text {part}")));
        words.extend(self.response.iter().map(|(path, condition)| format!("response {path} {}", condition.describe())));
        words.extend(self.outcome.describe());
        words.join("; ")
    }
}

/// Without conditions, the body is not accessed and therefore not parsed.
fn all_hold(conditions: &[(Path, Condition)], body: &Body<'_>) -> bool {
    conditions.is_empty() || {
        let value = body.value();
        conditions.iter().all(|(path, condition)| condition.holds(path, value))
    }
}

impl OutcomeCondition {
    pub(super) fn fits(&self, error_code: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::Succeeded => error_code.is_none(),
            Self::Failed(code) => error_code == Some(code.as_str()),
        }
    }

    pub(super) fn describe(&self) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Succeeded => Some("without error".to_owned()),
            Self::Failed(code) => Some(format!("failed with {code}")),
        }
    }
}

impl Parameters {
    fn matches_request(&self, request: &Body<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::None => has_none(request.value()),
            Self::Exactly(expected) => equal_scalars(expected.root(), request.value()),
            Self::Members(sets) => {
                request.value().as_object().is_some_and(|members| sets.iter().any(|set| have_exactly(members, set)))
            }
        }
    }

    fn weight(&self) -> u32 {
        match self {
            Self::Any => 0,
            Self::None | Self::Exactly(_) => 100,
            Self::Members(_) => 10,
        }
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Any | Self::None => Box::new(std::iter::empty()),
            Self::Exactly(value) => Box::new(value.root().as_object().into_iter().flat_map(Members::names)),
            Self::Members(sets) => Box::new(sets.iter().flatten().map(String::as_str)),
        }
    }

    pub(super) fn describe(&self) -> Option<String> {
        match self {
            Self::Any => None,
            Self::None => Some("without parameters".to_owned()),
            Self::Exactly(document) => Some(format!("with exactly {}", document.root())),
            Self::Members(sets) => {
                let sets: Vec<_> = sets.iter().map(|set| set.join(", ")).collect();
                Some(format!("with {}", sets.join(" or with ")))
            }
        }
    }
}

pub(super) fn has_none(request: Json<'_>) -> bool {
    request.is_null() || request.as_object().is_some_and(Members::is_empty)
}

/// Whether these are exactly the expected members.
fn have_exactly(members: Members<'_>, expected: &[String]) -> bool {
    members.len() == expected.len() && members.names().all(|name| expected.iter().any(|known| known == name))
}

/// Compares values. Scalars are compared as text, so `1000` equals `"1000"`.
fn equal_scalars(left: Json<'_>, right: Json<'_>) -> bool {
    match (left, right) {
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| equal_scalars(value, other)))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| equal_scalars(left, right))
        }
        (Json::String(text), other) | (other, Json::String(text)) => other.scalar() == Some(text),
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fits(shape: &Shape, request: &Value, error_code: Option<&str>) -> bool {
        let text = request.to_string();
        shape.fits(&ShapeSubject {
            agent: "AWS Internal",
            family: Some(Family::Internal),
            request: &Body::new(Some(&text)),
            response: &Body::default(),
            error_code,
        })
    }

    fn members(names: &[&str]) -> Parameters {
        Parameters::Members(vec![names.iter().map(|name| (*name).to_owned()).collect()])
    }

    #[test]
    fn member_sets_match_exactly() {
        let shape = Shape { parameters: members(&["maxItems"]), ..Shape::plain("iam:ListUsers") };
        assert!(fits(&shape, &json!({"maxItems": 1}), None));
        assert!(!fits(&shape, &json!({"maxItems": 1, "marker": "x"}), None));
        assert!(!fits(&shape, &Value::Null, None));
    }

    #[test]
    fn exact_requests_compare_scalars_as_text() {
        let shape = Shape { parameters: Parameters::Exactly(json!({"max": 5}).into()), ..Shape::plain("s3:ListJobs") };
        assert!(fits(&shape, &json!({"max": "5"}), None));
        assert!(!fits(&shape, &json!({"max": "50"}), None));
    }

    #[test]
    fn failed_calls_match_only_shapes_with_that_error() {
        let shape = Shape { outcome: OutcomeCondition::Failed("Throttling".into()), ..Shape::plain("a:B") };
        assert!(!fits(&shape, &Value::Null, None));
        assert!(fits(&shape, &Value::Null, Some("Throttling")));
    }
}
