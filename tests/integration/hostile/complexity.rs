//! Work that must not grow faster than its input. It is counted instead of timed.

use cartographer::read::{self, Document};
use serde_json::{Value, json};

use super::{Sandbox, record, trail, with_request};

/// The number of bytes that were searched again when a text was split.
fn split_and_count(text: String) -> u64 {
    let before = read::searched_bytes();
    let document = Document { name: "a".to_owned(), text: text.into_bytes() };
    drop(read::split(&document));
    read::searched_bytes() - before
}

/// Texts with `count` errors.
fn texts(count: usize) -> Vec<(&'static str, String)> {
    vec![
        ("unclosed objects", format!("{{\"Records\":[{}", "{\"a\":".repeat(count))),
        ("items that are no values", format!("{{\"Records\":[{}]}}", "{\"a\" x},".repeat(count))),
        ("items without an end", format!("[{}]", "{\"a\":\"b\" ,, ".repeat(count))),
        ("words between items", format!("[{}]", "{\"a\":1} x ".repeat(count))),
        ("unclosed lines", "{\"a\":[\n".repeat(count)),
        ("unclosed lines of a log", "10:00 {\"a\":[\n".repeat(count)),
        ("quotes", format!("[{}", "{\"".repeat(count))),
        ("lists", "[".repeat(count)),
        ("members with lists", format!("{{\"Records\":[1],{}", "\"Records\":[{\"a\":".repeat(count))),
    ]
}

#[test]
fn work_grows_linearly_with_damage() {
    let (small, large) = (texts(4_000), texts(8_000));
    for ((description, small), (_, large)) in small.into_iter().zip(large) {
        let bytes = large.len() as u64;
        let (small, large) = (split_and_count(small), split_and_count(large));
        assert!(large <= 3 * small + 100_000, "{description}: {small} bytes, then {large}");
        assert!(large <= 40 * bytes + 1_000_000, "{description}: {large} bytes searched in {bytes}");
    }
}

/// A record of a call with these request parameters.
fn call(source: &str, name: &str, request: Value) -> String {
    let mut call = record(1);
    call["eventSource"] = format!("{source}.amazonaws.com").into();
    call["eventName"] = name.into();
    call["requestParameters"] = request;
    call.to_string()
}

/// Loads one record. The load fails if it takes minutes.
fn load(record: String) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record]));
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert!(outcome.peak < 1 << 30, "{} bytes", outcome.peak);
    sandbox
}

#[test]
fn record_with_many_resources_is_read_and_mapped() {
    let instances: Vec<Value> = (0..60_000).map(|number| json!({"instanceId": format!("i-{number:017x}")})).collect();
    let sandbox = load(call("ec2", "TerminateInstances", json!({"instancesSet": {"items": instances}})));
    assert_eq!(sandbox.query("SELECT count(*) FROM signal_entities WHERE entity_value LIKE 'i-%'"), "60000");

    let ranges =
        |port: u64| (0..100).map(|third| json!({"cidrIp": format!("10.{port}.{third}.0/24")})).collect::<Vec<_>>();
    let rules = (0..250).map(
        |port| json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": {"items": ranges(port)}}),
    );
    let request = json!({"groupId": "sg-1", "ipPermissions": {"items": rules.collect::<Vec<_>>()}});
    let sandbox = load(call("ec2", "AuthorizeSecurityGroupIngress", request));
    assert_eq!(sandbox.query("SELECT count(*) FROM event_grants"), "25000");
}

#[test]
fn grants_of_a_large_policy_stay_small() {
    let resources: Vec<String> = (0..20_000).map(|number| format!("arn:aws:s3:::bucket-{number}")).collect();
    let mut accounts: Vec<String> = (0..20_000).map(|number| format!("{:012}", 100_000_000_000_u64 + number)).collect();
    accounts.push("*".to_owned());
    let policy = json!({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"AWS": accounts}, "Resource": resources}]});
    let sandbox = load(call("s3", "PutBucketPolicy", json!({"bucketName": "b", "bucketPolicy": policy})));
    assert_eq!(sandbox.query("SELECT count(*), count(*) FILTER (public) FROM event_grants"), "20001,1");
    assert_eq!(sandbox.query("SELECT max(length(grants::VARCHAR)) < 10_000_000 FROM events"), "true");
    let resources = sandbox.query("SELECT array_to_string(resources, ' ') FROM event_grants WHERE public");
    assert_eq!(resources, "arn:aws:s3:::bucket-0 arn:aws:s3:::bucket-1 …");
}

#[test]
fn long_archive_member_names_do_not_exhaust_memory() {
    use std::io::{Cursor, Write};
    let zip = |members: &mut dyn Iterator<Item = (String, Vec<u8>)>| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let mut archive = zip(&mut (0..10_000).map(|number| (number.to_string(), Vec::new())));
    for _ in 0..2 {
        archive = zip(&mut std::iter::once(("n".repeat(60_000), archive.clone())));
    }
    let sandbox = Sandbox::new();
    sandbox.log("names.zip", &archive);
    sandbox.log(
        "long.zip",
        zip(&mut std::iter::once((
            "m".repeat(60_000),
            trail(&(0..5_000).map(|number| record(number).to_string()).collect::<Vec<_>>()).into_bytes(),
        ))),
    );
    let outcome = sandbox.load(&[]);
    assert!(outcome.peak < 700 << 20, "{} bytes", outcome.peak);
    assert_eq!(sandbox.query("SELECT count(*), max(length(source_file)) < 3000 FROM events"), "5000,true");
}

#[test]
fn deeply_nested_brackets_in_sigma_rule_are_rejected() {
    let sandbox = load(call("iam", "CreateUser", json!({"userName": "eve"})));
    let rule = "title: a\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  a: ";
    for (open, close) in [("[", "]"), ("{b: ", "}")] {
        let text = format!("{rule}{}1{}\n  condition: a\n", open.repeat(50_000), close.repeat(50_000));
        std::fs::write(sandbox.path("rule.yml"), text).unwrap();
        let outcome = sandbox.run(&["hunt", "--db", "case.duckdb", "--sigma", "rule.yml"]);
        assert!(outcome.err.contains("brackets nested deeper than 256 levels"), "{}", outcome.err);
    }
}

#[test]
fn object_with_many_members_is_read() {
    // All names have the same length, first and last character, so that a filter on these finds no difference.
    let members: Vec<String> = (0..1_000_000).map(|number| format!("\"n{number:08}n\":1")).collect();
    let request = format!("{{{},\"n00000000n\":\"last\"}}", members.join(","));
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[with_request(1, &request)]));
    let outcome = sandbox.load(&["--max-record-size", "64MiB"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    let last = "SELECT request_parameters->>'n00000000n', length(request_parameters) > 10_000_000 FROM events";
    assert_eq!(sandbox.query(last), "last,true");
}
