//! What a process that was killed left of DuckDB's temporary files.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use super::Case;

impl Case {
    /// Removes the temporary files that another process left beside the case. To be called before this one writes any, with
    /// the case open for writing: no other process has it open then. What is not DuckDB's stays, and its folder with it.
    pub fn remove_spilled(&self) {
        let mut folder = self.path.clone().into_os_string();
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
}

/// Whether DuckDB names its temporary files so.
fn is_spilled(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    (name.starts_with("duckdb_temp_storage_") && name.ends_with(".tmp"))
        || (name.starts_with("duckdb_temp_block-") && name.ends_with(".block"))
}
