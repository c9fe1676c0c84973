//! Checks the digests: whether their signatures match, whether any are missing, and which periods they cover.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::digest::{Chain, Digest, Metadata, S3Location, file_name, without_suffix};
use super::files::{self, FileKind, InputFile};
use super::keys::{Keys, SignatureCheck};
use super::{CheckKind, FileCheck, Status};
use crate::event::Timestamp;

/// The only algorithm that CloudTrail uses for signatures.
const ALGORITHM: &str = "SHA256withRSA";

pub(super) const NO_SIGNATURE: &str =
    "the signature is not available offline, because S3 keeps it in the object's metadata";
const NO_KEYS: &str = "no public keys were given, so the signature was not checked";
const NO_KEY: &str =
    "none of the given public keys has the fingerprint stated in the digest, so the signature was not checked";
const OUT_OF_TIME: &str = "the signature matches a public key that was not valid at that time";
const UNKNOWN_ALGORITHM: &str = "signed with an algorithm other than SHA256withRSA";
const SIGNATURE_FROM_ALTERED: &str = "the signature is known only from the next digest, which is altered";
const KEY_MISMATCH: &str = "the contents match the next digest, but the signature does not match the public key with the \
                            fingerprint in the digest";
const SIGNATURE_MISMATCH: &str =
    "the signature does not match the contents and the public key with the fingerprint in the digest";
const THIS_OR_NEXT_ALTERED: &str = "the signature in the next digest does not match: either this digest or the next \
                                    one, which could not be verified, was altered";
const OTHER_HASH: &str = "the contents do not match the next digest";
const OTHER_HASH_UNSURE: &str = "the contents do not match the next digest: either this digest or the next one, \
                                 which could not be verified, was altered";
const VERIFIED_BY_HASH: &str = "verified by its hash in the next digest; its own signature was not checked";
const OTHER_NAME: &str = "the file name differs from the name in the digest";
const MISSING: &str = "the next digest names it, but it is missing";
const BEFORE_FIRST: &str =
    "the oldest digest provided names it as its predecessor, so the start of the chain was not checked";
const NAMED_BY_ALTERED: &str = "it is missing, and only an altered digest names it";
const CHAIN_RESTARTED: &str = "no digest covers this time; a new chain starts afterward, which happens when logging or \
                               validation is turned off and on again";
const PERIOD_SKIPPED: &str =
    "no digest covers this time, but the next digest names the digest before this gap as its predecessor";

/// All digests that were found, with their check results.
#[derive(Debug)]
pub(super) struct Digests<'f> {
    pub(super) all: Vec<CheckedDigest<'f>>,
    places: HashMap<S3Location, Vec<usize>>,
    /// The files that are named like digests and cannot be read as digests, with the cause.
    broken: Vec<(&'f InputFile, &'f str)>,
}

/// One digest.
#[derive(Debug)]
pub(super) struct CheckedDigest<'f> {
    found: &'f InputFile,
    pub(super) digest: &'f Digest,
    chain: Chain,
    pub(super) status: Status,
    detail: Option<&'static str>,
    period: (Timestamp, Timestamp),
    metadata: Option<&'f Metadata>,
    /// The digests that name it as their predecessor.
    successors: Vec<usize>,
}

/// Checks the digests among these files.
pub(super) fn check_all<'f>(found: &'f [InputFile], keys: &Keys) -> Digests<'f> {
    let metadata = files::metadata(found);
    let all: Vec<CheckedDigest<'f>> = found.iter().filter_map(|found| CheckedDigest::new(found, &metadata)).collect();
    let cause = |found: &'f InputFile| match &found.kind {
        FileKind::Broken(cause) => Some((found, cause.as_str())),
        _ => None,
    };
    let broken = found.iter().filter_map(cause).collect();
    let mut digests = Digests { all, places: HashMap::new(), broken };
    digests.link();
    for at in digests.newest_first() {
        let (status, detail) = digests.status_of(at, keys);
        (digests.all[at].status, digests.all[at].detail) = (status, detail);
    }
    digests
}

impl<'f> CheckedDigest<'f> {
    fn new(found: &'f InputFile, metadata: &HashMap<&str, &'f Metadata>) -> Option<Self> {
        let FileKind::Digest(digest) = &found.kind else { return None };
        Some(Self {
            found,
            digest,
            chain: Chain::of(&digest.s3_object),
            status: Status::Unverified,
            detail: None,
            period: digest.period().unwrap_or_default(),
            metadata: metadata.get(found.name.as_str()).copied(),
            successors: Vec::new(),
        })
    }

