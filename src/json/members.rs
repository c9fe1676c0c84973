//! The members of an object.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::Json;

/// An object's members, in order. Of a name that is repeated the last value counts, at the first one's place, as serde
/// has it.
#[derive(Debug, Clone, Default)]
pub struct Members<'t>(pub(super) Vec<(Cow<'t, str>, Json<'t>)>);

/// So many members are compared with each other; more are sorted first, so that no log can make it slow.
const FEW: usize = 16;

impl<'t> Members<'t> {
    pub(super) fn new(members: Vec<(Cow<'t, str>, Json<'t>)>) -> Self {
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn many_members_repeat_as_few_do() {
        let members = |count: usize| (0..count).map(|place| format!("\"m{place}\":{place}")).collect::<Vec<_>>();
        let text = format!("{{{},\"m3\":\"last\"}}", members(2 * FEW).join(","));
        assert_eq!(Json::read(&text).to_value().to_string(), serde_json::from_str::<Value>(&text).unwrap().to_string());
    }

    #[test]
    fn order_says_nothing_and_values_do() {
        let read = |text: &'static str| Json::read(text);
        assert_eq!(read(r#"{"a":{"x":1,"y":2},"b":2}"#), read(r#"{"b":2,"a":{"y":2,"x":1}}"#));
        assert_ne!(read(r#"{"a":1,"b":2}"#), read(r#"{"b":1,"a":2}"#));
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1,"b":2}"#));
    }
}
