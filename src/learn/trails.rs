//! Learns only from an organization's trails: new requests by known pages, pages that are not in the catalog, and calls
//! that are made without a click.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use rayon::prelude::*;

use super::address::{DescribedPage, service_named, slug, spoken};
use super::align::year;
use super::changed::{SignalRows, changed_page, nearest_page};
use super::drafter::{PageDrafter, PageOutcome};
use super::error::LearnError;
use super::gate::Gate;
use crate::event::Client;
use crate::matching::{Row, SessionRows, map};
use crate::rule::words::{in_sentence, words};
use crate::rule::{RuleSet, RuleText};
use crate::signal::{Origin, Signal};

/// Two sets of calls that share this part of their calls belong to the same page.
const SAME_PAGE: f64 = 0.6;
/// The most visits that a draft is made from.
const MAX_VISITS: usize = 30;
/// The maximum number of times that sessions are mapped again with the accepted drafts.
const MAX_ROUNDS: usize = 3;

/// How often something must be seen before it is proposed.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// The number of clicks.
    pub clicks: usize,
    /// The number of sessions.
    pub sessions: usize,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { clicks: 2, sessions: 1 }
    }
}

/// The kind of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposalKind {
    /// Different requests by a known page.
    Shapes,
    /// A page that is not in the catalog.
    Page,
    /// A request that is repeated at a steady interval.
    Poll,
    /// Calls that no click explains.
    Background,
}

impl ProposalKind {
    /// The name in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shapes => "shapes",
            Self::Page => "page",
            Self::Poll => "poll",
            Self::Background => "background",
        }
    }
}

/// Something that the catalog could explain better.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What it is.
    pub kind: ProposalKind,
    /// The rule that is changed or added.
    pub rule_id: Option<String>,
    /// The title of the page, or the call.
    pub title: String,
    /// The number of clicks that it would explain; for polls and background, the number of signals or events.
    pub clicks: usize,
    /// The number of sessions with them.
    pub sessions: usize,
    /// The calls.
    pub calls: Vec<String>,
    /// One of the events.
    pub example: String,
    /// The rule and its spec. Empty if no draft was accepted.
    pub files: Vec<RuleText>,
    /// The reason for not writing a draft.
    pub problem: Option<String>,
}

/// The signals of one session, with its events.
pub(super) struct MappedSession<'s, 'a> {
    id: &'s str,
    rows: HashMap<&'s str, &'s Row<'a>>,
    signals: Vec<Signal>,
}

impl<'a> MappedSession<'_, 'a> {
    fn with_rows<'s>(&'s self, signal: &'s Signal) -> SignalRows<'s, 'a> {
        let rows = signal.events.iter().filter_map(|member| self.rows.get(member.event_id.as_str()).copied());
        SignalRows { session: self.id, signal, rows: rows.collect() }
    }
}

/// Proposes changes that would explain more clicks in these console sessions, most clicks first.
///
/// # Errors
/// If the rules cannot be used.
pub fn propose(
    texts: Vec<RuleText>,
    sessions: &[SessionRows<'_>],
    thresholds: Thresholds,
) -> Result<Vec<Proposal>, LearnError> {
    let mut gate = Gate::new(texts)?;
    let mut proposals: Vec<Proposal> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let mapped = mapped(gate.rules(), sessions);
        let new = shapes(&mut gate, &mapped, thresholds);
        let accepted = new.iter().any(|proposal| !proposal.files.is_empty());
        for proposal in new {
            // A later draft of a rule contains the earlier ones.
            match proposals.iter_mut().find(|known| known.rule_id == proposal.rule_id) {
                Some(_) if proposal.files.is_empty() => {}
                Some(known) => *known = Proposal { clicks: known.clicks + proposal.clicks, ..proposal },
                None => proposals.push(proposal),
            }
        }
        if !accepted {
            break;
        }
    }
    let mapped = mapped(gate.rules(), sessions);
    proposals.extend(pages(&mut gate, &mapped, thresholds));
    proposals.extend(polls(&mapped, thresholds));
    proposals.extend(background(gate.rules(), &mapped, thresholds));
    proposals.sort_by(|a, b| (b.clicks, a.kind, &a.rule_id, &a.title).cmp(&(a.clicks, b.kind, &b.rule_id, &b.title)));
    Ok(proposals)
}

