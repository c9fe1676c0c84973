//! Similarity: how near an event comes to a shape that it does not match, and the differences.
//!
//! Each difference multiplies the similarity by a factor. A different page size has almost no effect, because consoles
//! often change page sizes. A fixed value that contradicts the shape has a large effect, because that is how pages
//! differ.

use super::condition::Condition;
use super::drift::Drifted;
use super::path::Path;
use super::shape::{Parameters, Shape, ShapeSubject, has_none};
use crate::counted::counted;
use crate::json::{Json, Members};

/// A page size differs.
const OTHER_SIZE: f64 = 0.98;
/// The request has members that no shape of the call contains.
const NEW_MEMBERS: f64 = 0.98;
/// A member has a different name.
const RENAMED: f64 = 0.96;
/// A member of the shape is missing.
const NO_MEMBER: f64 = 0.8;
/// The request has a member that occurs in the call's other shapes but not in this one.
const OTHER_MEMBER: f64 = 0.6;
/// The member with a tested value is missing.
const NO_VALUE: f64 = 0.9;
/// A value contradicts the shape.
const OTHER_VALUE: f64 = 0.4;
/// A required text is missing from the request.
const NO_TEXT: f64 = 0.6;
/// The call came from a back end that does not occur in any rule.
const UNKNOWN_CALLER: f64 = 0.95;
/// The call came from the browser instead of a back end, as in newer console versions.
const BROWSER: f64 = 0.4;
/// The call came from a back end that other shapes accept.
const OTHER_CALLER: f64 = 0.6;
/// The call failed although it should have succeeded, or vice versa.
const OTHER_OUTCOME: f64 = 0.7;

/// Receives a difference's factor, and a function that describes the difference.
type DifferenceVisitor<'s> = dyn FnMut(f64, &dyn Fn() -> String) + 's;

impl Shape {
    /// The similarity of the event to the shape, from 0 to 1. It is 1 only if there are no differences. Valid only for
    /// events of the shape's call.
    ///
    /// `drifted` is the subject's request with the member names used in the call's shapes.
    pub fn nearness(&self, subject: &ShapeSubject<'_, '_>, drifted: &Drifted<'_>) -> f64 {
        let mut nearness = 1.0;
        self.compare(subject, drifted, &mut |factor, _| nearness *= factor);
        nearness
    }

    /// The differences, in words.
    pub fn differences(&self, subject: &ShapeSubject<'_, '_>, drifted: &Drifted<'_>) -> Vec<String> {
        let mut differences = Vec::new();
        self.compare(subject, drifted, &mut |_, words| differences.push(words()));
        differences
    }

    fn compare(
        &self,
        subject: &ShapeSubject<'_, '_>,
        drifted: &Drifted<'_>,
        add_difference: &mut DifferenceVisitor<'_>,
    ) {
        self.parameters.compare(drifted, add_difference);
        self.compare_caller(subject, add_difference);
        if !self.outcome.fits(subject.error_code) {
            add_difference(OTHER_OUTCOME, &|| {
                self.outcome.describe().map_or_else(String::new, |expected| format!("not {expected}"))
            });
        }
        self.conditions
            .iter()
            .for_each(|(path, condition)| compare_value(path, condition, drifted.request(), add_difference));
        self.response
            .iter()
            .for_each(|(path, condition)| compare_value(path, condition, subject.response.value(), add_difference));
        for part in self.text.iter().filter(|part| !subject.request.compact().contains(part.as_str())) {
            add_difference(NO_TEXT, &|| format!("text {part} is missing"));
        }
    }

    fn compare_caller(&self, subject: &ShapeSubject<'_, '_>, add_difference: &mut DifferenceVisitor<'_>) {
        let agent_fits = self.agent.as_ref().is_none_or(|condition| condition.holds_for_text(subject.agent));
        if !agent_fits || !self.caller.fits(subject.family) {
            let factor = match subject.family {
                None if subject.agent.starts_with("Mozilla/") => BROWSER,
                None => UNKNOWN_CALLER,
                Some(_) => OTHER_CALLER,
            };
            add_difference(factor, &|| format!("called by {}", subject.agent));
        }
    }
}

impl Parameters {
    fn compare(&self, drifted: &Drifted<'_>, add_difference: &mut DifferenceVisitor<'_>) {
        let members = drifted.request().as_object().unwrap_or_default();
        match self {
            Self::Any => return,
            Self::None if has_none(drifted.request()) => {}
            Self::None => compare_names(&[], members, add_difference),
            Self::Exactly(expected) => {
                compare_members(expected.root().as_object().unwrap_or_default(), members, add_difference);
            }
            Self::Members(sets) => {
                if let Some(nearest) = nearest(sets, members) {
                    compare_names(&names(nearest), members, add_difference);
                }
            }
        }
        drifted.compare(add_difference);
    }
}

impl Drifted<'_> {
    fn compare(&self, add_difference: &mut DifferenceVisitor<'_>) {
        if self.added > 0 {
            add_difference(NEW_MEMBERS, &|| {
                format!("the request has {} not found in any shape", counted(self.added, "member", "members"))
            });
        }
        if self.renamed > 0 {
            add_difference(power(RENAMED, self.renamed), &|| {
                format!("{} renamed", counted(self.renamed, "member", "members"))
            });
        }
    }
}

