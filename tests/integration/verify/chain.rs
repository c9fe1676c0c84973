//! Digests: altered, removed, and chains that begin anew.

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
fn the_newest_digest_is_not_verified_without_its_metadata() {
    let trail = Trail::new(3, 2);
    let newest = trail.digests[2].clone();
    trail.remove(&format!("{}.metadata.json", newest.key));
    let outcome = trail.verify();
    assert_eq!(outcome.told(&newest.key), (Status::Unverified, NO_SIGNATURE));
    assert!(outcome.of(&newest.key).needs_signature());
    for key in &newest.logs {
        let (status, detail) = outcome.told(key);
        assert_eq!((status, detail.starts_with("the contents match, but")), (Status::Unverified, true));
    }
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 4);
    assert_eq!(outcome.0.count(CheckKind::Digest, Status::Verified), 2);
    assert!(!outcome.0.has_failed() && outcome.0.is_incomplete());
}

#[test]
fn an_altered_digest_is_found_and_nothing_is_believed_of_it() {
    for digest in 0..3 {
        let trail = Trail::new(3, 2);
        let made = trail.digests[digest].clone();
        let log_file = made.logs[0].clone();
        // Somebody alters a log file, and its hash in the digest.
        trail.write(&log_file, &gzip(log("altered").as_bytes()));
        let [old, new] = [log(&log_file), log("altered")].map(|content| sha256(content.as_bytes()));
        trail.alter(digest, &old, &new);
        let outcome = trail.verify();
        let (status, detail) = outcome.told(&made.key);
        assert_eq!(status, Status::Altered, "digest {digest}");
        assert!(!detail.is_empty());
        assert_eq!(outcome.told(&log_file), (Status::Unverified, "listed in an altered digest"));
        assert_eq!(outcome.0.count(CheckKind::Digest, Status::Verified), 2, "digest {digest}");
        assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 4);
        assert!(outcome.0.has_failed());
    }
}

#[test]
fn a_log_file_that_was_struck_from_its_digest_is_noticed() {
    let trail = Trail::new(3, 2);
    let made = trail.digests[1].clone();
    let struck = made.content.find("{\"s3Bucket\"").unwrap();
    let end = made.content[struck..].find("},").unwrap() + struck + 2;
    let entry = made.content[struck..end].to_owned();
    trail.alter(1, &entry, "");
    trail.remove(&made.logs.iter().find(|key| entry.contains(key.as_str())).unwrap().clone());
    assert_eq!(trail.verify().told(&made.key).0, Status::Altered);
}

#[test]
fn an_altered_digest_does_not_speak_against_the_one_before_it() {
    let trail = Trail::new(3, 1);
    let (first, second) = (trail.digests[0].clone(), trail.digests[1].clone());
    // The signature of the digest before, and its hash.
    trail.alter(1, &first.signature[..20], &"0".repeat(20));
    let outcome = trail.verify();
    assert_eq!(outcome.told(&second.key).0, Status::Altered);
    let (status, detail) = outcome.told(&first.key);
    assert_eq!(status, Status::Unverified);
    assert!(detail.contains("only from the next digest, which is altered"), "{detail}");
}

#[test]
fn of_two_digests_that_contradict_each_other_either_may_be_altered() {
    let trail = Trail::new(2, 1);
    let (first, second) = (trail.digests[0].clone(), trail.digests[1].clone());
    trail.remove(&format!("{}.metadata.json", second.key));
    trail.alter(1, &first.signature[..20], &"0".repeat(20));
    let outcome = trail.verify();
    assert_eq!(outcome.told(&second.key), (Status::Unverified, NO_SIGNATURE));
    let (status, detail) = outcome.told(&first.key);
    assert_eq!(status, Status::Altered);
    assert!(detail.contains("or the next one, which could not be verified"), "{detail}");
}

#[test]
fn a_digest_that_cannot_be_read_is_altered_and_not_missing() {
    let trail = Trail::new(3, 1);
    let made = trail.digests[1].clone();
    trail.write(&made.key, b"{}");
    let outcome = trail.verify();
    let (status, detail) = outcome.told(&made.key);
    assert_eq!(status, Status::Altered);
    assert!(detail.contains("cannot be read as a digest"), "{detail}");
    assert_eq!(outcome.0.count(CheckKind::Digest, Status::Missing), 0);
}

