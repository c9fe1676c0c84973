//! The bytes of a source: read once, hashed and decompressed.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use super::MAX_TEXT;
use super::archive::{Shortage, Unpacked, unpack, unpack_within};
use super::budget::MemoryBudget;
use super::error::ReadError;
use super::source::{Source, special};
use crate::counted::counted;
use crate::digest::sha256;

/// Compressed logs expand ten to a hundred times; output beyond this ratio is cut off, because the file is a
/// decompression bomb. A minimum is always allowed.
const MOST_TIMES: u64 = 512;
const LEAST_TEXT: u64 = 64 << 20;

/// The maximum uncompressed size of one S3 object, in bytes. `CloudTrail`'s files are a few megabytes.
const MAX_CONTENT: u64 = 1 << 30;

/// The contents of a source.
#[derive(Debug)]
pub struct Opened {
    /// SHA-256 of the bytes as stored, in lowercase hex.
    pub sha256: String,
    /// The number of bytes as stored.
    pub bytes: u64,
    /// One document, or for an archive, one document per member in the archive's order.
    pub documents: Vec<Document>,
    /// What could not be decompressed, as messages that name the document. The part before the damage is kept.
    pub problems: Vec<String>,
    /// The members of an archive that are links, which are not followed.
    pub links: Vec<String>,
}

/// One file's decompressed contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The source's name, or `archive.zip!member.json` for a member of an archive.
    pub name: String,
    /// The contents, in the original encoding.
    pub text: Vec<u8>,
}

/// A source's bytes as stored.
#[derive(Debug)]
pub struct Stored {
    /// SHA-256 of the bytes, in lowercase hex.
    pub sha256: String,
    name: String,
    bytes: Vec<u8>,
}

/// Reads and hashes a source, which is enough to check whether it was already read.
///
/// # Errors
/// [`ReadError::Read`] if the system cannot read it.
pub fn fetch(source: &Source) -> Result<Stored, ReadError> {
    fetch_within(source, MAX_TEXT)
}

/// Like [`fetch`], for a source of at most `most` bytes.
///
/// # Errors
/// See [`fetch`]; [`ReadError::Special`] if it is not a regular file, and [`ReadError::TooLarge`].
pub fn fetch_within(source: &Source, most: u64) -> Result<Stored, ReadError> {
    let name = source.name.clone();
    if let Some(what) = special(source) {
        return Err(ReadError::Special { name, what });
    }
    match bytes_within(source, most) {
        Ok(Some(bytes)) => Ok(Stored::new(name, bytes)),
        Ok(None) => Err(ReadError::TooLarge { name, most }),
        Err(cause) if cause.kind() == io::ErrorKind::OutOfMemory => Err(ReadError::NoMemory { name }),
        Err(cause) => Err(ReadError::Read { name, cause }),
    }
}

impl Stored {
    /// The bytes without the gzip compression of `CloudTrail`'s S3 objects; unchanged if they are not compressed.
    ///
    /// # Errors
    /// A message, if the gzip data is damaged, if bytes follow its end, or if it expands to more than 1 GiB.
    pub fn content(&self) -> Result<Cow<'_, [u8]>, String> {
        if !self.bytes.starts_with(&[0x1f, 0x8b]) {
            return Ok(Cow::Borrowed(&self.bytes));
        }
        let mut text = Vec::new();
        let mut decoder = GzDecoder::new(self.bytes.as_slice()).take(MAX_CONTENT + 1);
        decoder.read_to_end(&mut text).map_err(|error| format!("the gzip data is damaged: {error}"))?;
        match decoder.into_inner().into_inner().len() {
            _ if text.len() as u64 > MAX_CONTENT => Err("the gzip data decompresses to more than 1 GiB".to_owned()),
            0 => Ok(Cow::Owned(text)),
            more => {
                Err(format!("there is extra data after the end of the gzip data: {}", counted(more, "byte", "bytes")))
            }
        }
    }

    /// Bytes that the caller has read, as stored; `name` is the source's name.
    #[must_use]
    pub fn new(name: String, bytes: Vec<u8>) -> Self {
        Self { sha256: sha256(&bytes), name, bytes }
    }

    /// Decompresses the bytes: gzip with any number of members, zstd, zip and other formats, including nested ones.
    /// Damage is listed in the problems of the result.
    #[must_use]
    pub fn unpack(self) -> Opened {
        let (bytes, allowance) = self.allowance();
        Opened::new(self.sha256, bytes, unpack(&self.name, self.bytes, allowance))
    }

    /// Like [`Stored::unpack`], within a memory budget shared with other files.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] if the text does not fit, and [`ReadError::NoMemory`] if the system does not have enough
    /// memory. Neither means that the file is damaged.
    pub fn unpack_within(self, budget: &MemoryBudget) -> Result<Opened, ReadError> {
        let (bytes, allowance) = self.allowance();
        let name = self.name;
        if !budget.take(bytes) {
            return Err(ReadError::TooLarge { name, most: budget.size() });
        }
        let unpacked = unpack_within(&name, self.bytes, allowance, budget);
        match unpacked.shortage {
            None => Ok(Opened::new(self.sha256, bytes, unpacked)),
            Some(Shortage::Budget) => Err(ReadError::TooLarge { name, most: budget.size() }),
            Some(Shortage::Memory) => Err(ReadError::NoMemory { name }),
        }
    }

    /// Its size, and the maximum size of its text.
    fn allowance(&self) -> (u64, u64) {
        let bytes = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        (bytes, bytes.saturating_mul(MOST_TIMES).clamp(LEAST_TEXT, MAX_TEXT))
    }
}

