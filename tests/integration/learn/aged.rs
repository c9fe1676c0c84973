//! Sessions from the console in another year: each call differs from the catalog in the same way in every visit.
//! `learn` proposes the new shapes.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use cartographer::batch;
use cartographer::learn::{ProposalKind, Thresholds, propose};
use cartographer::matching::SessionRows;
use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::Origin;
use cartographer::trail::Trail;
use fastrand::Rng;
use serde_json::{Value, json};

use super::recordings::{Catalog, Person, Visit, events, trail};
use super::{best_signal, share, signals};

/// What differs in the console of another year. Each degree includes the previous ones, as in `examples/fit/age.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Degree {
    None,
    Sizes,
    Calls,
    Members,
}

fn one_in(times: u64, seed: impl Hash) -> bool {
    hash(seed).is_multiple_of(times)
}

fn hash(seed: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    hasher.finish()
}

fn call(record: &Value) -> String {
    format!("{}:{}", record["eventSource"].as_str().unwrap(), record["eventName"].as_str().unwrap())
}

fn age(rules: &RuleSet, page_id: &str, visit: &mut Visit, degree: Degree) {
    if degree >= Degree::Sizes {
        for record in &mut visit.records {
            let call = call(record);
            resize(&mut record["requestParameters"], &call);
            if one_in(3, ("member", &call)) {
                if record["requestParameters"].is_null() {
                    record["requestParameters"] = json!({});
                }
                record["requestParameters"][format!("clientContext{}", hash(&call) % 4)] = json!("console");
            }
        }
    }
    if degree >= Degree::Calls {
        let starts = |record: &&Value| {
            let own = call(record).replace(".amazonaws.com", "");
            rules.find(page_id).unwrap().1.parts.iter().any(|part| part.anchor && part.call == own)
        };
        let first = call(visit.records.iter().find(starts).unwrap_or(&visit.records[0]));
        let page = visit.page;
        let calls: BTreeSet<String> = visit.records.iter().map(call).collect();
        if calls.len() > 1 {
            visit.records.retain(|record| {
                let own = call(record);
                own == first || !one_in(10, ("lost", page, &own))
            });
        }
        if one_in(2, ("added", page)) {
            let mut added = visit.records[0].clone();
            added["eventName"] = json!("GetFeatureFlags");
            added["requestParameters"] = Value::Null;
            added["eventID"] = json!(format!("{:032x}", hash(visit.records[0]["eventID"].as_str())));
            visit.records.push(added);
        }
    }
    if degree >= Degree::Members {
        for record in &mut visit.records {
            let agent = record["userAgent"].as_str().unwrap().to_owned();
            if !agent.starts_with("Mozilla/") {
                record["userAgent"] = json!(format!("aws-webapp-{}/2.0", hash(&agent) % 1000));
            }
            let call = call(record);
            if let Some(members) = record["requestParameters"].as_object_mut() {
                let aged =
                    std::mem::take(members).into_iter().filter_map(|(name, value)| match hash((&call, &name)) % 8 {
                        0 => None,
                        1 => Some((format!("{name}V2"), value)),
                        _ => Some((name, value)),
                    });
                *members = aged.collect();
            }
        }
    }
    let ids: BTreeSet<String> =
        visit.records.iter().map(|record| record["eventID"].as_str().unwrap().to_owned()).collect();
    visit.event_ids.retain(|id| ids.contains(id));
}

fn resize(value: &mut Value, call: &str) {
    let Some(members) = value.as_object_mut() else { return };
    for (name, value) in members.iter_mut() {
        let is_size = ["max", "limit", "size", "perpage"].iter().any(|part| name.to_lowercase().contains(part));
        let size = [15, 30, 75, 250, 499][usize::try_from(hash((call, name.as_str())) % 5).unwrap()];
        match value {
            Value::Number(_) if is_size => *value = json!(size),
            Value::String(text) if is_size && text.parse::<u64>().is_ok() => *value = json!(size.to_string()),
            _ => resize(value, call),
        }
    }
}

/// Visits of three people to every page.
fn visits(catalog: &Catalog, degree: Degree) -> Vec<Visit> {
    let mut rng = Rng::with_seed(11);
    let mut visits = Vec::new();
    for (at, name) in ["mara", "tobias", "ines"].into_iter().enumerate() {
        let mut person = Person::new(&mut rng, name, "111122223333");
        let mut pages: Vec<usize> = (0..catalog.pages.len()).collect();
        person.rng.shuffle(&mut pages);
        for page in pages {
            visits.push(person.visit(&catalog.all, page, &catalog.pages[page], at > 0));
        }
    }
    for visit in &mut visits {
        age(&catalog.all, &catalog.pages[visit.page].id, visit, degree);
    }
    visits
}

