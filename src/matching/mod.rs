//! Maps the events of one session to signals, using the compiled rules. Pure.

mod burst;
mod claim;
mod confidence;
mod context;
mod decode;
mod describe;
mod exact;
mod explain;
mod failed;
mod generic;
mod partition;
mod poll;
mod prepare;
mod prepared;
mod proof;
mod stretch;
mod votes;

use self::claim::MatchedSignal;
use self::decode::Choice;
pub use self::explain::{
    Cost, ExplainSubject, ExplainedEvent, ExplainedSignal, Explanation, Rival, explain, explain_stretch, unmapped,
};
use self::generic::SignalDraft;
use self::prepared::Prepared;
use self::prepared::PreparedStretch;
pub use self::stretch::{ConsoleEvidence, Limits, StretchRows, StretchSplitter, stretches};
use crate::event::{Client, Timestamp};
use crate::rule::RuleSet;
use crate::rule::body::Body;
use crate::rule::extract::SourceEvent;
use crate::signal::Signal;

/// The columns of one event that matching uses, borrowed from Arrow arrays or a spec file.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// `events.event_id`
    pub event_id: &'a str,
    /// `events.event_time`
    pub time: Timestamp,
    /// `events.event_key`: `iam:ListUsers`
    pub call: &'a str,
    /// `events.account_id`
    pub account_id: Option<&'a str>,
    /// `events.principal`
    pub principal: Option<&'a str>,
    /// `events.region`
    pub region: Option<&'a str>,
    /// `events.access_key_id`. The console uses a new key for each page load. `None` if unknown.
    pub access_key: Option<&'a str>,
    /// `events.user_agent`
    pub user_agent: Option<&'a str>,
    /// `events.client`
    pub client: Client,
    /// `events.source_ip`
    pub source_ip: Option<&'a str>,
    /// `events.read_only`
    pub read_only: Option<bool>,
    /// `events.error_code`
    pub error_code: Option<&'a str>,
    /// `events.error_message`
    pub error_message: Option<&'a str>,
    /// `events.request_parameters`, JSON text
    pub request: Option<&'a str>,
    /// `events.response_elements`, JSON text
    pub response: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// The view of the event that rules read, with its parsed request and response.
    pub const fn source<'s>(&'s self, request: &'s Body<'a>, response: &'s Body<'a>) -> SourceEvent<'s, 'a> {
        SourceEvent {
            event_id: self.event_id,
            call: self.call,
            region: self.region,
            account_id: self.account_id,
            source_ip: self.source_ip,
            user_agent: self.user_agent,
            error_code: self.error_code,
            error_message: self.error_message,
            request,
            response,
        }
    }
}

/// The events of one session, in any order.
#[derive(Debug)]
pub struct SessionRows<'a> {
    /// `sessions.session_id`
    pub session_id: &'a str,
    /// The events. Events with a repeated ID are counted once.
    pub rows: Vec<Row<'a>>,
}

/// Maps the events of a console session to signals, stretch by stretch, each in order of (first time, anchor event ID).
///
/// The caller decides which sessions are console sessions. Do not pass other sessions.
pub fn map(rules: &RuleSet, session: &SessionRows<'_>) -> Vec<Signal> {
    match stretches(session, Limits::default()).as_slice() {
        [whole] => map_stretch(rules, whole),
        parts => parts.iter().flat_map(|stretch| map_stretch(rules, stretch)).collect(),
    }
}

/// Like [`map`], for one stretch of a session.
pub fn map_stretch(rules: &RuleSet, stretch: &StretchRows<'_>) -> Vec<Signal> {
    let mut signals = MappedStretch::of(rules, &stretch.rows, false).signals(rules, stretch);
    signals.sort_by(|a, b| {
        (a.first_time, &a.anchor_event_id, &a.rule_id).cmp(&(b.first_time, &b.anchor_event_id, &b.rule_id))
    });
    signals
}

/// A stretch's events, and what was found in them.
#[derive(Debug)]
struct MappedStretch<'e> {
    events: Vec<Prepared<'e>>,
    /// The pages, in order of their anchors.
    found: Vec<MatchedSignal>,
    /// Activity that no page explains.
    drafts: Vec<SignalDraft>,
    /// The decoder's choices.
    choices: Vec<Choice>,
}

impl<'e> MappedStretch<'e> {
    fn of(rules: &'e RuleSet, rows: &[&'e Row<'e>], explain: bool) -> Self {
        let events = prepare::prepare(rules, rows);
        let mut claims = claim::Claims::new(events.len());
        let stretch = PreparedStretch { rules, events: &events };
        let mut exact_matches = exact::find(rules, &events, &mut claims, |event| event.shape);
        let mut is_known = proof::is_known(&stretch, &exact_matches);
        if !is_known {
            claims = claim::Claims::new(events.len());
            exact_matches = exact::find(rules, &events, &mut claims, |event| event.likely);
            is_known = proof::is_known_by_likely_shapes(&stretch, &exact_matches);
        }
        let proven = if is_known { vec![true; exact_matches.len()] } else { proof::proven(&stretch, &exact_matches) };
        let is_fixed = |at: usize, found: &MatchedSignal| proven[at] || events[found.anchor].is_shell();
        let mut open: Vec<bool> = events.iter().map(|event| !event.is_shell()).collect();
        let (mut fixed, mut candidates) = (Vec::new(), Vec::new());
        for (at, mut found) in exact_matches.into_iter().enumerate() {
            if is_fixed(at, &found) {
                found.members.iter().for_each(|(event, _)| open[*event] = false);
                (found.origin, found.confidence) = confidence::of_accepted(&stretch, &found);
                fixed.push(found);
            } else {
                candidates.push(found);
            }
        }
        let exact_matches = candidates;
        let choices = decode::decode(stretch, &open, &exact_matches, &fixed, explain);
        let (mut found, mut drafts) = generic::group(&stretch, &choices);
        let typed: Vec<bool> = (0..events.len()).map(|event| claims.is_free(event)).collect();
        drafts.extend(generic::shell(&stretch, (0..events.len()).filter(|event| typed[*event])));
        found.extend(fixed);
        found.sort_by_key(|found| found.anchor);
        context::resolve(rules, &events, &mut found);
        let found = generic::merge_recurring(&stretch, found, &mut drafts);
        Self { events, found, drafts, choices }
    }

    /// Everything as signals: first one for each element of `found`, then the remaining ones.
    fn signals(&self, rules: &RuleSet, part: &StretchRows<'_>) -> Vec<Signal> {
        let mut signals = describe::signals(rules, part.session_id, &self.events, &self.found);
        let stretch = PreparedStretch { rules, events: &self.events };
        let rest = generic::signals(&stretch, part.session_id, &self.drafts, &signals);
        signals.extend(rest);
        signals.extend(generic::typed(rules, part));
        let account = part.rows.iter().filter_map(|row| row.account_id).min();
        let principal = part.rows.iter().filter_map(|row| row.principal).min();
        for signal in &mut signals {
            signal.account_id = account.map(str::to_owned);
            signal.principal = principal.map(str::to_owned);
        }
        signals
    }
}
