//! Archives and compressed files that contain data which readers of the format skip. Data that cannot be read is reported.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::hostile::{Sandbox, record, trail};

fn log(number: u64) -> Vec<u8> {
    trail(&[record(number).to_string()]).into_bytes()
}

/// A tar with one member of each type.
fn tar(types: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (number, kind) in (1..).zip(types) {
        let text = log(number);
        let mut header = tar::Header::new_ustar();
        header.set_path(format!("{number}.json")).unwrap();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_entry_type(tar::EntryType::new(*kind));
        header.set_cksum();
        archive.append(&header, &*text).unwrap();
    }
    archive.into_inner().unwrap()
}

fn zip(names: &[(&str, u64)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, number) in names {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&log(*number)).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A zip whose directory does not list its first member.
fn zip_with_unlisted() -> Vec<u8> {
    let mut bytes = zip(&[("a.json", 1), ("b.json", 2)]);
    let directory = bytes.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    let second = directory + 4 + bytes[directory + 4..].windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    bytes.drain(directory..second);
    let end = bytes.len() - 22;
    for count in [end + 8, end + 10] {
        bytes[count] = 1;
    }
    let size = u32::try_from(end - directory).unwrap();
    bytes[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    bytes
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn lz4(text: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn lzma(text: &[u8]) -> Vec<u8> {
    let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
    let stream = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A frame that decoders of zstd and lz4 skip.
const SKIPPED: &[u8] = b"\x50\x2a\x4d\x18\x03\0\0\0abc";

#[test]
fn all_members_are_read_regardless_of_type_and_directory() {
    for (name, bytes, events, code) in [
        ("types.tar", tar(b"07ZV35"), 6, 0),
        ("two.zip", [zip(&[("a.json", 1)]), zip(&[("a.json", 2)])].concat(), 2, 4),
        ("unlisted.zip", zip_with_unlisted(), 2, 4),
        ("same.zip", [zip(&[("a.json", 1), ("b.json", 2)]), zip(&[("a.json", 3)])].concat(), 3, 4),
        ("skipped.zst", [SKIPPED, &zstd::encode_all(&*log(1), 1).unwrap()].concat(), 1, 0),
        ("skipped.lz4", [SKIPPED, &lz4(&log(1)), SKIPPED, &lz4(&log(2))].concat(), 2, 0),
    ] {
        let sandbox = Sandbox::new();
        sandbox.log(name, bytes);
        let outcome = sandbox.load(&[]);
        assert_eq!(outcome.code, Some(code), "{name}: {}", outcome.err);
        assert_eq!(sandbox.query("SELECT count(*) FROM events"), events.to_string(), "{name}: {}", outcome.err);
    }
}

#[test]
fn trailing_data_is_reported() {
    for (name, bytes) in [
        ("a.zip", zip(&[("a.json", 1)])),
        ("a.gz", gzip(&log(1))),
        ("a.zz", zlib(&log(1))),
        ("a.lz4", lz4(&log(1))),
        ("a.lzma", lzma(&log(1))),
        ("a.zst", zstd::encode_all(&*log(1), 1).unwrap()),
    ] {
        let sandbox = Sandbox::new();
        sandbox.log(name, [bytes.clone(), log(2)].concat());
        let outcome = sandbox.load(&[]);
        assert_eq!(outcome.code, Some(4), "{name}: {}", outcome.err);
        assert!(outcome.err.contains(name) && outcome.err.contains("1 document or part of a file"), "{}", outcome.err);
        assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1", "{name}");
        // Padding is not reported as data.
        let sandbox = Sandbox::new();
        sandbox.log(name, [&bytes[..], &[0; 100]].concat());
        let outcome = sandbox.load(&[]);
        assert!(outcome.code == Some(0) || name == "a.zst", "{name}: {}", outcome.err);
    }
}

#[test]
fn digest_member_does_not_hide_records() {
    for member in ["digestS3Object", "s3ObjectKey", "acsRegion"] {
        let sandbox = Sandbox::new();
        sandbox.log("a.json", format!("{{\"{member}\":\"x\",\"Records\":[{}]}}", record(1)));
        let outcome = sandbox.load(&[]);
        assert_eq!(
            (outcome.code, sandbox.query("SELECT count(*) FROM events").as_str()),
            (Some(0), "1"),
            "{}",
            outcome.err
        );
    }
}
