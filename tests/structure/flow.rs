//! Data walks one way: no stage imports a later one, and files, DuckDB and the terminal have one room each.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::source::{self, Source, Token, closing, reads, step};

/// The nouns: every stage may import them, they import no stage.
const NOUNS: [&str; 5] = ["event", "signal", "table", "digest", "json"];

/// The stages, each importing only those before it. `load` drives those that read, map and store; `present` shows what
/// they found, the ledger of a load included; `export` writes a case in other forms, `serve` shows it to a browser; `cli`
/// drives everything, and so does `extension` for whoever loads it.
pub(crate) const STAGES: [&str; 22] = [
    "read",
    "normalize",
    "session",
    "rule",
    "call",
    "matching",
    "spec",
    "batch",
    "trail",
    "verify",
    "address",
    "lake",
    "view",
    "store",
    "load",
    "hunt",
    "notes",
    "present",
    "export",
    "serve",
    "cli",
    "extension",
];

/// Something that only some rooms may do: what, which, and the lines where it is done.
type Privilege = (&'static str, &'static [&'static str], fn(&[Token]) -> Vec<usize>);

const PRIVILEGES: [Privilege; 3] = [
    ("names duckdb", &["store", "extension"], duckdb_lines),
    ("opens files", &["read", "notes", "cli"], file_lines),
    ("prints", &["cli"], print_lines),
];

/// The room a file belongs to: a noun's name, a stage's, or `lib`. The program is the command line's.
fn room(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    let name = inside.split_once('/').map_or_else(|| inside.trim_end_matches(".rs"), |(room, _)| room);
    if name == "main" { "cli" } else { name }
}

/// How late a room comes; the nouns come first.
fn rank(room: &str) -> Option<usize> {
    if NOUNS.contains(&room) {
        return Some(0);
    }
    STAGES.iter().position(|stage| *stage == room).map(|position| position + 1)
}

/// What is named right after `root::`, with lines: one name, or those at the first level of a group.
fn named_after<'a>(tokens: &'a [Token], root: &str) -> Vec<&'a Token> {
    let mut names = Vec::new();
    for at in (0..tokens.len()).filter(|at| reads(tokens, *at, &[root, ":", ":"])) {
        match tokens.get(at + 3) {
            Some(open) if open.text == "{" => names.extend(heads(&tokens[at + 4..closing(tokens, at + 3)])),
            name => names.extend(name),
        }
    }
    names
}

/// The first token of each member of a group.
fn heads(group: &[Token]) -> Vec<&Token> {
    let (mut depth, mut fresh, mut found) = (0, true, Vec::new());
    for token in group {
        if depth == 0 && fresh {
            found.push(token);
        }
        depth += step(token);
        fresh = depth == 0 && token.text == ",";
    }
    found
}

/// A copy without the modules that only tests compile.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let is_test =
            reads(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]", "mod"]) && reads(tokens, at + 9, &["{"]);
        if is_test {
            at = closing(tokens, at + 9);
        } else {
            kept.push(tokens[at].clone());
        }
        at += 1;
    }
    kept
}

fn duckdb_lines(tokens: &[Token]) -> Vec<usize> {
    let used = |at: &usize| {
        reads(tokens, *at, &["duckdb", ":", ":"]) || (*at > 0 && reads(tokens, at - 1, &["use", "duckdb"]))
    };
    (0..tokens.len()).filter(used).map(|at| tokens[at].line).collect()
}

fn file_lines(tokens: &[Token]) -> Vec<usize> {
    let walks = (0..tokens.len()).filter(|at| reads(tokens, *at, &["walkdir", ":", ":"])).map(|at| tokens[at].line);
    let opens = named_after(tokens, "std").into_iter().filter(|name| name.text == "fs").map(|name| name.line);
    opens.chain(walks).collect()
}

fn print_lines(tokens: &[Token]) -> Vec<usize> {
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let prints = |at: &usize| {
        macros.iter().any(|name| reads(tokens, *at, &[name, "!"]))
            || ["stdout", "stderr"].iter().any(|name| reads(tokens, *at, &[name, "(", ")"]))
    };
    (0..tokens.len()).filter(prints).map(|at| tokens[at].line).collect()
}

/// Every import of a later stage. `modules` are the room's own, which `super::` may mean.
fn late_imports(source: &Source, tokens: &[Token], modules: &BTreeSet<String>) -> Vec<String> {
    let from = room(&source.path);
    let above = named_after(tokens, "super").into_iter().filter(|name| !modules.contains(&name.text));
    let later = |name: &&Token| rank(&name.text) > rank(from) && rank(from).is_some();
    let tell = |name: &Token| format!("{}:{}: {from} imports {}, a later stage", source.path, name.line, name.text);
    named_after(tokens, "crate").into_iter().chain(above).filter(later).map(tell).collect()
}

/// Every privilege that the room takes and has not. Tests may do as they like with files and the terminal.
fn trespasses(source: &Source, tokens: &[Token]) -> Vec<String> {
    let from = room(&source.path);
    let mut found = Vec::new();
    for (what, rooms, lines) in PRIVILEGES {
        if !rooms.contains(&from) {
            let tell = |line| format!("{}:{line}: {from} {what}; only {} may", source.path, rooms.join(" and "));
            found.extend(lines(tokens).into_iter().map(tell));
        }
    }
    found
}

