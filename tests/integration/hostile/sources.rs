//! Files that are no files, cases that were not finished, and arguments that are too large.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::hostile::{Scene, output, record, trail};

#[test]
fn links_out_of_the_folder_and_special_files_are_told_and_not_read() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    fs::create_dir(scene.path("outside")).unwrap();
    fs::write(scene.path("outside/secret.json"), trail(&[record(2).to_string()])).unwrap();
    symlink(scene.path("outside/secret.json"), scene.path("logs/link.json")).unwrap();
    symlink(scene.path("outside"), scene.path("logs/folder")).unwrap();
    symlink(scene.path("logs/a.json"), scene.path("logs/own.json")).unwrap();
    symlink("/proc/self/environ", scene.path("logs/environ")).unwrap();
    symlink("/dev/zero", scene.path("logs/zero")).unwrap();
    output(Command::new("mkfifo").arg(scene.path("logs/fifo")));
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    for (file, cause) in [
        ("logs/link.json", "a link that leads out of the folder"),
        ("logs/folder", "a link that leads out of the folder"),
        ("logs/environ", "a link that leads out of the folder"),
        ("logs/zero", "a link that leads out of the folder"),
        ("logs/fifo", "neither a file nor a folder"),
    ] {
        let told = ended.err.lines().any(|line| line.contains(file) && line.contains(cause));
        assert!(told, "{file}: {}", ended.err);
    }
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "1");
}

#[test]
fn a_device_or_a_file_of_the_kernel_is_refused_by_name() {
    let scene = Scene::new();
    for path in ["/dev/zero", "/proc/kmsg", "/proc/self/environ", "/sys/kernel/notes"] {
        let ended = scene.run(&["load", path, "--db", "case.duckdb"]);
        assert_eq!(ended.code, Some(1), "{path}: {}", ended.err);
        assert!(ended.err.contains("is not a regular file"), "{path}: {}", ended.err);
    }
}

#[test]
fn so_many_threads_are_bounded_with_a_message() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    let ended = scene.load(&["--threads", "100000"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("--threads 100000"), "{}", ended.err);
}

#[test]
fn what_a_killed_load_left_is_removed_and_what_is_not_ours_stays() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    fs::create_dir(scene.path("case.duckdb.tmp")).unwrap();
    for file in ["duckdb_temp_storage_DEFAULT-0.tmp", "duckdb_temp_block-4711.block", "mine.txt"] {
        fs::write(scene.path("case.duckdb.tmp").join(file), "x").unwrap();
    }
    assert_eq!(scene.load(&[]).code, Some(0));
    let left: Vec<_> =
        fs::read_dir(scene.path("case.duckdb.tmp")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.txt"]);
    fs::remove_file(scene.path("case.duckdb.tmp/mine.txt")).unwrap();
    assert_eq!(scene.load(&[]).code, Some(0));
    assert!(!scene.path("case.duckdb.tmp").exists());
}

#[test]
fn a_case_whose_first_load_was_stopped_is_called_so() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    drop(duckdb::Connection::open(scene.path("begun.duckdb")).unwrap());
    fs::write(scene.path("empty.duckdb"), "").unwrap();
    for case in ["begun.duckdb", "empty.duckdb"] {
        for reader in ["timeline", "sessions", "report", "coverage"] {
            let ended = scene.run(&[reader, "--db", case]);
            assert_eq!(ended.code, Some(1), "{case}, {reader}: {}", ended.err);
            let is_told = ended.err.contains("first load") && ended.err.contains("cartographer load");
            assert!(is_told, "{case}, {reader}: {}", ended.err);
        }
        let ended = scene.run(&["load", "logs", "--db", case]);
        assert_eq!(ended.code, Some(0), "{case}: {}", ended.err);
    }
}

#[test]
fn a_pipe_in_a_folder_of_rules_is_told_and_not_read() {
    let scene = Scene::new();
    fs::create_dir_all(scene.path("rules/iam")).unwrap();
    output(Command::new("mkfifo").arg(scene.path("rules/iam/a.toml")));
    let ended = scene.run(&["rules", "check", "rules"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let told = [ended.out, ended.err].concat();
    assert!(told.contains("a.toml") && told.contains("neither a file nor a folder"), "{told}");
}

#[test]
fn an_output_replaces_no_device_no_case_and_no_folder_of_other_files() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    assert_eq!(scene.load(&[]).code, Some(0));
    output(Command::new("mkfifo").arg(scene.path("pipe")));
    let case = fs::read(scene.path("case.duckdb")).unwrap();
    let csv = |name| scene.run(&["export", "csv", "--db", "case.duckdb", "-o", name, "--force"]);
    let parquet = |name| scene.run(&["export", "parquet", "--db", "case.duckdb", "-o", name, "--force"]);
    for (ended, cause) in [
        (csv("pipe"), "is a device, pipe or socket"),
        (parquet("pipe"), "is a device, pipe or socket"),
        (csv("case.duckdb"), "is a DuckDB database"),
        (parquet("case.duckdb"), "is a DuckDB database"),
        (parquet("logs"), "contains files that are not from an export"),
        (csv("logs"), "contains files that are not from an export"),
    ] {
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(cause), "{}", ended.err);
    }
    assert_eq!(fs::read(scene.path("case.duckdb")).unwrap(), case);
    assert!(scene.path("logs/a.json").exists());
    for name in ["parquet", "parquet"] {
        assert_eq!(parquet(name).code, Some(0));
    }
}
