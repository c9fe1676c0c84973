//! Records packed into a text: base64-encoded JSON or compressed JSON, in the form that Kinesis, Firehose and Lambda
//! forward.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::archive::unpack;
use super::text::decode;

/// The length of the shortest text that can contain a record.
const LEAST: usize = 64;
/// The maximum ratio of decompressed to compressed size, so that a small hostile file cannot fill the memory.
const MOST_TIMES: u64 = 256;

/// The JSON in a base64 text, if there is any.
pub(super) fn text(packed: &str) -> Option<String> {
    // The base64 encodings of `{`, `[` and the first bytes of gzip, zlib and zstd.
    let begins = matches!(packed.trim_start().as_bytes(), [b'e' | b'W' | b'I' | b'C', ..])
        || ["H4sI", "KLUv", "eJ", "eN"].iter().any(|start| packed.trim_start().starts_with(start));
    if !begins || packed.len() < LEAST {
        return None;
    }
    let packed: Vec<u8> = packed.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if packed.iter().any(|byte| matches!(byte, b'-' | b'_')) { &URL_SAFE } else { &STANDARD };
    let bytes = GeneralPurpose::new(alphabet, config).decode(&packed).ok()?;
    let allowance = MOST_TIMES.saturating_mul(bytes.len() as u64).saturating_add(1 << 16);
    let unpacked = unpack("", bytes, allowance);
    let [(_, text)] = unpacked.documents.as_slice() else { return None };
    let text = decode(text).ok()?;
    text.trim_start().starts_with(['{', '[']).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn json_is_decoded_from_both_base64_alphabets() {
        let json = format!("{{\"a\":\"{}\"}}", "\u{fb}?>".repeat(40));
        let wrapped: String = BASE64_STANDARD
            .encode(&json)
            .as_bytes()
            .chunks(76)
            .fold(String::new(), |text, line| text + std::str::from_utf8(line).unwrap() + "\n");
        for packed in [BASE64_STANDARD.encode(&json), BASE64_URL_SAFE_NO_PAD.encode(&json), wrapped] {
            assert_eq!(text(&packed).as_deref(), Some(json.as_str()));
        }
    }

    #[test]
    fn decompression_is_limited() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(b"{").unwrap();
        encoder.write_all(&vec![b' '; 16 << 20]).unwrap();
        let bytes = encoder.finish().unwrap();
        let text = text(&BASE64_STANDARD.encode(&bytes)).unwrap();
        assert!(
            text.starts_with('{') && text.len() as u64 <= MOST_TIMES * bytes.len() as u64 + (1 << 16),
            "{}",
            text.len()
        );
    }

    #[test]
    fn other_text_returns_none() {
        for packed in ["", "eyJ9", &"e".repeat(100), &"H4sI".repeat(40), &"x".repeat(100)] {
            assert_eq!(text(packed), None, "{packed}");
        }
    }
}
