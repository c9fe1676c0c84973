//! Parquet that is to kill its reader.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::hostile::{Scene, record, trail};

/// A file with that footer.
fn with_footer(footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1".as_slice(), footer, &length, b"PAR1"].concat()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

/// A footer that claims so many schema elements, and has none.
fn claims(elements: u64) -> Vec<u8> {
    // Version 1, then a list of structs.
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    footer.extend(varint(elements));
    footer.resize(25, 0);
    with_footer(&footer)
}

/// A footer with so many groups in each other.
fn nested(groups: u64) -> Vec<u8> {
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    footer.extend(varint(groups + 1));
    for _ in 0..groups {
        // Optional, called `g`, one child.
        footer.extend([0x35, 0x02, 0x18, 1, b'g', 0x15, 0x02, 0]);
    }
    // A leaf of integers, optional, called `i`.
    footer.extend([0x15, 0x02, 0x25, 0x02, 0x18, 1, b'i', 0]);
    // No rows, no row groups.
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    with_footer(&footer)
}

/// Structs in each other, in a member that no reader knows.
fn unknown_structs(depth: usize) -> Vec<u8> {
    let mut footer = vec![0x15, 0x02];
    footer.extend(std::iter::repeat_n(0x7c, depth));
    footer.extend(std::iter::repeat_n(0, depth + 1));
    with_footer(&footer)
}

fn written(values: &[&str]) -> Vec<u8> {
    let batch = |values: &[&str]| {
        let column: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
        RecordBatch::try_from_iter([("raw", column)]).unwrap()
    };
    let packing = Compression::ZSTD(ZstdLevel::try_new(19).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(packing)
        .set_dictionary_page_size_limit(64 << 20)
        .set_data_page_size_limit(64 << 20)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch(&[]).schema(), Some(properties)).unwrap();
    values.chunks(100).for_each(|values| writer.write(&batch(values)).unwrap());
    writer.close().unwrap();
    bytes
}

/// A text of a megabyte, two thousand times: two kilobytes that are two gigabytes.
fn bomb() -> Vec<u8> {
    let text = format!("{{\"a\":\"{}\"}}", "0".repeat(1 << 20));
    written(&vec![text.as_str(); 2_000])
}

#[test]
fn a_file_that_claims_much_is_refused_and_the_rest_is_loaded() {
    let scene = Scene::new();
    let whole = written(&[&record(1).to_string(), &record(2).to_string()]);
    scene.log("0-claims.parquet", claims((1 << 31) - 1));
    scene.log("1-nested.parquet", nested(1_000));
    scene.log("2-structs.parquet", unknown_structs(100_000));
    scene.log("3-whole.parquet", &whole);
    scene.log("4-whole.json", trail(&[record(3).to_string()]));
    assert_eq!(claims((1 << 31) - 1).len(), 37);
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    for (file, cause) in
        [("0-claims", "a list claims 2147483647 elements"), ("1-nested", "levels deep"), ("2-structs", "levels deep")]
    {
        let line = ended.err.lines().find(|line| line.contains(file)).unwrap_or_else(|| panic!("{}", ended.err));
        assert!(line.contains("broken Parquet: ") && line.contains(cause), "{line}");
    }
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "3");
    assert!(ended.peak < 600 << 20, "{} bytes", ended.peak);
}

#[test]
fn a_kilobyte_that_decodes_to_gigabytes_is_cut() {
    let scene = Scene::new();
    let bomb = bomb();
    assert!(bomb.len() < 4096, "{} bytes", bomb.len());
    scene.log("bomb.parquet", bomb);
    scene.log("whole.json", trail(&[record(3).to_string()]));
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.contains("bomb.parquet"), "{}", ended.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "1");
    assert!(ended.peak < 600 << 20, "{} bytes", ended.peak);
}

#[test]
fn damage_anywhere_is_a_reject_that_names_its_file_and_prints_no_panic() {
    let scene = Scene::new();
    let texts: Vec<String> = (0..40).map(|number| record(number % 7).to_string()).collect();
    let whole = written(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let mut random = fastrand::Rng::with_seed(7);
    let footer = whole.len() - 8 - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().unwrap()) as usize;
    for number in 0..400 {
        let mut bytes = whole.clone();
        let range = if number % 2 == 0 { footer..whole.len() - 8 } else { 4..footer };
        let at = random.usize(range);
        bytes[at] = if number % 3 == 0 { 0xff } else { random.u8(..) };
        scene.log(&format!("{number:03}.parquet"), bytes);
    }
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    assert!(ended.err.contains(".parquet: "), "{}", ended.err);
}
