//! One value of a document. Millions of requests are inspected, so it is small and cheap to copy.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::document::{Extent, Node};
use super::walk::Walk;
use super::{Elements, Members};

/// A JSON value, borrowed from its [`super::Document`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Json<'v> {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number in the form that serde writes: `1`, `-0.5`, `1e+30`.
    Number(&'v str),
    /// A string without its escapes.
    String(&'v str),
    /// A list.
    Array(Elements<'v>),
    /// An object.
    Object(Members<'v>),
}

impl<'v> Json<'v> {
    /// The first value, and the remaining values.
    #[inline]
    pub(super) fn first(nodes: &'v [Node<'v>]) -> Option<(Self, &'v [Node<'v>])> {
        let (node, rest) = nodes.split_first()?;
        let scalar = match node {
            Node::Null => Self::Null,
            Node::Bool(bool) => Self::Bool(*bool),
            Node::Number(text) => Self::Number(text),
            Node::String(text) => Self::String(text),
            Node::Array(Extent { items, nodes }) => {
                let (nodes, rest) = rest.split_at_checked(*nodes)?;
                return Some((Self::Array(Elements { count: *items, nodes }), rest));
            }
            Node::Object(Extent { items, nodes }) => {
                let (nodes, rest) = rest.split_at_checked(*nodes)?;
                return Some((Self::Object(Members { count: *items, nodes }), rest));
            }
        };
        Some((scalar, rest))
    }

    /// Its node, and the nodes in its contents.
    pub(super) fn nodes(self) -> (Node<'v>, &'v [Node<'v>]) {
        match self {
            Self::Null => (Node::Null, &[]),
            Self::Bool(bool) => (Node::Bool(bool), &[]),
            Self::Number(text) => (Node::Number(Cow::Borrowed(text)), &[]),
            Self::String(text) => (Node::String(Cow::Borrowed(text)), &[]),
            Self::Array(Elements { count: items, nodes }) => (Node::Array(Extent { items, nodes: nodes.len() }), nodes),
            Self::Object(Members { count: items, nodes }) => {
                (Node::Object(Extent { items, nodes: nodes.len() }), nodes)
            }
        }
    }

    /// Whether it is `null`.
    pub const fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// The members of an object.
    pub const fn as_object(self) -> Option<Members<'v>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of a list.
    pub const fn as_array(self) -> Option<Elements<'v>> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text of a string, a number or a boolean.
    pub const fn scalar(self) -> Option<&'v str> {
        match self {
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(text) | Self::String(text) => Some(text),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// An owned copy of the value.
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => Value::Bool(bool),
            Self::Number(text) => number(text),
            Self::String(text) => Value::String(text.to_owned()),
            Self::Array(elements) => elements.iter().map(Self::to_value).collect(),
            Self::Object(members) => members.iter().map(|(name, value)| (name, value.to_value())).collect(),
        }
    }

    /// Writes it in CloudTrail's format, without whitespace.
    pub fn write(self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(_) | Self::Number(_) => out.push_str(self.scalar().unwrap_or_default()),
            Self::String(text) => quote(text, out),
            Self::Array(elements) => list(['[', ']'], elements.iter(), out, Self::write),
            Self::Object(members) => list(['{', '}'], members.iter(), out, |(name, value), out| {
                quote(name, out);
                out.push(':');
                value.write(out);
            }),
        }
    }
}

/// See [`Json::write`].
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

fn list<I>([open, close]: [char; 2], items: impl Iterator<Item = I>, out: &mut String, write: impl Fn(I, &mut String)) {
    out.push(open);
    for (place, item) in items.enumerate() {
        if place > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

/// Most texts need no escapes and are copied unchanged.
fn quote(text: &str, out: &mut String) {
    if Walk(text.as_bytes()).plain(0) == text.len() {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::from(text).to_string());
    }
}

/// Parses a number that serde wrote. serde's own parser may differ from std's in the last digit.
fn number(text: &str) -> Value {
    let whole = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    whole.unwrap_or_else(|_| text.parse::<f64>().map_or(Value::Null, Value::from))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::Document;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_default()
    }

    #[test]
    fn documents_match_serde_json() {
        let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let numbers = ["0", "-0", "12", "-1", "1.0", "1e3", "1E400", "123456789012345678901", "18446744073709551615"];
        let texts =
            ["{\"a\":1,\"b\":2,\"a\":3}", "{\"\\u0061\":1,\"a\":2}", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", " [ ] "];
        let odd = ["", "nul", "{\"a\":}", "[1,]", "1 2", "\"a\nb\"", "\"\n\"", "{\"a\":[{\"b\":null}],\"é\":\"☃\"}"];
        let deep = [deep(10), deep(100), deep(200)];
        for text in numbers.into_iter().chain(texts).chain(odd).chain(deep.iter().map(String::as_str)) {
            let read = Document::read(text);
            assert_eq!(read.root().to_value(), parsed(text), "{text}");
            assert_eq!(Document::from(parsed(text)), read, "{text}");
            assert_eq!(read.root().to_string(), parsed(text).to_string(), "{text}");
        }
    }

    #[test]
    fn unescaped_strings_and_numbers_are_borrowed() {
        let text = r#"{"plain":"x","escaped":"\n","number":7}"#;
        let read = Document::read(text);
        let is_borrowed = |name: &str| match read.root().as_object().and_then(|members| members.get(name)) {
            Some(Json::String(value) | Json::Number(value)) => text.as_bytes().as_ptr_range().contains(&value.as_ptr()),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(["plain", "escaped", "number"].map(is_borrowed), [true, false, true]);
    }

    proptest! {
        #[test]
        fn random_text_is_parsed_like_serde_json(
            text in r#"\{"a":("([ -~é☃]|\\[\\"nu/x]|\\u[0-9a-f]{4}){0,20}"|-?[0-9]{0,3}(\.[0-9]{0,2})?([eE][+-]?[0-9]{0,3})?|[\[\{\]\}:,"a1tn ]{0,9}|true|null),"[ab]":[0-9]\} ?"#
        ) {
            let read = Document::read(&text);
            prop_assert_eq!(&read.root().to_value(), &parsed(&text));
            prop_assert_eq!(read.root().to_string(), parsed(&text).to_string());
        }
    }
}
