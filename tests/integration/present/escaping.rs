//! Text from logs is escaped for every output format.

use cartographer::present::{Format, escape};
use proptest::prelude::*;

use crate::present::{shown, texts};

#[test]
fn terminal_output_shows_hidden_characters() {
    let hostile = "a\u{1b}[2Jb\r\nc\td\u{202e}e\u{9b}31mf\u{200b}g\u{7f}";
    let expected = "a\\u{1b}[2Jb\\r\\nc\\td\\u{202e}e\\u{9b}31mf\\u{200b}g\\u{7f}";
    assert_eq!(escape::terminal(hostile), expected);
    assert_eq!(escape::terminal("IAM › Users é 漢字"), "IAM › Users é 漢字");
    assert_eq!(escape::terminal_lines("one\ntwo\u{1b}"), "one\ntwo\\u{1b}");
}

#[test]
fn html_markup_is_escaped() {
    let hostile = "<img src='x' onerror=\"a&b\">\u{202e}";
    assert_eq!(escape::html(hostile), "&lt;img src=&#39;x&#39; onerror=&quot;a&amp;b&quot;&gt;\\u{202e}");
}

#[test]
fn csv_formulas_are_escaped_and_cells_quoted() {
    let cells = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\rx", "a\"b,c\nd", "\u{1b}[31m", "plain = fine"];
    let lines = shown(Format::Csv, texts(&cells));
    let mut read = csv::ReaderBuilder::new().from_reader(lines.as_bytes());
    let cells_read: Vec<String> = read.records().map(|record| record.unwrap()[0].to_owned()).collect();
    let expected =
        ["'=cmd|' /C calc'!A0", "'+1", "'-1", "'@x", "'\tx", "'\rx", "a\"b,c\nd", "\\u{1b}[31m", "plain = fine"];
    assert_eq!(cells_read, expected);
    assert!(lines.contains("\"a\"\"b,c\nd\"\n"), "{lines}");
}

proptest! {
    #[test]
    fn no_format_prints_control_characters(text in "\\PC*|[\\x00-\\x1f\\x7f-\\u{9f}\u{202a}-\u{202e}a=,\"]*") {
        let hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || ('\u{202a}'..='\u{202e}').contains(&c);
        for format in [Format::Table { width: Some(20), full: false }, Format::Json, Format::Jsonl, Format::Csv] {
            prop_assert!(!shown(format, texts(&[&text])).contains(hidden), "{format:?}");
        }
        let cells_read: serde_json::Value = serde_json::from_str(&shown(Format::Jsonl, texts(&[&text]))).unwrap();
        prop_assert_eq!(cells_read["text"].as_str(), Some(text.as_str()));
    }
}
