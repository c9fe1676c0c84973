//! Checks the log files: whether each file matches its entry in a digest, which files are missing, and which files are
//! not listed in any digest.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::chain::{CheckedDigest, Digests};
use super::digest::{ListedLog, file_name, without_suffix};
use super::files::{FileKind, InputFile};
use super::{CheckKind, FileCheck, Status};
use crate::event::Timestamp;
use crate::read::LogPath;

/// The only algorithm that CloudTrail uses for hashes.
const ALGORITHM: &str = "SHA-256";

/// How long after the time in its name a file may appear in a digest, in seconds. A file is reported as unlisted only
/// if digests also cover this time.
const MARGIN: i64 = 900;

const OTHER_CONTENT: &str = "the contents do not match the digest";
const OTHER_CONTENT_UNSURE: &str = "the contents do not match the digest; the digest itself could not be verified";
const ALTERED_DIGEST: &str = "listed in an altered digest";
const UNVERIFIED_DIGEST: &str = "the contents match, but the digest that lists the file could not be verified";
const UNKNOWN_ALGORITHM: &str = "listed with a hash algorithm other than SHA-256";
const MISSING: &str = "the digest lists it, but it is missing";
const MISSING_UNSURE: &str = "the digest lists it, but it is missing; the digest itself could not be verified";
const LISTED_BY_ALTERED: &str = "it is missing, and only an altered digest lists it";
const UNLISTED: &str = "no digest lists it, although digests cover its delivery time: it was added later, the backfill \
                        digest that lists it is missing, or a trail without validation delivered it";
const UNNAMED: &str = "no digest lists it, and it is among the log files but is not named like a CloudTrail log file";
const NOT_COVERED: &str = "no digest lists it, and no digest for the account and region covers its delivery time";
const NO_TIME: &str = "no digest lists it, and its name does not contain its delivery time";

/// Checks the log files that were found, and the log files that digests list.
pub(super) fn check_all(found: &[InputFile], digests: &Digests<'_>) -> Vec<FileCheck> {
    let entries = DigestEntries::of(digests);
    let coverage = digests.coverage();
    let mut present = HashSet::new();
    let mut checks = Vec::new();
    for file in found.iter().filter(|file| matches!(file.kind, FileKind::Log)) {
        let listed = entries.of_file(file);
        present.extend(listed.iter().map(|entry| (&entry.listed.s3_bucket, &entry.listed.s3_object)));
        checks.push(if listed.is_empty() {
            entries.of_content(file).map_or_else(|| check_unlisted(file, &coverage), |entry| check_renamed(file, entry))
        } else {
            check_listed(file, &listed)
        });
    }
    let missing = entries.by_object().into_iter().filter(|(object, _)| !present.contains(object));
    checks.extend(missing.map(|(_, by)| check_missing(&by)));
    checks
}

/// One log file, as listed in one digest.
#[derive(Debug, Clone, Copy)]
struct DigestEntry<'d> {
    listed: &'d ListedLog,
    digest: &'d CheckedDigest<'d>,
}

/// The entries in all digests.
struct DigestEntries<'d> {
    all: Vec<DigestEntry<'d>>,
    /// Indices in `all`, by the last part of the key without `.gz`.
    by_name: HashMap<&'d str, Vec<usize>>,
    /// Indices in `all` by hash, for digests that are not altered.
    by_hash: HashMap<&'d str, usize>,
}

impl<'d> DigestEntries<'d> {
    fn of(digests: &'d Digests<'_>) -> Self {
        let entries = digests
            .all
            .iter()
            .flat_map(|digest| digest.digest.listed().iter().map(move |listed| DigestEntry { listed, digest }));
        let all: Vec<DigestEntry<'d>> = entries.collect();
        let (mut by_name, mut by_hash) = (HashMap::<&str, Vec<usize>>::new(), HashMap::new());
        for (at, entry) in all.iter().enumerate() {
            by_name.entry(without_suffix(file_name(&entry.listed.s3_object), ".gz")).or_default().push(at);
            if entry.digest.status == Status::Verified {
                by_hash.insert(entry.listed.hash_value.as_str(), at);
            }
        }
        Self { all, by_name, by_hash }
    }

    /// The entries of a file: those whose keys have the longest common suffix with its path.
    fn of_file(&self, file: &InputFile) -> Vec<DigestEntry<'d>> {
        let named =
            self.by_name.get(without_suffix(file_name(&file.name), ".gz")).map(Vec::as_slice).unwrap_or_default();
        let shared = |at: &usize| shared(&file.name, &self.all[*at].listed.s3_object);
        let most = named.iter().map(shared).max();
        named.iter().filter(|at| Some(shared(at)) == most).map(|at| self.all[*at]).collect()
    }

    /// The entry with a file's hash in a verified digest, regardless of the name.
    fn of_content(&self, file: &InputFile) -> Option<DigestEntry<'d>> {
        let hash = file.content.as_ref().ok()?;
        self.by_hash.get(hash.as_str()).map(|at| self.all[*at])
    }

    fn by_object(&self) -> BTreeMap<(&'d String, &'d String), Vec<DigestEntry<'d>>> {
        let mut objects: BTreeMap<_, Vec<DigestEntry<'d>>> = BTreeMap::new();
        for entry in &self.all {
            objects.entry((&entry.listed.s3_bucket, &entry.listed.s3_object)).or_default().push(*entry);
        }
        objects
    }
}

