//! Decompression: gzip, zstd, bzip2, xz, lz4, zip and tar, detected by their first bytes.

use std::collections::HashMap;
use std::io::{Cursor, ErrorKind, Read};
use std::ops::Range;

use bzip2::read::MultiBzDecoder;
use flate2::Crc;
use flate2::bufread::GzDecoder;
use flate2::read::{DeflateDecoder, ZlibDecoder};
use libdeflater::Decompressor;
use liblzma::read::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};
use lz4_flex::frame::FrameDecoder;
use memchr::memmem;
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

use super::budget::MemoryBudget;
use super::source::readable;
use crate::counted::counted;

/// The maximum number of layers of compression: a zip of gzip files has two layers, a zip of tar.gz files has three.
const MAX_LAYERS: usize = 4;
/// The maximum uncompressed size that a gzip file may state and still be trusted, in bytes.
const MAX_HINT: u32 = 256 << 20;

/// The largest gzip file that is inflated in one call, in bytes; a larger one is streamed.
const MAX_AT_ONCE: usize = 16 << 20;
/// The first bytes of a gzip member. A file that contains these bytes again may have several members.
const MEMBER: [u8; 3] = [0x1f, 0x8b, 8];
/// The maximum memory that an xz file may require, in bytes; `xz -9` requires 65 MiB.
const XZ_MEMORY: u64 = 512 << 20;
/// The first bytes of the metadata file that macOS adds next to a file.
const APPLE_DOUBLE: [u8; 4] = [0, 5, 0x16, 7];
/// A tar header's size, in bytes.
const TAR_BLOCK: usize = 512;
/// How a member of a zip begins, and the size of the record at the end of its directory, in bytes.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const END_RECORD: usize = 22;

/// The maximum length of a document's name, in bytes; a longer one is shortened.
const MAX_NAME: usize = 2048;

/// The number of bytes that are reserved in the budget at a time.
const STEP: u64 = 1 << 20;

/// Why the result is discarded although the bytes are not damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shortage {
    /// The memory budget is used up.
    Budget,
    /// The system provided no more memory.
    Memory,
}

/// The result of unpacking stored bytes.
#[derive(Debug)]
pub(super) struct Unpacked<'r> {
    /// The name and bytes of every document. Names are unique.
    pub(super) documents: Vec<(String, Vec<u8>)>,
    /// What could not be read completely. The part before the damage is in `documents`.
    pub(super) problems: Vec<String>,
    /// The members that are links, which are not followed.
    pub(super) links: Vec<String>,
    /// The number of bytes that this source may still produce.
    allowance: u64,
    /// How often each name was used for a member.
    names: HashMap<String, u32, foldhash::fast::RandomState>,
    /// The memory budget that is shared with other files.
    budget: Option<&'r MemoryBudget>,
    /// Why the result is discarded, if it is.
    pub(super) shortage: Option<Shortage>,
}

/// The documents in `bytes`. Their total size is at most `allowance` bytes, so that a small hostile file cannot fill
/// the memory.
pub(super) fn unpack(name: &str, bytes: Vec<u8>, allowance: u64) -> Unpacked<'static> {
    Unpacked::of(name, bytes, allowance, None)
}

/// Like [`unpack`], within a memory budget. If the text does not fit, the result has a shortage.
pub(super) fn unpack_within<'r>(name: &str, bytes: Vec<u8>, allowance: u64, budget: &'r MemoryBudget) -> Unpacked<'r> {
    Unpacked::of(name, bytes, allowance, Some(budget))
}

/// A compression format or an archive format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Gzip,
    Zlib,
    Zstd,
    Bzip2,
    Xz,
    Lzma,
    Lz4,
    Zip,
    Tar,
}

impl Form {
    fn of(bytes: &[u8]) -> Option<Self> {
        let bytes = after_skippable(bytes);
        Some(match bytes {
            // The format of nearly every file.
            [b'{' | b'[' | b'"', ..] | [] => return None,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Self::Zip,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x5d, 0, 0, ..] => Self::Lzma,
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Self::Lz4,
            [0x78, 0x01 | 0x9c | 0xda, ..] => Self::Zlib,
            _ if is_tar(bytes) => Self::Tar,
            _ => return None,
        })
    }
}

