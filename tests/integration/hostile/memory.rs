//! Memory: how much a load takes, and what it says if that is not enough.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::hostile::{Scene, record, trail};

/// A limit that every load accepts.
const LIMIT: &str = "256MB";

/// What a load may take above its limit: the program itself, its rules and its threads.
const REST: u64 = 350 << 20;

fn gzip(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    parts.into_iter().for_each(|part| encoder.write_all(&part).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn a_gzip_bomb_is_told_and_the_rest_is_loaded() {
    let scene = Scene::new();
    scene.log("bomb.json.gz", gzip((0..1024).map(|_| vec![b' '; 1 << 20])));
    scene.log("whole.json", trail(&[record(1).to_string()]));
    let ended = scene.load(&["--memory-limit", LIMIT]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.contains("bomb.json.gz"), "{}", ended.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "1");
    assert!(ended.peak < 256_000_000 + REST, "{} bytes", ended.peak);
}

#[test]
fn many_bombs_at_once_are_no_more_than_one() {
    let scene = Scene::new();
    let bomb = gzip((0..100).map(|_| vec![b' '; 1 << 20]));
    (0..12).for_each(|number| scene.log(&format!("{number:02}.json.gz"), &bomb));
    scene.log("whole.json", trail(&[record(1).to_string()]));
    let ended = scene.load(&["--memory-limit", LIMIT, "--threads", "4"]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "1");
    assert!(ended.peak < 256_000_000 + REST, "{} bytes", ended.peak);
}

#[test]
fn a_file_that_does_not_fit_says_what_it_needs_and_is_read_again_by_the_next_load() {
    let scene = Scene::new();
    let padding = "x".repeat(1 << 20);
    let records: Vec<String> = (0..160)
        .map(|number| {
            let mut record = record(number);
            record["requestParameters"]["userName"] = padding.clone().into();
            record.to_string()
        })
        .collect();
    scene.log("large.json", trail(&records));
    scene.log("whole.json", trail(&[record(1_000).to_string()]));
    let ended = scene.load(&["--memory-limit", LIMIT]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.contains("large.json") && ended.err.contains("--memory-limit"), "{}", ended.err);
    assert!(ended.peak < 256_000_000 + REST, "{} bytes", ended.peak);
    let again = scene.load(&["--memory-limit", "1GiB"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "161");
}

#[test]
fn memory_that_runs_out_is_no_fault_of_the_file() {
    let scene = Scene::new();
    // Two members, so that the file is inflated bit by bit.
    let record = |number| record(number).to_string();
    let member = |numbers: std::ops::Range<u64>| {
        let lines: String = numbers.map(|number| record(number) + "\n").collect();
        gzip([lines.into_bytes()])
    };
    scene.log("a.json.gz", [member(0..100_000), member(100_000..200_000)].concat());
    let mut failed = 0;
    for limit in [500_000, 700_000, 900_000, 1_200_000] {
        let ended = scene.run_in(&[&format!("ulimit -v {limit}")], &["load", "logs", "--db", "case.duckdb", "-q"]);
        let is_whole = ended.code == Some(0);
        failed += u32::from(!is_whole);
        // DuckDB itself may abort ("terminate called after throwing an instance of …"). The case must stay intact.
        let said: Vec<&str> = ended.err.lines().filter(|line| !line.starts_with("terminate called")).collect();
        let blames_file = |line: &&str| line.contains("damaged") || line.contains("after ");
        assert!(!said.iter().any(blames_file), "{limit}: {}", ended.err);
    }
    assert!(failed > 0, "no limit was too low");
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "200000");
}
