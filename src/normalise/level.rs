//! One level of a JSON object, read in one pass: members asked for by name, and the rest, all as raw text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's members, undecoded.
#[derive(Debug)]
pub(super) struct Level<'a, const N: usize> {
    /// The members asked for, in the order they were asked for. Of a repeated member the last counts.
    pub(super) known: [Option<&'a RawValue>; N],
    /// Every other member, in the order of the text.
    pub(super) rest: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a, const N: usize> Level<'a, N> {
    /// Reads an object's text; `names` in the order they usually come in are found soonest.
    pub(super) fn read(json: &'a str, names: &[&str; N]) -> Result<Self, serde_json::Error> {
        let mut parser = serde_json::Deserializer::from_str(json);
        let level = Pass { names }.deserialize(&mut parser)?;
        parser.end()?;
        Ok(level)
    }
}

struct Pass<'n, const N: usize> {
    names: &'n [&'n str; N],
}

impl<const N: usize> Pass<'_, N> {
    /// The place of `key` among the names, looking from `hint` on: `CloudTrail` writes members in one order.
    fn place(&self, key: &str, hint: usize) -> Option<usize> {
        let found = self.names[hint..].iter().position(|name| *name == key).map(|index| index + hint);
        found.or_else(|| self.names[..hint].iter().position(|name| *name == key))
    }
}

impl<'de, const N: usize> DeserializeSeed<'de> for Pass<'_, N> {
    type Value = Level<'de, N>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Pass<'_, N> {
    type Value = Level<'de, N>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut level = Level { known: [None; N], rest: Vec::new() };
        let mut hint = 0;
        while let Some(Key(key)) = members.next_key()? {
            let raw = members.next_value::<&'de RawValue>()?;
            if let Some(place) = self.place(&key, hint) {
                level.known[place] = Some(raw);
                hint = place + 1;
            } else {
                level.rest.push((key, raw));
            }
        }
        Ok(level)
    }
}

/// A member's name, borrowed unless it is written with escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a member's name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a, const N: usize>(level: &Level<'a, N>) -> Vec<Option<&'a str>> {
        level.known.iter().map(|raw| raw.map(RawValue::get)).collect()
    }

    #[test]
    fn members_are_found_in_any_order_and_the_rest_is_kept() {
        let level = Level::read(r#"{"c": 3, "x": [1, 2], "a": {"b": null}}"#, &["a", "b", "c"]).unwrap();
        assert_eq!(texts(&level), [Some(r#"{"b": null}"#), None, Some("3")]);
        assert_eq!(level.rest.len(), 1);
        assert_eq!((level.rest[0].0.as_ref(), level.rest[0].1.get()), ("x", "[1, 2]"));
    }

    #[test]
    fn of_a_repeated_member_the_last_counts() {
        let level = Level::read(r#"{"a": 1, "a": 2}"#, &["a"]).unwrap();
        assert_eq!(texts(&level), [Some("2")]);
    }

    #[test]
    fn names_that_differ_by_case_alone_are_two_members() {
        let level = Level::read(r#"{"sourceIPAddress": 1, "sourceIpAddress": 2}"#, &["sourceIPAddress"]).unwrap();
        assert_eq!(texts(&level), [Some("1")]);
        assert_eq!(level.rest[0].0, "sourceIpAddress");
    }

    #[test]
    fn an_escaped_name_is_the_name_it_spells() {
        let level = Level::read(r#"{"\u0061": 1, "\u0062": 2}"#, &["a"]).unwrap();
        assert_eq!(texts(&level), [Some("1")]);
        assert_eq!(level.rest[0].0, "b");
    }

    #[test]
    fn trailing_text_is_no_object() {
        assert!(Level::read(r#"{"a": 1} {"a": 2}"#, &["a"]).is_err());
    }
}