impl<'r> Unpacked<'r> {
    fn of(name: &str, bytes: Vec<u8>, allowance: u64, budget: Option<&'r MemoryBudget>) -> Self {
        let (documents, problems, links, names) = (Vec::new(), Vec::new(), Vec::new(), HashMap::default());
        let mut unpacked = Self { documents, problems, links, allowance, names, budget, shortage: None };
        unpacked.add(name, bytes, 0);
        unpacked
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>, layer: usize) {
        let Some(form) = Form::of(&bytes) else { return self.documents.push((name.to_owned(), bytes)) };
        if layer >= MAX_LAYERS {
            return self.problems.push(format!("{name}: more than {MAX_LAYERS} layers of compression"));
        }
        match form {
            Form::Gzip => {
                let text = self.gzip(name, &bytes);
                self.add(name, text, layer + 1);
            }
            Form::Zlib => {
                let mut decoder = ZlibDecoder::new(&*bytes);
                let before = self.problems.len();
                let text = self.read(name, "zlib", 0, &mut decoder);
                self.report_rest(name, "zlib", rest(&bytes, decoder.total_in()), before);
                self.add(name, text, layer + 1);
            }
            Form::Zstd => match zstd::stream::read::Decoder::with_buffer(&*bytes) {
                Ok(decoder) => self.add_read(name, "zstd", decoder, layer),
                Err(error) => self.problems.push(format!("{name}: zstd: {error}")),
            },
            Form::Bzip2 => self.add_read(name, "bzip2", MultiBzDecoder::new(&*bytes), layer),
            Form::Xz => self.add_xz(name, "xz", &bytes, Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED), layer),
            Form::Lzma => self.add_xz(name, "lzma", &bytes, Stream::new_lzma_decoder(XZ_MEMORY), layer),
            Form::Lz4 => self.add_lz4(name, &bytes, layer),
            Form::Zip => self.add_zip(name, &bytes, layer),
            Form::Tar => self.add_tar(name, &bytes, layer),
        }
    }

    fn add_read(&mut self, name: &str, format: &str, decoder: impl Read, layer: usize) {
        let text = self.read(name, format, 0, decoder);
        self.add(name, text, layer + 1);
    }

    fn add_xz(
        &mut self,
        name: &str,
        format: &str,
        bytes: &[u8],
        stream: Result<Stream, liblzma::stream::Error>,
        layer: usize,
    ) {
        match stream {
            Ok(stream) => {
                let mut decoder = XzDecoder::new_stream(bytes, stream);
                let before = self.problems.len();
                let text = self.read(name, format, 0, &mut decoder);
                self.report_rest(name, format, rest(bytes, decoder.total_in()), before);
                self.add(name, text, layer + 1);
            }
            Err(error) => self.problems.push(format!("{name}: {format}: {error}")),
        }
    }

    /// lz4 frames, one after another.
    fn add_lz4(&mut self, name: &str, bytes: &[u8], layer: usize) {
        let (mut text, mut rest) = (Vec::new(), after_skippable(bytes));
        let before = self.problems.len();
        while Form::of(rest) == Some(Form::Lz4) {
            let mut decoder = FrameDecoder::new(rest);
            text.append(&mut self.read(name, "lz4", 0, &mut decoder));
            let left = decoder.into_inner();
            if self.problems.len() > before || left.len() == rest.len() {
                break;
            }
            rest = after_skippable(left);
        }
        self.report_rest(name, "lz4", rest, before);
        self.add(name, text, layer + 1);
    }

    /// The text of a gzip file: in one call if it is one complete member, otherwise streamed as far as it can be read.
    fn gzip(&mut self, name: &str, bytes: &[u8]) -> Vec<u8> {
        // Reserved before inflating, so that concurrent threads share the budget.
        let (size, budget) = (size_hint(bytes) as u64, self.budget);
        let has_budget = || budget.is_none_or(|budget| budget.take(size));
        match inflate(bytes, self.allowance, has_budget) {
            Some(text) => {
                self.allowance = self.allowance.saturating_sub(text.len() as u64);
                text
            }
            None => self.members_of_gzip(name, bytes),
        }
    }

    /// The members of a gzip file, one after another. Zeros after the last member are padding.
    fn members_of_gzip(&mut self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let (mut text, mut rest) = (Vec::new(), bytes);
        while Form::of(rest) == Some(Form::Gzip) {
            let problems = self.problems.len();
            let mut decoder = GzDecoder::new(rest);
            let mut more = self.read(name, "gzip", if text.is_empty() { size_hint(bytes) } else { 0 }, &mut decoder);
            text.append(&mut more);
            if self.problems.len() > problems || self.shortage.is_some() {
                return text;
            }
            rest = decoder.into_inner();
        }
        self.report_rest(name, "gzip", rest, self.problems.len());
        text
    }

    /// Reports bytes after the end of the data, which were not read. Zeros are padding. If there was a problem since there
    /// were `before`, the end is unknown.
    fn report_rest(&mut self, name: &str, format: &str, rest: &[u8], before: usize) {
        let is_known = self.problems.len() == before && self.shortage.is_none();
        if is_known && rest.iter().any(|byte| *byte != 0) {
            self.problems.push(format!("{name}: {format}: {} bytes after the end of the compressed data", rest.len()));
        }
    }

    fn add_tar(&mut self, name: &str, bytes: &[u8], layer: usize) {
        let mut archive = tar::Archive::new(bytes);
        // Concatenated archives have end markers in the middle.
        archive.set_ignore_zeros(true);
        let mut end = 0;
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(format!("{name}: tar: {error}")),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                // After a damaged header, the position of the next header is unknown.
                Err(error) => return self.problems.push(format!("{name}: tar: {error}")),
            };
            let (own, size) = (readable(&entry.path_bytes()), entry.size());
            let kind = entry.header().entry_type();
            // A sparse file takes less room than its size.
            let stored = if kind.is_gnu_sparse() { entry.header().entry_size().unwrap_or(size) } else { size };
            end = entry.raw_file_position().saturating_add(stored).next_multiple_of(TAR_BLOCK as u64);
            if kind.is_symlink() || kind.is_hard_link() {
                self.links.push(own);
                continue;
            }
            // Data is read whatever the type, as POSIX requires for types that are unknown. Folders and devices have none.
            if kind.is_pax_global_extensions() || (!kind.is_file() && size == 0) {
                continue;
            }
            let member = self.member(name, &own);
            let text = self.read(&member, "tar member", 0, entry);
            let read = text.len() as u64;
            let is_cut = read < size && self.allowance > 0;
            if is_cut {
                self.problems.push(format!("{member}: tar member: truncated after {read} of {size} bytes"));
            }
            self.add_member(&own, &member, text, layer);
            if is_cut {
                return;
            }
        }
        let has_end = usize::try_from(end).is_ok_and(|end| bytes.len() > end);
        if !has_end {
            self.problems.push(format!("{name}: tar: truncated: no end-of-archive marker"));
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
        // A zip may contain several members with the same name, and the library returns only one of them.
        if let Some(entries) = entries(bytes).filter(|entries| entries.len() > archive.len()) {
            self.add_entries(name, bytes, &entries, layer);
            let listed = entries.iter().map(|entry| entry.at..entry.end(bytes)).collect();
            return self.add_unlisted(name, bytes, listed, &archive, layer);
        }
        let listed = (0..archive.len()).filter_map(|index| Some(extent(&archive.by_index_raw(index).ok()?)));
        let listed = listed.collect();
        self.add_members(name, &mut archive, layer);
        self.add_unlisted(name, bytes, listed, &archive, layer);
    }

    fn add_members(&mut self, name: &str, archive: &mut ZipArchive<Cursor<&[u8]>>, layer: usize) {
        for index in 0..archive.len() {
            match archive.by_index(index) {
                Ok(member) => self.add_zipped(name, member, layer),
                Err(error) => self.problems.push(format!("{name}: zip member {}: {error}", index + 1)),
            }
        }
    }

    /// Adds the members that are not in the directory of a zip, such as those of another zip before it, and reports bytes
    /// after its end. `listed` are the places of the members in the directory.
    fn add_unlisted(
        &mut self,
        name: &str,
        bytes: &[u8],
        mut listed: Vec<Range<usize>>,
        archive: &ZipArchive<Cursor<&[u8]>>,
        layer: usize,
    ) {
        let directory = usize::try_from(archive.central_directory_start()).unwrap_or(bytes.len()).min(bytes.len());
        listed.push(directory..directory);
        listed.sort_by_key(|place| place.start);
        let (mut at, mut unlisted) = (0, 0);
        for place in listed {
            while let Some(gap) = bytes.get(at..place.start)
                && let Some(start) = memmem::find(gap, LOCAL_HEADER)
            {
                let mut rest = &gap[start..];
                if let Ok(Some(member)) = read_zipfile_from_stream(&mut rest) {
                    self.add_zipped(name, member, layer);
                }
                unlisted += 1;
                at = (place.start - rest.len()).max(at + start + LOCAL_HEADER.len());
            }
            at = at.max(place.end);
        }
        if unlisted > 0 {
            let members = counted(unlisted, "member", "members");
            self.problems.push(format!("{name}: zip: {members} not in the directory of the archive"));
        }
        if let Some(end) = memmem::rfind(bytes, b"PK\x05\x06") {
            let end = end.saturating_add(END_RECORD + archive.comment().len());
            self.report_rest(name, "zip", bytes.get(end..).unwrap_or_default(), self.problems.len());
        }
    }

    /// Reads a zip whose directory, at the end of the file, is missing: takes its members one after another, as far as
    /// they can be read.
    fn add_cut_zip(&mut self, name: &str, bytes: &[u8], layer: usize) {
        let mut rest = bytes;
        while let Ok(Some(member)) = read_zipfile_from_stream(&mut rest) {
            self.add_zipped(name, member, layer);
        }
    }

    fn add_zipped<R: Read>(&mut self, name: &str, member: zip::read::ZipFile<'_, R>, layer: usize) {
        if member.is_dir() {
            return;
        }
        let own = member.name().map_or_else(|_| readable(member.name_raw()), std::borrow::Cow::into_owned);
        if member.is_symlink() {
            return self.links.push(own);
        }
        let name = self.member(name, &own);
        let text = self.read(&name, "zip member", 0, member);
        self.add_member(&own, &name, text, layer);
    }

    /// Every member of a zip, in the order of its directory.
    fn add_entries(&mut self, name: &str, bytes: &[u8], entries: &[Entry<'_>], layer: usize) {
        for entry in entries.iter().filter(|entry| !entry.name.ends_with(b"/")) {
            let own = readable(entry.name);
            let member = self.member(name, &own);
            let Some(stored) = entry.stored(bytes) else {
                self.problems.push(format!("{member}: zip member: truncated"));
                continue;
            };
            let text = match entry.method {
                0 => self.read(&member, "zip member", 0, stored),
                8 => self.read(&member, "zip member", 0, DeflateDecoder::new(stored)),
                method => {
                    self.problems.push(format!("{member}: zip member: unsupported compression method {method}"));
                    continue;
                }
            };
            let mut crc = Crc::new();
            crc.update(&text);
            if crc.sum() != entry.crc {
                self.problems.push(format!("{member}: zip member: checksum mismatch"));
            }
            self.add_member(&own, &member, text, layer);
        }
    }

    /// A unique name for the document of a member.
    fn member(&mut self, archive: &str, own: &str) -> String {
        let name = shortened(format!("{archive}!{own}"));
        let count = self.names.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => name,
            count => format!("{name}#{count}"),
        }
    }

    /// Adds a member's contents, unless it is macOS metadata.
    fn add_member(&mut self, own: &str, name: &str, text: Vec<u8>, layer: usize) {
        let file = own.rsplit('/').next().unwrap_or(own);
        let is_beside = file.starts_with("._") && text.starts_with(&APPLE_DOUBLE);
        if !is_beside {
            self.add(name, text, layer + 1);
        }
    }

    /// Everything that a decoder returns before it ends or fails.
    fn read(&mut self, name: &str, format: &str, size: usize, decoder: impl Read) -> Vec<u8> {
        let mut text = Vec::new();
        if self.shortage.is_some() {
            return text;
        }
        // If the memory cannot be reserved, the buffer grows while reading.
        drop(text.try_reserve(size));
        let mut decoder = decoder.take(self.allowance.saturating_add(1));
        loop {
            let before = text.len();
            let outcome = (&mut decoder).take(STEP).read_to_end(&mut text);
            let read = (text.len() - before) as u64;
            match outcome {
                // A lack of memory is not damage to the file.
                Err(error) if error.kind() == ErrorKind::OutOfMemory => self.shortage = Some(Shortage::Memory),
                Err(error) => self.problems.push(format!("{name}: {format}: {error} after {} bytes", text.len())),
                Ok(_) if read > 0 && self.budget.is_some_and(|budget| !budget.take(read)) => {
                    self.shortage = Some(Shortage::Budget);
                }
                Ok(_) if read == STEP => continue,
                Ok(_) => {}
            }
            break;
        }
        if self.shortage.is_some() {
            return Vec::new();
        }
        let read = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if read > self.allowance {
            text.truncate(usize::try_from(self.allowance).unwrap_or(usize::MAX));
            self.problems.push(format!("{name}: {format}: truncated at the size limit"));
        }
        self.allowance = self.allowance.saturating_sub(read);
        text
    }
}