    fn content(&self) -> &str {
        self.found.content.as_deref().unwrap_or_default()
    }

    /// The time at which it was signed, if known.
    fn signed_at(&self) -> Option<Timestamp> {
        if self.chain.backfill { self.metadata.and_then(|metadata| metadata.generated) } else { Some(self.period.1) }
    }

    fn is_renamed(&self) -> bool {
        unpacked_name(&self.found.name) != unpacked_name(&self.digest.s3_object)
    }

    fn states(&self, content_sha256: &str) -> bool {
        self.digest.previous_digest_hash_value.as_deref().is_some_and(|hash| hash.eq_ignore_ascii_case(content_sha256))
    }
}

impl Digests<'_> {
    /// Determines the successors of each digest, which name it as their predecessor.
    fn link(&mut self) {
        for (at, checked) in self.all.iter().enumerate() {
            self.places.entry(checked.digest.place()).or_default().push(at);
        }
        for at in 0..self.all.len() {
            for predecessor in self.predecessors(at) {
                self.all[predecessor].successors.push(at);
            }
        }
    }

    /// The predecessors of a digest: none if it is missing, several if there are copies.
    fn predecessors(&self, at: usize) -> Vec<usize> {
        let previous = self.all[at].digest.previous();
        previous.and_then(|place| self.places.get(&place).cloned()).unwrap_or_default()
    }

    /// The indices of all digests, with each digest after its successors. Digests that refer to each other in a cycle
    /// come last.
    fn newest_first(&self) -> Vec<usize> {
        let mut remaining: Vec<usize> = self.all.iter().map(|checked| checked.successors.len()).collect();
        let mut ready: VecDeque<usize> = (0..remaining.len()).filter(|at| remaining[*at] == 0).collect();
        let mut order = Vec::with_capacity(remaining.len());
        while let Some(at) = ready.pop_front() {
            order.push(at);
            for predecessor in self.predecessors(at) {
                remaining[predecessor] -= 1;
                if remaining[predecessor] == 0 {
                    ready.push_back(predecessor);
                }
            }
        }
        let cycle = (0..remaining.len()).filter(|at| remaining[*at] > 0);
        order.extend(cycle);
        order
    }

    fn status_of(&self, at: usize, keys: &Keys) -> (Status, Option<&'static str>) {
        let checked = &self.all[at];
        if checked.digest.signature_algorithm.as_deref().is_some_and(|named| named != ALGORITHM) {
            return (Status::Unverified, Some(UNKNOWN_ALGORITHM));
        }
        let signed = self.signed(at, keys);
        let has = |wanted: SignatureCheck| signed.iter().any(|(found, _)| *found == wanted);
        let hash = |status: Status, same: bool| {
            checked.successors.iter().any(|successor| {
                self.all[*successor].status == status && self.all[*successor].states(checked.content()) == same
            })
        };
        let is_mismatch = |by: Status| signed.contains(&(SignatureCheck::Mismatch, by));
        match () {
            () if has(SignatureCheck::Matches) => (Status::Verified, checked.is_renamed().then_some(OTHER_NAME)),
            () if hash(Status::Verified, true) && has(SignatureCheck::Mismatch) => {
                (Status::Unverified, Some(KEY_MISMATCH))
            }
            () if hash(Status::Verified, true) => (Status::Verified, Some(VERIFIED_BY_HASH)),
            () if hash(Status::Verified, false) => (Status::Altered, Some(OTHER_HASH)),
            () if has(SignatureCheck::OutOfTime) => (Status::Unverified, Some(OUT_OF_TIME)),
            () if is_mismatch(Status::Verified) => (Status::Altered, Some(SIGNATURE_MISMATCH)),
            () if is_mismatch(Status::Unverified) => (Status::Altered, Some(THIS_OR_NEXT_ALTERED)),
            () if has(SignatureCheck::Mismatch) => (Status::Unverified, Some(SIGNATURE_FROM_ALTERED)),
            () if hash(Status::Unverified, false) => (Status::Altered, Some(OTHER_HASH_UNSURE)),
            () if signed.is_empty() => (Status::Unverified, Some(NO_SIGNATURE)),
            () if keys.is_empty() => (Status::Unverified, Some(NO_KEYS)),
            () => (Status::Unverified, Some(NO_KEY)),
        }
    }

    /// The results of checking each known signature, with the status of the digest that contains the signature. A
    /// signature in the metadata counts as verified.
    fn signed(&self, at: usize, keys: &Keys) -> Vec<(SignatureCheck, Status)> {
        let checked = &self.all[at];
        let text = checked.digest.signed_text(checked.content());
        let own = checked.metadata.map(|metadata| (metadata.signature.as_str(), Status::Verified));
        let from_successors = checked.successors.iter().filter_map(|successor| {
            let successor = &self.all[*successor];
            Some((successor.digest.previous_digest_signature.as_deref()?, successor.status))
        });
        let fingerprint = &checked.digest.key_fingerprint;
        let check = |(signature, by)| (keys.check(fingerprint, &text, signature, checked.signed_at()), by);
        own.into_iter().chain(from_successors).map(check).collect()
    }

    /// One row for each digest, for each missing digest, and for each gap.
    pub(super) fn checks(&self) -> Vec<FileCheck> {
        let mut checks: Vec<FileCheck> = self.all.iter().map(|checked| self.check(checked)).collect();
        checks.extend(self.broken());
        checks.extend(self.missing());
        checks.extend(self.gaps());
        checks
    }

    fn check(&self, checked: &CheckedDigest<'_>) -> FileCheck {
        let successor = checked.successors.first().map(|successor| self.all[*successor].digest);
        FileCheck {
            file: Some(checked.found.name.clone()),
            s3_bucket: Some(checked.digest.s3_bucket.clone()),
            s3_object: Some(checked.digest.s3_object.clone()),
            digest: successor.map(|successor| successor.s3_object.clone()),
            start_time: Some(checked.period.0),
            end_time: Some(checked.period.1),
            expected_sha256: successor.and_then(|successor| successor.previous_digest_hash_value.clone()),
            content_sha256: Some(checked.content().to_owned()),
            sha256: checked.found.sha256.clone(),
            key_fingerprint: Some(checked.digest.key_fingerprint.clone()),
            ..of_chain(&checked.chain, checked.status, checked.detail.map(str::to_owned))
        }
    }

    /// The files that are named like digests and cannot be read as digests.
    fn broken(&self) -> Vec<FileCheck> {
        let mut named: HashMap<String, &CheckedDigest<'_>> = HashMap::new();
        for checked in &self.all {
            if let Some(place) = checked.digest.previous() {
                named.entry(unpacked_name(&place.object).to_owned()).or_insert(checked);
            }
        }
        let check = |(found, cause): &(&InputFile, &str)| {
            Self::broken_file(found, cause, named.get(unpacked_name(&found.name)).copied())
        };
        self.broken.iter().map(check).collect()
    }

    /// The row for a file that cannot be read as a digest, which another digest may name.
    fn broken_file(found: &InputFile, cause: &str, named: Option<&CheckedDigest<'_>>) -> FileCheck {
        let place = named.and_then(|successor| successor.digest.previous());
        let detail = format!("it is named like a digest, but cannot be read as a digest: {cause}");
        FileCheck {
            file: Some(found.name.clone()),
            s3_bucket: place.as_ref().map(|place| place.bucket.clone()),
            s3_object: place.map(|place| place.object),
            digest: named.map(|successor| successor.digest.s3_object.clone()),
            expected_sha256: named.and_then(|successor| successor.digest.previous_digest_hash_value.clone()),
            content_sha256: found.content.clone().ok(),
            sha256: found.sha256.clone(),
            ..of_chain(&Chain::of(&found.name), Status::Altered, Some(detail))
        }
    }

    /// The missing digests that other digests name as their predecessor.
    fn missing(&self) -> Vec<FileCheck> {
        let broken: HashSet<&str> = self.broken.iter().map(|(found, _)| unpacked_name(&found.name)).collect();
        let mut named: BTreeMap<S3Location, Vec<&CheckedDigest<'_>>> = BTreeMap::new();
        let mut ends: BTreeMap<&Chain, Vec<Timestamp>> = BTreeMap::new();
        for checked in &self.all {
            let is_missing =
                |place: &S3Location| !self.places.contains_key(place) && !broken.contains(unpacked_name(&place.object));
            if let Some(place) = checked.digest.previous().filter(is_missing) {
                named.entry(place).or_default().push(checked);
            }
            ends.entry(&checked.chain).or_default().push(checked.period.1);
        }
        for ends in ends.values_mut() {
            ends.sort_unstable();
        }
        let row = |(place, by): (S3Location, Vec<_>)| {
            let chain = Chain::of(&place.object);
            let ends = ends.get(&chain).map(Vec::as_slice).unwrap_or_default();
            Self::missing_digest(place, &chain, &by, ends)
        };
        named.into_iter().map(row).collect()
    }

    /// The row for a missing digest that these digests name. `ends` is when the digests of its chain end, in order.
    fn missing_digest(place: S3Location, chain: &Chain, by: &[&CheckedDigest<'_>], ends: &[Timestamp]) -> FileCheck {
        let successor =
            by.iter().min_by_key(|successor| (successor.status == Status::Altered, successor.period)).copied();
        let previous_end = successor
            .and_then(|successor| ends[..ends.partition_point(|end| *end <= successor.period.0)].last().copied());
        let (status, detail) = match previous_end {
            _ if by.iter().all(|successor| successor.status == Status::Altered) => {
                (Status::Unverified, NAMED_BY_ALTERED)
            }
            Some(_) => (Status::Missing, MISSING),
            None => (Status::Unverified, BEFORE_FIRST),
        };
        FileCheck {
            s3_bucket: Some(place.bucket),
            s3_object: Some(place.object),
            digest: successor.map(|successor| successor.digest.s3_object.clone()),
            start_time: previous_end.filter(|_| !chain.backfill),
            end_time: successor.filter(|_| !chain.backfill).map(|successor| successor.period.0),
            expected_sha256: successor.and_then(|successor| successor.digest.previous_digest_hash_value.clone()),
            ..of_chain(chain, status, Some(detail.to_owned()))
        }
    }

    /// The periods between two digests in a chain that no digest covers, except for the periods of missing digests.
    fn gaps(&self) -> Vec<FileCheck> {
        let mut gaps = Vec::new();
        for (chain, digests) in self.chains() {
            let mut covered: Option<Timestamp> = None;
            for checked in digests {
                let (start, end) = checked.period;
                let previous = checked.digest.previous();
                let is_there = previous.as_ref().is_none_or(|place| self.places.contains_key(place));
                if let Some(from) = covered.filter(|covered| *covered < start && is_there) {
                    let detail = if previous.is_none() { CHAIN_RESTARTED } else { PERIOD_SKIPPED };
                    gaps.push(FileCheck {
                        kind: CheckKind::Gap,
                        digest: Some(checked.digest.s3_object.clone()),
                        start_time: Some(from),
                        end_time: Some(start),
                        ..of_chain(chain, Status::Unverified, Some(detail.to_owned()))
                    });
                }
                covered = covered.max(Some(end));
            }
        }
        gaps
    }

    /// The digests in each chain, in order of time. Backfill digests are omitted, because their periods are not
    /// consecutive.
    fn chains(&self) -> BTreeMap<&Chain, Vec<&CheckedDigest<'_>>> {
        let mut chains: BTreeMap<&Chain, Vec<&CheckedDigest<'_>>> = BTreeMap::new();
        for checked in self.all.iter().filter(|checked| !checked.chain.backfill) {
            chains.entry(&checked.chain).or_default().push(checked);
        }
        for digests in chains.values_mut() {
            digests.sort_by_key(|checked| checked.period);
        }
        chains
    }

    /// The periods that digests cover, by account and region, sorted and merged. Altered digests are ignored.
    pub(super) fn coverage(&self) -> HashMap<(&str, &str), Vec<(Timestamp, Timestamp)>> {
        let mut coverage: HashMap<(&str, &str), Vec<(Timestamp, Timestamp)>> = HashMap::new();
        for (chain, digests) in self.chains() {
            let periods = coverage.entry((&chain.account, &chain.region)).or_default();
            periods.extend(
                digests.iter().filter(|checked| checked.status != Status::Altered).map(|checked| checked.period),
            );
        }
        for periods in coverage.values_mut() {
            *periods = merged_periods(std::mem::take(periods));
        }
        coverage
    }
}

/// Merges periods that touch or overlap.
fn merged_periods(mut periods: Vec<(Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    periods.sort_unstable();
    let mut merged_periods: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (start, end) in periods {
        match merged_periods.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => merged_periods.push((start, end)),
        }
    }
    merged_periods
}

/// The name of a file or an S3 object, without its folder and without `.gz`.
fn unpacked_name(path: &str) -> &str {
    without_suffix(file_name(path), ".gz")
}

/// A row for a digest in this chain.
fn of_chain(chain: &Chain, status: Status, detail: Option<String>) -> FileCheck {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FileCheck {
        account_id: text(&chain.account),
        region: text(&chain.region),
        trail: text(&chain.trail),
        ..FileCheck::new(if chain.backfill { CheckKind::Backfill } else { CheckKind::Digest }, status, detail)
    }
}
