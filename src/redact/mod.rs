//! Replaces identifying values in the rows of a case with pseudonyms: access keys and tokens, account IDs, addresses,
//! names.
//!
//! A value gets the same pseudonym wherever it occurs (in its own column, in an ARN, a sentence or a link, and in the JSON
//! of a record), so that rows can still be joined. A pseudonym is derived from the value with a secret key, so that nobody
//! without the key can check a guess. This module is pure.

mod json;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use arrow::array::{Array, ArrayRef, AsArray, ListArray, StringArray, StructArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use rayon::prelude::*;
use ring::hmac;

use self::words::{Words, is_uuid_end};
use crate::table::{ColumnKind, Table};

/// What is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Redaction {
    /// Access key IDs, unique IDs of users and roles, session tokens, passwords and signatures.
    Keys,
    /// IDs of AWS accounts.
    Accounts,
    /// IPv4 and IPv6 addresses.
    Addresses,
    /// Names of users, roles, role sessions and groups, and email addresses.
    Names,
}

impl Redaction {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Keys, Self::Accounts, Self::Addresses, Self::Names];

    /// Its name, which is also part of what a pseudonym is derived from.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Accounts => "accounts",
            Self::Addresses => "addresses",
            Self::Names => "names",
        }
    }
}

/// The minimum length of a secret key, in bytes.
pub const MIN_SECRET: usize = 16;

/// Names that also occur as ordinary words in a case. They do not identify anyone.
const COMMON: [&str; 25] = [
    "account",
    "anonymous",
    "arn",
    "aws",
    "aws internal",
    "console",
    "event",
    "events",
    "group",
    "iam",
    "id",
    "key",
    "name",
    "policy",
    "resource",
    "role",
    "root",
    "s3",
    "service",
    "session",
    "status",
    "type",
    "user",
    "value",
    "version",
];

/// The prefix of roles that services create under the same names in every account.
const SERVICE_ROLE: &str = "AWSServiceRoleFor";

/// The prefixes of the IDs that AWS assigns to access keys, users, roles and other entities.
const ID_PREFIXES: [&str; 13] =
    ["ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA", "AVIA"];
/// The minimum length of such an ID, in characters.
const MIN_ID: usize = 11;

/// The prefixes of session tokens and JSON Web Tokens, and the minimum length of a token, in characters.
const TOKEN_PREFIXES: [&str; 4] = ["FwoG", "IQoJ", "AQoD", "eyJ"];
const MIN_TOKEN: usize = 60;

/// URL parameters whose values grant access.
const SECRET_PARAMETERS: [&str; 5] =
    ["X-Amz-Security-Token=", "X-Amz-Signature=", "SigninToken=", "Signature=", "client_secret="];

/// JSON members whose values grant access, in lowercase. The values of members that end with `token` grant access as well.
const SECRET_MEMBERS: [&str; 9] = [
    "authorization",
    "clientsecret",
    "masteruserpassword",
    "newpassword",
    "oldpassword",
    "password",
    "secretaccesskey",
    "signature",
    "x-amz-signature",
];

/// JSON members that contain the name of a user, role, role session or group, in lowercase.
const NAME_MEMBERS: [&str; 12] = [
    "displayname",
    "email",
    "emailaddress",
    "familyname",
    "givenname",
    "groupname",
    "principalname",
    "rolename",
    "rolesessionname",
    "sourceidentity",
    "username",
    "useremail",
];

/// Columns with terms used by this program or AWS, and columns with random IDs. They are kept unchanged.
const KEPT: [&str; 36] = [
    "event_id",
    "event_source",
    "service",
    "event_name",
    "event_key",
    "event_version",
    "event_type",
    "event_category",
    "region",
    "identity_type",
    "client",
    "error_code",
    "request_id",
    "console_evidence",
    "outcome",
    "techniques",
    "classes",
    "shared_event_id",
    "own_id",
    "corrects",
    "regions",
    "rule_id",
    "kind",
    "origin",
    "anchor_event_id",
    "attack",
    "matched",
    "missing",
    "role",
    "entity_type",
    "relation",
    "dimension",
    "key",
    "sha256",
    "container",
    "invoked_by",
];

/// Columns with IDs that are hashes of a caller and of times: anyone who guesses the caller could check the guess.
const HASHED: [&str; 2] = ["session_id", "signal_id"];

/// How many levels of JSON nested within JSON strings are read.
const MAX_NESTED: usize = 4;

