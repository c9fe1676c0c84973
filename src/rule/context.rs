//! Conditions on the signals around a signal, which decide whether it becomes another page or part of another signal.

use super::RuleId;
use super::pattern::Pattern;
use super::shape::ShapeId;

/// When a signal becomes a signal of another rule. All stated conditions must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Becomes {
    /// The rule that it becomes.
    pub rule: RuleId,
    /// The previous signal belongs to one of these rules.
    pub previous: Vec<Pattern>,
    /// The previous signal does not belong to any of these rules.
    pub unless_previous: Vec<Pattern>,
    /// The next signal belongs to one of these rules.
    pub next: Vec<Pattern>,
    /// Searching backwards, one signal is found before another.
    pub look_back: Option<LookBack>,
    /// The extract with this name has more than one value.
    pub more_than_one: Option<String>,
}

impl Becomes {
    /// Becomes `rule` unconditionally.
    pub const fn always(rule: RuleId) -> Self {
        Self {
            rule,
            previous: Vec::new(),
            unless_previous: Vec::new(),
            next: Vec::new(),
            look_back: None,
            more_than_one: None,
        }
    }

    /// The conditions in words; empty if there are none.
    pub fn describe(&self) -> String {
        let list = |patterns: &[Pattern]| patterns.iter().map(Pattern::as_str).collect::<Vec<_>>().join(" or ");
        let words = [
            (!self.previous.is_empty()).then(|| format!("after {}", list(&self.previous))),
            (!self.unless_previous.is_empty()).then(|| format!("unless after {}", list(&self.unless_previous))),
            (!self.next.is_empty()).then(|| format!("before {}", list(&self.next))),
            self.look_back.as_ref().map(|look| format!("if {} came last", list(&look.find))),
            self.more_than_one.as_ref().map(|name| format!("if there are several {name}")),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", and ")
    }
}

/// A search through several previous signals.
#[derive(Debug, Clone, PartialEq)]
pub struct LookBack {
    /// The maximum age, in seconds.
    pub seconds: u32,
    /// The number of signals to search, regardless of their age.
    pub at_least: usize,
    /// The signals to find.
    pub find: Vec<Pattern>,
    /// The signals that end the search.
    pub until: Vec<Pattern>,
}

/// Immediately preceding signals that become part of this one.
#[derive(Debug, Clone, PartialEq)]
pub struct Absorbs {
    /// The rules that those signals belong to.
    pub rules: Vec<Pattern>,
    /// The maximum number of seconds from the first event of that signal to the first event of this signal.
    pub within_s: u32,
}

/// When a signal becomes part of an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub struct PartOf {
    /// The rules that the earlier signal can belong to.
    pub rules: Vec<Pattern>,
    /// The maximum number of seconds from the last event of that signal to this signal's anchor.
    pub within_s: u32,
    /// The maximum number of events in this signal.
    pub at_most: Option<usize>,
    /// The shapes that its events must have. If empty, any shape is allowed.
    pub only: Vec<ShapeId>,
    /// There is at least one signal in between, and all signals in between belong to these rules.
    pub across: Vec<Pattern>,
}