/// Everything in one file that goes against the flow.
fn faults(source: &Source, modules: &BTreeSet<String>) -> Result<Vec<String>> {
    let tokens = source.tokens()?;
    let from = room(&source.path);
    if from != "lib" && rank(from).is_none() {
        return Ok(vec![format!("{}:1: {from} has no place in the order of stages", source.path)]);
    }
    let mut found = late_imports(source, &tokens, modules);
    if !source.path.ends_with("/tests.rs") {
        found.extend(trespasses(source, &without_tests(&tokens)));
    }
    Ok(found)
}

/// The modules that stand in the same room as a file: the names of its files and folders.
fn modules_beside(path: &str, sources: &[Source]) -> BTreeSet<String> {
    let prefix = format!("src/{}/", room(path));
    let inside = |source: &Source| source.path.strip_prefix(&prefix).map(str::to_owned);
    let names = |inside: String| inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect::<Vec<_>>();
    sources.iter().filter_map(inside).flat_map(names).collect()
}

#[test]
fn no_room_goes_against_the_flow() -> Result<()> {
    let sources = source::rust("src")?;
    let mut found = Vec::new();
    for source in &sources {
        found.extend(faults(source, &modules_beside(&source.path, &sources))?);
    }
    assert!(sources.len() > NOUNS.len() + STAGES.len(), "src/ was not read: {} files", sources.len());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

/// The faults of a made-up file whose room has one module of its own, `load`.
fn faults_of(path: &str, text: &str) -> Result<Vec<String>> {
    faults(&Source { path: path.to_owned(), text: text.to_owned() }, &BTreeSet::from(["load".to_owned()]))
}

#[test]
fn an_import_of_a_later_stage_is_found_however_it_is_written() -> Result<()> {
    let told = |line| vec![format!("src/read/zip.rs:{line}: read imports store, a later stage")];
    assert_eq!(faults_of("src/read/zip.rs", "//! Zip.\nuse crate::store::Case;")?, told(2));
    assert_eq!(
        faults_of("src/read/zip.rs", "use crate::{\n    event::{Event, store},\n    store::Case,\n};")?,
        told(3)
    );
    assert_eq!(faults_of("src/read/zip.rs", "fn f() {\n    log!(crate::store::open());\n}")?, told(2));
    assert_eq!(faults_of("src/read/zip.rs", "use super::super::store::Case;")?, told(1));
    Ok(())
}

#[test]
fn a_noun_imports_no_stage_and_an_unknown_room_is_refused() -> Result<()> {
    assert_eq!(faults_of("src/event.rs", "use crate::read;")?, ["src/event.rs:1: event imports read, a later stage"]);
    assert_eq!(faults_of("src/attic/mod.rs", "")?, ["src/attic/mod.rs:1: attic has no place in the order of stages"]);
    Ok(())
}

#[test]
fn earlier_stages_nouns_and_own_modules_are_welcome() -> Result<()> {
    let text = "//! Not `crate::cli`.\nuse crate::event::Event;\nuse crate::rule::RuleSet;\nuse super::load;\nconst A: &str = \"crate::cli\";";
    assert_eq!(faults_of("src/matching/mod.rs", text)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn privileges_are_held_to_their_rooms() -> Result<()> {
    let duckdb = "use duckdb::Connection;\nfn f(c: duckdb::Row) {}";
    for room in ["store", "extension"] {
        assert_eq!(faults_of(&format!("src/{room}/mod.rs"), duckdb)?, Vec::<String>::new());
    }
    assert_eq!(
        faults_of("src/load/mod.rs", duckdb)?,
        [1, 2].map(|n| format!("src/load/mod.rs:{n}: load names duckdb; only store and extension may"))
    );
    let files = "use std::{io, fs};\nfn f() { std::fs::read(p); }\nuse walkdir::WalkDir;";
    assert_eq!(faults_of("src/cli/load.rs", files)?, Vec::<String>::new());
    assert_eq!(
        faults_of("src/rule/mod.rs", files)?,
        [1, 2, 3].map(|n| format!("src/rule/mod.rs:{n}: rule opens files; only read and notes and cli may"))
    );
    let prints = "fn f() {\n println!(\"{}\", 1);\n std::io::stdout().lock(); }";
    assert_eq!(faults_of("src/main.rs", prints)?, Vec::<String>::new());
    assert_eq!(
        faults_of("src/present/mod.rs", prints)?,
        [2, 3].map(|n| format!("src/present/mod.rs:{n}: present prints; only cli may"))
    );
    Ok(())
}

#[test]
fn tests_may_open_files_and_print() -> Result<()> {
    let text = "#[cfg(test)]\nmod tests {\n use std::fs;\n fn f() { println!(); }\n}\nuse std::fs;";
    assert_eq!(
        faults_of("src/rule/mod.rs", text)?,
        ["src/rule/mod.rs:6: rule opens files; only read and notes and cli may"]
    );
    Ok(())
}
