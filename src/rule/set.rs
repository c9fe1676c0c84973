//! The compiled catalog, indexed by call.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};

use super::drift::Vocabulary;
use super::generic::Generic;
use super::schema::Basis;
use super::shape::{Shape, ShapeId, ShapeSubject};
use super::shape_filter::ShapeFilter;
use super::weights::Weights;
use super::words::Words;
use super::words::unversioned;
use super::{Rule, RuleId, TimeWindow};
use crate::signal::Kind;

/// A part of a rule that accepts a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The rule.
    pub rule: RuleId,
    /// The index of the part in [`Rule::parts`].
    pub part: u16,
    /// Whether the rule can start with it.
    pub anchor: bool,
}

/// All rules, compiled and indexed by call.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// Sorted by ID, followed by the generations.
    rules: Vec<Rule>,
    /// The number of rules that are not generations.
    shown: usize,
    shapes: Vec<Shape>,
    by_call: HashMap<String, Vec<ShapeId>>,
    any_call: Vec<ShapeId>,
    uses: Vec<Vec<Use>>,
    /// For each shape, the bits of the rules that use it.
    bits: Vec<u64>,
    /// For each shape, the widest window of the rules that can start with it, if any.
    windows: Vec<Option<TimeWindow>>,
    /// For each shape, whether a page that people click requires it.
    clicked: Vec<bool>,
    /// For each rule, the filters for the shapes that each required call may have.
    required: Vec<Vec<ShapeFilter>>,
    vocabulary: HashMap<String, Vocabulary>,
    /// The services whose calls occur in rules.
    services: HashSet<String>,
    /// Known calls by name without a version, to find the older call that a new call replaces.
    unversioned: HashMap<String, String>,
    generic: HashMap<Generic, RuleId>,
    words: Words,
    weights: Weights,
    version: String,
}

impl RuleSet {
    pub(super) fn new(
        rules: Vec<Rule>,
        shapes: Vec<Shape>,
        mut by_call: HashMap<String, Vec<ShapeId>>,
        uses: Vec<Vec<Use>>,
        version: String,
    ) -> Self {
        let any_call = by_call.remove("*").unwrap_or_default();
        let vocabulary = vocabulary(&shapes);
        let services = by_call.keys().filter_map(|call| call.split(':').next()).map(str::to_owned).collect();
        // If there are several versions, use the latest.
        let calls: BTreeSet<&String> = by_call.keys().collect();
        let unversioned = calls.into_iter().map(|call| (unversioned(call).to_owned(), call.clone())).collect();
        let generic = generic(&rules);
        let words = Words::default();
        let windows = uses.iter().map(|uses| window(&rules, uses)).collect();
        let required = rules.iter().map(required).collect();
        let clicked = uses.iter().map(|uses| uses.iter().any(|usage| is_clicked(&rules, *usage))).collect();
        let bits = uses.iter().map(|uses| uses.iter().fold(0, |bits, usage| bits | bit(usage.rule))).collect();
        let shown = rules.partition_point(|rule| rule.generation.is_none());
        Self {
            rules,
            shown,
            shapes,
            by_call,
            any_call,
            uses,
            bits,
            windows,
            clicked,
            required,
            vocabulary,
            services,
            unversioned,
            generic,
            words,
            weights: Weights::default(),
            version,
        }
    }

    pub(super) fn with_words(self, words: Words) -> Self {
        Self { words, ..self }
    }

    /// The same rules, except that some do not match anything. Measures the decoder on pages that are not in the
    /// catalog.
    #[must_use]
    pub fn without(mut self, is_left_out: impl Fn(&Rule) -> bool) -> Self {
        let left_out: Vec<bool> = self.rules.iter().map(is_left_out).collect();
        for uses in &mut self.uses {
            uses.retain(|usage| !left_out[usage.rule.0 as usize]);
        }
        self
    }

    /// The same rules, some of which are treated as known only from documentation.
    #[must_use]
    pub fn documented(mut self, is_documented: impl Fn(&Rule) -> bool) -> Self {
        for rule in self.rules.iter_mut().filter(|rule| is_documented(rule)) {
            rule.provenance.basis = Basis::Documented;
        }
        self
    }

    /// The same rules with different weights.
    #[must_use]
    pub fn with_weights(self, weights: Weights) -> Self {
        Self { weights, ..self }
    }

    /// The costs of explanations.
    pub const fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The words used to describe calls that no page explains.
    pub const fn words(&self) -> &Words {
        &self.words
    }

    /// The rule that describes signals of this kind, if there is one.
    pub fn generic(&self, what: Generic) -> Option<RuleId> {
        self.generic.get(&what).copied()
    }

    /// The rules sorted by ID, without generations.
    pub fn rules(&self) -> &[Rule] {
        &self.rules[..self.shown]
    }

    /// The generations of a rule: the same page with the calls from other years.
    pub fn generations(&self, rule: &Rule) -> impl Iterator<Item = &Rule> {
        let (id, length) = (rule.id.clone(), rule.id.len());
        let is_of = move |other: &&Rule| other.id.starts_with(&id) && other.id[length..].starts_with('@');
        self.rules[self.shown..].iter().filter(is_of)
    }

