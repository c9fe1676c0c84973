//! The order of stages: no stage imports a later one, and only certain stages use DuckDB, files or the terminal.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::structure::source::{self, Source, Token, closing_index, depth_change, matches_at};

/// The shared modules. Every stage may import them, and they import no stage.
const SHARED: [&str; 6] = ["event", "signal", "table", "digest", "json", "counted"];

/// The stages. Each may import only earlier ones. `load` uses the stages that read, map and store; `present` formats
/// results, including the ledger of a load; `export` writes a case in other formats, `serve` shows it in a browser;
/// `cli` uses everything, and so does `extension`.
pub(crate) const STAGES: [&str; 25] = [
    "read",
    "normalize",
    "session",
    "rule",
    "call",
    "matching",
    "spec",
    "batch",
    "trail",
    "learn",
    "verify",
    "address",
    "lake",
    "redact",
    "view",
    "store",
    "load",
    "hunt",
    "sigma",
    "notes",
    "present",
    "export",
    "serve",
    "cli",
    "extension",
];

/// A privilege of some stages: what it is, the stages, and a function that returns the lines that use it.
type Privilege = (&'static str, &'static [&'static str], fn(&[Token]) -> Vec<usize>);

const PRIVILEGES: [Privilege; 3] = [
    ("names duckdb", &["store", "extension"], duckdb_lines),
    ("opens files", &["read", "notes", "cli"], file_lines),
    ("prints", &["cli"], print_lines),
];

/// The module that a file belongs to: a shared module, a stage, or `lib`. `main.rs` belongs to `cli`.
fn stage_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    let name = inside.split_once('/').map_or_else(|| inside.trim_end_matches(".rs"), |(module, _)| module);
    if name == "main" { "cli" } else { name }
}

/// The position of a module in the order. Shared modules come first.
fn position_of(module: &str) -> Option<usize> {
    if SHARED.contains(&module) {
        return Some(0);
    }
    STAGES.iter().position(|stage| *stage == module).map(|position| position + 1)
}

/// The names directly after `root::`, with their lines: one name, or those at the first level of a group.
fn named_after<'a>(tokens: &'a [Token], root: &str) -> Vec<&'a Token> {
    let mut names = Vec::new();
    for at in (0..tokens.len()).filter(|at| matches_at(tokens, *at, &[root, ":", ":"])) {
        match tokens.get(at + 3) {
            Some(open) if open.text == "{" => {
                names.extend(first_tokens(&tokens[at + 4..closing_index(tokens, at + 3)]));
            }
            name => names.extend(name),
        }
    }
    names
}

/// The first token of each member of a group.
fn first_tokens(group: &[Token]) -> Vec<&Token> {
    let (mut depth, mut fresh, mut found) = (0, true, Vec::new());
    for token in group {
        if depth == 0 && fresh {
            found.push(token);
        }
        depth += depth_change(token);
        fresh = depth == 0 && token.text == ",";
    }
    found
}

/// A copy without test modules.
pub(crate) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let is_test = matches_at(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]", "mod"])
            && matches_at(tokens, at + 9, &["{"]);
        if is_test {
            at = closing_index(tokens, at + 9);
        } else {
            kept.push(tokens[at].clone());
        }
        at += 1;
    }
    kept
}

fn duckdb_lines(tokens: &[Token]) -> Vec<usize> {
    let used = |at: &usize| {
        matches_at(tokens, *at, &["duckdb", ":", ":"]) || (*at > 0 && matches_at(tokens, at - 1, &["use", "duckdb"]))
    };
    (0..tokens.len()).filter(used).map(|at| tokens[at].line).collect()
}

fn file_lines(tokens: &[Token]) -> Vec<usize> {
    let walks =
        (0..tokens.len()).filter(|at| matches_at(tokens, *at, &["walkdir", ":", ":"])).map(|at| tokens[at].line);
    let opens = named_after(tokens, "std").into_iter().filter(|name| name.text == "fs").map(|name| name.line);
    opens.chain(walks).collect()
}

fn print_lines(tokens: &[Token]) -> Vec<usize> {
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let prints = |at: &usize| {
        macros.iter().any(|name| matches_at(tokens, *at, &[name, "!"]))
            || ["stdout", "stderr"].iter().any(|name| matches_at(tokens, *at, &[name, "(", ")"]))
    };
    (0..tokens.len()).filter(prints).map(|at| tokens[at].line).collect()
}

/// The imports of later stages. `modules` are the stage's own submodules, to which `super::` may refer.
fn late_imports(source: &Source, tokens: &[Token], modules: &BTreeSet<String>) -> Vec<String> {
    let from = stage_of(&source.path);
    let above = named_after(tokens, "super").into_iter().filter(|name| !modules.contains(&name.text));
    let later = |name: &&Token| position_of(&name.text) > position_of(from) && position_of(from).is_some();
    let message = |name: &Token| format!("{}:{}: {from} imports {}, a later stage", source.path, name.line, name.text);
    named_after(tokens, "crate").into_iter().chain(above).filter(later).map(message).collect()
}

