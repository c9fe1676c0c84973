//! Words that were replaced before version 0.1.0 are not used in code, SQL, rules, documentation or the browser interface.

use anyhow::Result;

use crate::structure::source::{self, Source};

/// Old words, and what is used instead. A lowercase word matches in any case and with any ending; a capitalized one is a
/// type name or the start of one; a word in quotes is a value.
const OLD_WORDS: [(&str, &str); 14] = [
    ("\"letter\"", "exact"),
    ("'letter'", "exact"),
    ("likeness", "inferred"),
    ("auction", "decoder"),
    ("told_events", "described_events"),
    ("defence_evasion", "defense_impairment"),
    ("defense_evasion", "defense_impairment"),
    ("normalise", "normalize"),
    ("Desk", "State"),
    ("Door", "Access"),
    ("sift", "sort"),
    ("in vain", "without a result"),
    ("to the letter", "exactly"),
    ("looked for in", "looked up in"),
];

/// The folders and files that are checked. The changelog names old words on purpose.
const CHECKED: [&str; 13] = [
    "src",
    "tests",
    "examples",
    "benches",
    "python",
    "sql",
    "rules",
    "docs",
    "demo/README.md",
    "web/src",
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
];

/// Whether a line contains the word.
fn contains(line: &str, word: &str) -> bool {
    let is_quoted = word.starts_with(['"', '\'']);
    let is_type_name = word.starts_with(|first: char| first.is_ascii_uppercase());
    let line = if is_quoted || is_type_name { line.to_owned() } else { line.to_lowercase() };
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        is_quoted
            || !(before.ends_with(|c: char| c.is_alphanumeric())
                || is_type_name && after.starts_with(|c: char| c.is_lowercase()))
    })
}

/// The old words in a file, as messages.
fn old_words(source: &Source) -> Vec<String> {
    let in_line = |(at, line): (usize, &str)| {
        let words = OLD_WORDS.into_iter().filter(|(old, _)| contains(line, old));
        words.map(|(old, new)| format!("{}:{}: {old}, use {new}", source.path, at + 1)).collect::<Vec<_>>()
    };
    source.text.lines().enumerate().flat_map(in_line).collect()
}

#[test]
fn no_file_contains_an_old_word() -> Result<()> {
    let mut found = Vec::new();
    for folder in CHECKED {
        let files = source::texts(folder)?;
        assert!(!files.is_empty(), "{folder} was not read");
        found.extend(
            files.iter().filter(|file| file.path != "tests/integration/structure/words.rs").flat_map(old_words),
        );
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn old_words_are_found_as_words() {
    for (line, word) in [
        ("origin = 'letter'", "'letter'"),
        ("/// Found by Likeness.", "likeness"),
        ("let sifted = sift(rows);", "sift"),
        ("struct DeskState;", "Desk"),
        ("mod normalise;", "normalise"),
    ] {
        assert!(contains(line, word), "{line}");
    }
    for (line, word) in [
        ("the first letter", "'letter'"),
        ("travel-desk", "Desk"),
        ("Desktop", "Desk"),
        ("HelpDesk", "Desk"),
        ("explain vainly", "in vain"),
    ] {
        assert!(!contains(line, word), "{line}");
    }
}