fn mapped<'s, 'a>(rules: &RuleSet, sessions: &'s [SessionRows<'a>]) -> Vec<MappedSession<'s, 'a>> {
    let session = |session: &'s SessionRows<'a>| MappedSession {
        id: session.session_id,
        rows: session.rows.iter().map(|row| (row.event_id, row)).collect(),
        signals: map(rules, session),
    };
    sessions.par_iter().map(session).collect()
}

fn is_enough(found: &[&SignalRows<'_, '_>], thresholds: Thresholds) -> bool {
    found.len() >= thresholds.clicks && count_sessions(found) >= thresholds.sessions
}

fn count_sessions(found: &[&SignalRows<'_, '_>]) -> usize {
    found.iter().map(|found| found.session).collect::<BTreeSet<_>>().len()
}

/// Pages that are only ever inferred: proposes the shapes of their requests.
fn shapes(gate: &mut Gate, mapped: &[MappedSession<'_, '_>], thresholds: Thresholds) -> Vec<Proposal> {
    let mut by_rule: BTreeMap<String, Vec<SignalRows<'_, '_>>> = BTreeMap::new();
    for session in mapped {
        for signal in session.signals.iter().filter(|signal| signal.origin == Origin::Inferred) {
            by_rule.entry(signal.rule_id.clone()).or_default().push(session.with_rows(signal));
        }
    }
    // Visits that no page explains may belong to a page whose requests have changed even more.
    for cluster in clusters(gate.rules(), mapped).into_iter().filter(|cluster| cluster.action.is_none()) {
        let members: Vec<&SignalRows<'_, '_>> = cluster.members.iter().collect();
        let page = if is_enough(&members, thresholds) { nearest_page(gate.rules(), &members) } else { None };
        if let Some(page) = page {
            by_rule.entry(page).or_default().extend(cluster.members);
        }
    }
    let mut ranked: Vec<(String, Vec<SignalRows<'_, '_>>)> = by_rule.into_iter().collect();
    ranked.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    let mut proposals = Vec::new();
    for (rule, found) in ranked {
        let all: Vec<&SignalRows<'_, '_>> = found.iter().collect();
        if !is_enough(&all, thresholds) {
            continue;
        }
        let result = changed_page(gate, &rule, &all, thresholds.clicks);
        let Some(first) = all.first() else { continue };
        let (files, problem) = match result {
            Ok(files) => (files, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        proposals.push(Proposal {
            kind: ProposalKind::Shapes,
            title: gate.rules().find(&rule).map_or_else(String::new, |(_, rule)| rule.console_path.join(" › ")),
            rule_id: Some(rule),
            clicks: all.len(),
            sessions: count_sessions(&all),
            calls: calls_of(&all),
            example: first.signal.anchor_event_id.clone(),
            files,
            problem,
        });
    }
    proposals
}

fn calls_of(found: &[&SignalRows<'_, '_>]) -> Vec<String> {
    let calls = found.iter().flat_map(|found| found.rows.iter().map(|row| row.call.to_owned()));
    calls.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Bursts with the same calls that no page explains.
struct Cluster<'s, 'a> {
    /// The call of the change, if it is one.
    action: Option<String>,
    calls: BTreeSet<&'s str>,
    members: Vec<SignalRows<'s, 'a>>,
}

/// The bursts that no page explains, grouped by their calls, most frequent first.
fn clusters<'s, 'a>(rules: &RuleSet, mapped: &'s [MappedSession<'s, 'a>]) -> Vec<Cluster<'s, 'a>> {
    let mut clusters: Vec<Cluster<'_, '_>> = Vec::new();
    let is_page = |signal: &&Signal| {
        ["generic/visit", "generic/change", "generic/create", "generic/delete"].contains(&signal.rule_id.as_str())
    };
    let mut all: Vec<SignalRows<'_, '_>> = mapped
        .iter()
        .flat_map(|session| session.signals.iter().filter(is_page).map(|signal| session.with_rows(signal)))
        .collect();
    // Large bursts first, so that smaller ones join them.
    all.sort_by_key(|found| std::cmp::Reverse(found.rows.len()));
    for found in all {
        let calls: BTreeSet<&str> =
            found.rows.iter().map(|row| row.call).filter(|call| !rules.words().is_console_noise(call)).collect();
        if calls.is_empty() {
            continue;
        }
        let anchor = found.rows.iter().find(|row| row.event_id == found.signal.anchor_event_id);
        let action = (found.signal.rule_id != "generic/visit").then(|| anchor.map(|row| row.call.to_owned())).flatten();
        let same = |cluster: &&mut Cluster<'_, '_>| {
            cluster.action == action && (action.is_some() || overlap(&cluster.calls, &calls) >= SAME_PAGE)
        };
        match clusters.iter_mut().find(same) {
            Some(cluster) => cluster.members.push(found),
            None => clusters.push(Cluster { action, calls, members: vec![found] }),
        }
    }
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.members.len()));
    clusters
}

/// Bursts that no page explains: proposes a page for those with the same calls.
fn pages(gate: &mut Gate, mapped: &[MappedSession<'_, '_>], thresholds: Thresholds) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for cluster in clusters(gate.rules(), mapped) {
        let members: Vec<&SignalRows<'_, '_>> = cluster.members.iter().collect();
        if is_enough(&members, thresholds) {
            proposals.extend(page(gate, cluster.action.as_deref(), &members));
        }
    }
    proposals
}