impl Opened {
    fn new(sha256: String, bytes: u64, unpacked: Unpacked<'_>) -> Self {
        let documents = unpacked.documents.into_iter().map(|(name, text)| Document { name, text }).collect();
        Self { sha256, bytes, documents, problems: unpacked.problems, links: unpacked.links }
    }
}

/// Reads and decompresses a source: [`fetch`] and [`Stored::unpack`].
///
/// # Errors
/// See [`fetch`].
pub fn open(source: &Source) -> Result<Opened, ReadError> {
    Ok(fetch(source)?.unpack())
}

/// The bytes of a source, unless there are more than `most`. A file that grows while it is read is read only up to its
/// size when it was opened.
fn bytes_within(source: &Source, most: u64) -> io::Result<Option<Vec<u8>>> {
    if let Some(remote) = &source.remote {
        return remote.read(most);
    }
    let mut bytes = Vec::new();
    match &source.path {
        Some(path) => {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            let size = if metadata.is_file() { metadata.len() } else { most.saturating_add(1) };
            if metadata.is_file() && size <= most {
                bytes.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
            }
            if !metadata.is_file() || size <= most {
                file.take(size).read_to_end(&mut bytes)?;
            }
            if metadata.is_file() && size > most {
                return Ok(None);
            }
        }
        None => drop(io::stdin().lock().take(most.saturating_add(1)).read_to_end(&mut bytes)?),
    }
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::read::RemoteFile;

    /// The system states a size of 0 bytes for the file of this test, so everything in it is beyond its size, as in a file
    /// that grows while it is read.
    #[cfg(target_os = "linux")]
    #[test]
    fn file_is_read_up_to_its_size_when_opened() {
        let mut source = Source::elsewhere("status");
        source.path = Some("/proc/self/status".into());
        assert_eq!(bytes_within(&source, 1 << 20).unwrap(), Some(Vec::new()));
    }

    /// A file whose reader is out of memory.
    #[derive(Debug)]
    struct Exhausted;
    impl RemoteFile for Exhausted {
        fn read(&self, _: u64) -> io::Result<Option<Vec<u8>>> {
            Err(io::ErrorKind::OutOfMemory.into())
        }
    }

    #[test]
    fn lack_of_memory_is_not_an_unreadable_file() {
        let error = fetch(&Source::remote("a.json", Arc::new(Exhausted))).unwrap_err();
        assert!(matches!(error, ReadError::NoMemory { .. }), "{error}");
    }

    #[test]
    fn decompressed_content_is_limited() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![0; 1 << 20];
        (0..=MAX_CONTENT >> 20).for_each(|_| encoder.write_all(&zeros).unwrap());
        let stored = Stored::new("a.gz".to_owned(), encoder.finish().unwrap());
        let error = stored.content().err();
        assert_eq!(error.as_deref(), Some("the gzip data decompresses to more than 1 GiB"));
    }
}
