//! Loads files into a case.
//!
//! Files are read and parsed in parallel while earlier files are inserted, many files per transaction. Then sign-ins are
//! assigned to their sessions, changed sessions are gathered again, and console sessions are mapped. The case does not
//! depend on the order of files, on the number of loads, or on repeated files. Mapped sessions can be explained.

mod explain;
mod insert;
mod known;
mod ledger;
mod locate;
mod map;
mod memory;

use std::ffi::OsStr;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::bounded;
use rayon::prelude::*;
use thiserror::Error;

use self::insert::{Inserter, ParseOptions};
use self::known::KnownFiles;
use self::memory::Memory;
use crate::batch::{BatchError, Rows};
use crate::read::{self, Discovery};
use crate::rule::RuleSet;
use crate::store::{Case, StoreError};
use crate::table::LOAD_FILES;
use crate::trail::{self, Filter, Reading};

pub use explain::{ExplainError, Explainable, explain, same_rules};
pub use ledger::{Ledger, Problem};
pub use locate::{LocateError, Located, locate, not_looked_up};

/// What to load, and into which case.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Files, folders, globs, or `-`.
    pub inputs: Vec<String>,
    /// Which of their events to load.
    pub filter: Filter,
    /// The case, which is created if it does not exist.
    pub case: PathBuf,
    /// The number of threads; the number of cores if `None`.
    pub threads: Option<usize>,
    /// The approximate memory limit, in bytes; [`MEMORY`] if `None`.
    pub memory_limit: Option<u64>,
    /// The folder for temporary files; next to the case if `None`.
    pub temp_dir: Option<PathBuf>,
    /// Options that the files do not determine.
    pub reading: Reading,
}

/// The maximum size of a file's text if no memory limit is stated, in bytes.
const MAX_FILE_TEXT: u64 = 4 << 30;
/// The default memory limit of a load, in bytes.
pub const MEMORY: u64 = 1 << 30;

/// The phases of the work, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Files are read and their events inserted.
    Reading,
    /// Sessions are gathered.
    Sessions,
    /// Sessions are mapped to signals.
    Mapping,
    /// The file is finished.
    Finishing,
}

/// Receives the progress of a load. By default, every method does nothing.
pub trait Progress: Sync {
    /// The number of files to load, and their stored size in bytes.
    fn start(&self, _files: u64, _bytes: u64) {}
    /// A file is done: its size in bytes, and the number of new events.
    fn file(&self, _bytes: u64, _events: u64) {}
    /// A phase of the work begins.
    fn phase(&self, _phase: Phase) {}
}

/// Ignores progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {}

/// Why a load stopped. Committed data is in the case, and the next load continues from there.
#[derive(Debug, Error)]
pub enum LoadError {
    /// None of the inputs contains a file. No case was created.
    #[error("there is nothing to load: {0}")]
    NoInput(String),
    /// The case could not be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows could not be converted to batches.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// Records of one event could not be joined.
    #[error("cannot join the records of an event: {0}")]
    Merge(trail::MergeError),
    /// The threads could not be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Loads the inputs into the case, maps changed sessions, and returns the ledger.
///
/// # Errors
/// [`LoadError`]; a file that cannot be read or is refused is not an error, but a problem in the ledger.
pub fn load(options: &LoadOptions, rules: &RuleSet, progress: &dyn Progress) -> Result<Ledger, LoadError> {
    load_and_keep_open(options, rules, progress).map(|(ledger, _)| ledger)
}

/// Like [`load`], and returns the open case as well.
///
/// # Errors
/// See [`load`].
pub fn load_and_keep_open(
    options: &LoadOptions,
    rules: &RuleSet,
    progress: &dyn Progress,
) -> Result<(Ledger, Case), LoadError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).build()?;
    let memory = Memory(options.memory_limit.unwrap_or(MEMORY));
    let (found, case, files) = begin(options, memory)?;
    let mut ledger = Ledger::default();
    found.problems.iter().for_each(|problem| ledger.failed(problem.to_string()));
    progress.phase(Phase::Reading);
    progress.start(found.sources.len() as u64, found.sources.iter().map(read::Source::size).sum());
    let (wanted, unwanted): (Vec<_>, Vec<_>) =
        found.sources.into_iter().partition(|source| options.filter.may_want(&source.name));
    leave_out(&case, &unwanted, &files, &options.filter, &mut ledger, progress)?;
    // If a folder is loaded again, nearly all files are known, and few portions remain.
    let is_known = |source: &read::Source| files.stamped(source) || is_same(source, &files);
    let (known, rest): (Vec<_>, Vec<_>) =
        threads.install(|| with_distinct_names(wanted, &files).into_par_iter().partition(is_known));
    skip(&known, progress, &mut ledger);
    let portions = trail::cut(rest, memory.portion());
    // Without an explicit limit, a large file is read completely, even if it needs more than the default.
    let max_text = options.memory_limit.map_or(MAX_FILE_TEXT, |_| memory.of_file());
    let reading = Reading { max_text, ..options.reading };
    let parse_options = ParseOptions { reading, filter: &options.filter, budget: memory.of_portion() };
    let inserter = Inserter::new(&case, files, &options.filter, memory, &mut ledger)?;
    inserter.insert_all(&case, portions, parse_options, &threads, progress)?;
    map::map_changed(&case, rules, &threads, memory, progress)?;
    progress.phase(Phase::Finishing);
    case.checkpoint()?;
    ledger.case = case.totals()?;
    Ok((ledger, case))
}

