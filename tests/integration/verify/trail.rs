//! A generated trail with log file validation, signed with test keys.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cartographer::digest::sha256;
use cartographer::verify::{CheckKind, FileCheck, Keys, Status, Verification, verify};
use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ACCOUNT: &str = "111111111111";
pub(crate) const REGION: &str = "eu-west-1";
const BUCKET: &str = "trail-bucket";

/// A test key pair, with its fingerprint.
pub(crate) struct Pair {
    keys: KeyPair,
    pub(crate) fingerprint: String,
}

impl Pair {
    pub(crate) fn first() -> Self {
        Self::from_text(include_str!("../../fixtures/verify/first.pk8.txt"), "31")
    }

    pub(crate) fn second() -> Self {
        Self::from_text(include_str!("../../fixtures/verify/second.pk8.txt"), "7a")
    }

    fn from_text(text: &str, digits: &str) -> Self {
        let der = STANDARD.decode(text.split_whitespace().collect::<String>()).unwrap();
        Self { keys: KeyPair::from_pkcs8(&der).unwrap(), fingerprint: digits.repeat(16) }
    }

    pub(crate) fn sign(&self, text: &str) -> String {
        let mut signature = vec![0; self.keys.public().modulus_len()];
        self.keys.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
        hex::encode(signature)
    }

    /// The public key as PKCS #1 in DER.
    pub(crate) fn public(&self) -> &[u8] {
        self.keys.public().as_ref()
    }

    /// The public key in the format of `aws cloudtrail list-public-keys`.
    pub(crate) fn listed(&self, fingerprint: &str) -> Value {
        json!({
            "Value": STANDARD.encode(self.public()),
            "ValidityStartTime": "2024-04-01T00:00:00+00:00",
            "ValidityEndTime": "2024-06-01T00:00:00+00:00",
            "Fingerprint": fingerprint,
        })
    }
}

/// The AWS CLI's output for these keys.
pub(crate) fn listing(keys: &[Value]) -> String {
    json!({ "PublicKeyList": keys }).to_string()
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A digest of a trail: its S3 key, content, signature, and the keys of its log files.
#[derive(Debug, Clone)]
pub(crate) struct SignedDigest {
    pub(crate) key: String,
    pub(crate) content: String,
    pub(crate) signature: String,
    pub(crate) logs: Vec<String>,
}

/// A trail in a folder.
pub(crate) struct Trail {
    folder: TempDir,
    pub(crate) digests: Vec<SignedDigest>,
}

/// A number of hours after 2024-05-01T00:01:31Z.
pub(crate) fn hour(number: usize) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2024-05-01T00:01:31Z".parse().unwrap();
    first + TimeDelta::hours(i64::try_from(number).unwrap())
}

/// The key of a log file that was delivered a number of minutes after the start of an hour.
pub(crate) fn log_key(hour_number: usize, minute: usize, id: &str) -> String {
    let time = hour(hour_number) + TimeDelta::minutes(i64::try_from(minute).unwrap());
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{}/{ACCOUNT}_CloudTrail_{REGION}_{}_{id}.json.gz",
        time.format("%Y/%m/%d"),
        time.format("%Y%m%dT%H%MZ")
    )
}

/// The content of a log file with one event, whose ID depends on the text.
pub(crate) fn log(text: &str) -> String {
    let event = json!({
        "eventVersion": "1.08",
        "userIdentity": { "type": "IAMUser", "arn": format!("arn:aws:iam::{ACCOUNT}:user/alice"), "accountId": ACCOUNT },
        "eventTime": "2024-05-01T00:05:00Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "ListUsers",
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "aws-cli/2.0",
        "eventID": sha256(text.as_bytes()),
        "sessionCredentialFromConsole": "true",
        "recipientAccountId": ACCOUNT,
    });
    json!({ "Records": [event] }).to_string()
}

/// A digest before it is signed.
pub(crate) struct Draft<'t> {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) previous: Option<&'t SignedDigest>,
    pub(crate) logs: Vec<(String, String)>,
    pub(crate) suffix: &'t str,
}

impl Draft<'_> {
    /// The digest in CloudTrail's documented format, with its signature.
    pub(crate) fn signed(&self, pair: &Pair) -> SignedDigest {
        let key = format!(
            "AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{}/{ACCOUNT}_CloudTrail-Digest_{REGION}_my_trail_us-east-1_{}{}.json.gz",
            self.end.format("%Y/%m/%d"),
            self.end.format("%Y%m%dT%H%M%SZ"),
            self.suffix,
        );
        let shown = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let logs: Vec<Value> = self.logs.iter().map(|(key, content)| {
            json!({ "s3Bucket": BUCKET, "s3Object": key, "hashValue": sha256(content.as_bytes()), "hashAlgorithm": "SHA-256",
                "newestEventTime": shown(self.end), "oldestEventTime": shown(self.start) })
        }).collect();
        let content = json!({
            "awsAccountId": ACCOUNT,
            "digestStartTime": shown(self.start),
            "digestEndTime": shown(self.end),
            "digestS3Bucket": BUCKET,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": pair.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": null,
            "oldestEventTime": null,
            "previousDigestS3Bucket": self.previous.map(|_| BUCKET),
            "previousDigestS3Object": self.previous.map(|previous| previous.key.as_str()),
            "previousDigestHashValue": self.previous.map(|previous| sha256(previous.content.as_bytes())),
            "previousDigestHashAlgorithm": self.previous.map(|_| "SHA-256"),
            "previousDigestSignature": self.previous.map(|previous| previous.signature.as_str()),
            "logFiles": logs,
        })
        .to_string();
        let before = self.previous.map_or("null", |previous| previous.signature.as_str());
        let text = format!("{}\n{BUCKET}/{key}\n{}\n{before}", shown(self.end), sha256(content.as_bytes()));
        let signature = pair.sign(&text);
        SignedDigest { key, content, signature, logs: self.logs.iter().map(|(key, _)| key.clone()).collect() }
    }
}

