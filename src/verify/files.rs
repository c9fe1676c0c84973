//! Hashes and identifies the input files.

use std::collections::HashMap;

use rayon::prelude::*;

use super::digest::{self, Digest, Metadata};
use crate::digest::sha256;
use crate::read::{self, Document, LogPath, ReadError, Source};

/// The maximum size of a file that is read even if it does not have a CloudTrail file name, in bytes.
const MAX_OTHER: u64 = 1 << 30;

/// One file.
#[derive(Debug)]
pub(super) struct InputFile {
    /// Its name in the input.
    pub(super) name: String,
    /// The hash of its bytes; `None` if they could not be read.
    pub(super) sha256: Option<String>,
    /// The hash of its uncompressed contents, or the error.
    pub(super) content: Result<String, String>,
    pub(super) kind: FileKind,
}

/// The kind of a file.
#[derive(Debug)]
pub(super) enum FileKind {
    /// A digest file.
    Digest(Box<Digest>),
    /// A file that is named like a digest but cannot be parsed as one.
    Broken(String),
    /// A log file, identified by its path or by its records.
    Log,
    /// The metadata of the digest file with this name.
    Metadata(String, Metadata),
    /// Any other file.
    Other,
}

/// Reads and hashes all input files.
pub(super) fn read_all(inputs: &[String]) -> (Vec<InputFile>, Vec<ReadError>) {
    let found = read::discover(inputs);
    (found.sources.par_iter().map(inspect).collect(), found.problems)
}

/// The metadata of digest files, by digest file name.
pub(super) fn metadata(found: &[InputFile]) -> HashMap<&str, &Metadata> {
    let mut all = HashMap::new();
    for file in found {
        if let FileKind::Metadata(of, metadata) = &file.kind {
            all.insert(of.as_str(), metadata);
        }
    }
    all
}

fn inspect(source: &Source) -> InputFile {
    let name = source.name.clone();
    let is_named = digest::has_digest_name(&name) || LogPath::of(&name).is_some();
    if source.size() > MAX_OTHER && !is_named {
        return InputFile { name, sha256: None, content: Err("it is too large".to_owned()), kind: FileKind::Other };
    }
    let stored = match read::fetch(source) {
        Ok(stored) => stored,
        Err(error) => return unreadable(name, &error),
    };
    let content = stored.content();
    let kind = match &content {
        Ok(content) => identify(&name, content),
        Err(cause) => kind_by_name(&name, cause),
    };
    let content = content.map(|content| sha256(&content));
    InputFile { name, content, kind, sha256: Some(stored.sha256) }
}

fn unreadable(name: String, error: &ReadError) -> InputFile {
    let cause = match error {
        ReadError::Read { cause, .. } => format!("cannot be read: {cause}"),
        other => other.to_string(),
    };
    let kind = kind_by_name(&name, &cause);
    InputFile { name, sha256: None, content: Err(cause), kind }
}

/// The kind of a file whose contents cannot be read, based only on its name.
fn kind_by_name(name: &str, cause: &str) -> FileKind {
    if digest::has_digest_name(name) {
        FileKind::Broken(cause.to_owned())
    } else if LogPath::of(name).is_some() {
        FileKind::Log
    } else {
        FileKind::Other
    }
}

fn identify(name: &str, content: &[u8]) -> FileKind {
    if let Some(of) = name.strip_suffix(Metadata::ENDING) {
        return Metadata::read(content).map_or(FileKind::Other, |metadata| FileKind::Metadata(of.to_owned(), metadata));
    }
    if digest::has_digest_name(name) || digest::is_digest(content) {
        return match Digest::read(content) {
            Ok(digest) => FileKind::Digest(Box::new(digest)),
            Err(cause) => FileKind::Broken(cause),
        };
    }
    if LogPath::of(name).is_some() || holds_records(name, content) { FileKind::Log } else { FileKind::Other }
}

/// Whether `load` would read records from the file.
fn holds_records(name: &str, content: &[u8]) -> bool {
    let document = Document { name: name.to_owned(), text: content.to_vec() };
    read::split(&document).is_ok_and(|split| split.records.iter().any(Result::is_ok))
}
