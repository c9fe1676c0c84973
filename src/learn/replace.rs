//! Replaces the names, accounts, keys and addresses in a real trail with made-up values. Equal values get equal
//! replacements.

use std::net::IpAddr;

use foldhash::{HashMap, HashSet};
use serde_json::{Map, Value};

use super::address::is_region;
use crate::rule::RuleSet;
use crate::rule::condition::Condition;
use crate::rule::shape::Shape;

/// The account ID used in examples.
const ACCOUNT: &str = "111122223333";
/// A browser's user agent.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
/// The words in a host name that identify the service.
const HOSTS: [&str; 6] = ["s3", "s3-control", "iam", "ec2", "sts", "execute-api"];
/// The longest text that can be a setting.
const MAX_SETTING: usize = 40;
/// The prefixes of resource IDs that AWS assigns. Other prefixes may be names of people.
const ID_PREFIXES: [&str; 40] = [
    "i",
    "sg",
    "sgr",
    "vpc",
    "subnet",
    "vol",
    "ami",
    "snap",
    "eni",
    "igw",
    "eigw",
    "rtb",
    "rtbassoc",
    "acl",
    "aclassoc",
    "nat",
    "eipalloc",
    "eipassoc",
    "vpce",
    "vpce-svc",
    "pcx",
    "tgw",
    "tgw-attach",
    "tgw-rtb",
    "lt",
    "r",
    "vgw",
    "vpn",
    "cgw",
    "dopt",
    "fs",
    "fsmt",
    "fsap",
    "key",
    "eni-attach",
    "pl",
    "ipam",
    "cvpn-endpoint",
    "fl",
    "mi",
];
/// The deepest level of a request to keep.
const MAX_DEPTH: usize = 12;
/// The most list elements or object members to keep.
const MAX_ELEMENTS: usize = 40;

/// The replacements so far.
#[derive(Debug, Default)]
pub(super) struct Replacer {
    replaced: HashMap<String, String>,
    /// How many values of each kind were replaced.
    counts: HashMap<String, usize>,
    /// The replacements that are already in use.
    used: HashSet<String>,
}

/// The texts that a call's shapes test for, which a replacement must therefore keep.
#[derive(Debug)]
pub(super) struct TestedTexts<'r> {
    shapes: Vec<&'r Shape>,
}

impl<'r> TestedTexts<'r> {
    /// The texts for a call.
    pub(super) fn of(rules: &'r RuleSet, call: &str) -> Self {
        Self { shapes: rules.shapes_of(call).iter().map(|shape| rules.shape(*shape)).collect() }
    }

    /// Whether a shape tests for exactly this value.
    fn contains(&self, text: &str) -> bool {
        let equals = |condition: &Condition| match condition {
            Condition::Equals(expected) => expected == text,
            Condition::OneOf(all) => all.iter().any(|expected| expected == text),
            _ => false,
        };
        self.shapes.iter().any(|shape| {
            shape.conditions.iter().any(|(_, condition)| equals(condition))
                || shape.text.iter().any(|part| part.contains(&format!("\"{text}\"")))
                || shape.exact_text().is_some_and(|exactly| exactly.contains(&format!("\"{text}\"")))
        })
    }

    /// The prefix or suffix that a shape tests for, if the text has it.
    fn affix(&self, text: &str) -> Option<(&str, bool)> {
        let affix = |condition: &'r Condition| match condition {
            Condition::StartsWith(start) if text.starts_with(start.as_str()) => Some((start.as_str(), true)),
            Condition::Contains(part) if text.contains(part.as_str()) => Some((part.as_str(), true)),
            Condition::EndsWith(end) if text.ends_with(end.as_str()) => Some((end.as_str(), false)),
            _ => None,
        };
        self.shapes.iter().flat_map(|shape| &shape.conditions).find_map(|(_, condition)| affix(condition))
    }
}

impl Replacer {
    /// The body with replaced values.
    pub(super) fn body(&mut self, body: &Value, tested: &TestedTexts<'_>) -> Value {
        self.value("value", body, tested, 0)
    }

    fn value(&mut self, member: &str, value: &Value, tested: &TestedTexts<'_>, depth: usize) -> Value {
        match value {
            Value::Object(_) | Value::Array(_) if depth >= MAX_DEPTH => Value::Null,
            Value::Object(members) => {
                let kept = members.iter().filter(|(name, _)| depth == 0 || is_member_name(name));
                let replaced = kept
                    .take(MAX_ELEMENTS)
                    .map(|(name, value)| (name.clone(), self.value(name, value, tested, depth + 1)));
                Value::Object(replaced.collect::<Map<_, _>>())
            }
            Value::Array(elements) => {
                let elements = elements.iter().take(MAX_ELEMENTS);
                Value::Array(elements.map(|element| self.value(member, element, tested, depth + 1)).collect())
            }
            Value::String(text) => Value::String(self.text(member, text, tested)),
            Value::Number(number) if number.to_string().len() > 9 && !tested.contains(&number.to_string()) => {
                // Accounts, times and IDs. Page sizes are short.
                Value::from(if number.to_string().len() == 12 { 111_122_223_333_u64 } else { 1_700_000_000_000_u64 })
            }
            other => other.clone(),
        }
    }

