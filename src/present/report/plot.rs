//! Clicks and events over time, as bars, independent of the output format.

use super::found::{Bin, Bins};
use super::words::{count, moment};
use crate::event::Timestamp;

/// The maximum number of time labels below the bars.
const TICKS: i64 = 6;

/// Bars for consecutive time intervals of the same length.
#[derive(Debug)]
pub(super) struct Plot {
    /// The start of the first interval.
    first: Timestamp,
    /// How long each is, in seconds.
    seconds: i64,
    /// The number of intervals, including empty ones.
    pub(super) slots: i64,
    /// The intervals with activity.
    pub(super) bins: Vec<Bin>,
}

impl Plot {
    /// `None` if nothing happened.
    pub(super) fn new(bins: &Bins) -> Option<Self> {
        let (first, last) = (bins.rows.first()?, bins.rows.last()?);
        let seconds = bins.seconds.max(1);
        let slots = (last.time.0 - first.time.0) / (seconds * 1_000_000) + 1;
        Some(Self { first: first.time, seconds, slots, bins: bins.rows.clone() })
    }

    /// The index of a bin, from 0.
    pub(super) fn slot(&self, bin: &Bin) -> i64 {
        (bin.time.0 - self.first.0) / (self.seconds * 1_000_000)
    }

    /// The most clicks in any bin; never 0.
    pub(super) fn most_clicks(&self) -> u64 {
        self.bins.iter().map(|bin| bin.looks + bin.deeds).max().unwrap_or_default().max(1)
    }

    /// The most events in any bin; never 0.
    pub(super) fn most_events(&self) -> u64 {
        self.bins.iter().map(|bin| bin.events).max().unwrap_or_default().max(1)
    }

    /// Indexes with the time at which they begin, evenly spaced.
    pub(super) fn ticks(&self) -> Vec<(i64, String)> {
        let step = (self.slots + TICKS - 1) / TICKS;
        let places = (0..self.slots).filter(|slot| slot % step.max(1) == 0);
        places.map(|slot| (slot, self.first.plus_seconds(slot * self.seconds).format(self.form()))).collect()
    }

    /// The part of a time that distinguishes the bins.
    fn form(&self) -> &'static str {
        let days = self.seconds * self.slots > 86_400;
        match (self.seconds, days) {
            (86_400.., _) => "%Y-%m-%d",
            (_, true) => "%m-%d %H:%M",
            (..60, _) => "%H:%M:%S",
            _ => "%H:%M",
        }
    }

    /// A sentence that describes the chart.
    pub(super) fn description(&self) -> String {
        let sum = |of: fn(&Bin) -> u64| self.bins.iter().map(of).sum();
        let (looks, deeds, events) = (sum(|bin| bin.looks), sum(|bin| bin.deeds), sum(|bin| bin.events));
        format!(
            "{} and {} in {} of {} each, starting at {} UTC. Of the clicks and commands, {} are pages, lists, sign-ins \
             and shells, and {} are changes, secrets and commands.",
            count(looks + deeds, "click or command", "clicks and commands"),
            count(events, "event", "events"),
            count(self.slots.unsigned_abs(), "interval", "intervals"),
            length(self.seconds),
            moment(self.first),
            looks,
            deeds,
        )
    }
}

/// `30 seconds`, `2 hours`.
fn length(seconds: i64) -> String {
    let units = [(86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds")];
    let whole = units.into_iter().find(|(unit, ..)| seconds % unit == 0);
    whole.map_or_else(String::new, |(unit, one, many)| count((seconds / unit).unsigned_abs(), one, many))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(seconds: i64, events: u64) -> Bin {
        Bin { time: Timestamp(1_772_442_720_000_000).plus_seconds(seconds), looks: 1, deeds: 2, events }
    }

    #[test]
    fn bins_are_placed_in_slots_with_few_ticks() -> Result<(), &'static str> {
        let bins = Bins { seconds: 30, rows: vec![bin(0, 5), bin(90, 7), bin(390, 1)] };
        let plot = Plot::new(&bins).ok_or("there are bins")?;
        assert_eq!((plot.slots, plot.most_clicks(), plot.most_events()), (14, 3, 7));
        assert_eq!(plot.bins.iter().map(|bin| plot.slot(bin)).collect::<Vec<_>>(), [0, 3, 13]);
        let ticks = plot.ticks();
        assert_eq!((ticks.len(), ticks.get(1)), (5, Some(&(3, "09:13:30".to_owned()))));
        assert!(
            plot.description().starts_with("9 clicks and commands and 13 events in 14 intervals of 30 seconds each")
        );
        Ok(())
    }

    #[test]
    fn lengths_use_largest_whole_unit() {
        assert_eq!([1, 90, 7200, 604_800].map(length), ["1 second", "90 seconds", "2 hours", "7 days"]);
    }

    #[test]
    fn bin_length_is_defined_for_empty_and_maximum_spans() {
        let (first, year) = (Timestamp(0), Timestamp(0).plus_seconds(31_536_000));
        assert_eq!((Bins::seconds_for(first, first), Bins::seconds_for(first, year)), (1, 2_419_200));
        assert_eq!(Bins::seconds_for(Timestamp(i64::MIN), Timestamp(i64::MAX)), 31_536_000);
    }
}
