//! Stable IDs for records without an `eventID`.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The position of the version in a UUID's text.
const VERSION: usize = 14;

/// The version and variant bits of a UUID, and their values.
const MARKS: u128 = 0xf << 76 | 0x3 << 62;
const VERSION_8: u128 = 8 << 76;
const VARIANT: u128 = 2 << 62;

/// An ID derived from the record's contents: a version 8 UUID, the version for custom IDs.
///
/// Equal contents have the same ID, regardless of file, container, whitespace and member order.
pub(super) fn of(json: &str) -> String {
    let digest = Sha256::digest(canonical(json).as_bytes());
    let number = digest[..16].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let hex = format!("{:032x}", number & !MARKS | VERSION_8 | VARIANT);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// Whether an ID has the format of IDs from [`of`]. `CloudTrail`'s own IDs are version 4.
pub(super) fn made(id: &str) -> bool {
    id.len() == 36 && id.as_bytes()[VERSION] == b'8'
}

fn canonical(json: &str) -> String {
    // Text that cannot be parsed (nested too deeply, or with a number that is too large) is its own canonical form.
    let Ok(mut value) = serde_json::from_str::<Value>(json) else { return json.to_owned() };
    value.sort_all_objects();
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_ignores_whitespace_and_member_order() {
        let id = of(r#"{"a": {"x": 1, "y": [2, 3]}, "b": "é"}"#);
        assert_eq!(id, of(r#"{"b":"\u00e9","a":{"y":[2,3],"x":1}}"#));
        assert_ne!(id, of(r#"{"b":"\u00e9","a":{"y":[3,2],"x":1}}"#));
    }

    #[test]
    fn fingerprint_is_version_8_uuid() {
        let id = of("{}");
        // The SHA-256 digest of `{}` starts with 44136fa355b3678a1146ad16f7e8649e.
        assert_eq!(id, "44136fa3-55b3-878a-9146-ad16f7e8649e");
        assert!(made(&id));
        assert!(!made("2df05a9f-0f79-42d3-b5d5-f5cc6c312fb1"));
        assert!(!made("8"));
    }

    #[test]
    fn deeply_nested_json_has_fingerprint() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert!(made(&of(&deep)));
        assert_ne!(of(&deep), of(&format!("[{deep}]")));
    }
}
