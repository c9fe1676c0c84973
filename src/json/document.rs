//! A text, read: all of its values one after another in one list, so that reading takes memory once, however much is
//! nested.

use std::borrow::Cow;

use serde_json::Value;

use super::Json;

/// What a JSON text says. It says the same as serde's, which reads what the walk leaves to a parser.
#[derive(Debug, Clone, Default)]
pub struct Document<'t>(pub(super) Vec<Node<'t>>);

/// One value; what is in a list or an object stands right behind it, each member's name before its value.
#[derive(Debug, Clone)]
pub(super) enum Node<'t> {
    Null,
    Bool(bool),
    /// As serde writes it.
    Number(Cow<'t, str>),
    /// A string or a name, without its escapes.
    String(Cow<'t, str>),
    Array(Extent),
    Object(Extent),
}

/// How much is in a list or an object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Elements, or members.
    pub(super) items: usize,
    /// The nodes of all of them, and of what is in them.
    pub(super) nodes: usize,
}

impl Node<'_> {
    /// How many nodes it is, with those of what is in it.
    pub(super) const fn size(&self) -> usize {
        match self {
            Self::Array(extent) | Self::Object(extent) => 1 + extent.nodes,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 1,
        }
    }
}

impl<'t> Document<'t> {
    /// An object of these members, whose names are distinct.
    pub fn object(members: &[(&'t str, Json<'t>)]) -> Self {
        let mut document = Self(vec![Node::Null]);
        for (name, value) in members {
            document.0.push(Node::String(Cow::Borrowed(name)));
            document.push(*value);
        }
        document.0[0] = Node::Object(Extent { items: members.len(), nodes: document.0.len() - 1 });
        document
    }

    /// The value of it all.
    #[inline]
    pub fn root(&self) -> Json<'_> {
        Json::first(&self.0).map_or(Json::Null, |(value, _)| value)
    }

    fn push(&mut self, value: Json<'t>) {
        let (node, below) = value.nodes();
        self.0.push(node);
        self.0.extend_from_slice(below);
    }

    /// Adds what stands in a list or an object, and says before it how much that is.
    fn enclose(&mut self, items: usize, node: fn(Extent) -> Node<'t>, add: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.0.push(Node::Null);
        add(self);
        self.0[start] = node(Extent { items, nodes: self.0.len() - start - 1 });
    }

    fn push_parsed(&mut self, value: Value) {
        match value {
            Value::Null => self.0.push(Node::Null),
            Value::Bool(bool) => self.0.push(Node::Bool(bool)),
            Value::Number(number) => self.0.push(Node::Number(number.to_string().into())),
            Value::String(text) => self.0.push(Node::String(text.into())),
            Value::Array(elements) => self.enclose(elements.len(), Node::Array, |document| {
                for element in elements {
                    document.push_parsed(element);
                }
            }),
            Value::Object(members) => self.enclose(members.len(), Node::Object, |document| {
                for (name, value) in members {
                    document.0.push(Node::String(name.into()));
                    document.push_parsed(value);
                }
            }),
        }
    }
}

impl From<Value> for Document<'_> {
    fn from(value: Value) -> Self {
        let mut document = Self::default();
        document.push_parsed(value);
        document
    }
}

impl<'t> From<Json<'t>> for Document<'t> {
    fn from(value: Json<'t>) -> Self {
        let mut document = Self::default();
        document.push(value);
        document
    }
}

/// The order of members says nothing.
impl PartialEq for Document<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}