/// A name that is not too long: every event has its document's name, so a long one would fill the memory.
fn shortened(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    let (start, end) = (name.floor_char_boundary(MAX_NAME / 2), name.ceil_char_boundary(name.len() - MAX_NAME / 2));
    format!("{}…{}", &name[..start], &name[end..])
}

/// The text of a gzip file that is one complete, intact member; `None` for any other file.
fn inflate(bytes: &[u8], allowance: u64, has_budget: impl FnOnce() -> bool) -> Option<Vec<u8>> {
    let size = size_hint(bytes);
    if bytes.len() > MAX_AT_ONCE || size as u64 > allowance || memmem::find(&bytes[2..], &MEMBER).is_some() {
        return None;
    }
    let mut text = Vec::new();
    if !has_budget() || text.try_reserve_exact(size).is_err() {
        return None;
    }
    text.resize(size, 0);
    let written = Decompressor::new().gzip_decompress(bytes, &mut text).ok()?;
    (written == size).then_some(text)
}

/// The size stated in the last four bytes of a gzip file, capped at the possible maximum: deflate produces at most 1032
/// bytes per byte.
fn size_hint(bytes: &[u8]) -> usize {
    let stated = bytes.last_chunk::<4>().map_or(0, |tail| u32::from_le_bytes(*tail)).min(MAX_HINT);
    usize::try_from(stated).unwrap_or(0).min(bytes.len().saturating_mul(1032))
}

