//! The files of the project, and their tokens.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};
use walkdir::WalkDir;

/// One text file of the project.
pub(crate) struct Source {
    /// Its path relative to the package, with `/`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

/// One token. A group consists of its opening token, its content and its closing token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The source text.
    pub(crate) text: String,
    /// The line, starting at 1.
    pub(crate) line: usize,
}

/// The package's folder.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text files in a folder of the package, sorted by path. Build output and downloads are omitted.
pub(crate) fn texts(folder: &str) -> Result<Vec<Source>> {
    let ours = |name: &str| !matches!(name, "target" | "node_modules" | ".git" | ".duckdb");
    let mut found = Vec::new();
    for entry in WalkDir::new(package().join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name().to_str().is_some_and(ours))
    {
        let entry = entry?;
        let path = entry.path().strip_prefix(package())?.to_string_lossy().replace('\\', "/");
        if entry.file_type().is_file()
            && let Ok(text) = String::from_utf8(fs::read(entry.path())?)
        {
            found.push(Source { path, text });
        }
    }
    Ok(found)
}

/// The Rust files in a folder of the package.
pub(crate) fn rust(folder: &str) -> Result<Vec<Source>> {
    let mut found = texts(folder)?;
    found.retain(|source| Path::new(&source.path).extension().is_some_and(|extension| extension == "rs"));
    Ok(found)
}

impl Source {
    /// The file's tokens, without comments.
    pub(crate) fn tokens(&self) -> Result<Vec<Token>> {
        let stream: TokenStream =
            self.text.parse().map_err(|cause: LexError| anyhow!("{cause}")).with_context(|| self.path.clone())?;
        let mut flat = Vec::new();
        flatten(stream, &mut flat);
        Ok(flat)
    }
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                flat.push(Token { text: open.to_owned(), line: group.span_open().start().line });
                flatten(group.stream(), flat);
                flat.push(Token { text: close.to_owned(), line: group.span_close().start().line });
            }
            leaf => flat.push(Token { line: leaf.span().start().line, text: leaf.to_string() }),
        }
    }
}

const fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// The change of depth by a token: 1 if it opens a group, -1 if it closes one, else 0.
pub(crate) fn depth_change(token: &Token) -> i32 {
    match token.text.as_str() {
        "(" | "{" | "[" => 1,
        ")" | "}" | "]" => -1,
        _ => 0,
    }
}

/// The index of the token that closes the group opened at `open`.
pub(crate) fn closing_index(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        depth += depth_change(token);
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

/// Whether the tokens at `at` are these.
pub(crate) fn matches_at(tokens: &[Token], at: usize, words: &[&str]) -> bool {
    tokens
        .get(at..at + words.len())
        .is_some_and(|found| found.iter().zip(words).all(|(token, word)| token.text == *word))
}
