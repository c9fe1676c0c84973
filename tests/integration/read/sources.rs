//! Finding files, and decompressing them.

use std::fs;
use std::io::Write;
use std::path::Path;

use cartographer::read::{Document, Opened, ReadError, discover, open};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Text that hardly compresses.
fn noise(bytes: usize) -> Vec<u8> {
    let step = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(*state)
    };
    let numbers = std::iter::successors(Some(1_u32), |state| step(&mut state.clone()));
    numbers.map(|n| b'!' + u8::try_from(n >> 24).unwrap() % 90).take(bytes).collect()
}

/// Writes bytes to a file whose name does not reveal the format, and opens it.
fn opened(bytes: &[u8]) -> Opened {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("stored.bin");
    fs::write(&path, bytes).unwrap();
    let sources = discover(&[text(&path)]).sources;
    assert_eq!(sources.len(), 1);
    let mut opened = open(&sources[0]).unwrap();
    for document in &mut opened.documents {
        document.name = document.name.rsplit('/').next().unwrap().to_owned();
    }
    opened
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn only_text(opened: &Opened) -> &[u8] {
    let [Document { text, .. }] = opened.documents.as_slice() else { panic!("{opened:?}") };
    text
}

#[test]
fn plain_bytes_are_hashed_and_kept() {
    let opened = opened(b"abc");
    assert_eq!(opened.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!((opened.bytes, only_text(&opened), opened.problems.len()), (3, b"abc".as_slice(), 0));
}

#[test]
fn compression_is_detected_by_content() {
    let stored = [gzip(b"abc"), zstd::encode_all(b"abc".as_slice(), 3).unwrap(), gzip(&gzip(b"abc"))];
    for bytes in stored {
        let opened = opened(&bytes);
        assert_eq!((only_text(&opened), opened.problems.len()), (b"abc".as_slice(), 0));
        assert_eq!(opened.bytes, bytes.len() as u64);
    }
}

#[test]
fn multiple_gzip_and_zstd_members_are_joined() {
    let frame = |text: &[u8]| zstd::encode_all(text, 3).unwrap();
    assert_eq!(only_text(&opened(&[gzip(b"ab"), gzip(b""), gzip(b"c")].concat())), b"abc");
    assert_eq!(only_text(&opened(&[frame(b"ab"), frame(b"c")].concat())), b"abc");
}

#[test]
fn truncated_file_keeps_its_beginning() {
    let noise = noise(300_000);
    for whole in [gzip(&noise), zstd::encode_all(noise.as_slice(), 3).unwrap()] {
        let opened = opened(&whole[..whole.len() * 2 / 3]);
        let kept = only_text(&opened);
        assert!(kept.len() > noise.len() / 4 && noise.starts_with(kept), "{} bytes kept", kept.len());
        assert_eq!(opened.problems.len(), 1);
    }
}

#[test]
fn trailing_data_after_gzip_is_reported() {
    let opened = opened(&[gzip(b"abc"), b"rubbish, at some length".to_vec()].concat());
    assert_eq!((only_text(&opened), opened.problems.len()), (b"abc".as_slice(), 1));
}

#[test]
fn archive_members_are_read_and_decompressed() {
    let inner = zip(&[("deep.json", b"3")]);
    let opened = opened(&zip(&[("a.json", b"1"), ("folder/b.json.gz", &gzip(b"2")), ("c.zip", &inner)]));
    let documents: Vec<_> = opened.documents.iter().map(|d| (d.name.as_str(), d.text.as_slice())).collect();
    let expected: [(&str, &[u8]); 3] =
        [("stored.bin!a.json", b"1"), ("b.json.gz", b"2"), ("stored.bin!c.zip!deep.json", b"3")];
    assert_eq!((documents.as_slice(), opened.problems.len()), (expected.as_slice(), 0));
}

#[test]
fn truncated_archive_returns_complete_members() {
    let whole = zip(&[("a.json", b"1"), ("b.json", b"2"), ("c.json", b"3")]);
    // The central directory at the end is lost. Each member still has its own header.
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let opened = opened(&whole[..directory]);
    let texts: Vec<_> = opened.documents.iter().map(|document| document.text.as_slice()).collect();
    assert_eq!(texts, [b"1", b"2", b"3"]);
    assert_eq!(opened.problems.len(), 1);
}

#[test]
fn folders_are_searched_and_names_are_sorted_and_unique() {
    let folder = TempDir::new().unwrap();
    let root = text(folder.path());
    let deep = folder.path().join("AWSLogs/o-1/111122223333/CloudTrail/eu-west-1/2024/05/01");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x.json.gz"), b"12345").unwrap();
    fs::write(folder.path().join(".hidden"), b"1").unwrap();
    fs::write(folder.path().join("b[1].json"), b"").unwrap();
    let inputs = [format!("{root}/"), format!("{root}/b[1].json"), format!("{root}/./*.json"), "-".to_owned()];
    let found = discover(&inputs);
    let names: Vec<_> = found.sources.iter().map(|s| (s.name.replace(&root, "ROOT"), s.size())).collect();
    let long = "ROOT/AWSLogs/o-1/111122223333/CloudTrail/eu-west-1/2024/05/01/x.json.gz";
    let expected = [("-", 0), ("ROOT/.hidden", 1), (long, 5), ("ROOT/b[1].json", 0)];
    assert_eq!(names, expected.map(|(name, size)| (name.to_owned(), size)));
    assert!(found.problems.is_empty(), "{:?}", found.problems);
}

#[test]
fn missing_inputs_are_reported() {
    let folder = TempDir::new().unwrap();
    let missing = text(&folder.path().join("missing\u{1b}.json"));
    let found = discover(&[missing, text(&folder.path().join("*.json")), "a**b".to_owned()]);
    assert!(found.sources.is_empty(), "{:?}", found.sources);
    let [missing, none, bad] = found.problems.as_slice() else { panic!("{:?}", found.problems) };
    assert!(matches!(missing, ReadError::NotFound { name } if name.contains("missing")));
    assert!(missing.to_string().contains("missing\\u{1b}.json"), "{missing}");
    assert!(matches!(none, ReadError::NoMatch { pattern } if pattern.ends_with("/*.json")));
    assert!(matches!(bad, ReadError::BadPattern { pattern, .. } if pattern == "a**b"));
}

#[test]
fn removed_file_error_contains_its_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("gone.json");
    fs::write(&path, b"{}").unwrap();
    let sources = discover(&[text(&path)]).sources;
    fs::remove_file(&path).unwrap();
    let error = open(&sources[0]).unwrap_err();
    assert!(matches!(&error, ReadError::Read { name, .. } if name.ends_with("gone.json")), "{error}");
}

#[cfg(unix)]
#[test]
fn file_names_with_invalid_utf8_are_unique() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    for name in [&b"a\xff.json"[..], b"a\xfe.json", b"a\\xfe.json"] {
        // Some file systems have no such names.
        if std::fs::write(folder.path().join(OsStr::from_bytes(name)), "{}").is_err() {
            return;
        }
    }
    let found = discover(&[folder.path().display().to_string()]);
    let names: Vec<&str> = found.sources.iter().filter_map(|source| source.name.rsplit('/').next()).collect();
    assert_eq!(names, ["a\\xfe.json", "a\\xfe.json#2", "a\\xff.json"]);
    assert!(found.sources.iter().all(|source| open(source).is_ok_and(|opened| opened.documents.len() == 1)));
}
