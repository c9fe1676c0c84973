//! A value that borrows its texts. Requests are looked into by the million, and most of what is in them is read once.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::Members;
use super::reader::Reader;
use super::walk::Walk;

/// A JSON value. It says the same as serde's, which reads what the walk leaves to a parser.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json<'t> {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as serde writes it: `1`, `-0.5`, `1e+30`.
    Number(Cow<'t, str>),
    /// A string without its escapes.
    String(Cow<'t, str>),
    /// A list.
    Array(Vec<Json<'t>>),
    /// An object.
    Object(Members<'t>),
}

impl<'t> Json<'t> {
    /// The value of a text; `Null` if it is no JSON.
    pub fn read(text: &'t str) -> Self {
        Reader::new(text).whole().unwrap_or_else(|| {
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            value.into()
        })
    }

    /// Whether it is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The members of an object.
    pub const fn as_object(&self) -> Option<&Members<'t>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text of a string, a number or a boolean.
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(text) | Self::String(text) => Some(text),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The same value, owned.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Number(text) => number(text),
            Self::String(text) => Value::String(text.to_string()),
            Self::Array(elements) => elements.iter().map(Self::to_value).collect(),
            Self::Object(members) => members.iter().map(|(name, value)| (name, value.to_value())).collect(),
        }
    }
}

/// As CloudTrail writes it, without white space.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => write!(f, "{bool}"),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => quote(text, f),
            Self::Array(elements) => list(f, ['[', ']'], elements, fmt::Display::fmt),
            Self::Object(members) => list(f, ['{', '}'], &members.0, |(name, value), f| {
                quote(name, f)?;
                write!(f, ":{value}")
            }),
        }
    }
}

fn list<'i, I>(
    f: &mut fmt::Formatter<'_>,
    [open, close]: [char; 2],
    items: &'i [I],
    write: impl Fn(&'i I, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    write!(f, "{open}")?;
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            f.write_str(",")?;
        }
        write(item, f)?;
    }
    write!(f, "{close}")
}

/// Most texts need no escapes, and stand between quotes as they are.
fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if Walk(text.as_bytes()).plain(0) == text.len() {
        return write!(f, "\"{text}\"");
    }
    f.write_str(&Value::from(text).to_string())
}

/// The number of a text that serde wrote. Its own way back may end beside a fraction that std's meets.
fn number(text: &str) -> Value {
    let whole = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    whole.unwrap_or_else(|_| text.parse::<f64>().map_or(Value::Null, Value::from))
}

impl From<Value> for Json<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(bool),
            Value::Number(number) => Self::Number(number.to_string().into()),
            Value::String(text) => Self::String(text.into()),
            Value::Array(elements) => Self::Array(elements.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(Members(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_default()
    }

    #[test]
    fn it_says_what_a_parser_says() {
        let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let numbers = ["0", "-0", "12", "-1", "1.0", "1e3", "1E400", "123456789012345678901", "18446744073709551615"];
        let texts =
            ["{\"a\":1,\"b\":2,\"a\":3}", "{\"\\u0061\":1,\"a\":2}", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", " [ ] "];
        let odd = ["", "nul", "{\"a\":}", "[1,]", "1 2", "\"a\nb\"", "\"\n\"", "{\"a\":[{\"b\":null}],\"é\":\"☃\"}"];
        let deep = [deep(10), deep(100), deep(200)];
        for text in numbers.into_iter().chain(texts).chain(odd).chain(deep.iter().map(String::as_str)) {
            assert_eq!(Json::read(text).to_value(), parsed(text), "{text}");
            assert_eq!(Json::from(parsed(text)), Json::read(text), "{text}");
            assert_eq!(Json::read(text).to_string(), parsed(text).to_string(), "{text}");
        }
    }

    #[test]
    fn texts_stay_where_they_are() {
        let read = Json::read(r#"{"plain":"x","escaped":"\n","number":7}"#);
        let is_borrowed = |name: &str| match read.as_object().and_then(|members| members.get(name)) {
            Some(Json::String(text) | Json::Number(text)) => matches!(text, Cow::Borrowed(_)),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(["plain", "escaped", "number"].map(is_borrowed), [true, false, true]);
    }

    proptest! {
        #[test]
        fn no_text_is_read_otherwise_than_by_a_parser(
            text in r#"\{"a":("([ -~é☃]|\\[\\"nu/x]|\\u[0-9a-f]{4}){0,20}"|-?[0-9]{0,3}(\.[0-9]{0,2})?([eE][+-]?[0-9]{0,3})?|[\[\{\]\}:,"a1tn ]{0,9}|true|null),"[ab]":[0-9]\} ?"#
        ) {
            let read = Json::read(&text);
            prop_assert_eq!(&read.to_value(), &parsed(&text));
            prop_assert_eq!(read.to_string(), parsed(&text).to_string());
        }
    }
}
