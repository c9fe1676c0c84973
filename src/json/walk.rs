//! Iterates over an object's members without building values: names and values as text.
//!
//! It handles only the common case, but does so exactly. `None` means that a full parser is needed, because the text
//! may be damaged or deeply nested, or may have escapes in a name.

/// The maximum nesting depth; a full parser handles more.
pub(super) const MAX_DEPTH: usize = 64;

/// A number of at most this many bytes, with an exponent of at most two digits, fits a floating-point number.
const LONGEST_NUMBER: usize = 200;

/// The lowest bit of each of eight bytes, and the highest.
const LOWEST: u64 = 0x0101_0101_0101_0101;
const HIGHEST: u64 = 0x8080_8080_8080_8080;
const SPACES: u64 = LOWEST * b' ' as u64;

/// Calls `each` with the name and the value text of every member of the object at `at`; strings include their quotes.
/// Returns the offset after the object. If it returns `None`, ignore the earlier calls.
pub fn object<'t>(text: &'t str, at: usize, mut each: impl FnMut(&'t str, &'t str)) -> Option<usize> {
    let walk = Walk(text.as_bytes());
    let mut at = walk.open(at, b'{')?;
    if walk.byte(at)? == b'}' {
        return Some(at + 1);
    }
    loop {
        let (name, value) = walk.name(at)?;
        let end = walk.value(value, 1)?;
        let name = text.get(at + 1..name).filter(|name| name.bytes().all(|byte| byte != b'\\'))?;
        each(name, text.get(value..end)?);
        at = match walk.next(end, b'}')? {
            Next::Item(at) => at,
            Next::End(end) => return Some(end),
        };
    }
}

/// Whether a text has no whitespace between tokens, like CloudTrail's.
pub fn is_compact(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Nearly all texts contain no whitespace at all, which is quick to check.
    if memchr::memchr3(b' ', b'\n', b'\t', bytes).is_none() && memchr::memchr(b'\r', bytes).is_none() {
        return true;
    }
    let (walk, mut at) = (Walk(bytes), 0);
    while let Some(byte) = walk.byte(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => return false,
            b'"' => at = walk.string(at).unwrap_or(text.len()),
            _ => at += 1,
        }
    }
    true
}

/// What follows a member or an element.
enum Next {
    /// Another member or element, at that offset.
    Item(usize),
    /// The end, and the offset after it.
    End(usize),
}

/// Scans JSON grammar. Each method takes the offset of an item, and most return the offset after it. Methods that are
/// called for every value are marked inline, because otherwise unrelated changes in the crate affect whether the
/// compiler inlines them.
#[derive(Clone, Copy)]
pub(super) struct Walk<'b>(pub(super) &'b [u8]);

