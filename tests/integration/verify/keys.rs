//! Public keys: correct, wrong, missing, and in both formats.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cartographer::verify::{CheckKind, Status};
use serde_json::json;

use crate::verify::trail::{Outcome, Pair, Trail};

/// Checks that all digests have this status, for this reason, and that no log file is verified.
fn assert_all_digests(outcome: &Outcome, status: Status, reason: &str) {
    for check in outcome.0.checks.iter().filter(|check| check.kind == CheckKind::Digest) {
        assert_eq!(check.status, status, "{check:?}");
        assert!(check.detail.as_deref().unwrap_or_default().contains(reason), "{check:?}");
    }
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 0);
}

#[test]
fn wrong_key_with_correct_fingerprint_verifies_nothing() {
    let trail = Trail::new(3, 1);
    let outcome = trail.verify_with(&[Pair::second().listed(&Pair::first().fingerprint)]);
    assert_eq!(outcome.status_and_detail(&trail.digests[2].key).0, Status::Altered);
    assert!(outcome.0.has_failed());
    assert_eq!(outcome.0.count(CheckKind::Digest, Status::Verified), 0);
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 0);
}

#[test]
fn missing_key_is_reported() {
    let (trail, second) = (Trail::new(3, 1), Pair::second());
    let outcome = trail.verify_with(&[second.listed(&second.fingerprint)]);
    assert_all_digests(&outcome, Status::Unverified, "none of the given public keys");
    assert!(!outcome.0.has_failed());
    assert_eq!(outcome.check_of(&trail.digests[0].key).key_fingerprint, Some(Pair::first().fingerprint));
}

#[test]
fn altered_and_removed_files_are_found_without_keys() {
    let trail = Trail::new(4, 2);
    assert_all_digests(&trail.verify_with(&[]), Status::Unverified, "no public keys were given");
    let log = trail.digests[0].logs[0].clone();
    trail.write(&log, b"{}");
    trail.alter(1, "my_trail", "no_trail");
    trail.remove(&trail.digests[3].logs[0]);
    let outcome = trail.verify_with(&[]);
    assert_eq!(outcome.status_and_detail(&log).0, Status::Altered);
    assert_eq!(outcome.status_and_detail(&trail.digests[3].logs[0]).0, Status::Missing);
    // The digest, which now has another name, is missing under its own.
    assert_eq!(outcome.status_and_detail(&trail.digests[1].key).0, Status::Missing);
}

#[test]
fn keys_in_both_formats_and_of_several_regions_are_read() {
    let (trail, first, second) = (Trail::new(2, 1), Pair::first(), Pair::second());
    let mut spki = vec![0x30, 0x82, 0x01, 0x22, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    spki.extend([3, 0x82, 0x01, 0x0f, 0]);
    spki.extend(first.public());
    let mut wrapped = first.listed(&first.fingerprint.to_uppercase());
    wrapped["Value"] = json!(STANDARD.encode(spki));
    // Version 1 of the AWS CLI prints times as numbers.
    wrapped["ValidityStartTime"] = json!(1_711_929_600.0);
    let outcome = trail.verify_with(&[second.listed(&second.fingerprint), wrapped]);
    assert!(!outcome.0.has_failed() && !outcome.0.is_incomplete());
}

#[test]
fn key_that_was_not_valid_then_verifies_nothing() {
    let (trail, first) = (Trail::new(2, 1), Pair::first());
    let mut old = first.listed(&first.fingerprint);
    old["ValidityEndTime"] = json!("2024-04-20T00:00:00+00:00");
    let outcome = trail.verify_with(&[old]);
    assert_all_digests(&outcome, Status::Unverified, "not valid at that time");
}