/// Whether the file's bytes are those that were loaded under its name.
fn is_same(source: &read::Source, files: &KnownFiles) -> bool {
    files.named(&source.name)
        && source.is_lasting()
        && read::fetch(source).is_ok_and(|stored| files.have(&stored.sha256, &source.name))
}

/// Gives a source that is not a file, such as standard input, a name that is not in the case, because its content differs
/// each time.
fn with_distinct_names(mut sources: Vec<read::Source>, files: &KnownFiles) -> Vec<read::Source> {
    for source in sources.iter_mut().filter(|source| !source.is_file()) {
        let own = source.name.clone();
        let mut names = std::iter::once(own.clone()).chain((2..).map(|count: u32| format!("{own}#{count}")));
        if let Some(name) = names.find(|name| !files.named(name)) {
            source.name = name;
        }
    }
    sources
}

/// Finds the files to load, and at the same time opens the case and queries its files. A new case is created only if there
/// is something to load.
fn begin(options: &LoadOptions, memory: Memory) -> Result<(Discovery, Case, KnownFiles), LoadError> {
    let (on_first, something) = bounded(1);
    thread::scope(|scope| {
        let finding = scope.spawn(move || find(options, || _ = on_first.try_send(())));
        let wanted = options.case.exists() || something.recv().is_ok();
        let opened = wanted.then(|| open(options, memory));
        let found = finding.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        // If nothing was reported, nothing was found.
        let (case, files) = opened.unwrap_or_else(|| open(options, memory))?;
        Ok((found, case, files))
    })
}

/// Finds the files to load, at least one. Calls `on_first` as soon as there is one.
fn find(options: &LoadOptions, on_first: impl FnMut()) -> Result<Discovery, LoadError> {
    let mut found = read::discover_notifying(&options.inputs, on_first);
    found.sources.retain(|source| !is_case(&source.name, &options.case));
    // Its log may have been removed while the folder was listed.
    found.problems.retain(|problem| !is_case(problem.name(), &options.case));
    if found.sources.is_empty() { Err(LoadError::NoInput(causes(&found.problems))) } else { Ok(found) }
}

/// Accounts for files without matching events. What the case records about such a file does not change.
fn leave_out(
    case: &Case,
    sources: &[read::Source],
    files: &KnownFiles,
    filter: &Filter,
    ledger: &mut Ledger,
    progress: &dyn Progress,
) -> Result<(), LoadError> {
    let (stated, mut rows) = (filter.stated(), Rows::new(&LOAD_FILES));
    for source in sources {
        if !files.named(&source.name) {
            trail::push_left_out(&mut rows, source, stated.as_deref())?;
        }
        progress.file(source.size(), 0);
    }
    ledger.files_seen += sources.len() as u64;
    ledger.files_left_out += sources.len() as u64;
    if rows.is_empty() { Ok(()) } else { Ok(case.append(&LOAD_FILES, [&rows.finish()?])?) }
}

/// Accounts for files that have already been loaded completely.
fn skip(known: &[read::Source], progress: &dyn Progress, ledger: &mut Ledger) {
    ledger.files_seen += known.len() as u64;
    ledger.files_skipped += known.len() as u64;
    for source in known {
        progress.file(source.size(), 0);
    }
}

/// Opens the case, and queries its files.
fn open(options: &LoadOptions, memory: Memory) -> Result<(Case, KnownFiles), LoadError> {
    let case = Case::open(&options.case)?;
    read::remove_leftover(&options.case);
    case.defer_checkpoints()?;
    case.set_memory(memory.of_duckdb())?;
    options.threads.map_or(Ok(()), |count| case.set_threads(count))?;
    options.temp_dir.as_deref().map_or(Ok(()), |folder| case.set_temp_dir(folder))?;
    let files = KnownFiles::of(&case, options.filter.stated().as_deref())?;
    Ok((case, files))
}

/// Whether the file is the case itself, or DuckDB's log next to it: a case is often in the folder that is loaded.
fn is_case(name: &str, case: &Path) -> bool {
    let path = Path::new(name);
    let Some(file) = path.file_name().and_then(OsStr::to_str).map(logged) else { return false };
    let at = |path: &Path| path.canonicalize().ok();
    case.file_name() == Some(OsStr::new(file))
        && at(case).is_some_and(|case| at(&path.with_file_name(file)) == Some(case))
}

/// The database file of a DuckDB log; any other path is returned unchanged.
fn logged(file: &str) -> &str {
    [".wal", ".wal.checkpoint", ".wal.recovery"].iter().find_map(|log| file.strip_suffix(log)).unwrap_or(file)
}

fn causes(problems: &[read::ReadError]) -> String {
    if problems.is_empty() {
        return "it contains no files".to_owned();
    }
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn case_file_and_logs_are_recognized() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let case = path("case.duckdb");
        let is_own = |name: &str| is_case(path(name).to_str().unwrap(), &case);
        assert!(!is_own("case.duckdb"), "there is no case yet");
        fs::create_dir(path("other")).unwrap();
        for name in ["case.duckdb", "other/case.duckdb"] {
            fs::write(path(name), "").unwrap();
        }
        // The log files may no longer exist.
        let own = ["case.duckdb", "case.duckdb.wal", "case.duckdb.wal.checkpoint", "other/../case.duckdb.wal.recovery"];
        assert_eq!(own.map(is_own), [true; 4]);
        let others = ["other/case.duckdb", "case.duckdb.wal.json", "case.json", "wal", "."];
        assert_eq!(others.map(is_own), [false; 5]);
    }
}
