//! Shape conditions on values in a request, a response or the user agent.

use super::path::Path;
use super::schema::{ConditionToml, TestToml};
use crate::json::Json;

/// A compiled condition. Scalars are compared as text, so `1000` equals `"1000"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Equals this text.
    Equals(String),
    /// Starts with this text.
    StartsWith(String),
    /// Ends with this text.
    EndsWith(String),
    /// Contains this text.
    Contains(String),
    /// Equals one of these texts.
    OneOf(Vec<String>),
    /// Consists of this many decimal digits.
    Digits(usize),
    /// Is a list with at least this many elements.
    AtLeast(usize),
    /// Is absent, null, or empty.
    Empty,
    /// Is present.
    Present,
}

impl Condition {
    /// Compiles a condition from a rule file.
    ///
    /// # Errors
    /// Returns a message with what was expected.
    pub fn compile(toml: &ConditionToml) -> Result<Self, String> {
        match toml {
            ConditionToml::Equals(value) => scalar_text(value)
                .map(Self::Equals)
                .ok_or_else(|| "expected a string, a number, a boolean or a table of tests".to_owned()),
            ConditionToml::Test(test) => Self::from_test(test),
        }
    }

    fn from_test(test: &TestToml) -> Result<Self, String> {
        let stated = [
            test.equals.clone().map(Self::Equals),
            test.starts_with.clone().map(Self::StartsWith),
            test.ends_with.clone().map(Self::EndsWith),
            test.contains.clone().map(Self::Contains),
            test.one_of.clone().map(Self::OneOf),
            test.digits.map(Self::Digits),
            test.at_least.map(Self::AtLeast),
            test.empty.filter(|empty| *empty).map(|_| Self::Empty),
            test.present.filter(|present| *present).map(|_| Self::Present),
        ];
        let mut stated = stated.into_iter().flatten();
        match (stated.next(), stated.next()) {
            (Some(condition), None) => Ok(condition),
            _ => Err("expected exactly one test, such as `{ starts_with = \"i-\" }`".to_owned()),
        }
    }

    /// Whether the value at `path` in `root` satisfies the condition. In a list, one element must.
    pub fn holds(&self, path: &Path, root: Json<'_>) -> bool {
        match self {
            Self::Empty => !path.any(root, &mut |value| !is_empty(value)),
            Self::Present => path.any(root, &mut |value| !value.is_null()),
            Self::AtLeast(count) => {
                path.any(root, &mut |value| value.as_array().is_some_and(|list| list.len() >= *count))
            }
            _ => path.any(root, &mut |value| self.holds_for(value)),
        }
    }

    fn holds_for(&self, value: Json<'_>) -> bool {
        match value {
            Json::Array(elements) => elements.iter().any(|element| self.holds_for(element)),
            other => other.scalar().is_some_and(|text| self.holds_for_text(text)),
        }
    }

    /// Whether a text satisfies the condition.
    pub fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Self::Equals(expected) => text == expected,
            Self::StartsWith(start) => text.starts_with(start.as_str()),
            Self::EndsWith(end) => text.ends_with(end.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
            Self::OneOf(choices) => choices.iter().any(|choice| choice == text),
            Self::Digits(count) => text.len() == *count && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Present => true,
            Self::Empty => text.is_empty(),
            Self::AtLeast(_) => false,
        }
    }

    /// How much more specific this makes a shape.
    pub const fn weight(&self) -> u32 {
        match self {
            Self::Equals(_) | Self::OneOf(_) => 4,
            Self::StartsWith(_) | Self::EndsWith(_) | Self::Contains(_) | Self::Digits(_) | Self::AtLeast(_) => 3,
            Self::Empty | Self::Present => 2,
        }
    }

    /// A description in words, for `rules show`.
    pub fn describe(&self) -> String {
        match self {
            Self::Equals(text) => format!("is {text}"),
            Self::StartsWith(text) => format!("starts with {text}"),
            Self::EndsWith(text) => format!("ends with {text}"),
            Self::Contains(text) => format!("contains {text}"),
            Self::OneOf(texts) => format!("is one of {}", texts.join(", ")),
            Self::Digits(count) => format!("is {count} digits"),
            Self::AtLeast(count) => format!("has at least {count} elements"),
            Self::Empty => "is empty".to_owned(),
            Self::Present => "exists".to_owned(),
        }
    }
}

/// Converts a scalar from a rule file to the text that values are compared with.
pub fn scalar_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => Some(value.to_string()),
        _ => None,
    }
}

fn is_empty(value: Json<'_>) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(elements) => elements.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::Document;

    fn holds(condition: &Condition, path: &str, value: &Value) -> bool {
        condition.holds(&Path::parse(path).unwrap(), Document::from(value.clone()).root())
    }

    #[test]
    fn numbers_and_texts_are_compared_as_text() {
        let thousand = Condition::Equals("1000".into());
        assert!(holds(&thousand, "max", &json!({"max": 1000})));
        assert!(holds(&thousand, "max", &json!({"max": "1000"})));
        assert!(!holds(&thousand, "max", &json!({"max": 100})));
    }

    #[test]
    fn empty_matches_absent_null_and_empty_values() {
        for value in [json!({}), json!({"set": null}), json!({"set": {}}), json!({"set": []}), json!({"set": ""})] {
            assert!(holds(&Condition::Empty, "set", &value), "{value}");
        }
        assert!(!holds(&Condition::Empty, "set", &json!({"set": {"a": 1}})));
    }

    #[test]
    fn one_matching_list_element_is_enough() {
        let value = json!({"ids": ["x-1", "i-1"]});
        assert!(holds(&Condition::StartsWith("i-".into()), "ids", &value));
        assert!(!holds(&Condition::AtLeast(3), "ids", &value));
        assert!(holds(&Condition::Digits(12), "owner", &json!({"owner": "111122223333"})));
    }
}
