//! Links compiled files into one [`RuleSet`]: resolves references to shapes and rules. The order of the files is
//! irrelevant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use toml::Spanned;

use super::compile::{Compiled, ErrorCollector, index_shapes, is_call};
use super::context::{Absorbs, Becomes, LookBack, PartOf};
use super::generic::Generic;
use super::pattern::Pattern;
use super::schema::{BecomesToml, LookBackToml, RuleToml};
use super::set::{RuleSet, Use};
use super::shape::{Shape, ShapeId};
use super::{Rule, RuleError, RuleId, RulePart, RuleText};

/// The shapes of every call, with their IDs.
pub(super) struct Shapes {
    all: Vec<Shape>,
    by_call: BTreeMap<String, Vec<ShapeId>>,
}

impl Shapes {
    fn new(shapes: impl IntoIterator<Item = Shape>) -> Self {
        let mut all = Vec::new();
        let mut by_call = BTreeMap::new();
        for (call, shapes) in index_shapes(shapes) {
            let ids = shapes.into_iter().map(|shape| push(&mut all, shape)).collect();
            by_call.insert(call, ids);
        }
        Self { all, by_call }
    }

    /// Resolves a rule's reference to shapes: `call`, `call/shape|shape`, `call/*`.
    fn resolve(&mut self, reference: &str) -> Result<(String, Vec<ShapeId>), String> {
        let (call, names) = reference.split_once('/').map_or((reference, None), |(call, names)| (call, Some(names)));
        if call != "*" && !is_call(call) {
            return Err(format!(
                "expected a call such as `iam:ListUsers` or `iam:ListUsers/shape`, found `{reference}`"
            ));
        }
        let Some(known) = self.by_call.get(call) else {
            return self.resolve_unknown(call, names);
        };
        let shapes = match names {
            Some("*") => known.clone(),
            Some(names) => names.split('|').map(|name| self.named(call, known, name)).collect::<Result<_, _>>()?,
            None => known.iter().copied().filter(|id| self.all[id.0 as usize].name.is_none()).collect(),
        };
        if shapes.is_empty() {
            return Err(format!("expected a shape for `{call}`, which is one of {}", self.names(known)));
        }
        Ok((call.to_owned(), shapes))
    }

    /// A call without a shape in any file gets a shape that matches any request by any caller.
    fn resolve_unknown(&mut self, call: &str, names: Option<&str>) -> Result<(String, Vec<ShapeId>), String> {
        if let Some(names) = names {
            return Err(format!("expected `{call}` without a shape, because it has no known shapes; found `{names}`"));
        }
        let id = push(&mut self.all, Shape::plain(call));
        self.by_call.insert(call.to_owned(), vec![id]);
        Ok((call.to_owned(), vec![id]))
    }

    fn named(&self, call: &str, known: &[ShapeId], name: &str) -> Result<ShapeId, String> {
        let is_named = |id: &&ShapeId| self.all[id.0 as usize].name.as_deref() == Some(name);
        known
            .iter()
            .find(is_named)
            .copied()
            .ok_or_else(|| format!("`{call}` has no shape named `{name}`; expected one of {}", self.names(known)))
    }

    fn names(&self, known: &[ShapeId]) -> String {
        let names: Vec<_> = known.iter().filter_map(|id| self.all[id.0 as usize].name.as_deref()).collect();
        names.join(", ")
    }
}

fn push(all: &mut Vec<Shape>, shape: Shape) -> ShapeId {
    let id = ShapeId(u32::try_from(all.len()).unwrap_or(u32::MAX));
    all.push(shape);
    id
}

