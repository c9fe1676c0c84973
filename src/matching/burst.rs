//! Bursts: events that come without a pause, and so may be of one page.

use rustc_hash::FxHashMap;

use super::claim::{Claims, Found};
use super::prepare::Prepared;

/// A pause of so many seconds ends a burst.
pub(super) const PAUSE_S: i64 = 4;
/// A burst of so many events is cut: an auction's cost grows with their square, and no page is likely to need more.
const LARGEST: usize = 400;

/// Events of one burst, by their place in the session.
#[derive(Debug)]
pub(super) struct Burst {
    pub(super) events: Vec<usize>,
    /// It holds requests of no known shape: what the letter finds in it may be chance.
    strange: bool,
}

/// The events of calls that some rule makes, cut at each pause, and where there are too many for one auction. Bursts
/// that the letter explains, and can read, are left out.
pub(super) fn bursts(events: &[Prepared<'_>], claims: &Claims) -> Vec<Burst> {
    let known: Vec<usize> = (0..events.len()).filter(|event| events[*event].known_call.is_some()).collect();
    let mut bursts = Vec::new();
    let mut rest = known.as_slice();
    while !rest.is_empty() {
        let (burst, later) = rest.split_at(length(events, rest));
        let strange = burst.iter().any(|event| events[*event].shape.is_none());
        if strange || burst.iter().any(|event| claims.is_free(*event)) {
            bursts.push(Burst { events: burst.to_vec(), strange });
        }
        rest = later;
    }
    bursts
}

/// How many of these events, which are in order, make the first burst.
fn length(events: &[Prepared<'_>], known: &[usize]) -> usize {
    let goes_on = |pair: &&[usize]| events[pair[1]].time() < events[pair[0]].time().plus_seconds(PAUSE_S);
    1 + known.windows(2).take(LARGEST - 1).take_while(goes_on).count()
}

/// Parts what the letter found: first what stays, then what lies wholly in a burst that it cannot read.
pub(super) fn part(letter: Vec<Found>, bursts: &[Burst]) -> (Vec<Found>, Vec<Found>) {
    let strange = bursts.iter().enumerate().filter(|(_, burst)| burst.strange);
    let burst_of: FxHashMap<usize, usize> =
        strange.flat_map(|(index, burst)| burst.events.iter().map(move |event| (*event, index))).collect();
    letter.into_iter().partition(|found| {
        let mut bursts = found.members.iter().map(|(event, _)| burst_of.get(event));
        let first = bursts.next().flatten();
        first.is_none() || bursts.any(|burst| burst != first)
    })
}
