//! Drafts a new generation of a page whose requests no longer have the known shapes.

use std::collections::{BTreeMap, BTreeSet};

use super::address::slug;
use super::align::year;
use super::drafter::{spec_events, with_signals};
use super::gate::Gate;
use super::shapes::{family, members};
use super::write::{DraftedCalls, SpecCase};
use crate::matching::Row;
use crate::rule::body::Body;
use crate::rule::condition::Condition;
use crate::rule::shape::{ShapeId, ShapeSubject};
use crate::rule::words::words;
use crate::rule::{Rule, RuleId, RuleSet, RuleText, ShapeToml, request_toml};
use crate::signal::{Kind, Signal};

/// A call that occurs in this share of the visits is required, if the page requires it.
const REQUIRED_SHARE: f64 = 0.75;
/// A call that occurs in this share of the visits belongs to the page.
const OPTIONAL_SHARE: f64 = 0.25;
/// A page is proposed for visits that no page explains if its shapes have at least this nearness, and if that exceeds
/// the nearness of any other page by at least `MIN_LEAD`.
const MIN_NEARNESS: f64 = 0.6;
const MIN_LEAD: f64 = 0.015;
/// The most cases that are added to a spec.
const MAX_CASES: usize = 2;
/// The widest window, in seconds.
const MAX_WINDOW_S: i64 = 90;

/// A signal with its rows, in order.
pub(super) struct SignalRows<'s, 'a> {
    pub(super) session: &'s str,
    pub(super) signal: &'s Signal,
    pub(super) rows: Vec<&'s Row<'a>>,
}

/// Drafts a generation of a rule from signals that were inferred, and adds it to the rules.
///
/// # Errors
/// Why no draft was accepted.
pub(super) fn changed_page(
    gate: &mut Gate,
    id: &str,
    found: &[&SignalRows<'_, '_>],
    least: usize,
) -> Result<Vec<RuleText>, String> {
    let [path, spec_path] = ["toml", "spec.toml"].map(|ending| format!("{id}.{ending}"));
    let (Some(text), Some(spec)) = (gate.text(&path).cloned(), gate.text(&spec_path).cloned()) else {
        return Err("the rule has no file".to_owned());
    };
    let year = found.first().and_then(|found| found.rows.first()).map_or(0, |row| year(row.time));
    let calls = ChangedCalls::of(gate.rules(), id, found, year, least)
        .ok_or("its requests differ from visit to visit, or its main calls are missing")?;
    let drafted = calls.drafted();
    let rule_text = RuleText { text: format!("{}{}", text.text, drafted.generation_text(year, calls.window)), ..text };
    let rules = gate.with(std::slice::from_ref(&rule_text)).map_err(|problems| problems.join("; "))?;
    let mut cases = Vec::new();
    for found in found.iter().filter(|found| calls.has_all(found)) {
        let events = spec_events(gate.rules(), &found.rows);
        let case = SpecCase { name: format!("as the console sends it in {year}"), events, signals: Vec::new() };
        if let Ok(mut case) = with_signals(&rules, id, case) {
            if !cases.is_empty() {
                case.name = format!("{} ({})", case.name, cases.len() + 1);
            }
            cases.push(case);
        }
        if cases.len() == MAX_CASES {
            break;
        }
    }
    if cases.is_empty() {
        return Err("no visit matches the new shapes".to_owned());
    }
    let spec = RuleText { text: format!("{}\n{}", spec.text, SpecCase::spec_text(&cases)), ..spec };
    let files = vec![rule_text, spec];
    gate.accept(&files, rules, &calls.names()).map_err(|problems| problems.join("; "))?;
    Ok(files)
}

/// The calls of a page as they are now.
struct ChangedCalls {
    parts: Vec<ChangedPart>,
    window: u32,
}

struct ChangedPart {
    call: String,
    /// Names of known shapes; `None` is the shape without a name.
    known: BTreeSet<Option<String>>,
    new: Vec<ShapeToml>,
    required: bool,
}