/// The share of all calls in either set that are in both.
#[expect(clippy::cast_precision_loss, reason = "a page makes a few dozen calls")]
fn overlap(one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> f64 {
    one.intersection(other).count() as f64 / one.union(other).count().max(1) as f64
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn page(gate: &mut Gate, action: Option<&str>, members: &[&SignalRows<'_, '_>]) -> Option<Proposal> {
    let noise = |row: &&&Row<'_>| !gate.rules().words().is_console_noise(row.call);
    let visits: Vec<Vec<&Row<'_>>> =
        members.iter().take(MAX_VISITS).map(|found| found.rows.iter().filter(noise).copied().collect()).collect();
    let main = action.or_else(|| main_call(gate.rules(), &visits))?;
    let described = describe(gate.rules(), main, action.is_some());
    let (title, first) = (described.place.join(" › "), members.first()?);
    let drafter = PageDrafter {
        action,
        page: described,
        year: visits.first().and_then(|visit| visit.first()).map_or(0, |row| year(row.time)),
        comment: format!("Seen {} in trails. Check the title, the sentence and the calls.", times(members.len())),
        visits,
        others: Vec::new(),
    };
    let (outcome, files) = drafter.rule(gate);
    let (rule_id, problem) = match outcome {
        PageOutcome::New(id) => (Some(id), None),
        PageOutcome::Refused(problem) => (None, Some(problem)),
        _ => (None, None),
    };
    Some(Proposal {
        kind: ProposalKind::Page,
        rule_id,
        title,
        clicks: members.len(),
        sessions: count_sessions(members),
        calls: calls_of(members),
        example: first.signal.anchor_event_id.clone(),
        files,
        problem,
    })
}

/// The call that most visits make and that the fewest pages in the catalog make.
fn main_call<'a>(rules: &RuleSet, visits: &[Vec<&Row<'a>>]) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for visit in visits {
        for call in visit.iter().map(|row| row.call).collect::<BTreeSet<_>>() {
            *counts.entry(call).or_default() += 1;
        }
        for row in visit.iter().filter(|row| !order.contains(&row.call)).collect::<Vec<_>>() {
            order.push(row.call);
        }
    }
    let uses = |call: &str| rules.shapes_of(call).iter().map(|shape| rules.uses(*shape).len()).sum::<usize>();
    let topic = |call: &str| {
        let name = call.split_once(':').map_or(call, |(_, name)| name);
        words(name).get(1..).map_or_else(String::new, |words| words.join(" ")).to_lowercase()
    };
    let rank = |call: &&str| {
        let secondary = rules.words().is_secondary(&topic(call));
        (counts.get(call).copied().unwrap_or_default(), !secondary, std::cmp::Reverse(uses(call)))
    };
    // If there are several, the one that is called first.
    order.into_iter().rev().max_by_key(rank)
}

