//! A digest file in the format that `CloudTrail` documents, and the metadata of its S3 object.

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;

use super::keys::moment;
use crate::event::Timestamp;

/// A member near the start of every digest, by which digests are detected.
const MARK: &[u8] = b"\"digestS3Object\"";
/// The number of bytes to search for it.
const HEAD: usize = 4096;

/// One digest file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Digest {
    #[serde(rename = "digestStartTime")]
    pub(super) start_time: String,
    #[serde(rename = "digestEndTime")]
    pub(super) end_time: String,
    #[serde(rename = "digestS3Bucket")]
    pub(super) s3_bucket: String,
    #[serde(rename = "digestS3Object")]
    pub(super) s3_object: String,
    #[serde(rename = "digestPublicKeyFingerprint")]
    pub(super) key_fingerprint: String,
    #[serde(rename = "digestSignatureAlgorithm")]
    pub(super) signature_algorithm: Option<String>,
    pub(super) previous_digest_s3_bucket: Option<String>,
    pub(super) previous_digest_s3_object: Option<String>,
    pub(super) previous_digest_hash_value: Option<String>,
    pub(super) previous_digest_signature: Option<String>,
    pub(super) log_files: Option<Vec<ListedLog>>,
}

/// One log file that a digest lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedLog {
    pub(super) s3_bucket: String,
    pub(super) s3_object: String,
    pub(super) hash_value: String,
    pub(super) hash_algorithm: Option<String>,
}

/// Whether the contents are those of a digest.
pub(super) fn is_digest(content: &[u8]) -> bool {
    content.starts_with(b"{") && memmem::find(&content[..content.len().min(HEAD)], MARK).is_some()
}

/// Whether a file is named like a digest.
pub(super) fn has_digest_name(path: &str) -> bool {
    file_name(path).contains("_CloudTrail-Digest_")
}

/// The last part of a path or S3 key.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, file_name)| file_name)
}

impl Digest {
    /// Parses a digest's contents.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let digest: Self = serde_json::from_slice(content).map_err(|error| error.to_string())?;
        match digest.period() {
            Some(_) => Ok(digest),
            None => Err("its start time is not before its end time".to_owned()),
        }
    }

    /// The start and the end of its period.
    pub(super) fn period(&self) -> Option<(Timestamp, Timestamp)> {
        let time = |text: &String| moment(&Value::String(text.clone()));
        let (start, end) = (time(&self.start_time)?, time(&self.end_time)?);
        (start <= end).then_some((start, end))
    }

    /// The text that is signed. `content_sha256` is the hash of the uncompressed contents, in hex.
    pub(super) fn signed_text(&self, content_sha256: &str) -> String {
        format!(
            "{}\n{}/{}\n{content_sha256}\n{}",
            self.end_time,
            self.s3_bucket,
            self.s3_object,
            self.previous_digest_signature.as_deref().unwrap_or("null"),
        )
    }

    /// The location of the previous digest; `None` if the digest starts a chain.
    pub(super) fn previous(&self) -> Option<S3Location> {
        let object = self.previous_digest_s3_object.clone()?;
        let bucket = self.previous_digest_s3_bucket.clone().unwrap_or_else(|| self.s3_bucket.clone());
        Some(S3Location { bucket, object })
    }

    pub(super) fn place(&self) -> S3Location {
        S3Location { bucket: self.s3_bucket.clone(), object: self.s3_object.clone() }
    }

    /// The log files that it lists.
    pub(super) fn listed(&self) -> &[ListedLog] {
        self.log_files.as_deref().unwrap_or_default()
    }
}

/// The location of an object in S3.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct S3Location {
    pub(super) bucket: String,
    pub(super) object: String,
}

/// The parts of a digest's name: `<account>_CloudTrail-Digest_<region>_<trail>_<home region>_<end>.json.gz`, with
/// `_backfill` before the extension if it lists files that were delivered late.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Chain {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) trail: String,
    home: String,
    /// Backfill digests form a separate chain.
    pub(super) backfill: bool,
}

