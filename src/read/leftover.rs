//! Removes files left behind by a killed program: DuckDB's temporary files, and empty case files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Whether there is an empty file.
#[must_use]
pub fn is_empty_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// Removes an empty file, which is left behind by a load that was killed when it started. Any other file stays.
pub fn remove_empty_file(path: &Path) {
    if is_empty_file(path) {
        // If it cannot be removed, DuckDB reports the problem.
        drop(fs::remove_file(path));
    }
}

/// Removes the temporary files that another process left next to a case. Call this with the case open for writing, so
/// that no other process has it open, and before this process writes any temporary files. Other files and their folder
/// stay.
pub fn remove_leftover(case: &Path) {
    let mut folder = case.as_os_str().to_owned();
    folder.push(".tmp");
    let folder = PathBuf::from(folder);
    // A link could lead to other files.
    if !folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return;
    }
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries.filter_map(Result::ok).filter(|entry| is_temporary_file(&entry.file_name())) {
        // Files that cannot be removed only take up space.
        drop(fs::remove_file(entry.path()));
    }
    drop(fs::remove_dir(&folder));
}

/// Whether this is the name of a DuckDB temporary file.
fn is_temporary_file(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    (name.starts_with("duckdb_temp_storage_") && name.strip_suffix(".tmp").is_some())
        || (name.starts_with("duckdb_temp_block-") && name.strip_suffix(".block").is_some())
}

/// The identity of a file. A file that replaces it has a different identity, even if its bytes are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileId(u64, u64);

impl FileId {
    /// The identity of the file at `path`; `None` if the file does not exist or the system does not provide an
    /// identity.
    #[cfg(unix)]
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).ok().map(|file| Self(file.dev(), file.ino()))
    }

    /// Without inodes, the time at which it was created, and its length.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let file = fs::metadata(path).ok()?;
        let created = file.created().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some(Self(created.as_secs(), file.len()))
    }
}
