//! Stretches: a very long session is split into parts that are mapped separately, so that memory use is limited.
//!
//! Where a session is split depends only on its events in order of (time, ID), and is known before the next event
//! arrives. The result is therefore the same for every source and batch size. People do not click often enough to cause
//! such sessions; they occur when a program uses a person's credentials.

use super::burst::PAUSE_S;
use super::generic::shows_console;
use super::{Row, SessionRows};
use crate::event::Timestamp;

/// The pause, in seconds, at which a long stretch ends.
const LONG_PAUSE_S: i64 = 60;

/// The numbers of events from which a stretch may end, and at which it must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From this number on, a stretch ends at a pause of one minute.
    pub long: usize,
    /// From this number on, a stretch ends at the end of a burst.
    pub longer: usize,
    /// At this number, a stretch ends anywhere.
    pub longest: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { long: 20_000, longer: 40_000, longest: 60_000 }
    }
}

impl Limits {
    /// A session with fewer events than this is a single stretch.
    fn shortest(self) -> usize {
        self.long.min(self.longer).min(self.longest)
    }

    /// The minimum pause, in seconds, that ends a stretch with this many events; `None` if it does not end.
    const fn pause(self, events: usize) -> Option<i64> {
        match events {
            _ if events >= self.longest => Some(0),
            _ if events >= self.longer => Some(PAUSE_S),
            _ if events >= self.long => Some(LONG_PAUSE_S),
            _ => None,
        }
    }
}

/// The evidence from a session up to the end of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConsoleEvidence {
    /// Whether there is more evidence of console use than the sign-in.
    pub(super) in_console: bool,
}

/// Determines where one session is split, event by event.
#[derive(Debug)]
pub struct StretchSplitter {
    limits: Limits,
    /// The number of events in the current stretch, without duplicates.
    events: usize,
    time: Timestamp,
    event_id: String,
    evidence: ConsoleEvidence,
}

impl StretchSplitter {
    /// A splitter for one session.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let (time, event_id, evidence) = (Timestamp::default(), String::new(), ConsoleEvidence::default());
        Self { limits, events: 0, time, event_id, evidence }
    }

    /// Takes the session's next event, in order of (time, ID). If the event starts a new stretch, returns the evidence
    /// up to the end of the previous stretch.
    pub fn begins_new(&mut self, row: &Row<'_>) -> Option<ConsoleEvidence> {
        let pause = self.limits.pause(self.events).map(|pause| self.time.plus_seconds(pause));
        let is_repeated = self.events > 0 && self.event_id == row.event_id;
        let ended = pause.is_some_and(|pause| row.time >= pause) && !is_repeated;
        let before = self.evidence;
        self.events = if ended { 0 } else { self.events } + usize::from(!is_repeated);
        self.time = row.time;
        row.event_id.clone_into(&mut self.event_id);
        self.evidence.in_console |= shows_console(row);
        ended.then_some(before)
    }

    /// The evidence from the session so far. At the end of the session, the evidence for its last stretch.
    #[must_use]
    pub const fn evidence(&self) -> ConsoleEvidence {
        self.evidence
    }
}

/// Events in a session that are mapped together.
#[derive(Debug)]
pub struct StretchRows<'e> {
    /// `sessions.session_id`
    pub session_id: &'e str,
    /// The events in order of (time, ID). Events with a repeated ID are counted once.
    pub rows: Vec<&'e Row<'e>>,
    /// The evidence from the session up to the end of the stretch.
    pub evidence: ConsoleEvidence,
}

impl<'e> StretchRows<'e> {
    /// A stretch that consists of these rows, which are in order.
    #[must_use]
    pub fn of(part: &'e SessionRows<'e>, evidence: ConsoleEvidence) -> Self {
        Self { session_id: part.session_id, rows: part.rows.iter().collect(), evidence }
    }
}