#[test]
fn a_removed_digest_is_found_with_the_time_that_it_covered() {
    for removed in [vec![2], vec![1, 2], vec![1, 2, 3]] {
        let trail = Trail::new(5, 2);
        for digest in &removed {
            trail.remove(&trail.digests[*digest].key);
        }
        let outcome = trail.verify();
        let last = *removed.last().unwrap();
        let check = outcome.of(&trail.digests[last].key);
        assert_eq!((check.kind, check.status), (CheckKind::Digest, Status::Missing));
        assert_eq!((check.start_time, check.end_time), (Some(stamp(hour(removed[0]))), Some(stamp(hour(last + 1)))));
        // Its log files are in no digest, and none covers their time: they are not said to be added.
        assert_eq!(outcome.all(Status::Unlisted), []);
        let not_covered = outcome.0.count(CheckKind::LogFile, Status::Unverified);
        assert!(not_covered >= 2 * removed.len(), "{not_covered}");
        // The digest before has lost the one that holds its signature.
        assert_eq!(outcome.told(&trail.digests[removed[0] - 1].key), (Status::Unverified, NO_SIGNATURE));
    }
}

#[test]
fn a_chain_whose_beginning_is_not_there_is_verified_as_far_as_it_goes() {
    let trail = Trail::new(4, 2);
    let first = trail.digests[0].clone();
    trail.remove(&first.key);
    first.logs.iter().for_each(|key| trail.remove(key));
    let outcome = trail.verify();
    let (status, detail) = outcome.told(&first.key);
    assert_eq!(status, Status::Unverified);
    assert!(detail.contains("the start of the chain was not checked"), "{detail}");
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 6);
    assert!(!outcome.0.has_failed());
}

#[test]
fn a_new_chain_after_a_pause_is_a_gap() {
    let (mut trail, pair) = (Trail::new(2, 1), Pair::first());
    let logs = vec![trail.deliver(5, 0)];
    let draft = Draft { start: hour(5), end: hour(6), previous: None, logs, ending: "" };
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
fn a_digest_in_place_of_another_is_noticed() {
    let trail = Trail::new(4, 1);
    let (first, second) = (trail.digests[1].clone(), trail.digests[2].clone());
    trail.write(&second.key, &gzip(first.content.as_bytes()));
    let outcome = trail.verify();
    assert_eq!(outcome.told(&second.key).0, Status::Missing);
    let rows = outcome.0.checks.iter().filter(|check| check.s3_object.as_deref() == Some(&first.key));
    assert_eq!(rows.count(), 2);
}

#[test]
fn a_digest_that_an_attacker_signed_is_not_verified() {
    let mut trail = Trail::new(3, 1);
    let (second, own) = (trail.digests[1].clone(), Pair::second());
    let key = trail.digests[2].key.clone();
    let forged = vec![(log_key(2, 0, "Forged0000000000"), log("forged"))];
    trail.write(&forged[0].0, &gzip(forged[0].1.as_bytes()));
    let draft = Draft { start: hour(2), end: hour(3), previous: Some(&second), logs: forged, ending: "" };
    let made = draft.signed(&own);
    assert_eq!(made.key, key);
    trail.digests.pop();
    trail.add(made);
    trail.write_metadata(2);
    let outcome = trail.verify();
    let (status, detail) = outcome.told(&key);
    assert_eq!(status, Status::Unverified);
    assert!(detail.contains("none of the given public keys"), "{detail}");
    assert_eq!(outcome.told(&log_key(2, 0, "Forged0000000000")).0, Status::Unverified);
    // By a key that he says is CloudTrail's.
    let mut pretended = Pair::second();
    pretended.fingerprint = Pair::first().fingerprint;
    let draft = Draft { start: hour(2), end: hour(3), previous: Some(&second), logs: Vec::new(), ending: "" };
    trail.digests.pop();
    trail.add(draft.signed(&pretended));
    trail.write_metadata(2);
    assert_eq!(trail.verify().told(&key).0, Status::Altered);
}

#[test]
fn backfill_digests_are_a_chain_of_their_own() {
    let (mut trail, pair) = (Trail::new(3, 1), Pair::first());
    let late = vec![trail.deliver(0, 33)];
    let first = Draft { start: hour(0), end: hour(1), previous: None, logs: late, ending: "_backfill" }.signed(&pair);
    let later = vec![trail.deliver(1, 34)];
    let second = Draft { start: hour(1), end: hour(2), previous: Some(&first), logs: later, ending: "_backfill" };
    let second = second.signed(&pair);
    trail.add(first);
    trail.add(second);
    let outcome = trail.verify();
    assert_eq!(outcome.0.count(CheckKind::Backfill, Status::Verified), 1);
    assert_eq!(outcome.told(&trail.digests[4].key), (Status::Unverified, NO_SIGNATURE));
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
fn digests_that_name_each_other_in_a_ring_end() {
    let trail = Trail::new(2, 1);
    let (first, second) = (&trail.digests[0], &trail.digests[1]);
    let ring = first
        .content
        .replace("\"previousDigestS3Object\":null", &format!("\"previousDigestS3Object\":\"{}\"", second.key));
    trail.write(&first.key, &gzip(ring.as_bytes()));
    let outcome = trail.verify();
    assert_eq!(outcome.0.checks.len(), 4);
    assert_eq!(outcome.told(&first.key).0, Status::Altered);
}
