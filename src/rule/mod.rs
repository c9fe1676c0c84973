//! Rules: TOML text in, a compiled [`RuleSet`] out. Pure.
//!
//! A rule is one console page or action. The format is what [`schema`] reads; `CONTRIBUTING.md` shows it by example.

pub mod body;
pub mod caller;
pub(crate) mod compile;
pub mod condition;
pub mod context;
pub mod draft;
pub mod drift;
pub mod extract;
pub mod generic;
mod link;
mod lookalike;
mod nearness;
pub mod path;
pub mod pattern;
mod place;
pub mod schema;
mod set;
pub mod shape;
pub mod shape_filter;
mod source;
pub mod template;
mod times;
pub mod weights;
pub mod words;

use thiserror::Error;

use self::context::{Absorbs, Becomes, PartOf};
use self::extract::Extract;
use self::generic::Generic;
use self::pattern::Pattern;
use self::schema::Basis;
pub use self::set::{RuleSet, Use};
use self::shape::ShapeId;
pub use self::source::RuleText;
pub(crate) use self::source::{holds_calls, holds_words, is_spec};
use self::template::Template;
use crate::event::Timestamp;
use crate::signal::Kind;

/// One broken rule: where, which key, what was expected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
#[error("{file}:{line}: {key}: {problem}")]
pub struct RuleError {
    /// The rule file, as it was named to the loader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key at fault, dotted; empty if the file is no TOML at all.
    pub key: String,
    /// What was expected, and what was found.
    pub problem: String,
}

/// A rule's place in its [`RuleSet`]: the order of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u32);

/// One call of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `iam:ListUsers`
    pub call: String,
    /// The shapes of the call that count.
    pub shapes: Vec<ShapeId>,
    /// Without it the rule is not met.
    pub required: bool,
    /// The rule can start from it.
    pub anchor: bool,
}

/// How far from its anchor a rule looks for events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Seconds before the anchor.
    pub before_s: u32,
    /// Seconds after it.
    pub after_s: u32,
}

impl Reach {
    /// The reach of one rule.
    pub const fn of(rule: &Rule) -> Self {
        Self { before_s: rule.before_s, after_s: rule.after_s }
    }

    /// The reach of both.
    #[must_use]
    pub fn widened(self, other: Self) -> Self {
        Self { before_s: self.before_s.max(other.before_s), after_s: self.after_s.max(other.after_s) }
    }

    /// The first moment within reach of an anchor at that time, and the last.
    pub fn around(self, anchor: Timestamp) -> (Timestamp, Timestamp) {
        (anchor.plus_seconds(-i64::from(self.before_s)), anchor.plus_seconds(i64::from(self.after_s)))
    }
}

/// How the calls of a rule are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The evidence.
    pub basis: Basis,
    /// The years of the recordings.
    pub years: Vec<u16>,
    /// Addresses of AWS's documentation.
    pub references: Vec<String>,
}

impl Provenance {
    /// In a few words: `observed 2023, 2024`.
    #[must_use]
    pub fn describe(&self) -> String {
        let years: Vec<String> = self.years.iter().map(u16::to_string).collect();
        format!("{} {}", self.basis.as_str(), years.join(", ")).trim_end().to_owned()
    }
}

/// One rule of the catalog.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the rule's file")]
pub struct Rule {
    /// Never changes: `iam/users`.
    pub id: String,
    /// Where in the console: `IAM › Users`. A template, as it was written.
    pub title: String,
    /// The template of the sentence, as it was written.
    pub summary: String,
    /// What was done, in the coarsest terms.
    pub kind: Kind,
    /// The console's service: `iam`, the id's first segment.
    pub service: String,
    /// The way there: `["IAM", "Users"]`.
    pub console_path: Vec<String>,
    /// ATT&CK technique ids.
    pub attack: Vec<String>,
    /// The rule's name in the labeled data, if that knows it.
    pub ccc_label: Option<String>,
    /// The file it came from.
    pub file: String,
    /// How its calls are known.
    pub provenance: Provenance,
    /// The year, if these are a page's calls of another year: such a rule is never shown.
    pub generation: Option<u16>,
    /// The rule is no page's: what its signals are found by.
    pub generic: Option<Generic>,
    /// Each anchor event is a signal of its own.
    pub alone: bool,
    /// All signals of the rule within some hours are one.
    pub recurs: bool,
    /// The page is hardly ever opened.
    pub rare: bool,
    /// It asks in every region at once.
    pub every_region: bool,
    /// Seconds before the anchor in which the page's events come.
    pub before_s: u32,
    /// Seconds after the anchor in which the page's events come.
    pub after_s: u32,
    /// Its calls, required ones first.
    pub parts: Vec<Part>,
    /// Rules that lose against this one where both are met.
    pub takes_precedence_over: Vec<RuleId>,
    /// The rule is met only if the signal before is one of these.
    pub only_after: Vec<Pattern>,
    /// What is read off the events.
    pub extracts: Vec<Extract>,
    /// When the signal is really another rule's.
    pub becomes: Vec<Becomes>,
    /// Signals just before that are part of this one.
    pub absorbs: Vec<Absorbs>,
    /// When the signal is only a later part of one before it.
    pub part_of: Vec<PartOf>,
    /// The compiled title.
    pub title_template: Template,
    /// The compiled summary.
    pub summary_template: Template,
    /// The compiled link.
    pub url_template: Option<Template>,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            summary: String::new(),
            kind: Kind::View,
            service: String::new(),
            console_path: Vec::new(),
            attack: Vec::new(),
            ccc_label: None,
            file: String::new(),
            provenance: Provenance::default(),
            generation: None,
            generic: None,
            alone: false,
            recurs: false,
            rare: false,
            every_region: false,
            before_s: 0,
            after_s: 0,
            parts: Vec::new(),
            takes_precedence_over: Vec::new(),
            only_after: Vec::new(),
            extracts: Vec::new(),
            becomes: Vec::new(),
            absorbs: Vec::new(),
            part_of: Vec::new(),
            title_template: Template::default(),
            summary_template: Template::default(),
            url_template: None,
        }
    }
}