impl Chain {
    /// The chain to which a digest with this key belongs.
    pub(super) fn of(key: &str) -> Self {
        Self::parse(file_name(key)).unwrap_or_else(|| Self { trail: file_name(key).to_owned(), ..Self::default() })
    }

    fn parse(name: &str) -> Option<Self> {
        // The name of a trail may contain dots and underscores.
        let name = without_suffix(without_suffix(name, ".gz"), ".json");
        let (name, backfill) = name.strip_suffix("_backfill").map_or((name, false), |name| (name, true));
        let (account, rest) = name.split_once("_CloudTrail-Digest_")?;
        let (region, rest) = rest.split_once('_')?;
        let (rest, _end) = rest.rsplit_once('_')?;
        let (trail, home) = rest.rsplit_once('_')?;
        let [account, region, trail, home] = [account, region, trail, home].map(str::to_owned);
        Some(Self { account, region, trail, home, backfill })
    }
}

/// A text without this suffix, if it has the suffix.
pub(super) fn without_suffix<'t>(text: &'t str, ending: &str) -> &'t str {
    text.strip_suffix(ending).unwrap_or(text)
}

/// The metadata of a digest's S3 object, as printed by `aws s3api head-object`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) signature: String,
    /// When a backfill digest was created.
    pub(super) generated: Option<Timestamp>,
}

impl Metadata {
    /// The suffix of metadata files, after the name of the digest file.
    pub(super) const ENDING: &'static str = ".metadata.json";

    /// Parses the metadata: an object with `Metadata`, as printed by the AWS CLI, or just its members, with or without
    /// `x-amz-meta-` before their names.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let all: Value = serde_json::from_slice(content).ok()?;
        let members = all.get("Metadata").unwrap_or(&all).as_object()?;
        let member = |wanted: &str| {
            let is = |name: &str| name.to_ascii_lowercase().trim_start_matches("x-amz-meta-") == wanted;
            members.iter().find(|(name, _)| is(name)).map(|(_, value)| value)
        };
        let signature = member("signature")?.as_str()?.trim().to_owned();
        Some(Self { signature, generated: member("backfill-generation-timestamp").and_then(moment) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_is_parsed_from_digest_name() {
        let chain = Chain::of(
            "AWSLogs/1/CloudTrail-Digest/eu-west-1/2024/05/01/1_CloudTrail-Digest_eu-west-1_my_own.trail_us-east-1_20240501T100131Z.json.gz",
        );
        let parsed = (chain.account.as_str(), chain.region.as_str(), chain.trail.as_str(), chain.home.as_str());
        assert_eq!(parsed, ("1", "eu-west-1", "my_own.trail", "us-east-1"));
        assert!(!chain.backfill);
        let backfill = Chain::of("1_CloudTrail-Digest_eu-west-1_t_us-east-1_20240501T100131Z_backfill.json.gz");
        assert_eq!((backfill.trail.as_str(), backfill.backfill), ("t", true));
        assert_eq!(Chain::of("a/other.json").trail, "other.json");
    }

    #[test]
    fn cli_metadata_is_parsed_in_all_formats() {
        for text in [
            r#"{"ContentLength": 5, "Metadata": {"signature": "ab", "signature-algorithm": "SHA256withRSA"}}"#,
            r#"{"x-amz-meta-signature": "ab"}"#,
            r#"{"Metadata": {"Signature": " ab\n"}}"#,
        ] {
            assert_eq!(Metadata::read(text.as_bytes()).map(|read| read.signature).as_deref(), Some("ab"), "{text}");
        }
        let backfill = br#"{"Metadata": {"signature": "ab", "backfill-generation-timestamp": "2024-05-01T00:00:00Z"}}"#;
        assert_eq!(Metadata::read(backfill).unwrap().generated, Some(Timestamp(1_714_521_600_000_000)));
        assert_eq!(Metadata::read(b"{}"), None);
    }
}
