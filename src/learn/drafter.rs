//! Drafts a page's rule from visits to the page, and has the draft tested.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};

use super::address::DescribedPage;
use super::gate::Gate;
use super::replace::{Replacer, TestedTexts, agent};
use super::shapes;
use super::write::{PageDraft, SpecCase, SpecEvent};
use crate::matching::Row;
use crate::rule::{RuleSet, RuleText};
use crate::signal::{Kind, Origin, Signal};
use crate::spec::{self, SpecToml};

/// The widest window around an anchor, in seconds.
const MAX_WINDOW_S: i64 = 60;
/// The most events in a spec case.
const MAX_SPEC_EVENTS: usize = 60;
/// The most visits that become spec cases.
const MAX_CASES: usize = 3;

/// The outcome for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageOutcome {
    /// The page is already in the catalog: the ID of its rule.
    Known(String),
    /// A new rule: its ID.
    New(String),
    /// Different calls for a known page: the ID of its rule.
    Changed(String),
    /// No draft was accepted: the reason.
    Refused(String),
    /// It has no events.
    Empty,
}

/// Drafts a page, and has the drafts tested.
pub(super) struct PageDrafter<'s, 'a> {
    /// The call of the action, if it is one.
    pub(super) action: Option<&'s str>,
    /// The events of each visit. Every visit has at least one.
    pub(super) visits: Vec<Vec<&'s Row<'a>>>,
    /// What is known about the page.
    pub(super) page: DescribedPage,
    /// The year of the trail.
    pub(super) year: u16,
    /// What the rule was learned from.
    pub(super) comment: String,
    /// The calls made on each of the recording's other pages.
    pub(super) others: Vec<BTreeSet<&'s str>>,
}

