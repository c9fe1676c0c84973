//! Parses a text into a document if the text is in the common form.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::document::{Extent, Node};
use super::walk::{MAX_DEPTH, Walk};
use super::{Document, Members};

/// The average size of a value in a text, in bytes, used to allocate the list of values in one step. A long text may be
/// one long string, so the initial allocation is limited.
const BYTES: usize = 12;
const ROOM: std::ops::RangeInclusive<usize> = 4..=64;

impl<'t> Document<'t> {
    /// Parses a text; `null` if it is not JSON.
    pub fn read(text: &'t str) -> Self {
        Self::read_once(text).0
    }

    /// Like [`Document::read`], but also returns a canonical text if this text is unusual: a name may be repeated in an
    /// object, in which case some parsers use the first value and others the last.
    pub fn read_once(text: &'t str) -> (Self, Option<String>) {
        if text.is_empty() {
            return (Self::default(), None);
        }
        if let Some(document) = Reader::new(text).whole() {
            return (document, None);
        }
        let value: Option<Value> = serde_json::from_str(text).ok();
        let text = value.as_ref().map(Value::to_string);
        (value.unwrap_or_default().into(), text)
    }
}

/// Parses the common form; `None` means that a full parser is needed.
pub(super) struct Reader<'t> {
    text: &'t str,
    walk: Walk<'t>,
    nodes: Vec<Node<'t>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let room = (text.len() / BYTES).clamp(*ROOM.start(), *ROOM.end());
        Self { text, walk: Walk(text.as_bytes()), nodes: Vec::with_capacity(room) }
    }

    pub(super) fn whole(mut self) -> Option<Document<'t>> {
        let end = self.value(self.walk.space(0), 0)?;
        (self.walk.space(end) == self.text.len()).then_some(Document(self.nodes))
    }

    /// Parses the value at an offset; returns where it ends.
    fn value(&mut self, at: usize, depth: usize) -> Option<usize> {
        let (node, end) = match self.walk.byte(at)? {
            b'"' => return self.string(at),
            b'{' if depth < MAX_DEPTH => return self.object(at, depth + 1),
            b'[' if depth < MAX_DEPTH => return self.array(at, depth + 1),
            b't' => (Node::Bool(true), self.walk.word(at, b"true")?),
            b'f' => (Node::Bool(false), self.walk.word(at, b"false")?),
            b'n' => (Node::Null, self.walk.word(at, b"null")?),
            _ => self.number(at)?,
        };
        self.nodes.push(node);
        Some(end)
    }

    fn object(&mut self, at: usize, depth: usize) -> Option<usize> {
        let (start, mut items, walk) = (self.nodes.len(), 0, self.walk);
        let mut names = Names::default();
        self.nodes.push(Node::Null);
        let end = walk.all(at, b'}', |at| {
            items += 1;
            let end = self.string(at)?;
            names.add(self.nodes.last());
            self.value(walk.open(walk.space(end), b':')?, depth)
        })?;
        let nodes = self.nodes.get(start + 1..)?;
        // For repeated names, a full parser decides which value counts.
        if names.may_repeat && (Members { count: items, nodes }).repeat() {
            return None;
        }
        self.nodes[start] = Node::Object(Extent { items, nodes: nodes.len() });
        Some(end)
    }

    fn array(&mut self, at: usize, depth: usize) -> Option<usize> {
        let (start, mut items, walk) = (self.nodes.len(), 0, self.walk);
        self.nodes.push(Node::Null);
        let end = walk.all(at, b']', |at| {
            items += 1;
            self.value(at, depth)
        })?;
        self.nodes[start] = Node::Array(Extent { items, nodes: self.nodes.len() - start - 1 });
        Some(end)
    }

    /// A string, or a member's name.
    fn string(&mut self, at: usize) -> Option<usize> {
        let start = self.walk.word(at, b"\"")?;
        let plain = self.walk.plain(start);
        if self.walk.byte(plain)? != b'"' {
            return self.escaped(at);
        }
        self.nodes.push(Node::String(Cow::Borrowed(self.text.get(start..plain)?)));
        Some(plain + 1)
    }

    #[cold]
    fn escaped(&mut self, at: usize) -> Option<usize> {
        let end = self.walk.string(at)?;
        let unescaped: String = serde_json::from_str(self.text.get(at..end)?).ok()?;
        self.nodes.push(Node::String(Cow::Owned(unescaped)));
        Some(end)
    }

    fn number(&self, at: usize) -> Option<(Node<'t>, usize)> {
        let end = self.walk.number(at)?;
        let text = self.text.get(at..end)?;
        if is_plain(text) {
            return Some((Node::Number(Cow::Borrowed(text)), end));
        }
        let number: Number = serde_json::from_str(text).ok()?;
        Some((Node::Number(Cow::Owned(number.to_string())), end))
    }
}

/// The names in an object as a 64-bit filter: equal names share a bit, different names rarely do.
#[derive(Default)]
struct Names {
    bits: u64,
    may_repeat: bool,
}

impl Names {
    fn add(&mut self, name: Option<&Node<'_>>) {
        let Some(Node::String(name)) = name else { return };
        let (first, last) = (name.bytes().next().unwrap_or_default(), name.bytes().next_back().unwrap_or_default());
        let bit = 1 << ((name.len() as u64 ^ u64::from(first) << 2 ^ u64::from(last)) % u64::from(u64::BITS));
        self.may_repeat |= self.bits & bit != 0;
        self.bits |= bit;
    }
}

/// Whether a number is written the way serde writes it: an integer that fits into 64 bits, without a redundant sign.
fn is_plain(number: &str) -> bool {
    const LONGEST: usize = 18;
    number.len() <= LONGEST && number != "-0" && !number.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}