impl Trail {
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), digests: Vec::new() }
    }

    /// A chain of digests, each with a number of log files. The newest has a metadata file.
    pub(crate) fn new(digests: usize, logs: usize) -> Self {
        let (mut trail, pair) = (Self::empty(), Pair::first());
        for number in 0..digests {
            let logs = (0..logs).map(|log| trail.deliver(number, log)).collect();
            let previous = trail.digests.last().cloned();
            let draft =
                Draft { start: hour(number), end: hour(number + 1), previous: previous.as_ref(), logs, suffix: "" };
            trail.add(draft.signed(&pair));
        }
        trail.write_metadata(digests - 1);
        trail
    }

    /// Writes a log file of an hour, and returns its key and content.
    pub(crate) fn deliver(&self, hour: usize, number: usize) -> (String, String) {
        let key = log_key(hour, number % 55, &format!("{number:016}"));
        let content = log(&key);
        self.write(&key, &gzip(content.as_bytes()));
        (key, content)
    }

    pub(crate) fn add(&mut self, signed_digest: SignedDigest) {
        self.write(&signed_digest.key, &gzip(signed_digest.content.as_bytes()));
        self.digests.push(signed_digest);
    }

    pub(crate) fn write_metadata(&self, digest: usize) {
        let signed_digest = &self.digests[digest];
        let metadata = json!({ "ContentType": "application/json", "Metadata": {
            "signature": signed_digest.signature, "signature-algorithm": "SHA256withRSA" } });
        self.write(&format!("{}.metadata.json", signed_digest.key), metadata.to_string().as_bytes());
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.root().join("bucket").join(key)
    }

    pub(crate) fn write(&self, key: &str, bytes: &[u8]) {
        let path = self.path(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn remove(&self, key: &str) {
        fs::remove_file(self.path(key)).unwrap();
    }

    /// Changes the content of a digest file.
    pub(crate) fn alter(&self, digest: usize, from: &str, to: &str) {
        let signed_digest = &self.digests[digest];
        assert!(signed_digest.content.contains(from), "{from} is not in the digest");
        self.write(&signed_digest.key, &gzip(signed_digest.content.replace(from, to).as_bytes()));
    }

    /// The outcome of verifying with these keys, in the format of the AWS CLI.
    pub(crate) fn verify_with(&self, keys: &[Value]) -> Outcome {
        let mut known = Keys::default();
        if !keys.is_empty() {
            known.add(&listing(keys)).unwrap();
        }
        Outcome(verify(&[self.root().join("bucket").display().to_string()], &known))
    }

    /// The outcome of verifying with the correct key.
    pub(crate) fn verify(&self) -> Outcome {
        let pair = Pair::first();
        self.verify_with(&[pair.listed(&pair.fingerprint)])
    }
}

/// The outcome of verifying.
pub(crate) struct Outcome(pub(crate) Verification);

impl Outcome {
    /// The number of rows of each kind and status.
    pub(crate) fn counts(&self) -> BTreeMap<(CheckKind, Status), usize> {
        let mut counts = BTreeMap::new();
        for check in &self.0.checks {
            *counts.entry((check.kind, check.status)).or_default() += 1;
        }
        counts
    }

    /// The row of an S3 object.
    pub(crate) fn check_of(&self, key: &str) -> &FileCheck {
        let mut rows = self.0.checks.iter().filter(|check| check.s3_object.as_deref() == Some(key));
        let row = rows.next().unwrap_or_else(|| panic!("there is no row for {key}"));
        assert!(rows.next().is_none(), "there are several rows for {key}");
        row
    }

    /// The status and detail of an S3 object.
    pub(crate) fn status_and_detail(&self, key: &str) -> (Status, &str) {
        let check = self.check_of(key);
        (check.status, check.detail.as_deref().unwrap_or_default())
    }

    /// The kinds and details of all rows with this status.
    pub(crate) fn with_status(&self, status: Status) -> Vec<(CheckKind, &str)> {
        let rows = self.0.checks.iter().filter(|check| check.status == status);
        rows.map(|check| (check.kind, check.detail.as_deref().unwrap_or_default())).collect()
    }
}
