//! Public trails of others, if they are in `../shared`.

use std::collections::BTreeMap;
use std::path::Path;

use cartographer::read::{discover, open, split};

/// The result of reading a folder.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    records: usize,
    bad: usize,
    refused: BTreeMap<String, usize>,
}

fn tally(folder: &Path) -> Tally {
    let found = discover(&[folder.to_str().unwrap().to_owned()]);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let mut tally = Tally::default();
    for source in &found.sources {
        let opened = open(source).unwrap();
        assert_eq!(opened.problems, [] as [String; 0]);
        for document in &opened.documents {
            match split(document) {
                Ok(split) => {
                    let records = split.records.iter().filter(|record| record.is_ok()).count();
                    tally.records += records;
                    tally.bad += split.records.len() - records;
                }
                Err(refusal) => *tally.refused.entry(refusal.to_string()).or_default() += 1,
            }
        }
    }
    tally
}

#[test]
fn shared_trails_have_expected_record_counts() {
    let trails = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/trails");
    if !trails.exists() {
        return;
    }
    let license = ("not JSON or CSV", 1);
    let bus = |source: &str, kind: &str| format!("EventBridge event from {source} ({kind}), not CloudTrail");
    let expected =
        |records, refused: Vec<(String, usize)>| Tally { records, bad: 0, refused: refused.into_iter().collect() };
    let plain = |records, refused: &[(&str, usize)]| {
        expected(records, refused.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect())
    };
    // The same 103 events twice: as lines, and in a ZIP file.
    let labels = ("JSON without CloudTrail records (accept, certainty, click, event_ids, first_time, kind)", 1);
    assert_eq!(tally(&trails.join("otrf-ec2-2020")), plain(206, &[labels, license]));
    assert_eq!(tally(&trails.join("stratus-detonations")), plain(310, &[license]));
    assert_eq!(tally(&trails.join("umccr-versions")), plain(206, &[license]));
    assert_eq!(tally(&trails.join("plaso-lookup-jsonl")), plain(6, &[license]));
    let wrappers = [
        license,
        ("Alibaba Cloud ActionTrail", 1),
        ("CloudWatch Logs control message", 1),
        ("CloudWatch Logs events from another source, not CloudTrail", 1),
    ];
    assert_eq!(tally(&trails.join("streamalert-wrappers")), plain(57, &wrappers));
    let custodian = vec![
        ("not JSON or CSV".to_owned(), 1),
        ("AWS Config item".to_owned(), 3),
        ("GuardDuty finding".to_owned(), 2),
        (bus("aws.autoscaling", "EC2 Instance Launch Unsuccessful"), 1),
        (bus("aws.ec2", "EC2 Instance State-change Notification"), 1),
        (bus("aws.events", "Scheduled Event"), 1),
        (bus("aws.health", "AWS Health Event"), 1),
        (bus("aws.securityhub", "Security Hub Findings - Custom Action"), 3),
        (bus("aws.securityhub", "Security Hub Insight Results"), 1),
    ];
    assert_eq!(tally(&trails.join("custodian-eventbridge")), expected(24, custodian));
}
