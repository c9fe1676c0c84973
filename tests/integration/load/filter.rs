//! Loading a part of a trail: excluded events are counted, and a later load adds them.

use std::fs;

use cartographer::event::Timestamp;
use cartographer::load::{Ledger, LoadOptions, NoProgress, load};
use cartographer::rule::RuleSet;
use cartographer::trail::{Filter, Span};
use serde_json::{Value, json};

use crate::load::{BROWSER, Workspace, column, id, record};

/// 2024-05-01T00:00:00Z
const FIRST_OF_MAY: Timestamp = Timestamp(1_714_521_600_000_000);

/// An event of alice in this account, region and service, at 10:01 on a number of days after May 1st.
fn event(number: u64, account: &str, region: &str, service: &str, day: u64) -> Value {
    let mut event = record(number, "alice", BROWSER);
    event["eventTime"] = json!(format!("2024-05-{:02}T10:01:00Z", 1 + day));
    event["recipientAccountId"] = json!(account);
    event["awsRegion"] = json!(region);
    event["eventSource"] = json!(format!("{service}.amazonaws.com"));
    event
}

/// The path at which CloudTrail delivers a file on this day.
fn delivery_path(account: &str, region: &str, day: u64) -> String {
    let day = 1 + day;
    format!(
        "logs/AWSLogs/{account}/CloudTrail/{region}/2024/05/{day:02}/\
         {account}_CloudTrail_{region}_202405{day:02}T1005Z_AbCdEfGhIjKlMnOp.json"
    )
}