impl Walk<'_> {
    #[inline]
    pub(super) fn byte(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    /// The offset of the first byte that is not whitespace, or the end.
    #[inline]
    pub(super) fn space(self, at: usize) -> usize {
        if matches!(self.byte(at), Some(b' ' | b'\t' | b'\r' | b'\n')) { self.more_space(at + 1) } else { at }
    }

    /// Whitespace is usually a newline followed by indentation, which is skipped in a few steps.
    fn more_space(self, mut at: usize) -> usize {
        loop {
            while let Some(others) = self.eight(at).map(|eight| eight ^ SPACES) {
                if others != 0 {
                    at += others.trailing_zeros() as usize / 8;
                    break;
                }
                at += 8;
            }
            if !matches!(self.byte(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
                return at;
            }
            at += 1;
        }
    }

    /// The next eight bytes, little-endian.
    fn eight(self, at: usize) -> Option<u64> {
        self.0.get(at..).and_then(<[u8]>::first_chunk).map(|eight| u64::from_le_bytes(*eight))
    }

    /// A token and the whitespace after it.
    #[inline]
    pub(super) fn open(self, at: usize, mark: u8) -> Option<usize> {
        (self.byte(at)? == mark).then(|| self.space(at + 1))
    }

    /// The quote that closes a member's name, and the offset of its value.
    fn name(self, at: usize) -> Option<(usize, usize)> {
        let end = self.string(at)?;
        Some((end - 1, self.open(self.space(end), b':')?))
    }

    #[inline]
    fn next(self, end: usize, close: u8) -> Option<Next> {
        let at = self.space(end);
        match self.byte(at)? {
            b',' => Some(Next::Item(self.space(at + 1))),
            byte if byte == close => Some(Next::End(at + 1)),
            _ => None,
        }
    }

    fn value(self, at: usize, depth: usize) -> Option<usize> {
        match self.byte(at)? {
            b'"' => self.string(at),
            b'{' if depth < MAX_DEPTH => self.all(at, b'}', |at| self.value(self.name(at)?.1, depth + 1)),
            b'[' if depth < MAX_DEPTH => self.all(at, b']', |at| self.value(at, depth + 1)),
            b't' => self.word(at, b"true"),
            b'f' => self.word(at, b"false"),
            b'n' => self.word(at, b"null"),
            _ => self.number(at),
        }
    }

    /// An object or a list. `item` walks each of its items.
    #[inline]
    pub(super) fn all(self, at: usize, close: u8, mut item: impl FnMut(usize) -> Option<usize>) -> Option<usize> {
        let mut at = self.space(at + 1);
        if self.byte(at)? == close {
            return Some(at + 1);
        }
        loop {
            at = match self.next(item(at)?, close)? {
                Next::Item(at) => at,
                Next::End(end) => return Some(end),
            };
        }
    }

    #[inline]
    pub(super) fn word(self, at: usize, word: &[u8]) -> Option<usize> {
        self.0.get(at..)?.starts_with(word).then_some(at + word.len())
    }

    pub(super) fn string(self, at: usize) -> Option<usize> {
        let mut at = self.word(at, b"\"")?;
        loop {
            at = self.plain(at);
            match self.byte(at)? {
                b'"' => return Some(at + 1),
                b'\\' => at = self.escape(at + 1)?,
                _ => return None,
            }
        }
    }

    /// The first quote, backslash or control character, or the end.
    pub(super) fn plain(self, mut at: usize) -> usize {
        while let Some(eight) = self.eight(at) {
            let marked = marked(eight);
            if marked != 0 {
                return at + marked.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        while self.byte(at).is_some_and(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            at += 1;
        }
        at
    }

    fn escape(self, at: usize) -> Option<usize> {
        match self.byte(at)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
            // A surrogate may be unpaired.
            b'u' if matches!(
                self.0.get(at + 1..at + 3),
                Some([b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'])
            ) =>
            {
                None
            }
            b'u' => self.0.get(at + 1..at + 5)?.iter().all(u8::is_ascii_hexdigit).then_some(at + 5),
            _ => None,
        }
    }

    pub(super) fn number(self, at: usize) -> Option<usize> {
        let start = self.word(at, b"-").unwrap_or(at);
        let mut end = self.digits(start)?;
        if self.byte(start)? == b'0' && end > start + 1 {
            return None;
        }
        if let Some(fraction) = self.word(end, b".") {
            end = self.digits(fraction)?;
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.byte(end + 1), Some(b'+' | b'-')));
            let exponent = end + 1 + sign;
            end = self.digits(exponent)?;
            // Possibly too large for a floating-point number.
            if end - exponent > 2 {
                return None;
            }
        }
        (end - at <= LONGEST_NUMBER).then_some(end)
    }

    /// At least one digit.
    fn digits(self, at: usize) -> Option<usize> {
        let count = self.0.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(at + count)
    }
}

/// The highest bit of the first of eight bytes that is a quote, a backslash or a control character; higher bits are
/// meaningless.
const fn marked(eight: u64) -> u64 {
    let quotes = eight ^ (LOWEST * b'"' as u64);
    let backslashes = eight ^ (LOWEST * b'\\' as u64);
    let zero = (quotes.wrapping_sub(LOWEST) & !quotes) | (backslashes.wrapping_sub(LOWEST) & !backslashes);
    (zero | (eight.wrapping_sub(LOWEST * b' ' as u64) & !eight)) & HIGHEST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    fn members(text: &str) -> Option<(Vec<(&str, &str)>, usize)> {
        let mut found = Vec::new();
        let end = object(text, 0, |name, value| found.push((name, value)))?;
        Some((found, end))
    }

    /// The result from serde for a text that begins with an object.
    fn parsed(text: &str) -> Option<(Vec<(String, &str)>, usize)> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<indexmap::IndexMap<String, &RawValue>>();
        let members = values.next()?.ok()?;
        Some((members.into_iter().map(|(name, raw)| (name, raw.get())).collect(), values.byte_offset()))
    }

    #[test]
    fn member_values_are_raw_text() {
        let text = "{ \"a\" : \"x\\\"}\" ,\n\"b\":[1,{\"c\":-1.5e+3}],\"d\":null} tail";
        let wanted = vec![("a", "\"x\\\"}\""), ("b", "[1,{\"c\":-1.5e+3}]"), ("d", "null")];
        assert_eq!(members(text), Some((wanted, text.len() - " tail".len())));
        assert_eq!(members("{}"), Some((Vec::new(), 2)));
    }

    #[test]
    fn whitespace_of_any_length_is_skipped() {
        for length in 0..40 {
            for (start, end) in [("", ""), ("\n", ""), (" \r\n", "\t"), ("\t", "\n\n")] {
                let text = format!("{start}{}{end}", " ".repeat(length));
                assert_eq!(Walk(text.as_bytes()).space(0), text.len(), "{text:?}");
                assert_eq!(Walk(format!("{text}1  ").as_bytes()).space(0), text.len(), "{text:?}");
            }
        }
    }

    #[test]
    fn is_compact_ignores_whitespace_in_strings() {
        assert!(["", "{}", "{\"a\":\"b: \\\", c\",\"d\":[1,2]}"].into_iter().all(is_compact));
        assert!(!["{\"a\": 1}", "[1,\n2]", "{}\t", " {}"].into_iter().any(is_compact));
    }

    #[test]
    fn invalid_json_and_escaped_names_return_none() {
        let whole = ["1", "[", "{", "{\"a\"", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{\"\\u0061\":1}", "{a:1}"];
        let values = ["01", "1.", "-", "+1", "1e", ".5", "tru", "\"\\x\"", "\"\\u00g0\"", "\"\n\"", "[1 2]", "[1,]"];
        let inside = values.map(|value| format!("{{\"a\":{value}}}"));
        for text in whole.into_iter().chain(inside.iter().map(String::as_str)) {
            assert_eq!(members(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn members_of_random_text_match_serde_json(
            text in r#"\{"a":("([ -~é☃]|\\[\\"nu/x]|\\u00[0-9a-g]{2}){0,20}"|-?[0-9]{0,3}(\.[0-9]{0,2})?([eE][+-]?[0-9]?)?|[\[\{\]\}:,"a1tn ]{0,9}|true|null)[ ,}]{1,2}"b":[0-9]\}"#
        ) {
            if let Some((found, end)) = members(&text) {
                let found: indexmap::IndexMap<String, &str> = found.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                prop_assert_eq!(Some((found.into_iter().collect::<Vec<_>>(), end)), parsed(&text));
            }
        }

        #[test]
        fn random_strings_end_at_closing_quote(text in "[ -~é]{0,30}") {
            let json = serde_json::json!({ "a": text }).to_string();
            let value = json[5..json.len() - 1].to_owned();
            prop_assert_eq!(members(&json), Some((vec![("a", value.as_str())], json.len())));
        }
    }
}
