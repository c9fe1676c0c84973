//! Finds input files.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use chrono::Utc;
use walkdir::WalkDir;

use super::error::ReadError;
use super::file;
use super::stamp::stamp;

/// The input name for standard input.
const STDIN: &str = "-";

/// A file that something else reads, such as the host of the extension.
pub trait RemoteFile: std::fmt::Debug + Send + Sync {
    /// Its bytes; `None` if there are more than `most`.
    ///
    /// # Errors
    /// If it cannot be read.
    fn read(&self, most: u64) -> io::Result<Option<Vec<u8>>>;
}

/// The nominal size of a remote file, whose size is not known before it is read. It determines how many files a thread
/// reads one after another.
const REMOTE_SIZE: u64 = 128 << 10;

/// One file to read, or standard input.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name that the user specified, with `/` between its parts; `-` is standard input. Kept in `load_files.file`
    /// and `events.source_file`.
    pub name: String,
    pub(super) path: Option<PathBuf>,
    pub(super) remote: Option<Arc<dyn RemoteFile>>,
    size: u64,
    modified: Option<SystemTime>,
    stamp: Option<i64>,
    is_file: bool,
}

impl Source {
    /// The number of bytes as stored, before decompression; 0 for standard input.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The modification time, if the system provides it.
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// The stamp that shows whether the file is unchanged, stored in `load_files.stamp`; `None` if there is none.
    pub fn stamp(&self) -> Option<i64> {
        self.stamp
    }

    /// Whether it is a regular file. Standard input, pipes and devices may never end.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// Whether something else reads it.
    pub fn is_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// Whether it can be read again. Standard input and pipes, which have no size, cannot.
    pub fn is_lasting(&self) -> bool {
        self.path.is_some() && self.size > 0
    }

    /// A source that is not a file, such as the rows of a table. It cannot be opened.
    #[must_use]
    pub fn elsewhere(name: &str) -> Self {
        Self { name: name.to_owned(), path: None, remote: None, size: 0, modified: None, stamp: None, is_file: false }
    }

    /// A file that something else reads.
    #[must_use]
    pub fn remote(name: &str, file: Arc<dyn RemoteFile>) -> Self {
        Self { remote: Some(file), size: REMOTE_SIZE, is_file: true, ..Self::elsewhere(name) }
    }

    fn stdin() -> Self {
        Self::elsewhere(STDIN)
    }

    fn file(path: &Path, metadata: &Metadata) -> Self {
        Self {
            name: name(path),
            path: Some(path.to_owned()),
            remote: None,
            size: metadata.len(),
            modified: metadata.modified().ok(),
            stamp: stamp(metadata, Utc::now().timestamp()),
            is_file: metadata.is_file(),
        }
    }
}

/// The sources found for the inputs.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Sorted by name, without duplicates.
    pub sources: Vec<Source>,
    /// Inputs, or parts of them, that could not be found.
    pub problems: Vec<ReadError>,
}

impl Discovery {
    /// Adds sources that were not found in the local file system.
    pub fn add(&mut self, sources: Vec<Source>) {
        self.sources.extend(sources);
        self.sources.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        make_names_unique(&mut self.sources);
    }
}

/// Finds the sources that the inputs name: files, folders (recursively, following links), globs, and `-` for standard input.
///
/// A path that exists is used as is, regardless of the characters in it; only a path that does not exist is treated as
/// a glob. In a folder, every regular file counts, because formats are detected by content.
#[must_use]
pub fn discover(inputs: &[String]) -> Discovery {
    discover_notifying(inputs, || {})
}

/// Like [`discover`], and calls `on_first` as soon as a file is found.
#[must_use]
pub fn discover_notifying(inputs: &[String], on_first: impl FnMut()) -> Discovery {
    let mut search = Search { sources: Vec::new(), problems: Vec::new(), on_first };
    for input in inputs {
        search.add(input);
    }
    let Search { mut sources, problems, .. } = search;
    sources.sort_unstable_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    sources.dedup_by(|a, b| a.name == b.name && a.path == b.path);
    make_names_unique(&mut sources);
    Discovery { sources, problems }
}

/// Makes the names of different files unique: on some systems, file names are not always valid text.
fn make_names_unique(sources: &mut [Source]) {
    let mut count = 1;
    for at in 1..sources.len() {
        let (before, rest) = sources.split_at_mut(at);
        let (Some(last), Some(this)) = (before.last(), rest.first_mut()) else { continue };
        let is_same = this.name == last.name.strip_suffix(&format!("#{count}")).unwrap_or(&last.name);
        count = if is_same { count + 1 } else { 1 };
        if is_same {
            this.name = format!("{}#{count}", this.name);
        }
    }
}

