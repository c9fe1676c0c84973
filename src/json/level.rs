//! One level of a JSON object, read in one pass: the requested members and all other members, as raw text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::walk::object;

/// An object's members, undecoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level<'a, const N: usize> {
    /// The requested members, in the order of the request. If a member is repeated, the last one counts.
    pub known: [Option<&'a str>; N],
    /// Every other member, in the order of the text.
    pub rest: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a, const N: usize> Level<'a, N> {
    /// Reads an object's text. This is fastest if `names` are in their usual order.
    ///
    /// # Errors
    /// The text is not a JSON object.
    pub fn read(json: &'a str, names: &[&str; N]) -> Result<Self, serde_json::Error> {
        if let Some(level) = Self::walk(json, names) {
            return Ok(level);
        }
        let mut parser = serde_json::Deserializer::from_str(json);
        let level = LevelReader::new(names).deserialize(&mut parser)?;
        parser.end()?;
        Ok(level)
    }

    /// The common case: nothing surrounds the object, and nothing in it needs a full parser.
    fn walk(json: &'a str, names: &[&str; N]) -> Option<Self> {
        let mut pass = LevelReader::new(names);
        let end = object(json, 0, |name, value| pass.take(Cow::Borrowed(name), value))?;
        (end == json.len()).then_some(pass.level)
    }
}

/// Takes the members of an object one by one.
#[derive(Debug)]
pub struct LevelReader<'a, 'n, const N: usize> {
    names: &'n [&'n str; N],
    /// The index of the name to try first: `CloudTrail` writes members in a fixed order.
    hint: usize,
    level: Level<'a, N>,
}

impl<'a, 'n, const N: usize> LevelReader<'a, 'n, N> {
    /// No members yet.
    pub const fn new(names: &'n [&'n str; N]) -> Self {
        Self { names, hint: 0, level: Level { known: [None; N], rest: Vec::new() } }
    }

    /// The members.
    pub fn finish(self) -> Level<'a, N> {
        self.level
    }

    /// Takes a member: its name without escapes, and the text of its value.
    pub fn take(&mut self, name: Cow<'a, str>, value: &'a str) {
        if let Some(place) = self.place(&name) {
            self.level.known[place] = Some(value);
            self.hint = place + 1;
        } else {
            self.level.rest.push((name, value));
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        let (before, after) = self.names.split_at(self.hint);
        let found = after.iter().position(|known| *known == name).map(|place| place + self.hint);
        found.or_else(|| before.iter().position(|known| *known == name))
    }
}

impl<'de, const N: usize> DeserializeSeed<'de> for LevelReader<'de, '_, N> {
    type Value = Level<'de, N>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for LevelReader<'de, '_, N> {
    type Value = Level<'de, N>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self::Value, A::Error> {
        while let Some(MemberName(name)) = members.next_key()? {
            self.take(name, members.next_value::<&'de RawValue>()?.get());
        }
        Ok(self.level)
    }
}

/// A member's name, borrowed unless it contains escapes.
#[derive(Debug)]
pub struct MemberName<'a>(pub Cow<'a, str>);

impl<'de> Deserialize<'de> for MemberName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = MemberName<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a member's name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(MemberName(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(MemberName(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a, const N: usize>(level: &Level<'a, N>) -> Vec<Option<&'a str>> {
        level.known.to_vec()
    }

    #[test]
    fn members_are_found_in_any_order_and_others_are_kept() {
        let level = Level::read(r#"{"c": 3, "x": [1, 2], "a": {"b": null}}"#, &["a", "b", "c"]).unwrap();
        assert_eq!(texts(&level), [Some(r#"{"b": null}"#), None, Some("3")]);
        assert_eq!(level.rest.len(), 1);
        assert_eq!((level.rest[0].0.as_ref(), level.rest[0].1), ("x", "[1, 2]"));
    }

    #[test]
    fn last_duplicate_member_wins() {
        let level = Level::read(r#"{"a": 1, "a": 2}"#, &["a"]).unwrap();
        assert_eq!(texts(&level), [Some("2")]);
    }

    #[test]
    fn member_names_are_case_sensitive() {
        let level = Level::read(r#"{"sourceIPAddress": 1, "sourceIpAddress": 2}"#, &["sourceIPAddress"]).unwrap();
        assert_eq!(texts(&level), [Some("1")]);
        assert_eq!(level.rest[0].0, "sourceIpAddress");
    }

    #[test]
    fn escaped_names_are_unescaped() {
        let level = Level::read(r#"{"\u0061": 1, "\u0062": 2}"#, &["a"]).unwrap();
        assert_eq!(texts(&level), [Some("1")]);
        assert_eq!(level.rest[0].0, "b");
    }

    #[test]
    fn trailing_text_is_rejected() {
        assert!(Level::read(r#"{"a": 1} {"a": 2}"#, &["a"]).is_err());
    }
}
