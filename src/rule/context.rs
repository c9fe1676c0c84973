//! What the signals around one say about it: it is really another page, or part of another signal.

use super::RuleId;
use super::pattern::Pattern;
use super::shape::ShapeId;

/// When a signal is really another rule's. Everything that is stated must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Becomes {
    /// The rule it really is.
    pub rule: RuleId,
    /// The signal before is one of these.
    pub previous: Vec<Pattern>,
    /// The signal before is none of these.
    pub unless_previous: Vec<Pattern>,
    /// The signal after is one of these.
    pub next: Vec<Pattern>,
    /// Going back, one is met before another.
    pub look_back: Option<LookBack>,
    /// The extract of this name has more than one value.
    pub more_than_one: Option<String>,
}

impl Becomes {
    /// One without a condition.
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

    /// When it is so, in words; empty: always.
    pub fn describe(&self) -> String {
        let list = |patterns: &[Pattern]| patterns.iter().map(Pattern::as_str).collect::<Vec<_>>().join(" or ");
        let words = [
            (!self.previous.is_empty()).then(|| format!("after {}", list(&self.previous))),
            (!self.unless_previous.is_empty()).then(|| format!("unless after {}", list(&self.unless_previous))),
            (!self.next.is_empty()).then(|| format!("before {}", list(&self.next))),
            self.look_back.as_ref().map(|look| format!("where {} came last", list(&look.find))),
            self.more_than_one.as_ref().map(|name| format!("where there are several {name}")),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", and ")
    }
}

/// A look at more than the one signal before.
#[derive(Debug, Clone, PartialEq)]
pub struct LookBack {
    /// How far back, in seconds.
    pub seconds: u32,
    /// How many signals are looked at, however old.
    pub at_least: usize,
    /// What must be met.
    pub find: Vec<Pattern>,
    /// What ends the search.
    pub until: Vec<Pattern>,
}

/// Signals just before that are part of this one.
#[derive(Debug, Clone, PartialEq)]
pub struct Absorbs {
    /// Which rules' signals.
    pub rules: Vec<Pattern>,
    /// Seconds from that signal's first event to this one's.
    pub within_s: u32,
}

/// When a signal is only a later part of one before it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartOf {
    /// Which rules' signals.
    pub rules: Vec<Pattern>,
    /// Seconds from that signal's last event to this one's anchor.
    pub within_s: u32,
    /// It has at most so many events.
    pub at_most: Option<usize>,
    /// All of them in these shapes; none: any.
    pub only: Vec<ShapeId>,
    /// At least one signal stands between, and all that do are of these rules.
    pub across: Vec<Pattern>,
}
