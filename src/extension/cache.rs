//! Trails that are in use by running queries, so that a join of several functions reads and maps a trail only once.
//!
//! A trail is identified by its files (names, sizes and times) and by the options that select its records. When the last
//! query that reads a trail ends, its memory is freed, unless the query stored the trail under a name (`cache := 'name'`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::SystemTime;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::ExtensionError;
use super::memory;
use super::options::Options;
use crate::digest::sha256;
use crate::read::{Discovery, Source};
use crate::rule::RuleSet;
use crate::trail::{Mapped, Trail};

/// A global, because the functions of one query are independent of each other, and can only share data through the
/// process.
static TRAILS: Mutex<BTreeMap<String, Weak<Slot>>> = Mutex::new(BTreeMap::new());
/// The trails that are kept between queries, by the name that a query gave.
static NAMED: Mutex<BTreeMap<String, Arc<Slot>>> = Mutex::new(BTreeMap::new());

/// One trail, which is read and mapped on first access.
#[derive(Debug, Default)]
pub(super) struct Slot {
    trail: OnceLock<Result<Trail, ExtensionError>>,
    /// The mapped trail, by the version of the rules.
    mapped: Mutex<BTreeMap<String, Arc<Mapping>>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.trail.take());
        drop(std::mem::take(&mut self.mapped));
        memory::return_freed();
    }
}

type Mapping = OnceLock<Result<Mapped, ExtensionError>>;

/// A trail as requested by a call.
#[derive(Debug)]
pub(super) struct SharedTrail {
    pub(super) slot: Arc<Slot>,
    threads: ThreadPool,
}

/// The trail for these options.
pub(super) fn trail(options: &Options) -> Result<SharedTrail, ExtensionError> {
    let threads = ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or_default()).build()?;
    let found = options.discover();
    if let Some(endless) = found.sources.iter().find(|source| !source.is_file()) {
        return Err(ExtensionError::Argument(format!(
            "{:?} is not a regular file; save its contents to a file first",
            endless.name
        )));
    }
    let slot = slot(key(&found, options));
    let read = slot.trail.get_or_init(|| Ok(Trail::read(found, &options.filter, &threads)?));
    if let (Some(name), Ok(_)) = (&options.cache, read) {
        // The replaced trail is freed after the lock is released.
        let replaced = lock(&NAMED).insert(name.clone(), Arc::clone(&slot));
        drop(replaced);
    }
    Ok(SharedTrail { slot, threads })
}

/// Removes the trail that is stored under a name. Returns whether there was one.
pub(super) fn remove(name: &str) -> bool {
    let removed = lock(&NAMED).remove(name);
    removed.is_some()
}

impl SharedTrail {
    /// The records that were read, or the error.
    pub(super) fn read(&self) -> Result<&Trail, ExtensionError> {
        let trail = self.slot.trail.get().ok_or_else(|| ExtensionError::Fault("cannot read the trail".to_owned()))?;
        trail.as_ref().map_err(Clone::clone)
    }

    /// Its sessions and signals, mapped with these rules.
    pub(super) fn map<T>(&self, rules: &RuleSet, take: impl FnOnce(&Mapped) -> T) -> Result<T, ExtensionError> {
        let mapping = Arc::clone(lock(&self.slot.mapped).entry(rules.version().to_owned()).or_default());
        let mapped = mapping.get_or_init(|| Ok(self.read()?.some()?.map(rules, &self.threads)?));
        mapped.as_ref().map(take).map_err(Clone::clone)
    }
}

/// The slot for a key, or a new one. Unused slots are removed.
fn slot(key: String) -> Arc<Slot> {
    let mut trails = lock(&TRAILS);
    trails.retain(|_, slot| slot.strong_count() > 0);
    if let Some(slot) = trails.get(&key).and_then(Weak::upgrade) {
        return slot;
    }
    let slot = Arc::default();
    trails.insert(key, Arc::downgrade(&slot));
    slot
}

/// The key that identifies a trail.
fn key(found: &Discovery, options: &Options) -> String {
    let problems = found.problems.iter().map(ToString::to_string);
    let file = |source: &Source| format!("{:?} {} {}", source.name, source.size(), written(source));
    // Connections may have different secrets and restrictions.
    let files = options.files.iter().filter(|_| found.sources.iter().any(Source::is_remote));
    let connection = files.map(|files| files.connection().to_string());
    let lines: Vec<String> = problems.chain(found.sources.iter().map(file)).chain(connection).collect();
    sha256(format!("{:?}\n{}", options.filter, lines.join("\n")).as_bytes())
}

/// When the source was last modified, in nanoseconds since 1970, or 0 if unknown.
fn written(source: &Source) -> u128 {
    let since = source.modified().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos())
}

/// A panic in another query leaves the data consistent, so poisoning is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
