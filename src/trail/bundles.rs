//! Splits sources into runs: files that one thread parses consecutively, and that are in memory at the same time.

use crate::read::Source;

/// The maximum number of files and of stored bytes that one thread parses into shared batches.
pub const BUNDLE: (usize, u64) = (256, 512 << 10);

/// Splits the sources into runs of at most this many files and bytes, in order. A larger file is a run of its own.
#[must_use]
pub fn cut(sources: Vec<Source>, (files, most): (usize, u64)) -> Vec<Vec<Source>> {
    let mut runs: Vec<Vec<Source>> = Vec::new();
    let mut bytes = 0;
    for source in sources {
        bytes += source.size();
        match runs.last_mut() {
            Some(run) if run.len() < files && bytes <= most => run.push(source),
            _ => {
                bytes = source.size();
                runs.push(vec![source]);
            }
        }
    }
    runs
}
