//! A parsed text. All values are in one list, so that parsing allocates memory once, regardless of nesting.

use std::borrow::Cow;

use serde_json::Value;

use super::Json;

/// A parsed JSON text. The values are the same as serde's. Whatever the fast path cannot parse is parsed by serde.
#[derive(Debug, Clone, Default)]
pub struct Document<'t>(pub(super) Vec<Node<'t>>);

/// One value. The contents of a list or an object follow it, with each member's name before its value.
#[derive(Debug, Clone)]
pub(super) enum Node<'t> {
    Null,
    Bool(bool),
    /// In the form that serde writes.
    Number(Cow<'t, str>),
    /// A string or a name, without its escapes.
    String(Cow<'t, str>),
    Array(Extent),
    Object(Extent),
}

/// The size of a list or an object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Elements, or members.
    pub(super) items: usize,
    /// The number of nodes in all of them, including their contents.
    pub(super) nodes: usize,
}

impl Node<'_> {
    /// The number of nodes, including those in its contents.
    pub(super) const fn size(&self) -> usize {
        match self {
            Self::Array(extent) | Self::Object(extent) => 1 + extent.nodes,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 1,
        }
    }
}

impl<'t> Document<'t> {
    /// An object with these members, whose names are distinct.
    pub fn object(members: &[(&'t str, Json<'t>)]) -> Self {
        let mut document = Self(vec![Node::Null]);
        for (name, value) in members {
            document.0.push(Node::String(Cow::Borrowed(name)));
            document.push(*value);
        }
        document.0[0] = Node::Object(Extent { items: members.len(), nodes: document.0.len() - 1 });
        document
    }

    /// The root value.
    #[inline]
    pub fn root(&self) -> Json<'_> {
        Json::first(&self.0).map_or(Json::Null, |(value, _)| value)
    }

    fn push(&mut self, value: Json<'t>) {
        let (node, below) = value.nodes();
        self.0.push(node);
        self.0.extend_from_slice(below);
    }

    /// Adds the contents of a list or an object, preceded by its size.
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

/// The order of members is irrelevant.
impl PartialEq for Document<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}
