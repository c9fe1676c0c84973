//! Which files and events the case has.

use arrow::record_batch::RecordBatch;
use foldhash::HashMap;

use super::LoadError;
use crate::read::Source;
use crate::store::Case;
use crate::trail::{Admission, Admissions};

/// The files that the case knows of.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownFiles {
    /// Those of the case by their names, with the stamps of those loaded whole, or as this load's filter would.
    names: HashMap<String, Option<i64>>,
    /// Of those loaded whole, the hash to the least name.
    whole: HashMap<String, String>,
}

impl KnownFiles {
    /// The files of the case, as a load with that filter, as it is stated, sees them: of what another filter left
    /// something out, nothing is known but the name.
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

    /// Whether there is a file of that name.
    pub(super) fn named(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Whether the file was loaded whole, and is the very one that it was.
    pub(super) fn stamped(&self, file: &Source) -> bool {
        file.stamp().is_some_and(|stamp| self.names.get(&file.name) == Some(&Some(stamp)))
    }

    /// Whether loading the file would change nothing.
    ///
    /// A copy whose name comes first is no such file: had both been loaded at once, its events would be the ones kept.
    pub(super) fn have(&self, sha256: &str, name: &str) -> bool {
        self.whole.get(sha256).is_some_and(|known| known.as_str() <= name)
    }

    /// Notes a file that was loaded whole.
    pub(super) fn add(&mut self, sha256: String, name: &str) {
        let known = self.whole.entry(sha256).or_insert_with(|| name.to_owned());
        if name < known.as_str() {
            name.clone_into(known);
        }
    }
}

/// How often the case is asked for the events of a portion, before it is asked for all of them: each time it looks
/// through the ids of all.
const ASKS: usize = 3;

/// The events of the case, as far as portions met them: with the document each was read from.
#[derive(Debug, Default)]
pub(super) struct KnownEvents {
    /// How often the case may still be asked; not at all when it has told everything.
    asks: usize,
    met: Admissions,
}

impl KnownEvents {
    /// The events of the case, none of them met yet.
    pub(super) fn of(case: &Case) -> Result<Self, LoadError> {
        Ok(Self { asks: if case.has_events()? { ASKS } else { 0 }, ..Self::default() })
    }

    /// Whether the case has to be asked for a portion's events before they are admitted.
    pub(super) const fn has_to_ask(&self) -> bool {
        self.asks > 0
    }

    /// Learns which of the events in these batches the case has. To be called before they are admitted.
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
        let tell = |id: &str, document: &str, print: u32| self.learn(id, print, document, &mut last);
        if all { Ok(case.each_event(tell)?) } else { Ok(case.each_event_of(batches, tell)?) }
    }

    /// Notes an event of the case.
    fn learn(&mut self, id: &str, print: u32, document: &str, last: &mut u32) {
        // The events of a document stand together.
        if self.met.name(*last) != Some(document) {
            *last = self.met.document(document);
        }
        self.met.learn(id, print, *last);
    }

    /// The number that stands for a document's name.
    pub(super) fn document(&mut self, name: &str) -> u32 {
        self.met.document(name)
    }

    /// Notes a record's event, and tells what to do with the record.
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
