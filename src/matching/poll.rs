//! Detects polls: a request that a page repeats on its own at a steady interval.

use indexmap::IndexMap;

use super::prepared::PreparedStretch;

/// The intervals of polls, in seconds.
const PERIODS_S: std::ops::RangeInclusive<i64> = 10..=900;
/// The number of repetitions required for a poll.
const MIN_EVENTS: usize = 3;
/// The number of repetitions required for a short period, because people also refresh pages every few seconds.
const MIN_EVENTS_SHORT: usize = 4;
/// Periods below this many seconds are short.
const SHORT_S: i64 = 12;
/// An interval may deviate from the period by this many seconds, or by a thirtieth of the period.
const SLACK_S: i64 = 2;
/// Two pages that poll the same resource alternate, so the next event of a poll is looked for among this many
/// repetitions.
const MAX_ALTERNATION: usize = 3;

/// One event of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PollEvent {
    /// The interval in seconds.
    pub(super) every_s: i64,
    /// The number of events in the poll.
    pub(super) events: usize,
}

/// For each event in the stretch, the poll that it belongs to, if any.
pub(super) fn detect(stretch: &PreparedStretch<'_, '_>) -> Vec<Option<PollEvent>> {
    let mut periods = vec![None; stretch.events.len()];
    let mut requests: IndexMap<(usize, Option<&str>), Vec<usize>> = IndexMap::new();
    for event in 0..stretch.events.len() {
        let ready = &stretch.events[event];
        requests.entry((ready.representative, ready.row.region)).or_default().push(event);
    }
    let is_frequent = |events: &&Vec<usize>| events.len() >= MIN_EVENTS && !stretch.changes(events[0]);
    for events in requests.values().filter(is_frequent) {
        detect_request(stretch, events, &mut periods);
    }
    periods
}

/// Finds the polls among the repetitions of one request: first the period with the most events, then the next.
fn detect_request(stretch: &PreparedStretch<'_, '_>, events: &[usize], periods: &mut [Option<PollEvent>]) {
    let mut rest: Vec<usize> =
        stretch.bursts(events, |_| ()).into_iter().filter_map(|burst| burst.first().copied()).collect();
    while let Some((period, kept)) = best(stretch, &rest) {
        let period = mean_gap(stretch, &kept, period);
        for event in &kept {
            periods[*event] = Some(PollEvent { every_s: period, events: kept.len() });
        }
        rest.retain(|event| !kept.contains(event));
    }
}

/// The period that most of the events follow, with those events.
fn best(stretch: &PreparedStretch<'_, '_>, events: &[usize]) -> Option<(i64, Vec<usize>)> {
    let gaps = events.iter().enumerate().flat_map(|(at, event)| {
        events[at + 1..].iter().take(MAX_ALTERNATION).map(|later| stretch.seconds_between(*event, *later))
    });
    let mut candidates: Vec<i64> = gaps.filter(|gap| PERIODS_S.contains(gap)).collect();
    candidates.sort_unstable();
    candidates.dedup();
    let following = |period: i64| -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::new();
        for (at, event) in events.iter().enumerate() {
            let partner = events[at + 1..]
                .iter()
                .take(MAX_ALTERNATION)
                .find(|later| is_near(stretch.seconds_between(*event, **later), period));
            kept.extend(partner.iter().flat_map(|later| [*event, **later]));
        }
        kept.sort_unstable();
        kept.dedup();
        kept
    };
    let kept = candidates.into_iter().map(|period| (period, following(period)));
    let enough =
        kept.filter(|(period, kept)| kept.len() >= if *period < SHORT_S { MIN_EVENTS_SHORT } else { MIN_EVENTS });
    enough.max_by_key(|(period, kept)| (kept.len(), std::cmp::Reverse(*period)))
}

/// The mean of the gaps that are close to the period.
fn mean_gap(stretch: &PreparedStretch<'_, '_>, kept: &[usize], period: i64) -> i64 {
    let gaps = kept.windows(2).map(|pair| stretch.seconds_between(pair[0], pair[1]));
    let near: Vec<i64> = gaps.filter(|gap| gap.abs_diff(period) <= period.unsigned_abs() / 2).collect();
    let count = i64::try_from(near.len()).unwrap_or(1).max(1);
    if near.is_empty() { period } else { (near.iter().sum::<i64>() + count / 2) / count }
}

fn is_near(interval: i64, period: i64) -> bool {
    interval.abs_diff(period) <= SLACK_S.max(period / 30).unsigned_abs()
}
