//! Links and special files, unfinished cases, and arguments that are too large.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::hostile::{Sandbox, output, record, trail};

#[test]
fn outside_links_and_special_files_are_reported_and_skipped() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    fs::create_dir(sandbox.path("outside")).unwrap();
    fs::write(sandbox.path("outside/secret.json"), trail(&[record(2).to_string()])).unwrap();
    symlink(sandbox.path("outside/secret.json"), sandbox.path("logs/link.json")).unwrap();
    symlink(sandbox.path("outside"), sandbox.path("logs/folder")).unwrap();
    symlink(sandbox.path("logs/a.json"), sandbox.path("logs/own.json")).unwrap();
    symlink("/proc/self/environ", sandbox.path("logs/environ")).unwrap();
    symlink("/dev/zero", sandbox.path("logs/zero")).unwrap();
    output(Command::new("mkfifo").arg(sandbox.path("logs/fifo")));
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    for (file, cause) in [
        ("logs/link.json", "a link that leads out of the folder"),
        ("logs/folder", "a link that leads out of the folder"),
        ("logs/environ", "a link that leads out of the folder"),
        ("logs/zero", "a link that leads out of the folder"),
        ("logs/fifo", "neither a file nor a folder"),
    ] {
        let reported = outcome.err.lines().any(|line| line.contains(file) && line.contains(cause));
        assert!(reported, "{file}: {}", outcome.err);
    }
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1");
}

#[test]
fn devices_and_kernel_files_are_refused() {
    let sandbox = Sandbox::new();
    for path in ["/dev/zero", "/proc/kmsg", "/proc/self/environ", "/sys/kernel/notes"] {
        let outcome = sandbox.run(&["load", path, "--db", "case.duckdb"]);
        assert_eq!(outcome.code, Some(1), "{path}: {}", outcome.err);
        assert!(outcome.err.contains("is not a regular file"), "{path}: {}", outcome.err);
    }
}

#[test]
fn excessive_thread_count_is_limited_with_a_message() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    let outcome = sandbox.load(&["--threads", "100000"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert!(outcome.err.contains("--threads 100000"), "{}", outcome.err);
}

#[test]
fn temporary_files_of_killed_load_are_removed() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    fs::create_dir(sandbox.path("case.duckdb.tmp")).unwrap();
    for file in ["duckdb_temp_storage_DEFAULT-0.tmp", "duckdb_temp_block-4711.block", "mine.txt"] {
        fs::write(sandbox.path("case.duckdb.tmp").join(file), "x").unwrap();
    }
    assert_eq!(sandbox.load(&[]).code, Some(0));
    let left: Vec<_> =
        fs::read_dir(sandbox.path("case.duckdb.tmp")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.txt"]);
    fs::remove_file(sandbox.path("case.duckdb.tmp/mine.txt")).unwrap();
    assert_eq!(sandbox.load(&[]).code, Some(0));
    assert!(!sandbox.path("case.duckdb.tmp").exists());
}

#[test]
fn unfinished_case_error_explains_how_to_continue() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    drop(duckdb::Connection::open(sandbox.path("begun.duckdb")).unwrap());
    fs::write(sandbox.path("empty.duckdb"), "").unwrap();
    for case in ["begun.duckdb", "empty.duckdb"] {
        for reader in ["timeline", "sessions", "report", "coverage"] {
            let outcome = sandbox.run(&[reader, "--db", case]);
            assert_eq!(outcome.code, Some(1), "{case}, {reader}: {}", outcome.err);
            let is_explained = outcome.err.contains("first load") && outcome.err.contains("cartographer load");
            assert!(is_explained, "{case}, {reader}: {}", outcome.err);
        }
        let outcome = sandbox.run(&["load", "logs", "--db", case]);
        assert_eq!(outcome.code, Some(0), "{case}: {}", outcome.err);
    }
}

#[test]
fn pipe_in_rules_folder_is_reported_and_not_read() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("rules/iam")).unwrap();
    output(Command::new("mkfifo").arg(sandbox.path("rules/iam/a.toml")));
    let outcome = sandbox.run(&["rules", "check", "rules"]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.err);
    let messages = [outcome.out, outcome.err].concat();
    assert!(messages.contains("a.toml") && messages.contains("neither a file nor a folder"), "{messages}");
}

