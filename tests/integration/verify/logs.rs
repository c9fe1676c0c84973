//! Intact, altered, removed and added log files.

use std::collections::BTreeMap;
use std::fs;

use cartographer::verify::{CheckKind, Status};

use crate::verify::trail::{ACCOUNT, Pair, REGION, Trail, gzip, log, log_key};

#[test]
fn intact_chain_of_a_thousand_files_is_verified() {
    let outcome = Trail::new(25, 40).verify();
    let expected = [((CheckKind::LogFile, Status::Verified), 1000), ((CheckKind::Digest, Status::Verified), 25)];
    assert_eq!(outcome.counts(), BTreeMap::from(expected));
    assert!(!outcome.0.has_failed() && !outcome.0.is_incomplete());
    assert!(outcome.0.checks.iter().all(|check| check.detail.is_none()));
}

#[test]
fn altered_log_file_is_found() {
    let trail = Trail::new(3, 4);
    let key = trail.digests[1].logs[2].clone();
    let whole = gzip(log(&key).as_bytes());
    let twice = [whole.clone(), gzip(log("one more").as_bytes())].concat();
    let cases = [
        (gzip(log("another event").as_bytes()), "the contents do not match the digest"),
        (whole[..whole.len() - 9].to_vec(), "the gzip data is damaged"),
        ([whole.as_slice(), b"and more"].concat(), "extra data after the end of the gzip data: 8 bytes"),
        (twice, "extra data after the end of the gzip"),
        (Vec::new(), "the contents do not match the digest"),
    ];
    for (bytes, cause) in cases {
        trail.write(&key, &bytes);
        let outcome = trail.verify();
        let (status, detail) = outcome.status_and_detail(&key);
        assert_eq!(status, Status::Altered, "{cause}");
        assert!(detail.contains(cause), "{detail} names {cause}");
        assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 11);
        assert!(outcome.0.has_failed());
    }
}

#[test]
fn decompressed_log_file_with_same_content_is_verified() {
    let trail = Trail::new(2, 2);
    let [plain, packed] = [0, 1].map(|at| trail.digests[0].logs[at].clone());
    trail.write(plain.trim_end_matches(".gz"), log(&plain).as_bytes());
    trail.remove(&plain);
    // Some tools decompress a file but keep its name.
    trail.write(&packed, log(&packed).as_bytes());
    let outcome = trail.verify();
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 4);
    assert!(!outcome.0.has_failed());
}

#[test]
fn removed_log_file_is_found() {
    let trail = Trail::new(3, 3);
    let key = trail.digests[1].logs[0].clone();
    trail.remove(&key);
    let outcome = trail.verify();
    assert_eq!(outcome.status_and_detail(&key), (Status::Missing, "the digest lists it, but it is missing"));
    let check = outcome.check_of(&key);
    assert_eq!((check.file.as_deref(), check.digest.as_deref()), (None, Some(trail.digests[1].key.as_str())));
    assert_eq!((check.account_id.as_deref(), check.region.as_deref()), (Some(ACCOUNT), Some(REGION)));
    assert_eq!(outcome.with_status(Status::Unverified), []);
}

#[test]
fn added_log_file_is_found() {
    let trail = Trail::new(3, 3);
    trail.write(&log_key(1, 20, "AddedAddedAdded1"), &gzip(log("added").as_bytes()));
    trail.write(&log_key(1, 20, "").replace("__", "_").replace(ACCOUNT, "x"), b"no path of CloudTrail");
    let unusual = log_key(1, 20, "id").rsplit_once('/').unwrap().0.to_owned() + "/export.json";
    trail.write(&unusual, log("odd").as_bytes());
    let outcome = trail.verify();
    let added = outcome.with_status(Status::Unlisted);
    assert_eq!(added.len(), 2, "{added:?}");
    assert!(added.iter().any(|(_, detail)| detail.contains("added later")));
    assert!(added.iter().any(|(_, detail)| detail.contains("not named like a CloudTrail log file")));
    assert_eq!(outcome.0.count(CheckKind::LogFile, Status::Verified), 9);
    assert_eq!(outcome.0.others.len(), 1);
}

