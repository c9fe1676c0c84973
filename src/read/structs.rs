//! Structs in the text form that Athena and CloudTrail Lake use: `{type=IAMUser, arn=arn:…, sessioncontext=null}`.
//!
//! The format does not use quotes, so a value that contains `, name=` is cut there. Brackets within a value are
//! balanced.

use serde_json::{Map, Value};

/// The maximum depth of structs and lists. Anything deeper stays text.
const MAX_DEPTH: usize = 16;

/// Parses a text that is a struct or a list of structs; `None` for any other text.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.starts_with('{') { object(text, 0) } else { list(text, 0) }
}

/// A value in the form that such a table uses. There are no quotes, so numbers and texts look alike.
fn text(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether `poor` is the result of a table converting `full` to text.
#[must_use]
pub fn is_read_from_text_of(poor: &Value, full: &Value) -> bool {
    poor != full && (full.is_object() || full.is_array()) && parse(&text(full)).as_ref() == Some(poor)
}

fn object(text: &str, depth: usize) -> Option<Value> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.trim().is_empty() {
        return Some(Value::Object(Map::new()));
    }
    let mut members = Map::new();
    for part in parts(inner, true)? {
        let (name, value) = part.split_once('=')?;
        members.insert(name.trim().to_owned(), value_of(value.trim(), depth + 1));
    }
    Some(Value::Object(members))
}

fn list(text: &str, depth: usize) -> Option<Value> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if inner.trim().is_empty() {
        return Some(Value::Array(Vec::new()));
    }
    Some(parts(inner, false)?.into_iter().map(|part| value_of(part.trim(), depth + 1)).collect())
}

fn value_of(text: &str, depth: usize) -> Value {
    let nested = match text.as_bytes().first() {
        Some(b'{') if depth < MAX_DEPTH => {
            serde_json::from_str(text).ok().filter(Value::is_object).or_else(|| object(text, depth))
        }
        Some(b'[') if depth < MAX_DEPTH => {
            serde_json::from_str(text).ok().filter(Value::is_array).or_else(|| list(text, depth))
        }
        _ if text == "null" => Some(Value::Null),
        _ => None,
    };
    nested.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The parts between commas outside brackets; in a struct, only commas before the name of a member count.
fn parts(text: &str, named: bool) -> Option<Vec<&str>> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 && (!named || is_named(&text[at + 1..])) => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    let whole = depth == 0 && (!named || parts.iter().all(|part| is_named(part)));
    whole.then_some(parts)
}

/// Whether a text begins with the name of a member and `=`.
fn is_named(text: &str) -> bool {
    let text = text.trim_start();
    let name = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.:/".contains(byte)).count();
    name > 0 && text[name..].starts_with('=')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_structs_are_objects() {
        let text = "{type=Role, arn=arn:aws:iam::1:role/A, sessioncontext={attributes={mfaauthenticated=false}, sessionissuer=null}, tags=[{a=1}, {a=2}], n=[]}";
        let value = json!({
            "type": "Role", "arn": "arn:aws:iam::1:role/A",
            "sessioncontext": {"attributes": {"mfaauthenticated": "false"}, "sessionissuer": null},
            "tags": [{"a": "1"}, {"a": "2"}], "n": [],
        });
        assert_eq!(parse(text), Some(value));
    }

    #[test]
    fn values_may_contain_commas_equals_signs_and_json() {
        let text = "{name=Doe, John, query=a=b, policy={\"Version\":\"2012-10-17\",\"Statement\":[]}, empty=}";
        let value = json!({
            "name": "Doe, John", "query": "a=b", "policy": {"Version": "2012-10-17", "Statement": []}, "empty": "",
        });
        assert_eq!(parse(text), Some(value));
    }

    #[test]
    fn value_is_recognized_after_conversion_to_text() {
        let full = json!({"a": "b, c=d", "n": 1, "l": [true, null], "p": "{\"V\":1}", "o": {}});
        let from_text = parse("{a=b, c=d, n=1, l=[true, null], p={\"V\":1}, o={}}").unwrap();
        assert_ne!(from_text, full);
        assert!(is_read_from_text_of(&from_text, &full));
        assert!(!is_read_from_text_of(&full, &from_text));
        assert!(!is_read_from_text_of(&full, &full));
        assert!(!is_read_from_text_of(&json!({"a": "b"}), &full));
    }

    #[test]
    fn other_text_returns_none() {
        for text in ["", "text", "{", "{a", "{a}", "{a=}b}", "{=1}", "HIVE_CURSOR_ERROR", "[a=1"] {
            assert_eq!(parse(text), None, "{text}");
        }
        let deep = format!("{}1{}", "{a=".repeat(10_000), "}".repeat(10_000));
        let value = parse(&deep).unwrap();
        let depth = std::iter::successors(Some(&value), |value| value.get("a")).count();
        assert!((MAX_DEPTH..=MAX_DEPTH + 2).contains(&depth), "{depth} levels");
    }
}
