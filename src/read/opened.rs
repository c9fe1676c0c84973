//! A source's bytes: read once, hashed, and freed of their compression.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use super::MAX_TEXT;
use super::archive::{Shortage, Unpacked, unpack, unpack_within};
use super::error::ReadError;
use super::room::Room;
use super::source::{Source, special};
use crate::digest::sha256;

/// Compressed logs give ten to a hundred times their size; more than this, and a bomb is cut. A little is always let out.
const MOST_TIMES: u64 = 512;
const LEAST_TEXT: u64 = 64 << 20;

/// The most content of one S3 object, in bytes. `CloudTrail`'s files hold some megabytes.
const MAX_CONTENT: u64 = 1 << 30;

/// What is in a source.
#[derive(Debug)]
pub struct Opened {
    /// SHA-256 of the bytes as stored, in lower hex.
    pub sha256: String,
    /// Bytes as stored.
    pub bytes: u64,
    /// One document, or for an archive one for each member, in the archive's order.
    pub documents: Vec<Document>,
    /// What could not be decompressed, in words, each naming its document. What came before the damage is kept.
    pub problems: Vec<String>,
}

/// One file's content, decompressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The source's name, or for a member of an archive `archive.zip!member.json`.
    pub name: String,
    /// The content, in whatever encoding it has.
    pub text: Vec<u8>,
}

/// A source's bytes as they are stored.
#[derive(Debug)]
pub struct Stored {
    /// SHA-256 of the bytes, in lower hex.
    pub sha256: String,
    name: String,
    bytes: Vec<u8>,
}

/// Reads a source and hashes it: enough to tell whether it is known.
///
/// # Errors
/// [`ReadError::Read`] if the system cannot read it.
pub fn fetch(source: &Source) -> Result<Stored, ReadError> {
    fetch_within(source, MAX_TEXT)
}

/// As [`fetch`], of a source that has no more than `most` bytes.
///
/// # Errors
/// As [`fetch`], [`ReadError::Special`] for what is no regular file, and [`ReadError::TooLarge`].
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
    /// The bytes without the gzip that an S3 object of `CloudTrail` is stored in; as they are if they have none.
    ///
    /// # Errors
    /// In words, if the gzip is damaged, if bytes follow its end, or if more than a GiB comes out of it.
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
            more => Err(format!(
                "there is extra data after the end of the gzip data: {more} byte{}",
                if more == 1 { "" } else { "s" }
            )),
        }
    }

    /// Bytes that somebody else read, as they are stored; `name` is the source's.
    #[must_use]
    pub fn new(name: String, bytes: Vec<u8>) -> Self {
        Self { sha256: sha256(&bytes), name, bytes }
    }

    /// Takes off the compression: gzip of any number of members, zstd, zip, and one in another. What is damaged is a
    /// problem in the result.
    #[must_use]
    pub fn unpack(self) -> Opened {
        let (bytes, allowance) = self.allowance();
        let Unpacked { documents, problems, .. } = unpack(&self.name, self.bytes, allowance);
        Opened::new(self.sha256, bytes, documents, problems)
    }

    /// As [`Stored::unpack`], of text that has to fit into that room with the texts of other files.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] if it does not fit, and [`ReadError::NoMemory`] if the system has no memory for it. Neither
    /// is a fault of the file.
    pub fn unpack_within(self, room: &Room) -> Result<Opened, ReadError> {
        let (bytes, allowance) = self.allowance();
        let name = self.name;
        if !room.take(bytes) {
            return Err(ReadError::TooLarge { name, most: room.most() });
        }
        let Unpacked { documents, problems, shortage, .. } = unpack_within(&name, self.bytes, allowance, room);
        match shortage {
            None => Ok(Opened::new(self.sha256, bytes, documents, problems)),
            Some(Shortage::Room) => Err(ReadError::TooLarge { name, most: room.most() }),
            Some(Shortage::Memory) => Err(ReadError::NoMemory { name }),
        }
    }

    /// Its size, and how much text may come out of it.
    fn allowance(&self) -> (u64, u64) {
        let bytes = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        (bytes, bytes.saturating_mul(MOST_TIMES).clamp(LEAST_TEXT, MAX_TEXT))
    }
}

impl Opened {
    fn new(sha256: String, bytes: u64, documents: Vec<(String, Vec<u8>)>, problems: Vec<String>) -> Self {
        let documents = documents.into_iter().map(|(name, text)| Document { name, text }).collect();
        Self { sha256, bytes, documents, problems }
    }
}

/// Reads a source and takes off its compression: [`fetch`] and [`Stored::unpack`].
///
/// # Errors
/// As [`fetch`].
pub fn open(source: &Source) -> Result<Opened, ReadError> {
    Ok(fetch(source)?.unpack())
}

/// The bytes of a source, unless there are more than `most`. A file that grows meanwhile is read up to the size that it has
/// when it is opened.
fn bytes_within(source: &Source, most: u64) -> io::Result<Option<Vec<u8>>> {
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
