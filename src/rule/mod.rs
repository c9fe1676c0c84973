//! Rules: compiles TOML text to a [`RuleSet`]. Pure.
//!
//! A rule describes one console page or action. [`schema`] defines the format; `CONTRIBUTING.md` contains an example.

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
pub mod pack;
pub mod path;
pub mod pattern;
mod place;
pub mod schema;
pub(crate) mod seen;
mod set;
pub mod shape;
pub mod shape_filter;
mod source;
pub mod template;
mod times;
pub mod weights;
pub mod words;
#[cfg(feature = "program")]
mod write;

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
#[cfg(feature = "program")]
pub(crate) use self::write::{ShapeToml, request_toml};
use crate::event::Timestamp;
use crate::signal::Kind;

/// An error in a rule: where it is, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
#[error("{file}:{line}: {key}: {problem}")]
pub struct RuleError {
    /// The path of the rule file, as passed to the loader.
    pub file: String,
    /// The line, starting at 1.
    pub line: usize,
    /// The dotted key; empty if the file is not valid TOML.
    pub key: String,
    /// What was expected, and what was found.
    pub problem: String,
}

/// The index of a rule in its [`RuleSet`], which is sorted by ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u32);

/// One call in a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePart {
    /// The call: `iam:ListUsers`.
    pub call: String,
    /// The accepted shapes of the call.
    pub shapes: Vec<ShapeId>,
    /// Whether the rule requires it.
    pub required: bool,
    /// Whether the rule can start with it.
    pub anchor: bool,
}

/// The time window around a rule's anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWindow {
    /// Seconds before the anchor.
    pub before_s: u32,
    /// Seconds after it.
    pub after_s: u32,
}

impl TimeWindow {
    /// The window for one rule.
    pub const fn of(rule: &Rule) -> Self {
        Self { before_s: rule.before_s, after_s: rule.after_s }
    }

    /// The smallest window that includes both.
    #[must_use]
    pub fn widened(self, other: Self) -> Self {
        Self { before_s: self.before_s.max(other.before_s), after_s: self.after_s.max(other.after_s) }
    }

    /// The start and the end of the window around an anchor.
    pub fn around(self, anchor: Timestamp) -> (Timestamp, Timestamp) {
        (anchor.plus_seconds(-i64::from(self.before_s)), anchor.plus_seconds(i64::from(self.after_s)))
    }
}

/// How a rule's calls are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The kind of evidence.
    pub basis: Basis,
    /// The years of the recordings.
    pub years: Vec<u16>,
    /// URLs of AWS documentation pages.
    pub references: Vec<String>,
}

impl Provenance {
    /// A short description: `observed 2023, 2024`.
    #[must_use]
    pub fn describe(&self) -> String {
        let years: Vec<String> = self.years.iter().map(u16::to_string).collect();
        format!("{} {}", self.basis.as_str(), years.join(", ")).trim_end().to_owned()
    }
}

/// One rule in the catalog.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the rule's file")]
pub struct Rule {
    /// The stable ID: `iam/users`.
    pub id: String,
    /// The location in the console: `IAM › Users`. The source text of the template.
    pub title: String,
    /// The source text of the sentence's template.
    pub summary: String,
    /// The general kind of action.
    pub kind: Kind,
    /// The console's service: `iam`, the first segment of the ID.
    pub service: String,
    /// The path in the console: `["IAM", "Users"]`.
    pub console_path: Vec<String>,
    /// ATT&CK technique IDs.
    pub attack: Vec<String>,
    /// The rule's label in the labeled data, if it has one.
    pub ccc_label: Option<String>,
    /// The source file.
    pub file: String,
    /// How its calls are known.
    pub provenance: Provenance,
    /// The year, if these are a page's calls in another year. Such a rule is not listed.
    pub generation: Option<u16>,
    /// The kind of signal that the rule describes, if it is not about a page.
    pub generic: Option<Generic>,
    /// Each anchor event is a separate signal.
    pub alone: bool,
    /// All signals of the rule within some hours are merged.
    pub recurs: bool,
    /// The page is rarely opened.
    pub rare: bool,
    /// The page makes requests in all regions at the same time.
    pub every_region: bool,
    /// Seconds before the anchor in which the page's events occur.
    pub before_s: u32,
    /// Seconds after the anchor in which the page's events occur.
    pub after_s: u32,
    /// Its calls, with required calls first.
    pub parts: Vec<RulePart>,
    /// Rules over which this rule takes precedence if both match.
    pub takes_precedence_over: Vec<RuleId>,
    /// The rule matches only if the previous signal belongs to one of these rules.
    pub only_after: Vec<Pattern>,
    /// The values that are read from the events.
    pub extracts: Vec<Extract>,
    /// When the signal becomes a signal of another rule.
    pub becomes: Vec<Becomes>,
    /// Immediately preceding signals that become part of this one.
    pub absorbs: Vec<Absorbs>,
    /// When the signal becomes part of an earlier one.
    pub part_of: Vec<PartOf>,
    /// The compiled title.
    pub title_template: Template,
    /// The compiled summary.
    pub summary_template: Template,
    /// The compiled link.
    pub url_template: Option<Template>,
}

impl Rule {
    /// The pack that contains the rule, with the pack's version: `acme@1.2.0`. The name of the rule's file begins with
    /// it.
    #[must_use]
    pub fn pack(&self) -> Option<&str> {
        self.file.split('/').next().filter(|pack| pack.contains('@') && self.file.len() > pack.len())
    }
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
