//! Aligns a recording with a trail: determines which events belong to which opened page.
//!
//! Request IDs take precedence. They also show how far the two clocks differ, which sessions belong to the person, and
//! which access key each page used. All other events are assigned by time. Without IDs, the clock difference is chosen
//! so that as many pages as possible are followed by a burst of events.

use std::collections::{BTreeMap, BTreeSet};

use arrow::record_batch::RecordBatch;
use foldhash::{HashMap, HashSet};

use super::error::LearnError;
use super::recording::Recording;
use crate::batch::{BatchError, Columns, SessionColumns, text_at};
use crate::counted::counted;
use crate::event::{Client, Timestamp};
use crate::matching::Row;

/// The largest clock difference to consider, in seconds.
const MAX_SKEW_S: i64 = 180;
/// The pause after which a burst starts, in seconds.
const PAUSE_S: i64 = 2;
/// The maximum time between opening a page and the start of the page's burst, in seconds.
const DELAY_S: i64 = 2;
/// Events up to this long before the recorded time may still belong to the page, because the trail has whole seconds.
const EARLY_US: i64 = 1_200_000;
/// The pause that ends a page's events if they are not assigned by a request ID, in seconds.
const END_PAUSE_US: i64 = 8_000_000;
/// The number of sessions to list if several fit equally well.
const MAX_SHOWN: usize = 4;

/// One event in the trail.
#[derive(Debug, Clone)]
pub struct TrailEvent<'a> {
    /// What matching reads of it.
    pub row: Row<'a>,
    /// `events.session_id`
    pub session_id: &'a str,
    /// `events.request_id`
    pub request_id: Option<&'a str>,
}

/// The events in batches of `events`, in order of (time, ID).
///
/// # Errors
/// If a column is missing or has a different type.
pub fn trail_events(batches: &[RecordBatch]) -> Result<Vec<TrailEvent<'_>>, BatchError> {
    let mut events = Vec::new();
    for batch in batches {
        let (rows, columns) = (SessionColumns::of(batch)?, Columns(batch));
        let (sessions, requests) = (columns.text("session_id")?, columns.text("request_id")?);
        events.extend((0..batch.num_rows()).map(|at| TrailEvent {
            row: rows.row(at),
            session_id: text_at(sessions, at).unwrap_or_default(),
            request_id: text_at(requests, at),
        }));
    }
    events.sort_by(|a, b| (a.row.time, a.row.event_id).cmp(&(b.row.time, b.row.event_id)));
    Ok(events)
}

/// Which events belong to which page.
#[derive(Debug)]
pub(super) struct Alignment<'a> {
    /// How far the trail's clock is ahead of the recording's, in microseconds.
    pub(super) skew_us: i64,
    /// The number of requests whose ID is in the trail.
    pub(super) matched_ids: usize,
    /// The number of requests whose ID is not in the trail.
    pub(super) unmatched_ids: usize,
    /// The person's sessions.
    pub(super) sessions: Vec<&'a str>,
    /// For each page in the recording, the indices of its events.
    pub(super) visits: Vec<Vec<usize>>,
}