impl PageDrafter<'_, '_> {
    fn calls(&self) -> Vec<String> {
        let rows = self.visits.iter().flatten();
        rows.map(|row| row.call.to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The time from the first to the last event of a visit, with a margin, in seconds.
    fn window(&self) -> u32 {
        let span = |visit: &Vec<&Row<'_>>| {
            let times = || visit.iter().map(|row| row.time.0);
            (times().max().unwrap_or_default() - times().min().unwrap_or_default()) / 1_000_000
        };
        let longest = self.visits.iter().map(span).max().unwrap_or_default();
        u32::try_from((longest + 1).clamp(3, MAX_WINDOW_S)).unwrap_or(3)
    }

    fn kind(&self) -> Kind {
        let verb = self.action.map(|call| call.split_once(':').map_or(call, |(_, name)| name));
        match verb {
            Some(name) if ["Create", "Run", "Import", "Request"].iter().any(|verb| name.starts_with(verb)) => {
                Kind::Create
            }
            Some(name) if ["Delete", "Remove", "Terminate"].iter().any(|verb| name.starts_with(verb)) => Kind::Delete,
            Some(_) => Kind::Change,
            None if self.page.values.is_empty() => Kind::List,
            None => Kind::View,
        }
    }

    /// Whether another page of the recording makes all calls that a draft requires.
    pub(super) fn is_broad(&self, required: &[String]) -> bool {
        let call = |reference: &String| reference.split('/').next().unwrap_or_default().to_owned();
        let calls: Vec<String> = required.iter().map(call).collect();
        self.others.iter().any(|other| calls.iter().all(|call| other.contains(call.as_str())))
    }

    /// A new rule. Drafts are tried from the most tolerant to the strictest, unless the most tolerant one would also match
    /// another page.
    pub(super) fn rule(&self, gate: &mut Gate) -> (PageOutcome, Vec<RuleText>) {
        let id = free_id(gate, &self.page.id);
        let mut problems = Vec::new();
        let is_broad = self.is_broad(&shapes::calls(gate.rules(), &id, &self.visits, false).required);
        for all in [is_broad, !is_broad] {
            let mut draft = self.draft(gate.rules(), &id, all);
            for _ in 0..3 {
                match self.attempt(gate, &draft) {
                    Ok(files) => return (PageOutcome::New(id), files),
                    Err(Attempt::Loses(winners)) if winners.iter().any(|winner| !draft.precedes.contains(winner)) => {
                        draft.precedes.extend(winners);
                        draft.precedes.sort();
                        draft.precedes.dedup();
                    }
                    Err(Attempt::Loses(winners)) => {
                        problems.push(format!("its calls match {} instead", winners.join(", ")));
                        break;
                    }
                    Err(Attempt::Wrong(found)) => {
                        problems.extend(found);
                        break;
                    }
                }
            }
        }
        problems.sort();
        problems.dedup();
        (PageOutcome::Refused(problems.join("; ")), Vec::new())
    }

    fn draft(&self, rules: &RuleSet, id: &str, all: bool) -> PageDraft {
        let calls = shapes::calls(rules, id, &self.visits, all);
        let values = shapes::values(&self.visits.concat());
        let used = self.page.values.iter().filter_map(|name| {
            let (_, path, _) = values.iter().find(|(known, _, _)| known == name)?;
            Some((name.clone(), path.clone()))
        });
        let title = self.page.place.join(" › ");
        let summary = match self.action {
            Some(_) => format!("Used {title}"),
            None => format!("Opened {title}"),
        };
        PageDraft {
            comment: self.comment.clone(),
            id: id.to_owned(),
            title,
            summary,
            url: self.page.link.clone(),
            kind: Some(self.kind()),
            console_path: self.page.place.iter().filter(|part| !part.starts_with('{')).cloned().collect(),
            window: self.window(),
            calls,
            extracts: used.collect(),
            year: self.year,
            precedes: Vec::new(),
        }
    }

    fn attempt(&self, gate: &mut Gate, draft: &PageDraft) -> Result<Vec<RuleText>, Attempt> {
        let rule = RuleText::at(&format!("{}.toml", draft.id), draft.rule_text());
        let rules = gate.with(std::slice::from_ref(&rule)).map_err(Attempt::Wrong)?;
        let cases = self.cases(gate.rules(), &rules, &draft.id, &draft.calls.required)?;
        let spec = RuleText::at(&format!("{}.spec.toml", draft.id), SpecCase::spec_text(&cases));
        let files = vec![rule, spec];
        gate.accept(&files, rules, &self.calls()).map_err(Attempt::Wrong)?;
        Ok(files)
    }

    /// The spec cases: one for each visit, and a near miss. `before` contains the rules without the draft.
    fn cases(
        &self,
        before: &RuleSet,
        rules: &RuleSet,
        id: &str,
        required: &[String],
    ) -> Result<Vec<SpecCase>, Attempt> {
        let mut cases = Vec::new();
        for (at, visit) in self.visits.iter().take(MAX_CASES).enumerate() {
            let events = spec_events(before, visit);
            let name = if at == 0 { "a recorded visit".to_owned() } else { format!("recorded visit {}", at + 1) };
            cases.push(with_signals(rules, id, SpecCase { name, events, signals: Vec::new() })?);
        }
        let anchor = required.first().map(|call| call.split('/').next().unwrap_or(call).to_owned());
        let mut near_miss = cases.first().cloned();
        if let Some(case) = &mut near_miss {
            "without one of its calls".clone_into(&mut case.name);
            case.events.retain(|event| Some(&event.call) != anchor.as_ref());
            case.signals.clear();
        }
        cases.extend(near_miss);
        Ok(cases)
    }

    /// This year's calls as a rule generation.
    pub(super) fn generation(&self, gate: &mut Gate, rule: &str) -> (PageOutcome, Vec<RuleText>) {
        let [path, spec_path] = ["toml", "spec.toml"].map(|ending| format!("{rule}.{ending}"));
        let mut problems = Vec::new();
        for all in [false, true] {
            let (Some(text), Some(spec)) = (gate.text(&path).cloned(), gate.text(&spec_path).cloned()) else { break };
            let calls = shapes::calls(gate.rules(), &format!("{rule}/{}", self.year), &self.visits, all);
            let added = calls.generation_text(self.year, self.window());
            let rule_text = RuleText { text: format!("{}{added}", text.text), ..text };
            let attempt = gate.with(std::slice::from_ref(&rule_text)).map_err(Attempt::Wrong).and_then(|rules| {
                let mut cases = self.cases(gate.rules(), &rules, rule, &calls.required)?;
                cases.retain(|case| !case.signals.is_empty());
                let year = self.year;
                for case in &mut cases {
                    case.name = format!("{} of {year}", case.name);
                }
                let spec = RuleText { text: format!("{}\n{}", spec.text, SpecCase::spec_text(&cases)), ..spec };
                let files = vec![rule_text, spec];
                gate.accept(&files, rules, &self.calls()).map_err(Attempt::Wrong)?;
                Ok(files)
            });
            match attempt {
                Ok(files) => return (PageOutcome::Changed(rule.to_owned()), files),
                Err(Attempt::Wrong(found)) => problems.extend(found),
                Err(Attempt::Loses(winners)) => {
                    problems.push(format!("its calls match {} instead", winners.join(", ")));
                }
            }
        }
        (PageOutcome::Refused(problems.join("; ")), Vec::new())
    }
}

/// Why a draft was not accepted.
pub(super) enum Attempt {
    /// Other rules claim its events.
    Loses(Vec<String>),
    /// What is wrong.
    Wrong(Vec<String>),
}

/// An ID that no rule uses yet.
fn free_id(gate: &Gate, id: &str) -> String {
    let is_free = |id: &str| gate.text(&format!("{id}.toml")).is_none();
    if is_free(id) {
        return id.to_owned();
    }
    (2..1_000).map(|at| format!("{id}-{at}")).find(|id| is_free(id)).unwrap_or_default()
}

/// The events of a visit for a spec, with made-up values.
pub(super) fn spec_events(rules: &RuleSet, visit: &[&Row<'_>]) -> Vec<SpecEvent> {
    let mut replacer = Replacer::default();
    let first = visit.iter().map(|row| row.time.0).min().unwrap_or_default();
    let keys: HashSet<&str> = visit.iter().filter_map(|row| row.access_key).collect();
    let mut kept: Vec<&&Row<'_>> = visit.iter().collect();
    // A few rows of a long list are enough.
    let mut seen: HashMap<&str, usize> = HashMap::default();
    kept.retain(|row| {
        let count = seen.entry(row.call).or_default();
        *count += 1;
        visit.len() <= MAX_SPEC_EVENTS || *count <= 3
    });
    let event = |row: &&&Row<'_>| {
        let tested = TestedTexts::of(rules, row.call);
        let body = |text: Option<&str>| text.and_then(|text| crate::json::value(text).ok()).unwrap_or_default();
        let tests_response = rules.shapes_of(row.call).iter().any(|shape| !rules.shape(*shape).response.is_empty());
        let response = if tests_response { body(row.response) } else { serde_json::Value::Null };
        SpecEvent {
            at: (row.time.0 - first) / 1_000_000,
            call: row.call.to_owned(),
            agent: row.user_agent.map(|text| agent(text).to_owned()),
            client: row.client,
            read_only: row.read_only,
            region: row.region.map(str::to_owned),
            key: row.access_key.filter(|_| keys.len() > 1).map(|key| replacer.key(key)),
            error: row.error_code.map(str::to_owned),
            request: replacer.body(&body(row.request), &tested),
            response: replacer.body(&response, &tested),
        }
    };
    kept.iter().map(event).collect()
}

/// The case with the signals that the rules find in it, provided that the rule's signal includes the most events.
pub(super) fn with_signals(rules: &RuleSet, id: &str, case: SpecCase) -> Result<SpecCase, Attempt> {
    let parsed = SpecToml::parse(&SpecCase { signals: vec![(id.to_owned(), None)], ..case.clone() }.text());
    let parsed = parsed.map_err(|error| Attempt::Wrong(vec![error.to_string()]))?;
    let Some(parsed) = parsed.case.first() else { return Err(Attempt::Wrong(Vec::new())) };
    let signals = spec::signals(rules, parsed);
    let exact: Vec<&Signal> = signals.iter().filter(|signal| signal.origin == Origin::Exact).collect();
    let most = exact.iter().max_by_key(|signal| (signal.events.len(), signal.rule_id == id));
    if most.is_none_or(|signal| signal.rule_id != id) {
        let winners: BTreeSet<String> =
            exact.iter().filter(|signal| signal.rule_id != id).map(|signal| signal.rule_id.clone()).collect();
        return Err(if winners.is_empty() {
            Attempt::Wrong(vec!["the draft does not match its own visit".to_owned()])
        } else {
            Attempt::Loses(winners.into_iter().collect())
        });
    }
    let all = case.events.len();
    let expected = exact.iter().map(|signal| {
        let mut events: Vec<String> = signal.events.iter().map(|member| member.event_id.clone()).collect();
        events.sort();
        (signal.rule_id.clone(), (events.len() < all).then_some(events))
    });
    Ok(SpecCase { signals: expected.collect(), ..case })
}
