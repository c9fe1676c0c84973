//! Where JSON values begin and end in a text, whole or damaged.

use std::cell::Cell;

use serde::de::Deserialize;
use serde_json::Deserializer;

thread_local! {
    /// Bytes that were looked through again after damage on this thread.
    static SEARCHED: Cell<u64> = const { Cell::new(0) };
    /// Bytes of the document that may still be.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Begins a document of that size: after damage so many times its size is looked through in search of records, so that no
/// document of broken things is read once for each of them.
pub(super) fn begin(bytes: usize) {
    LEFT.set((bytes as u64).saturating_mul(16).saturating_add(1 << 20));
}

/// Notes that so many bytes were looked through; whether there may be more.
pub(super) fn spend(bytes: usize) -> bool {
    SEARCHED.set(SEARCHED.get() + bytes as u64);
    let left = LEFT.get().saturating_sub(bytes as u64);
    LEFT.set(left);
    left > 0
}

/// The bytes that were looked through on this thread in search of records after damage: what tests count.
#[must_use]
pub fn searched_bytes() -> u64 {
    SEARCHED.get()
}

/// Why no value could be read at a place.
#[derive(Debug)]
pub(super) struct Damage {
    /// In words.
    pub(super) cause: String,
    /// Bytes from the value's start to where it went wrong.
    pub(super) scanned: usize,
    /// Whether the text ended before the value did.
    pub(super) cut: bool,
}

/// The value at `at` and the byte after it.
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
        let cause = format!("truncated: starts at byte {at}, and the text ends at byte {}", at + rest.len());
        return Damage { cause, scanned: rest.len(), cut: true };
    }
    let scanned = offset(error, rest);
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    Damage { cause: format!("broken JSON at byte {}: {message}", at + scanned), scanned, cut: false }
}

/// The byte that an error's line and column mean.
fn offset(error: &serde_json::Error, text: &str) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len())
}

/// The next byte from `at` on that is no white space, or the end.
pub(super) fn skip_space(text: &str, at: usize) -> usize {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    at + text.as_bytes()[at..].iter().take_while(|byte| space(byte)).count()
}

/// As [`skip_space`], and over line ends that some program wrote as escapes: `\n` between two values.
pub(super) fn skip_gap(text: &str, mut at: usize) -> usize {
    loop {
        at = skip_space(text, at);
        match text.as_bytes()[at..] {
            [b'\\', b'n' | b'r' | b't', ..] => at += 2,
            _ => return at,
        }
    }
}

/// The byte after the bracket that closes what is `open` levels deep at `at`, if it is closed at all, and if so much may
/// still be looked through.
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

/// The `[` of the list that a member called `key` begins at `at`, which is the key's quote.
fn list_of(text: &str, at: usize, key: &str) -> Option<usize> {
    let rest = text[at..].strip_prefix('"')?.strip_prefix(key)?.strip_prefix('"')?;
    let colon = skip_space(text, text.len() - rest.len());
    let open = skip_space(text, text[colon..].starts_with(':').then_some(colon + 1)?);
    text[open..].starts_with('[').then_some(open)
}

/// The `[` of the list that an object at `at` begins with, if its first member is `key`.
pub(super) fn first_list(text: &str, at: usize, key: &str) -> Option<usize> {
    list_of(text, skip_space(text, at + 1), key)
}

/// The `[` of the first list called `key` anywhere after `at`. For text that is cut, and so no value as a whole.
pub(super) fn any_list(text: &str, at: usize, key: &str) -> Option<usize> {
    if !spend(text.len() - at) {
        return None;
    }
    let quoted = format!("\"{key}\"");
    text[at..].match_indices(&quoted).find_map(|(index, _)| list_of(text, at + index, key))
}

/// The start of the next line that begins with a bracket, or the end: where to go on after damage.
pub(super) fn next_value_line(text: &str, at: usize) -> usize {
    let starts = text[at..].match_indices('\n').map(|(index, _)| at + index + 1);
    starts.into_iter().find(|start| text[*start..].starts_with(['{', '['])).unwrap_or(text.len())
}

/// How many lines end in a text. Counting in bytes, a few at a time, lets the machine count many at once.
pub(super) fn newlines(text: &str) -> u64 {
    let count = |chunk: &[u8]| chunk.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
    text.as_bytes().chunks(usize::from(u8::MAX)).map(|chunk| u64::from(count(chunk))).sum()
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    #[test]
    fn a_value_ends_where_it_ends() {
        let (_, end) = value::<IgnoredAny>(r#"[] {"a":[1]} x"#, 3).unwrap();
        assert_eq!(end, 12);
    }

    #[test]
    fn damage_says_which_byte() {
        let broken = value::<IgnoredAny>("  {\"a\":\n x}", 2).unwrap_err();
        assert_eq!((broken.cause.as_str(), broken.cut), ("broken JSON at byte 9: expected value", false));
        let cut = value::<IgnoredAny>("  {\"a\":", 2).unwrap_err();
        assert_eq!((cut.cause.as_str(), cut.cut), ("truncated: starts at byte 2, and the text ends at byte 7", true));
    }

    #[test]
    fn brackets_in_strings_close_nothing() {
        assert_eq!(closing(r#"{"a":"}\"}"}]"#, 0, 0), Some(12));
        assert_eq!(closing(r#","b":1} "#, 0, 1), Some(7));
        assert_eq!(closing(r#"{"a":"}"#, 0, 0), None);
    }

    #[test]
    fn every_line_end_counts() {
        assert_eq!((newlines(""), newlines("a\nb\n\n"), newlines(&"\n".repeat(1000))), (0, 3, 1000));
    }

    #[test]
    fn lists_are_found_by_their_key() {
        assert_eq!(first_list("{ \"Records\" : [", 0, "Records"), Some(14));
        assert_eq!(first_list("{\"Records\":{", 0, "Records"), None);
        assert_eq!(any_list("{\"a\":\"Records\",\"Records\":[", 0, "Records"), Some(25));
    }
}
