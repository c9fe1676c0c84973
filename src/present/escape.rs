//! The only place where text from logs is escaped for display.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is invisible or changes how text is displayed: controls (ESC, newlines, C1), bidirectional
/// overrides and isolates, line separators, zero-width characters, tags, and characters that look like a space or like
/// nothing (Hangul fillers, variation selectors, the blank Braille pattern, the grapheme joiner).
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e01ef}'
        )
}

/// Replaces each character for which `at_fault` is true with what `spell` writes; borrows the text if there is none.
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

/// Like [`terminal`], but newlines are kept: for our own and DuckDB's multi-line messages.
#[must_use]
pub fn terminal_lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| c != '\n' && is_hidden(c), spell_visibly)
}

/// A text cell in a CSV file that a spreadsheet may open. Anything that would start a formula gets a leading `'`, even after
/// a `;`, a tab or a line end, where a spreadsheet that treats these as separators would start another cell. Hidden
/// characters become visible escapes. Line ends and tabs are kept; the CSV writer does the quoting.
#[must_use]
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let visible = replace(text, |c| !matches!(c, '\n' | '\r' | '\t') && is_hidden(c), spell_visibly);
    let is_cut = |c: char| matches!(c, ';' | '\t' | '\r' | '\n');
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    if !visible.contains(is_cut) {
        return if visible.starts_with(begins) { Cow::Owned(format!("'{visible}")) } else { visible };
    }
    let mut safe = String::with_capacity(visible.len() + 4);
    if visible.starts_with(is_cut) {
        safe.push('\'');
    }
    for part in visible.split_inclusive(is_cut) {
        // A spreadsheet ignores whitespace and quotes before a formula.
        let start = part.len() - part.trim_start_matches([' ', '"']).len();
        if part.get(start..).is_some_and(|part| part.starts_with(begins)) {
            let (space, formula) = part.split_at(start);
            safe.push_str(space);
            safe.push('\'');
            safe.push_str(formula);
        } else {
            safe.push_str(part);
        }
    }
    if safe == visible { visible } else { Cow::Owned(safe) }
}

/// JSON text with every hidden character as a `\u` escape. The meaning does not change: outside strings, JSON contains no
/// hidden characters except line ends, which are kept.
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

/// Text for a Markdown page: nothing in it ends a table cell or starts a tag or a link.
#[must_use]
pub fn markdown(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('[', "\\[").replace(']', "\\]")
}

/// Text from logs for any place in a Markdown document, on one line. Nothing in it is markup, not even in GitHub-flavored
/// Markdown. Hidden characters become visible escapes, and special characters are escaped with a backslash.
#[must_use]
pub fn markdown_text(text: &str) -> String {
    let shown = terminal(text);
    let text = shown.trim();
    let mut safe = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        if "\\`*_[]{<>#|~^$&@".contains(c) || begins_a_block(before, c, after) || begins_a_link(before, c, after) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// Whether a line that begins like this would be a list, a heading or a rule.
fn begins_a_block(before: &str, c: char, after: &str) -> bool {
    let is_number = (1..10).contains(&before.len()) && before.bytes().all(|byte| byte.is_ascii_digit());
    (before.is_empty() && "+-=:".contains(c))
        || (is_number && ".)".contains(c) && !after.starts_with(|next: char| !next.is_whitespace()))
}

/// Whether URLs are recognized as links here: `https://…` and `www.…`.
fn begins_a_link(before: &str, c: char, after: &str) -> bool {
    let is_www = || before.get(before.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"));
    (c == ':' && after.starts_with('/')) || (c == '.' && is_www())
}

pub use crate::signal::console_link;
