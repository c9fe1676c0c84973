//! Loading more files into a case: files are compared by content, and events with those in the case.

use std::fs;

use serde_json::Value;

use crate::load::{BROWSER, Workspace, column, id, record};

#[test]
fn changed_file_with_same_size_and_time_is_loaded_again() {
    let workspace = Workspace::new();
    let time = std::time::SystemTime::UNIX_EPOCH;
    let write = |number| {
        workspace.write_records("a.json", &[record(number, "alice", BROWSER)]);
        fs::File::options().write(true).open(workspace.path("a.json")).unwrap().set_modified(time).unwrap();
        fs::metadata(workspace.path("a.json")).unwrap().len()
    };
    let size = write(11);
    assert_eq!(workspace.load(&["a.json"]).inserted, 1);
    assert_eq!(write(12), size);
    assert_eq!(workspace.load(&["a.json"]).inserted, 1);
    assert_eq!(column(&workspace, "SELECT event_id FROM events ORDER BY 1"), [id(11), id(12)]);
}

#[test]
fn duplicates_are_found_across_many_portions() {
    let workspace = Workspace::new();
    let one = |n: u64| vec![record(n, "alice", BROWSER)];
    let had: Vec<Value> = [5, 1500, 2500, 3300].into_iter().flat_map(one).collect();
    workspace.write_records("logs/b.json", &had);
    workspace.load(&["logs"]);
    // File names before and after that of the first load, in four portions.
    for n in 0..3400 {
        let name = if n < 2000 { "a" } else { "c" };
        workspace.write_records(&format!("logs/{name}{n:04}.json"), &one(n));
    }
    let ledger = workspace.load(&["logs"]);
    assert_eq!((ledger.files_skipped, ledger.read, ledger.inserted, ledger.duplicate), (1, 3400, 3396, 4));
    let kept = "SELECT source_file[-10:] FROM events WHERE request_parameters->>'$.maxItems' IN ('5', '1500', '2500', \
                '3300') ORDER BY event_id";
    assert_eq!(column(&workspace, kept), ["a0005.json", "a1500.json", "ogs/b.json", "ogs/b.json"]);
}