/// Links the files, and reports all errors between them.
pub(super) fn link(files: Vec<(RuleText, Compiled)>, version: String) -> Result<RuleSet, Vec<RuleError>> {
    let mut errors = duplicate_shapes(&files);
    let mut shapes = Shapes::new(files.iter().flat_map(|(_, file)| file.shapes.iter().map(|(shape, _)| shape.clone())));
    let mut rules: Vec<(RuleText, RuleToml, Rule)> =
        files.into_iter().flat_map(|(text, file)| of_file(&text, file.rules)).collect();
    rules.sort_by(|a, b| (a.2.generation.is_some(), &a.2.id).cmp(&(b.2.generation.is_some(), &b.2.id)));
    let ids: HashMap<String, RuleId> = rules
        .iter()
        .enumerate()
        .map(|(index, (_, _, rule))| (rule.id.clone(), RuleId(u32::try_from(index).unwrap_or(u32::MAX))))
        .collect();
    let targets: BTreeSet<String> = rules
        .iter()
        .flat_map(|(_, toml, _)| toml.becomes.iter().map(|becomes| becomes.get_ref().rule.clone()))
        .collect();
    for (text, toml, rule) in &mut rules {
        let mut linker =
            Linker { shapes: &mut shapes, ids: &ids, targets: &targets, collector: ErrorCollector::new(text) };
        linker.rule(toml, rule);
        errors.extend(linker.collector.into_errors());
    }
    errors.extend(cycles(&rules));
    if !errors.is_empty() {
        return Err(errors);
    }
    let rules: Vec<Rule> = rules.into_iter().map(|(_, _, rule)| rule).collect();
    let uses = uses(&rules, shapes.all.len());
    Ok(RuleSet::new(rules, shapes.all, shapes.by_call.into_iter().collect(), uses, version))
}

/// Rules that become each other regardless of the surrounding signals. None of them could ever be the final rule.
fn cycles(rules: &[(RuleText, RuleToml, Rule)]) -> Vec<RuleError> {
    let always = |at: usize| {
        let mut becomes = rules[at].2.becomes.iter();
        becomes.find(|becomes| becomes.describe().is_empty()).map(|becomes| becomes.rule.0 as usize)
    };
    let mut errors = Vec::new();
    for (start, (text, toml, rule)) in rules.iter().enumerate() {
        let mut at = always(start);
        for _ in 0..rules.len() {
            match at {
                Some(next) if next == start => {
                    let mut collector = ErrorCollector::new(text);
                    let problem =
                        format!("expected no cycle through `becomes`, but `{}` leads back to itself", rule.id);
                    collector.add(toml.id.span().start, "becomes", problem);
                    errors.extend(collector.into_errors());
                    break;
                }
                Some(next) => at = always(next),
                None => break,
            }
        }
    }
    errors
}

fn of_file(text: &RuleText, rules: Vec<(RuleToml, Rule)>) -> Vec<(RuleText, RuleToml, Rule)> {
    rules.into_iter().map(|(toml, rule)| (text.clone(), toml, rule)).collect()
}

fn duplicate_shapes(files: &[(RuleText, Compiled)]) -> Vec<RuleError> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut errors = Vec::new();
    for (text, file) in files {
        let mut collector = ErrorCollector::new(text);
        for (shape, at) in &file.shapes {
            if let Some(other) = seen.insert(shape.reference(), &text.file) {
                collector.add(
                    *at,
                    "request",
                    format!("expected a unique shape name; {other} already defines `{}`", shape.reference()),
                );
            }
        }
        errors.extend(collector.into_errors());
    }
    errors
}

fn uses(rules: &[Rule], shapes: usize) -> Vec<Vec<Use>> {
    let mut uses = vec![Vec::new(); shapes];
    for (index, rule) in rules.iter().enumerate() {
        let rule_id = RuleId(u32::try_from(index).unwrap_or(u32::MAX));
        for (part, entry) in rule.parts.iter().enumerate() {
            for shape in &entry.shapes {
                uses[shape.0 as usize].push(Use {
                    rule: rule_id,
                    part: u16::try_from(part).unwrap_or(u16::MAX),
                    anchor: entry.anchor,
                });
            }
        }
    }
    uses
}

/// Whether a generation of the rule makes the call.
fn is_called_by_generation(toml: &RuleToml, call: &str) -> bool {
    let references =
        toml.generation.iter().map(Spanned::get_ref).flat_map(|one| one.required.iter().chain(&one.optional));
    references.into_iter().any(|reference| reference.get_ref().split('/').next() == Some(call))
}

struct Linker<'l> {
    shapes: &'l mut Shapes,
    ids: &'l HashMap<String, RuleId>,
    targets: &'l BTreeSet<String>,
    collector: ErrorCollector<'l>,
}