/// Replaces values.
pub struct Redactor {
    key: hmac::Key,
    kinds: Vec<Redaction>,
    /// The values known from a case, each with its kind, in the order of the patterns in `known`.
    values: Vec<(Redaction, String)>,
    known: Option<AhoCorasick>,
    /// Addresses of callers. Other text that looks like an address may be a program version.
    addresses: HashSet<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Redactor").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

/// A part of a text, and its pseudonym.
struct Replaced {
    start: usize,
    end: usize,
    by: String,
}

impl Redactor {
    /// Replaces values of these kinds with pseudonyms derived with `secret`. `values` are those known to occur in a case;
    /// values with a recognizable form are found even if they are not listed.
    #[must_use]
    pub fn new(secret: &[u8], kinds: &[Redaction], values: impl IntoIterator<Item = (Redaction, String)>) -> Self {
        let mut redactor = Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
            kinds: kinds.to_vec(),
            values: Vec::new(),
            known: None,
            addresses: HashSet::new(),
        };
        let mut patterns = Vec::new();
        for (kind, value) in values {
            if !redactor.replaces(kind) {
                continue;
            }
            if kind == Redaction::Addresses {
                redactor.addresses.insert(value);
            } else if kind != Redaction::Names || is_telling(&value) {
                // Names are percent-encoded in links, and encoded once more in CloudWatch links.
                for pattern in cases(&value).iter().flat_map(|value| spellings(value)) {
                    patterns.push(pattern);
                    redactor.values.push((kind, value.clone()));
                }
            }
        }
        // Without patterns, or with more than the automaton can hold, only values with a recognizable form are found.
        let mut builder = AhoCorasick::builder();
        // IAM does not distinguish names by case, and people write them in any case.
        builder.ascii_case_insensitive(true);
        redactor.known = builder.build(&patterns).ok().filter(|_| !patterns.is_empty());
        redactor
    }

    fn replaces(&self, kind: Redaction) -> bool {
        self.kinds.contains(&kind)
    }