/// A trail of two accounts, two regions and ten days. Each file has an event of IAM and one of S3. Another file,
/// outside of CloudTrail's layout, has one event of each account.
fn trail() -> Workspace {
    let workspace = Workspace::new();
    let (mut all, mut number) = (Vec::new(), 0);
    for account in ["111111111111", "222222222222"] {
        for region in ["eu-west-1", "us-east-1"] {
            for day in 0..10 {
                let events = ["iam", "s3"].map(|service| {
                    number += 1;
                    event(number, account, region, service, day)
                });
                workspace.write_records(&delivery_path(account, region, day), &events);
                all.extend(events);
            }
        }
    }
    workspace.write_records("logs/export.json", &[all[0].clone(), all[79].clone()]);
    workspace
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

impl Workspace {
    fn load_part(&self, case: &str, filter: &Filter) -> Ledger {
        let options = LoadOptions { filter: filter.clone(), ..self.options(case, &["logs"]) };
        let ledger = load(&options, &RuleSet::shipped().unwrap(), &NoProgress).unwrap();
        assert!(ledger.balances(), "{ledger:?}");
        ledger
    }
}

/// Counts: files left out and loaded; records read, inserted, duplicate and left out.
fn counts(ledger: &Ledger) -> [u64; 6] {
    let Ledger { files_left_out, files_loaded, read, inserted, duplicate, left_out, .. } = *ledger;
    [files_left_out, files_loaded, read, inserted, duplicate, left_out]
}

#[test]
fn account_filter_uses_paths_and_records() {
    let workspace = trail();
    let filter = Filter { accounts: texts(&["111111111111"]), ..Filter::default() };
    let ledger = workspace.load_part("case.duckdb", &filter);
    assert_eq!(counts(&ledger), [20, 21, 42, 40, 1, 1]);
    assert_eq!(column(&workspace, "SELECT DISTINCT account_id FROM events"), ["111111111111"]);
}

#[test]
fn region_filter_uses_paths_except_for_global_services() {
    let workspace = trail();
    let of = |region: &str| Filter { regions: texts(&[region]), ..Filter::default() };
    let ledger = workspace.load_part("case.duckdb", &of("eu-west-1"));
    assert_eq!(counts(&ledger), [20, 21, 42, 40, 1, 1]);
    assert_eq!(column(&workspace, "SELECT DISTINCT region FROM events"), ["eu-west-1"]);
    let global = workspace.load_part("global.duckdb", &of("us-east-1"));
    assert_eq!(counts(&global), [0, 41, 82, 40, 1, 41]);
}

#[test]
fn service_filter_uses_only_records() {
    let workspace = trail();
    let filter = Filter { services: texts(&["s3", "ec2"]), ..Filter::default() };
    assert_eq!(counts(&workspace.load_part("case.duckdb", &filter)), [0, 41, 82, 40, 1, 41]);
    assert_eq!(column(&workspace, "SELECT DISTINCT service FROM events"), ["s3"]);
}

#[test]
fn time_filter_uses_paths_with_a_margin_and_records() {
    let workspace = trail();
    // An event that was delivered on the following day.
    let late = delivery_path("111111111111", "eu-west-1", 4);
    workspace.write_records(&late, &[event(81, "111111111111", "eu-west-1", "iam", 3)]);
    let day = |number: i64| Some(FIRST_OF_MAY.plus_seconds(number * 86_400));
    let filter = Filter { span: Span { from: day(3), to: day(4) }, ..Filter::default() };
    let ledger = workspace.load_part("case.duckdb", &filter);
    // For each of the four trails, the day itself and, because of late deliveries, the next one; and the export.
    assert_eq!(counts(&ledger), [32, 9, 17, 9, 0, 8]);
    assert_eq!(column(&workspace, "SELECT DISTINCT event_time::DATE FROM events"), ["2024-05-04"]);
    assert!(column(&workspace, "SELECT event_id FROM events").contains(&id(81)));
}

#[test]
fn full_load_after_filtered_loads_gives_the_complete_case() {
    let workspace = trail();
    workspace.load_into("whole.duckdb", &["logs"]);
    let parts = [
        Filter { accounts: texts(&["222222222222"]), ..Filter::default() },
        Filter { services: texts(&["iam"]), ..Filter::default() },
    ];
    for filter in &parts {
        workspace.load_part("case.duckdb", filter);
        assert_ne!(workspace.content("case.duckdb"), workspace.content("whole.duckdb"));
    }
    let ledger = workspace.load(&["logs"]);
    // The files of the second account are already loaded completely.
    assert_eq!((ledger.files_skipped, ledger.files_loaded, ledger.inserted), (20, 21, 20));
    assert_eq!(workspace.content("case.duckdb"), workspace.content("whole.duckdb"));
    assert_eq!(column(&workspace, "SELECT count(*) FROM load_files WHERE filter IS NOT NULL OR left_out > 0"), ["0"]);
    assert_eq!(column(&workspace, "SELECT count(*) FROM load_files"), ["41"]);
}

#[test]
fn load_files_shows_filters_and_left_out_events() {
    let workspace = trail();
    let filter = Filter { accounts: texts(&["111111111111"]), services: texts(&["iam"]), ..Filter::default() };
    workspace.load_part("case.duckdb", &filter);
    let files = "SELECT concat_ws(' ', filter, sha256 IS NULL, sum(read), sum(left_out), count(*)) FROM load_files \
                 GROUP BY filter, sha256 IS NULL ORDER BY ALL";
    let filter_text = "account 111111111111, service iam";
    assert_eq!(
        column(&workspace, files),
        [format!("{filter_text} false 42 21 21"), format!("{filter_text} true 0 0 20")]
    );
    let ledger = "SELECT DISTINCT concat_ws(' ', outcome, balances) FROM load_ledger";
    assert_eq!(column(&workspace, ledger), ["left out true"]);
}

#[test]
fn repeated_filtered_load_reads_nothing_again() {
    let workspace = trail();
    // File times are only trusted after some time, but the content of files can be compared immediately.
    let part = Filter { accounts: texts(&["111111111111"]), services: texts(&["iam"]), ..Filter::default() };
    workspace.load_part("case.duckdb", &part);
    let again = workspace.load_part("case.duckdb", &part);
    assert_eq!((again.files_skipped, again.files_left_out, again.read), (21, 20, 0));
    workspace.load(&["logs"]);
    let (content, files) = (workspace.content("case.duckdb"), workspace.rows("SELECT * FROM load_files ORDER BY file"));
    let after = workspace.load_part("case.duckdb", &part);
    assert_eq!((after.files_skipped, after.files_left_out, after.read), (21, 20, 0));
    assert_eq!(workspace.content("case.duckdb"), content);
    assert_eq!(workspace.rows("SELECT * FROM load_files ORDER BY file"), files);
    assert_eq!(workspace.load(&["logs"]).files_skipped, 41);
}

#[test]
fn file_with_contradictory_path_is_read() {
    let workspace = trail();
    let from = workspace.path(&delivery_path("222222222222", "eu-west-1", 2));
    let name = from.file_name().unwrap().to_owned();
    let to = workspace.path("logs/AWSLogs/111111111111/CloudTrail/eu-west-1/2024/05/01").join(name);
    fs::rename(from, to).unwrap();
    let filter = Filter { accounts: texts(&["111111111111"]), ..Filter::default() };
    assert_eq!(counts(&workspace.load_part("case.duckdb", &filter)), [19, 22, 44, 40, 1, 3]);
}
