//! Learning pages: from made-up recordings of pages that were removed from the rules, and from aged sessions.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

mod aged;
mod recordings;

use std::collections::{BTreeMap, BTreeSet};

use cartographer::learn::{PageOutcome, Recording, TrailEvent, learn};
use cartographer::matching::{Row, SessionRows, map};
use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Kind, Signal};
use cartographer::spec;
use fastrand::Rng;

use self::recordings::{Catalog, Person, Visit, csv, events, har, trail};

/// The pages of one recording.
const PAGES_IN_RECORDING: usize = 8;

/// The format in which visits are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Har,
    Csv,
}

/// The result of learning pages.
struct Score {
    right: usize,
    pages: usize,
    notes: Vec<String>,
    texts: Vec<RuleText>,
    /// The learned rule of each page.
    learned: BTreeMap<usize, String>,
}

/// Learns each page from one visit, and checks whether another visit is recognized.
fn score(catalog: &Catalog, form: Form, seed: u64) -> Score {
    let mut rng = Rng::with_seed(seed);
    let mut score = Score {
        right: 0,
        pages: catalog.pages.len(),
        notes: Vec::new(),
        texts: catalog.rest.clone(),
        learned: BTreeMap::new(),
    };
    let pages: Vec<usize> = (0..catalog.pages.len()).collect();
    for pages in pages.chunks(PAGES_IN_RECORDING) {
        learn_pages(catalog, form, pages, &mut rng, &mut score);
    }
    let rules = RuleSet::compile(score.texts.clone()).unwrap();
    let mut person = Person::new(&mut rng, "ines", "444455556666");
    let visits: Vec<Visit> =
        (0..catalog.pages.len()).map(|page| person.visit(&catalog.all, page, &catalog.pages[page], true)).collect();
    let trail = trail(visits.iter());
    let signals = signals(&rules, &events(&trail));
    for visit in &visits {
        let id = &catalog.pages[visit.page].id;
        let found = best_signal(&signals, &visit.event_ids);
        let expected = score.learned.get(&visit.page);
        if expected.is_some() && found.map(|signal| &signal.rule_id) == expected {
            score.right += 1;
        } else if let Some(expected) = expected {
            let found = found.map_or("nothing", |signal| signal.rule_id.as_str());
            score.notes.push(format!("{id}: learned as {expected}, and another visit named {found}"));
        }
    }
    score
}

fn learn_pages(catalog: &Catalog, form: Form, pages: &[usize], rng: &mut Rng, score: &mut Score) {
    let skew = rng.i64(2_000..9_000) * if rng.bool() { 1 } else { -1 };
    let mut person = Person::new(rng, "mara", "111122223333");
    let visits: Vec<Visit> =
        pages.iter().map(|page| person.visit(&catalog.all, *page, &catalog.pages[*page], false)).collect();
    // Another person opens the same pages in another order at the same time.
    let mut other = Person::new(rng, "tobias", "111122223333");
    let others: Vec<Visit> =
        pages.iter().rev().map(|page| other.visit(&catalog.all, *page, &catalog.pages[*page], true)).collect();
    let trail = trail(visits.iter().chain(&others));
    let text = match form {
        Form::Har => har(&visits, skew, rng),
        Form::Csv => csv(&visits, &catalog.pages, skew),
    };
    let recording = Recording::parse(&text).unwrap();
    let learned = match learn(score.texts.clone(), &recording, &events(&trail), None) {
        Ok(learned) => learned,
        Err(error) => return score.notes.push(format!("{error}")),
    };
    if (learned.skew_us - skew * 1_000).abs() >= 2_000_000 {
        score.notes.push(format!("skew {} found as {}", skew, learned.skew_us / 1_000));
    }
    for page in learned.pages {
        let ids: Vec<&str> = page.visits.iter().map(|visit| catalog.pages[pages[*visit]].id.as_str()).collect();
        match page.outcome {
            PageOutcome::New(id) => {
                for visit in &page.visits {
                    score.learned.insert(pages[*visit], id.clone());
                }
                for file in &page.files {
                    for secret in ["mara", "ASIAEXAMPLE", "made-up-cookie", "made-up-content"] {
                        assert!(!file.text.contains(secret), "{secret} is in {}:\n{}", file.path, file.text);
                    }
                }
                score.texts.extend(page.files);
            }
            outcome => score.notes.push(format!("{}: {outcome:?}", ids.join(", "))),
        }
    }
}

/// The signals of the sessions of a trail.
fn signals(rules: &RuleSet, events: &[TrailEvent<'_>]) -> Vec<Signal> {
    let mut sessions: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for event in events {
        sessions.entry(event.session_id).or_default().push(event.row.clone());
    }
    let session = |(session_id, rows)| map(rules, &SessionRows { session_id, rows });
    sessions.into_iter().flat_map(session).collect()
}

/// The signal that contains most of these events.
fn best_signal<'s>(signals: &'s [Signal], ids: &[String]) -> Option<&'s Signal> {
    let shared = |signal: &&Signal| signal.events.iter().filter(|member| ids.contains(&member.event_id)).count();
    signals
        .iter()
        .filter(|signal| signal.kind != Kind::Background)
        .max_by_key(shared)
        .filter(|signal| shared(signal) > 0)
}

/// The specs that fail.
fn failing(texts: &[RuleText]) -> BTreeSet<String> {
    let rules = RuleSet::compile(texts.to_vec()).unwrap();
    let specs = texts.iter().filter(|text| text.is_spec() && !text.holds_calls());
    specs.filter(|text| spec::run(&rules, text).is_err()).map(|text| text.path.clone()).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}

#[test]
fn removed_pages_are_learned_from_one_visit() {
    let catalog = Catalog::without(10, 6);
    for (form, least) in [(Form::Har, 0.9), (Form::Csv, 0.8)] {
        let score = score(&catalog, form, 1);
        let right = share(score.right, score.pages);
        assert!(right >= least, "{form:?}: {} of {}\n{}", score.right, score.pages, score.notes.join("\n"));
    }
}

/// The same check for 40 pages, with all specs before and after. Slower.
#[test]
#[ignore = "runs every spec twice"]
fn forty_removed_pages_are_learned_without_breaking_others() {
    let catalog = Catalog::without(24, 16);
    assert_eq!(catalog.pages.len(), 40);
    let before = failing(&catalog.rest);
    for (form, least) in [(Form::Har, 0.9), (Form::Csv, 0.8)] {
        let score = score(&catalog, form, 3);
        let right = share(score.right, score.pages);
        println!("{form:?}: {} of {} right\n{}", score.right, score.pages, score.notes.join("\n"));
        let after = failing(&score.texts);
        assert_eq!(after.difference(&before).collect::<Vec<_>>(), Vec::<&String>::new());
        assert!(right >= least, "{right}");
    }
}
