//! Portions of files: one is parsed by all threads while the one before it is inserted.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::known::Files;
use super::write::Writer;
use super::{LoadError, Progress};
use crate::batch::BatchError;
use crate::read::{Room, Source};
use crate::trail::{BUNDLE, Filter, Outcome, ParsedFiles, Reading, cut, parse};

/// What came of a run of files.
pub(super) type Portion = Result<Vec<ParsedFiles>, BatchError>;

/// Loads what the filter wants of every portion, in order, into the writer's case, which has those files.
///
/// # Errors
/// If the case cannot be written; portions before that stay.
pub(super) fn load_all(
    mut writer: Writer<'_>,
    portions: Vec<Vec<Source>>,
    (loaded, reading, filter, room): (&Files, Reading, &Filter, u64),
    threads: &ThreadPool,
    progress: &dyn Progress,
) -> Result<(), LoadError> {
    let (sender, receiver) = bounded(1);
    thread::scope(|scope| {
        scope.spawn(move || threads.install(|| parse_all(portions, loaded, (reading, filter, room), &sender)));
        write_all(&mut writer, receiver, progress)
    })
}

fn parse_all(
    portions: Vec<Vec<Source>>,
    loaded: &Files,
    (reading, filter, room): (Reading, &Filter, u64),
    sender: &Sender<Portion>,
) {
    let is_known = |sha256: &str, name: &str| loaded.have(sha256, name);
    for portion in portions {
        // A file that is a portion by itself may take what one file may.
        let room = Room::new(if portion.len() > 1 { room } else { reading.max_text });
        let bundles = cut(portion, BUNDLE).into_par_iter();
        let parsed = bundles.map(|bundle| parse(bundle, reading, &is_known, filter, &room)).collect();
        let alone = |source| parse(vec![source], reading, &is_known, filter, &Room::new(reading.max_text));
        if sender.send(again(parsed, alone)).is_err() {
            return;
        }
    }
}

/// Reads the files for which there was no room beside others again, one after another. One that finds none by itself
/// either has failed.
fn again(portion: Portion, alone: impl Fn(Source) -> Result<ParsedFiles, BatchError>) -> Portion {
    let mut all = Vec::new();
    for mut bundle in portion? {
        let is_waiting = |(_, outcome): &mut (Source, Outcome)| matches!(outcome, Outcome::NoRoom(_));
        let waiting: Vec<_> = bundle.files.extract_if(.., is_waiting).collect();
        all.push(bundle);
        for (source, _) in waiting {
            let mut parsed = alone(source)?;
            for (_, outcome) in &mut parsed.files {
                if let Outcome::NoRoom(cause) = outcome {
                    *outcome = Outcome::Failed(std::mem::take(cause));
                }
            }
            all.push(parsed);
        }
    }
    Ok(all)
}

/// Takes the receiver, so that an error drops it and thereby stops the thread that parses.
#[expect(clippy::needless_pass_by_value, reason = "see above")]
fn write_all(writer: &mut Writer<'_>, receiver: Receiver<Portion>, progress: &dyn Progress) -> Result<(), LoadError> {
    while writer.write(&mut receiver.iter(), progress)? {}
    Ok(())
}
