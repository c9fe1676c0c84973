//! The target of an export. The output is written next to the target and then renamed, so that no partial file is ever
//! visible.

use std::fs;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cartographer::table::TABLES;
use clap::Args;
use tempfile::{Builder, NamedTempFile, TempDir};

use super::Streams;
use super::fail::WithAdvice;

/// The file, and whether it may replace an existing one.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The file to write; - is standard output [default: -]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
}

impl FileArgs {
    /// The file; `None` for standard output.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Runs `work` with the file or standard output, and with a folder for temporary files.
    pub(crate) fn write(&self, streams: Streams, work: impl FnOnce(&mut Sink, &Path) -> Result<()>) -> Result<()> {
        let Some(path) = self.path() else {
            let mut sink = BufWriter::new(Box::new(streams.shared()) as Box<dyn Write + Send>);
            work(&mut sink, tempfile::tempdir()?.path())?;
            return Ok(sink.flush()?);
        };
        refuse(path, self.force)?;
        let (folder, cannot) = (folder_of(path), || cannot_write(path));
        let aside = beside(path).tempdir_in(folder).with_context(cannot)?;
        let file = shared(&mut beside(path)).tempfile_in(folder).with_context(cannot)?;
        let mut sink = BufWriter::new(Box::new(file.reopen().with_context(cannot)?) as Box<dyn Write + Send>);
        work(&mut sink, aside.path())?;
        sink.flush().with_context(cannot)?;
        put(file, path, self.force).with_context(cannot)
    }
}

/// What an export is written to.
pub(crate) type Sink = BufWriter<Box<dyn Write + Send>>;

fn put(file: NamedTempFile, path: &Path, force: bool) -> Result<()> {
    file.as_file().sync_all()?;
    if force {
        file.persist(path)?
    } else {
        file.persist_noclobber(path)?
    };
    Ok(())
}

/// Runs `work` with a new folder and a folder for temporary files, and moves the new folder to `path`.
pub(crate) fn folder(path: &Path, force: bool, work: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<()> {
    refuse(path, force)?;
    let cannot = || cannot_write(path);
    let around = beside(path).tempdir_in(folder_of(path)).with_context(cannot)?;
    let (new, aside, old) = (around.path().join("new"), around.path().join("aside"), around.path().join("old"));
    for folder in [&new, &aside] {
        fs::create_dir(folder).with_context(cannot)?;
    }
    work(&new, &aside)?;
    if path.exists() {
        fs::rename(path, &old).with_context(cannot)?;
    }
    if let Err(error) = fs::rename(&new, path) {
        return Err(error).with_context(|| give_back(around, &old, path));
    }
    Ok(())
}

/// Restores the previous contents. If even that fails, they are kept, and the message states where.
fn give_back(around: TempDir, old: &Path, path: &Path) -> WithAdvice {
    if !old.exists() || fs::rename(old, path).is_ok() {
        return cannot_write(path);
    }
    let kept = around.keep();
    WithAdvice::new(
        format!("cannot write {}", path.display()),
        format!("The previous contents are in {}.", kept.display()),
    )
}

/// An export does not replace an existing file unless requested. It never replaces a device, a case, or a folder with other
/// contents.
fn refuse(path: &Path, force: bool) -> Result<()> {
    let Ok(there) = fs::metadata(path) else { return Ok(()) };
    if !force {
        bail!(WithAdvice::new(
            format!("{} already exists", path.display()),
            "Use --force to replace it, or choose another name."
        ));
    }
    let what = if there.is_dir() {
        (!holds_tables_only(path)).then_some("contains files that are not from an export")
    } else if there.is_file() {
        is_database(path).then_some("is a DuckDB database")
    } else {
        Some("is a device, pipe or socket")
    };
    let Some(what) = what else { return Ok(()) };
    bail!(WithAdvice::new(
        format!("{} {what}, which --force does not replace", path.display()),
        "Choose another name, or use - for standard output."
    ));
}

/// Whether a folder contains nothing but an earlier export.
fn holds_tables_only(folder: &Path) -> bool {
    let is_table = |entry: &fs::DirEntry| {
        entry.file_type().is_ok_and(|kind| kind.is_dir())
            && TABLES.iter().any(|table| entry.file_name().to_str() == Some(table.name))
    };
    fs::read_dir(folder).is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|entry| is_table(&entry))))
}

/// Whether a file is a DuckDB database, such as a case.
fn is_database(path: &Path) -> bool {
    let mut head = [0; 12];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head.ends_with(b"DUCK")
}

/// Hidden names, such as `.cartographer-k3x9`, which globs for exported files do not match.
fn beside(path: &Path) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".cartographer-").suffix(if path.extension().is_some() { ".part" } else { "" });
    builder
}

/// Uses the default permissions of new files. Otherwise, temporary files are accessible only to the user.
#[cfg(unix)]
fn shared<'a, 'p, 's>(builder: &'a mut Builder<'p, 's>) -> &'a mut Builder<'p, 's> {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn shared<'a, 'p, 's>(builder: &'a mut Builder<'p, 's>) -> &'a mut Builder<'p, 's> {
    builder
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn cannot_write(path: &Path) -> WithAdvice {
    WithAdvice::new(
        format!("cannot write {}", path.display()),
        "Check that the folder exists and is writable, and that there is enough disk space.",
    )
}
