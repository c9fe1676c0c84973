//! How near an event that is not of a shape comes to it.
//!
//! Each thing that differs multiplies the nearness by what it says against the shape: a page size hardly anything, for
//! consoles change them at will; a fixed value that contradicts a lot, for that is how pages differ.

use serde_json::Value;

use super::condition::Condition;
use super::drift::Drifted;
use super::path::Path;
use super::shape::{Outcome, Parameters, Shape, Subject, has_none};

/// A page size is another one.
const OTHER_SIZE: f64 = 0.98;
/// The request has members that no shape of the call knows.
const NEW_MEMBERS: f64 = 0.98;
/// A member goes by another name.
const RENAMED: f64 = 0.96;
/// A member that the shape asks for is not there.
const NO_MEMBER: f64 = 0.8;
/// The request has a member that other shapes of the call know, and this one does not.
const OTHER_MEMBER: f64 = 0.6;
/// A value is asked for in a member that is not there.
const NO_VALUE: f64 = 0.9;
/// A value contradicts.
const OTHER_VALUE: f64 = 0.4;
/// A text that has to be in the request is not.
const NO_TEXT: f64 = 0.6;
/// The call came from a back end that no rule knows.
const UNKNOWN_CALLER: f64 = 0.95;
/// The call came from a back end that other shapes ask for.
const OTHER_CALLER: f64 = 0.6;
/// The call failed, or did not, against what is asked.
const OTHER_OUTCOME: f64 = 0.7;

impl Shape {
    /// How near the event comes, from 0 to 1, and 1 only where nothing differs. Says nothing of an event of another call.
    ///
    /// `drifted` is the subject's request in the words of the call's shapes.
    pub fn nearness(&self, subject: &Subject<'_>, drifted: &Drifted<'_>) -> f64 {
        self.parameters.nearness(drifted)
            * self.caller_nearness(subject)
            * self.outcome.nearness(subject.error_code)
            * product(self.conditions.iter().map(|(path, condition)| asked(path, condition, &drifted.request)))
            * product(self.response.iter().map(|(path, condition)| asked(path, condition, subject.response)))
            * product(self.text.iter().map(|part| unless(subject.request_text.contains(part.as_str()), NO_TEXT)))
    }

    fn caller_nearness(&self, subject: &Subject<'_>) -> f64 {
        let agent_fits = self.agent.as_ref().is_none_or(|condition| condition.holds_for_text(subject.agent));
        match subject.family {
            family if self.caller.fits(family) && agent_fits => 1.0,
            None => UNKNOWN_CALLER,
            Some(_) => OTHER_CALLER,
        }
    }
}

impl Outcome {
    fn nearness(&self, error_code: Option<&str>) -> f64 {
        unless(self.fits(error_code), OTHER_OUTCOME)
    }
}

impl Parameters {
    fn nearness(&self, drifted: &Drifted<'_>) -> f64 {
        let request = &drifted.request;
        let names = request.as_object();
        let has = |name: &str| names.is_some_and(|names| names.contains_key(name));
        let drift = unless(drifted.added == 0, NEW_MEMBERS) * power(RENAMED, drifted.renamed);
        let set = |expected: &mut dyn Iterator<Item = &str>| {
            let (asked, common) =
                expected.fold((0, 0), |(asked, common), name| (asked + 1, common + usize::from(has(name))));
            let others = names.map_or(0, serde_json::Map::len) - common;
            power(NO_MEMBER, asked - common) * power(OTHER_MEMBER, others)
        };
        match self {
            Self::Any => 1.0,
            Self::None => drift * if has_none(request) { 1.0 } else { set(&mut std::iter::empty()) },
            Self::Exactly(expected) => {
                let members = expected.as_object().into_iter().flatten();
                let differ =
                    members.clone().filter(|(name, value)| has(name) && request.get(name.as_str()) != Some(value));
                let sized = |name: &str| unless(!Path::member(name).is_page_size(), OTHER_SIZE / OTHER_VALUE);
                drift
                    * set(&mut members.clone().map(|(name, _)| name.as_str()))
                    * product(differ.map(|(name, _)| OTHER_VALUE * sized(name)))
            }
            Self::Members(sets) => {
                drift * sets.iter().map(|names| set(&mut names.iter().map(String::as_str))).fold(0.0, f64::max)
            }
        }
    }
}

fn asked(path: &Path, condition: &Condition, root: &Value) -> f64 {
    let is_there = || path.first_member().is_none_or(|name| root.get(name).is_some());
    match condition.holds(path, root) {
        true => 1.0,
        false if path.is_page_size() => OTHER_SIZE,
        false if is_there() => OTHER_VALUE,
        false => NO_VALUE,
    }
}

fn unless(holds: bool, otherwise: f64) -> f64 {
    if holds { 1.0 } else { otherwise }
}

fn power(factor: f64, times: usize) -> f64 {
    (0..times).fold(1.0, |product, _| product * factor)
}

fn product(factors: impl Iterator<Item = f64>) -> f64 {
    factors.fold(1.0, |product, factor| product * factor)
}
