//! The set of events that a partial explanation has explained.

const BITS: usize = u64::BITS as usize;

/// A set of events as a bit set that starts at `base`. Equal sets are equal values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Covered {
    /// The index of the first word.
    base: usize,
    /// One bit for each event. The first and the last word are not zero.
    words: Vec<u64>,
}

impl Covered {
    /// Whether the set contains the event.
    pub(super) fn contains(&self, event: usize) -> bool {
        let word = (event / BITS).checked_sub(self.base).and_then(|at| self.words.get(at));
        word.is_some_and(|word| word >> (event % BITS) & 1 == 1)
    }

    /// A copy without the events before `event`.
    pub(super) fn from(&self, event: usize) -> Self {
        let (at, mask) = (event / BITS, u64::MAX << (event % BITS));
        let skip = at.saturating_sub(self.base).min(self.words.len());
        let mut words = self.words[skip..].to_vec();
        let base = self.base + skip;
        if base == at
            && let Some(first) = words.first_mut()
        {
            *first &= mask;
        }
        Self { base, words }.trimmed()
    }

    /// Adds an event.
    pub(super) fn add(&mut self, event: usize) {
        let at = event / BITS;
        if self.words.is_empty() {
            self.base = at;
        }
        if at < self.base {
            let mut words = vec![0; self.base - at];
            words.append(&mut self.words);
            (self.base, self.words) = (at, words);
        }
        let place = at - self.base;
        if place >= self.words.len() {
            self.words.resize(place + 1, 0);
        }
        self.words[place] |= 1 << (event % BITS);
    }

    /// Removes zero words from both ends, so that equal sets are equal values.
    fn trimmed(mut self) -> Self {
        let empty = self.words.iter().take_while(|word| **word == 0).count();
        self.words.drain(..empty);
        self.base = if self.words.is_empty() { 0 } else { self.base + empty };
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(events: &[usize]) -> Covered {
        let mut set = Covered::default();
        for event in events {
            set.add(*event);
        }
        set
    }

    #[test]
    fn set_contains_added_events() {
        let all = set(&[70, 3, 200]);
        let contained: Vec<usize> = (0..300).filter(|event| all.contains(*event)).collect();
        assert_eq!(contained, [3, 70, 200]);
        assert!(!Covered::default().contains(0));
    }

    #[test]
    fn past_events_are_removed_and_equal_sets_compare_equal() {
        let all = set(&[3, 70, 200]);
        assert_eq!(all.from(4), set(&[200, 70]));
        assert_eq!(all.from(71), set(&[200]));
        assert_eq!(all.from(201), Covered::default());
        assert_eq!(all.from(500), Covered::default());
        assert_eq!(set(&[200]).from(3), set(&[200]));
    }
}