/// The share of the visits that are recognized as their page, with every required call in an exact shape.
fn exact(catalog: &Catalog, rules: &RuleSet, visits: &[Visit], trail: &Trail) -> f64 {
    let signals = signals(rules, &events(trail));
    let is_exact = |visit: &&Visit| {
        best_signal(&signals, &visit.event_ids)
            .is_some_and(|signal| signal.rule_id == catalog.pages[visit.page].id && signal.origin == Origin::Exact)
    };
    share(visits.iter().filter(is_exact).count(), visits.len())
}

/// The exact shares of aged visits, before and after all drafts are accepted.
#[expect(clippy::print_stdout, reason = "the output shows why a draft was refused")]
fn before_and_after(catalog: &Catalog, degree: Degree) -> (f64, f64) {
    let visits = visits(catalog, degree);
    let trail = trail(visits.iter());
    let before = exact(catalog, &catalog.all, &visits, &trail);
    let mut rows = events(&trail);
    rows.sort_by(|a, b| (a.session_id, a.row.time, a.row.event_id).cmp(&(b.session_id, b.row.time, b.row.event_id)));
    let mut sessions: Vec<SessionRows<'_>> = Vec::new();
    for event in rows {
        match sessions.last_mut() {
            Some(session) if session.session_id == event.session_id => session.rows.push(event.row),
            _ => sessions.push(SessionRows { session_id: event.session_id, rows: vec![event.row] }),
        }
    }
    assert!(batch::sessions(&trail.events).is_ok());
    let proposals = propose(catalog.rest.clone(), &sessions, Thresholds::default()).unwrap();
    let shapes = proposals.iter().filter(|proposal| proposal.kind == ProposalKind::Shapes);
    let mut files: Vec<RuleText> = Vec::new();
    for proposal in shapes {
        if let Some(problem) = &proposal.problem {
            println!("{degree:?} {} {}: {problem}", proposal.clicks, proposal.title);
        }
        files = RuleText::over(files, proposal.files.clone());
    }
    let rules = RuleSet::compile(RuleText::over(catalog.rest.clone(), files)).unwrap();
    let signals = signals(&rules, &events(&trail));
    for visit in &visits {
        let (id, found) = (&catalog.pages[visit.page].id, best_signal(&signals, &visit.event_ids));
        if let Some(found) = found.filter(|found| found.rule_id != *id || found.origin != Origin::Exact) {
            println!("{degree:?} {id}: found as {} {:?}", found.rule_id, found.origin);
        }
    }
    (before, exact(catalog, &rules, &visits, &trail))
}

/// Checks degrees of aging on this number of pages.
#[expect(clippy::print_stdout, reason = "the output shows the measured figures")]
fn check(pages: usize, degrees: &[Degree]) {
    let catalog = Catalog::whole(pages);
    let fresh = visits(&catalog, Degree::None);
    let unaged = exact(&catalog, &catalog.all, &fresh, &trail(fresh.iter()));
    assert!(unaged > 0.9, "{unaged}");
    let mut low = Vec::new();
    for degree in degrees {
        let (before, after) = before_and_after(&catalog, *degree);
        println!("{pages} pages, {degree:?}: unaged {unaged:.3}, aged {before:.3}, with the drafts {after:.3}");
        assert!(before < 0.8 * unaged, "{degree:?}: {before} is not much lower than {unaged}");
        // A member that is removed may be the only difference between two pages.
        let least = if *degree == Degree::Members { 0.85 } else { 0.95 };
        if after < least * unaged {
            low.push(format!("{degree:?}: {after} of {unaged}"));
        }
    }
    assert!(low.is_empty(), "{low:?}");
}

#[test]
fn new_shapes_are_proposed_for_an_aged_console() {
    check(40, &[Degree::Sizes]);
}

/// The same check for all degrees. Slower.
#[test]
#[ignore = "takes a minute"]
fn new_shapes_are_proposed_for_every_degree_of_aging() {
    check(40, &[Degree::Sizes, Degree::Calls, Degree::Members]);
}
