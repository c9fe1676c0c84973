//! Memory use of a load, and its errors if memory is not sufficient.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::hostile::{Sandbox, record, trail};

/// A limit that every load accepts.
const LIMIT: &str = "256MB";

/// What a load may use in addition to its limit: for the program itself, its rules and its threads.
const OVERHEAD: u64 = 350 << 20;

fn gzip(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    parts.into_iter().for_each(|part| encoder.write_all(&part).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn gzip_bomb_is_reported_and_other_files_are_loaded() {
    let sandbox = Sandbox::new();
    sandbox.log("bomb.json.gz", gzip((0..1024).map(|_| vec![b' '; 1 << 20])));
    sandbox.log("whole.json", trail(&[record(1).to_string()]));
    let outcome = sandbox.load(&["--memory-limit", LIMIT]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(outcome.err.contains("bomb.json.gz"), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1");
    assert!(outcome.peak < 256_000_000 + OVERHEAD, "{} bytes", outcome.peak);
}

#[test]
fn many_gzip_bombs_stay_within_the_memory_limit() {
    let sandbox = Sandbox::new();
    let bomb = gzip((0..100).map(|_| vec![b' '; 1 << 20]));
    (0..12).for_each(|number| sandbox.log(&format!("{number:02}.json.gz"), &bomb));
    sandbox.log("whole.json", trail(&[record(1).to_string()]));
    let outcome = sandbox.load(&["--memory-limit", LIMIT, "--threads", "4"]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1");
    assert!(outcome.peak < 256_000_000 + OVERHEAD, "{} bytes", outcome.peak);
}

#[test]
fn file_over_memory_limit_is_reported_and_read_by_next_load() {
    let sandbox = Sandbox::new();
    let padding = "x".repeat(1 << 20);
    let records: Vec<String> = (0..160)
        .map(|number| {
            let mut record = record(number);
            record["requestParameters"]["userName"] = padding.clone().into();
            record.to_string()
        })
        .collect();
    sandbox.log("large.json", trail(&records));
    sandbox.log("whole.json", trail(&[record(1_000).to_string()]));
    let outcome = sandbox.load(&["--memory-limit", LIMIT]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(outcome.err.contains("large.json") && outcome.err.contains("--memory-limit"), "{}", outcome.err);
    assert!(outcome.peak < 256_000_000 + OVERHEAD, "{} bytes", outcome.peak);
    let again = sandbox.load(&["--memory-limit", "1GiB"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "161");
}

#[test]
fn out_of_memory_is_not_reported_as_damaged_file() {
    let sandbox = Sandbox::new();
    // Two members, so that the file is decompressed incrementally.
    let record = |number| record(number).to_string();
    let member = |numbers: std::ops::Range<u64>| {
        let lines: String = numbers.map(|number| record(number) + "\n").collect();
        gzip([lines.into_bytes()])
    };
    sandbox.log("a.json.gz", [member(0..100_000), member(100_000..200_000)].concat());
    let mut failed = 0;
    for limit in [500_000, 700_000, 900_000, 1_200_000] {
        let outcome = sandbox.run_in(&[&format!("ulimit -v {limit}")], &["load", "logs", "--db", "case.duckdb", "-q"]);
        let is_whole = outcome.code == Some(0);
        failed += u32::from(!is_whole);
        // DuckDB itself may abort ("terminate called after throwing an instance of …"). The case must stay intact.
        let messages: Vec<&str> = outcome.err.lines().filter(|line| !line.starts_with("terminate called")).collect();
        let blames_file = |line: &&str| line.contains("damaged") || line.contains("after ");
        assert!(!messages.iter().any(blames_file), "{limit}: {}", outcome.err);
    }
    assert!(failed > 0, "no limit was too low");
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "200000");
}

#[test]
fn decompressed_size_is_limited_relative_to_the_file() {
    let sandbox = Sandbox::new();
    // A record and 192 MiB of spaces, in about 200 KB.
    let mut parts = vec![trail(&[record(1).to_string()]).into_bytes()];
    parts.resize(193, vec![b' '; 1 << 20]);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for part in &parts {
        encoder.write_all(part).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() * 512 < 150 << 20, "{} bytes", bomb.len());
    sandbox.log("bomb.json.gz", bomb);
    // Memory is not limited here.
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(outcome.err.contains("bomb.json.gz: gzip: truncated at the size limit"), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1");
}

#[test]
fn load_after_a_killed_one_finishes_with_little_memory() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    assert_eq!(sandbox.load(&[]).code, Some(0));
    // A load that was killed before it gathered sessions leaves events without sessions. Many sessions have many addresses.
    let case = duckdb::Connection::open(sandbox.path("case.duckdb")).unwrap();
    case.execute_batch(
        "DELETE FROM sessions; INSERT INTO events BY NAME SELECT 'e' || i AS event_id, \
         md5((i * 7919 % 600000 // 25)::VARCHAR) AS session_id, TIMESTAMP '2026-03-02' + to_seconds(i) AS event_time, \
         'ec2.amazonaws.com' AS event_source, 'DescribeInstances' AS event_name, 'b.json' AS source_file, i AS source_record, \
         'eu-west-' || (i % 5) AS region, '203.0.' || (i // 250 % 250) || '.' || (i % 250) AS source_ip, \
         'aws-sdk-go-v2/1.21.' || i || ' os/linux lang/go#1.21 md/GOOS#linux md/GOARCH#amd64' AS user_agent \
         FROM range(600000) AS r(i)",
    )
    .unwrap();
    drop(case);
    sandbox.log("c.json", trail(&[record(2).to_string()]));
    let outcome = sandbox.load(&["--memory-limit", LIMIT]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*), sum(events) FROM sessions"), "24001,600002");
}

#[test]
fn files_that_do_not_fit_together_are_read_one_by_one() {
    let sandbox = Sandbox::new();
    for number in 0..4 {
        // Each file fits by itself.
        let parts = (0..40).map(|_| vec![b' '; 1 << 20]).chain([trail(&[record(number).to_string()]).into_bytes()]);
        sandbox.log(&format!("{number}.json.gz"), gzip(parts));
    }
    let outcome = sandbox.load(&["--memory-limit", LIMIT]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "4");
}
