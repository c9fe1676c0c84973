//! Every Rust file starts with a doc comment, and no file contains a path of the machine on which it was written.

use anyhow::Result;

use crate::structure::source::{self, Source};

/// Whether a line contains a path of a developer's machine. The home directory of `CloudShell` is allowed.
fn has_machine_path(line: &str) -> bool {
    let is_local = |(at, _): &(usize, &str)| {
        let part_of_a_path = line[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || ".~}".contains(c));
        !part_of_a_path && !line[*at..].contains("cloudshell-user")
    };
    ["work", "home", "root"].iter().any(|folder| line.match_indices(&format!("/{folder}/")).any(|hit| is_local(&hit)))
}

fn machine_paths(source: &Source) -> Vec<String> {
    let numbered = source.text.lines().enumerate().filter(|(_, line)| has_machine_path(line));
    numbered.map(|(at, _)| format!("{}:{}: a machine's path", source.path, at + 1)).collect()
}

#[test]
fn every_rust_file_starts_with_a_doc_comment() -> Result<()> {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        let files = source::rust(folder)?;
        found.extend(files.into_iter().filter(|file| !file.text.starts_with("//! ")).map(|file| file.path));
    }
    assert!(found.is_empty(), "these files do not start with `//!`:\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn no_file_contains_a_machine_path() -> Result<()> {
    let found: Vec<String> = source::texts("")?.iter().flat_map(machine_paths).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn machine_paths_are_distinguished_from_links_and_cloudshell() {
    let paths = |folder: &str| {
        machine_paths(&Source { path: "src/made_up.rs".to_owned(), text: format!("first\nsee {folder}") })
    };
    for folder in ["work", "home", "root"].map(|name| format!("/{name}/somebody")) {
        assert_eq!(paths(&folder), ["src/made_up.rs:2: a machine's path"]);
    }
    for allowed in ["https://example.org/home/page", "/home/cloudshell-user/run.sh", "../work/notes"] {
        assert_eq!(paths(allowed), Vec::<String>::new(), "{allowed}");
    }
}
