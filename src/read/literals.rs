//! Python and DuckDB literals: `{'type': 'IAMUser', 'invokedBy': None}`, `{'type': IAMUser}`.

use serde_json::{Map, Value};

/// The maximum depth of objects and lists. Text that is nested more deeply is not a value.
const MAX_DEPTH: usize = 64;

/// Parses a text that is an object or a list of objects in either notation; `None` for any other text.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim();
    [Bare::Python, Bare::Text].into_iter().find_map(|bare| {
        let mut reader = Reader { text, at: 0, bare };
        let value = reader.container()?;
        (reader.at == text.len()).then_some(value)
    })
}

/// The Python object that begins at `at`, and the offset after it.
pub(super) fn python(text: &str, at: usize) -> Option<(Value, usize)> {
    let mut reader = Reader { text, at, bare: Bare::Python };
    let value = reader.container().filter(Value::is_object)?;
    Some((value, reader.at))
}

/// Parses a value without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// `None`, `True`, `False` or a number; nothing else.
    Python,
    /// Text, or `NULL`. DuckDB quotes text only where it would otherwise be ambiguous.
    Text,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    bare: Bare,
}

impl Reader<'_> {
    fn container(&mut self) -> Option<Value> {
        matches!(self.peek(), Some(b'{' | b'[')).then(|| self.value(0, b'}'))?
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips blanks, and this byte if it comes next. Returns whether it did.
    fn take(&mut self, byte: u8) -> bool {
        self.at = self.text.len() - self.text.get(self.at..).map_or(0, |rest| rest.trim_start().len());
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// The next value; `close` ends its container.
    fn value(&mut self, depth: usize, close: u8) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take(b'{') {
            self.object(depth + 1)
        } else if self.take(b'[') {
            self.list(depth + 1, b']')
        } else if self.bare == Bare::Python && self.take(b'(') {
            self.list(depth + 1, b')')
        } else if matches!(self.peek(), Some(b'\'' | b'"')) {
            self.quoted().map(Value::String)
        } else {
            self.bare(close)
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut members = Map::new();
        while !self.take(b'}') {
            let name = self.quoted()?;
            if !self.take(b':') {
                return None;
            }
            let value = self.value(depth, b'}')?;
            members.insert(name, value);
            if !self.take(b',') && self.peek() != Some(b'}') {
                return None;
            }
        }
        Some(Value::Object(members))
    }

    fn list(&mut self, depth: usize, close: u8) -> Option<Value> {
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.value(depth, close)?);
            if !self.take(b',') && self.peek() != Some(close) {
                return None;
            }
        }
        Some(Value::Array(items))
    }

    fn quoted(&mut self) -> Option<String> {
        let quote = self.peek().filter(|byte| matches!(byte, b'\'' | b'"'))?;
        let mut text = String::new();
        let mut chars = self.text.get(self.at + 1..)?.char_indices();
        while let Some((place, c)) = chars.next() {
            if c == char::from(quote) {
                self.at += 1 + place + 1;
                return Some(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            let (_, escaped) = chars.next()?;
            let digits = match escaped {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            text.push(match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ if digits > 0 => {
                    let code: String = chars.by_ref().take(digits).map(|(_, digit)| digit).collect();
                    char::from_u32(u32::from_str_radix(&code, 16).ok()?).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                other => other,
            });
        }
        None
    }

    fn bare(&mut self, close: u8) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        let ends = |(place, byte): (usize, u8)| {
            // In an object, a name follows each comma, so any other comma is part of the text.
            let is_next = || close != b'}' || rest[place + 1..].trim_start().starts_with(['\'', '"']);
            (byte == close || (byte == b',' && is_next())).then_some(place)
        };
        let end = rest.bytes().enumerate().find_map(ends)?;
        let word = rest[..end].trim();
        self.at += end;
        match (self.bare, word) {
            (Bare::Python, "None") | (Bare::Text, "NULL") => Some(Value::Null),
            (Bare::Python, "True") => Some(Value::Bool(true)),
            (Bare::Python, "False") => Some(Value::Bool(false)),
            (Bare::Python, number) => serde_json::from_str(number).ok().filter(Value::is_number),
            (Bare::Text, text) => (!text.starts_with(['{', '['])).then(|| Value::String(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn python_literals_are_parsed() {
        let text = r#"{'type': 'IAMUser', 'name': "O'Neil", 'a': None, 'b': True, 'n': -1.5, 'l': [{'x': 1}, ()], 'q': 'it\'s \u00e9\n', 'e': {}}"#;
        let value = json!({
            "type": "IAMUser", "name": "O'Neil", "a": null, "b": true, "n": -1.5, "l": [{"x": 1}, []], "q": "it's é\n", "e": {},
        });
        assert_eq!(parse(text), Some(value.clone()));
        assert_eq!(python(&format!("x {text} y"), 2), Some((value, 2 + text.len())));
    }

    #[test]
    fn duckdb_struct_text_is_parsed() {
        let text = "{'type': IAMUser, 'arn': 'arn:aws:iam::1:user/nora', 'accountId': 444455556666, 'name': Doe, John, 'n': NULL, \
                    'in': {'attributes': {'mfa': true}}, 'l': [a, 'b, c'], 'empty': ''}";
        let value = json!({
            "type": "IAMUser", "arn": "arn:aws:iam::1:user/nora", "accountId": "444455556666", "name": "Doe, John", "n": null,
            "in": {"attributes": {"mfa": "true"}}, "l": ["a", "b, c"], "empty": "",
        });
        assert_eq!(parse(text), Some(value));
    }

    #[test]
    fn other_text_returns_none() {
        for text in [
            "",
            "{",
            "{'a'",
            "{'a': }x",
            "{'a': 1",
            "{a: 1}",
            "{'a': 'b}",
            "{'a': {x=y}}",
            "text",
            "{type=IAMUser}",
            "{'a': 1} x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"{'a': ".repeat(100_000)), None);
        assert_eq!(python("{'a': IAMUser}", 0), None);
    }
}
