//! Portions of files: one is parsed by all threads while the one before it is appended.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::known::Files;
use super::parse::{Outcome, parse};
use super::write::Writer;
use super::{Ledger, LoadError, Progress};
use crate::batch::BatchError;
use crate::read::Source;
use crate::store::Case;

/// The most files in a portion.
const MAX_FILES: usize = 512;
/// The most bytes in a portion, as they are stored: text is ten to twenty times as much, and three portions are in
/// memory at once. A file that is larger is a portion of its own.
const MAX_BYTES: u64 = 8 << 20;

/// One source, and what came of it.
pub(super) type Done = (Source, Outcome);
type Portion = Result<Vec<Done>, BatchError>;

/// Loads every source, in order.
///
/// # Errors
/// If the case cannot be written; portions before that stay.
pub(super) fn load_all(
    case: &Case,
    sources: Vec<Source>,
    threads: &ThreadPool,
    progress: &dyn Progress,
    ledger: &mut Ledger,
) -> Result<(), LoadError> {
    let loaded = Files::of(case)?;
    let mut writer = Writer::new(case, loaded.clone(), ledger)?;
    let (sender, receiver) = bounded(1);
    thread::scope(|scope| {
        scope.spawn(move || threads.install(|| parse_all(sources, &loaded, &sender)));
        write_all(&mut writer, receiver, progress)
    })
}

fn parse_all(sources: Vec<Source>, loaded: &Files, sender: &Sender<Portion>) {
    for portion in portions(sources) {
        let parsed = portion.into_par_iter().map(|source| parse(&source, loaded).map(|outcome| (source, outcome)));
        if sender.send(parsed.collect()).is_err() {
            return;
        }
    }
}

/// Takes the receiver, so that an error drops it and thereby stops the thread that parses.
#[expect(clippy::needless_pass_by_value, reason = "see above")]
fn write_all(writer: &mut Writer<'_>, receiver: Receiver<Portion>, progress: &dyn Progress) -> Result<(), LoadError> {
    receiver.iter().try_for_each(|portion| writer.write(portion?, progress))
}

/// Cuts the sources into portions, in order.
fn portions(sources: Vec<Source>) -> Vec<Vec<Source>> {
    let mut portions: Vec<Vec<Source>> = Vec::new();
    let mut bytes = 0;
    for source in sources {
        bytes += source.size();
        match portions.last_mut() {
            Some(portion) if portion.len() < MAX_FILES && bytes <= MAX_BYTES => portion.push(source),
            _ => {
                bytes = source.size();
                portions.push(vec![source]);
            }
        }
    }
    portions
}