/// The page that a call suggests: `ec2:DescribeVpcs` suggests a page about VPCs.
fn describe(rules: &RuleSet, call: &str, is_action: bool) -> DescribedPage {
    let (source, name) = call.split_once(':').unwrap_or(("", call));
    let console = rules.words().console_of(source);
    let service = rules.words().service(console);
    let called = service.map_or_else(|| console.to_uppercase(), |service| service.name.clone());
    let parts = words(name);
    let topic: Vec<String> = parts.iter().skip(1).map(|word| in_sentence(word)).collect();
    let topic = if topic.is_empty() { parts.join(" ") } else { topic.join(" ") };
    let heading = topic
        .chars()
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(topic.chars().skip(1)).collect());
    let first = service_named(rules, &called).unwrap_or_else(|| slug(console));
    let mut id = format!("{first}/{}", slug(&topic));
    let mut place = vec![called, heading];
    if is_action {
        id = format!("{first}/{}", slug(name));
        place = vec![place.swap_remove(0), spoken(name)];
    }
    DescribedPage { service: first, id, place, link: None, values: Vec::new() }
}

/// Requests that are repeated at a steady interval, and that no rule names.
fn polls(mapped: &[MappedSession<'_, '_>], thresholds: Thresholds) -> Vec<Proposal> {
    let mut calls: BTreeMap<String, Vec<SignalRows<'_, '_>>> = BTreeMap::new();
    for session in mapped {
        for signal in session.signals.iter().filter(|signal| signal.rule_id == "generic/poll") {
            let found = session.with_rows(signal);
            let names: BTreeSet<&str> = found.rows.iter().map(|row| row.call).collect();
            calls.entry(names.into_iter().collect::<Vec<_>>().join(", ")).or_default().push(found);
        }
    }
    let proposal = |(title, found): (String, Vec<SignalRows<'_, '_>>)| {
        let all: Vec<&SignalRows<'_, '_>> = found.iter().collect();
        let example = all.first()?.signal.anchor_event_id.clone();
        let (clicks, sessions) = (all.len(), count_sessions(&all));
        (sessions >= thresholds.sessions).then(|| Proposal {
            kind: ProposalKind::Poll,
            rule_id: None,
            calls: calls_of(&all),
            title,
            clicks,
            sessions,
            example,
            files: Vec::new(),
            problem: Some(
                "no rule is drafted for polls; add the calls to the rule for the page that repeats them".to_owned(),
            ),
        })
    };
    calls.into_iter().filter_map(proposal).collect()
}

/// Calls in console sessions that no signal explains.
fn background(rules: &RuleSet, mapped: &[MappedSession<'_, '_>], thresholds: Thresholds) -> Vec<Proposal> {
    let mut calls: BTreeMap<&str, (usize, BTreeSet<&str>, &str)> = BTreeMap::new();
    for session in mapped {
        let explained: BTreeSet<&str> = session
            .signals
            .iter()
            .filter(|signal| !["generic/along", "generic/service"].contains(&signal.rule_id.as_str()))
            .flat_map(|signal| signal.events.iter().map(|member| member.event_id.as_str()))
            .collect();
        for (id, row) in &session.rows {
            let is_typed =
                matches!(row.client, Client::Cli | Client::Sdk | Client::Agent | Client::CloudShell | Client::Service);
            let is_known = rules.words().is_console_noise(row.call) || rules.words().is_service_noise(row.call);
            if !explained.contains(id) && !is_typed && !is_known {
                let (count, sessions, example) = calls.entry(row.call).or_insert((0, BTreeSet::new(), id));
                *count += 1;
                sessions.insert(session.id);
                *example = (*example).min(id);
            }
        }
    }
    let is_enough = |(_, (count, sessions, _)): &(&str, (usize, BTreeSet<&str>, &str))| {
        *count >= thresholds.clicks.max(2) && sessions.len() >= thresholds.sessions
    };
    let proposal = |(call, (count, sessions, example)): (&str, (usize, BTreeSet<&str>, &str))| {
        Proposal {
        kind: ProposalKind::Background,
        rule_id: None,
        title: call.to_owned(),
        clicks: count,
        sessions: sessions.len(),
        calls: vec![call.to_owned()],
        example: example.to_owned(),
        files: Vec::new(),
        problem: Some(
            "no rule is drafted for calls made without a click; add these calls to a background rule or to the rule for a page"
                .to_owned(),
        ),
    }
    };
    calls.into_iter().filter(is_enough).map(proposal).collect()
}
