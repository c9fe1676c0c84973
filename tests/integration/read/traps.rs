//! Problems of real trails: encodings, truncated files, damage, and unusual records.

use cartographer::read::{Container, Document, split};
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Outcome, first, read, refusal};

/// The user agent of a fixture's only record.
fn only_user_agent(name: &str) -> Value {
    let outcome = read(name);
    assert_eq!(outcome.numbers(), [(1, 1)], "{name}");
    outcome.records[0].1["userAgent"].clone()
}

#[test]
fn text_is_read_in_its_encoding() {
    assert_eq!(only_user_agent("bom.json"), "Zoë");
    assert_eq!(only_user_agent("utf16le.json"), "Zoë");
    assert_eq!(only_user_agent("bad_utf8.json"), "Zo\u{fffd}");
    let lines = read("utf16be.jsonl");
    assert_eq!((lines.container, lines.numbers()), (Container::JsonLines, vec![(1, 1), (2, 2)]));
}

#[test]
fn truncated_file_returns_complete_records() {
    let whole =
        ["truncated_records.json", "truncated_between.json", "truncated_later_list.json", "truncated_array.json"];
    let kept = whole.map(|name| (read(name).numbers(), read(name).bad.len()));
    let both = (vec![(1, 1), (2, 2)], 1);
    assert_eq!(kept, [both.clone(), both, (vec![(1, 1)], 1), (vec![(1, 1)], 1)]);
}

