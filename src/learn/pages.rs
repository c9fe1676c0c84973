//! Turns the events of each recorded page into a draft of the page's rule.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::address::{ConsoleAddress, DescribedPage, KnownPages, escaped, service_named, slug, spoken};
use super::align::{TrailEvent, align, year};
use super::drafter::{PageDrafter, PageOutcome};
use super::error::LearnError;
use super::gate::Gate;
use super::recording::{RecordedVisit, Recording};
use super::shapes;
use crate::counted::counted;
use crate::matching::{Row, SessionRows, map};
use crate::rule::words::words;
use crate::rule::{RuleSet, RuleText};
use crate::signal::{Kind, Origin, Signal};

/// A page is known if this share of its events is in one exact signal.
const KNOWN_SHARE: f64 = 0.9;
/// Visits to one address that share at least this part of their calls are visits to one page.
const SAME_VISIT_SHARE: f64 = 0.5;
/// A page whose calls have changed still makes this share of its calls.
const SAME_PAGE_SHARE: f64 = 0.75;
/// A call made by this share of the pages, in several consoles, is the console's own.
const AMBIENT_SHARE: f64 = 0.6;
/// The number of pages, from several consoles, needed to recognize the console's own calls.
const MIN_AMBIENT_PAGES: usize = 5;
/// The time after a change in which reads reload what was changed, in microseconds.
const RELOAD_US: i64 = 4_000_000;

impl<'s> Part<'s, '_> {
    fn calls(&self) -> BTreeSet<&'s str> {
        self.visits.iter().flat_map(|(_, events)| events).map(|event| event.row.call).collect()
    }
}

/// What was learned from a recording.
#[derive(Debug)]
pub struct Learned {
    /// How far the trail's clock is ahead of the recording's, in microseconds.
    pub skew_us: i64,
    /// The number of requests whose ID is in the trail.
    pub matched_ids: usize,
    /// The number of requests whose ID is not in the trail.
    pub unmatched_ids: usize,
    /// The person's sessions.
    pub sessions: Vec<String>,
    /// The pages, in order of their first visit.
    pub pages: Vec<LearnedPage>,
    /// Calls that were left out, because the console makes them on many pages.
    pub ambient: Vec<String>,
}

/// One page in a recording.
#[derive(Debug)]
pub struct LearnedPage {
    /// The title, or the address without values.
    pub title: String,
    /// The visits, by their index in the recording.
    pub visits: Vec<usize>,
    /// The number of events.
    pub events: usize,
    /// The outcome for the page.
    pub outcome: PageOutcome,
    /// The rule and its spec, if it was drafted.
    pub files: Vec<RuleText>,
    /// What to check before the draft is used, if anything is conspicuous.
    pub note: Option<String>,
}

/// A page or an action, with the events of each visit.
struct Part<'s, 'a> {
    address: Option<&'s ConsoleAddress>,
    title: Option<&'s str>,
    /// The call of the action, if it is one.
    action: Option<&'s str>,
    visits: Vec<(usize, Vec<&'s TrailEvent<'a>>)>,
}

