//! Redacts JSON. Only strings and numbers that change are rewritten; all other text is copied.

use super::{MAX_NESTED, Redaction, Redactor, is_account};

impl Redactor {
    pub(super) fn json_within(&self, text: &str, level: usize) -> String {
        let bytes = text.as_bytes();
        let (mut written, mut at, mut member) = (String::with_capacity(text.len()), 0, String::new());
        while at < bytes.len() {
            match bytes[at] {
                b'"' => {
                    let end = string_end(bytes, at);
                    let raw = &text[at..end];
                    let value =
                        serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned());
                    let is_member = text[end..].trim_start().starts_with(':');
                    let redacted =
                        if is_member { self.text(&value).into_owned() } else { self.string(&member, &value, level) };
                    if redacted == value {
                        written.push_str(raw);
                    } else {
                        written.push_str(&serde_json::Value::String(redacted).to_string());
                    }
                    if is_member {
                        member = value;
                    }
                    at = end;
                }
                b'0'..=b'9' | b'-' => {
                    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                    let end =
                        bytes[at..].iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| at + length);
                    let number = &text[at..end];
                    if is_account(number) && self.replaces(Redaction::Accounts) {
                        written.push_str(&self.pseudonym(Redaction::Accounts, number));
                    } else {
                        written.push_str(number);
                    }
                    at = end;
                }
                _ => {
                    let end = bytes[at + 1..].iter().position(|byte| matches!(byte, b'"' | b'0'..=b'9' | b'-'));
                    let end = end.map_or(bytes.len(), |length| at + 1 + length);
                    written.push_str(&text[at..end]);
                    at = end;
                }
            }
        }
        written
    }

    /// A string, which may itself be JSON, such as a policy.
    fn string(&self, member: &str, value: &str, level: usize) -> String {
        if let Some(redacted) = self.member(member, value) {
            return redacted;
        }
        let is_json = value.trim_start().starts_with(['{', '[']) && value.contains('"');
        if is_json && level < MAX_NESTED && serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok() {
            return self.json_within(value, level + 1);
        }
        self.text(value).into_owned()
    }
}

/// The end of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
