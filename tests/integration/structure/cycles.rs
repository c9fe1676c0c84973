//! The imports between files: no file imports another one that, directly or through others, imports it.
//!
//! A file may use what its parent module defines, and the parent its submodules.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::structure::flow::without_tests;
use crate::structure::source::{self, Source, Token, closing_index, depth_change, matches_at};

/// The path of a module: `["matching", "decode"]`.
type Module = Vec<String>;
/// For each module, those that it imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// The module that a file defines.
fn module_of(path: &str) -> Module {
    let mut parts: Module =
        path.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib")) {
        parts.pop();
    }
    parts
}

/// The complete paths that start at a token. A group contains several.
fn paths(tokens: &[Token], start: usize, before: &[String], found: &mut Vec<Module>) {
    let (mut path, mut at) = (before.to_vec(), start);
    loop {
        match tokens.get(at) {
            Some(open) if open.text == "{" => {
                let (mut depth, mut is_first) = (0, true);
                for (inner, token) in tokens.iter().enumerate().take(closing_index(tokens, at)).skip(at + 1) {
                    if depth == 0 && is_first {
                        paths(tokens, inner, &path, found);
                    }
                    depth += depth_change(token);
                    is_first = depth == 0 && token.text == ",";
                }
                return;
            }
            Some(name) => path.push(name.text.clone()),
            None => break,
        }
        if !matches_at(tokens, at + 1, &[":", ":"]) {
            break;
        }
        at += 3;
    }
    found.push(path);
}

/// The modules that a file imports. A path is resolved to the longest part of it that is a module.
fn imports(source: &Source, modules: &BTreeSet<Module>) -> Result<BTreeSet<Module>> {
    let tokens = without_tests(&source.tokens()?);
    let own = module_of(&source.path);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_within = at >= 2 && matches_at(&tokens, at - 2, &[":", ":"]);
        if matches!(token.text.as_str(), "crate" | "super" | "self")
            && !is_within
            && matches_at(&tokens, at + 1, &[":", ":"])
        {
            paths(&tokens, at, &[], &mut found);
        }
    }
    let mut imported = BTreeSet::new();
    for path in found {
        let mut target = if path[0] == "crate" { Vec::new() } else { own.clone() };
        for name in path {
            match name.as_str() {
                "crate" | "self" => {}
                "super" => drop(target.pop()),
                _ => target.push(name),
            }
        }
        while !target.is_empty() && !modules.contains(&target) {
            target.pop();
        }
        if !own.starts_with(&target) {
            imported.insert(target);
        }
    }
    Ok(imported)
}

/// The imports between modules that are in a cycle, or between cycles.
fn cycles(mut all: Imports) -> Vec<String> {
    loop {
        let before = all.len();
        let left: BTreeSet<Module> = all.keys().cloned().collect();
        for targets in all.values_mut() {
            targets.retain(|target| left.contains(target));
        }
        let used: BTreeSet<Module> = all.values().flatten().cloned().collect();
        all.retain(|module, targets| !targets.is_empty() && used.contains(module));
        if all.len() == before {
            break;
        }
    }
    let line = |module: &Module, target: &Module| format!("{} imports {}", module.join("/"), target.join("/"));
    all.iter().flat_map(|(module, targets)| targets.iter().map(|target| line(module, target))).collect()
}

fn imports_of(sources: &[Source]) -> Result<Imports> {
    let sources: Vec<&Source> = sources.iter().filter(|source| !source.path.ends_with("/tests.rs")).collect();
    let modules: BTreeSet<Module> = sources.iter().map(|source| module_of(&source.path)).collect();
    sources.into_iter().map(|source| Ok((module_of(&source.path), imports(source, &modules)?))).collect()
}

#[test]
fn no_files_import_each_other() -> Result<()> {
    let all = imports_of(&source::rust("src")?)?;
    assert!(all[&module_of("src/matching/votes.rs")].contains(&module_of("src/matching/prepared.rs")), "{all:?}");
    let found = cycles(all);
    assert!(found.is_empty(), "these files import each other:\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn cycles_are_found_through_groups_and_inner_paths() -> Result<()> {
    let source = |path: &str, text: &str| Source { path: format!("src/{path}.rs"), text: text.to_owned() };
    let sources = [
        source("read/mod", "mod lines;\nuse self::lines::read;"),
        source("read/lines", "use super::{Found, stream::{self, Stream}};"),
        source("read/stream", "fn f() { crate::read::unwrap::value(); }"),
        source("read/unwrap", "use super::super::read::lines;\n#[cfg(test)]\nmod tests { use super::super::zip; }"),
        source("read/zip", "use super::unwrap;\nuse super::Found;"),
    ];
    let expected =
        ["read/lines imports read/stream", "read/stream imports read/unwrap", "read/unwrap imports read/lines"];
    assert_eq!(cycles(imports_of(&sources)?), expected);
    Ok(())
}
