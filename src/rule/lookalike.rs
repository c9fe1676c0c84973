//! Finds pages that cannot be distinguished by their calls.

use std::collections::BTreeMap;

use super::shape::ShapeId;
use super::{Rule, RuleSet};

impl RuleSet {
    /// Groups of pages that require the same calls in the same shapes and cannot be distinguished by the previous page
    /// or another condition, ordered by ID.
    #[must_use]
    pub fn lookalikes(&self) -> Vec<Vec<&Rule>> {
        let mut groups: BTreeMap<Vec<Vec<ShapeId>>, Vec<&Rule>> = BTreeMap::new();
        for rule in self.rules().iter().filter(|rule| is_page(rule)) {
            groups.entry(required(rule)).or_default().push(rule);
        }
        groups.remove(&Vec::new());
        let mut groups: Vec<Vec<&Rule>> = groups.into_values().filter(|group| group.len() > 1).collect();
        groups.retain(|group| !group.iter().any(|rule| self.is_distinguished(rule, group)));
        groups.sort_by(|a, b| a[0].id.cmp(&b[0].id));
        groups
    }

    /// Whether a condition distinguishes this page from the other pages in the group.
    fn is_distinguished(&self, rule: &Rule, group: &[&Rule]) -> bool {
        let is_other = |id: super::RuleId| group.iter().any(|other| other.id == self.rule(id).id);
        !rule.only_after.is_empty()
            || rule.becomes.iter().any(|becomes| is_other(becomes.rule))
            || rule.takes_precedence_over.iter().any(|over| is_other(*over))
    }
}

fn is_page(rule: &Rule) -> bool {
    rule.generic.is_none() && !rule.alone
}

/// The shapes of each required call, sorted.
fn required(rule: &Rule) -> Vec<Vec<ShapeId>> {
    let shapes = |shapes: &[ShapeId]| {
        let mut shapes = shapes.to_vec();
        shapes.sort_unstable();
        shapes
    };
    let mut all: Vec<Vec<ShapeId>> =
        rule.parts.iter().filter(|part| part.required).map(|part| shapes(&part.shapes)).collect();
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleText;

    fn text(id: &str, extra: &str) -> RuleText {
        let text = format!(
            "id = \"{id}\"\ntitle = \"T\"\nsummary = \"S\"\nkind = \"view\"\nconsole_path = [\"T\"]\nrequired = [\"a:B\"]\n{extra}"
        );
        RuleText { path: format!("{id}.toml"), file: format!("{id}.toml"), text }
    }

    fn lookalikes(texts: Vec<RuleText>) -> Vec<Vec<String>> {
        let rules = RuleSet::compile(texts).unwrap();
        let ids = |group: Vec<&Rule>| group.into_iter().map(|rule| rule.id.clone()).collect();
        rules.lookalikes().into_iter().map(ids).collect()
    }

    #[test]
    fn lookalike_pages_are_reported_unless_distinguished_by_condition() {
        let same = lookalikes(vec![text("x/one", ""), text("x/two", ""), text("x/three", "optional = [\"a:C\"]\n")]);
        assert_eq!(same, [["x/one", "x/three", "x/two"]]);
        let over = lookalikes(vec![text("x/one", "takes_precedence_over = [\"x/two\"]\n"), text("x/two", "")]);
        assert_eq!(over, Vec::<Vec<String>>::new());
    }
}