/// The bytes that a decoder has not read.
fn rest(bytes: &[u8], read: u64) -> &[u8] {
    usize::try_from(read).ok().and_then(|read| bytes.get(read..)).unwrap_or_default()
}

/// The bytes after the frames that zstd and lz4 skip.
fn after_skippable(mut bytes: &[u8]) -> &[u8] {
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, size @ ..] = bytes
        && let Some(size) = u32_at(size, 0)
        && let Some(rest) = bytes.get(size.saturating_add(8)..)
    {
        bytes = rest;
    }
    bytes
}

/// The place of a member of a zip.
fn extent<R: Read>(member: &zip::read::ZipFile<'_, R>) -> Range<usize> {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let data = member.data_start().unwrap_or_else(|| member.header_start());
    place(member.header_start())..place(data.saturating_add(member.compressed_size()))
}

/// Whether the first block is a tar header, that is, whether its checksum matches its bytes.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..TAR_BLOCK) else { return false };
    let (before, after) = (&header[..148], &header[156..]);
    let stated = std::str::from_utf8(&header[148..156]).unwrap_or_default().trim_matches(['\0', ' ']);
    let sum: u32 = before.iter().chain(after).map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    u32::from_str_radix(stated, 8).is_ok_and(|stated| stated == sum)
}

