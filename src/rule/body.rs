//! The JSON of a request or a response, parsed on first access. Most responses are never accessed.

use std::cell::OnceCell;

use crate::json::{Document, Json, is_compact};

/// A request or a response.
#[derive(Debug, Default)]
pub struct Body<'t> {
    text: &'t str,
    document: OnceCell<Document<'t>>,
    /// The text without whitespace; `None` if it contained none.
    compacted: OnceCell<Option<String>>,
}

impl<'t> Body<'t> {
    /// A body with this text; `None` means an empty body.
    pub fn new(text: Option<&'t str>) -> Self {
        Self { text: text.unwrap_or_default(), ..Self::default() }
    }

    /// The value; `Null` if there is no text, or if it is not JSON.
    pub fn value(&self) -> Json<'_> {
        self.document.get_or_init(|| Document::read(self.text)).root()
    }

    /// The text without whitespace, as delivered by CloudTrail. Exports from other tools may contain whitespace.
    pub fn compact(&self) -> &str {
        let compacted = self.compacted.get_or_init(|| (!is_compact(self.text)).then(|| self.compact_text()));
        compacted.as_deref().unwrap_or(self.text)
    }

    fn compact_text(&self) -> String {
        let mut compacted = String::with_capacity(self.text.len());
        self.value().write(&mut compacted);
        compacted
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn text_that_is_not_json_is_null() {
        for text in [None, Some(""), Some("null"), Some("{\"a\":")] {
            assert_eq!(Body::new(text).value().to_value(), Value::Null, "{text:?}");
        }
        assert_eq!(Body::new(Some("{\"a\":1}")).value().to_value(), json!({"a": 1}));
    }

    #[test]
    fn whitespace_is_removed_and_order_is_kept() {
        let cases = [
            ("{\"b\":\"x, \\u0079\",\"a\":1}", "{\"b\":\"x, \\u0079\",\"a\":1}"),
            ("{\"b\": 1, \"a\": 2}", "{\"b\":1,\"a\":2}"),
        ];
        for (text, compact) in cases {
            assert_eq!(Body::new(Some(text)).compact(), compact);
        }
        assert_eq!(Body::new(None).compact(), "");
    }
}
