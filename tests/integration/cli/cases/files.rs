//! Archives, compressed files, and damage in them.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Loaded, assert_loads, assert_refused, records, rows, trail};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Two files of a trail. The first is compressed.
fn two_files() -> [Vec<u8>; 2] {
    [gzip(&trail(&records(&[1, 2]))), trail(&records(&[3]))]
}

#[test]
fn all_compressions_and_archives_are_read() {
    let one = trail(&records(&[1, 2]));
    for (name, bytes) in [("a.bz2", bzip2(&one)), ("a.xz", xz(&one)), ("a.lz4", lz4(&one)), ("a.gz", gzip(&one))] {
        assert_loads(name, bytes, &[1, 2]);
    }
    let [a, b] = two_files();
    let members: [(&str, &[u8]); 2] = [("AWSLogs/a.json.gz", &a), ("AWSLogs/b.json", &b)];
    let archive = tar(&members);
    for bytes in
        [archive.clone(), gzip(&archive), bzip2(&archive), xz(&archive), zip(&members), zip(&[("t", &gzip(&archive))])]
    {
        assert_loads("archive", bytes, &[1, 2, 3]);
    }
    let long = "d/".repeat(70) + "b.json";
    assert_loads("long.tar", tar(&[("a.json.gz", &a), (&long, &b)]), &[1, 2, 3]);
    let joined = [tar(&[("a.json.gz", &a)]), tar(&[("b.json", &b)])].concat();
    assert_loads("joined.tar", joined, &[1, 2, 3]);
    assert_loads(
        "members.gz",
        [gzip(&trail(&records(&[1]))), gzip(&trail(&records(&[2]))), vec![0; 512]].concat(),
        &[1, 2],
    );
}

/// Checks that a damaged file is loaded in part: nora's records of these seconds.
fn assert_loads_in_part(name: &str, bytes: &[u8], seconds: &[u64], message: &str) {
    let loaded = Loaded::new(&[(name, bytes)], &[]).assert_rows(&rows(seconds)).assert_message(message);
    assert_eq!(loaded.code, 4, "{}", loaded.stderr);
    let expected = ["1 document or part of a file could not be read", " documents or parts of files could not be read"];
    assert!(expected.iter().any(|text| loaded.stderr.contains(text)), "{}", loaded.stderr);
    let causes = "SELECT count(*) > 0 FROM rejects WHERE record IS NULL AND cause <> ''";
    assert_eq!(loaded.query(causes), ["true"], "{}", loaded.stderr);
    assert_eq!(loaded.query("SELECT DISTINCT outcome FROM load_ledger"), ["in part"]);
}

#[test]
fn damage_is_reported_and_changes_the_exit_code() {
    let lines: Vec<u8> = records(&[1, 2]).iter().flat_map(|record| format!("{record}\n").into_bytes()).collect();
    let whole = gzip(&lines);
    let mut checksum = whole.clone();
    let at = checksum.len() - 6;
    checksum[at] ^= 1;
    assert_loads_in_part("checksum.gz", &checksum, &[1, 2], "checksum.gz: gzip: ");
    assert_loads_in_part("cut.gz", &whole[..whole.len() - 8], &[1, 2], "cut.gz: gzip: ");
    let more = [whole.as_slice(), b"trailing"].concat();
    assert_loads_in_part("more.gz", &more, &[1, 2], "more.gz: gzip: 8 bytes after the end of the compressed data");
    let xz = xz(&lines);
    assert_loads_in_part("cut.xz", &xz[..xz.len() - 10], &[1, 2], "cut.xz: xz: ");
    let [a, b] = two_files();
    let archive = tar(&[("a.json.gz", &a), ("b.json", &b)]);
    // The end of the first member's block: only the end-of-archive marker is missing.
    let first = 512 + a.len().next_multiple_of(512);
    assert_loads_in_part("cut.tar", &archive[..first], &[1, 2], "cut.tar: tar: truncated: no end-of-archive marker");
    assert_loads_in_part("cut.tar", &archive[..first + 512 + 100], &[1, 2], "truncated after 100 of");
    let archive = zip(&[("a.json.gz", &a), ("b.json", &b)]);
    let cut = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    assert_loads_in_part("cut.zip", &archive[..cut], &[1, 2, 3], "cut.zip: zip: invalid Zip archive");
    let with_text = zip(&[("a.json.gz", &a), ("note.txt", b"hello")]);
    assert_loads_in_part("note.zip", &with_text, &[1, 2], "note.zip!note.txt: not JSON or CSV");
}

#[test]
fn archive_members_with_the_same_name_are_numbered() {
    let [a, b] = [trail(&records(&[1])), trail(&records(&[2]))];
    let mut archive = zip(&[("a.json", &a), ("b.json", &b)]);
    for at in memchr::memmem::find_iter(&archive.clone(), b"b.json") {
        archive[at] = b'a';
    }
    let loaded = assert_loads("same.zip", archive, &[1, 2]);
    let sources = "SELECT source_file FROM events ORDER BY 1";
    assert_eq!(loaded.query(sources), ["same.zip!a.json", "same.zip!a.json#2"]);
    let loaded = assert_loads("same.tar", tar(&[("a.json", &a), ("a.json", &b)]), &[1, 2]);
    assert_eq!(loaded.query(sources), ["same.tar!a.json", "same.tar!a.json#2"]);
}

#[test]
fn deeply_nested_archive_is_refused() {
    let deep = (0..5).fold(trail(&records(&[1])), |inner, at| zip(&[(&format!("{at}.zip"), &inner)]));
    assert_refused("deep.zip", deep, "deep.zip!4.zip!3.zip!2.zip!1.zip: more than 4 layers of compression");
}
