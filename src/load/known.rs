//! Which files and events the case has.

use arrow::record_batch::RecordBatch;
use fastbloom::BloomFilter;
use foldhash::HashMap;

use super::LoadError;
use crate::read::Source;
use crate::store::Case;
use crate::trail::{Admission, Admissions, event_key};

/// The files that the case was loaded from.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownFiles {
    /// The files in the case by name, with the stamps of those that were loaded completely or with the same filter.
    names: HashMap<String, Option<i64>>,
    /// The smallest name for each hash of the completely loaded files.
    whole: HashMap<String, String>,
}

impl KnownFiles {
    /// The files in the case, as seen by a load with this filter: for files loaded with another filter, only the name is
    /// known.
    pub(super) fn of(case: &Case, filter: Option<&str>) -> Result<Self, LoadError> {
        let mut files = Self::default();
        case.each_file(filter, |name, whole| {
            if let Some((sha256, _)) = whole {
                files.add(sha256.to_owned(), name);
            }
            files.names.insert(name.to_owned(), whole.and_then(|(_, stamp)| stamp));
        })?;
        Ok(files)
    }

    /// Whether there is a file with this name.
    pub(super) fn named(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Whether the file was loaded completely and is unchanged.
    pub(super) fn stamped(&self, file: &Source) -> bool {
        file.stamp().is_some_and(|stamp| self.names.get(&file.name) == Some(&Some(stamp)))
    }

    /// Whether loading the file would change nothing.
    ///
    /// This does not hold for a copy whose name sorts first: if both had been loaded together, its events would have been kept.
    pub(super) fn have(&self, sha256: &str, name: &str) -> bool {
        self.whole.get(sha256).is_some_and(|known| known.as_str() <= name)
    }

    /// Records a file that was loaded completely.
    pub(super) fn add(&mut self, sha256: String, name: &str) {
        let known = self.whole.entry(sha256).or_insert_with(|| name.to_owned());
        if name < known.as_str() {
            name.clone_into(known);
        }
    }
}

/// How often the case is queried for the events of a portion before it is queried for all events: each query scans
/// all IDs.
const ASKS: usize = 3;

/// The share of events that a filter takes for one of its own although it is not.
const FALSE_POSITIVES: f64 = 0.001;

type Filter = BloomFilter<foldhash::fast::RandomState>;

/// The events in the case, as far as they occurred in portions or are recent, each with its document. Older events are only in
/// filters, which need two bytes per event, so that memory is bounded in practice.
#[derive(Debug, Default)]
pub(super) struct KnownEvents {
    /// How often the case may still be queried; 0 once all of its events are known or in a filter.
    asks: usize,
    /// The maximum number of events outside the filters.
    limit: usize,
    recent: Admissions,
    older: Vec<Filter>,
}

impl KnownEvents {
    /// The events in the case, before any event is known. At most `limit` of them are kept outside the filters.
    pub(super) fn of(case: &Case, limit: usize) -> Result<Self, LoadError> {
        Ok(Self { asks: if case.has_events()? { ASKS } else { 0 }, limit, ..Self::default() })
    }

    /// Whether the case has to be queried for a portion's events before they are admitted.
    pub(super) const fn has_to_ask(&self) -> bool {
        self.asks > 0
    }

    /// Queries which of the events in these batches are in the case. Call this before the events are admitted.
    pub(super) fn meet<'b>(
        &mut self,
        case: &Case,
        batches: impl IntoIterator<Item = &'b RecordBatch>,
    ) -> Result<(), LoadError> {
        if self.asks == 0 {
            return Ok(());
        }
        self.asks -= 1;
        if self.asks > 0 {
            return Ok(case.each_event_of(batches, |id, document, print| self.recent.learn(id, print, document))?);
        }
        let events = case.count_events()?;
        if events <= self.limit {
            return Ok(case.each_event(|id, document, print| self.recent.learn(id, print, document))?);
        }
        let mut filter = filter_for(events);
        case.each_event_id(|id| _ = filter.insert(&event_key(id)))?;
        self.older.push(filter);
        Ok(())
    }

    /// The number of a document's name.
    pub(super) fn document(&mut self, name: &str) -> u32 {
        self.recent.document(name)
    }

    /// Adds a record's event, and returns what to do with the record; `None` if only the case can tell whether it has the event.
    pub(super) fn admit(&mut self, (key, print): (u128, u32), document: u32) -> Option<Admission> {
        if self.older.iter().any(|filter| filter.contains(&key)) && !self.recent.has(key) {
            return None;
        }
        if self.recent.len() >= self.limit {
            let mut filter = filter_for(self.recent.len());
            filter.extend(self.recent.forget());
            self.older.push(filter);
            return self.admit((key, print), document);
        }
        Some(self.recent.admit(key, print, document))
    }
}

/// An empty filter for this number of events. Its hash function is seeded, so that nobody can craft IDs that it confuses.
fn filter_for(events: usize) -> Filter {
    BloomFilter::with_false_pos(FALSE_POSITIVES).hasher(foldhash::fast::RandomState::default()).expected_items(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_events_require_case_lookup_and_recent_events_do_not() {
        let mut events = KnownEvents { limit: 1000, ..KnownEvents::default() };
        let document = events.document("a");
        let mut admit =
            |keys: std::ops::Range<u128>, print| keys.map(|key| events.admit((key, print), document)).collect();
        let first: Vec<_> = admit(0..2500, 1);
        let unsure = first.iter().filter(|admission| admission.is_none()).count();
        assert!(unsure < 25, "{unsure} of 1,500 new events may be false positives");
        assert!(first.iter().flatten().all(|admission| *admission == Admission::New));
        let again: Vec<_> = admit(0..2000, 1);
        assert!(again.iter().all(Option::is_none), "no older event is considered new");
        let recent: Vec<_> = admit(2400..2500, 2);
        assert!(recent.iter().filter(|admission| **admission == Some(Admission::Joins)).count() > 90);
    }

    #[test]
    fn duplicate_file_is_known_unless_its_name_sorts_first() {
        let mut files = KnownFiles::default();
        files.add("hash".to_owned(), "b");
        assert_eq!(["a", "b", "c"].map(|name| files.have("hash", name)), [false, true, true]);
        assert!(!files.have("other", "b"));
        files.add("hash".to_owned(), "a");
        assert!(files.have("hash", "a"));
    }

    #[test]
    fn file_is_known_by_name_and_matching_stamp() {
        let found = crate::read::discover(&[concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz").to_owned()]);
        let [file] = found.sources.as_slice() else { panic!("one file") };
        let stamp = file.stamp();
        let known = |name: &str, stamp| KnownFiles {
            names: [(name.to_owned(), stamp)].into_iter().collect(),
            ..KnownFiles::default()
        };
        assert_eq!(known(&file.name, stamp).stamped(file), cfg!(unix));
        assert!(!known(&file.name, stamp.map(|stamp| stamp ^ 1)).stamped(file));
        assert!(!known(&file.name, None).stamped(file));
        assert!(!known("other", stamp).stamped(file));
        let pipe = Source::elsewhere("-");
        assert!(!known("-", None).stamped(&pipe));
    }
}