#[test]
fn arguments_that_lead_to_devices_pipes_or_links_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    assert_eq!(sandbox.load(&[]).code, Some(0));
    output(Command::new("mkfifo").arg(sandbox.path("pipe")));
    let device = "it is a device or a socket";
    for (arguments, cause) in [
        (&["notes", "import", "/dev/zero", "--db", "case.duckdb"][..], device),
        (&["sql", "-f", "/dev/zero", "--db", "case.duckdb"], device),
        (&["load", "logs", "--db", "case.duckdb", "--ip-ranges", "/dev/zero"], device),
        (&["load", "logs", "--db", "case.duckdb", "--geoip", "/dev/zero"], device),
        (&["verify", "logs", "--public-keys", "/dev/zero"], device),
        (&["serve", "--db", "case.duckdb", "--token-file", "pipe"], "it is not a regular file"),
        (
            &["export", "csv", "--db", "case.duckdb", "--redact", "all", "--redact-key", "pipe"],
            "it is not a regular file",
        ),
        (&["timeline", "--db", "pipe"], "pipe is not a cartographer case"),
        (&["load", "logs", "--db", "pipe"], "pipe is not a cartographer case"),
    ] {
        let outcome = sandbox.run(arguments);
        assert_eq!(outcome.code, Some(1), "{arguments:?}: {}", outcome.err);
        assert!(outcome.err.contains(cause), "{arguments:?}: {}", outcome.err);
    }
    let query = sandbox.path("pipe");
    let writer = std::thread::spawn(move || fs::write(query, "SELECT count(*) AS events FROM events").unwrap());
    let outcome = sandbox.run(&["sql", "-f", "pipe", "--db", "case.duckdb", "--format", "csv"]);
    writer.join().unwrap();
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "events\n1\n"), "{}", outcome.err);
    // Following the links would create files outside the folder of the case.
    for lock in [".case.duckdb.lock", ".case.notes.jsonl.lock"] {
        std::os::unix::fs::symlink(sandbox.path("created"), sandbox.path(lock)).unwrap();
    }
    fs::write(sandbox.path("none.jsonl"), "").unwrap();
    for arguments in [
        &["load", "logs", "--db", "case.duckdb", "--copy"][..],
        &["notes", "import", "none.jsonl", "--db", "case.duckdb"],
    ] {
        let outcome = sandbox.run(arguments);
        assert_eq!(outcome.code, Some(1), "{arguments:?}: {}", outcome.err);
        assert!(outcome.err.contains("lock is not a regular file"), "{arguments:?}: {}", outcome.err);
        assert!(!sandbox.path("created").exists(), "{arguments:?}");
    }
}

#[test]
fn output_does_not_replace_devices_cases_or_foreign_folders() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    assert_eq!(sandbox.load(&[]).code, Some(0));
    output(Command::new("mkfifo").arg(sandbox.path("pipe")));
    let case = fs::read(sandbox.path("case.duckdb")).unwrap();
    let csv = |name| sandbox.run(&["export", "csv", "--db", "case.duckdb", "-o", name, "--force"]);
    let parquet = |name| sandbox.run(&["export", "parquet", "--db", "case.duckdb", "-o", name, "--force"]);
    for (outcome, cause) in [
        (csv("pipe"), "is a device, pipe or socket"),
        (parquet("pipe"), "is a device, pipe or socket"),
        (csv("case.duckdb"), "is a DuckDB database"),
        (parquet("case.duckdb"), "is a DuckDB database"),
        (parquet("logs"), "contains files that are not from an export"),
        (csv("logs"), "contains files that are not from an export"),
    ] {
        assert_eq!(outcome.code, Some(1), "{}", outcome.err);
        assert!(outcome.err.contains(cause), "{}", outcome.err);
    }
    assert_eq!(fs::read(sandbox.path("case.duckdb")).unwrap(), case);
    assert!(sandbox.path("logs/a.json").exists());
    for name in ["parquet", "parquet"] {
        assert_eq!(parquet(name).code, Some(0));
    }
}

#[test]
fn temporary_folder_that_is_a_link_is_not_followed() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    fs::create_dir(sandbox.path("other")).unwrap();
    fs::write(sandbox.path("other/duckdb_temp_block-4711.block"), "x").unwrap();
    symlink(sandbox.path("other"), sandbox.path("case.duckdb.tmp")).unwrap();
    assert_eq!(sandbox.load(&[]).code, Some(0));
    assert_eq!(fs::read_to_string(sandbox.path("other/duckdb_temp_block-4711.block")).unwrap(), "x");
}
