//! JSON in logs, read without copying: [`object`] iterates over members without building values, and a [`Document`] is
//! a text parsed into values that borrow from it.

mod document;
mod level;
mod members;
mod reader;
mod repair;
mod value;
mod walk;

use serde::de::Deserialize;
use serde_json::Value;

pub use self::document::Document;
pub use self::level::{Level, LevelReader, MemberName};
pub use self::members::{Elements, Members};
pub use self::repair::repaired;
pub use self::value::Json;
pub use self::walk::{is_compact, object};

/// The maximum depth of a value that [`value()`] parses: each level uses some of the stack.
const DEEPEST: usize = 400;

/// The value of a JSON text, even if it is nested more deeply than the parser's default limit.
///
/// # Errors
/// The text is not JSON, or is hundreds of levels deep.
pub fn value(text: &str) -> serde_json::Result<Value> {
    match serde_json::from_str(text) {
        Err(error) if error.is_syntax() && depth(text) <= DEEPEST => {
            let mut parser = serde_json::Deserializer::from_str(text);
            parser.disable_recursion_limit();
            let value = Value::deserialize(&mut parser)?;
            parser.end()?;
            Ok(value)
        }
        outcome => outcome,
    }
}

/// The maximum nesting depth of a text.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_may_exceed_serde_json_limit_but_is_bounded() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(value(&deep(300)).unwrap().to_string(), deep(300));
        assert!(value(&deep(100_000)).is_err());
        assert!(value("[1").is_err() && value("[1] x").is_err());
    }
}