    /// The replacement of a text in a member of this name.
    pub(super) fn text(&mut self, member: &str, text: &str, tested: &TestedTexts<'_>) -> String {
        if tested.contains(text) || (is_plain(text) && !(is_of_name(member) && is_capitals(text))) {
            return text.to_owned();
        }
        if let Some(known) = self.replaced.get(text) {
            return known.clone();
        }
        let new = match tested.affix(text) {
            Some((part, true)) => format!("{part}{}", self.name(member)),
            Some((part, false)) => format!("{}{part}", self.name(member)),
            None => self.made_up(member, text, tested),
        };
        self.used.insert(new.clone());
        self.replaced.insert(text.to_owned(), new.clone());
        new
    }

    /// A name for the access key of a page load.
    pub(super) fn key(&mut self, key: &str) -> String {
        if let Some(known) = self.replaced.get(key) {
            return known.clone();
        }
        let new = format!("key-{}", self.next("key"));
        self.replaced.insert(key.to_owned(), new.clone());
        new
    }

    fn made_up(&mut self, member: &str, text: &str, tested: &TestedTexts<'_>) -> String {
        if let Some(json) = embedded(text) {
            return self.value(member, &json, tested, 1).to_string();
        }
        if let Some(arn) = self.arn(text, tested) {
            return arn;
        }
        if is_digits(text, 12) {
            let at = self.next("account");
            return if at == 1 { ACCOUNT.to_owned() } else { format!("44445555{at:04}") };
        }
        if (text.starts_with("AKIA") || text.starts_with("ASIA")) && text.len() >= 16 {
            return format!("{}EXAMPLE{:09}", &text[..4], self.next("access key"));
        }
        if text.contains('@') && text.contains('.') {
            return format!("person-{}@example.com", self.next("person"));
        }
        if let Some(address) = self.network(text) {
            return address;
        }
        if is_uuid(text) {
            return format!("00000000-0000-4000-8000-{:012}", self.next("uuid"));
        }
        if let Some((prefix, digits)) = text.rsplit_once('-')
            && (8..=17).contains(&digits.len())
            && ID_PREFIXES.contains(&prefix)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return format!("{prefix}-{:0width$}", self.next(prefix), width = digits.len());
        }
        if let Some(host) = self.host(text, tested) {
            return host;
        }
        self.name(member)
    }

    /// A name derived from the member: `userName` becomes `user-1`.
    fn name(&mut self, member: &str) -> String {
        let member = super::address::slug(member);
        let words: Vec<&str> =
            member.split('-').filter(|word| !matches!(*word, "name" | "id" | "arn" | "value")).collect();
        let kind = words.last().map_or("value", |word| word.trim_end_matches('s'));
        let kind = if kind.is_empty() || kind.len() > 20 { "value" } else { kind };
        format!("{kind}-{}", self.next(kind))
    }

    fn next(&mut self, kind: &str) -> usize {
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// An ARN with another account and another name, of the same kind of resource.
    fn arn(&mut self, text: &str, tested: &TestedTexts<'_>) -> Option<String> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [arn @ "arn", partition, service, region, account, resource] = parts[..] else { return None };
        if account == "aws" {
            return Some(text.to_owned());
        }
        let account = if account.is_empty() { String::new() } else { self.text("account", account, tested) };
        let (kind, separator) = match resource.find(['/', ':']) {
            Some(end) => (Some(&resource[..end]), &resource[end..=end]),
            None => (None, ""),
        };
        let member = kind.unwrap_or(service);
        let name = resource.rsplit(['/', ':']).next().unwrap_or(resource);
        let name = if name == "*" { "*".to_owned() } else { self.text(member, name, tested) };
        let kind = kind.filter(|kind| is_member_name(kind)).unwrap_or_default();
        Some(format!("{arn}:{partition}:{service}:{region}:{account}:{kind}{separator}{name}"))
    }

    /// An address or a network in the ranges reserved for documentation. The network for the whole internet is kept.
    fn network(&mut self, text: &str) -> Option<String> {
        let (address, size) = text.split_once('/').map_or((text, None), |(address, size)| (address, Some(size)));
        let parsed: IpAddr = address.parse().ok()?;
        if parsed.is_unspecified() {
            return Some(text.to_owned());
        }
        let at = self.next("network");
        let new = if parsed.is_ipv4() { format!("198.51.100.{}", at % 250 + 1) } else { format!("2001:db8::{at:x}") };
        Some(size.map_or_else(|| new.clone(), |size| format!("{new}/{size}")))
    }

    /// An AWS host name. The part before the service is the name of a bucket or an account.
    fn host(&mut self, text: &str, tested: &TestedTexts<'_>) -> Option<String> {
        let rest = text.strip_suffix(".amazonaws.com")?;
        if text.contains('/') {
            return None;
        }
        let labels: Vec<&str> = rest.split('.').collect();
        let service = labels.iter().position(|label| HOSTS.contains(label)).unwrap_or(0);
        let own = labels[..service].join(".");
        let own = if own.is_empty() { own } else { format!("{}.", self.text("bucket", &own, tested)) };
        Some(format!("{own}{}.amazonaws.com", labels[service..].join(".")))
    }
}

