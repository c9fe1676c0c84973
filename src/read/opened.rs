//! A source's bytes: read once, hashed, and freed of their compression.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use super::archive::{Unpacked, unpack};
use super::error::ReadError;
use super::source::Source;
use crate::digest::sha256;

/// The most text that comes out of one source, in bytes; more is a decompression bomb, or should be many files.
const MAX_TEXT: u64 = 8 << 30;

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
    let name = source.name.clone();
    match stored(source) {
        Ok(bytes) => Ok(Stored::new(name, bytes)),
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
        let bytes = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        let Unpacked { documents, problems, .. } = unpack(&self.name, self.bytes, MAX_TEXT);
        let documents = documents.into_iter().map(|(name, text)| Document { name, text }).collect();
        Opened { sha256: self.sha256, bytes, documents, problems }
    }
}

/// Reads a source and takes off its compression: [`fetch`] and [`Stored::unpack`].
///
/// # Errors
/// As [`fetch`].
pub fn open(source: &Source) -> Result<Opened, ReadError> {
    Ok(fetch(source)?.unpack())
}

fn stored(source: &Source) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match &source.path {
        Some(path) => bytes = fs::read(path)?,
        None => drop(io::stdin().lock().read_to_end(&mut bytes)?),
    }
    Ok(bytes)
}