impl ChangedCalls {
    fn of(rules: &RuleSet, id: &str, found: &[&SignalRows<'_, '_>], year: u16, least: usize) -> Option<Self> {
        let (rule_id, page) = rules.find(id)?;
        let variant = variant(rules, page, found);
        let mut seen: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        let mut rows: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
        for (at, found) in found.iter().enumerate() {
            for row in &found.rows {
                seen.entry(row.call).or_default().insert(at);
                rows.entry(row.call).or_default().push(row);
            }
        }
        let mut parts = Vec::new();
        for (call, visits) in &seen {
            let share = share(visits.len(), found.len());
            let known_call = rules.known_call(call);
            let part = variant.parts.iter().find(|part| Some(part.call.as_str()) == known_call);
            if part.is_none() && share < REQUIRED_SHARE || share < OPTIONAL_SHARE {
                continue;
            }
            let mut changed = ChangedPart {
                call: (*call).to_owned(),
                known: BTreeSet::new(),
                new: Vec::new(),
                required: share >= REQUIRED_SHARE && part.is_some_and(|part| part.required),
            };
            let name = format!("{}-{year}", slug(&id.replace('/', "-")));
            changed.add(rules, rule_id, &name, rows.get(call)?, part.map(|part| part.shapes.as_slice()), least.min(2));
            if !changed.known.is_empty() || !changed.new.is_empty() {
                parts.push(changed);
            }
        }
        // A rule that no longer requires the page's main calls would match other pages.
        let required = parts.iter().filter(|part| part.required).count();
        let before = variant.parts.iter().filter(|part| part.required).count();
        let is_action = matches!(page.kind, Kind::Create | Kind::Delete | Kind::Change | Kind::Secret);
        let changes = |part: &ChangedPart| part.required && is_change_call(rules, &part.call);
        let had_change = variant.parts.iter().any(|part| part.required && is_change_call(rules, &part.call));
        if required == 0 || 2 * required < before || is_action && had_change && !parts.iter().any(changes) {
            return None;
        }
        let span = |found: &&SignalRows<'_, '_>| {
            let times = || found.rows.iter().map(|row| row.time.0);
            (times().max().unwrap_or_default() - times().min().unwrap_or_default()) / 1_000_000
        };
        let span = found.iter().map(span).max().unwrap_or_default().min(MAX_WINDOW_S);
        let window = u32::try_from(span + 1).unwrap_or(3).max(variant.before_s).max(variant.after_s);
        Some(Self { parts, window })
    }

    fn drafted(&self) -> DraftedCalls {
        let references = |required: bool| {
            self.parts.iter().filter(|part| part.required == required).map(ChangedPart::reference).collect()
        };
        DraftedCalls {
            required: references(true),
            optional: references(false),
            shapes: self.parts.iter().flat_map(|part| part.new.clone()).collect(),
        }
    }

    fn names(&self) -> Vec<String> {
        self.parts.iter().map(|part| part.call.clone()).collect()
    }

    fn has_all(&self, found: &SignalRows<'_, '_>) -> bool {
        let mut required = self.parts.iter().filter(|part| part.required);
        required.all(|part| found.rows.iter().any(|row| row.call == part.call))
    }
}

