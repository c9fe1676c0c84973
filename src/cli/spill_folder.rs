//! The folder for data that does not fit into memory. It is removed when the server ends; the folder of a killed server is
//! removed when the next one starts.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The prefixes of folder names: in use, and being created.
const PREFIX: &str = "cartographer-serve-";
const NEW_PREFIX: &str = "cartographer-new-";

/// The file that a server holds locked while it uses the folder. The system releases the lock when the process ends.
const LOCK: &str = "lock";

/// A folder that only this user can read.
#[derive(Debug)]
pub(crate) struct SpillFolder {
    path: PathBuf,
    /// Closing it releases the lock.
    _lock: File,
}

impl Drop for SpillFolder {
    fn drop(&mut self) {
        // Anything left is removed at the next start.
        drop(fs::remove_dir_all(&self.path));
    }
}

impl SpillFolder {
    /// Creates a folder, after removing the folders of servers that are no longer running.
    ///
    /// # Errors
    /// If the folder for temporary files is not writable.
    pub(crate) fn create() -> io::Result<Self> {
        Self::create_in(&std::env::temp_dir())
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn create_in(parent: &Path) -> io::Result<Self> {
        // Another server that is starting must not find the folder without its lock.
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let new = builder.prefix(NEW_PREFIX).tempdir_in(parent)?;
        remove_abandoned(parent, new.path());
        let lock = File::create(new.path().join(LOCK))?;
        lock.lock()?;
        let name = new.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let path = parent.join(name.replacen(NEW_PREFIX, PREFIX, 1));
        fs::rename(new.path(), &path)?;
        // The folder now has another name, under which it is removed.
        drop(new.keep());
        Ok(Self { path, _lock: lock })
    }
}

/// Removes the folders that no process has locked. `own` is a folder owned by this user.
fn remove_abandoned(parent: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        let is_named = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
        if is_named && is_folder_of_same_user(&path, own) && is_abandoned(&path) {
            // A folder that cannot be removed only takes up space.
            drop(fs::remove_dir_all(&path));
        }
    }
}

/// Whether no process holds the lock.
fn is_abandoned(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        // A folder without a lock is left over from one that could not be removed completely.
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// A link, or a folder owned by another user, may have been put there by someone else.
#[cfg(unix)]
fn is_folder_of_same_user(path: &Path, own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(found), Ok(own)) = (fs::symlink_metadata(path), fs::symlink_metadata(own)) else { return false };
    found.is_dir() && found.uid() == own.uid()
}

/// On platforms where folders have no owner, each user has a separate folder for temporary files.
#[cfg(not(unix))]
fn is_folder_of_same_user(path: &Path, _: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spill_folder_is_removed_on_exit_or_next_start() {
        let parent = tempfile::tempdir().unwrap();
        let running = SpillFolder::create_in(parent.path()).unwrap();
        fs::write(running.path().join("duckdb_temp_storage.tmp"), "rows").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(running.path()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        // A killed server leaves a lock file that no process has locked.
        let killed = parent.path().join(format!("{PREFIX}killed"));
        fs::create_dir_all(killed.join("case-0-0.pages")).unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        fs::write(killed.join("case-0-0.pages/rows"), "rows").unwrap();
        let other = parent.path().join("other");
        fs::create_dir(&other).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&other, parent.path().join(format!("{PREFIX}link"))).unwrap();

        let next = SpillFolder::create_in(parent.path()).unwrap();
        assert!(running.path().join("duckdb_temp_storage.tmp").exists() && !killed.exists() && other.exists());
        let (first, second) = (running.path().to_owned(), next.path().to_owned());
        drop((running, next));
        assert!(!first.exists() && !second.exists());
    }
}
