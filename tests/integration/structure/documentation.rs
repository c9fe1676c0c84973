//! The documentation is correct: the paths, targets and commands that it names exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;
use assert_cmd::cargo::cargo_bin_cmd;

use crate::structure::flow::STAGES;
use crate::structure::source;

const DOCUMENTS: [&str; 4] = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"];

/// The code spans in backticks.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The lines inside fenced code blocks.
fn code_blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").skip(1).step_by(2).flat_map(|block| block.lines().skip(1))
}

/// The files and folders of the project that a document names. A name with a placeholder (`<page>`, `…`, `*`) is a
/// pattern.
fn named_paths(text: &str) -> BTreeSet<&str> {
    let ours = ["src/", "tests/", "scripts/", "demo/", "sql/", "rules/", ".ci/", ".cargo/"];
    let whole = |path: &&str| !path.contains(['<', '*', '…', ' ']) && ours.iter().any(|start| path.starts_with(start));
    code_spans(text).filter(whole).collect()
}

/// The word after each occurrence of a command in a code span or at the start of a line of a code block.
fn words_after<'a>(text: &'a str, command: &'a str) -> BTreeSet<&'a str> {
    let word = |line: &'a str| line.trim_start().strip_prefix(command)?.strip_prefix(' ')?.split_whitespace().next();
    let name = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
    code_spans(text).chain(code_blocks(text)).filter_map(word).filter(name).collect()
}

/// Words in British spelling. The documentation uses American spelling, as AWS does.
const BRITISH: [&str; 14] = [
    "organisation",
    "normalis",
    "catalogue",
    "colour",
    "behaviour",
    "recognis",
    "neighbour",
    "labelled",
    "licence",
    "defence",
    "cancelled",
    "favour",
    "analyse",
    "summaris",
];

/// The text outside code, in lowercase.
fn prose(text: &str) -> String {
    let fences = text.split("```").step_by(2);
    let lines = fences.flat_map(str::lines).filter(|line| !line.starts_with("    "));
    lines.flat_map(|line| line.split('`').step_by(2)).collect::<Vec<_>>().join(" ").to_lowercase()
}

fn document(name: &str) -> Result<String> {
    Ok(fs::read_to_string(source::package().join(name))?)
}

#[test]
fn every_path_in_the_documentation_exists() -> Result<()> {
    for name in DOCUMENTS {
        let text = document(name)?;
        let missing: Vec<_> =
            named_paths(&text).into_iter().filter(|path| !source::package().join(path).exists()).collect();
        assert!(missing.is_empty(), "{name} names {missing:?}");
    }
    Ok(())
}

#[test]
fn every_make_target_in_the_documentation_exists() -> Result<()> {
    let makefile = document("Makefile")?;
    for name in DOCUMENTS {
        let text = document(name)?;
        for target in words_after(&text, "make") {
            assert!(makefile.contains(&format!("\n{target}:")), "{name}: make {target}");
        }
    }
    Ok(())
}

#[test]
fn every_command_in_the_documentation_exists() -> Result<()> {
    for name in DOCUMENTS {
        let text = document(name)?;
        for command in words_after(&text, "cartographer") {
            cargo_bin_cmd!("cartographer").args([command, "--help"]).assert().success();
        }
    }
    Ok(())
}

#[test]
fn architecture_describes_every_stage() -> Result<()> {
    let text = document("ARCHITECTURE.md")?;
    let named = named_paths(&text);
    for stage in STAGES {
        assert!(named.contains(format!("src/{stage}/").as_str()), "ARCHITECTURE.md does not name src/{stage}/");
    }
    Ok(())
}

#[test]
fn documentation_uses_american_spelling() -> Result<()> {
    let generated = ["tables.md", "hunts.md"];
    let docs: Vec<String> = fs::read_dir(source::package().join("docs"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>>>()?;
    let docs = docs.iter().filter(|name| {
        Path::new(name).extension().is_some_and(|ending| ending == "md") && !generated.contains(&name.as_str())
    });
    let own = ["SECURITY.md", "demo/README.md", "python/README.md"];
    let names = DOCUMENTS.into_iter().chain(own).map(str::to_owned).chain(docs.map(|name| format!("docs/{name}")));
    let mut read = 0;
    for name in names {
        let text = prose(&document(&name)?);
        let found: Vec<_> = BRITISH.into_iter().filter(|word| text.contains(word)).collect();
        assert!(found.is_empty(), "{name} has {found:?}");
        read += 1;
    }
    assert!(read > 12, "{read} files were read");
    assert_eq!(prose("A `catalogue`.\n```\ncolour\n```\nThe Colour."), "a  .  the colour.");
    Ok(())
}

#[test]
fn paths_and_commands_are_extracted() {
    let text = "Run `make test`, see `src/read/`, `rules/<service>/`, `a b`.\n```sh\nmake demo  # now\ncartographer load x\nmakes no\n```\n`cartographer sql \"…\"`\n";
    assert_eq!(named_paths(text), BTreeSet::from(["src/read/"]));
    assert_eq!(words_after(text, "make"), BTreeSet::from(["demo", "test"]));
    assert_eq!(words_after(text, "cartographer"), BTreeSet::from(["load", "sql"]));
}