/// The known page that most likely explains visits without a page: the visits include its required calls, in shapes
/// that are nearer than those of any other page.
pub(super) fn nearest_page(rules: &RuleSet, found: &[&SignalRows<'_, '_>]) -> Option<String> {
    let mut rows: BTreeMap<&str, (&Row<'_>, BTreeSet<usize>)> = BTreeMap::new();
    for (at, found) in found.iter().enumerate() {
        for row in &found.rows {
            rows.entry(row.call).or_insert((row, BTreeSet::new())).1.insert(at);
        }
    }
    rows.retain(|call, (_, visits)| {
        share(visits.len(), found.len()) >= REQUIRED_SHARE && !rules.words().is_console_noise(call)
    });
    let known: BTreeMap<&str, &Row<'_>> =
        rows.iter().filter_map(|(call, (row, _))| Some((rules.known_call(call)?, *row))).collect();
    let pages = rules.rules().iter().filter(|page| page.generic.is_none() && page.kind != Kind::Background);
    let mut scores: Vec<(f64, &str)> = pages
        .filter_map(|page| {
            let variants = rules.generations(page).chain([page]);
            let score = variants.filter_map(|variant| page_nearness(rules, variant, &known)).reduce(f64::max)?;
            Some((score, page.id.as_str()))
        })
        .collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (best, id) = *scores.first()?;
    let second = scores.get(1).map_or(0.0, |(score, _)| *score);
    (best >= MIN_NEARNESS && best - second >= MIN_LEAD).then(|| id.to_owned())
}

/// How near a visit's calls are to the calls that a page requires, weighted by the share of the visit's calls that the
/// page makes.
#[expect(clippy::cast_precision_loss, reason = "a page makes a few dozen calls")]
fn page_nearness(rules: &RuleSet, page: &Rule, known: &BTreeMap<&str, &Row<'_>>) -> Option<f64> {
    let required: Vec<_> = page.parts.iter().filter(|part| part.required).collect();
    let own = page.parts.iter().filter(|part| known.contains_key(part.call.as_str())).count();
    if required.is_empty() || share(own, known.len()) < REQUIRED_SHARE {
        return None;
    }
    let mut sum = 0.0;
    for part in &required {
        let row = known.get(part.call.as_str())?;
        let [request, response] = [row.request, row.response].map(Body::new);
        let subject = row.source(&request, &response).subject();
        let vocabulary = rules.vocabulary(&part.call)?;
        let drifted = vocabulary.read(subject.request.value());
        let nearness = part.shapes.iter().map(|shape| rules.shape(*shape).nearness(&subject, &drifted));
        sum += nearness.reduce(f64::max).unwrap_or_default();
    }
    Some(sum / required.len() as f64 * share(own, known.len()))
}

fn is_change_call(rules: &RuleSet, call: &str) -> bool {
    let name = call.split_once(':').map_or(call, |(_, name)| name);
    words(name).first().is_some_and(|verb| rules.words().verb(verb).is_some())
}

/// The page generation that makes most of the observed calls.
fn variant<'r>(rules: &'r RuleSet, page: &'r Rule, found: &[&SignalRows<'_, '_>]) -> &'r Rule {
    let calls: BTreeSet<&str> =
        found.iter().flat_map(|found| found.rows.iter().filter_map(|row| rules.known_call(row.call))).collect();
    let overlap = |rule: &&Rule| {
        let is_seen = |part: &&crate::rule::RulePart| calls.contains(part.call.as_str());
        let required = rule.parts.iter().filter(|part| part.required);
        let missing = required.clone().count() - required.filter(is_seen).count();
        (std::cmp::Reverse(missing), rule.parts.iter().filter(is_seen).count())
    };
    rules.generations(page).chain([page]).max_by_key(overlap).unwrap_or(page)
}

impl ChangedPart {
    /// Adds the shapes of the call's events: known shapes, and new shapes that were seen often enough.
    fn add(
        &mut self,
        rules: &RuleSet,
        page: RuleId,
        name: &str,
        rows: &[&Row<'_>],
        shapes: Option<&[ShapeId]>,
        least: usize,
    ) {
        let mut new: Vec<(ShapeToml, usize)> = Vec::new();
        for row in rows {
            let [request, response] = [row.request, row.response].map(Body::new);
            let subject = row.source(&request, &response).subject();
            let recognized = rules.recognize(row.call, &subject).filter(|shape| rules.shape(*shape).call == row.call);
            let is_own = |shape: ShapeId| {
                rules.part(shape, page).is_some() || shapes.is_none_or(|shapes| shapes.contains(&shape))
            };
            match recognized {
                Some(shape) if is_own(shape) => {
                    self.known.insert(rules.shape(shape).name.clone());
                }
                // The shape belongs to another page, or to no page yet.
                Some(shape) => {
                    self.known.insert(rules.shape(shape).name.clone());
                }
                None if rules.shapes_of(row.call).is_empty() => {
                    self.known.insert(None);
                }
                None => {
                    let shape = changed_shape(rules, name, row, &subject, shapes);
                    match new.iter_mut().find(|(known, _)| *known == shape) {
                        Some((_, count)) => *count += 1,
                        None => new.push((shape, 1)),
                    }
                }
            }
        }
        for (mut shape, count) in new {
            if count < least {
                continue;
            }
            let same = |known: &&mut ShapeToml| {
                (&known.caller, &known.agent, &known.conditions) == (&shape.caller, &shape.agent, &shape.conditions)
                    && !known.members.is_empty()
                    && !shape.members.is_empty()
                    && known.members.iter().chain(&shape.members).all(|set| !set.is_empty())
            };
            if let Some(known) = self.new.iter_mut().find(same) {
                known.members.extend(std::mem::take(&mut shape.members));
                continue;
            }
            // An earlier draft for the same year may already use the name.
            let taken = |name: &str| {
                rules.shapes_of(&self.call).iter().any(|known| rules.shape(*known).name.as_deref() == Some(name))
                    || self.new.iter().any(|known| known.name == name)
            };
            if taken(&shape.name) {
                shape.name = (2..100).map(|at| format!("{name}-{at}")).find(|name| !taken(name)).unwrap_or_default();
            }
            self.new.push(shape);
        }
    }

    fn reference(&self) -> String {
        let known = self.known.iter().flatten().cloned();
        let names: Vec<String> = known.chain(self.new.iter().map(|shape| shape.name.clone())).collect();
        match (self.known.contains(&None), names.is_empty()) {
            (true, true) => self.call.clone(),
            (false, _) => format!("{}/{}", self.call, names.join("|")),
            (true, false) => format!("{}/*", self.call),
        }
    }
}

/// The shape that a request has now: the page's nearest shape, with the request's members and caller, and without
/// conditions that no longer hold.
fn changed_shape(
    rules: &RuleSet,
    name: &str,
    row: &Row<'_>,
    subject: &ShapeSubject<'_, '_>,
    shapes: Option<&[ShapeId]>,
) -> ShapeToml {
    let own = shapes.filter(|shapes| !shapes.is_empty()).unwrap_or_else(|| rules.shapes_of(row.call));
    let own =
        if own.iter().any(|shape| rules.shape(*shape).call == row.call) { own } else { rules.shapes_of(row.call) };
    let vocabulary = rules.vocabulary(row.call);
    let nearness = |shape: &&ShapeId| {
        vocabulary
            .map_or(0.0, |vocabulary| rules.shape(**shape).nearness(subject, &vocabulary.read(subject.request.value())))
    };
    let nearest = own.iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)).then(b.cmp(a)));
    let names = members(subject.request.value().as_object());
    let caller = subject.family.and_then(family);
    let Some(nearest) = nearest.map(|shape| rules.shape(*shape)) else {
        return ShapeToml {
            call: row.call.to_owned(),
            name: name.to_owned(),
            caller,
            members: vec![names],
            ..ShapeToml::default()
        };
    };
    let root = subject.request.value();
    let keeps = |path: &crate::rule::path::Path, condition: &Condition| condition.holds(path, root);
    let has_caller = nearest.caller.fits(subject.family);
    // A shape that tests neither the request nor a known caller is too general.
    let members = if nearest.tests_request() || !has_caller { vec![names] } else { Vec::new() };
    let mut shape = request_toml(nearest, name, members, caller.filter(|_| !has_caller), keeps);
    // A fixed request keeps the values that are still the same.
    let same = nearest.exact_members().into_iter().filter(|(member, value)| {
        let path = crate::rule::path::Path::member(member);
        let now = root.as_object().and_then(|members| members.get(member));
        !path.is_page_size()
            && now.is_some_and(|now| crate::rule::draft::inline(now) == *value && !value.starts_with(['{', '[']))
    });
    let same: Vec<String> =
        same.map(|(member, value)| format!("{} = {value}", crate::rule::draft::quoted(&member))).collect();
    if !same.is_empty() {
        shape.conditions.insert(0, format!("where = {{ {} }}", same.join(", ")));
    }
    let texts: Vec<String> = nearest
        .text
        .iter()
        .filter(|part| subject.request.compact().contains(part.as_str()))
        .map(|part| crate::rule::draft::quoted(part))
        .collect();
    if !texts.is_empty() {
        shape.conditions.push(format!("text = [{}]", texts.join(", ")));
    }
    if !has_caller && subject.family.is_none() {
        shape.caller = None;
        let agent = subject.agent;
        let start = agent.find(['/', ' ']).map_or(agent, |end| &agent[..=end]);
        shape.agent = (start.len() > 3).then(|| start.to_owned());
    } else if let Some(Condition::StartsWith(start)) = &nearest.agent {
        shape.agent = subject.agent.starts_with(start.as_str()).then(|| start.clone());
    }
    shape
}

#[expect(clippy::cast_precision_loss, reason = "there are a few thousand clicks")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