impl Linker<'_> {
    fn rule(&mut self, toml: &RuleToml, rule: &mut Rule) {
        self.parts(toml, rule);
        if self.collector.is_empty() {
            // If a call is missing, these checks would report errors in correct keys.
            self.anchors(toml, rule);
            self.placeholders(toml, rule);
        }
        rule.takes_precedence_over = toml
            .takes_precedence_over
            .iter()
            .filter_map(|id| self.rule_id(id.get_ref(), id.span().start, "takes_precedence_over"))
            .collect();
        rule.only_after = toml
            .only_after
            .iter()
            .filter_map(|pattern| self.pattern(pattern.get_ref(), pattern.span().start, "only_after"))
            .collect();
        rule.becomes = toml.becomes.iter().filter_map(|becomes| self.becomes(becomes, rule)).collect();
        rule.absorbs = toml
            .absorbs
            .iter()
            .map(|absorbs| Absorbs {
                rules: self.patterns(&absorbs.get_ref().rules, absorbs.span().start, "absorbs.rules"),
                within_s: absorbs.get_ref().within,
            })
            .collect();
        rule.part_of = toml.part_of.iter().map(|part| self.part_of(part)).collect();
        if rule.generation.is_some() {
            self.becomes_page(toml, rule);
        }
    }

    /// A generation always becomes its page, and the page's own conditions are applied afterwards.
    fn becomes_page(&mut self, toml: &RuleToml, rule: &mut Rule) {
        let page = self.rule_id(toml.id.get_ref(), toml.id.span().start, "generation");
        rule.becomes = page.into_iter().map(Becomes::always).collect();
        rule.absorbs.clear();
        rule.part_of.clear();
    }

    fn parts(&mut self, toml: &RuleToml, rule: &mut Rule) {
        let required = toml.required.iter().map(|reference| (reference, true));
        let optional = toml.optional.iter().map(|reference| (reference, false));
        let alone = toml.anchor.iter().filter(|_| toml.alone).map(|reference| (reference, true));
        for (reference, required) in required.chain(optional).chain(alone) {
            let key = if required { "required" } else { "optional" };
            let resolved = self.shapes.resolve(reference.get_ref());
            let Some((call, shapes)) = self.collector.take(reference.span().start, key, resolved) else { continue };
            if rule.parts.iter().any(|part| part.call == call) {
                self.collector.add(
                    reference.span().start,
                    key,
                    format!("expected each call once, found `{call}` again"),
                );
            }
            rule.parts.push(RulePart { call, shapes, required, anchor: toml.alone });
        }
    }

    fn anchors(&mut self, toml: &RuleToml, rule: &mut Rule) {
        if rule.generic.is_some() && !rule.parts.is_empty() {
            self.collector.add(toml.id.span().start, "generic", "expected a rule without calls");
        }
        let starts = !toml.anchor.is_empty() || rule.parts.iter().any(|part| part.required);
        if !starts && rule.generic.is_none() && !self.targets.contains(&rule.id) {
            self.collector.add(
                toml.id.span().start,
                "anchor",
                "expected at least one call here or in `required`, because no other rule becomes this one through `becomes`",
            );
        }
        if toml.anchor.is_empty() && !toml.alone {
            rule.parts.iter_mut().filter(|part| part.required).for_each(|part| part.anchor = true);
        }
        for anchor in toml.anchor.iter().filter(|_| !toml.alone) {
            match rule.parts.iter_mut().find(|part| part.call == *anchor.get_ref()) {
                Some(part) => part.anchor = true,
                None => self.collector.add(
                    anchor.span().start,
                    "anchor",
                    format!("expected a call from `required` or `optional`, found `{}`", anchor.get_ref()),
                ),
            }
        }
    }

    fn placeholders(&mut self, toml: &RuleToml, rule: &Rule) {
        let known = |name: &str| {
            matches!(name, "region" | "account")
                || (rule.generic.is_some() && Generic::PLACEHOLDERS.contains(&name))
                || rule.extracts.iter().any(|extract| extract.name == name)
        };
        let texts = [
            ("title", Some(&toml.title), Some(&rule.title_template)),
            ("summary", Some(&toml.summary), Some(&rule.summary_template)),
            ("url", toml.url.as_ref(), rule.url_template.as_ref()),
        ];
        for (key, text, template) in texts {
            let (Some(text), Some(template)) = (text, template) else { continue };
            for name in template.placeholders().into_iter().filter(|name| !known(name)) {
                self.collector.add(
                    text.span().start,
                    key,
                    format!("expected a placeholder defined in `extract`, found `{{{name}}}`"),
                );
            }
        }
        for (name, extract) in &toml.extract {
            for pattern in &extract.get_ref().carried_from {
                self.pattern(pattern, extract.span().start, &format!("extract.{name}.carried_from"));
            }
            for call in extract.get_ref().from.iter().flat_map(super::schema::OneOrMany::iter) {
                let is_known = || {
                    rule.generation.is_some()
                        || rule.parts.iter().any(|part| part.call == call || part.call == "*")
                        || is_called_by_generation(toml, call)
                };
                if !rule.parts.is_empty() && !is_known() {
                    self.collector.add(
                        extract.span().start,
                        &format!("extract.{name}.from"),
                        format!("expected a call from this rule, found `{call}`"),
                    );
                }
            }
        }
    }

    fn becomes(&mut self, toml: &Spanned<BecomesToml>, rule: &Rule) -> Option<Becomes> {
        let (at, becomes) = (toml.span().start, toml.get_ref());
        let more_than_one = becomes.more_than_one.clone();
        if let Some(name) = &more_than_one
            && !rule.extracts.iter().any(|extract| extract.name == *name)
        {
            self.collector.add(at, "becomes.more_than_one", format!("expected a name from `extract`, found `{name}`"));
        }
        Some(Becomes {
            rule: self.rule_id(&becomes.rule, at, "becomes.rule")?,
            previous: self.patterns(&becomes.previous, at, "becomes.previous"),
            unless_previous: self.patterns(&becomes.unless_previous, at, "becomes.unless_previous"),
            next: self.patterns(&becomes.next, at, "becomes.next"),
            look_back: becomes.look_back.as_ref().map(|look| self.look_back(look, at)),
            more_than_one,
        })
    }

    fn look_back(&mut self, look: &LookBackToml, at: usize) -> LookBack {
        LookBack {
            seconds: look.seconds,
            at_least: look.at_least,
            find: self.patterns(&look.find, at, "becomes.look_back.find"),
            until: self.patterns(&look.until, at, "becomes.look_back.until"),
        }
    }

    fn part_of(&mut self, toml: &Spanned<super::schema::PartOfToml>) -> PartOf {
        let (at, part) = (toml.span().start, toml.get_ref());
        let only = part.only.iter().filter_map(|reference| {
            let resolved = self.shapes.resolve(reference);
            self.collector.take(at, "part_of.only", resolved)
        });
        PartOf {
            only: only.flat_map(|(_, shapes)| shapes).collect(),
            rules: self.patterns(&part.rules, at, "part_of.rules"),
            across: self.patterns(&part.across, at, "part_of.across"),
            within_s: part.within,
            at_most: part.at_most,
        }
    }

    fn rule_id(&mut self, id: &str, at: usize, key: &str) -> Option<RuleId> {
        let found = self.ids.get(id).copied().ok_or_else(|| format!("expected the ID of a rule, found `{id}`"));
        self.collector.take(at, key, found)
    }

    fn patterns(&mut self, patterns: &[String], at: usize, key: &str) -> Vec<Pattern> {
        patterns.iter().filter_map(|pattern| self.pattern(pattern, at, key)).collect()
    }

    fn pattern(&mut self, pattern: &str, at: usize, key: &str) -> Option<Pattern> {
        let compiled = self.collector.take(at, key, Pattern::parse(pattern))?;
        if !self.ids.keys().any(|id| compiled.matches(id)) {
            self.collector.add(
                at,
                key,
                format!("expected a pattern that matches at least one rule ID, found `{pattern}`"),
            );
        }
        Some(compiled)
    }
}
