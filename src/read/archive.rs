//! Taking off compression: gzip, zstd and zip, told by their first bytes.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;
use libdeflater::Decompressor;
use memchr::memmem;
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

/// Layers of compression that are taken off: a zip of gzip files has two.
const MAX_LAYERS: usize = 4;
/// The most that is believed of what a gzip file says of its own size, in bytes.
const MAX_HINT: u32 = 256 << 20;

/// The largest gzip file that is inflated at once, in bytes; a larger one is read bit by bit.
const MAX_AT_ONCE: usize = 16 << 20;
/// How a gzip member begins. A file that has these bytes further on may hold several.
const MEMBER: [u8; 3] = [0x1f, 0x8b, 8];

/// What came out of some stored bytes.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// Name and bytes of every document.
    pub(super) documents: Vec<(String, Vec<u8>)>,
    /// What could not be read to its end. The part before it is in `documents`.
    pub(super) problems: Vec<String>,
    /// Bytes that may still come out of this source.
    allowance: u64,
}

/// The documents in `bytes`. Not more than `allowance` bytes come out of all of them together, so that a small hostile
/// file cannot fill the memory.
pub(super) fn unpack(name: &str, bytes: Vec<u8>, allowance: u64) -> Unpacked {
    let mut unpacked = Unpacked { documents: Vec::new(), problems: Vec::new(), allowance };
    unpacked.add(name, bytes, 0);
    unpacked
}

impl Unpacked {
    fn add(&mut self, name: &str, bytes: Vec<u8>, layer: usize) {
        match bytes.as_slice() {
            [0x1f, 0x8b, ..] if layer < MAX_LAYERS => {
                let text = self.gzip(name, &bytes);
                self.add(name, text, layer + 1);
            }
            [0x28, 0xb5, 0x2f, 0xfd, ..] if layer < MAX_LAYERS => self.add_zstd(name, &bytes, layer),
            [b'P', b'K', 3 | 5, 4 | 6, ..] if layer < MAX_LAYERS => self.add_zip(name, &bytes, layer),
            _ => self.documents.push((name.to_owned(), bytes)),
        }
    }

    /// A gzip file's text: at once if it is one whole member, else bit by bit as far as it goes.
    fn gzip(&mut self, name: &str, bytes: &[u8]) -> Vec<u8> {
        match inflate(bytes, self.allowance) {
            Some(text) => {
                self.allowance = self.allowance.saturating_sub(text.len() as u64);
                text
            }
            None => self.read(name, "gzip", size_hint(bytes), MultiGzDecoder::new(bytes)),
        }
    }

    fn add_zstd(&mut self, name: &str, bytes: &[u8], layer: usize) {
        match zstd::stream::read::Decoder::with_buffer(bytes) {
            Ok(decoder) => {
                let text = self.read(name, "zstd", 0, decoder);
                self.add(name, text, layer + 1);
            }
            Err(error) => self.problems.push(format!("{name}: zstd: {error}")),
        }
    }

    fn add_zip(&mut self, name: &str, bytes: &[u8], layer: usize) {
        let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => {
                self.problems.push(format!("{name}: zip: {error}"));
                return self.add_cut_zip(name, bytes, layer);
            }
        };
        for index in 0..archive.len() {
            match archive.by_index(index) {
                Ok(member) => self.add_member(name, member, layer),
                Err(error) => self.problems.push(format!("{name}: zip member {}: {error}", index + 1)),
            }
        }
    }

    /// A zip whose directory, which stands at the end, is lost: its members one after another, as far as they go.
    fn add_cut_zip(&mut self, name: &str, bytes: &[u8], layer: usize) {
        let mut rest = bytes;
        while let Ok(Some(member)) = read_zipfile_from_stream(&mut rest) {
            self.add_member(name, member, layer);
        }
    }

    fn add_member<R: Read>(&mut self, name: &str, member: zip::read::ZipFile<'_, R>, layer: usize) {
        if member.is_dir() {
            return;
        }
        let own =
            member.name().map_or_else(|_| String::from_utf8_lossy(member.name_raw()).into_owned(), Cow::into_owned);
        let name = format!("{name}!{own}");
        let text = self.read(&name, "zip member", 0, member);
        self.add(&name, text, layer + 1);
    }

    /// All that a decoder gives before it ends or fails.
    fn read(&mut self, name: &str, format: &str, size: usize, decoder: impl Read) -> Vec<u8> {
        let mut text = Vec::with_capacity(size);
        let outcome = decoder.take(self.allowance.saturating_add(1)).read_to_end(&mut text);
        if let Err(error) = outcome {
            self.problems.push(format!("{name}: {format}: {error} after {} bytes", text.len()));
        }
        let read = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if read > self.allowance {
            text.truncate(usize::try_from(self.allowance).unwrap_or(usize::MAX));
            self.problems.push(format!("{name}: {format}: cut off where the source has grown too large"));
        }
        self.allowance = self.allowance.saturating_sub(read);
        text
    }
}

/// The text of a gzip file that is one member, whole and sound; `None` of any other.
fn inflate(bytes: &[u8], allowance: u64) -> Option<Vec<u8>> {
    let size = size_hint(bytes);
    if bytes.len() > MAX_AT_ONCE || size as u64 > allowance || memmem::find(&bytes[2..], &MEMBER).is_some() {
        return None;
    }
    let mut text = vec![0; size];
    let written = Decompressor::new().gzip_decompress(bytes, &mut text).ok()?;
    (written == size).then_some(text)
}

/// The size that a gzip file's last four bytes state, as far as it can be true: deflate gives 1032 bytes for one at most.
fn size_hint(bytes: &[u8]) -> usize {
    let stated = bytes.last_chunk::<4>().map_or(0, |tail| u32::from_le_bytes(*tail)).min(MAX_HINT);
    usize::try_from(stated).unwrap_or(0).min(bytes.len().saturating_mul(1032))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_of_one_size_are_all_read() {
        let twice = [gzip(b"one"), gzip(b"two")].concat();
        assert_eq!(unpack("a.gz", twice, 100).documents, [("a.gz".to_owned(), b"onetwo".to_vec())]);
    }

    #[test]
    fn a_damaged_member_gives_what_stands_before_the_damage() {
        let mut cut = gzip(&[b'x'; 1000]);
        cut.truncate(cut.len() - 8);
        let unpacked = unpack("a.gz", cut, 2_000);
        assert_eq!(unpacked.documents, [("a.gz".to_owned(), vec![b'x'; 1000])]);
        assert_eq!(unpacked.problems.len(), 1);
    }

    #[test]
    fn what_grows_too_large_is_cut_and_said() {
        let unpacked = unpack("bomb.gz", gzip(&vec![b' '; 100_000]), 5_000);
        assert_eq!(unpacked.documents, [("bomb.gz".to_owned(), vec![b' '; 5_000])]);
        assert_eq!(unpacked.problems, ["bomb.gz: gzip: cut off where the source has grown too large"]);
    }
}
