//! Text as a literal in other languages. Nothing in it is interpreted by the language, or by a terminal that shows it.

use super::escape::{is_hidden, replace};
use crate::table::literal;

/// For a POSIX shell. Uses `$'…'`, which bash, zsh and ksh support, if hidden characters must be escaped.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().any(is_hidden) {
        format!("$'{}'", escaped(text, '\'', wide))
    } else if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// For DuckDB SQL. Uses `E'…'` if a control character must be escaped. `None` for other hidden characters, which SQL text
/// cannot escape.
pub(super) fn sql(text: &str) -> Option<String> {
    let mut hidden = text.chars().filter(|c| is_hidden(*c)).peekable();
    if hidden.peek().is_none() {
        return Some(literal(text));
    }
    let ascii = hidden.all(|c| c.is_ascii());
    ascii.then(|| format!("E'{}'", escaped(text, '\'', |c| format!("\\x{:02x}", u32::from(c)))))
}

/// For Python, R and YAML.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", escaped(text, '"', wide))
}

/// For JavaScript.
pub(super) fn script(text: &str) -> String {
    format!("\"{}\"", escaped(text, '"', |c| format!("\\u{{{:x}}}", u32::from(c))))
}

/// For JSON.
pub(super) fn json(text: &str) -> String {
    super::escape::json(&serde_json::Value::from(text).to_string()).into_owned()
}

/// For Java, which processes `\u` before strings, so control characters are in octal.
pub(super) fn java(text: &str) -> String {
    let spell = |c: char| match c.encode_utf16(&mut [0; 2]) {
        [control] if c.is_ascii() => format!("\\{control:03o}"),
        [one] => format!("\\u{one:04x}"),
        [high, low] => format!("\\u{high:04x}\\u{low:04x}"),
        _ => String::new(),
    };
    format!("\"{}\"", escaped(text, '"', spell))
}

/// `\u001b` and `\U000e0001`.
fn wide(c: char) -> String {
    let code = u32::from(c);
    if code > 0xffff { format!("\\U{code:08x}") } else { format!("\\u{code:04x}") }
}

/// The text with quotes and backslashes escaped by a backslash, and hidden characters escaped by `spell`.
fn escaped(text: &str, quote: char, spell: impl Fn(char) -> String) -> String {
    let at_fault = |c: char| c == quote || c == '\\' || is_hidden(c);
    let write = |safe: &mut String, c: char| {
        if is_hidden(c) {
            safe.push_str(&spell(c));
        } else {
            safe.extend(['\\', c]);
        }
    };
    replace(text, at_fault, write).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "/a b/'\"$(x)\\\u{1b}\u{e0001}";

    #[test]
    fn text_is_quoted_for_each_language() {
        assert_eq!(shell("/cases/a-1.duckdb"), "/cases/a-1.duckdb");
        assert_eq!(shell("/a b/it's"), r"'/a b/it'\''s'");
        assert_eq!(shell(HOSTILE), r#"$'/a b/\'"$(x)\\\u001b\U000e0001'"#);
        assert_eq!(sql("it's").as_deref(), Some("'it''s'"));
        assert_eq!(sql("a'\u{1b}\\").as_deref(), Some(r"E'a\'\x1b\\'"));
        assert_eq!(sql(HOSTILE), None);
        assert_eq!(string(HOSTILE), r#""/a b/'\"$(x)\\\u001b\U000e0001""#);
        assert_eq!(script(HOSTILE), r#""/a b/'\"$(x)\\\u{1b}\u{e0001}""#);
        assert_eq!(json(HOSTILE), r#""/a b/'\"$(x)\\\u001b\udb40\udc01""#);
        assert_eq!(java(HOSTILE), r#""/a b/'\"$(x)\\\033\udb40\udc01""#);
    }
}