/// Learns the pages in a recording. `texts` contains the known rules.
///
/// # Errors
/// If the rules cannot be used, or if the recording does not match the trail. Problems with a single page are reported
/// in its outcome.
pub fn learn(
    texts: Vec<RuleText>,
    recording: &Recording,
    events: &[TrailEvent<'_>],
    only_session: Option<&str>,
) -> Result<Learned, LearnError> {
    let mut gate = Gate::new(texts)?;
    let alignment = align(recording, events, only_session)?;
    let found = MappedSessions::of(gate.rules(), events, &alignment.sessions);
    let ambient = ambient(gate.rules(), recording, events, &alignment.visits);
    let mut parts: Vec<Part<'_, '_>> = Vec::new();
    for (at, (visit, members)) in recording.visits.iter().zip(&alignment.visits).enumerate() {
        let own =
            |event: &&TrailEvent<'_>| !ambient.contains(event.row.call) && !found.is_background(event.row.event_id);
        let members: Vec<&TrailEvent<'_>> = members.iter().map(|event| &events[*event]).filter(own).collect();
        for (action, members) in split(gate.rules(), members) {
            add(&mut parts, at, visit, action, members);
        }
    }
    let known = KnownPages::of(gate.rules());
    let pages = (0..parts.len()).map(|at| learn_page(&mut gate, &known, &found, &parts, at)).collect();
    Ok(Learned {
        skew_us: alignment.skew_us,
        matched_ids: alignment.matched_ids,
        unmatched_ids: alignment.unmatched_ids,
        sessions: alignment.sessions.iter().map(|session| (*session).to_owned()).collect(),
        pages,
        ambient: ambient.into_iter().collect(),
    })
}

/// The signals that the known rules find in the person's sessions.
struct MappedSessions {
    signals: Vec<Signal>,
    by_event: HashMap<String, usize>,
}

impl MappedSessions {
    fn of(rules: &RuleSet, events: &[TrailEvent<'_>], sessions: &[&str]) -> Self {
        let mut signals = Vec::new();
        for session in sessions {
            let rows: Vec<Row<'_>> =
                events.iter().filter(|event| event.session_id == *session).map(|event| event.row.clone()).collect();
            signals.extend(map(rules, &SessionRows { session_id: session, rows }));
        }
        let mut by_event = HashMap::default();
        for (at, signal) in signals.iter().enumerate() {
            by_event.extend(signal.events.iter().map(|member| (member.event_id.clone(), at)));
        }
        Self { signals, by_event }
    }

    fn signal(&self, event: &str) -> Option<&Signal> {
        self.by_event.get(event).map(|at| &self.signals[*at])
    }

    /// Whether an event is known to occur without a click. A poll is recognized only by its period, which an unknown
    /// page may match by chance.
    fn is_background(&self, event: &str) -> bool {
        self.signal(event).is_some_and(|signal| {
            signal.kind == Kind::Background && signal.origin == Origin::Exact && !signal.rule_id.starts_with("generic/")
        })
    }
}

/// Calls that the console makes on its own: known calls, and calls made by most pages in several consoles.
fn ambient(
    rules: &RuleSet,
    recording: &Recording,
    events: &[TrailEvent<'_>],
    visits: &[Vec<usize>],
) -> BTreeSet<String> {
    let mut pages: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, visit) in visits.iter().enumerate() {
        for event in visit {
            pages.entry(events[*event].row.call).or_default().insert(at);
        }
    }
    let with_events = visits.iter().filter(|visit| !visit.is_empty()).count();
    let consoles = |pages: &BTreeSet<usize>| {
        let consoles = pages.iter().map(|page| {
            let visit = &recording.visits[*page];
            let address = visit.address.as_ref().and_then(|address| address.region_free().map(str::to_owned));
            address.or_else(|| visit.title.as_ref().map(|title| first_part(title))).unwrap_or_default()
        });
        consoles.collect::<BTreeSet<_>>().len()
    };
    let is_ambient = |(call, pages): &(&&str, &BTreeSet<usize>)| {
        rules.words().is_console_noise(call)
            || with_events >= MIN_AMBIENT_PAGES
                && share(pages.len(), with_events) >= AMBIENT_SHARE
                && consoles(pages) >= 3
    };
    let is_signal_of_page = |call: &str| !rules.shapes_of(call).is_empty() && !rules.words().is_console_noise(call);
    let found = pages.iter().filter(is_ambient).map(|(call, _)| (*call).to_owned());
    // A page that consists only of such calls keeps them.
    let found: BTreeSet<String> = found.collect();
    let mut kept = found.clone();
    for visit in visits.iter().filter(|visit| !visit.is_empty()) {
        if visit.iter().all(|event| found.contains(events[*event].row.call)) {
            for event in visit.iter().filter(|event| is_signal_of_page(events[**event].row.call)) {
                kept.remove(events[*event].row.call);
            }
        }
    }
    kept
}

fn first_part(title: &str) -> String {
    title_parts(title).into_iter().next().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "there are a few thousand pages")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Whether a call changes something.
fn is_change(rules: &RuleSet, row: &Row<'_>) -> bool {
    let name = row.call.split_once(':').map_or(row.call, |(_, name)| name);
    let first = words(name).first().copied().unwrap_or_default();
    match row.read_only {
        Some(read_only) => !read_only && rules.words().verb(first).is_some(),
        None => rules.words().verb(first).is_some(),
    }
}

/// Splits a visit's events into the page and the actions on it. A visit that starts with a change is one action.
fn split<'s, 'a>(rules: &RuleSet, events: Vec<&'s TrailEvent<'a>>) -> Vec<(Option<&'s str>, Vec<&'s TrailEvent<'a>>)> {
    let is_change = |event: &&TrailEvent<'_>| is_change(rules, &event.row);
    let Some(first) = events.first() else { return vec![(None, Vec::new())] };
    let start = first.row.time.0;
    let Some(change) = events.iter().position(is_change) else { return vec![(None, events)] };
    // Wizards read a few things in the same second in which they change something.
    if events[change].row.time.0 - start <= RELOAD_US / 2 {
        let action = events[change].row.call;
        return vec![(Some(action), events)];
    }
    let mut parts = vec![(None, events[..change].to_vec())];
    let mut last = i64::MIN;
    for event in events[change..].iter().copied() {
        let changes = is_change(&event);
        match parts.last_mut() {
            Some((Some(_), members)) if event.row.time.0 - last <= RELOAD_US && (!changes || members.len() < 20) => {
                members.push(event);
            }
            _ if changes => parts.push((Some(event.row.call), vec![event])),
            _ => {}
        }
        last = event.row.time.0;
    }
    parts
}

/// Adds a visit to the same page's part, or starts a new part.
fn add<'s, 'a>(
    parts: &mut Vec<Part<'s, 'a>>,
    at: usize,
    visit: &'s RecordedVisit,
    action: Option<&'s str>,
    events: Vec<&'s TrailEvent<'a>>,
) {
    let (address, title) = (visit.address.as_ref(), visit.title.as_deref());
    let calls: BTreeSet<&str> = events.iter().map(|event| event.row.call).collect();
    let is_same = |part: &&mut Part<'_, '_>| {
        let same_page = match (title, address) {
            (None, Some(address)) => {
                part.title.is_none() && part.address.is_some_and(|other| other.is_same_page(address))
            }
            _ => part.title == title && part.address == address,
        };
        // Buttons on a page share its address but make different calls.
        let same_calls = part.visits.iter().all(|(_, others)| {
            let other: BTreeSet<&str> = others.iter().map(|event| event.row.call).collect();
            calls.is_empty()
                || other.is_empty()
                || share(calls.intersection(&other).count(), calls.union(&other).count()) >= SAME_VISIT_SHARE
        });
        same_page && part.action == action && same_calls
    };
    match parts.iter_mut().find(is_same) {
        Some(part) => part.visits.push((at, events)),
        None => parts.push(Part { address, title, action, visits: vec![(at, events)] }),
    }
}

fn learn_page(
    gate: &mut Gate,
    known: &KnownPages,
    found: &MappedSessions,
    parts: &[Part<'_, '_>],
    at: usize,
) -> LearnedPage {
    let part = &parts[at];
    let events: Vec<&TrailEvent<'_>> = part.visits.iter().flat_map(|(_, events)| events.iter().copied()).collect();
    let rows: Vec<&Row<'_>> = events.iter().map(|event| &event.row).collect();
    let page = describe(gate.rules(), known, part, &rows);
    let mut learned = LearnedPage {
        title: page.place.join(" › "),
        visits: part.visits.iter().map(|(visit, _)| *visit).collect(),
        events: events.len(),
        outcome: PageOutcome::Empty,
        files: Vec::new(),
        note: None,
    };
    if events.is_empty() {
        return learned;
    }
    let at_address: Vec<String> = part.address.map_or_else(Vec::new, |address| known.at(address));
    if let Some(rule) = known_as(gate.rules(), found, &events, part, &at_address) {
        learned.outcome = PageOutcome::Known(rule);
        return learned;
    }
    let visits = part.visits.iter().filter(|(_, events)| !events.is_empty());
    let visits: Vec<Vec<&Row<'_>>> =
        visits.map(|(_, events)| events.iter().map(|event| &event.row).collect()).collect();
    let changed = changed_rule(gate.rules(), &rows, &at_address, part);
    let comment = format!(
        "Learned from {}. Check the title, the sentence and the calls.",
        counted(visits.len(), "visit", "visits")
    );
    let year = events.first().map_or(0, |event| year(event.row.time));
    let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part.calls()).collect();
    let drafter = PageDrafter { action: part.action, visits, page, year, comment, others };
    let changed = changed.map(|rule| drafter.generation(gate, &rule));
    // A page that shares its address with another one is a separate page.
    (learned.outcome, learned.files) = match changed {
        Some((PageOutcome::Refused(problem), _)) => match drafter.rule(gate) {
            (PageOutcome::Refused(_), _) => (PageOutcome::Refused(problem), Vec::new()),
            accepted => accepted,
        },
        Some(accepted) => accepted,
        None => drafter.rule(gate),
    };
    learned.note = note(gate.rules(), &drafter, &learned);
    learned
}

/// What to check in an accepted draft of a new rule: whether its calls are specific, and whether the page has a rule.
fn note(rules: &RuleSet, drafter: &PageDrafter<'_, '_>, learned: &LearnedPage) -> Option<String> {
    let PageOutcome::New(id) = &learned.outcome else { return None };
    let (_, rule) = rules.find(id)?;
    let required: Vec<String> = rule.parts.iter().filter(|part| part.required).map(|part| part.call.clone()).collect();
    if drafter.is_broad(&required) {
        return Some("another page in the recording also makes all calls that this rule requires".to_owned());
    }
    let same = rules.rules().iter().find(|other| other.id != *id && other.title == rule.title)?;
    Some(format!("{} has the same title", same.id))
}

/// The rule that explains nearly all of a page's events, if the rule's link matches the page's address.
fn known_as(
    rules: &RuleSet,
    found: &MappedSessions,
    events: &[&TrailEvent<'_>],
    part: &Part<'_, '_>,
    at_address: &[String],
) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        if let Some(signal) = found.signal(event.row.event_id)
            && signal.origin == Origin::Exact
            && signal.kind != Kind::Background
        {
            *counts.entry(signal.rule_id.as_str()).or_default() += 1;
        }
    }
    let (id, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let (_, rule) = rules.find(id)?;
    let is_at_address = || at_address.iter().any(|known| known == id);
    let same_link = part.address.is_none() || rule.url_template.is_none() || is_at_address();
    (same_link && share(count, events.len()) >= KNOWN_SHARE).then(|| id.to_owned())
}

/// The rule for a page's address that makes some of the same calls: the page's calls have changed.
fn changed_rule(rules: &RuleSet, rows: &[&Row<'_>], at_address: &[String], part: &Part<'_, '_>) -> Option<String> {
    let calls: BTreeSet<&str> = rows.iter().map(|row| row.call).collect();
    let is_action = part.action.is_some();
    let candidates = at_address.iter().filter_map(|id| {
        let (_, rule) = rules.find(id)?;
        let named = part.title.map(title_parts).is_none_or(|title| {
            title.iter().map(|part| slug(part)).eq(rule.console_path.iter().map(|part| slug(part)))
        });
        let variants = || rules.generations(rule).chain([rule]);
        let is_known = |call: &&&str| variants().any(|rule| rule.parts.iter().any(|part| part.call == **call));
        let known = calls.iter().filter(is_known).count();
        let is_action_rule = !matches!(rule.kind, Kind::View | Kind::List | Kind::Background | Kind::Login);
        let parts: Vec<&str> = rule.parts.iter().filter(|part| part.required).map(|part| part.call.as_str()).collect();
        let shared = parts.iter().filter(|call| calls.contains(*call)).count();
        let is_same = named
            && is_action == is_action_rule
            && shared > 0
            && share(shared, parts.len()) >= SAME_PAGE_SHARE
            && share(known, calls.len()) >= SAME_PAGE_SHARE;
        is_same.then_some((shared, rule.id.clone()))
    });
    candidates.max().map(|(_, id)| id)
}

/// What the recording shows about a page.
fn describe(rules: &RuleSet, known: &KnownPages, part: &Part<'_, '_>, rows: &[&Row<'_>]) -> DescribedPage {
    let values = shapes::values(rows);
    let named: Vec<(String, String)> = values.iter().map(|(name, _, value)| (name.clone(), value.clone())).collect();
    let mut page = match (part.address, part.title) {
        (Some(address), _) => known.describe(address, &named),
        (None, title) => titled(rules, title.unwrap_or_default(), rows),
    };
    if let Some(title) = part.title.filter(|_| part.address.is_some()) {
        let titled = titled(rules, title, rows);
        (page.id, page.place) =
            (format!("{}/{}", page.service, titled.id.split_once('/').map_or("page", |(_, id)| id)), titled.place);
    }
    // Names of things in a title are also values.
    for word in &mut page.place {
        if let Some((name, _)) = named.iter().find(|(_, value)| value == word) {
            *word = format!("{{{name}}}");
            page.values.push(name.clone());
        } else {
            *word = escaped(word);
        }
    }
    if let (Some(call), None) = (part.action, part.title) {
        let name = call.split_once(':').map_or(call, |(_, name)| name);
        page.id = format!("{}/{}", page.id, slug(name));
        page.place.push(spoken(name));
    }
    page.values.sort();
    page.values.dedup();
    page
}

fn title_parts(title: &str) -> Vec<String> {
    let parts = title.split(['›', '>', '|', '/']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The page described by a title: `IAM › Users`.
fn titled(rules: &RuleSet, title: &str, rows: &[&Row<'_>]) -> DescribedPage {
    let place = title_parts(title);
    let named = place.first().filter(|_| place.len() > 1).and_then(|console| service_named(rules, console));
    let called = || {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            *counts.entry(row.call.split(':').next().unwrap_or_default()).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map_or("console", |(service, _)| service).to_owned()
    };
    let skip = usize::from(named.is_some());
    let service = named.unwrap_or_else(called);
    let values = shapes::values(rows);
    let is_value = |part: &&String| values.iter().any(|(_, _, value)| value == *part);
    let mut parts: Vec<String> = place
        .iter()
        .skip(skip)
        .filter(|part| !is_value(part))
        .map(|part| slug(part))
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        parts.push("page".to_owned());
    }
    let id = format!("{}/{}", slug(&service), parts.join("/"));
    let place = if place.is_empty() { vec![service.clone()] } else { place };
    DescribedPage { service, id, place, link: None, values: Vec::new() }
}
