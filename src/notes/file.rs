//! The file of notes: read completely, and written under a temporary name, synced and renamed, so that a program that is
//! killed while writing leaves the notes as they were.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::read::file;

use super::note::{Merged, Note, NotesError, merge};

/// The first line of a file of notes.
const HEAD: &str = r#"{"format":"cartographer notes","version":1}"#;
const HEAD_BEGINS: &str = r#"{"format":"cartographer notes""#;

/// The notes of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// In the order they were written, including deleted notes.
    pub notes: Vec<Note>,
    /// Lines that this version does not understand; they are written back unchanged.
    pub unread: Vec<String>,
}

impl Notes {
    /// Parses the notes in a text. A line that is not a note, such as the last line of a truncated file, is set aside.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(HEAD_BEGINS)) {
            let note = serde_json::from_str::<Note>(line).map_err(NotesError::from).and_then(Note::checked);
            if let Ok(note) = note {
                read.add(vec![note]);
            } else {
                read.unread.push(line.to_owned());
            }
        }
        read
    }

    /// Merges notes into these; of two versions of one note, the later one is kept.
    pub fn add(&mut self, theirs: Vec<Note>) -> Merged {
        merge(&mut self.notes, theirs)
    }

    /// The notes that are not deleted.
    pub fn shown(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| !note.deleted)
    }

    /// The text of a file: one line per note.
    ///
    /// # Errors
    /// If a note cannot be converted to JSON.
    pub fn text(&self) -> Result<String, NotesError> {
        let mut text = format!("{HEAD}\n");
        for note in &self.notes {
            text.push_str(&serde_json::to_string(note)?);
            text.push('\n');
        }
        for line in &self.unread {
            text.push_str(line);
            text.push('\n');
        }
        Ok(text)
    }
}

/// Where the notes on a case are stored.
#[derive(Debug, Clone)]
pub struct Notebook {
    path: PathBuf,
}

impl Notebook {
    /// Next to the case: `case.notes.jsonl` for `case.duckdb`.
    #[must_use]
    pub fn beside(case: &Path) -> Self {
        Self { path: case.with_extension("notes.jsonl") }
    }

    /// The file, which may not exist yet.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The notes in the file; empty if the file does not exist.
    ///
    /// # Errors
    /// On an I/O error.
    pub fn read(&self) -> Result<Notes, NotesError> {
        match file::regular(&self.path).and_then(fs::read) {
            Ok(bytes) => Ok(Notes::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Notes::default()),
            Err(source) => Err(self.cannot("read", source)),
        }
    }

    /// Reads the notes, applies `change`, and writes them. Other programs that change the same notes wait.
    ///
    /// # Errors
    /// The error of `change`, or an I/O error; the file is then unchanged.
    pub fn update<T>(&self, change: impl FnOnce(&mut Notes) -> Result<T, NotesError>) -> Result<T, NotesError> {
        let turn = self.turn().map_err(|source| self.cannot("write", source))?;
        let before = self.read()?;
        let mut notes = before.clone();
        let done = change(&mut notes)?;
        if notes != before {
            let text = notes.text()?;
            self.write(text.as_bytes()).map_err(|source| self.cannot("write", source))?;
        }
        drop(turn);
        Ok(done)
    }

    /// Waits for the lock, which is held until the returned value is dropped.
    fn turn(&self) -> io::Result<File> {
        let path = self.folder().join(format!(".{}.lock", self.name()));
        file::lock(&path)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let (prefix, suffix) = (format!(".{}.", self.name()), ".part");
        self.forget_parts(&prefix, suffix);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(suffix);
        shared(&mut builder);
        let mut part = builder.tempfile_in(self.folder())?;
        part.write_all(bytes)?;
        part.as_file().sync_all()?;
        part.persist(&self.path)?;
        sync_folder(self.folder())
    }

    /// Removes temporary files left by a killed program. The caller holds the lock, so no program is writing them.
    fn forget_parts(&self, prefix: &str, suffix: &str) {
        let Ok(entries) = fs::read_dir(self.folder()) else { return };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(prefix) && name.ends_with(suffix) {
                // It may already have been removed.
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn cannot(&self, what: &'static str, source: io::Error) -> NotesError {
        NotesError::File { what, path: self.path.clone(), source }
    }
}

/// Uses the default permissions of new files. Otherwise, temporary files are accessible only to the user.
#[cfg(unix)]
fn shared(builder: &mut Builder<'_, '_>) {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
}

#[cfg(not(unix))]
const fn shared(_: &mut Builder<'_, '_>) {}

/// A rename is durable once its folder is synced.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const NOTE: &str = r#"{"id":"a1","kind":"star","target":{"type":"event","id":"e1"},"author":"ann","created":"2026-03-11T10:00:00Z","changed":"2026-03-11T10:00:00Z","mood":"new in version 9"}"#;

    #[test]
    fn unknown_fields_and_lines_are_kept() {
        let read = Notes::parse(&format!("{HEAD}\n{NOTE}\n{{\"kind\":\"drawing\"}}\n{{\"id\":\"cut o"));
        assert_eq!((read.notes.len(), read.unread.len()), (1, 2));
        let text = read.text().unwrap();
        assert!(text.contains(r#""mood":"new in version 9""#) && text.contains("drawing"), "{text}");
        assert_eq!(Notes::parse(&text), read);
    }

    #[test]
    fn notes_file_is_next_to_case_and_written_atomically() {
        let dir = TempDir::new().unwrap();
        let book = Notebook::beside(&dir.path().join("case.duckdb"));
        assert_eq!(book.path(), dir.path().join("case.notes.jsonl"));
        assert_eq!(book.read().unwrap(), Notes::default());
        // A temporary file left by a killed program is ignored, and the next change removes it.
        let part = dir.path().join(".case.notes.jsonl.x1y2z3.part");
        fs::write(&part, "{\"half").unwrap();
        book.update(|notes| Ok(notes.add(Notes::parse(NOTE).notes))).unwrap();
        assert!(!part.exists());
        assert_eq!(book.read().unwrap().shown().count(), 1);
        let text = fs::read_to_string(book.path()).unwrap();
        assert!(text.starts_with(HEAD) && text.ends_with("}\n"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn notes_are_not_read_from_pipe_or_device() {
        let dir = TempDir::new().unwrap();
        let book = Notebook::beside(&dir.path().join("case.duckdb"));
        std::os::unix::fs::symlink("/dev/zero", book.path()).unwrap();
        let error = book.read().unwrap_err();
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("not a regular file"), "{error}");
        fs::remove_file(book.path()).unwrap();
        let lock = dir.path().join(".case.notes.jsonl.lock");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &lock,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        assert!(book.update(|notes| Ok(notes.add(Notes::parse(NOTE).notes))).is_err());
    }

    #[test]
    fn failed_update_changes_nothing_and_concurrent_updates_are_kept() {
        let dir = TempDir::new().unwrap();
        let book = Notebook::beside(&dir.path().join("case.duckdb"));
        let failed = book.update(|notes| {
            notes.add(Notes::parse(NOTE).notes);
            Err::<(), _>(NotesError::Invalid("no".to_owned()))
        });
        assert!(failed.is_err() && !book.path().exists());
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let book = &book;
                scope.spawn(move || {
                    for turn in 0..10 {
                        let note = NOTE.replace("a1", &format!("w{writer}t{turn}"));
                        book.update(|notes| Ok(notes.add(Notes::parse(&note).notes))).unwrap();
                    }
                });
            }
        });
        assert_eq!(book.read().unwrap().shown().count(), 40);
    }
}
