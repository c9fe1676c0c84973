//! The walk from files to a case.
//!
//! Files are read and parsed in parallel while the ones before them are inserted, many files a transaction.
//! Then sign-ins are put into their sessions, sessions that changed are gathered anew, and those of the console are
//! mapped. The case is the same in whatever order, in however many loads and however often its files come. What was mapped
//! can be explained.

mod admit;
mod admitted;
mod explain;
mod known;
mod ledger;
mod map;
mod memory;
mod portion;
mod sift;
mod write;

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use thiserror::Error;

use self::memory::Memory;
use self::write::Writer;
use crate::batch::BatchError;
use crate::read::{self, Discovery};
use crate::rule::RuleSet;
use crate::store::{Case, StoreError};
use crate::trail;

pub use explain::{ExplainError, explain, same_rules};
pub use ledger::{Ledger, Problem};

/// What to load, and into which case.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Files, folders, globs, or `-`.
    pub inputs: Vec<String>,
    /// The case; it is made if it is new.
    pub case: PathBuf,
    /// Threads to work with; as many as there are cores if `None`.
    pub threads: Option<usize>,
    /// Bytes of memory to keep to, about; [`MEMORY`] if `None`.
    pub memory_limit: Option<u64>,
    /// Where what does not fit into memory goes; beside the case if `None`.
    pub temp_dir: Option<PathBuf>,
}

/// The memory that a load keeps to unless it is told otherwise, in bytes.
pub const MEMORY: u64 = 1 << 30;

/// A part of the work, in order.
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

/// Is told how far the work is. Every method does nothing unless it is given.
pub trait Progress: Sync {
    /// So many files, of so many bytes as they are stored, are to be loaded.
    fn start(&self, _files: u64, _bytes: u64) {}
    /// A file of so many bytes is done, and gave the case so many new events.
    fn file(&self, _bytes: u64, _events: u64) {}
    /// A part of the work begins.
    fn phase(&self, _phase: Phase) {}
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {}

/// Why a load stopped. What was committed before is in the case, and the next load goes on from there.
#[derive(Debug, Error)]
pub enum LoadError {
    /// None of the inputs has a file. No case was made.
    #[error("there is nothing to load: {0}")]
    NoInput(String),
    /// The case could not be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows could not be turned into batches.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The threads could not be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Loads the inputs into the case, maps what changed, and says what happened.
///
/// # Errors
/// [`LoadError`]; a file that cannot be read or is refused is none, but a problem in the ledger.
pub fn load(options: &LoadOptions, rules: &RuleSet, progress: &dyn Progress) -> Result<Ledger, LoadError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).build()?;
    let memory = Memory(options.memory_limit.unwrap_or(MEMORY));
    let (found, case) = begin(options, memory)?;
    let mut ledger = Ledger::default();
    found.problems.iter().for_each(|problem| ledger.failed(problem.to_string()));
    progress.phase(Phase::Reading);
    progress.start(found.sources.len() as u64, found.sources.iter().map(read::Source::size).sum());
    let files = known::Files::of(&case)?;
    let sifted = sift::sift(found.sources, &files, &threads);
    skip(&sifted.known, progress, &mut ledger);
    let portions = trail::cut(sifted.rest, memory.portion());
    let writer = Writer::new(&case, files.clone(), memory, &mut ledger)?;
    portion::load_all(writer, portions, &files, &threads, progress)?;
    map::map_changed(&case, rules, &threads, progress)?;
    progress.phase(Phase::Finishing);
    case.checkpoint()?;
    ledger.case = case.totals()?;
    Ok(ledger)
}

/// Finds what is to be loaded, and opens the case. One that is there is opened meanwhile; a new one is made only if there
/// is something to load.
fn begin(options: &LoadOptions, memory: Memory) -> Result<(Discovery, Case), LoadError> {
    if !options.case.exists() {
        return Ok((find(options)?, open(options, memory)?));
    }
    thread::scope(|scope| {
        let finding = scope.spawn(|| find(options));
        let case = open(options, memory);
        let found = finding.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok((found, case?))
    })
}

/// Finds the files that are to be loaded: at least one.
fn find(options: &LoadOptions) -> Result<Discovery, LoadError> {
    let mut found = read::discover(&options.inputs);
    found.sources.retain(|source| !is_case(&source.name, &options.case));
    if found.sources.is_empty() { Err(LoadError::NoInput(causes(&found.problems))) } else { Ok(found) }
}

/// Accounts for files that were loaded whole before.
fn skip(known: &[read::Source], progress: &dyn Progress, ledger: &mut Ledger) {
    ledger.files_seen += known.len() as u64;
    ledger.files_skipped += known.len() as u64;
    for source in known {
        progress.file(source.size(), 0);
    }
}

/// Opens the case.
fn open(options: &LoadOptions, memory: Memory) -> Result<Case, StoreError> {
    let case = Case::open(&options.case)?;
    case.defer_checkpoints()?;
    case.set_memory(memory.of_duckdb())?;
    options.threads.map_or(Ok(()), |count| case.set_threads(count))?;
    options.temp_dir.as_deref().map_or(Ok(()), |folder| case.set_temp_dir(folder))?;
    Ok(case)
}

/// Whether the file is the case itself, or DuckDB's log beside it: a case often lies in the folder that is loaded.
fn is_case(name: &str, case: &Path) -> bool {
    let name = Path::new(name.strip_suffix(".wal").unwrap_or(name));
    name.file_name() == case.file_name()
        && name.canonicalize().is_ok_and(|name| case.canonicalize().is_ok_and(|case| case == name))
}

fn causes(problems: &[read::ReadError]) -> String {
    if problems.is_empty() {
        return "no files in there".to_owned();
    }
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
