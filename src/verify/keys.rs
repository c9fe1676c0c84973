//! Public keys, as printed by `aws cloudtrail list-public-keys`, and checking of signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::event::Timestamp;

/// The tolerance, in seconds, for digests that end outside a key's validity. Keys overlap, and clocks differ.
const TOLERANCE: i64 = 86_400;

/// The minimum length of a key's modulus, in bytes.
const BYTES: usize = 256;

/// Why a file of public keys is rejected. Keys are numbered by their position in the list, starting at 1.
#[derive(Debug, Error)]
pub enum KeyError {
    /// It is not output from the AWS CLI.
    #[error("it is not the output of `aws cloudtrail list-public-keys`: {0}")]
    Form(#[from] serde_json::Error),
    /// It does not contain any keys.
    #[error("it lists no public keys")]
    Empty,
    /// The value of a key is not valid base64.
    #[error("the value of public key {0} is not valid base64")]
    Base64(usize),
    /// The value of a key is not a public key.
    #[error("the value of public key {0} is not an RSA public key in DER (PKCS #1 or SubjectPublicKeyInfo)")]
    Der(usize),
    /// A key is shorter than CloudTrail's keys, and too short to be trusted.
    #[error("public key {0} has fewer than 2048 bits")]
    Short(usize),
}

/// CloudTrail's public keys.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<PublicKey>);

#[derive(Debug, Clone)]
struct PublicKey {
    fingerprint: String,
    /// `RSAPublicKey` from PKCS #1, in DER.
    der: Vec<u8>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyListing {
    public_key_list: Vec<ListedKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedKey {
    value: String,
    fingerprint: String,
    #[serde(default)]
    validity_start_time: Value,
    #[serde(default)]
    validity_end_time: Value,
}

/// The result of checking a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureCheck {
    /// It matches a key with the fingerprint.
    Matches,
    /// It matches a key that was not valid at the time.
    OutOfTime,
    /// It does not match any key with the fingerprint.
    Mismatch,
    /// There is no key with the fingerprint.
    NoKey,
}

impl Keys {
    /// Adds the keys from AWS CLI output.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn add(&mut self, text: &str) -> Result<(), KeyError> {
        let listing: KeyListing = serde_json::from_str(text)?;
        if listing.public_key_list.is_empty() {
            return Err(KeyError::Empty);
        }
        for (at, listed) in listing.public_key_list.into_iter().enumerate() {
            let value = listed.value.split_ascii_whitespace().collect::<String>();
            let der = STANDARD.decode(value).map_err(|_| KeyError::Base64(at + 1))?;
            let (der, modulus) = pkcs1(&der).ok_or(KeyError::Der(at + 1))?;
            if modulus.len() < BYTES {
                return Err(KeyError::Short(at + 1));
            }
            let der = der.to_vec();
            let (from, to) = (moment(&listed.validity_start_time), moment(&listed.validity_end_time));
            self.0.push(PublicKey { fingerprint: listed.fingerprint.to_ascii_lowercase(), der, from, to });
        }
        Ok(())
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks a signature (RSA, PKCS #1 v1.5, SHA-256, in hex) with the keys that have a fingerprint. `time` is when it
    /// was created, if known.
    pub(super) fn check(
        &self,
        fingerprint: &str,
        text: &str,
        signature: &str,
        time: Option<Timestamp>,
    ) -> SignatureCheck {
        let fingerprint = fingerprint.to_ascii_lowercase();
        let mut keys = self.0.iter().filter(|key| key.fingerprint == fingerprint).peekable();
        if keys.peek().is_none() {
            return SignatureCheck::NoKey;
        }
        let Ok(signature) = hex::decode(signature) else { return SignatureCheck::Mismatch };
        let fits = |key: &&PublicKey| {
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.der);
            public.verify(text.as_bytes(), &signature).is_ok()
        };
        let matching: Vec<&PublicKey> = keys.filter(fits).collect();
        match matching.as_slice() {
            [] => SignatureCheck::Mismatch,
            keys if keys.iter().any(|key| time.is_none_or(|time| key.is_valid_at(time))) => SignatureCheck::Matches,
            _ => SignatureCheck::OutOfTime,
        }
    }
}

impl PublicKey {
    fn is_valid_at(&self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= time.plus_seconds(TOLERANCE))
            && self.to.is_none_or(|to| time <= to.plus_seconds(TOLERANCE))
    }
}

/// Parses a time in AWS CLI output: a text, or seconds since 1970 in version 1.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => {
            let zoned = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros());
            let local = || {
                let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y%m%dT%H%M%SZ"];
                forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            };
            zoned.or_else(|| Some(local()?.and_utc().timestamp_micros())).map(Timestamp)
        }
        Value::Number(seconds) => {
            let seconds = seconds.as_f64().filter(|seconds| seconds.abs() < 1e11)?;
            #[expect(clippy::cast_possible_truncation, reason = "below 1e17 by the filter above")]
            Some(Timestamp((seconds * 1e6) as i64))
        }
        _ => None,
    }
}

/// The `rsaEncryption` algorithm identifier with NULL parameters, as in `SubjectPublicKeyInfo`.
const RSA: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];

/// The PKCS #1 key in a DER value (either the key itself or a `SubjectPublicKeyInfo`), and its modulus.
fn pkcs1(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inner, rest) = element(der, 0x30)?;
    if !rest.is_empty() {
        return None;
    }
    if let Some(wrapped) = inner.strip_prefix(&RSA) {
        let (bits, rest) = element(wrapped, 3)?;
        let key = bits.strip_prefix(&[0])?;
        return if rest.is_empty() { pkcs1(key) } else { None };
    }
    let (modulus, rest) = element(inner, 2)?;
    let (_exponent, rest) = element(rest, 2)?;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    rest.is_empty().then_some((der, modulus))
}

/// The contents of the DER element with this tag at the start of `bytes`, and the remaining bytes.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(&[tag])?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short if short < 0x80 => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?),
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Keys::default().add(text).unwrap_err().to_string()
    }

    #[test]
    fn invalid_key_list_error_states_reason() {
        assert_eq!(error(r#"{"PublicKeyList": []}"#), "it lists no public keys");
        assert!(error("-----BEGIN").starts_with("it is not the output of"));
        assert!(error("{}").contains("PublicKeyList"));
        let key = |value: &str| format!(r#"{{"PublicKeyList": [{{"Value": "{value}", "Fingerprint": "f"}}]}}"#);
        assert_eq!(error(&key("?")), "the value of public key 1 is not valid base64");
        assert!(error(&key("MAA=")).contains("not an RSA public key in DER"));
        assert_eq!(error(&key("MAYCAQMCAQM=")), "public key 1 has fewer than 2048 bits");
    }

    #[test]
    fn times_of_both_cli_versions_are_parsed() {
        let expected = Some(Timestamp(1_714_521_600_000_000));
        for text in [
            r#""2024-05-01T00:00:00+00:00""#,
            r#""2024-05-01T02:00:00.000000+02:00""#,
            r#""2024-05-01T00:00:00""#,
            r#""20240501T000000Z""#,
            "1714521600.0",
        ] {
            assert_eq!(moment(&serde_json::from_str(text).unwrap()), expected, "{text}");
        }
        assert_eq!(moment(&Value::Null), None);
    }
}
