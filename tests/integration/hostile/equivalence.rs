//! A trail gives the same rows in every format and order.

use std::fs;
use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::hostile::Sandbox;

const TRAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");

/// The trail as JSON, and split into several files.
fn pieces() -> (String, Vec<String>) {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut GzDecoder::new(fs::File::open(TRAIL).unwrap()), &mut text).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    let records = whole["Records"].as_array().unwrap().clone();
    let pieces = records.chunks(records.len() / 7 + 1);
    let pieces = pieces.map(|piece| serde_json::json!({ "Records": piece }).to_string()).collect();
    (text, pieces)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(text: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    std::io::Read::read_to_end(
        &mut bzip2::read::BzEncoder::new(text.as_bytes(), bzip2::Compression::fast()),
        &mut packed,
    )
    .unwrap();
    packed
}

/// The records as JSON lines.
fn lines(text: &str) -> String {
    let whole: serde_json::Value = serde_json::from_str(text).unwrap();
    let records: Vec<String> = whole["Records"].as_array().unwrap().iter().map(ToString::to_string).collect();
    records.join("\n") + "\n"
}

fn zip(files: &[String]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (number, file) in files.iter().enumerate() {
        archive.start_file(format!("{number}.json"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(file.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The content of a case without the sources of its records.
fn content(sandbox: &Sandbox, case: &str) -> String {
    let events = "SELECT * EXCLUDE (source_file, source_record) FROM events ORDER BY ALL";
    let others = ["signals", "sessions", "event_signal", "signal_entities", "aggregated_events"];
    let others = others.map(|table| sandbox.query_case(case, &format!("SELECT * FROM {table} ORDER BY ALL")));
    [sandbox.query_case(case, events), others.join("\n\n")].join("\n\n")
}

#[test]
fn every_format_and_order_of_a_trail_gives_the_same_rows() {
    let sandbox = Sandbox::new();
    let (whole, pieces) = pieces();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(whole.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (name, bytes) in [
        ("plain.json", whole.clone().into_bytes()),
        ("packed.json.gz", gzip(&whole)),
        ("packed.zst", zstd::encode_all(whole.as_bytes(), 1).unwrap()),
        ("packed.zip", zip(&pieces)),
        ("packed.bz2", bzip2(&whole)),
        ("lines.json", lines(&whole).into_bytes()),
        ("wide.json", utf16),
    ] {
        fs::write(sandbox.path(name), bytes).unwrap();
    }
    for (number, piece) in pieces.iter().enumerate() {
        sandbox.log(&format!("{number}.json"), piece);
    }
    let load = |case: &str, inputs: &[&str], options: &[&str]| {
        let outcome = sandbox.run(&[&["load"], inputs, &["--db", case], options].concat());
        assert_eq!(outcome.code, Some(0), "{inputs:?}: {}", outcome.err);
    };
    load("plain.duckdb", &["plain.json"], &[]);
    let expected = content(&sandbox, "plain.duckdb");
    assert!(expected.lines().count() > 100);
    for input in ["packed.json.gz", "packed.zst", "packed.zip", "packed.bz2", "lines.json", "wide.json", "logs"] {
        let case = format!("{}.duckdb", input.replace('.', "-"));
        load(&case, &[input], &[]);
        assert!(content(&sandbox, &case) == expected, "{input}");
    }
    load("one.duckdb", &["logs"], &["--threads", "1"]);
    assert!(content(&sandbox, "one.duckdb") == expected, "one thread");
    for number in (0..pieces.len()).rev() {
        load("backwards.duckdb", &[&format!("logs/{number}.json")], &["--threads", "3"]);
    }
    assert!(content(&sandbox, "backwards.duckdb") == expected, "backwards");

    let mut child = Command::new(env!("CARGO_BIN_EXE_cartographer"))
        .args(["load", "-", "--db"])
        .arg(sandbox.path("stdin.duckdb"))
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(whole.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(content(&sandbox, "stdin.duckdb") == expected, "standard input");
}

#[test]
fn exports_load_as_the_same_case() {
    let sandbox = Sandbox::new();
    let load = |case: &str, input: &str| {
        let outcome = sandbox.run(&["load", input, "--db", case]);
        assert_eq!(outcome.code, Some(0), "{input}: {}", outcome.err);
    };
    let export = |args: &[&str]| {
        let outcome = sandbox.run(&[&["export"], args, &["--db", "case.duckdb"]].concat());
        assert_eq!(outcome.code, Some(0), "{args:?}: {}", outcome.err);
    };
    load("case.duckdb", TRAIL);
    let expected = content(&sandbox, "case.duckdb");
    export(&["ocsf", "-o", "ocsf.jsonl"]);
    load("ocsf.duckdb", "ocsf.jsonl");
    assert!(content(&sandbox, "ocsf.duckdb") == expected, "OCSF");
    export(&["ocsf", "--format", "parquet", "-o", "ocsf.parquet"]);
    load("ocsf-parquet.duckdb", "ocsf.parquet");
    assert!(content(&sandbox, "ocsf-parquet.duckdb") == expected, "OCSF as Parquet");
    export(&["parquet", "-o", "tables"]);
    load("tables.duckdb", "tables/events");
    assert!(content(&sandbox, "tables.duckdb") == expected, "Parquet");
}
