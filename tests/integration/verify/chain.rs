//! Digests: altered or removed ones, and new chains.

use cartographer::digest::sha256;
use cartographer::event::Timestamp;
use cartographer::verify::{CheckKind, Status};
use chrono::{DateTime, Utc};

use crate::verify::trail::{Draft, Pair, Trail, gzip, hour, log, log_key};

const NO_SIGNATURE: &str = "the signature is not available offline, because S3 keeps it in the object's metadata";

fn stamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp(time.timestamp_micros())
}

#[test]
fn newest_digest_is_not_verified_without_metadata() {
    let trail = Trail::new(3, 2);
    let newest = trail.digests[2].clone();
    trail.remove(&format!("{}.metadata.json", newest.key));
    let outcome = trail.verify();
    assert_eq!(outcome.status_and_detail(&newest.key), (Status::Unverified, NO_SIGNATURE));
    assert!(outcome.check_of(&newest.key).needs_signature());
    for key in &newest.logs {
        let (status, detail) = outcome.status_and_detail(key);
        assert_eq!((status, detail.starts_with("the contents match, but")), (Status::Unverified, true));
    }
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 4);
    assert_eq!(outcome.0.count(CheckKind::Digest, Status::Verified), 2);
    assert!(!outcome.0.has_failed() && outcome.0.is_incomplete());
}

#[test]
fn altered_digest_is_found_and_not_trusted() {
    for digest in 0..3 {
        let trail = Trail::new(3, 2);
        let signed_digest = trail.digests[digest].clone();
        let log_file = signed_digest.logs[0].clone();
        // An attacker alters a log file, and its hash in the digest.
        trail.write(&log_file, &gzip(log("altered").as_bytes()));
        let [old, new] = [log(&log_file), log("altered")].map(|content| sha256(content.as_bytes()));
        trail.alter(digest, &old, &new);
        let outcome = trail.verify();
        let (status, detail) = outcome.status_and_detail(&signed_digest.key);
        assert_eq!(status, Status::Altered, "digest {digest}");
        assert!(!detail.is_empty());
        assert_eq!(outcome.status_and_detail(&log_file), (Status::Unverified, "listed in an altered digest"));
        assert_eq!(outcome.0.count(CheckKind::Digest, Status::Verified), 2, "digest {digest}");
        assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 4);
        assert!(outcome.0.has_failed());
    }
}

#[test]
fn log_file_removed_from_its_digest_is_noticed() {
    let trail = Trail::new(3, 2);
    let signed_digest = trail.digests[1].clone();
    let entry_start = signed_digest.content.find("{\"s3Bucket\"").unwrap();
    let end = signed_digest.content[entry_start..].find("},").unwrap() + entry_start + 2;
    let entry = signed_digest.content[entry_start..end].to_owned();
    trail.alter(1, &entry, "");
    trail.remove(&signed_digest.logs.iter().find(|key| entry.contains(key.as_str())).unwrap().clone());
    assert_eq!(trail.verify().status_and_detail(&signed_digest.key).0, Status::Altered);
}

#[test]
fn altered_digest_does_not_affect_the_previous_one() {
    let trail = Trail::new(3, 1);
    let (first, second) = (trail.digests[0].clone(), trail.digests[1].clone());
    // The signature of the previous digest.
    trail.alter(1, &first.signature[..20], &"0".repeat(20));
    let outcome = trail.verify();
    assert_eq!(outcome.status_and_detail(&second.key).0, Status::Altered);
    let (status, detail) = outcome.status_and_detail(&first.key);
    assert_eq!(status, Status::Unverified);
    assert!(detail.contains("only from the next digest, which is altered"), "{detail}");
}

#[test]
fn contradicting_digests_are_reported_as_ambiguous() {
    let trail = Trail::new(2, 1);
    let (first, second) = (trail.digests[0].clone(), trail.digests[1].clone());
    trail.remove(&format!("{}.metadata.json", second.key));
    trail.alter(1, &first.signature[..20], &"0".repeat(20));
    let outcome = trail.verify();
    assert_eq!(outcome.status_and_detail(&second.key), (Status::Unverified, NO_SIGNATURE));
    let (status, detail) = outcome.status_and_detail(&first.key);
    assert_eq!(status, Status::Altered);
    assert!(detail.contains("or the next one, which could not be verified"), "{detail}");
}

#[test]
fn unreadable_digest_is_altered_instead_of_missing() {
    let trail = Trail::new(3, 1);
    let signed_digest = trail.digests[1].clone();
    trail.write(&signed_digest.key, b"{}");
    let outcome = trail.verify();
    let (status, detail) = outcome.status_and_detail(&signed_digest.key);
    assert_eq!(status, Status::Altered);
    assert!(detail.contains("cannot be read as a digest"), "{detail}");
    assert_eq!(outcome.0.count(CheckKind::Digest, Status::Missing), 0);
}

#[test]
fn removed_digest_is_found_with_its_time_span() {
    for removed in [vec![2], vec![1, 2], vec![1, 2, 3]] {
        let trail = Trail::new(5, 2);
        for digest in &removed {
            trail.remove(&trail.digests[*digest].key);
        }
        let outcome = trail.verify();
        let last = *removed.last().unwrap();
        let check = outcome.check_of(&trail.digests[last].key);
        assert_eq!((check.kind, check.status), (CheckKind::Digest, Status::Missing));
        assert_eq!((check.start_time, check.end_time), (Some(stamp(hour(removed[0]))), Some(stamp(hour(last + 1)))));
        // Its log files are in no digest, but no digest covers their time, so they are not reported as added.
        assert_eq!(outcome.with_status(Status::Unlisted), []);
        let not_covered = outcome.0.count(CheckKind::LogFile, Status::Unverified);
        assert!(not_covered >= 2 * removed.len(), "{not_covered}");
        // The signature of the previous digest was in the removed one.
        assert_eq!(outcome.status_and_detail(&trail.digests[removed[0] - 1].key), (Status::Unverified, NO_SIGNATURE));
    }
}