/// Aligns a recording with the events of a trail. `only_session` restricts it to sessions whose ID starts with it.
///
/// # Errors
/// If no session fits, or several fit equally well.
pub(super) fn align<'a>(
    recording: &Recording,
    events: &[TrailEvent<'a>],
    only_session: Option<&str>,
) -> Result<Alignment<'a>, LearnError> {
    let is_candidate = |event: &TrailEvent<'_>| {
        only_session.is_none_or(|session| event.session_id.starts_with(session)) && !is_program(event.row.client)
    };
    let by_id: HashMap<&str, usize> = events
        .iter()
        .enumerate()
        .filter(|(_, event)| is_candidate(event))
        .filter_map(|(at, event)| Some((event.request_id?, at)))
        .collect();
    // The index of the request, and of its event.
    let matched: Vec<(usize, usize)> = recording
        .requests
        .iter()
        .enumerate()
        .filter_map(|(at, request)| Some((at, *by_id.get(request.request_id.as_str())?)))
        .collect();
    let unmatched_ids = recording.requests.len() - matched.len();
    let (skew_us, sessions) = if matched.is_empty() {
        by_times(recording, events, is_candidate)?
    } else {
        let differences = matched.iter().map(|(request, event)| {
            // The trail truncates times to whole seconds: on average, half a second is lost.
            events[*event].row.time.0 + 500_000 - recording.requests[*request].time.0
        });
        let sessions: BTreeSet<&str> = matched.iter().map(|(_, event)| events[*event].session_id).collect();
        (median(differences.collect()), sessions.into_iter().collect())
    };
    let mut aligner = Aligner { recording, events, skew_us, assigned: HashMap::default() };
    for (request, event) in &matched {
        let request = &recording.requests[*request];
        let visit = request.visit.or_else(|| aligner.visit_at(request.time.0));
        if let Some(visit) = visit {
            aligner.assigned.insert(*event, visit);
        }
    }
    let visits = aligner.visits(&sessions.iter().copied().collect());
    Ok(Alignment { skew_us, matched_ids: matched.len(), unmatched_ids, sessions, visits })
}

/// Whether a client is a program, and not the console.
const fn is_program(client: Client) -> bool {
    matches!(client, Client::Cli | Client::Sdk | Client::Agent | Client::CloudShell | Client::Service)
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The clock difference and the session for which most pages are followed by a burst.
fn by_times<'a>(
    recording: &Recording,
    events: &[TrailEvent<'a>],
    is_candidate: impl Fn(&TrailEvent<'_>) -> bool,
) -> Result<(i64, Vec<&'a str>), LearnError> {
    let mut starts: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut last: HashMap<&str, i64> = HashMap::default();
    let (first_visit, last_visit) = span(recording);
    let slack = (MAX_SKEW_S + 60) * 1_000_000;
    for event in events.iter().filter(|event| is_candidate(event)) {
        let time = event.row.time.0;
        let before = last.insert(event.session_id, time);
        let starts_burst = before.is_none_or(|before| time - before >= PAUSE_S * 1_000_000);
        if starts_burst && (first_visit - slack..=last_visit + slack).contains(&time) {
            starts.entry(event.session_id).or_default().push(time / 1_000_000);
        }
    }
    let mut fits: Vec<(usize, i64, &str)> = starts
        .iter()
        .filter_map(|(session, starts)| {
            let (hits, skew) = best_skew(recording, starts)?;
            Some((hits, skew, *session))
        })
        .collect();
    fits.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.abs().cmp(&b.1.abs())).then_with(|| a.2.cmp(b.2)));
    let needed = recording.visits.len().div_ceil(2);
    match fits.first() {
        Some((hits, ..)) if *hits < needed => Err(LearnError::Alignment(format!(
            "no session in the trail matches the times in the recording: events follow at most {hits} of {}",
            counted(recording.visits.len(), "page", "pages")
        ))),
        None => {
            Err(LearnError::Alignment("the trail contains no console events at the time of the recording".to_owned()))
        }
        Some((hits, skew, session)) => {
            let rivals: Vec<&str> = fits[1..].iter().filter(|rival| rival.0 == *hits).map(|rival| rival.2).collect();
            if rivals.is_empty() {
                return Ok((skew * 1_000_000, vec![session]));
            }
            let shown: Vec<&str> = std::iter::once(*session).chain(rivals).take(MAX_SHOWN).collect();
            Err(LearnError::Alignment(format!("several sessions match the times equally well: {}", shown.join(", "))))
        }
    }
}

fn span(recording: &Recording) -> (i64, i64) {
    let times = || recording.visits.iter().map(|visit| visit.time.0);
    (times().min().unwrap_or_default(), times().max().unwrap_or_default())
}

