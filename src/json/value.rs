//! A value that borrows its texts. Requests are looked into by the million, and most of what is in them is read once.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde_json::{Number, Value};

use super::walk::{MAX_DEPTH, Walk};

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
        Reader { text, walk: Walk(text.as_bytes()) }.whole().unwrap_or_else(|| {
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

/// An object's members, in order. Of a name that is repeated the last value counts, at the first one's place, as serde
/// has it.
#[derive(Debug, Clone, Default)]
pub struct Members<'t>(Vec<(Cow<'t, str>, Json<'t>)>);

/// So many members are compared with each other; more are sorted first, so that no log can make it slow.
const FEW: usize = 16;

impl<'t> Members<'t> {
    fn new(members: Vec<(Cow<'t, str>, Json<'t>)>) -> Self {
        let members = Self(members);
        if !members.repeat() {
            return members;
        }
        let distinct: IndexMap<Cow<'t, str>, Json<'t>> = members.0.into_iter().collect();
        Self(distinct.into_iter().collect())
    }

    fn repeat(&self) -> bool {
        if self.len() > FEW {
            return self.sorted().windows(2).any(|pair| pair[0].0 == pair[1].0);
        }
        self.names().enumerate().any(|(place, name)| self.names().take(place).any(|other| other == name))
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of the member of that name.
    pub fn get(&self, name: &str) -> Option<&Json<'t>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json<'t>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Sets a member, behind the others if it is new.
    pub fn set(&mut self, name: Cow<'t, str>, value: Json<'t>) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }

    /// The same object without the members whose names do not pass.
    #[must_use]
    pub fn keeping(&self, passes: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| passes(name)).cloned().collect())
    }

    fn sorted(&self) -> Vec<(&str, &Json<'t>)> {
        let mut members: Vec<_> = self.iter().collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        members
    }
}

/// The order of members says nothing.
impl PartialEq for Members<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && if self.names().eq(other.names()) {
                self.iter().eq(other.iter())
            } else {
                self.sorted() == other.sorted()
            }
    }
}

/// Most objects have one member or two, and most lists as many elements; a `Vec` would begin with room for four.
const USUAL: usize = 2;

/// Reads what is to the letter; `None` says that a parser has to look.
#[derive(Clone, Copy)]
struct Reader<'t> {
    text: &'t str,
    walk: Walk<'t>,
}

impl<'t> Reader<'t> {
    fn whole(self) -> Option<Json<'t>> {
        let (value, end) = self.value(self.walk.space(0), 0)?;
        (self.walk.space(end) == self.text.len()).then_some(value)
    }

    /// The value at a place, and where it ends.
    fn value(self, at: usize, depth: usize) -> Option<(Json<'t>, usize)> {
        match self.walk.byte(at)? {
            b'"' => self.string(at).map(|(text, end)| (Json::String(text), end)),
            b'{' if depth < MAX_DEPTH => self.object(at, depth + 1),
            b'[' if depth < MAX_DEPTH => self.array(at, depth + 1),
            b't' => self.walk.word(at, b"true").map(|end| (Json::Bool(true), end)),
            b'f' => self.walk.word(at, b"false").map(|end| (Json::Bool(false), end)),
            b'n' => self.walk.word(at, b"null").map(|end| (Json::Null, end)),
            _ => self.number(at).map(|(text, end)| (Json::Number(text), end)),
        }
    }

    fn object(self, at: usize, depth: usize) -> Option<(Json<'t>, usize)> {
        let mut members = Vec::new();
        let end = self.walk.all(at, b'}', |at| {
            let (name, end) = self.string(at)?;
            let (value, end) = self.value(self.walk.open(self.walk.space(end), b':')?, depth)?;
            if members.is_empty() {
                members.reserve_exact(USUAL);
            }
            members.push((name, value));
            Some(end)
        })?;
        Some((Json::Object(Members::new(members)), end))
    }

    fn array(self, at: usize, depth: usize) -> Option<(Json<'t>, usize)> {
        let mut elements = Vec::new();
        let end = self.walk.all(at, b']', |at| {
            let (value, end) = self.value(at, depth)?;
            if elements.is_empty() {
                elements.reserve_exact(USUAL);
            }
            elements.push(value);
            Some(end)
        })?;
        Some((Json::Array(elements), end))
    }

    fn string(self, at: usize) -> Option<(Cow<'t, str>, usize)> {
        let start = self.walk.word(at, b"\"")?;
        let plain = self.walk.plain(start);
        if self.walk.byte(plain)? == b'"' {
            return Some((Cow::Borrowed(self.text.get(start..plain)?), plain + 1));
        }
        let end = self.walk.string(at)?;
        let unescaped: String = serde_json::from_str(self.text.get(at..end)?).ok()?;
        Some((Cow::Owned(unescaped), end))
    }

    fn number(self, at: usize) -> Option<(Cow<'t, str>, usize)> {
        let end = self.walk.number(at)?;
        let text = self.text.get(at..end)?;
        if is_plain(text) {
            return Some((Cow::Borrowed(text), end));
        }
        let number: Number = serde_json::from_str(text).ok()?;
        Some((Cow::Owned(number.to_string()), end))
    }
}

/// Whether a number is written as serde writes it: a whole one that fits into 64 bits, and has no sign for nothing.
fn is_plain(number: &str) -> bool {
    const LONGEST: usize = 18;
    number.len() <= LONGEST && number != "-0" && !number.contains(['.', 'e', 'E'])
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
    fn many_members_repeat_as_few_do() {
        let members = |count: usize| (0..count).map(|place| format!("\"m{place}\":{place}")).collect::<Vec<_>>();
        let text = format!("{{{},\"m3\":\"last\"}}", members(2 * FEW).join(","));
        assert_eq!(Json::read(&text).to_value().to_string(), parsed(&text).to_string());
    }

    #[test]
    fn order_says_nothing_and_values_do() {
        let read = |text: &'static str| Json::read(text);
        assert_eq!(read(r#"{"a":{"x":1,"y":2},"b":2}"#), read(r#"{"b":2,"a":{"y":2,"x":1}}"#));
        assert_ne!(read(r#"{"a":1,"b":2}"#), read(r#"{"b":1,"a":2}"#));
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1,"b":2}"#));
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