/// The user agent without the parts that identify a machine.
pub(super) fn agent(agent: &str) -> &str {
    if agent.starts_with("Mozilla/") { BROWSER } else { agent }
}

/// Whether a text reveals nothing about an organization: a number, a setting, a region, an AWS-owned resource.
fn is_plain(text: &str) -> bool {
    let is_number = text.len() <= 6 && text.parse::<f64>().is_ok();
    let is_zone = text.strip_suffix(|c: char| c.is_ascii_lowercase()).is_some_and(is_region);
    text.is_empty()
        || is_number
        || is_capitals(text)
        || is_region(text)
        || is_zone
        || matches!(text, "true" | "false" | "self" | "amazon" | "*" | "/" | "default" | "Allow" | "Deny")
        || text.starts_with("aws/")
        || text.starts_with("alias/aws/")
        || is_date(text)
        || text
            .strip_suffix(".amazonaws.com")
            .is_some_and(|service| service.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Whether a text is in capitals, like a setting: `PENDING`.
fn is_capitals(text: &str) -> bool {
    text.len() <= MAX_SETTING
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && !text.starts_with("AKIA")
        && !text.starts_with("ASIA")
}

/// Whether a member names something, regardless of its value.
fn is_of_name(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    ["name", "id", "key", "arn"].iter().any(|ending| member.ends_with(ending))
}

/// Whether a text is a date, with or without a time.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.len() <= 35
        && bytes.len() >= 10
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes.iter().all(|byte| byte.is_ascii_digit() || b"-:.TZ+ ".contains(byte))
}

/// Whether a text can be a member's name, and not a user-defined name.
fn is_member_name(name: &str) -> bool {
    name.len() <= 60 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte))
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The object or list in a JSON text, such as a policy.
fn embedded(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) || text.len() > 20_000 {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identifiers_are_replaced_consistently() {
        let rules = RuleSet::shipped().unwrap();
        let tested = TestedTexts::of(&rules, "iam:AttachUserPolicy");
        let mut names = Replacer::default();
        let body = json!({
            "userName": "jane.doe",
            "owner": "jane.doe",
            "arn": "arn:aws:iam::123456789012:role/team/jane-admin",
            "managed": "arn:aws:iam::aws:policy/IAMUserChangePassword",
            "account": "123456789012",
            "key": "AKIAABCDEFGHIJKLMNOP",
            "mail": "jane@corp.example",
            "ip": "203.0.113.7",
            "network": "10.1.0.0/16",
            "everyone": "0.0.0.0/0",
            "instance": "i-0abcdef1234567890",
            "userId": "JANE",
            "policy": "{\"Principal\":\"arn:aws:iam::123456789012:root\"}",
            "maxItems": 1000,
            "state": "PENDING",
            "region": "eu-west-1",
        });
        let replaced = names.body(&body, &tested);
        let text = replaced.to_string();
        for secret in ["jane", "JANE", "123456789012", "ABCDEFGHIJ", "corp", "203.0.113", "10.1.0", "abcdef"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
        assert_eq!(replaced["userName"], replaced["owner"]);
        assert_eq!(replaced["managed"], body["managed"]);
        for kept in ["everyone", "maxItems", "state", "region"] {
            assert_eq!(replaced[kept], body[kept]);
        }
        assert_eq!(replaced["arn"], "arn:aws:iam::111122223333:role/role-1");
    }

    #[test]
    fn values_tested_by_shapes_are_kept() {
        let rules = RuleSet::shipped().unwrap();
        let tested = TestedTexts::of(&rules, "access-analyzer:ListAnalyzers");
        let body = json!({"maxResults": "1", "type": "ACCOUNT"});
        assert_eq!(Replacer::default().body(&body, &tested), body);
    }

    #[test]
    fn deep_and_wide_bodies_are_truncated() {
        let rules = RuleSet::default();
        let tested = TestedTexts::of(&rules, "iam:X");
        let deep = (0..100).fold(json!("x"), |inner, _| json!({"a": inner}));
        let wide = json!({"all": (0..1000).collect::<Vec<_>>()});
        let replaced = Replacer::default().body(&wide, &tested);
        assert_eq!(replaced["all"].as_array().map(Vec::len), Some(MAX_ELEMENTS));
        assert!(Replacer::default().body(&deep, &tested).to_string().len() < 200);
    }
}
