//! A trail with log file validation, made and signed here by keys of our own.

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

/// A key pair of ours, with the fingerprint that it goes by.
pub(crate) struct Pair {
    keys: KeyPair,
    pub(crate) fingerprint: String,
}

impl Pair {
    pub(crate) fn first() -> Self {
        Self::of(include_str!("../../fixtures/verify/first.pk8.txt"), "31")
    }

    pub(crate) fn second() -> Self {
        Self::of(include_str!("../../fixtures/verify/second.pk8.txt"), "7a")
    }

    fn of(text: &str, digits: &str) -> Self {
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

    /// As `aws cloudtrail list-public-keys` lists it.
    pub(crate) fn listed(&self, fingerprint: &str) -> Value {
        json!({
            "Value": STANDARD.encode(self.public()),
            "ValidityStartTime": "2024-04-01T00:00:00+00:00",
            "ValidityEndTime": "2024-06-01T00:00:00+00:00",
            "Fingerprint": fingerprint,
        })
    }
}

/// What the AWS CLI prints of these keys.
pub(crate) fn listing(keys: &[Value]) -> String {
    json!({ "PublicKeyList": keys }).to_string()
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// One digest of a trail: where it lies, and what it is.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) key: String,
    pub(crate) content: String,
    pub(crate) signature: String,
    pub(crate) logs: Vec<String>,
}

/// A trail in a folder.
pub(crate) struct Trail {
    folder: TempDir,
    pub(crate) digests: Vec<Made>,
}

/// 2024-05-01T00:01:31Z, so many hours later.
pub(crate) fn hour(number: usize) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2024-05-01T00:01:31Z".parse().unwrap();
    first + TimeDelta::hours(i64::try_from(number).unwrap())
}

/// The key of a log file that was delivered so many minutes into that hour.
pub(crate) fn log_key(hour_number: usize, minute: usize, id: &str) -> String {
    let time = hour(hour_number) + TimeDelta::minutes(i64::try_from(minute).unwrap());
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{}/{ACCOUNT}_CloudTrail_{REGION}_{}_{id}.json.gz",
        time.format("%Y/%m/%d"),
        time.format("%Y%m%dT%H%MZ")
    )
}

/// The content of a log file with one event, which that text makes another one.
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
    pub(crate) previous: Option<&'t Made>,
    pub(crate) logs: Vec<(String, String)>,
    pub(crate) ending: &'t str,
}

impl Draft<'_> {
    /// The digest as CloudTrail documents it, signed.
    pub(crate) fn signed(&self, pair: &Pair) -> Made {
        let key = format!(
            "AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{}/{ACCOUNT}_CloudTrail-Digest_{REGION}_my_trail_us-east-1_{}{}.json.gz",
            self.end.format("%Y/%m/%d"),
            self.end.format("%Y%m%dT%H%M%SZ"),
            self.ending,
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
        Made { key, content, signature, logs: self.logs.iter().map(|(key, _)| key.clone()).collect() }
    }
}

impl Trail {
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), digests: Vec::new() }
    }

    /// A chain of so many digests, each of so many log files, the newest with its metadata beside it.
    pub(crate) fn new(digests: usize, logs: usize) -> Self {
        let (mut trail, pair) = (Self::empty(), Pair::first());
        for number in 0..digests {
            let logs = (0..logs).map(|log| trail.deliver(number, log)).collect();
            let previous = trail.digests.last().cloned();
            let draft =
                Draft { start: hour(number), end: hour(number + 1), previous: previous.as_ref(), logs, ending: "" };
            trail.add(draft.signed(&pair));
        }
        trail.write_metadata(digests - 1);
        trail
    }

    /// Writes a log file of that hour, and gives its key and content.
    pub(crate) fn deliver(&self, hour: usize, number: usize) -> (String, String) {
        let key = log_key(hour, number % 55, &format!("{number:016}"));
        let content = log(&key);
        self.write(&key, &gzip(content.as_bytes()));
        (key, content)
    }

    pub(crate) fn add(&mut self, made: Made) {
        self.write(&made.key, &gzip(made.content.as_bytes()));
        self.digests.push(made);
    }

    pub(crate) fn write_metadata(&self, digest: usize) {
        let made = &self.digests[digest];
        let metadata = json!({ "ContentType": "application/json", "Metadata": {
            "signature": made.signature, "signature-algorithm": "SHA256withRSA" } });
        self.write(&format!("{}.metadata.json", made.key), metadata.to_string().as_bytes());
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

    /// Changes the content of a digest that lies there.
    pub(crate) fn alter(&self, digest: usize, from: &str, to: &str) {
        let made = &self.digests[digest];
        assert!(made.content.contains(from), "{from} is in the digest");
        self.write(&made.key, &gzip(made.content.replace(from, to).as_bytes()));
    }

    /// What verifying says, by these keys as the AWS CLI lists them.
    pub(crate) fn verify_by(&self, keys: &[Value]) -> Outcome {
        let mut known = Keys::default();
        if !keys.is_empty() {
            known.add(&listing(keys)).unwrap();
        }
        Outcome(verify(&[self.root().join("bucket").display().to_string()], &known))
    }

    /// What verifying says by the right key.
    pub(crate) fn verify(&self) -> Outcome {
        let pair = Pair::first();
        self.verify_by(&[pair.listed(&pair.fingerprint)])
    }
}

/// What verifying said.
pub(crate) struct Outcome(pub(crate) Verification);

impl Outcome {
    /// How many rows there are of each kind and status.
    pub(crate) fn counts(&self) -> BTreeMap<(CheckKind, Status), usize> {
        let mut counts = BTreeMap::new();
        for check in &self.0.checks {
            *counts.entry((check.kind, check.status)).or_default() += 1;
        }
        counts
    }

    /// The row of an S3 object.
    pub(crate) fn of(&self, key: &str) -> &FileCheck {
        let mut rows = self.0.checks.iter().filter(|check| check.s3_object.as_deref() == Some(key));
        let row = rows.next().unwrap_or_else(|| panic!("no row of {key}"));
        assert!(rows.next().is_none(), "several rows of {key}");
        row
    }

    /// Status and reason of an S3 object.
    pub(crate) fn told(&self, key: &str) -> (Status, &str) {
        let check = self.of(key);
        (check.status, check.detail.as_deref().unwrap_or_default())
    }

    /// All that is not verified, but for what is not of that status.
    pub(crate) fn all(&self, status: Status) -> Vec<(CheckKind, &str)> {
        let rows = self.0.checks.iter().filter(|check| check.status == status);
        rows.map(|check| (check.kind, check.detail.as_deref().unwrap_or_default())).collect()
    }
}