/// A discovery in progress.
struct Search<T> {
    sources: Vec<Source>,
    problems: Vec<ReadError>,
    /// Called when the first source is found.
    on_first: T,
}

impl<T: FnMut()> Search<T> {
    fn add_source(&mut self, source: Source) {
        if self.sources.is_empty() {
            (self.on_first)();
        }
        self.sources.push(source);
    }

    fn add(&mut self, input: &str) {
        let path = Path::new(input);
        if input == STDIN {
            self.add_source(Source::stdin());
        } else if path.exists() {
            self.add_path(path);
        } else if input.contains(['*', '?', '[']) {
            self.add_glob(input);
        } else {
            self.problems.push(ReadError::NotFound { name: input.to_owned() });
        }
    }

    fn add_path(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            // This includes pipes and devices if they are named explicitly: `<(zcat …)` is a pipe.
            Ok(metadata) => self.add_source(Source::file(path, &metadata)),
            Err(cause) => self.problems.push(ReadError::List { name: name(path), cause }),
        }
    }

    fn add_glob(&mut self, pattern: &str) {
        let paths = match glob::glob(pattern) {
            Ok(paths) => paths,
            Err(cause) => return self.problems.push(ReadError::BadPattern { pattern: pattern.to_owned(), cause }),
        };
        let mut matches = false;
        for path in paths {
            matches = true;
            match path {
                Ok(path) => self.add_path(&path),
                Err(error) => {
                    let name = name(error.path());
                    self.problems.push(ReadError::List { name, cause: error.into() });
                }
            }
        }
        if !matches {
            self.problems.push(ReadError::NoMatch { pattern: pattern.to_owned() });
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut entries = WalkDir::new(folder).follow_links(true).into_iter();
        while let Some(entry) = entries.next() {
            // Someone who can write to the folder must not be able to make this program read other files.
            if let Ok(entry) = &entry
                && entry.depth() > 0
                && entry.path_is_symlink()
                && entry.path().canonicalize().is_ok_and(|target| !target.starts_with(&root))
            {
                self.problems.push(ReadError::LeadsOut { name: name(entry.path()) });
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
                continue;
            }
            let found = entry.and_then(|entry| entry.metadata().map(|metadata| (entry, metadata)));
            match found {
                Ok((entry, metadata)) if metadata.is_file() => {
                    self.add_source(Source::file(entry.path(), &metadata));
                }
                Ok((_, metadata)) if metadata.is_dir() => {}
                Ok((entry, _)) => self.problems.push(ReadError::NoFile { name: name(entry.path()) }),
                Err(error) => self.problems.push(list_error(folder, error)),
            }
        }
    }
}

/// The kind of source, if it is one that is never read: a device, or a virtual kernel file. An explicitly named pipe,
/// such as `<(zcat …)`, is read.
pub(super) fn special(source: &Source) -> Option<&'static str> {
    let path = source.path.as_deref()?;
    let metadata = fs::metadata(path).ok()?;
    if file::is_device(&metadata) {
        return Some("a device or a socket");
    }
    if !metadata.is_file() || has_space(&metadata) {
        return None;
    }
    let made_up = ["/proc", "/sys", "/dev"];
    let real = path.canonicalize().ok()?;
    made_up.iter().any(|root| real.starts_with(root)).then_some("a virtual file provided by the system")
}

/// Whether the file occupies disk space, which virtual kernel files do not. Resolving the path of every file would cost
/// a system call for each of its folders.
#[cfg(unix)]
fn has_space(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    metadata.blocks() > 0
}

#[cfg(not(unix))]
fn has_space(_: &Metadata) -> bool {
    false
}

fn list_error(folder: &Path, error: walkdir::Error) -> ReadError {
    let name = name(error.path().unwrap_or(folder));
    let is_loop = error.loop_ancestor().is_some();
    let cause = error.into_io_error().unwrap_or_else(|| {
        io::Error::other(if is_loop { "a symbolic link refers to one of its parent folders" } else { "unknown error" })
    });
    ReadError::List { name, cause }
}

/// A path in its stored form: the same on every system, without redundant parts.
fn name(path: &Path) -> String {
    let clean: PathBuf = path.components().collect();
    let name = clean.to_str().map_or_else(|| readable(clean.as_os_str().as_encoded_bytes()), str::to_owned);
    if std::path::MAIN_SEPARATOR == '/' { name } else { name.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// A name as text: invalid bytes are written as `\xff`, so that different names stay different.
pub(super) fn readable(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str("\\x");
            text.push_str(&hex::encode([*byte]));
        }
    }
    text
}