/// The number of parent folders that a path and a key have in common at their ends, excluding the name.
fn shared(path: &str, key: &str) -> usize {
    let parts = |text: &str| text.rsplit('/').skip(1).map(str::to_owned).collect::<Vec<_>>();
    parts(path).iter().zip(&parts(key)).take_while(|(a, b)| a == b).count()
}

/// The check for a file that digests list. In nearly all cases, there is only one entry.
fn check_listed(file: &InputFile, entries: &[DigestEntry<'_>]) -> FileCheck {
    let checked = entries.iter().map(|entry| (status_of(file, *entry), *entry));
    // Entries in verified digests take precedence.
    let best = checked.min_by_key(|((status, _), entry)| {
        (*status != Status::Verified, entry.digest.status != Status::Verified, *status)
    });
    let Some(((status, detail), entry)) = best else {
        return FileCheck::new(CheckKind::LogFile, Status::Unverified, None);
    };
    FileCheck {
        file: Some(file.name.clone()),
        content_sha256: file.content.clone().ok(),
        sha256: file.sha256.clone(),
        ..of_entry(entry, status, detail)
    }
}

fn status_of(file: &InputFile, entry: DigestEntry<'_>) -> (Status, Option<String>) {
    let result = |status, detail: &str| (status, Some(detail.to_owned()));
    if entry.listed.hash_algorithm.as_deref().is_some_and(|named| named != ALGORITHM) {
        return result(Status::Unverified, UNKNOWN_ALGORITHM);
    }
    let digest = entry.digest.status;
    match &file.content {
        _ if digest == Status::Altered => result(Status::Unverified, ALTERED_DIGEST),
        // The file could not be read, so nothing is known about its contents.
        Err(cause) if file.sha256.is_none() => result(Status::Unverified, cause),
        Err(cause) => result(Status::Altered, cause),
        Ok(hash) if !hash.eq_ignore_ascii_case(&entry.listed.hash_value) => {
            result(Status::Altered, if digest == Status::Verified { OTHER_CONTENT } else { OTHER_CONTENT_UNSURE })
        }
        Ok(_) if digest == Status::Verified => (Status::Verified, None),
        Ok(_) => result(Status::Unverified, UNVERIFIED_DIGEST),
    }
}

/// A file whose name is not in any digest, but whose contents match an entry in a verified digest.
fn check_renamed(file: &InputFile, entry: DigestEntry<'_>) -> FileCheck {
    let detail = "identified by its contents; the digest lists it under a different name".to_owned();
    FileCheck {
        file: Some(file.name.clone()),
        content_sha256: file.content.clone().ok(),
        sha256: file.sha256.clone(),
        ..of_entry(entry, Status::Verified, Some(detail))
    }
}

fn check_missing(entries: &[DigestEntry<'_>]) -> FileCheck {
    let best = entries.iter().min_by_key(|entry| (entry.digest.status != Status::Verified, entry.digest.status));
    let Some(entry) = best else { return FileCheck::new(CheckKind::LogFile, Status::Unverified, None) };
    let (status, detail) = match entry.digest.status {
        Status::Verified => (Status::Missing, MISSING),
        Status::Altered => (Status::Unverified, LISTED_BY_ALTERED),
        _ => (Status::Missing, MISSING_UNSURE),
    };
    of_entry(*entry, status, Some(detail.to_owned()))
}

fn of_entry(entry: DigestEntry<'_>, status: Status, detail: Option<String>) -> FileCheck {
    FileCheck {
        s3_bucket: Some(entry.listed.s3_bucket.clone()),
        s3_object: Some(entry.listed.s3_object.clone()),
        digest: Some(entry.digest.digest.s3_object.clone()),
        expected_sha256: Some(entry.listed.hash_value.clone()),
        ..row_of_path(&entry.listed.s3_object, status, detail)
    }
}

/// A row with the account, region and time in a path.
fn row_of_path(path: &str, status: Status, detail: Option<String>) -> FileCheck {
    let place = LogPath::of(path);
    FileCheck {
        account_id: place.map(|place| place.account.to_owned()),
        region: place.map(|place| place.region.to_owned()),
        start_time: place.map(|place| place.from),
        ..FileCheck::new(CheckKind::LogFile, status, detail)
    }
}

/// A file that is not listed in any digest.
fn check_unlisted(file: &InputFile, coverage: &HashMap<(&str, &str), Vec<(Timestamp, Timestamp)>>) -> FileCheck {
    let (status, detail) = match LogPath::of(&file.name) {
        None => (Status::Unverified, NO_TIME),
        Some(place) => {
            let periods = coverage.get(&(place.account, place.region)).map(Vec::as_slice).unwrap_or_default();
            // The periods are in order and do not overlap, so that only one of them can contain the time.
            let to = place.to.plus_seconds(MARGIN);
            let last_started = periods[..periods.partition_point(|(start, _)| *start <= place.from)].last();
            let first_unfinished = periods[periods.partition_point(|(_, end)| *end <= place.from)..].first();
            match place.named {
                true if last_started.is_some_and(|(_, end)| to <= *end) => (Status::Unlisted, UNLISTED),
                false if first_unfinished.is_some_and(|(start, _)| *start < place.to) => (Status::Unlisted, UNNAMED),
                _ => (Status::Unverified, NOT_COVERED),
            }
        }
    };
    FileCheck {
        file: Some(file.name.clone()),
        content_sha256: file.content.clone().ok(),
        sha256: file.sha256.clone(),
        ..row_of_path(&file.name, status, Some(detail.to_owned()))
    }
}
