//! Which files and events the case has.

use arrow::record_batch::RecordBatch;
use foldhash::HashMap;

use super::LoadError;
use crate::read::Source;
use crate::store::Case;
use crate::trail::{Admission, Admissions};

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

/// The events in the case that occurred in portions, each with its document.
#[derive(Debug, Default)]
pub(super) struct KnownEvents {
    /// How often the case may still be queried; 0 once all of its events are known.
    asks: usize,
    met: Admissions,
}

impl KnownEvents {
    /// The events in the case, before any event is known.
    pub(super) fn of(case: &Case) -> Result<Self, LoadError> {
        Ok(Self { asks: if case.has_events()? { ASKS } else { 0 }, ..Self::default() })
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
        let (all, mut last) = (self.asks == 0, 0);
        let learn = |id: &str, document: &str, print: u32| self.learn(id, print, document, &mut last);
        if all { Ok(case.each_event(learn)?) } else { Ok(case.each_event_of(batches, learn)?) }
    }

    /// Adds an event that is in the case.
    fn learn(&mut self, id: &str, print: u32, document: &str, last: &mut u32) {
        // The events of a document are consecutive.
        if self.met.name(*last) != Some(document) {
            *last = self.met.document(document);
        }
        self.met.learn(id, print, *last);
    }

    /// The number of a document's name.
    pub(super) fn document(&mut self, name: &str) -> u32 {
        self.met.document(name)
    }

    /// Adds a record's event, and returns what to do with the record.
    pub(super) fn admit(&mut self, (key, print): (u128, u32), document: u32) -> Admission {
        self.met.admit(key, print, document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_unless_its_name_comes_first() {
        let mut files = KnownFiles::default();
        files.add("hash".to_owned(), "b");
        assert_eq!(["a", "b", "c"].map(|name| files.have("hash", name)), [false, true, true]);
        assert!(!files.have("other", "b"));
        files.add("hash".to_owned(), "a");
        assert!(files.have("hash", "a"));
    }

    #[test]
    fn a_file_is_known_by_its_stamp_if_it_has_one_and_it_is_the_same() {
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