#[test]
fn log_file_outside_of_digests_is_unverified_instead_of_added() {
    let trail = Trail::new(3, 1);
    for (hour, minute) in [(7, 0), (2, 58)] {
        trail.write(&log_key(hour, minute, "id"), &gzip(log("late").as_bytes()));
    }
    trail.write(&log_key(1, 0, "id").replace(REGION, "us-west-2"), &gzip(log("elsewhere").as_bytes()));
    trail.write("export.json", log("export").as_bytes());
    let outcome = trail.verify();
    assert!(!outcome.0.has_failed());
    let unverified = outcome.with_status(Status::Unverified);
    let counted = |text: &str| unverified.iter().filter(|(_, detail)| detail.contains(text)).count();
    assert_eq!(
        (
            unverified.len(),
            counted("no digest for the account and region"),
            counted("does not contain its delivery time")
        ),
        (4, 3, 1)
    );
}

#[test]
fn renamed_log_file_is_identified_by_content_and_missing() {
    let trail = Trail::new(2, 2);
    let key = trail.digests[0].logs[0].clone();
    fs::rename(trail.path(&key), trail.path("renamed.json.gz")).unwrap();
    let outcome = trail.verify();
    let rows: Vec<_> = outcome.0.checks.iter().filter(|check| check.s3_object.as_deref() == Some(&key)).collect();
    let statuses: Vec<Status> = rows.iter().map(|check| check.status).collect();
    assert_eq!(statuses, [Status::Missing, Status::Verified]);
    assert!(rows[1].detail.as_deref().unwrap().starts_with("identified by its contents"));
}

#[test]
fn flat_folder_is_matched_by_file_names() {
    let trail = Trail::new(2, 3);
    let keys: Vec<String> = trail
        .digests
        .iter()
        .flat_map(|signed_digest| signed_digest.logs.iter().chain([&signed_digest.key]))
        .cloned()
        .collect();
    for key in &keys {
        let name = key.rsplit('/').next().unwrap();
        fs::create_dir_all(trail.path("flat")).unwrap();
        fs::rename(trail.path(key), trail.path("flat").join(name)).unwrap();
    }
    let newest = format!("{}.metadata.json", trail.digests[1].key);
    let name = newest.rsplit('/').next().unwrap();
    fs::rename(trail.path(&newest), trail.path("flat").join(name)).unwrap();
    let outcome = trail.verify();
    assert_eq!(outcome.0.checks.len(), 8);
    assert!(outcome.0.checks.iter().all(|check| check.status == Status::Verified));
}

#[test]
fn two_copies_of_a_log_file_are_checked_separately() {
    let trail = Trail::new(2, 2);
    let key = trail.digests[0].logs[0].clone();
    let copy = key.replacen("AWSLogs", "copy/AWSLogs", 1);
    trail.write(&copy, &gzip(log("altered").as_bytes()));
    let outcome = trail.verify();
    let rows: Vec<_> = outcome.0.checks.iter().filter(|check| check.s3_object.as_deref() == Some(&key)).collect();
    let mut found: Vec<_> =
        rows.iter().map(|check| (check.file.as_deref().unwrap().contains("copy/"), check.status)).collect();
    found.sort();
    assert_eq!(found, [(false, Status::Verified), (true, Status::Altered)]);
}

#[test]
fn nothing_is_verified_or_fails_without_digests() {
    let trail = Trail::empty();
    for minute in 0..3 {
        trail.deliver(0, minute);
    }
    let pair = Pair::first();
    let outcome = trail.verify_with(&[pair.listed(&pair.fingerprint)]);
    assert_eq!(outcome.counts(), BTreeMap::from([((CheckKind::LogFile, Status::Unverified), 3)]));
}
