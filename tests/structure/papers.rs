//! The papers tell the truth: what they name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;
use assert_cmd::cargo::cargo_bin_cmd;

use crate::flow::STAGES;
use crate::source;

const PAPERS: [&str; 4] = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"];

/// The text of `code` between backticks.
fn ticked(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The lines inside fenced blocks.
fn fenced(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").skip(1).step_by(2).flat_map(|block| block.lines().skip(1))
}

/// Files and folders of the project that a paper names; a name with a gap in it (`<page>`, `…`, `*`) is a pattern.
fn named_paths(text: &str) -> BTreeSet<&str> {
    let ours = ["src/", "tests/", "scripts/", "demo/", "sql/", "rules/", ".ci/", ".cargo/"];
    let whole = |path: &&str| !path.contains(['<', '*', '…', ' ']) && ours.iter().any(|start| path.starts_with(start));
    ticked(text).filter(whole).collect()
}

/// The word after each command, where the command stands alone in ticks or starts a line of a block.
fn words_after<'a>(text: &'a str, command: &'a str) -> BTreeSet<&'a str> {
    let word = |line: &'a str| line.trim_start().strip_prefix(command)?.strip_prefix(' ')?.split_whitespace().next();
    let name = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
    ticked(text).chain(fenced(text)).filter_map(word).filter(name).collect()
}

/// Words in British spelling; the documentation uses American spelling, as AWS does.
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

/// The text outside code.
fn prose(text: &str) -> String {
    let fences = text.split("```").step_by(2);
    let lines = fences.flat_map(str::lines).filter(|line| !line.starts_with("    "));
    lines.flat_map(|line| line.split('`').step_by(2)).collect::<Vec<_>>().join(" ").to_lowercase()
}

fn paper(name: &str) -> Result<String> {
    Ok(fs::read_to_string(source::package().join(name))?)
}

#[test]
fn every_path_that_a_paper_names_is_there() -> Result<()> {
    for name in PAPERS {
        let text = paper(name)?;
        let lost: Vec<_> =
            named_paths(&text).into_iter().filter(|path| !source::package().join(path).exists()).collect();
        assert!(lost.is_empty(), "{name} names {lost:?}");
    }
    Ok(())
}

#[test]
fn every_target_that_a_paper_names_is_in_the_makefile() -> Result<()> {
    let makefile = paper("Makefile")?;
    for name in PAPERS {
        let text = paper(name)?;
        for target in words_after(&text, "make") {
            assert!(makefile.contains(&format!("\n{target}:")), "{name}: make {target}");
        }
    }
    Ok(())
}

#[test]
fn every_command_that_a_paper_names_is_one() -> Result<()> {
    for name in PAPERS {
        let text = paper(name)?;
        for command in words_after(&text, "cartographer") {
            cargo_bin_cmd!("cartographer").args([command, "--help"]).assert().success();
        }
    }
    Ok(())
}

#[test]
fn architecture_names_every_stage() -> Result<()> {
    let text = paper("ARCHITECTURE.md")?;
    let named = named_paths(&text);
    for stage in STAGES {
        assert!(named.contains(format!("src/{stage}/").as_str()), "ARCHITECTURE.md does not name src/{stage}/");
    }
    Ok(())
}

#[test]
fn the_documentation_has_american_spelling() -> Result<()> {
    let generated = ["tables.md", "hunts.md"];
    let docs: Vec<String> = fs::read_dir(source::package().join("docs"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>>>()?;
    let docs = docs.iter().filter(|name| {
        Path::new(name).extension().is_some_and(|ending| ending == "md") && !generated.contains(&name.as_str())
    });
    let own = ["SECURITY.md", "demo/README.md", "python/README.md"];
    let names = PAPERS.into_iter().chain(own).map(str::to_owned).chain(docs.map(|name| format!("docs/{name}")));
    let mut read = 0;
    for name in names {
        let text = prose(&paper(&name)?);
        let found: Vec<_> = BRITISH.into_iter().filter(|word| text.contains(word)).collect();
        assert!(found.is_empty(), "{name} has {found:?}");
        read += 1;
    }
    assert!(read > 12, "{read} files were read");
    assert_eq!(prose("A `catalogue`.\n```\ncolour\n```\nThe Colour."), "a  .  the colour.");
    Ok(())
}

#[test]
fn readers_of_papers_see_what_is_written() {
    let text = "Run `make test`, see `src/read/`, `rules/<service>/`, `a b`.\n```sh\nmake demo  # now\ncartographer load x\nmakes no\n```\n`cartographer sql \"…\"`\n";
    assert_eq!(named_paths(text), BTreeSet::from(["src/read/"]));
    assert_eq!(words_after(text, "make"), BTreeSet::from(["demo", "test"]));
    assert_eq!(words_after(text, "cartographer"), BTreeSet::from(["load", "sql"]));
}