    /// The rule at an index.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.0 as usize]
    }

    /// The page that a rule is a generation of, or the rule itself.
    pub fn page(&self, id: RuleId) -> RuleId {
        let rule = self.rule(id);
        rule.generation.and_then(|_| rule.becomes.first()).map_or(id, |becomes| becomes.rule)
    }

    /// The rule with this ID, and its index.
    pub fn find(&self, id: &str) -> Option<(RuleId, &Rule)> {
        let index = self.rules().binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
        Some((RuleId(u32::try_from(index).ok()?), &self.rules[index]))
    }

    /// The shape at an index.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// The parts of rules that accept a shape, ordered by rule.
    pub fn uses(&self, id: ShapeId) -> &[Use] {
        &self.uses[id.0 as usize]
    }

    /// Whether a page that people click requires a call in this shape.
    #[must_use]
    pub fn is_required(&self, id: ShapeId) -> bool {
        self.clicked[id.0 as usize]
    }

    /// The evidence in an event with a shape: 1 if only one rule uses the shape, and less if more rules do.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "there are a few thousand rules")]
    pub fn evidence_of(&self, id: ShapeId) -> f64 {
        1.0 / (1.0 + (self.uses(id).len().max(1) as f64).ln())
    }

    /// The widest window of the rules that can start with a shape; `None` if there are none.
    pub fn window(&self, id: ShapeId) -> Option<TimeWindow> {
        self.windows[id.0 as usize]
    }

    /// The filters for the shapes that each of a rule's required calls may have.
    pub fn required(&self, id: RuleId) -> &[ShapeFilter] {
        &self.required[id.0 as usize]
    }

    /// The part of a rule that accepts a shape, if any. This is called for every event near each possible start of a
    /// page. In most cases, there is no such part, which the bits show immediately.
    #[inline]
    pub fn part(&self, shape: ShapeId, rule: RuleId) -> Option<u16> {
        if self.bits[shape.0 as usize] & bit(rule) == 0 {
            return None;
        }
        let uses = self.uses(shape);
        let first = uses.partition_point(|usage| usage.rule < rule);
        uses.get(first).filter(|usage| usage.rule == rule).map(|usage| usage.part)
    }

    /// The known shapes of a call, most specific first.
    pub fn shapes_of(&self, call: &str) -> &[ShapeId] {
        self.by_call.get(call).map_or(&[], Vec::as_slice)
    }

    /// The call that occurs in rules: this call, or an older call that it replaces (`s3:ListObjects` for
    /// `s3:ListObjectsV2`).
    pub fn known_call<'c>(&'c self, call: &'c str) -> Option<&'c str> {
        if self.by_call.contains_key(call) {
            return Some(call);
        }
        self.unversioned.get(unversioned(call)).map(String::as_str)
    }

    /// Whether the shape applies to any call, and is identified by its caller alone.
    pub fn is_of_any_call(&self, shape: ShapeId) -> bool {
        self.any_call.contains(&shape)
    }

    /// Whether rules contain calls to the service. This is true for `iam` but not for `vpc`, whose calls belong to
    /// `ec2`.
    pub fn has_calls(&self, service: &str) -> bool {
        self.services.contains(service)
    }

    /// The members in the shapes of a call.
    pub fn vocabulary(&self, call: &str) -> Option<&Vocabulary> {
        self.vocabulary.get(call)
    }

    /// The most specific shape that an event matches. Shapes for any call are tried first.
    pub fn recognize(&self, call: &str, subject: &ShapeSubject<'_, '_>) -> Option<ShapeId> {
        let candidates = self.any_call.iter().chain(self.shapes_of(call));
        candidates.copied().find(|id| self.shape(*id).fits(subject))
    }

    /// A hash of the text of all rules. If the version changes, every session is mapped again.
    pub fn version(&self) -> &str {
        &self.version
    }
}

fn required(rule: &Rule) -> Vec<ShapeFilter> {
    rule.parts.iter().filter(|part| part.required).map(|part| part.shapes.iter().copied().collect()).collect()
}

fn window(rules: &[Rule], uses: &[Use]) -> Option<TimeWindow> {
    let starts = uses.iter().filter(|usage| usage.anchor).map(|usage| TimeWindow::of(&rules[usage.rule.0 as usize]));
    starts.reduce(TimeWindow::widened)
}

fn is_clicked(rules: &[Rule], usage: Use) -> bool {
    let rule = &rules[usage.rule.0 as usize];
    rule.kind != Kind::Background && rule.parts[usize::from(usage.part)].required
}

/// One of 64 bits. A rule shares it with a few others.
const fn bit(rule: RuleId) -> u64 {
    1 << (rule.0 % u64::BITS)
}

fn generic(rules: &[Rule]) -> HashMap<Generic, RuleId> {
    let places = (0_u32..).map(RuleId).zip(rules);
    places.filter_map(|(id, rule)| Some((rule.generic?, id))).collect()
}

fn vocabulary(shapes: &[Shape]) -> HashMap<String, Vocabulary> {
    let mut known: HashMap<String, Vocabulary> = HashMap::default();
    for shape in shapes {
        known.entry(shape.call.clone()).or_default().add_shape(shape);
    }
    known
}