    /// A text with its values replaced.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_by_key(|part| (part.start, usize::MAX - part.end));
        let (mut written, mut at) = (String::with_capacity(text.len()), 0);
        for part in found {
            if part.start >= at {
                written.push_str(&text[at..part.start]);
                written.push_str(&part.by);
                at = part.end;
            } else if part.end > at {
                // The end of a value that begins within the previous one.
                written.push('-');
                written.push_str(&part.by);
                at = part.end;
            }
        }
        written.push_str(&text[at..]);
        Cow::Owned(written)
    }

    /// A JSON text with its values replaced in strings, member names and numbers. Everything else stays as written.
    #[must_use]
    pub fn json(&self, text: &str) -> String {
        self.json_within(text, 0)
    }

    /// The pseudonym of an ID that is a hash: the same number of digits.
    #[must_use]
    pub fn id(&self, id: &str) -> String {
        let digits = hex::encode(self.derive("id", id));
        digits.chars().cycle().take(id.len()).collect()
    }

    /// A batch of a table's rows with values replaced.
    ///
    /// # Errors
    /// If the batch does not have the columns of the table.
    pub fn batch(&self, table: &Table, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let schema = table.schema();
        let columns: Vec<usize> = (0..table.columns.len()).collect();
        let redacted = columns.into_par_iter().map(|at| {
            let (column, field) = (&table.columns[at], schema.field(at));
            let values = batch
                .column_by_name(column.name)
                .ok_or_else(|| ArrowError::SchemaError(format!("there is no column {}", column.name)))?;
            let values = cast(values, field.data_type())?;
            Ok(self.column(&values, column.name, column.kind))
        });
        RecordBatch::try_new(Arc::clone(&schema), redacted.collect::<Result<_, ArrowError>>()?)
    }

    fn column(&self, values: &ArrayRef, name: &str, kind: ColumnKind) -> ArrayRef {
        if KEPT.contains(&name) {
            return Arc::clone(values);
        }
        match values.data_type() {
            DataType::Utf8 => {
                let redacted = values.as_string::<i32>().iter().map(|text| {
                    text.map(|text| match kind {
                        _ if HASHED.contains(&name) => Cow::Owned(self.id(text)),
                        ColumnKind::Json => Cow::Owned(self.json(text)),
                        // The start of a record.
                        _ if name == "excerpt" && text.starts_with(['{', '[']) => Cow::Owned(self.json(text)),
                        _ => self.text(text),
                    })
                });
                Arc::new(redacted.collect::<StringArray>())
            }
            DataType::List(field) => {
                let list = values.as_list::<i32>();
                let items = self.column(list.values(), name, kind);
                let (offsets, nulls) = (list.offsets().clone(), list.nulls().cloned());
                Arc::new(ListArray::new(Arc::clone(field), offsets, items, nulls))
            }
            DataType::Struct(fields) => {
                let members = values.as_struct();
                let columns = fields.iter().zip(members.columns());
                let columns = columns.map(|(field, column)| self.column(column, field.name(), ColumnKind::Text));
                Arc::new(StructArray::new(fields.clone(), columns.collect(), members.nulls().cloned()))
            }
            _ => Arc::clone(values),
        }
    }

    /// The parts of a text that are replaced, in any order. They may overlap.
    fn find(&self, text: &str) -> Vec<Replaced> {
        let words = Words::of(text);
        let mut found = Vec::new();
        for known in self.known.iter().flat_map(|known| known.find_overlapping_iter(text)) {
            let Some((kind, value)) = self.values.get(known.pattern().as_usize()) else { continue };
            let stands = match kind {
                // Its digits are enough: a bucket name may contain the account ID.
                Redaction::Accounts => words.is_number_of_its_own(known.start(), known.end()),
                _ => words.is_whole(known.start(), known.end()),
            };
            if stands {
                let by = self.pseudonym(*kind, value);
                found.push(Replaced { start: known.start(), end: known.end(), by });
            }
        }
        let mut add = |(start, end): (usize, usize), by: String| found.push(Replaced { start, end, by });
        if self.replaces(Redaction::Keys) {
            for (start, end) in secret_parameters(text) {
                add((start, end), self.pseudonym(Redaction::Keys, &text[start..end]));
            }
        }
        for (at, (start, end)) in words.all().enumerate() {
            let word = &text[start..end];
            if self.replaces(Redaction::Keys) && is_id(word) {
                add((start, end), self.pseudonym(Redaction::Keys, word));
            } else if self.replaces(Redaction::Keys) && TOKEN_PREFIXES.iter().any(|prefix| word.starts_with(prefix)) {
                let end = token_end(text, start);
                if end - start >= MIN_TOKEN {
                    add((start, end), self.pseudonym(Redaction::Keys, &text[start..end]));
                }
            } else if self.replaces(Redaction::Accounts) && is_account(word) && !is_uuid_end(text, start) {
                add((start, end), self.pseudonym(Redaction::Accounts, word));
            }
            if self.replaces(Redaction::Accounts)
                && let Some(part) = words.joined(at, ["-"; 2])
                && words.lengths_from(at) == [4, 4, 4]
                && let digits = text[part.0..part.1].replace('-', "")
                && is_account(&digits)
                && !is_within_uuid(text, part)
            {
                add(part, self.pseudonym(Redaction::Accounts, &digits));
            }
            if self.replaces(Redaction::Addresses) {
                if let Some((start, end)) = words.joined(at, ["."; 3])
                    && let Ok(address) = text[start..end].parse::<Ipv4Addr>()
                    && (!is_version(text, start, end) || self.addresses.contains(&text[start..end]))
                    && !is_everywhere(address)
                {
                    add((start, end), self.ipv4(address).to_string());
                }
                // A host name assigned by AWS.
                if matches!(word, "ip" | "ec2")
                    && let Some((start, end)) = words.joined(at, ["-"; 4])
                    && let Ok(address) = text[start + word.len() + 1..end].replace('-', ".").parse::<Ipv4Addr>()
                {
                    add((start, end), format!("{word}-{}", self.ipv4(address).to_string().replace('.', "-")));
                }
            }
        }
        if self.replaces(Redaction::Addresses) {
            for (start, end) in words::ipv6(text) {
                if let Ok(address) = text[start..end].parse::<Ipv6Addr>()
                    && !(address.is_unspecified() || address.is_loopback())
                {
                    add((start, end), self.ipv6(address).to_string());
                }
            }
        }
        if self.replaces(Redaction::Names) {
            for (start, end) in words::emails(text) {
                let address = text[start..end].replace("%40", "@").replace("%2540", "@");
                add((start, end), self.pseudonym(Redaction::Names, &address));
            }
        }
        found
    }

    /// The pseudonym of the whole value of a JSON member, if the member's name shows what the value is.
    fn member(&self, member: &str, value: &str) -> Option<String> {
        let member = member.to_ascii_lowercase();
        let is_secret = member.ends_with("token") || SECRET_MEMBERS.contains(&member.as_str());
        let is_hidden = value.is_empty() || value.chars().all(|c| c == '*') || value.starts_with("HIDDEN_DUE_TO");
        if is_secret && !is_hidden && self.replaces(Redaction::Keys) {
            return Some(self.pseudonym(Redaction::Keys, value));
        }
        let is_name = NAME_MEMBERS.contains(&member.as_str()) && is_telling(value) && !value.contains([' ', '{']);
        (is_name && self.replaces(Redaction::Names)).then(|| self.pseudonym(Redaction::Names, value))
    }

    /// The pseudonym of a value.
    fn pseudonym(&self, kind: Redaction, value: &str) -> String {
        let hash = match kind {
            Redaction::Names => self.derive(kind.as_str(), &value.to_lowercase()),
            _ => self.derive(kind.as_str(), value),
        };
        match kind {
            // The prefix shows what the ID identifies.
            Redaction::Keys if is_id(value) => format!("{}REDACTED{}", &value[..4], &letters(&hash)[..8]),
            Redaction::Keys => format!("redacted-{}", letters(&hash).to_lowercase()),
            // It has the form of an account ID, but no account with such an ID has been seen.
            Redaction::Accounts => format!("999{:09}", number(&hash) % 1_000_000_000),
            Redaction::Addresses => match (value.parse::<Ipv4Addr>(), value.parse::<Ipv6Addr>()) {
                (Ok(address), _) => self.ipv4(address).to_string(),
                (_, Ok(address)) => self.ipv6(address).to_string(),
                _ => value.to_owned(),
            },
            Redaction::Names => format!("name-{}", letters(&hash)[..10].to_lowercase()),
        }
    }

    /// An address from the range that is reserved and never routed.
    fn ipv4(&self, address: Ipv4Addr) -> Ipv4Addr {
        let hash = self.derive("addresses", &address.to_string());
        Ipv4Addr::from_bits(0xf000_0000 | (number(&hash) & 0x0fff_ffff) as u32)
    }

    /// An address from the range for documentation.
    fn ipv6(&self, address: Ipv6Addr) -> Ipv6Addr {
        if let Some(address) = address.to_ipv4_mapped() {
            return self.ipv4(address).to_ipv6_mapped();
        }
        let hash = self.derive("addresses", &address.to_string());
        let low = u128::from(number(&hash)) | u128::from(number(&hash[8..]) & 0xffff_ffff) << 64;
        Ipv6Addr::from_bits(0x2001_0db8 << 96 | low)
    }

    fn derive(&self, kind: &str, value: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        for part in [kind, "\0", value] {
            context.update(part.as_bytes());
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        hash
    }
}

