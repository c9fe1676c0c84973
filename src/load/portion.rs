//! Portions of files: one is parsed by all threads while the one before it is inserted.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::known::Files;
use super::write::Writer;
use super::{LoadError, Progress};
use crate::batch::BatchError;
use crate::read::Source;
use crate::trail::{BUNDLE, Filter, ParsedFiles, Reading, cut, parse};

/// What came of a run of files.
pub(super) type Portion = Result<Vec<ParsedFiles>, BatchError>;

/// Loads what the filter wants of every portion, in order, into the writer's case, which has those files.
///
/// # Errors
/// If the case cannot be written; portions before that stay.
pub(super) fn load_all(
    mut writer: Writer<'_>,
    portions: Vec<Vec<Source>>,
    (loaded, reading, filter): (&Files, Reading, &Filter),
    threads: &ThreadPool,
    progress: &dyn Progress,
) -> Result<(), LoadError> {
    let (sender, receiver) = bounded(1);
    thread::scope(|scope| {
        scope.spawn(move || threads.install(|| parse_all(portions, loaded, (reading, filter), &sender)));
        write_all(&mut writer, receiver, progress)
    })
}

fn parse_all(
    portions: Vec<Vec<Source>>,
    loaded: &Files,
    (reading, filter): (Reading, &Filter),
    sender: &Sender<Portion>,
) {
    let is_known = |sha256: &str, name: &str| loaded.have(sha256, name);
    for portion in portions {
        let parsed = cut(portion, BUNDLE).into_par_iter().map(|bundle| parse(bundle, reading, &is_known, filter));
        if sender.send(parsed.collect()).is_err() {
            return;
        }
    }
}

/// Takes the receiver, so that an error drops it and thereby stops the thread that parses.
#[expect(clippy::needless_pass_by_value, reason = "see above")]
fn write_all(writer: &mut Writer<'_>, receiver: Receiver<Portion>, progress: &dyn Progress) -> Result<(), LoadError> {
    while writer.write(&mut receiver.iter(), progress)? {}
    Ok(())
}
