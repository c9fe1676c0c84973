//! Tables, JSON, CSV and Markdown.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Int64Array, ListArray, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::Int32Type;
use arrow::record_batch::RecordBatch;
use cartographer::present::{self, Format, Lines, PresentError};

use crate::present::{MORNING, shown, texts};

fn mixed() -> RecordBatch {
    let when = TimestampMicrosecondArray::from(vec![Some(MORNING + 500_000), None]).with_timezone("Etc/UTC");
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let sum = Decimal128Array::from(vec![-7, 8]).with_precision_and_scale(38, 0).unwrap();
    RecordBatch::try_from_iter([
        ("n", Arc::new(Int64Array::from(vec![Some(-5), None])) as ArrayRef),
        ("sum", Arc::new(sum)),
        ("when", Arc::new(when)),
        ("list", Arc::new(list)),
        ("who", Arc::new(StringArray::from(vec![Some("-5"), Some("a,\"b\"")]))),
    ])
    .unwrap()
}

#[test]
fn csv_escapes_text_like_numbers_but_not_numbers() {
    let expected = "n,sum,when,list,who\n-5,-7,2026-03-02T09:12:00.500Z,\"[1,null]\",'-5\n,8,,,\"a,\"\"b\"\"\"\n";
    assert_eq!(shown(Format::Csv, mixed()), expected);
}

#[test]
fn json_lines_have_all_keys_arrays_and_times_in_utc() {
    let lines = shown(Format::Jsonl, mixed());
    let expected = concat!(
        r#"{"n":-5,"sum":-7,"when":"2026-03-02T09:12:00.500Z","list":[1,null],"who":"-5"}"#,
        "\n",
        r#"{"n":null,"sum":8,"when":null,"list":null,"who":"a,\"b\""}"#,
        "\n"
    );
    assert_eq!(lines, expected);
}

#[test]
fn json_is_an_array_even_without_rows() {
    let rows: serde_json::Value = serde_json::from_str(&shown(Format::Json, mixed())).unwrap();
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    assert_eq!(shown(Format::Json, mixed().slice(0, 0)), "[]\n");
    assert_eq!(shown(Format::Jsonl, mixed().slice(0, 0)), "");
    assert_eq!(shown(Format::Csv, mixed().slice(0, 0)), "n,sum,when,list,who\n");
}

#[test]
fn server_json_has_times_with_microseconds() {
    let (mut objects, mut grid) = (Vec::new(), Vec::new());
    let batches = [mixed(), mixed().slice(0, 0), mixed().slice(1, 1)];
    present::objects(&mut objects, &batches[..1]).unwrap();
    present::grid(&mut grid, &batches).unwrap();
    let expected = concat!(
        r#"[{"n":-5,"sum":-7,"when":"2026-03-02T09:12:00.500000Z","list":[1,null],"who":"-5"},"#,
        r#"{"n":null,"sum":8,"when":null,"list":null,"who":"a,\"b\""}]"#
    );
    assert_eq!(String::from_utf8(objects).unwrap(), expected);
    let last = r#"[null,8,null,null,"a,\"b\""]"#;
    let expected = format!(r#"[[-5,-7,"2026-03-02T09:12:00.500000Z",[1,null],"-5"],{last},{last}]"#);
    assert_eq!(String::from_utf8(grid).unwrap(), expected);
}

#[test]
fn markdown_rows_stay_on_one_line() {
    let mut out = Vec::new();
    present::piece(&mut out, Lines::Markdown, &texts(&["a|b\n| c"]), true).unwrap();
    present::piece(&mut out, Lines::Markdown, &mixed().slice(1, 1), false).unwrap();
    let expected = ["| text |", "| --- |", r"| a\|b\\n\| c |", r#"|  | 8 |  |  | a,"b" |"#, ""];
    assert_eq!(String::from_utf8(out).unwrap(), expected.join("\n"));
}

#[test]
fn table_truncates_text_only_to_a_given_width() {
    let long = "x".repeat(200);
    let wide = shown(Format::Table { width: None, full: true }, texts(&[&long, "b"]));
    assert!(wide.contains(&long));
    let narrow = shown(Format::Table { width: Some(40), full: false }, texts(&[&long, "b"]));
    let lines: Vec<&str> = narrow.lines().collect();
    assert_eq!(lines.len(), 4, "{narrow}");
    assert!(lines.iter().all(|line| line.chars().count() <= 40), "{narrow}");
    assert!(lines[2].starts_with("xxxx") && lines[2].ends_with('…'), "{narrow}");
    assert_eq!(lines[3], "b");
}

#[test]
fn table_never_truncates_times() {
    let narrow = shown(Format::Table { width: Some(60), full: false }, mixed());
    assert!(narrow.contains("2026-03-02 09:12:00.500 "), "{narrow}");
}

#[test]
fn narrow_terminal_gets_one_block_per_row() {
    let blocks = shown(Format::Table { width: Some(30), full: false }, mixed().slice(0, 1));
    assert_eq!(blocks, "─── row 1\nn     -5\nsum   -7\nwhen  2026-03-02 09:12:00.500\nlist  [1,null]\nwho   -5\n");
}

#[test]
fn write_error_is_returned_by_every_format() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    for format in [Format::Table { width: None, full: false }, Format::Json, Format::Jsonl, Format::Csv] {
        let refused = present::batches(&mut Closed, format, &[mixed()]);
        let is_pipe =
            |error: &PresentError| matches!(error, PresentError::Io(io) if io.kind() == io::ErrorKind::BrokenPipe);
        assert!(refused.as_ref().is_err_and(is_pipe), "{format:?}: {refused:?}");
    }
}