/// The uses of privileges that the stage does not have. Tests may use files and the terminal.
fn privilege_violations(source: &Source, tokens: &[Token]) -> Vec<String> {
    let from = stage_of(&source.path);
    let mut found = Vec::new();
    for (what, stages, lines) in PRIVILEGES {
        if !stages.contains(&from) {
            let message = |line| format!("{}:{line}: {from} {what}; only {} may", source.path, stages.join(" and "));
            found.extend(lines(tokens).into_iter().map(message));
        }
    }
    found
}

/// All violations of the order in one file.
fn violations(source: &Source, modules: &BTreeSet<String>) -> Result<Vec<String>> {
    let tokens = source.tokens()?;
    let from = stage_of(&source.path);
    if from != "lib" && position_of(from).is_none() {
        return Ok(vec![format!("{}:1: {from} has no place in the order of stages", source.path)]);
    }
    let mut found = late_imports(source, &tokens, modules);
    if !source.path.ends_with("/tests.rs") {
        found.extend(privilege_violations(source, &without_tests(&tokens)));
    }
    Ok(found)
}

/// The submodules of a file's stage, from the names of its files and folders.
fn modules_of_stage(path: &str, sources: &[Source]) -> BTreeSet<String> {
    let prefix = format!("src/{}/", stage_of(path));
    let inside = |source: &Source| source.path.strip_prefix(&prefix).map(str::to_owned);
    let names = |inside: String| inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect::<Vec<_>>();
    sources.iter().filter_map(inside).flat_map(names).collect()
}

#[test]
fn no_stage_uses_a_later_one() -> Result<()> {
    let sources = source::rust("src")?;
    let mut found = Vec::new();
    for source in &sources {
        found.extend(violations(source, &modules_of_stage(&source.path, &sources))?);
    }
    assert!(sources.len() > SHARED.len() + STAGES.len(), "src/ was not read: {} files", sources.len());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

/// The violations in a made-up file whose stage has one submodule, `load`.
fn violations_of(path: &str, text: &str) -> Result<Vec<String>> {
    violations(&Source { path: path.to_owned(), text: text.to_owned() }, &BTreeSet::from(["load".to_owned()]))
}

#[test]
fn late_imports_are_found_in_all_notations() -> Result<()> {
    let late_import = |line| vec![format!("src/read/zip.rs:{line}: read imports store, a later stage")];
    assert_eq!(violations_of("src/read/zip.rs", "//! Zip.\nuse crate::store::Case;")?, late_import(2));
    assert_eq!(
        violations_of("src/read/zip.rs", "use crate::{\n    event::{Event, store},\n    store::Case,\n};")?,
        late_import(3)
    );
    assert_eq!(violations_of("src/read/zip.rs", "fn f() {\n    log!(crate::store::open());\n}")?, late_import(2));
    assert_eq!(violations_of("src/read/zip.rs", "use super::super::store::Case;")?, late_import(1));
    Ok(())
}

#[test]
fn shared_modules_import_no_stage_and_unknown_modules_are_rejected() -> Result<()> {
    assert_eq!(
        violations_of("src/event.rs", "use crate::read;")?,
        ["src/event.rs:1: event imports read, a later stage"]
    );
    assert_eq!(
        violations_of("src/attic/mod.rs", "")?,
        ["src/attic/mod.rs:1: attic has no place in the order of stages"]
    );
    Ok(())
}

#[test]
fn earlier_stages_shared_and_own_modules_are_allowed() -> Result<()> {
    let text = "//! Not `crate::cli`.\nuse crate::event::Event;\nuse crate::rule::RuleSet;\nuse super::load;\nconst A: &str = \"crate::cli\";";
    assert_eq!(violations_of("src/matching/mod.rs", text)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn privileges_are_limited_to_their_stages() -> Result<()> {
    let duckdb = "use duckdb::Connection;\nfn f(c: duckdb::Row) {}";
    for module in ["store", "extension"] {
        assert_eq!(violations_of(&format!("src/{module}/mod.rs"), duckdb)?, Vec::<String>::new());
    }
    assert_eq!(
        violations_of("src/load/mod.rs", duckdb)?,
        [1, 2].map(|n| format!("src/load/mod.rs:{n}: load names duckdb; only store and extension may"))
    );
    let files = "use std::{io, fs};\nfn f() { std::fs::read(p); }\nuse walkdir::WalkDir;";
    assert_eq!(violations_of("src/cli/load.rs", files)?, Vec::<String>::new());
    assert_eq!(
        violations_of("src/rule/mod.rs", files)?,
        [1, 2, 3].map(|n| format!("src/rule/mod.rs:{n}: rule opens files; only read and notes and cli may"))
    );
    let prints = "fn f() {\n println!(\"{}\", 1);\n std::io::stdout().lock(); }";
    assert_eq!(violations_of("src/main.rs", prints)?, Vec::<String>::new());
    assert_eq!(
        violations_of("src/present/mod.rs", prints)?,
        [2, 3].map(|n| format!("src/present/mod.rs:{n}: present prints; only cli may"))
    );
    Ok(())
}

#[test]
fn tests_may_open_files_and_print() -> Result<()> {
    let text = "#[cfg(test)]\nmod tests {\n use std::fs;\n fn f() { println!(); }\n}\nuse std::fs;";
    assert_eq!(
        violations_of("src/rule/mod.rs", text)?,
        ["src/rule/mod.rs:6: rule opens files; only read and notes and cli may"]
    );
    Ok(())
}
