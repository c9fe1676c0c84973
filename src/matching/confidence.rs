//! The confidence of a click: a calibrated probability, computed from the evidence for it.

use super::claim::MatchedSignal;
use super::decode::{Cause, Choice};
use super::prepared::PreparedStretch;
use super::proof;
use crate::rule::schema::Basis;
use crate::rule::weights::{Confidence, Logistic};
use crate::signal::{ConfidenceClass, ConfidenceFeatures, Kind, Origin};

/// Margins are clamped to this many nats.
const MAX_MARGIN: f64 = 6.0;
/// Events at most this many seconds before or after a click are its neighbors.
const NEAR_S: i64 = 2;
/// The highest confidence. Labels are not more reliable than this.
const MAX_CONFIDENCE: f64 = 0.99;

impl Logistic {
    /// The probability for the given evidence.
    pub fn probability(&self, features: &ConfidenceFeatures) -> f64 {
        let odds = self.bias
            + self.events * features.events
            + self.margin * features.margin
            + self.coverage * features.coverage
            + self.share * features.share
            + self.documented * features.documented;
        (1.0 / (1.0 + (-odds).exp())).min(MAX_CONFIDENCE)
    }
}

impl Confidence {
    /// The regression for a class.
    pub const fn of(&self, class: ConfidenceClass) -> &Logistic {
        match class {
            ConfidenceClass::Exact => &self.exact,
            ConfidenceClass::Inferred => &self.inferred,
            ConfidenceClass::Visit => &self.visit,
            ConfidenceClass::Change => &self.change,
            ConfidenceClass::Background => &self.background,
        }
    }
}

/// The origin and confidence of a page that was accepted without a search. It gets the confidence of a page with many
/// calls and the widest margin.
pub(super) fn of_accepted(stretch: &PreparedStretch<'_, '_>, found: &MatchedSignal) -> (Origin, f64) {
    let origin = if proof::is_exact(stretch, found) { Origin::Exact } else { Origin::Inferred };
    let class = match origin {
        _ if stretch.rules.rule(found.rule).kind == Kind::Background => ConfidenceClass::Background,
        Origin::Exact => ConfidenceClass::Exact,
        _ => ConfidenceClass::Inferred,
    };
    let evidence =
        ConfidenceFeatures { class, events: 2.0, margin: MAX_MARGIN, coverage: 1.0, share: 1.0, documented: 0.0 };
    (origin, stretch.rules.weights().confidence.of(class).probability(&evidence))
}

/// Computes the confidence of the clicks in a stretch.
pub(super) struct ConfidenceModel<'s, 'e> {
    stretch: PreparedStretch<'s, 'e>,
    weights: &'s Confidence,
}

impl<'s, 'e> ConfidenceModel<'s, 'e> {
    pub(super) const fn new(stretch: PreparedStretch<'s, 'e>) -> Self {
        Self { stretch, weights: &stretch.rules.weights().confidence }
    }

    /// The confidence of a choice, and the evidence that it was computed from.
    pub(super) fn compute(&self, choice: &Choice) -> (f64, ConfidenceFeatures) {
        let evidence = self.evidence(choice);
        (self.weights.of(evidence.class).probability(&evidence), evidence)
    }

    fn class(&self, choice: &Choice) -> ConfidenceClass {
        match choice.hypothesis.cause {
            Cause::Page(rule) if self.stretch.rules.rule(rule).kind == Kind::Background => ConfidenceClass::Background,
            Cause::Page(_) if choice.hypothesis.exact => ConfidenceClass::Exact,
            Cause::Page(_) => ConfidenceClass::Inferred,
            Cause::Visit => ConfidenceClass::Visit,
            Cause::Change => ConfidenceClass::Change,
            Cause::Noise | Cause::Service | Cause::Adjacent | Cause::Unassigned | Cause::Poll(_) => {
                ConfidenceClass::Background
            }
        }
    }

    /// The evidence for a choice.
    fn evidence(&self, choice: &Choice) -> ConfidenceFeatures {
        let hypothesis = &choice.hypothesis;
        let rule = hypothesis.rule().map(|rule| self.stretch.rules.rule(rule));
        let documented = rule.is_some_and(|rule| rule.provenance.basis == Basis::Documented);
        ConfidenceFeatures {
            class: self.class(choice),
            events: count(hypothesis.members.len()).ln(),
            margin: choice.margin.clamp(-MAX_MARGIN, MAX_MARGIN),
            coverage: hypothesis.coverage,
            share: self.share(choice),
            documented: f64::from(u8::from(documented)),
        }
    }

    /// The click's share of the events around it that come from the same console.
    fn share(&self, choice: &Choice) -> f64 {
        let members = &choice.hypothesis.members;
        let (Some(first), Some(last)) = (members.first(), members.last()) else { return 0.0 };
        let events = self.stretch.events;
        let from = events[first.event].time().plus_seconds(-NEAR_S);
        let until = events[last.event].time().plus_seconds(NEAR_S);
        let start = events[..first.event].partition_point(|event| event.time() < from);
        let end = last.event + events[last.event..].partition_point(|event| event.time() <= until);
        let console = self.stretch.console(choice.hypothesis.anchor);
        let around = (start..end).filter(|event| self.stretch.console(*event) == console).count();
        let own = members.iter().filter(|member| self.stretch.console(member.event) == console).count();
        count(own) / count(around.max(1))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a stretch has at most 60,000 events")]
fn count(number: usize) -> f64 {
    number as f64
}
