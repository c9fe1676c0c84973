//! A copy of a case that replaces the case once it is complete, so that the case can stay open in other programs.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use cartographer::read::file;
use cartographer::store::Case;

use super::fail::WithAdvice;

/// A copy next to the case. If it does not replace the case, it is removed.
pub(crate) struct CopiedCase {
    case: PathBuf,
    copy: PathBuf,
    /// Keeps other programs from changing the case.
    reader: Option<Case>,
    /// Keeps other loads from creating a copy.
    _turn: File,
}

impl CopiedCase {
    /// Copies the case, as soon as no other load has a copy of it.
    ///
    /// # Errors
    /// If another program changes the case, or on an I/O error.
    pub(crate) fn of(case: &Path) -> Result<Self> {
        let turn = turn(case).with_context(|| format!("cannot lock {}", case.display()))?;
        drop(Case::open_read_only(case)?);
        let log = with_suffix(case, ".wal");
        if log.exists() {
            bail!(WithAdvice::new(
                format!(
                    "{} contains changes that are not in the case yet: the last load was interrupted",
                    log.display()
                ),
                "Stop all programs that have the case open, and run `cartographer load` once without --copy.",
            ));
        }
        let before = stamp(case)?;
        let mut copied = Self { case: case.to_owned(), copy: with_suffix(case, ".loading"), reader: None, _turn: turn };
        copied.remove();
        fs::copy(case, &copied.copy).with_context(|| format!("cannot copy {}", case.display()))?;
        // Opened after the copy: when a file is closed, the system forgets all of a program's locks on it.
        copied.reader = Some(Case::open_read_only(case)?);
        if stamp(case)? != before {
            bail!(WithAdvice::new(
                format!("{} was changed while it was being copied", case.display()),
                "Run the same command again."
            ));
        }
        Ok(copied)
    }

    /// The copy.
    pub(crate) fn path(&self) -> &Path {
        &self.copy
    }

    /// Replaces the case with the copy.
    ///
    /// # Errors
    /// On an I/O error; the case is then unchanged.
    pub(crate) fn replace(mut self) -> Result<()> {
        File::open(&self.copy).and_then(|file| file.sync_all()).context("cannot write the copy to disk")?;
        if cfg!(windows) {
            // On Windows, an open file cannot be replaced.
            self.reader = None;
        }
        fs::rename(&self.copy, &self.case).with_context(|| {
            WithAdvice::new(
                format!("cannot replace {}", self.case.display()),
                "The case is unchanged. On Windows, stop the programs that have it open.",
            )
        })
    }

    /// Removes the copy. A missing file is not an error.
    fn remove(&self) {
        for file in [self.copy.clone(), with_suffix(&self.copy, ".wal")] {
            drop(fs::remove_file(file));
        }
    }
}

impl Drop for CopiedCase {
    fn drop(&mut self) {
        self.remove();
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Waits until no other load copies the case. The lock is a separate file, because the case itself is replaced.
fn turn(case: &Path) -> io::Result<File> {
    let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let path = case.with_file_name(format!(".{name}.lock"));
    file::lock(&path)
}

fn stamp(case: &Path) -> Result<(u64, SystemTime)> {
    let file = fs::metadata(case).with_context(|| format!("cannot read {}", case.display()))?;
    Ok((file.len(), file.modified()?))
}
