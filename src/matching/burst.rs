//! Bursts: events that come without a pause, and so may be of one page.

use rustc_hash::FxHashMap;

use super::claim::{Claims, Found};
use super::prepare::Prepared;

/// A pause of so many seconds ends a burst.
pub(super) const PAUSE_S: i64 = 4;
/// A burst of so many events is cut: an auction's cost grows with their square, and no page is likely to need more.
const LARGEST: usize = 400;

/// Events of one burst, by their place in the session.
#[derive(Debug, Default)]
pub(super) struct Burst {
    pub(super) events: Vec<usize>,
    /// It holds requests of no known shape: what the letter finds in it may be chance.
    strange: bool,
}

/// The events of calls that some rule makes, cut at each pause, and where there are too many for one auction. Bursts
/// that the letter explains, and can read, are left out.
pub(super) fn bursts(events: &[Prepared<'_>], claims: &Claims) -> Vec<Burst> {
    let mut bursts: Vec<Burst> = Vec::new();
    for event in (0..events.len()).filter(|event| events[*event].known_call.is_some()) {
        if !bursts.last().is_some_and(|burst| burst.goes_on(events, event)) {
            bursts.push(Burst::default());
        }
        if let Some(burst) = bursts.last_mut() {
            burst.events.push(event);
            burst.strange |= events[event].shape.is_none();
        }
    }
    bursts.retain(|burst| burst.strange || burst.events.iter().any(|event| claims.is_free(*event)));
    bursts
}

impl Burst {
    fn goes_on(&self, events: &[Prepared<'_>], next: usize) -> bool {
        let pause = self.events.last().map(|last| events[*last].time().plus_seconds(PAUSE_S));
        self.events.len() < LARGEST && pause.is_some_and(|pause| events[next].time() < pause)
    }
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
