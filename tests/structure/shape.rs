//! Files and functions stay short, files say what they are, and no file knows the machine it was written on.

use anyhow::Result;

use crate::source::{self, Source, Token, closing, reads, step};

const LONGEST_FILE: usize = 600;
const LONGEST_FUNCTION: usize = 70;

/// Where the function whose `fn` stands at `start` ends; none for a signature without a body.
fn end_of_function(tokens: &[Token], start: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            "{" if depth == 0 => return Some(closing(tokens, at)),
            ";" if depth == 0 => return None,
            _ => depth += step(token),
        }
    }
    None
}

/// Each function over the limit. `fn` before a parenthesis is a type, not a function.
fn long_functions(source: &Source) -> Result<Vec<String>> {
    let tokens = source.tokens()?;
    let is_function = |at: &usize| reads(&tokens, *at, &["fn"]) && !reads(&tokens, at + 1, &["("]);
    let mut found = Vec::new();
    for start in (0..tokens.len()).filter(is_function) {
        let Some(end) = end_of_function(&tokens, start) else { continue };
        let lines = tokens[end].line - tokens[start].line + 1;
        if lines > LONGEST_FUNCTION {
            found.push(format!(
                "{}:{}: fn {} has {lines} lines",
                source.path,
                tokens[start].line,
                tokens[start + 1].text
            ));
        }
    }
    Ok(found)
}

/// A file that is too long, or does not start by saying what it is.
fn file_faults(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let mut found = Vec::new();
    if lines > LONGEST_FILE {
        found.push(format!("{}: {lines} lines", source.path));
    }
    if !source.text.starts_with("//! ") {
        found.push(format!("{}:1: does not start with `//!`", source.path));
    }
    found
}

/// Does the text name a place on somebody's machine? `CloudShell`'s home is AWS's, not ours.
fn names_a_machine(line: &str) -> bool {
    let ours = |(at, _): &(usize, &str)| {
        let part_of_a_path = line[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || ".~}".contains(c));
        !part_of_a_path && !line[*at..].contains("cloudshell-user")
    };
    ["work", "home", "root"].iter().any(|folder| line.match_indices(&format!("/{folder}/")).any(|hit| ours(&hit)))
}

fn machine_paths(source: &Source) -> Vec<String> {
    let numbered = source.text.lines().enumerate().filter(|(_, line)| names_a_machine(line));
    numbered.map(|(at, _)| format!("{}:{}: a machine's path", source.path, at + 1)).collect()
}

fn made_up(text: String) -> Source {
    Source { path: "src/made_up.rs".to_owned(), text }
}

#[test]
fn functions_are_short() -> Result<()> {
    let mut found = Vec::new();
    for source in source::rust("src")? {
        found.extend(long_functions(&source)?);
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn files_are_short_and_say_what_they_are() -> Result<()> {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches"].into_iter().filter(|folder| source::package().join(folder).is_dir()) {
        found.extend(source::rust(folder)?.iter().flat_map(file_faults));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn no_file_names_a_machine() -> Result<()> {
    let found: Vec<String> = source::texts("")?.iter().flat_map(machine_paths).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn a_long_function_is_found_wherever_it_stands() -> Result<()> {
    let body = "    let _ = \"}\";\n".repeat(LONGEST_FUNCTION - 2);
    let limit = format!("type F = fn(u8) -> u8;\ntrait T {{ fn declared(x: [u8; 4]); }}\nfn fits() {{\n{body}}}\n");
    assert_eq!(long_functions(&made_up(limit))?, Vec::<String>::new());
    let over = format!("impl X {{\n    const fn grown<const N: usize>(x: [u8; N]) {{\n\n{body}    }}\n}}\n");
    assert_eq!(long_functions(&made_up(over))?, ["src/made_up.rs:2: fn grown has 71 lines"]);
    Ok(())
}

#[test]
fn a_long_or_silent_file_is_found() {
    assert_eq!(file_faults(&made_up(format!("//! Says.\n{}", "\n".repeat(LONGEST_FILE - 1)))), Vec::<String>::new());
    let told = ["src/made_up.rs: 601 lines", "src/made_up.rs:1: does not start with `//!`"];
    assert_eq!(file_faults(&made_up("\n".repeat(LONGEST_FILE + 1))), told);
}

#[test]
fn machine_paths_are_told_from_links_and_from_cloudshell() {
    let at = |folder: &str| made_up(format!("first\nsee {folder}"));
    for folder in ["work", "home", "root"].map(|name| format!("/{name}/somebody")) {
        assert_eq!(machine_paths(&at(&folder)), ["src/made_up.rs:2: a machine's path"]);
    }
    for fine in ["https://example.org/home/page", "/home/cloudshell-user/run.sh", "../work/notes"] {
        assert_eq!(machine_paths(&at(fine)), Vec::<String>::new(), "{fine}");
    }
}
