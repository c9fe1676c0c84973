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

/// Text from logs anywhere in a Markdown document, on one line: nothing in it is markup, of GitHub's flavor either.
/// Hidden characters become visible escapes, and what could mean something stands behind a backslash.
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

/// Whether a line that begins so would be a list, a heading or a rule.
fn begins_a_block(before: &str, c: char, after: &str) -> bool {
    let is_number = (1..10).contains(&before.len()) && before.bytes().all(|byte| byte.is_ascii_digit());
    (before.is_empty() && "+-=:".contains(c))
        || (is_number && ".)".contains(c) && !after.starts_with(|next: char| !next.is_whitespace()))
}

/// Whether addresses are taken for links here: `https://…` and `www.…`.
fn begins_a_link(before: &str, c: char, after: &str) -> bool {
    let is_www = || before.get(before.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"));
    (c == ':' && after.starts_with('/')) || (c == '.' && is_www())
}

/// Where the console of AWS is; a name below one of these is AWS's own too.
const CONSOLES: [&str; 4] =
    ["aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com", "console.amazonaws-eusc.eu"];

/// The longest address that every browser takes, in bytes.
const LONGEST_LINK: usize = 2000;

/// The address of a page of the console as it may stand in a document that others click in. What was put into it is text
/// from logs, so it has to lead to AWS and nowhere else, and hold nothing that a form would read as its own.
#[must_use]
pub fn console_link(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let below = |console: &&str| host.strip_suffix(*console).is_some_and(|name| name.is_empty() || name.ends_with('.'));
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte));
    let is_short = url.len() <= LONGEST_LINK;
    (is_name && is_plain && is_short && CONSOLES.iter().any(below)).then_some(url)
}
