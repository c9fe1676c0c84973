//! The access token.

use std::fmt;

use sha2::{Digest, Sha256};

/// The size of a token, in bytes.
const BYTES: usize = 32;

/// A secret of 256 random bits. Its text is what the URL carries.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new random token.
    ///
    /// # Errors
    /// If the system cannot provide random numbers.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0; BYTES];
        getrandom::fill(&mut bits)?;
        Ok(Self(hex::encode(bits)))
    }

    /// Parses a token; `None` if the text is not a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = hex::decode(text).is_ok_and(|bytes| bytes.len() == BYTES);
        is_token.then(|| Self(text.to_owned()))
    }

    /// Its text: 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is this token. The time it takes reveals nothing, because hashes are compared.
    pub(super) fn is(&self, given: &str) -> bool {
        Sha256::digest(&self.0) == Sha256::digest(given)
    }
}

impl fmt::Debug for Token {
    /// Does not show the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_unique_and_hidden_in_debug_output() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(one.is(one.as_str()) && !one.is(other.as_str()) && !one.is(""));
        assert_eq!(one.as_str().len(), 64);
        assert_eq!(format!("{one:?}"), "Token");
    }

    #[test]
    fn token_is_64_hex_digits() {
        let token = Token::random().unwrap();
        assert!(Token::parse(token.as_str()).unwrap().is(token.as_str()));
        for other in ["", "secret", "abcdef", &"g".repeat(64), &format!("{}0", token.as_str())] {
            assert!(Token::parse(other).is_none(), "{other:?}");
        }
    }
}
