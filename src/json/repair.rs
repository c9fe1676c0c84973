//! Text that is grammatically JSON, but that parsers may reject: halves of surrogate pairs, numbers that do
//! not fit a floating-point number, and values hundreds of levels deep.

use serde_json::Value;

use super::walk::MAX_DEPTH;

/// The text with rejected parts replaced: half of a surrogate pair becomes U+FFFD, a number that is too large becomes a
/// string with its digits, and a value that is nested too deeply becomes a string with its text. `None` if there is
/// nothing to replace.
///
/// Takes linear time, and does not recurse. The text must be JSON; otherwise, the result is unspecified.
pub fn repaired(text: &str) -> Option<String> {
    let (bytes, mut repair, mut at, mut depth) = (text.as_bytes(), Repair::of(text), 0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => repair.string(at),
            b'{' | b'[' if depth >= MAX_DEPTH => {
                let end = closing(bytes, at);
                repair.quote(at, end)
            }
            b'{' | b'[' => {
                depth += 1;
                at + 1
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let end = at + bytes.get(at..)?.iter().take_while(is_part).count();
                let number: Result<f64, _> = text.get(at..end)?.parse();
                if number.is_ok_and(f64::is_finite) { end } else { repair.quote(at, end) }
            }
            _ => at + 1,
        };
    }
    repair.finish()
}

/// A text being built.
struct Repair<'t> {
    text: &'t str,
    made: String,
    /// The number of bytes of the input that have been copied.
    copied: usize,
}

impl<'t> Repair<'t> {
    const fn of(text: &'t str) -> Self {
        Self { text, made: String::new(), copied: 0 }
    }

    /// Replaces a part of the text; returns the end of the part.
    fn replace(&mut self, start: usize, end: usize, by: &str) -> usize {
        self.made.push_str(self.text.get(self.copied..start).unwrap_or_default());
        self.made.push_str(by);
        self.copied = end;
        end
    }

    /// Converts a part of the text to a string.
    fn quote(&mut self, start: usize, end: usize) -> usize {
        let quoted = Value::from(self.text.get(start..end).unwrap_or_default()).to_string();
        self.replace(start, end, &quoted)
    }

    /// Scans the string that begins there; returns the offset after it.
    fn string(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = at + 1;
        while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            at += next;
            at = match (bytes.get(at), unit(bytes, at)) {
                (Some(b'"'), _) => return at + 1,
                (_, Some(0xd800..=0xdbff)) if matches!(unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => at + 12,
                (_, Some(0xd800..=0xdfff)) => self.replace(at, at + 6, "\\ufffd"),
                _ => at + 2,
            };
        }
        bytes.len()
    }

    fn finish(mut self) -> Option<String> {
        if self.copied == 0 {
            return None;
        }
        self.made.push_str(self.text.get(self.copied..).unwrap_or_default());
        Some(self.made)
    }
}

/// The UTF-16 unit of the escape at an offset.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The offset after the bracket that closes the bracket at an offset, or the end.
fn closing(bytes: &[u8], at: usize) -> usize {
    let (mut open, mut quoted, mut escaped) = (0_usize, false, false);
    for (index, byte) in bytes.iter().enumerate().skip(at) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => open = open.saturating_sub(1),
            _ => continue,
        }
        if open == 0 {
            return index + 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_and_huge_numbers_are_replaced() {
        for (text, wanted) in [
            (r#"{"a":"\ud800x","b":[1,-2.5e+3]}"#, Some(r#"{"a":"\ufffdx","b":[1,-2.5e+3]}"#)),
            (r#"["\udc00\ud83d\ude00\ud83d"]"#, Some(r#"["\ufffd\ud83d\ude00\ufffd"]"#)),
            (r"[1e99999,-1E+400,1e-99999]", Some(r#"["1e99999","-1E+400",1e-99999]"#)),
            (r#"{"a":"1e99999 \\ud800","b":"\"[[","c":1}"#, None),
            ("", None),
        ] {
            assert_eq!(repaired(text).as_deref(), wanted, "{text}");
        }
        let large = "9".repeat(5_000);
        assert_eq!(repaired(&large), Some(format!("\"{large}\"")));
    }

    #[test]
    fn too_deeply_nested_values_become_strings() {
        let deep = |levels: usize| format!("{}\"x]\"{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(repaired(&deep(MAX_DEPTH)), None);
        for levels in [MAX_DEPTH + 1, 300, 200_000] {
            let repaired = repaired(&deep(levels)).unwrap();
            let value: Value = serde_json::from_str(&repaired).unwrap();
            let inner = (0..MAX_DEPTH).fold(&value, |value, _| &value[0]);
            assert_eq!(inner.as_str(), Some(deep(levels - MAX_DEPTH).as_str()));
        }
    }
}