#[test]
fn chain_without_beginning_is_verified_as_far_as_possible() {
    let trail = Trail::new(4, 2);
    let first = trail.digests[0].clone();
    trail.remove(&first.key);
    first.logs.iter().for_each(|key| trail.remove(key));
    let outcome = trail.verify();
    let (status, detail) = outcome.status_and_detail(&first.key);
    assert_eq!(status, Status::Unverified);
    assert!(detail.contains("the start of the chain was not checked"), "{detail}");
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 6);
    assert!(!outcome.0.has_failed());
}

#[test]
fn new_chain_after_a_pause_is_a_gap() {
    let (mut trail, pair) = (Trail::new(2, 1), Pair::first());
    let logs = vec![trail.deliver(5, 0)];
    let draft = Draft { start: hour(5), end: hour(6), previous: None, logs, suffix: "" };
    trail.add(draft.signed(&pair));
    trail.write_metadata(2);
    let outcome = trail.verify();
    let gaps: Vec<_> = outcome.0.checks.iter().filter(|check| check.kind == CheckKind::Gap).collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].start_time, gaps[0].end_time), (Some(stamp(hour(2))), Some(stamp(hour(5)))));
    assert!(gaps[0].detail.as_deref().unwrap().contains("logging or validation is turned off"));
    assert_eq!(outcome.0.count(CheckKind::Digest, Status::Verified), 3);
    assert!(!outcome.0.has_failed() && outcome.0.is_incomplete());
}

#[test]
fn replaced_digest_is_noticed() {
    let trail = Trail::new(4, 1);
    let (first, second) = (trail.digests[1].clone(), trail.digests[2].clone());
    trail.write(&second.key, &gzip(first.content.as_bytes()));
    let outcome = trail.verify();
    assert_eq!(outcome.status_and_detail(&second.key).0, Status::Missing);
    let rows = outcome.0.checks.iter().filter(|check| check.s3_object.as_deref() == Some(&first.key));
    assert_eq!(rows.count(), 2);
}

#[test]
fn digest_signed_by_an_attacker_is_not_verified() {
    let mut trail = Trail::new(3, 1);
    let (second, own) = (trail.digests[1].clone(), Pair::second());
    let key = trail.digests[2].key.clone();
    let forged = vec![(log_key(2, 0, "Forged0000000000"), log("forged"))];
    trail.write(&forged[0].0, &gzip(forged[0].1.as_bytes()));
    let draft = Draft { start: hour(2), end: hour(3), previous: Some(&second), logs: forged, suffix: "" };
    let signed_digest = draft.signed(&own);
    assert_eq!(signed_digest.key, key);
    trail.digests.pop();
    trail.add(signed_digest);
    trail.write_metadata(2);
    let outcome = trail.verify();
    let (status, detail) = outcome.status_and_detail(&key);
    assert_eq!(status, Status::Unverified);
    assert!(detail.contains("none of the given public keys"), "{detail}");
    assert_eq!(outcome.status_and_detail(&log_key(2, 0, "Forged0000000000")).0, Status::Unverified);
    // Signed with a key that has the fingerprint of CloudTrail's key.
    let mut impostor = Pair::second();
    impostor.fingerprint = Pair::first().fingerprint;
    let draft = Draft { start: hour(2), end: hour(3), previous: Some(&second), logs: Vec::new(), suffix: "" };
    trail.digests.pop();
    trail.add(draft.signed(&impostor));
    trail.write_metadata(2);
    assert_eq!(trail.verify().status_and_detail(&key).0, Status::Altered);
}

#[test]
fn backfill_digests_are_a_separate_chain() {
    let (mut trail, pair) = (Trail::new(3, 1), Pair::first());
    let late = vec![trail.deliver(0, 33)];
    let first = Draft { start: hour(0), end: hour(1), previous: None, logs: late, suffix: "_backfill" }.signed(&pair);
    let later = vec![trail.deliver(1, 34)];
    let second = Draft { start: hour(1), end: hour(2), previous: Some(&first), logs: later, suffix: "_backfill" };
    let second = second.signed(&pair);
    trail.add(first);
    trail.add(second);
    let outcome = trail.verify();
    assert_eq!(outcome.0.count(CheckKind::Backfill, Status::Verified), 1);
    assert_eq!(outcome.status_and_detail(&trail.digests[4].key), (Status::Unverified, NO_SIGNATURE));
    trail.write_metadata(4);
    let outcome = trail.verify();
    assert_eq!(outcome.0.count(CheckKind::Backfill, Status::Verified), 2);
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 5);
    assert!(!outcome.0.has_failed() && !outcome.0.is_incomplete());
    // Without the backfill digests, their files are in no digest.
    for digest in [3, 4] {
        trail.remove(&trail.digests[digest].key);
    }
    let outcome = trail.verify();
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Unlisted), 2);
}

#[test]
fn cycle_of_digests_terminates() {
    let trail = Trail::new(2, 1);
    let (first, second) = (&trail.digests[0], &trail.digests[1]);
    let cycle = first
        .content
        .replace("\"previousDigestS3Object\":null", &format!("\"previousDigestS3Object\":\"{}\"", second.key));
    trail.write(&first.key, &gzip(cycle.as_bytes()));
    let outcome = trail.verify();
    assert_eq!(outcome.0.checks.len(), 4);
    assert_eq!(outcome.status_and_detail(&first.key).0, Status::Altered);
}
