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
