//! Archives, compressed files, and what is damaged in them.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Loaded, records, refused, rows, trail, whole};

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

/// Two files of a trail, one of them compressed.
fn two() -> [Vec<u8>; 2] {
    [gzip(&trail(&records(&[1, 2]))), trail(&records(&[3]))]
}

#[test]
fn every_compression_and_archive_is_opened() {
    let one = trail(&records(&[1, 2]));
    for (name, bytes) in [("a.bz2", bzip2(&one)), ("a.xz", xz(&one)), ("a.lz4", lz4(&one)), ("a.gz", gzip(&one))] {
        whole(name, bytes, &[1, 2]);
    }
    let [a, b] = two();
    let members: [(&str, &[u8]); 2] = [("AWSLogs/a.json.gz", &a), ("AWSLogs/b.json", &b)];
    let archive = tar(&members);
    for bytes in
        [archive.clone(), gzip(&archive), bzip2(&archive), xz(&archive), zip(&members), zip(&[("t", &gzip(&archive))])]
    {
        whole("archive", bytes, &[1, 2, 3]);
    }
    let long = "d/".repeat(70) + "b.json";
    whole("long.tar", tar(&[("a.json.gz", &a), (&long, &b)]), &[1, 2, 3]);
    let joined = [tar(&[("a.json.gz", &a)]), tar(&[("b.json", &b)])].concat();
    whole("joined.tar", joined, &[1, 2, 3]);
    whole("members.gz", [gzip(&trail(&records(&[1]))), gzip(&trail(&records(&[2]))), vec![0; 512]].concat(), &[1, 2]);
}

/// A file that is damaged, and from which nora's records of these seconds come all the same.
fn damaged(name: &str, bytes: &[u8], seconds: &[u64], message: &str) {
    let loaded = Loaded::of(&[(name, bytes)], &[]).has(&rows(seconds)).says(message);
    assert_eq!(loaded.code, 4, "{}", loaded.told);
    let told = ["1 document or part of a file could not be read", " documents or parts of files could not be read"];
    assert!(told.iter().any(|told| loaded.told.contains(told)), "{}", loaded.told);
    let causes = "SELECT count(*) > 0 FROM rejects WHERE record IS NULL AND cause <> ''";
    assert_eq!(loaded.ask(causes), ["true"], "{}", loaded.told);
    assert_eq!(loaded.ask("SELECT DISTINCT outcome FROM load_ledger"), ["in part"]);
}

#[test]
fn damage_is_counted_and_changes_the_exit_code() {
    let lines: Vec<u8> = records(&[1, 2]).iter().flat_map(|record| format!("{record}\n").into_bytes()).collect();
    let whole = gzip(&lines);
    let mut checksum = whole.clone();
    let at = checksum.len() - 6;
    checksum[at] ^= 1;
    damaged("checksum.gz", &checksum, &[1, 2], "checksum.gz: gzip: ");
    damaged("cut.gz", &whole[..whole.len() - 8], &[1, 2], "cut.gz: gzip: ");
    let more = [whole.as_slice(), b"trailing"].concat();
    damaged("more.gz", &more, &[1, 2], "more.gz: gzip: 8 bytes after the end of the compressed data");
    let xz = xz(&lines);
    damaged("cut.xz", &xz[..xz.len() - 10], &[1, 2], "cut.xz: xz: ");
    let [a, b] = two();
    let archive = tar(&[("a.json.gz", &a), ("b.json", &b)]);
    // The end of the first member's block: nothing but the mark of the end is missing.
    let first = 512 + a.len().next_multiple_of(512);
    damaged("cut.tar", &archive[..first], &[1, 2], "cut.tar: tar: truncated: no end-of-archive marker");
    damaged("cut.tar", &archive[..first + 512 + 100], &[1, 2], "truncated after 100 of");
    let archive = zip(&[("a.json.gz", &a), ("b.json", &b)]);
    let cut = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    damaged("cut.zip", &archive[..cut], &[1, 2, 3], "cut.zip: zip: invalid Zip archive");
    let with_text = zip(&[("a.json.gz", &a), ("note.txt", b"hello")]);
    damaged("note.zip", &with_text, &[1, 2], "note.zip!note.txt: not JSON or CSV");
}

#[test]
fn members_of_one_name_are_told_apart() {
    let [a, b] = [trail(&records(&[1])), trail(&records(&[2]))];
    let mut archive = zip(&[("a.json", &a), ("b.json", &b)]);
    for at in memchr::memmem::find_iter(&archive.clone(), b"b.json") {
        archive[at] = b'a';
    }
    let loaded = whole("same.zip", archive, &[1, 2]);
    let sources = "SELECT source_file FROM events ORDER BY 1";
    assert_eq!(loaded.ask(sources), ["same.zip!a.json", "same.zip!a.json#2"]);
    let loaded = whole("same.tar", tar(&[("a.json", &a), ("a.json", &b)]), &[1, 2]);
    assert_eq!(loaded.ask(sources), ["same.tar!a.json", "same.tar!a.json#2"]);
}

#[test]
fn what_is_packed_too_deep_is_refused_by_that_name() {
    let deep = (0..5).fold(trail(&records(&[1])), |inner, at| zip(&[(&format!("{at}.zip"), &inner)]));
    refused("deep.zip", deep, "deep.zip!4.zip!3.zip!2.zip!1.zip: more than 4 layers of compression");
}
