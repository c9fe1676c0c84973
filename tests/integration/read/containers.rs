//! Each container returns its records, complete and in order.

use std::borrow::Cow;

use cartographer::read::{Container, split};
use serde_json::json;

use super::{document, first, read};

/// Container, fixture, and (position, number) of every record.
type Case = (Container, &'static str, &'static [(u64, u64)]);

const CASES: [Case; 19] = [
    (Container::Records, "records.json", &[(1, 1), (2, 2), (3, 3)]),
    (Container::Records, "records_among_members.json", &[(1, 1), (2, 2)]),
    (Container::LookupEvents, "lookup_events.json", &[(1, 1), (2, 2)]),
    (Container::LookupEvents, "lookup_events.jsonl", &[(1, 1), (2, 2), (3, 3)]),
    (Container::Array, "array.json", &[(1, 1), (2, 2)]),
    (Container::Object, "object.json", &[(1, 1)]),
    (Container::JsonLines, "lines.jsonl", &[(1, 1), (3, 2), (4, 3)]),
    (Container::Concatenated, "concatenated_tight.json", &[(1, 1), (2, 2), (3, 3)]),
    (Container::Concatenated, "concatenated_pretty.json", &[(1, 1), (2, 2)]),
    (Container::EventBridge, "eventbridge.json", &[(1, 1)]),
    (Container::EventBridge, "eventbridge_array.json", &[(1, 1), (2, 2)]),
    (Container::EventBridge, "eventbridge.jsonl", &[(1, 1), (2, 2)]),
    (Container::CloudWatchLogs, "cloudwatch_logs.json", &[(1, 1), (2, 2)]),
    (Container::StringMember, "string_members.jsonl", &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]),
    (Container::CloudGrep, "cloudgrep.jsonl", &[(1, 1), (2, 2)]),
    (Container::LakeQuery, "lake_query.json", &[(1, 1), (2, 2)]),
    (Container::Csv, "record_cells_pretty.csv", &[(2, 1), (18, 2)]),
    (Container::EventBridge, "queue_of_topic_of_bus.json", &[(1, 1)]),
    (Container::Records, "json_named.csv", &[(1, 1)]),
];

#[test]
fn containers_return_records_in_order() {
    for (container, name, numbers) in CASES {
        let outcome = read(name);
        assert_eq!((outcome.container, outcome.numbers().as_slice()), (container, numbers), "{name}");
        assert_eq!(outcome.bad, [], "{name}");
    }
}

#[test]
fn containers_return_the_same_first_record() {
    let other_first = ["eventbridge_array.json"];
    for (_, name, _) in CASES.iter().filter(|(_, name, _)| !other_first.contains(name)) {
        assert_eq!(read(name).records[0].1, first(), "{name}");
    }
}

#[test]
fn container_names_are_unique() {
    let mut names = Container::ALL.map(Container::as_str).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Container::ALL.len());
}

#[test]
fn records_are_borrowed_without_changes() {
    let document = document("records.json");
    let text = std::str::from_utf8(&document.text).unwrap();
    let records = split(&document).unwrap().records;
    let borrowed: Vec<&str> = records
        .iter()
        .map(|record| match &record.as_ref().unwrap().json {
            Cow::Borrowed(json) => *json,
            Cow::Owned(json) => panic!("copied: {json}"),
        })
        .collect();
    assert_eq!(format!("{{\"Records\":[{}]}}", borrowed.join(",")), text);
}

#[test]
fn file_without_events_is_not_refused() {
    let outcome = read("records_none.json");
    assert_eq!((outcome.container, outcome.records.len(), outcome.bad.len()), (Container::Records, 0, 0));
}

#[test]
fn eventbridge_sign_in_and_service_events_are_read() {
    let names: Vec<_> =
        read("eventbridge_array.json").records.into_iter().map(|(_, r)| r["eventName"].clone()).collect();
    assert_eq!(names, ["ConsoleLogin", "RotateKey"]);
}

#[test]
fn logstash_time_is_used_and_members_are_kept() {
    let outcome = read("logstash.jsonl");
    assert_eq!((outcome.container, outcome.numbers()), (Container::Logstash, vec![(1, 1), (2, 2)]));
    let mut expected = first();
    expected["eventTime"] = json!("2024-05-01T10:00:01.000Z");
    expected["@timestamp"] = json!("2024-05-01T10:00:01.000Z");
    expected["@version"] = json!("1");
    assert_eq!(outcome.records[0].1, expected);
}

#[test]
fn lines_may_have_different_containers() {
    let outcome = read("mixed.jsonl");
    assert_eq!(outcome.container, Container::JsonLines);
    assert_eq!(outcome.numbers(), [(1, 1), (2, 2), (3, 3), (4, 4), (4, 5), (5, 6), (7, 7)]);
    assert_eq!(outcome.causes(), [(6, "no CloudTrail record: JSON without CloudTrail records (hello)")]);
    assert_eq!(outcome.bad[0].excerpt, r#"{"hello":"world"}"#);
}

#[test]
fn cell_without_a_record_only_rejects_its_row() {
    let outcome = read("record_cells.csv");
    assert_eq!((outcome.container, outcome.numbers()), (Container::Csv, vec![(2, 1), (3, 2)]));
    assert_eq!(outcome.records[0].1, first());
    assert_eq!(outcome.causes(), [(4, "the cell is empty")]);
    assert_eq!(outcome.bad[0].excerpt, "3,,h");
}

#[test]
fn event_history_with_16_columns_is_read() {
    let outcome = read("history_16.csv");
    assert_eq!((outcome.container, outcome.numbers()), (Container::EventHistoryCsv, vec![(2, 1), (3, 2)]));
    let expected = json!({
        "eventName": "CreateAccessKey", "eventTime": "2024-05-01T10:00:01Z", "eventSource": "iam.amazonaws.com",
        "userIdentity": {"userName": "mara", "accessKeyId": "ASIAEXAMPLE", "accountId": "111122223333"},
        "eventID": "00000000-0000-4000-8000-000000000001", "requestID": "7e1a", "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7", "readOnly": false, "eventCategory": "Management",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64), like Gecko",
        "eventHistory": {"Resource type": "AWS::IAM::AccessKey", "Resource name": "AKIAEXAMPLE"},
    });
    assert_eq!(outcome.records[0].1, expected);
    let second = &outcome.records[1].1;
    assert_eq!((&second["errorCode"], &second["readOnly"]), (&json!("AccessDenied"), &json!(true)));
    assert_eq!((second.get("userAgent"), second.get("eventHistory")), (None, None));
}

#[test]
fn event_history_with_10_columns_is_read() {
    let outcome = read("history_10.csv");
    let expected = json!({
        "eventID": "00000000-0000-4000-8000-000000000001", "eventTime": "2019-05-01T13:45:20Z",
        "userIdentity": {"userName": "mara", "accessKeyId": "AKIAEXAMPLE"}, "eventName": "RunInstances",
        "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7",
        "eventHistory": {
            "Event time": "2019-05-01, 01:45:20 PM",
            "Resource type": "AWS::EC2::VPC, AWS::EC2::Instance", "Resource name": "vpc-1, i-1",
        },
    });
    assert_eq!((outcome.container, outcome.records), (Container::EventHistoryCsv, vec![(2, expected)]));
}

#[test]
fn event_column_does_not_hide_an_event_history() {
    let outcome = read("history_with_event_column.csv");
    assert_eq!((outcome.container, outcome.numbers()), (Container::EventHistoryCsv, vec![(2, 1)]));
    assert_eq!(outcome.records[0].1["eventHistory"], json!({"event": "sign-in"}));
}
