//! File system metadata that shows whether a file is unchanged, so that unchanged files are not read again.

use std::fs::Metadata;

#[cfg(unix)]
use sha2::{Digest, Sha256};

/// A hash of a file's device, inode, size and both times; `None` if it is not a file or has only just changed (`now` is
/// in seconds since 1970). Within one tick of the file system's clock, such a file could change again and keep its
/// stamp.
///
/// Size and modification time alone prove little, because any program can set them. No program can set the time of the
/// last inode change (`ctime`): it changes whenever the size, the modification time or the contents are written.
#[cfg(unix)]
pub(super) fn stamp(metadata: &Metadata, now: i64) -> Option<i64> {
    use std::os::unix::fs::MetadataExt;

    /// Some file systems have a time resolution of two seconds.
    const SETTLED: i64 = 3;

    if !metadata.is_file() || now - metadata.ctime() < SETTLED {
        return None;
    }
    let mut digest = Sha256::new();
    for part in [metadata.dev(), metadata.ino(), metadata.size()] {
        digest.update(part.to_le_bytes());
    }
    for part in [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()] {
        digest.update(part.to_le_bytes());
    }
    digest.finalize().first_chunk().map(|first| i64::from_le_bytes(*first))
}

/// On other systems, programs can set all metadata.
#[cfg(not(unix))]
pub(super) fn stamp(_: &Metadata, _: i64) -> Option<i64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn stamp_changes_even_if_size_and_mtime_are_restored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trail.json");
        fs::write(&path, "one").unwrap();
        let before = fs::metadata(&path).unwrap();
        let later = before.ctime() + 60;
        assert!(stamp(&before, later).is_some());
        assert_eq!(stamp(&before, later), stamp(&fs::metadata(&path).unwrap(), later));
        // The file system's clock may have a resolution of ten milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(50));
        fs::write(&path, "two").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.len(), after.modified().unwrap()), (before.len(), before.modified().unwrap()));
        assert_ne!(stamp(&after, later), stamp(&before, later));
    }

    #[test]
    fn recently_changed_files_and_folders_have_no_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trail.json");
        fs::write(&path, "one").unwrap();
        let file = fs::metadata(&path).unwrap();
        assert_eq!(stamp(&file, file.ctime() + 1), None);
        assert_eq!(stamp(&fs::metadata(folder.path()).unwrap(), file.ctime() + 60), None);
    }
}