/// The number of pages that are followed by a burst at the best clock difference, and that difference in seconds.
fn best_skew(recording: &Recording, starts: &[i64]) -> Option<(usize, i64)> {
    let starts: HashSet<i64> = starts.iter().copied().collect();
    let score = |skew: i64| {
        let mut score = (0, 0_i64);
        for visit in &recording.visits {
            let opened = visit.time.0.div_euclid(1_000_000) + skew;
            if let Some(delay) = (0..=DELAY_S).find(|delay| starts.contains(&(opened + delay))) {
                score = (score.0 + 1, score.1 + delay);
            }
        }
        score
    };
    let skews = -MAX_SKEW_S..=MAX_SKEW_S;
    let best =
        skews.map(|skew| (score(skew), skew)).max_by_key(|((hits, delay), skew)| (*hits, -delay, -skew.abs()))?;
    (best.0.0 > 0).then_some((best.0.0, best.1))
}

struct Aligner<'s, 'a> {
    recording: &'s Recording,
    events: &'s [TrailEvent<'a>],
    skew_us: i64,
    /// The page of each event whose request has an ID.
    assigned: HashMap<usize, usize>,
}

impl Aligner<'_, '_> {
    /// The page that was open at a given time in the recording.
    fn visit_at(&self, time: i64) -> Option<usize> {
        let after = self.recording.visits.partition_point(|visit| visit.time.0 <= time);
        after.checked_sub(1)
    }

    fn visits(&self, sessions: &HashSet<&str>) -> Vec<Vec<usize>> {
        let keys = self.keys();
        let mut visits: Vec<Vec<usize>> = vec![Vec::new(); self.recording.visits.len()];
        let mut latest: Vec<i64> = self.recording.visits.iter().map(|visit| visit.time.0).collect();
        let mut before: Option<(i64, usize)> = None;
        for (at, event) in self.events.iter().enumerate().filter(|(_, event)| sessions.contains(event.session_id)) {
            let time = event.row.time.0 - self.skew_us + 500_000;
            if let Some(visit) = self.assigned.get(&at) {
                latest[*visit] = latest[*visit].max(time);
                visits[*visit].push(at);
                before = Some((time, *visit));
                continue;
            }
            if is_program(event.row.client) {
                continue;
            }
            let Some(mut visit) = self.visit_at(time + EARLY_US) else { continue };
            // An event just before a page was opened may still belong to the previous page.
            let opened = self.recording.visits[visit].time.0;
            if time < opened && before.is_some_and(|(last, page)| page < visit && time - last < opened - time) {
                visit -= 1;
            }
            if let Some(own) = event.row.access_key.and_then(|key| keys.get(key))
                && !own.contains(&visit)
            {
                // The key belongs to another page, which continues to send requests.
                match own.iter().find(|page| {
                    page.abs_diff(visit) == 1 && (time - self.recording.visits[**page].time.0).abs() < 2_000_000
                }) {
                    Some(near) => visit = *near,
                    None => continue,
                }
            }
            if time - latest[visit] > END_PAUSE_US {
                continue;
            }
            latest[visit] = latest[visit].max(time);
            visits[visit].push(at);
            before = Some((time, visit));
        }
        visits
    }

    /// The pages that use each access key, from the requests with an ID.
    fn keys(&self) -> HashMap<&str, BTreeSet<usize>> {
        let mut keys: HashMap<&str, BTreeSet<usize>> = HashMap::default();
        for (event, visit) in &self.assigned {
            if let Some(key) = self.events[*event].row.access_key {
                keys.entry(key).or_default().insert(*visit);
            }
        }
        keys
    }
}

/// The year of a time.
pub(super) fn year(time: Timestamp) -> u16 {
    use chrono::Datelike;
    let year = chrono::DateTime::from_timestamp_micros(time.0).map_or(0, |time| time.year());
    u16::try_from(year).unwrap_or_default()
}
