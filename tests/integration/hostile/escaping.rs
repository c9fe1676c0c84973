//! Invisible characters, and cells that a spreadsheet would run as formulas.

use cartographer::present::escape;

#[test]
fn invisible_characters_are_escaped() {
    for c in [
        '\u{3164}',
        '\u{ffa0}',
        '\u{115f}',
        '\u{1160}',
        '\u{fe0f}',
        '\u{e0100}',
        '\u{2800}',
        '\u{34f}',
        '\u{180b}',
        '\u{17b4}',
        '\u{200b}',
        '\u{1d173}',
    ] {
        let text = format!("a{c}b");
        let shown = format!("a\\u{{{:x}}}b", u32::from(c));
        assert_eq!(escape::terminal(&text), shown);
        assert_eq!(escape::html(&text), shown);
        assert_eq!(escape::csv_cell(&text), shown);
        assert_eq!(serde_json::from_str::<String>(&escape::json(&format!("\"{text}\""))).unwrap(), text);
        assert!(escape::json(&format!("\"{text}\"")).is_ascii());
    }
    // Characters of other scripts and emoji are kept.
    for text in ["é", "日本", "한글", "👍", "ไทย", "नमस्ते"] {
        assert_eq!(escape::terminal(text), text);
    }
}

#[test]
fn csv_cells_are_escaped_after_any_separator() {
    for text in ["=1", "a;=1", "a;\"=1\"", "a\t=1", "a\t+cmd", "a; @x", "a\n=1", ";;=1"] {
        let cell = escape::csv_cell(text);
        for part in cell.split([';', '\t', '\n']) {
            let start = part.trim_start_matches([' ', '"']);
            assert!(!start.starts_with(['=', '+', '-', '@']), "{text:?} became {cell:?}");
        }
    }
    for text in ["2024-05-01", "a-b", "a; b", "arn:aws:iam::1:user/a", "a=b"] {
        assert_eq!(escape::csv_cell(text), text);
    }
}
