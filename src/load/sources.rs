//! Files that were loaded whole before, set aside before anything else is done: of a folder that is loaded again they
//! are nearly all, and what is left makes few portions.

use rayon::ThreadPool;
use rayon::prelude::*;

use super::known::Files;
use crate::read::{self, Source};

/// Sources, by whether the case has them.
#[derive(Debug, Default)]
pub(super) struct SortedSources {
    /// Those that were loaded whole before, and have not changed since.
    pub(super) known: Vec<Source>,
    /// All others, in order.
    pub(super) rest: Vec<Source>,
}

/// Sets those sources aside that are the very files they were, or else have names and bytes that the case knows.
pub(super) fn sort_sources(sources: Vec<Source>, files: &Files, threads: &ThreadPool) -> SortedSources {
    let is_known = |source: &Source| files.stamped(source) || is_same(source, files);
    let (known, rest) = threads.install(|| sources.into_par_iter().partition(is_known));
    SortedSources { known, rest }
}

/// Whether the file's bytes are those that were loaded by its name.
fn is_same(source: &Source, files: &Files) -> bool {
    files.named(&source.name)
        && source.is_lasting()
        && read::fetch(source).is_ok_and(|stored| files.have(&stored.sha256, &source.name))
}
