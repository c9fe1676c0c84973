//! Decodes text: byte order marks, UTF-16, and bytes that are not text.

use std::borrow::Cow;

use super::error::Refusal;

/// The maximum length of an excerpt from a bad record, in characters.
pub(super) const EXCERPT_CHARS: usize = 200;
/// The maximum length of a name that is copied from a document into a message, in characters.
const NAME_CHARS: usize = 60;

/// Formats that are detected by bytes at an offset.
const FORMATS: [(usize, &[u8], &str); 9] = [
    (0, b"\xff\x06\0\0sNaPpY", "Snappy file"),
    (0, b"Rar!", "RAR archive"),
    (0, b"\x1f\x9d", "compress file"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (0, b"\x00\x05\x16\x07", "AppleDouble file"),
    (0, b"Obj\x01", "Avro file"),
    (0, b"ORC", "ORC file"),
    (0, b"%PDF-", "PDF document"),
    (0, b"SQLite format 3\0", "SQLite database"),
];

/// The text of a document, without its byte order mark. UTF-8 is borrowed; UTF-16 with a mark is converted; an invalid
/// byte becomes U+FFFD, because one bad byte must not make a whole file unreadable.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    if let Some((.., name)) =
        FORMATS.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|b| b.starts_with(magic)))
    {
        return Err(Refusal::Format(name));
    }
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => Ok(Cow::Owned(utf16(rest, u16::from_le_bytes))),
        [0xfe, 0xff, rest @ ..] => Ok(Cow::Owned(utf16(rest, u16::from_be_bytes))),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        // JSON and CSV contain no NUL, and every binary format contains one early.
        Err(_) if bytes.iter().take(1024).any(|byte| *byte == 0) => Err(Refusal::NotData),
        Err(_) => Ok(Cow::Owned(String::from_utf8_lossy(bytes).into_owned())),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The beginning of a text, for a row in `rejects`. It is unchanged, so it must be escaped for display.
pub(super) fn excerpt(text: &str) -> String {
    text.trim_start().chars().take(EXCERPT_CHARS).collect()
}

/// A name from a document, for use in a message: shortened, and without terminal control sequences.
pub(super) fn printable(name: &str) -> String {
    name.chars().take(NAME_CHARS).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_removed_and_utf16_is_decoded() {
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain("é{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain("é{}".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(decode("\u{feff}é{}".as_bytes()).unwrap(), "é{}");
        assert_eq!(decode(&little).unwrap(), "é{}");
        assert_eq!(decode(&big).unwrap(), "é{}");
    }

    #[test]
    fn invalid_utf8_is_replaced_and_binary_is_rejected() {
        assert_eq!(decode(b"{\"a\":\"\xff\"}").unwrap(), "{\"a\":\"\u{fffd}\"}");
        assert_eq!(decode(b"\x01\x00\xfe\xff"), Err(Refusal::NotData));
        assert_eq!(decode(b"Rar!\x1a\x07"), Err(Refusal::Format("RAR archive")));
    }

    #[test]
    fn escape_characters_are_replaced_and_excerpts_are_truncated() {
        assert_eq!(printable("a\u{1b}[31mb"), "a\u{fffd}[31mb");
        assert_eq!(excerpt(&"é".repeat(300)).chars().count(), EXCERPT_CHARS);
    }
}
