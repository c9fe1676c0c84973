//! Parquet files that are designed to crash or exhaust their reader.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use base64::prelude::{BASE64_STANDARD, Engine};
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

/// A column of fixed-length values, all of which are NULL. It has one page.
#[derive(Clone, Copy)]
struct NullColumn {
    /// The length of a value, in bytes.
    length: u64,
    is_repeated: bool,
    values: u64,
    /// The size of the page that its header claims; `None` if it claims its size.
    claimed: Option<u64>,
}

const NULLS: NullColumn = NullColumn { length: 16, is_repeated: false, values: 3, claimed: None };

/// A field of a struct with a number that is not negative.
fn number(head: u8, number: u64) -> Vec<u8> {
    [vec![head], varint(number << 1)].concat()
}

/// The head of a list of structs.
fn structs(count: usize) -> Vec<u8> {
    [vec![0x19, 0xfc], varint(count as u64)].concat()
}

/// A file with one row group. Its footer is complete and has no field that is not needed.
fn with_columns(columns: &[NullColumn]) -> Vec<u8> {
    let mut file = b"PAR1".to_vec();
    // Version 1, and the schema, which begins with its root.
    let mut footer = [vec![0x15, 0x02], structs(columns.len() + 1), vec![0x48, 1, b'r']].concat();
    footer.extend([number(0x15, columns.len() as u64), vec![0]].concat());
    let mut chunks = Vec::new();
    for column in columns {
        let repetition = if column.is_repeated { 2 } else { 1 };
        footer.extend([number(0x15, 7), number(0x15, column.length), number(0x15, repetition)].concat());
        footer.extend([0x18, 1, b'c', 0]);
        // Definition levels, and repetition levels before them: one run of zeros each.
        let zeros = [varint(column.values << 1), vec![0]].concat();
        let levels = [u32::try_from(zeros.len()).unwrap().to_le_bytes().to_vec(), zeros].concat();
        let page = levels.repeat(if column.is_repeated { 2 } else { 1 });
        let stored = page.len() as u64;
        let head = [
            number(0x15, 0),
            number(0x15, column.claimed.unwrap_or(stored)),
            number(0x15, stored),
            vec![0x2c],
            number(0x15, column.values),
            number(0x15, 0),
            number(0x15, 3),
            number(0x15, 3),
            vec![0, 0],
        ];
        let (start, page) = (file.len() as u64, [head.concat(), page].concat());
        let size = page.len() as u64;
        file.extend(page);
        let chunk = [number(0x26, start), vec![0x1c], number(0x15, 7), vec![0x19, 0x15, 0, 0x19, 0x18, 1, b'c']];
        let codec = [number(0x15, 0), number(0x16, column.values), number(0x16, size), number(0x16, size)];
        chunks.push([chunk.concat(), codec.concat(), number(0x26, start), vec![0, 0]].concat());
    }
    let rows = columns.first().map_or(0, |column| column.values);
    let group = [structs(columns.len()), chunks.concat(), number(0x16, 100), number(0x16, rows)];
    footer.extend([number(0x16, rows), vec![0x19, 0x1c], group.concat(), vec![0, 0]].concat());
    let size = u32::try_from(footer.len()).unwrap().to_le_bytes();
    file.extend([footer.as_slice(), &size, b"PAR1"].concat());
    file
}

#[test]
fn excessive_sizes_in_parquet_headers_are_refused() {
    let sandbox = Sandbox::new();
    let page = Some(60 << 20);
    for (name, columns) in [
        ("0-valid", vec![NULLS]),
        ("1-elements", vec![NULLS; 20_001]),
        ("2-length", vec![NullColumn { length: (1 << 30) - 1, ..NULLS }]),
        ("3-page", vec![NullColumn { claimed: Some((1 << 31) - 1), ..NULLS }]),
        ("4-repeated", vec![NullColumn { is_repeated: true, values: 9_000_000, ..NULLS }]),
        ("5-pages", vec![NullColumn { claimed: page, ..NULLS }; 3]),
    ] {
        sandbox.log(&format!("{name}.parquet"), with_columns(&columns));
    }
    sandbox.log("6-whole.json", trail(&[record(1).to_string()]));
    let outcome = sandbox.load(&["--memory-limit", "256MB"]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    for (file, cause) in [
        ("0-valid", "JSON without CloudTrail records"),
        ("1-elements", "broken Parquet: the schema has 20002 elements, but the maximum is 20000"),
        ("2-length", "broken Parquet: a column's values claim 1073741823 bytes, but the maximum is 4096"),
        ("3-page", "broken Parquet: a page claims 2147483647 bytes, but the maximum is 67108864"),
        ("4-repeated", "broken Parquet: a repeated column claims 9000000 values in a row group"),
        ("5-pages", "broken Parquet: its pages need 188743680 bytes of memory, but a file may use at most"),
    ] {
        let line = outcome.err.lines().find(|line| line.contains(file)).unwrap_or_else(|| panic!("{}", outcome.err));
        assert!(line.contains(cause), "{line}");
    }
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "1");
    assert!(outcome.peak < 600 << 20, "{} bytes", outcome.peak);
}

/// Where the footer has its Arrow schema, in base64.
fn arrow_schema(bytes: &[u8]) -> Range<usize> {
    let key = b"ARROW:schema";
    let after = bytes.windows(key.len()).position(|part| part == key).unwrap() + key.len();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    // The head of the field and the length of the text are before the text. They may look like base64.
    let mut starts = (after..after + 4).filter(|start| bytes[*start..].starts_with(b"/////"));
    let start = starts.next_back().unwrap();
    start..start + bytes[start..].iter().take_while(|byte| is_base64(byte)).count()
}

#[test]
fn panic_of_the_parquet_library_is_a_damaged_file() {
    let sandbox = Sandbox::new();
    let whole = parquet_file(&[&record(1).to_string()]);
    let place = arrow_schema(&whole);
    let schema = BASE64_STANDARD.decode(&whole[place.clone()]).unwrap();
    for at in (0..schema.len()).filter(|at| schema[*at] != 0) {
        let (mut damaged, mut file) = (schema.clone(), whole.clone());
        damaged[at] = 0;
        file[place.clone()].copy_from_slice(BASE64_STANDARD.encode(&damaged).as_bytes());
        sandbox.log(&format!("{at:04}.parquet"), file);
    }
    sandbox.log("whole.json", trail(&[record(2).to_string()]));
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    // Only a panic that was caught has this cause.
    assert!(outcome.err.contains("broken Parquet: the file is inconsistent"), "{}", outcome.err);
    assert!(!outcome.err.contains("panicked") && !outcome.err.contains("not implemented"), "{}", outcome.err);
    assert_eq!(
        sandbox.query(&format!("SELECT count(*) FROM events WHERE event_id = '{}'", crate::hostile::id(2))),
        "1"
    );
}
