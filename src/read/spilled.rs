//! What a program that was killed left: DuckDB's temporary files, and a case without a byte.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Whether there is a file without a byte.
#[must_use]
pub fn is_empty_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// Removes a file without a byte, which a load that was stopped in its first moment leaves; any other stays.
pub fn remove_empty_file(path: &Path) {
    if is_empty_file(path) {
        // Who cannot remove it is told by DuckDB what is wrong with it.
        drop(fs::remove_file(path));
    }
}

/// Removes the temporary files that another process left beside a case. To be called with the case open for writing, so
/// that no other process has it open, and before this one writes any. What is not DuckDB's stays, and its folder with it.
pub fn remove_spilled(case: &Path) {
    let mut folder = case.as_os_str().to_owned();
    folder.push(".tmp");
    let folder = PathBuf::from(folder);
    // A link leads to files of somebody else.
    if !folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return;
    }
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries.filter_map(Result::ok).filter(|entry| is_spilled(&entry.file_name())) {
        // What cannot be removed does no harm but take space.
        drop(fs::remove_file(entry.path()));
    }
    drop(fs::remove_dir(&folder));
}

/// Whether DuckDB names its temporary files so.
fn is_spilled(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    (name.starts_with("duckdb_temp_storage_") && name.strip_suffix(".tmp").is_some())
        || (name.starts_with("duckdb_temp_block-") && name.strip_suffix(".block").is_some())
}

/// Which file a name leads to. Another file in its place has another, even if its bytes are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileId(u64, u64);

impl FileId {
    /// That of the file at `path`; `None` if there is none, or the system does not say.
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