#[test]
fn truncated_record_error_states_position() {
    let outcome = read("truncated_records.json");
    let cause = "truncated: the value starts at byte 754, and the text ends at byte 786";
    assert_eq!(outcome.causes(), [(3, cause)]);
    assert_eq!(outcome.bad[0].excerpt, r#"{"eventVersion":"1.09","userIden"#);
    assert_eq!(read("truncated_between.json").causes(), [(3, "truncated: the list is not closed at byte 753")]);
}

#[test]
fn file_truncated_in_first_record_is_a_trail() {
    let outcome = read("truncated_first.json");
    assert_eq!((outcome.container, outcome.records.len()), (Container::Records, 0));
    assert_eq!(outcome.causes(), [(1, "truncated: the value starts at byte 12, and the text ends at byte 44")]);
}

#[test]
fn damaged_record_is_rejected_alone() {
    let outcome = read("damaged_record.json");
    assert_eq!(outcome.numbers(), [(1, 1), (3, 3)]);
    assert_eq!(outcome.bad[0].position, 2);
    assert!(outcome.bad[0].excerpt.starts_with(r#"{"eventVersion":oops "1.09""#), "{:?}", outcome.bad);
    assert!(outcome.bad[0].cause.starts_with("broken JSON at byte "), "{:?}", outcome.bad);
    assert_eq!(outcome.bad[0].excerpt.chars().count(), 200);
}

#[test]
fn damaged_line_is_rejected_alone() {
    let outcome = read("damaged_lines.jsonl");
    assert_eq!((outcome.container, outcome.numbers()), (Container::JsonLines, vec![(1, 1), (3, 3), (6, 5)]));
    assert_eq!(outcome.bad.iter().map(|bad| bad.position).collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(outcome.bad[1].excerpt, "starting up\n");
}

#[test]
fn log_without_beginning_returns_the_rest() {
    let outcome = read("lost_beginning.jsonl");
    assert_eq!((outcome.numbers(), outcome.bad.len()), (vec![(2, 2), (3, 3)], 1));
    assert_eq!((outcome.bad[0].position, outcome.bad[0].excerpt.as_str()), (1, "\"awsRegion\":\"eu-west-1\"}\n"));
}

#[test]
fn other_json_among_records_is_rejected_with_cause() {
    let outcome = read("records_with_strangers.json");
    assert_eq!(outcome.numbers(), [(1, 1), (3, 2)]);
    let causes = [
        (2, "no CloudTrail record: JSON without CloudTrail records (hello)"),
        (4, "no CloudTrail record: JSON without CloudTrail records (not an object)"),
    ];
    assert_eq!(outcome.causes(), causes);
}

#[test]
fn unusual_values_and_names_that_differ_in_case_are_kept() {
    let same_names = &read("case_twins.json").records[0].1;
    assert_eq!((&same_names["eventname"], &same_names["EventName"]), (&json!("x"), &json!("y")));
    assert_eq!(same_names["requestParameters"], json!({"key": 1, "Key": 2}));
    let unusual = read("odd_values.json");
    assert_eq!(unusual.numbers(), [(1, 1), (2, 2)]);
    let record = &unusual.records[0].1;
    assert_eq!((&record["userAgent"], &record["requestParameters"]), (&json!(["a", "b"]), &json!("text")));
    assert_eq!((&record["readOnly"], &record["sessionCredentialFromConsole"]), (&json!("true"), &Value::Null));
    assert_eq!(unusual.records[1].1["sourceIPAddress"], "2001:db8::7, -");
}

#[test]
fn records_of_all_years_and_kinds_are_read() {
    assert_eq!(read("no_type_2014.json").records[0].1["eventName"], "StartInstances");
    assert_eq!(read("insight.json").records[0].1["insightDetails"]["eventName"], "ListUsers");
    assert_eq!(read("network_activity.json").records[0].1["vpcEndpointId"], "vpce-1");
}

#[test]
fn escaped_names_are_decoded_and_lone_surrogates_replaced() {
    let document = super::document("escapes.json");
    let split = split(&document).unwrap();
    let json = &split.records[0].as_ref().unwrap().json;
    assert!(json.contains(r#""\ufffd \"}] \u001b[31m""#), "{json}");
}

#[test]
fn values_damaged_by_a_spreadsheet_are_kept_separately() {
    let outcome = read("history_spreadsheet.csv");
    assert_eq!(outcome.numbers(), [(3, 1), (5, 3)]);
    let damaged = &outcome.records[0].1;
    assert_eq!(damaged["eventHistoryDamaged"], json!({"Request ID": "5,28758E+11", "AWS account": "5.28758E+11"}));
    assert_eq!((damaged.get("requestID"), &damaged["userIdentity"]), (None, &json!({"userName": "mara"})));
    assert_eq!(outcome.records[1].1["userIdentity"], json!({"userName": "mara", "accountId": "111122223333"}));
    assert_eq!(outcome.causes(), [(4, "the event time cannot be read: \"sometime\"")]);
}

#[test]
fn history_with_tabs_and_local_times_is_read() {
    let outcome = read("history_tabs.csv");
    assert_eq!(outcome.container, Container::EventHistoryCsv);
    assert_eq!(outcome.records[0].1["eventTime"], "2024-05-01T10:00:01Z");
    assert_eq!(outcome.records[0].1["eventHistory"], json!({"Event time": "2024-05-01 10:00:01"}));
}

#[test]
fn nesting_depth_is_limited() {
    assert_eq!(refusal("nested_too_deeply.json").to_string(), "nested too deeply");
    for open in ["[", "{\"data\":", "{\"Records\":["] {
        let text = open.repeat(100_000).into_bytes();
        let outcome = split(&Document { name: "deep".to_owned(), text }).map(Outcome::of);
        assert!(outcome.as_ref().map_or(true, |outcome| outcome.records.is_empty()), "{outcome:?}");
    }
}

#[test]
fn lines_with_open_brackets_are_rejected_quickly() {
    let mut text = "{\"a\":\n".repeat(20_000).into_bytes();
    text.extend_from_slice(first().to_string().as_bytes());
    let outcome = Outcome::of(split(&Document { name: "lines".to_owned(), text }).unwrap());
    assert_eq!((outcome.numbers(), outcome.bad.len()), (vec![(20_001, 1)], 20_000));
}

#[test]
fn complete_records_before_any_truncation_are_kept() {
    let text = super::document("records.json").text;
    let between = text.windows(3).enumerate().filter(|(_, bytes)| *bytes == b"},{").map(|(at, _)| at + 1);
    // The third record ends before the list and the object do.
    let ends: Vec<usize> = between.chain([text.len() - 2]).collect();
    assert_eq!(ends.len(), 3);
    for cut in 12..text.len() - 1 {
        let document = Document { name: "cut".to_owned(), text: text[..cut].to_vec() };
        let outcome = Outcome::of(split(&document).unwrap());
        assert_eq!(outcome.records.len(), ends.iter().filter(|end| **end <= cut).count(), "cut at {cut}");
        assert_eq!(outcome.bad.len(), 1, "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn records_of_arbitrary_bytes_are_valid_json_in_order(
        name in prop::sample::select(vec!["mixed.jsonl", "records.json", "history_16.csv", "concatenated_pretty.json"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"{}[]\",:\\\n \xff".to_vec())), 0..8),
    ) {
        let mut document = super::document(name);
        for (index, byte) in changes {
            let at = index.index(document.text.len());
            document.text[at] = byte;
        }
        let Ok(split) = split(&document) else { return Ok(()) };
        let mut last = 1;
        for record in split.records {
            let position = record.as_ref().map_or_else(|bad| bad.position, |record| record.position);
            prop_assert!(position >= last, "{position} after {last}");
            last = position;
            if let Ok(record) = record {
                prop_assert_eq!(record.json.as_bytes().first(), Some(&b'{'));
                prop_assert!(serde_json::from_str::<&RawValue>(&record.json).is_ok(), "{}", record.json);
            }
        }
    }
}