/// A session's stretches, in order. There is only one unless the session is very long.
#[must_use]
pub fn stretches<'e>(session: &'e SessionRows<'e>, limits: Limits) -> Vec<StretchRows<'e>> {
    let mut rows: Vec<&Row<'_>> = session.rows.iter().collect();
    rows.sort_by(|a, b| (a.time, a.event_id).cmp(&(b.time, b.event_id)));
    if rows.len() < limits.shortest() {
        let evidence = ConsoleEvidence { in_console: rows.iter().any(|row| shows_console(row)) };
        return vec![StretchRows { session_id: session.session_id, rows, evidence }];
    }
    let (mut splitter, mut stretches, mut open) = (StretchSplitter::new(limits), Vec::new(), Vec::new());
    for row in rows {
        if let Some(evidence) = splitter.begins_new(row) {
            let rows = std::mem::take(&mut open);
            stretches.push(StretchRows { session_id: session.session_id, rows, evidence });
        }
        open.push(row);
    }
    stretches.push(StretchRows { session_id: session.session_id, rows: open, evidence: splitter.evidence() });
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Client;
    use crate::matching::{ExplainSubject, explain, explain_stretch, map, map_stretch};
    use crate::rule::RuleSet;

    const SMALL: Limits = Limits { long: 4, longer: 6, longest: 8 };

    fn row(id: &str, second: i64, client: Client) -> Row<'_> {
        Row {
            event_id: id,
            time: Timestamp(second * 1_000_000),
            call: "simspaceweaver:CreateJob",
            account_id: None,
            principal: None,
            region: Some("eu-west-1"),
            access_key: None,
            user_agent: None,
            client,
            source_ip: None,
            read_only: Some(false),
            error_code: None,
            error_message: None,
            request: None,
            response: None,
        }
    }

    fn session<'e>(rows: impl IntoIterator<Item = Row<'e>>) -> SessionRows<'e> {
        SessionRows { session_id: "s", rows: rows.into_iter().collect() }
    }

    fn lengths(seconds: &[i64], limits: Limits) -> Vec<usize> {
        let ids: Vec<String> = (0..seconds.len()).map(|at| format!("{at:06}")).collect();
        let rows = ids.iter().zip(seconds).map(|(id, second)| row(id, *second, Client::Browser));
        stretches(&session(rows), limits).iter().map(|stretch| stretch.rows.len()).collect()
    }

    #[test]
    fn long_session_is_split_at_pause() {
        assert_eq!(lengths(&[0, 90, 180, 270], SMALL), [4], "a short session is not split");
        assert_eq!(lengths(&[0, 1, 2, 3, 63, 64], SMALL), [4, 2]);
        assert_eq!(lengths(&[0, 1, 2, 3, 62, 122, 123], SMALL), [5, 2], "a pause of 59 seconds is too short");
        assert_eq!(lengths(&[0, 1, 2, 3, 4, 8, 12, 13], SMALL), [6, 2], "from 6 events, the end of a burst is enough");
        assert_eq!(lengths(&[0; 20], SMALL), [8, 8, 4], "8 events are the maximum");
        assert_eq!(lengths(&[270, 180, 0, 90, 360], SMALL), [4, 1], "the order of rows does not matter");
        assert_eq!(lengths(&[], SMALL), [0]);
    }

    #[test]
    fn default_limits_split_only_very_long_sessions() {
        let every_minute: Vec<i64> = (0..20_000).map(|at| at * 60).collect();
        assert_eq!(lengths(&every_minute, Limits::default()), [20_000]);
        let every_second: Vec<i64> = (0..60_001).collect();
        assert_eq!(lengths(&every_second, Limits::default()), [60_000, 1]);
    }

    #[test]
    fn duplicate_event_is_not_counted_and_starts_no_stretch() {
        let ids = ["a", "a", "b", "c", "d", "d", "e"];
        let rows = ids.iter().map(|id| row(id, 0, Client::Browser));
        let found = Limits { longest: 4, ..SMALL };
        let session = session(rows);
        let found: Vec<Vec<&str>> = stretches(&session, found)
            .iter()
            .map(|stretch| stretch.rows.iter().map(|row| row.event_id).collect())
            .collect();
        assert_eq!(found, [vec!["a", "a", "b", "c", "d", "d"], vec!["e"]]);
    }

    #[test]
    fn stretch_signals_depend_only_on_its_events() {
        let rules = RuleSet::shipped().unwrap();
        let ids: Vec<String> = (0..24).map(|at| format!("{at:02}")).collect();
        let all = session(ids.iter().zip(0..).map(|(id, at)| row(id, at * 30, Client::Browser)));
        let parts = stretches(&all, SMALL);
        assert_eq!(parts.iter().map(|part| part.rows.len()).collect::<Vec<_>>(), [6; 4]);
        let split: Vec<_> = parts.iter().flat_map(|part| map_stretch(&rules, part)).collect();
        let alone = |at: usize| map(&rules, &session(all.rows[at..at + 6].iter().cloned()));
        assert_eq!(split.len(), 24, "each event is a separate change");
        assert_eq!(split, [0, 6, 12, 18].into_iter().flat_map(alone).collect::<Vec<_>>());
        assert_eq!(split, map(&rules, &all), "no signal spans two stretches");
    }

    #[test]
    fn commands_start_at_first_stretch_with_console_evidence() {
        let rules = RuleSet::shipped().unwrap();
        let clients = [Client::Sdk, Client::Sdk, Client::Sdk, Client::Browser, Client::Sdk];
        let ids: Vec<String> = (0..5).map(|at| format!("{at}")).collect();
        let all = session(ids.iter().zip(clients).map(|(id, client)| row(id, 0, client)));
        let commands_with = |limits: Limits| -> Vec<String> {
            let signals = stretches(&all, limits).iter().flat_map(|part| map_stretch(&rules, part)).collect::<Vec<_>>();
            signals.into_iter().map(|signal| format!("{} {}", signal.anchor_event_id, signal.kind.as_str())).collect()
        };
        let commands = ["0 command", "1 command", "2 command", "3 create", "4 command"];
        assert_eq!(commands_with(SMALL), commands);
        let two = Limits { long: 2, longer: 2, longest: 2 };
        assert_eq!(commands_with(two), commands[2..], "the first stretch has no console evidence");
        let one = Limits { longest: 1, ..two };
        assert_eq!(commands_with(one), commands[3..]);
    }

    #[test]
    fn long_program_session_is_split_at_default_limits() {
        let rules = RuleSet::shipped().unwrap();
        let ids: Vec<String> = (0..60_002).map(|at| format!("{at:06}")).collect();
        let is_last = |at: &(usize, &String)| at.0 == 60_001;
        let client = |at: (usize, &'_ String)| if is_last(&at) { Client::Browser } else { Client::Sdk };
        let all = session(ids.iter().enumerate().map(|(at, id)| row(id, 0, client((at, id)))));
        let anchors: Vec<String> = map(&rules, &all).into_iter().map(|signal| signal.anchor_event_id).collect();
        assert_eq!(anchors, ["060000", "060001"]);
        let event = |id: &str| explain(&rules, &all, ExplainSubject::Event(id)).unwrap();
        assert!(event("059999").signal.is_none());
        assert_eq!(event("060001").signal.unwrap().rule_id, "generic/create");
    }

    #[test]
    fn events_and_signals_are_explained_in_their_own_stretch() {
        let rules = RuleSet::shipped().unwrap();
        let ids: Vec<String> = (0..12).map(|at| format!("{at:02}")).collect();
        let all = session(ids.iter().zip(0..).map(|(id, at)| row(id, at * 30, Client::Browser)));
        let parts = stretches(&all, SMALL);
        let signals = map_stretch(&rules, &parts[1]);
        let of_event = explain_stretch(&rules, &parts[1], ExplainSubject::Event("09")).unwrap();
        assert_eq!(explain_stretch(&rules, &parts[0], ExplainSubject::Event("09")), None);
        let signal = signals.iter().find(|signal| signal.anchor_event_id == "09").unwrap();
        assert_eq!(explain_stretch(&rules, &parts[0], ExplainSubject::Signal(&signal.signal_id)), None);
        assert_eq!(
            explain_stretch(&rules, &parts[1], ExplainSubject::Signal(&signal.signal_id)),
            Some(of_event.clone())
        );
        assert_eq!(of_event.signal.unwrap().signal_id, signal.signal_id);
    }
}
