//! Work that must not grow faster than its input: counted, not timed.

use cartographer::read::{self, Document};
use serde_json::{Value, json};

use super::{Scene, record, trail};

/// Bytes that were looked through again for a text.
fn searched(text: String) -> u64 {
    let before = read::searched_bytes();
    let document = Document { name: "a".to_owned(), text: text.into_bytes() };
    drop(read::split(&document));
    read::searched_bytes() - before
}

/// Texts with that many broken things in them.
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
fn twice_the_damage_takes_twice_the_work() {
    let (small, large) = (texts(4_000), texts(8_000));
    for ((what, small), (_, large)) in small.into_iter().zip(large) {
        let bytes = large.len() as u64;
        let (small, large) = (searched(small), searched(large));
        assert!(large <= 3 * small + 100_000, "{what}: {small} bytes, then {large}");
        assert!(large <= 40 * bytes + 1_000_000, "{what}: {large} bytes searched in {bytes}");
    }
}

/// A record of a call with this request.
fn call(source: &str, name: &str, request: Value) -> String {
    let mut call = record(1);
    call["eventSource"] = format!("{source}.amazonaws.com").into();
    call["eventName"] = name.into();
    call["requestParameters"] = request;
    call.to_string()
}

/// Loads one record. The load fails if it takes minutes.
fn load(record: String) -> Scene {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record]));
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.peak < 1 << 30, "{} bytes", ended.peak);
    scene
}

#[test]
fn a_record_that_names_very_many_resources_is_read_and_mapped() {
    let instances: Vec<Value> = (0..60_000).map(|number| json!({"instanceId": format!("i-{number:017x}")})).collect();
    let scene = load(call("ec2", "TerminateInstances", json!({"instancesSet": {"items": instances}})));
    assert_eq!(scene.ask("SELECT count(*) FROM signal_entities WHERE entity_value LIKE 'i-%'"), "60000");

    let ranges =
        |port: u64| (0..100).map(|third| json!({"cidrIp": format!("10.{port}.{third}.0/24")})).collect::<Vec<_>>();
    let rules = (0..250).map(
        |port| json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": {"items": ranges(port)}}),
    );
    let request = json!({"groupId": "sg-1", "ipPermissions": {"items": rules.collect::<Vec<_>>()}});
    let scene = load(call("ec2", "AuthorizeSecurityGroupIngress", request));
    assert_eq!(scene.ask("SELECT count(*) FROM event_grants"), "25000");
}

#[test]
fn a_policy_does_not_grow_when_it_is_described() {
    let resources: Vec<String> = (0..20_000).map(|number| format!("arn:aws:s3:::bucket-{number}")).collect();
    let mut accounts: Vec<String> = (0..20_000).map(|number| format!("{:012}", 100_000_000_000_u64 + number)).collect();
    accounts.push("*".to_owned());
    let policy = json!({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"AWS": accounts}, "Resource": resources}]});
    let scene = load(call("s3", "PutBucketPolicy", json!({"bucketName": "b", "bucketPolicy": policy})));
    assert_eq!(scene.ask("SELECT count(*), count(*) FILTER (public) FROM event_grants"), "20001,1");
    assert_eq!(scene.ask("SELECT max(length(grants::VARCHAR)) < 10_000_000 FROM events"), "true");
    let resources = scene.ask("SELECT array_to_string(resources, ' ') FROM event_grants WHERE public");
    assert_eq!(resources, "arn:aws:s3:::bucket-0 arn:aws:s3:::bucket-1 …");
}

#[test]
fn an_archive_cannot_fill_the_memory_with_names() {
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
    let scene = Scene::new();
    scene.log("names.zip", &archive);
    scene.log(
        "long.zip",
        zip(&mut std::iter::once((
            "m".repeat(60_000),
            trail(&(0..5_000).map(|number| record(number).to_string()).collect::<Vec<_>>()).into_bytes(),
        ))),
    );
    let ended = scene.load(&[]);
    assert!(ended.peak < 700 << 20, "{} bytes", ended.peak);
    assert_eq!(scene.ask("SELECT count(*), max(length(source_file)) < 3000 FROM events"), "5000,true");
}

#[test]
fn brackets_in_a_sigma_rule_do_not_take_forever() {
    let scene = load(call("iam", "CreateUser", json!({"userName": "eve"})));
    let rule = "title: a\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  a: ";
    for (open, close) in [("[", "]"), ("{b: ", "}")] {
        let text = format!("{rule}{}1{}\n  condition: a\n", open.repeat(50_000), close.repeat(50_000));
        std::fs::write(scene.path("rule.yml"), text).unwrap();
        let ended = scene.run(&["hunt", "--db", "case.duckdb", "--sigma", "rule.yml"]);
        assert!(ended.err.contains("brackets nested deeper than 256 levels"), "{}", ended.err);
    }
}
