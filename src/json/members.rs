//! The contents of a list or an object.

use super::Json;
use super::document::Node;

/// A list's elements, in order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Elements<'v> {
    pub(super) count: usize,
    pub(super) nodes: &'v [Node<'v>],
}

/// An object's members, in order. If a name is repeated, the last value counts, at the position of the first, as in
/// serde.
#[derive(Debug, Clone, Copy, Default)]
pub struct Members<'v> {
    pub(super) count: usize,
    pub(super) nodes: &'v [Node<'v>],
}

/// The maximum number of members that are compared pairwise. Larger objects are sorted first, so that no input can make
/// this slow.
const FEW: usize = 16;

impl<'v> Elements<'v> {
    /// The number of items.
    pub const fn len(self) -> usize {
        self.count
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The element at this position, counted from 0.
    pub fn get(self, place: usize) -> Option<Json<'v>> {
        self.iter().nth(place)
    }

    /// The elements, in order.
    pub fn iter(self) -> impl Iterator<Item = Json<'v>> {
        let mut nodes = self.nodes;
        std::iter::from_fn(move || {
            let (element, rest) = Json::first(nodes)?;
            nodes = rest;
            Some(element)
        })
    }
}

impl<'v> Members<'v> {
    /// The number of items.
    pub const fn len(self) -> usize {
        self.count
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The value of the member with this name.
    pub fn get(self, name: &str) -> Option<Json<'v>> {
        let mut nodes = self.nodes;
        while let [Node::String(known), value, ..] = nodes {
            if known == name {
                return Json::first(&nodes[1..]).map(|(value, _)| value);
            }
            nodes = nodes.get(1 + value.size()..)?;
        }
        None
    }

    /// The names, in order.
    pub fn names(self) -> impl Iterator<Item = &'v str> {
        let mut nodes = self.nodes;
        std::iter::from_fn(move || match nodes {
            [Node::String(name), value, ..] => {
                nodes = nodes.get(1 + value.size()..)?;
                Some(name.as_ref())
            }
            _ => None,
        })
    }

    /// Names and values, in order.
    pub fn iter(self) -> impl Iterator<Item = (&'v str, Json<'v>)> {
        let mut nodes = self.nodes;
        std::iter::from_fn(move || {
            let (name, rest) = nodes.split_first()?;
            let (value, rest) = Json::first(rest)?;
            nodes = rest;
            match name {
                Node::String(name) => Some((name.as_ref(), value)),
                _ => None,
            }
        })
    }

    /// Whether a name is repeated.
    pub(super) fn repeat(self) -> bool {
        match self.count {
            0 | 1 => false,
            2..=FEW => {
                self.names().enumerate().any(|(place, name)| self.names().take(place).any(|other| other == name))
            }
            _ => self.sorted().windows(2).any(|pair| pair[0].0 == pair[1].0),
        }
    }

    fn sorted(self) -> Vec<(&'v str, Json<'v>)> {
        let mut members: Vec<_> = self.iter().collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        members
    }
}

impl PartialEq for Elements<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

/// The order of members is irrelevant.
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::json::Document;

    #[test]
    fn duplicate_member_in_large_object_matches_serde_json() {
        let members = |count: usize| (0..count).map(|place| format!("\"m{place}\":{place}")).collect::<Vec<_>>();
        let text = format!("{{{},\"m3\":\"last\"}}", members(2 * FEW).join(","));
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(Document::read(&text).root().to_value().to_string(), parsed.to_string());
    }

    #[test]
    fn equality_ignores_member_order() {
        let read = |text: &'static str| Document::read(text);
        assert_eq!(read(r#"{"a":{"x":1,"y":2},"b":2}"#), read(r#"{"b":2,"a":{"y":2,"x":1}}"#));
        assert_ne!(read(r#"{"a":1,"b":2}"#), read(r#"{"b":1,"a":2}"#));
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1,"b":2}"#));
    }

    #[test]
    fn nested_values_are_skipped() {
        let read = Document::read(r#"{"a":[[1,{"b":2}],[],3],"c":{"d":{}},"e":"f"}"#);
        let members = read.root().as_object().unwrap();
        assert_eq!(members.names().collect::<Vec<_>>(), ["a", "c", "e"]);
        let list = members.get("a").and_then(Json::as_array).unwrap();
        assert_eq!((list.len(), list.get(2), list.get(3)), (3, Some(Json::Number("3")), None));
        let built = Document::object(&[("x", members.get("a").unwrap()), ("y", Json::Null)]);
        assert_eq!(built.root().to_string(), r#"{"x":[[1,{"b":2}],[],3],"y":null}"#);
    }
}
