//! The one place where text from logs is made harmless for whatever will show it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character shows nothing of itself but changes what is shown: controls (ESC, newlines, C1), bidirectional
/// overrides and isolates, line separators, zero-width characters, tags.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Replaces each character that `at_fault` names by what `spell` writes for it; borrows if there is none.
pub(super) fn replace(text: &str, at_fault: impl Fn(char) -> bool, spell: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let Some(first) = text.find(&at_fault) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at(first);
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(clean);
    for c in rest.chars() {
        if at_fault(c) { spell(&mut safe, c) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

fn spell_visibly(safe: &mut String, c: char) {
    safe.extend(c.escape_default());
}

/// One line for a terminal: every hidden character becomes a visible escape (`\n`, `\u{1b}`, `\u{202e}`).
#[must_use]
pub fn terminal(text: &str) -> Cow<'_, str> {
    replace(text, is_hidden, spell_visibly)
}

/// As [`terminal`], but newlines stay: for messages of our own and of DuckDB, which span lines.
#[must_use]
pub fn terminal_lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| c != '\n' && is_hidden(c), spell_visibly)
}

/// A text cell of a CSV file as a spreadsheet may open it: what would start a formula gets a leading `'`, hidden
/// characters become visible escapes. Line ends and tabs inside stay; quoting is the CSV writer's part.
#[must_use]
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let visible = replace(text, |c| !matches!(c, '\n' | '\r' | '\t') && is_hidden(c), spell_visibly);
    if visible.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{visible}"))
    } else {
        visible
    }
}

/// JSON text with every hidden character as a `\u` escape. It means the same: outside of strings, JSON has no hidden
/// characters but its own line ends, which stay.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    replace(
        text,
        |c| c != '\n' && is_hidden(c),
        |safe, c| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        },
    )
}

/// Text for an HTML document, inside an element or a quoted attribute.
#[must_use]
pub fn html(text: &str) -> Cow<'_, str> {
    let at_fault = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\'') || (!matches!(c, '\n' | '\t') && is_hidden(c));
    replace(text, at_fault, |safe, c| match c {
        '&' => safe.push_str("&amp;"),
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '"' => safe.push_str("&quot;"),
        '\'' => safe.push_str("&#39;"),
        hidden => spell_visibly(safe, hidden),
    })
}

/// A text in a Markdown page: nothing in it ends a table's cell or starts a tag or a link.
#[must_use]
pub fn markdown(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('[', "\\[").replace(']', "\\]")
}
