//! From a text to a value, where the text is to the letter.

use std::borrow::Cow;

use serde_json::Number;

use super::walk::{MAX_DEPTH, Walk};
use super::{Json, Members};

/// Most objects have one member or two, and most lists as many elements; a `Vec` would begin with room for four.
const USUAL: usize = 2;

/// Reads what is to the letter; `None` says that a parser has to look.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    text: &'t str,
    walk: Walk<'t>,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, walk: Walk(text.as_bytes()) }
    }

    pub(super) fn whole(self) -> Option<Json<'t>> {
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
