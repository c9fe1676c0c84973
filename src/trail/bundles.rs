//! Sources cut into runs: what one thread parses one after another, what is in memory at once.

use crate::read::Source;

/// The most files, and the most bytes as they are stored, that one thread parses one after another into shared batches.
pub const BUNDLE: (usize, u64) = (256, 512 << 10);

/// Cuts the sources into runs of so many files and bytes at most, in order. A file that is larger is a run of its own.
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
