//! Finds where JSON values begin and end in a text, intact or damaged.

use std::cell::Cell;

use serde::de::Deserialize;
use serde_json::Deserializer;

thread_local! {
    /// The number of bytes that were searched again after damage on this thread.
    static SEARCHED: Cell<u64> = const { Cell::new(0) };
    /// The number of bytes in the document that may still be searched.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Begins a document of this size. After damage, the search for records is limited to a multiple of the size, so that a
/// heavily damaged document is not searched once for each damaged part.
pub(super) fn begin(bytes: usize) {
    LEFT.set((bytes as u64).saturating_mul(16).saturating_add(1 << 20));
}

/// Counts bytes as searched, and returns whether more may be searched.
pub(super) fn spend(bytes: usize) -> bool {
    SEARCHED.set(SEARCHED.get() + bytes as u64);
    let left = LEFT.get().saturating_sub(bytes as u64);
    LEFT.set(left);
    left > 0
}

/// The number of bytes that were searched for records after damage on this thread, for tests.
#[must_use]
pub fn searched_bytes() -> u64 {
    SEARCHED.get()
}

/// Why no value could be read at an offset.
#[derive(Debug)]
pub(super) struct Damage {
    /// The cause as text.
    pub(super) cause: String,
    /// The number of bytes from the start of the value to the error.
    pub(super) scanned: usize,
    /// Whether the text ended before the value was complete.
    pub(super) cut: bool,
}

/// The value at `at` and the offset after it.
pub(super) fn value<'t, T: Deserialize<'t>>(text: &'t str, at: usize) -> Result<(T, usize), Damage> {
    let rest = &text[at..];
    let mut values = Deserializer::from_str(rest).into_iter::<T>();
    match values.next() {
        Some(Ok(value)) => Ok((value, at + values.byte_offset())),
        Some(Err(error)) => Err(damage(&error, rest, at)),
        None => Err(Damage { cause: format!("truncated at byte {at}"), scanned: 0, cut: true }),
    }
}

fn damage(error: &serde_json::Error, rest: &str, at: usize) -> Damage {
    if error.is_eof() {
        let end = at + rest.len();
        let cause = format!("truncated: the value starts at byte {at}, and the text ends at byte {end}");
        return Damage { cause, scanned: rest.len(), cut: true };
    }
    let scanned = offset(error, rest);
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    Damage { cause: format!("broken JSON at byte {}: {message}", at + scanned), scanned, cut: false }
}

/// The offset of an error's line and column.
fn offset(error: &serde_json::Error, text: &str) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len())
}

/// The offset of the first byte, starting at `at`, that is not whitespace, or the end.
pub(super) fn skip_space(text: &str, at: usize) -> usize {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    at + text.as_bytes()[at..].iter().take_while(|byte| space(byte)).count()
}

/// Like [`skip_space`], but also skips line ends that a program wrote as escapes: `\n` between two values.
pub(super) fn skip_gap(text: &str, mut at: usize) -> usize {
    loop {
        at = skip_space(text, at);
        match text.as_bytes()[at..] {
            [b'\\', b'n' | b'r' | b't', ..] => at += 2,
            _ => return at,
        }
    }
}

/// The offset after the bracket that closes the `open` levels at `at`, if they are closed within the search limit.
pub(super) fn closing(text: &str, at: usize, open: usize) -> Option<usize> {
    if !spend(0) {
        return None;
    }
    let end = closed(text, at, open);
    spend(end.unwrap_or(text.len()) - at);
    end
}

fn closed(text: &str, at: usize, mut open: usize) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (index, byte) in text.as_bytes()[at..].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => open = open.saturating_sub(1),
            _ => continue,
        }
        if open == 0 && !quoted {
            return Some(at + index + 1);
        }
    }
    None
}

/// The `[` of the list in the member `key` at `at`, which is the quote of the key.
fn list_of(text: &str, at: usize, key: &str) -> Option<usize> {
    let rest = text[at..].strip_prefix('"')?.strip_prefix(key)?.strip_prefix('"')?;
    let colon = skip_space(text, text.len() - rest.len());
    let open = skip_space(text, text[colon..].starts_with(':').then_some(colon + 1)?);
    text[open..].starts_with('[').then_some(open)
}

/// The `[` of the list at the start of the object at `at`, if the object's first member is `key`.
pub(super) fn first_list(text: &str, at: usize, key: &str) -> Option<usize> {
    list_of(text, skip_space(text, at + 1), key)
}

/// The `[` of the first list called `key` anywhere after `at`. For truncated text, which is not a valid value.
pub(super) fn any_list(text: &str, at: usize, key: &str) -> Option<usize> {
    if !spend(text.len() - at) {
        return None;
    }
    let quoted = format!("\"{key}\"");
    text[at..].match_indices(&quoted).find_map(|(index, _)| list_of(text, at + index, key))
}

/// The start of the next line that begins with a bracket, or the end: where to continue after damage.
pub(super) fn next_value_line(text: &str, at: usize) -> usize {
    let starts = text[at..].match_indices('\n').map(|(index, _)| at + index + 1);
    starts.into_iter().find(|start| text[*start..].starts_with(['{', '['])).unwrap_or(text.len())
}

/// The number of line ends in a text. Counting in small chunks lets the compiler vectorize it.
pub(super) fn newlines(text: &str) -> u64 {
    let count = |chunk: &[u8]| chunk.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
    text.as_bytes().chunks(usize::from(u8::MAX)).map(|chunk| u64::from(count(chunk))).sum()
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    #[test]
    fn end_of_value_is_returned() {
        let (_, end) = value::<IgnoredAny>(r#"[] {"a":[1]} x"#, 3).unwrap();
        assert_eq!(end, 12);
    }

    #[test]
    fn error_reports_byte_offset() {
        let broken = value::<IgnoredAny>("  {\"a\":\n x}", 2).unwrap_err();
        assert_eq!((broken.cause.as_str(), broken.cut), ("broken JSON at byte 9: expected value", false));
        let cut = value::<IgnoredAny>("  {\"a\":", 2).unwrap_err();
        let cause = "truncated: the value starts at byte 2, and the text ends at byte 7";
        assert_eq!((cut.cause.as_str(), cut.cut), (cause, true));
    }

    #[test]
    fn brackets_in_strings_are_ignored() {
        assert_eq!(closing(r#"{"a":"}\"}"}]"#, 0, 0), Some(12));
        assert_eq!(closing(r#","b":1} "#, 0, 1), Some(7));
        assert_eq!(closing(r#"{"a":"}"#, 0, 0), None);
    }

    #[test]
    fn all_newlines_are_counted() {
        assert_eq!((newlines(""), newlines("a\nb\n\n"), newlines(&"\n".repeat(1000))), (0, 3, 1000));
    }

    #[test]
    fn lists_are_found_by_key() {
        assert_eq!(first_list("{ \"Records\" : [", 0, "Records"), Some(14));
        assert_eq!(first_list("{\"Records\":{", 0, "Records"), None);
        assert_eq!(any_list("{\"a\":\"Records\",\"Records\":[", 0, "Records"), Some(25));
    }
}
