//! Stable IDs and hashes: SHA-256 in lowercase hexadecimal.

use sha2::{Digest, Sha256};

/// The first `bytes` bytes (at most 32) of the SHA-256 of `parts`, in lowercase hexadecimal. Each part is prefixed with
/// its length, so that the parts are unambiguous.
pub fn id_of(parts: &[&str], bytes: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    lower_hex(digest.get(..bytes).unwrap_or(&digest))
}

/// Every signal has an ID, so the digits are written into one buffer instead of being joined.
fn lower_hex(bytes: &[u8]) -> String {
    let mut digits = vec![b'0'; 2 * bytes.len()];
    match hex::encode_to_slice(bytes, &mut digits) {
        Ok(()) => String::from_utf8(digits).unwrap_or_default(),
        // The buffer has the required length, so this does not happen.
        Err(_) => hex::encode(bytes),
    }
}

/// The SHA-256 of stored bytes, in the format used in evidence lists.
pub fn sha256(bytes: &[u8]) -> String {
    lower_hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_between_parts_change_id() {
        assert_ne!(id_of(&["ab", "c"], 16), id_of(&["a", "bc"], 16));
        assert_ne!(id_of(&["a\0b", ""], 16), id_of(&["a", "b\0"], 16));
        assert_eq!(id_of(&["a"], 16).len(), 32);
    }

    #[test]
    fn sha256_matches_known_digest() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