/// Whether a name can be replaced everywhere without corrupting other text.
fn is_telling(name: &str) -> bool {
    name.chars().count() > 1
        && !COMMON.contains(&name.to_lowercase().as_str())
        && !name.starts_with(SERVICE_ROLE)
        && !name.ends_with(".amazonaws.com")
        && (name.len() >= 6 || !name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A value as it is written, and in lower and upper case if the search for known values does not cover them.
fn cases(value: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([value.to_owned()]);
    if !value.is_ascii() {
        all.extend([value.to_lowercase(), value.to_uppercase()]);
    }
    all
}

/// A value unchanged, as encoded in a URL, and as encoded in a URL within the fragment of another URL.
fn spellings(value: &str) -> Vec<String> {
    let mut all = vec![value.to_owned()];
    if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
        let encoded = |escape: &str| -> String {
            let one = |byte: u8| {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("{escape}{byte:02X}")
                }
            };
            value.bytes().map(one).collect()
        };
        all.extend(["%", "%25", "$25", "$"].map(encoded));
    }
    all
}

fn is_id(word: &str) -> bool {
    word.len() >= MIN_ID
        && word.len() <= 128
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && ID_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a range of a text is part of a UUID.
fn is_within_uuid(text: &str, (start, end): (usize, usize)) -> bool {
    let before = text[..start].ends_with('-');
    before || text[end..].starts_with('-')
}

/// Whether four numbers are a program version, as in `Chrome/124.0.0.0`, or part of a sequence of more than four.
fn is_version(text: &str, start: usize, end: usize) -> bool {
    let mut before = text[..start].chars().rev();
    let follows_name =
        matches!(before.next(), Some('/' | 'v' | '#')) && before.next().is_some_and(char::is_alphanumeric);
    let goes_on = text[end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let went_on = text[..start].strip_suffix('.').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
    follows_name || goes_on || went_on
}

/// Addresses that are the same everywhere: `0.0.0.0`, the machine itself, and the metadata service.
fn is_everywhere(address: Ipv4Addr) -> bool {
    address.is_unspecified() || address.is_loopback() || address == Ipv4Addr::new(169, 254, 169, 254)
}

/// The end of a token that begins at `start`.
fn token_end(text: &str, start: usize) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/=._-%".contains(c);
    text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length)
}

/// The values of parameters that grant access.
fn secret_parameters(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    if text.contains('=') {
        for parameter in SECRET_PARAMETERS {
            for (at, _) in text.match_indices(parameter) {
                let start = at + parameter.len();
                let rest = &text[start..];
                let length = rest.find(|c: char| c.is_whitespace() || "&\"'<>#;".contains(c)).unwrap_or(rest.len());
                if length > 0 {
                    found.push((start, start + length));
                }
            }
        }
    }
    found
}

/// The first 64 bits of a hash.
fn number(hash: &[u8]) -> u64 {
    hash.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// A hash as 16 letters and digits, of 5 bits each.
fn letters(hash: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = hash.iter().take(10).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    (0..16).map(|at| char::from(DIGITS[(bits >> (75 - 5 * at)) as usize & 31])).collect()
}

#[cfg(test)]
mod tests;