fn names(set: &[String]) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

/// The set of members that is nearest to the request's members.
fn nearest<'s>(sets: &'s [Vec<String>], members: Members<'_>) -> Option<&'s Vec<String>> {
    let nearness = |set: &[String]| {
        let mut nearness = 1.0;
        compare_names(&names(set), members, &mut |factor, _| nearness *= factor);
        nearness
    };
    sets.iter().map(|set| (nearness(set), set)).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, set)| set)
}

fn compare_names(expected: &[&str], members: Members<'_>, add_difference: &mut DifferenceVisitor<'_>) {
    for name in expected.iter().filter(|name| members.get(name).is_none()) {
        add_difference(NO_MEMBER, &|| format!("member {name} is missing"));
    }
    for name in members.names().filter(|name| !expected.contains(name)) {
        add_difference(OTHER_MEMBER, &|| format!("member {name} is not expected"));
    }
}

fn compare_members(expected: Members<'_>, members: Members<'_>, add_difference: &mut DifferenceVisitor<'_>) {
    compare_names(&expected.names().collect::<Vec<_>>(), members, add_difference);
    for (name, value) in expected.iter().filter(|(name, value)| members.get(name).is_some_and(|other| other != *value))
    {
        let factor = if Path::member(name).is_page_size() { OTHER_SIZE } else { OTHER_VALUE };
        add_difference(factor, &|| format!("{name} is not {value}"));
    }
}

fn compare_value(path: &Path, condition: &Condition, root: Json<'_>, add_difference: &mut DifferenceVisitor<'_>) {
    if condition.holds(path, root) {
        return;
    }
    let is_there =
        path.first_member().is_none_or(|name| root.as_object().is_some_and(|members| members.get(name).is_some()));
    let factor = if path.is_page_size() {
        OTHER_SIZE
    } else if is_there {
        OTHER_VALUE
    } else {
        NO_VALUE
    };
    add_difference(factor, &|| format!("does not match: {path} {}", condition.describe()));
}

fn power(factor: f64, times: usize) -> f64 {
    (0..times).fold(1.0, |product, _| product * factor)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::body::Body;
    use super::super::caller::{CallerCondition, Family};
    use super::super::drift::Vocabulary;
    use super::*;
    use crate::json::Document;

    fn shape(members: &[&str]) -> Shape {
        let set = members.iter().map(|name| (*name).to_owned()).collect();
        Shape {
            parameters: Parameters::Members(vec![set]),
            caller: CallerCondition::OneOf(vec![Family::Internal]),
            ..Shape::plain("iam:ListUsers")
        }
    }

    fn compared(shape: &Shape, others: &[&Shape], request: &Value) -> (f64, Vec<String>) {
        let mut vocabulary = Vocabulary::default();
        [&[shape], others].concat().into_iter().for_each(|shape| vocabulary.add_shape(shape));
        let text = request.to_string();
        let subject = ShapeSubject {
            agent: "AWS Internal",
            family: Some(Family::Internal),
            request: &Body::new(Some(&text)),
            response: &Body::default(),
            error_code: None,
        };
        let request = Document::from(request.clone());
        let drifted = vocabulary.read(request.root());
        (shape.nearness(&subject, &drifted), shape.differences(&subject, &drifted))
    }

    #[test]
    fn new_member_barely_reduces_nearness() {
        let all = shape(&["maxItems"]);
        let (new, words) = compared(&all, &[], &json!({"maxItems": 1, "clientContext": "x"}));
        assert_eq!((new, words), (NEW_MEMBERS, vec!["the request has 1 member not found in any shape".to_owned()]));
    }

    #[test]
    fn member_of_other_shape_indicates_other_page() {
        let all = shape(&["maxItems"]);
        let next = shape(&["marker", "maxItems"]);
        let (nearness, words) = compared(&all, &[&next], &json!({"maxItems": 1, "marker": "x"}));
        assert_eq!((nearness, words), (OTHER_MEMBER, vec!["member marker is not expected".to_owned()]));
    }

    #[test]
    fn renamed_member_is_recognized() {
        let (nearness, words) = compared(&shape(&["maxItems"]), &[], &json!({"maxItemsV2": 1}));
        assert_eq!((nearness, words), (RENAMED, vec!["1 member renamed".to_owned()]));
    }

    #[test]
    fn page_size_has_less_effect_than_other_values() {
        let mut all = shape(&["maxItems", "pathPrefix"]);
        let equals = |text: &str| Condition::Equals(text.to_owned());
        all.conditions = vec![(Path::member("maxItems"), equals("20")), (Path::member("pathPrefix"), equals("/"))];
        let (sized, _) = compared(&all, &[], &json!({"maxItems": 50, "pathPrefix": "/"}));
        let (other, words) = compared(&all, &[], &json!({"maxItems": 20, "pathPrefix": "/team"}));
        assert!(sized > 0.97 && other < 0.5, "{sized} {other}");
        assert_eq!(words, ["does not match: pathPrefix is /"]);
    }
}
