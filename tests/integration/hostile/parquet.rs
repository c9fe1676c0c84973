//! Parquet files that are designed to crash or exhaust their reader.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::hostile::{Sandbox, record, trail};

/// A file with this footer.
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

/// A footer that claims to have this many schema elements, but has none.
fn with_claimed_elements(elements: u64) -> Vec<u8> {
    // Version 1, then a list of structs.
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    footer.extend(varint(elements));
    footer.resize(25, 0);
    with_footer(&footer)
}

/// A footer with this many nested groups.
fn with_nested_groups(groups: u64) -> Vec<u8> {
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    footer.extend(varint(groups + 1));
    for _ in 0..groups {
        // Optional, named `g`, one child.
        footer.extend([0x35, 0x02, 0x18, 1, b'g', 0x15, 0x02, 0]);
    }
    // An optional leaf of integers, named `i`.
    footer.extend([0x15, 0x02, 0x25, 0x02, 0x18, 1, b'i', 0]);
    // No rows, no row groups.
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    with_footer(&footer)
}

/// Nested structs in an unknown field.
fn with_unknown_structs(depth: usize) -> Vec<u8> {
    let mut footer = vec![0x15, 0x02];
    footer.extend(std::iter::repeat_n(0x7c, depth));
    footer.extend(std::iter::repeat_n(0, depth + 1));
    with_footer(&footer)
}

fn parquet_file(values: &[&str]) -> Vec<u8> {
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

/// A string of one megabyte, repeated two thousand times: two kilobytes that decode to two gigabytes.
fn bomb() -> Vec<u8> {
    let text = format!("{{\"a\":\"{}\"}}", "0".repeat(1 << 20));
    parquet_file(&vec![text.as_str(); 2_000])
}

#[test]
fn malicious_footers_are_refused_and_other_files_are_loaded() {
    let sandbox = Sandbox::new();
    let whole = parquet_file(&[&record(1).to_string(), &record(2).to_string()]);
    sandbox.log("0-claims.parquet", with_claimed_elements((1 << 31) - 1));
    sandbox.log("1-nested.parquet", with_nested_groups(1_000));
    sandbox.log("2-structs.parquet", with_unknown_structs(100_000));
    sandbox.log("3-whole.parquet", &whole);
    sandbox.log("4-whole.json", trail(&[record(3).to_string()]));
    assert_eq!(with_claimed_elements((1 << 31) - 1).len(), 37);
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    for (file, cause) in
        [("0-claims", "a list claims 2147483647 elements"), ("1-nested", "levels deep"), ("2-structs", "levels deep")]
    {
        let line = outcome.err.lines().find(|line| line.contains(file)).unwrap_or_else(|| panic!("{}", outcome.err));
        assert!(line.contains("broken Parquet: ") && line.contains(cause), "{line}");
    }
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "3");
    assert!(outcome.peak < 600 << 20, "{} bytes", outcome.peak);
}

#[test]
fn parquet_bomb_is_reported_and_stays_within_memory_limit() {
    let sandbox = Sandbox::new();
    let bomb = bomb();
    assert!(bomb.len() < 4096, "{} bytes", bomb.len());
    sandbox.log("bomb.parquet", bomb);
    sandbox.log("whole.json", trail(&[record(3).to_string()]));
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(outcome.err.contains("bomb.parquet"), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1");
    assert!(outcome.peak < 600 << 20, "{} bytes", outcome.peak);
}

#[test]
fn damaged_parquet_is_rejected_without_a_panic() {
    let sandbox = Sandbox::new();
    let texts: Vec<String> = (0..40).map(|number| record(number % 7).to_string()).collect();
    let whole = parquet_file(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let mut random = fastrand::Rng::with_seed(7);
    let footer = whole.len() - 8 - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().unwrap()) as usize;
    for number in 0..400 {
        let mut bytes = whole.clone();
        let range = if number % 2 == 0 { footer..whole.len() - 8 } else { 4..footer };
        let at = random.usize(range);
        bytes[at] = if number % 3 == 0 { 0xff } else { random.u8(..) };
        sandbox.log(&format!("{number:03}.parquet"), bytes);
    }
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(!outcome.err.contains("panicked"), "{}", outcome.err);
    assert!(outcome.err.contains(".parquet: "), "{}", outcome.err);
}