/// One entry of a zip's directory.
struct Entry<'b> {
    name: &'b [u8],
    method: u16,
    crc: u32,
    size: usize,
    /// The offset of its local header.
    at: usize,
}

impl Entry<'_> {
    /// Where the member ends.
    fn end(&self, bytes: &[u8]) -> usize {
        let size = |at| bytes.get(self.at..).and_then(|header| u16_at(header, at)).map_or(0, usize::from);
        self.at.saturating_add(30 + size(26) + size(28)).saturating_add(self.size)
    }

    /// The member's bytes as they are stored.
    fn stored<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let header = bytes.get(self.at..).filter(|header| header.starts_with(b"PK\x03\x04"))?;
        let start = 30 + usize::from(u16_at(header, 26)?) + usize::from(u16_at(header, 28)?);
        header.get(start..start.checked_add(self.size)?)
    }
}

/// The entries of a zip's directory; `None` if it is in the 64-bit format, or partly encrypted.
fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    let end = memmem::rfind(bytes, b"PK\x05\x06")?;
    let record = bytes.get(end..)?;
    let (count, size, offset) = (u16_at(record, 10)?, u32_at(record, 12)?, u32_at(record, 16)?);
    let start = end.checked_sub(size)?;
    // There may be data before the archive, such as a self-extracting program.
    let shift = start.checked_sub(offset)?;
    let mut at = start;
    let mut entries = Vec::new();
    for _ in 0..count {
        let entry = bytes.get(at..).filter(|entry| entry.starts_with(b"PK\x01\x02"))?;
        let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(entry, at).map(usize::from));
        let name = entry.get(46..46 + name?)?;
        if u16_at(entry, 8)? & 1 == 1 {
            return None;
        }
        entries.push(Entry {
            name,
            method: u16_at(entry, 10)?,
            crc: u32::try_from(u32_at(entry, 16)?).ok()?,
            size: u32_at(entry, 20)?,
            at: u32_at(entry, 42)?.checked_add(shift)?,
        });
        at += 46 + name.len() + extra? + comment?;
    }
    Some(entries)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().and_then(|bytes| usize::try_from(u32::from_le_bytes(*bytes)).ok())
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
    fn concatenated_gzip_members_are_all_read() {
        let twice = [gzip(b"one"), gzip(b"two")].concat();
        assert_eq!(unpack("a.gz", twice, 100).documents, [("a.gz".to_owned(), b"onetwo".to_vec())]);
    }

    #[test]
    fn truncated_gzip_member_yields_preceding_data() {
        let mut cut = gzip(&[b'x'; 1000]);
        cut.truncate(cut.len() - 8);
        let unpacked = unpack("a.gz", cut, 2_000);
        assert_eq!(unpacked.documents, [("a.gz".to_owned(), vec![b'x'; 1000])]);
        assert_eq!(unpacked.problems.len(), 1);
    }

    /// A reader that fails as if the system were out of memory.
    struct Exhausted;
    impl Read for Exhausted {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(ErrorKind::OutOfMemory.into())
        }
    }

    #[test]
    fn memory_shortage_is_not_reported_as_damage() {
        let twice = [gzip(&vec![b' '; 3 << 20]), gzip(b"two")].concat();
        let budget = MemoryBudget::new(2 << 20);
        let unpacked = unpack_within("a.gz", twice.clone(), u64::MAX, &budget);
        assert_eq!((unpacked.shortage, unpacked.problems), (Some(Shortage::Budget), Vec::<String>::new()));
        let budget = MemoryBudget::new(8 << 20);
        let first = unpack_within("a.gz", twice.clone(), u64::MAX, &budget).shortage;
        assert_eq!([first, unpack_within("b.gz", twice.clone(), u64::MAX, &budget).shortage], [None, None]);
        assert_eq!(unpack_within("c.gz", twice, u64::MAX, &budget).shortage, Some(Shortage::Budget));

        let mut unpacked = unpack("a.gz", Vec::new(), u64::MAX);
        assert_eq!(unpacked.read("a.gz", "gzip", 0, Exhausted), b"");
        assert_eq!((unpacked.shortage, unpacked.problems.len()), (Some(Shortage::Memory), 0));
    }

    #[test]
    fn long_names_are_shortened_and_remain_unique() {
        let mut archive = tar::Builder::new(Vec::new());
        let long = "é".repeat(40_000);
        for (name, text) in
            [(format!("{long}/a.json"), "1"), (format!("{long}/b/a.json"), "2"), (format!("{long}/a.json"), "3")]
        {
            let mut header = tar::Header::new_gnu();
            header.set_size(1);
            archive.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let unpacked = unpack("a.tar", archive.into_inner().unwrap(), 1 << 20);
        let names: Vec<&str> = unpacked.documents.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.iter().all(|name| name.len() < MAX_NAME + 10 && name.starts_with("a.tar!éé")), "{names:?}");
        assert!(names[0].ends_with("éé/a.json") && names[1].ends_with("éé/b/a.json"), "{names:?}");
        assert_eq!(names[2], format!("{}#2", names[0]));
    }

    #[test]
    fn oversized_data_is_truncated_and_reported() {
        let unpacked = unpack("bomb.gz", gzip(&vec![b' '; 100_000]), 5_000);
        assert_eq!(unpacked.documents, [("bomb.gz".to_owned(), vec![b' '; 5_000])]);
        assert_eq!(unpacked.problems, ["bomb.gz: gzip: truncated at the size limit"]);
    }
}
