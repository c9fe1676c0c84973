//! Pages that are not met to the letter: calls in shapes that nobody has seen, or required calls that are missing.
//!
//! Events are cut into bursts. A burst in which every request is of a known shape is the letter's. In any other burst
//! the letter may be met by chance, by a small page that stands for a part of a larger one; so what was found there is
//! put up again, and every page that makes calls of the burst bids for it as a whole: by how much of the page was seen,
//! how near the shapes are, and how much of the burst that explains. So ten pages that explain one call each never beat
//! one that explains all ten.

use super::auction::Auction;
use super::burst::{bursts, part};
use super::claim::{Claims, Found};
use super::prepare::Prepared;
use crate::rule::RuleSet;

/// Finds the pages that explain what the letter does not. Gives what stays of the letter, and what was found in bursts
/// that it cannot read, each in order of the anchors.
pub(super) fn find(
    rules: &RuleSet,
    events: &[Prepared<'_>],
    letter: Vec<Found>,
    claims: &mut Claims,
) -> (Vec<Found>, Vec<Found>) {
    let bursts = bursts(events, claims);
    let (letter, doubtful) = part(letter, &bursts);
    for found in &doubtful {
        claims.release(&found.members);
    }
    let mut found = Vec::new();
    for burst in bursts {
        let won = Auction::open(rules, events, [&letter, &found], &burst.events, claims).sell(claims);
        found.extend(won);
    }
    (letter, found)
}
