//! Text files in a folder, unchanged: rules, specs, hunts.

use std::fs;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::ReadError;

/// One text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// The path relative to the folder, with `/` between its parts.
    pub path: String,
    /// The path to show in messages.
    pub file: String,
    /// Its contents.
    pub text: String,
}

/// Every file with this extension in a folder and its subfolders, in path order: its text, or the reason why it could
/// not be read.
pub fn texts(dir: &Path, extension: &str) -> Vec<Result<TextFile, ReadError>> {
    let mut texts = Vec::new();
    for entry in WalkDir::new(dir) {
        match entry {
            Ok(entry) if entry.path().extension().is_some_and(|found| found == extension) => {
                texts.push(read(dir, &entry));
            }
            Ok(_) => {}
            Err(cause) => texts.push(Err(ReadError::List { name: dir.display().to_string(), cause: cause.into() })),
        }
    }
    texts.sort_by(|a, b| key(a).cmp(key(b)));
    texts
}

fn key(text: &Result<TextFile, ReadError>) -> &str {
    text.as_ref().map_or("", |text| text.path.as_str())
}

fn read(dir: &Path, entry: &DirEntry) -> Result<TextFile, ReadError> {
    let file = entry.path().display().to_string();
    // A pipe may never end. Links are followed.
    if fs::metadata(entry.path()).is_ok_and(|found| !found.is_file()) {
        return Err(ReadError::NoFile { name: file });
    }
    let text = fs::read_to_string(entry.path()).map_err(|cause| ReadError::Read { name: file.clone(), cause })?;
    let below = entry.path().strip_prefix(dir).unwrap_or(entry.path());
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Ok(TextFile { path: parts.join("/"), file, text })
}
