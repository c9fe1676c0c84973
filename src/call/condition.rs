//! Describes the conditions of policy statements in words.
//!
//! Source: "IAM JSON policy elements: Condition operators" and "AWS global condition context keys" in the AWS IAM user
//! guide.

use super::name::short;
use crate::json::{Json, Members};

/// The number of conditions to list before counting the remaining ones.
const MAX_CONDITIONS: usize = 4;
/// The number of values to list for one condition before counting the remaining ones.
const MAX_VALUES: usize = 3;

/// Condition keys, with the phrases for matching and for not matching one of several values.
const PHRASES: [(&str, &str, &str); 10] = [
    ("aws:principalaccount", "from account", "from outside account"),
    ("aws:principalorgid", "from organization", "from outside organization"),
    ("aws:principalorgpaths", "from organization path", "from outside organization path"),
    ("aws:sourceaccount", "on behalf of account", "on behalf of accounts other than"),
    ("aws:sourcearn", "on behalf of", "on behalf of resources other than"),
    ("aws:sourceip", "from", "from outside"),
    ("aws:sourceowner", "from account", "from accounts other than"),
    ("aws:sourcevpc", "from VPC", "from outside VPC"),
    ("aws:sourcevpce", "through VPC endpoint", "other than through VPC endpoint"),
    ("sts:externalid", "with external ID", "without external ID"),
];

/// The description of a condition.
enum ConditionText {
    /// A phrase: ` from VPC vpc-1`.
    Phrase(String),
    /// A test: `kms:ViaService is s3.eu-west-1.amazonaws.com`.
    Test(String),
}

/// Describes all conditions of a statement, with a leading space: ` only from VPC vpc-1` for a statement that allows,
/// ` without TLS` for one that denies. Empty if there are none.
pub(super) fn describe(condition: Option<Json<'_>>, is_allow: bool) -> String {
    let (mut phrases, mut tests) = (Vec::new(), Vec::new());
    for (operator, values) in condition.and_then(Json::as_object).into_iter().flat_map(Members::iter) {
        let operator = Operator::new(operator);
        for (key, value) in values.as_object().into_iter().flat_map(Members::iter) {
            match operator.describe(key, &texts(value)) {
                ConditionText::Phrase(phrase) => phrases.push(phrase),
                ConditionText::Test(test) => tests.push(test),
            }
        }
    }
    let mut left_out = phrases.len().saturating_sub(MAX_CONDITIONS);
    phrases.truncate(MAX_CONDITIONS);
    left_out += tests.len().saturating_sub(MAX_CONDITIONS - phrases.len());
    tests.truncate(MAX_CONDITIONS - phrases.len());
    match left_out {
        0 => {}
        1 => tests.push("1 more condition holds".to_owned()),
        count => tests.push(format!("{count} more conditions hold")),
    }
    let only = if is_allow { "only " } else { "" };
    match (phrases.is_empty(), tests.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!(" {only}{}", phrases.join(" and ")),
        (true, false) => format!(" {only}if {}", tests.join(" and ")),
        (false, false) => format!(" {only}{} and {only}if {}", phrases.join(" and "), tests.join(" and ")),
    }
}

/// A condition operator: `ForAnyValue:StringNotEqualsIfExists`.
struct Operator {
    /// The operator without prefix and suffix, in lowercase: `stringnotequals`.
    base: String,
    /// The quantifier for a key with several values: `every ` or `any `.
    set: &'static str,
    /// Whether the condition holds if the key is absent: because of `IfExists`, or because `ForAllValues` holds for an
    /// empty list of values.
    allows_absence: bool,
}

impl Operator {
    fn new(operator: &str) -> Self {
        let operator = operator.to_ascii_lowercase();
        let (set, base) = match operator.split_once(':') {
            Some(("forallvalues", base)) => ("every ", base),
            Some(("foranyvalue", base)) => ("any ", base),
            _ => ("", operator.as_str()),
        };
        let (base, if_exists) = base.strip_suffix("ifexists").map_or((base, false), |base| (base, true));
        Self { base: base.to_owned(), set, allows_absence: if_exists || set == "every " }
    }

    fn describe(&self, key: &str, values: &[String]) -> ConditionText {
        let phrase = if self.allows_absence { None } else { self.phrase(key, values) };
        phrase.map_or_else(|| ConditionText::Test(self.test(key, values)), ConditionText::Phrase)
    }

    /// The idiomatic phrase for well-known keys.
    fn phrase(&self, key: &str, values: &[String]) -> Option<String> {
        let key = key.to_ascii_lowercase();
        if self.base == "bool" {
            return match (key.as_str(), values) {
                ("aws:securetransport", [value]) if value == "true" => Some("over TLS".to_owned()),
                ("aws:securetransport", [value]) if value == "false" => Some("without TLS".to_owned()),
                ("aws:multifactorauthpresent", [value]) if value == "true" => Some("with MFA".to_owned()),
                _ => None,
            };
        }
        let is_negated = match self.base.as_str() {
            "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike" | "ipaddress" => false,
            // "Any value is not" differs from "no value is".
            "stringnotequals"
            | "stringnotequalsignorecase"
            | "stringnotlike"
            | "arnnotequals"
            | "arnnotlike"
            | "notipaddress"
                if self.set.is_empty() =>
            {
                true
            }
            _ => return None,
        };
        let (_, is, is_not) = PHRASES.iter().find(|(known, ..)| *known == key)?;
        (!values.is_empty()).then(|| format!("{} {}", if is_negated { is_not } else { is }, either(values)))
    }

    /// The condition as a literal test.
    fn test(&self, key: &str, values: &[String]) -> String {
        let has_wildcard = values.iter().any(|value| value.contains(['*', '?']));
        let verb = match self.base.as_str() {
            "stringequals" | "stringequalsignorecase" | "numericequals" | "dateequals" | "binaryequals" | "bool" => {
                "is"
            }
            "stringlike" | "arnlike" | "arnequals" => {
                if has_wildcard {
                    "matches"
                } else {
                    "is"
                }
            }
            "stringnotequals" | "stringnotequalsignorecase" | "numericnotequals" | "datenotequals" => "is not",
            "stringnotlike" | "arnnotlike" | "arnnotequals" => {
                if has_wildcard {
                    "does not match"
                } else {
                    "is not"
                }
            }
            "ipaddress" => "is in",
            "notipaddress" => "is not in",
            "numericlessthan" => "is less than",
            "numericlessthanequals" => "is at most",
            "numericgreaterthan" => "is greater than",
            "numericgreaterthanequals" => "is at least",
            "datelessthan" => "is before",
            "datelessthanequals" => "is not after",
            "dategreaterthan" => "is after",
            "dategreaterthanequals" => "is not before",
            "null" if values.first().is_some_and(|value| value == "true") => {
                return format!("{} is absent", short(key, None));
            }
            "null" => return format!("{} is present", short(key, None)),
            other => other,
        };
        let absent = if self.allows_absence { " or is absent" } else { "" };
        format!("{}{} {verb} {}{absent}", self.set, short(key, None), either(values))
    }
}

/// Joins values: `a, b or c`. ARNs are shortened to names, unless their account matters.
fn either(values: &[String]) -> String {
    let names: Vec<String> = values.iter().take(MAX_VALUES).map(|value| short(value, Some("")).into_owned()).collect();
    match (names.as_slice(), values.len().saturating_sub(MAX_VALUES)) {
        ([], _) => "nothing".to_owned(),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} or {last}", first.join(", ")),
        (some, more) => format!("{} or {more} more", some.join(", ")),
    }
}

/// The texts of a list, or the single text.
pub(super) fn texts(value: Json<'_>) -> Vec<String> {
    match value {
        Json::Array(elements) => elements.iter().filter_map(|element| element.scalar().map(str::to_owned)).collect(),
        other => other.scalar().map(str::to_owned).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::Document;

    fn described(condition: Value, is_allow: bool) -> String {
        let document = Document::from(condition);
        describe(Some(document.root()), is_allow)
    }

    #[test]
    fn restricting_conditions_are_described_in_words() {
        let cases = [
            (json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}}), true, " only from VPC vpc-1"),
            (json!({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), false, " from outside VPC vpc-1"),
            (
                json!({"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}),
                true,
                " only from organization o-1 or o-2",
            ),
            (
                json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}),
                true,
                " only from organization path o-1/*",
            ),
            (json!({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), true, " only from 198.51.100.0/24"),
            (json!({"Bool": {"aws:SecureTransport": false}}), false, " without TLS"),
            (json!({"Bool": {"aws:SecureTransport": "true"}}), true, " only over TLS"),
            (
                json!({"StringEquals": {"sts:ExternalId": "x"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}),
                true,
                " only with external ID x and with MFA",
            ),
            (
                json!({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"},
                    "ArnEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"}}),
                true,
                " only on behalf of main in account 111122223333 and only if s3:x-amz-acl is bucket-owner-full-control",
            ),
        ];
        for (condition, is_allow, expected) in cases {
            assert_eq!(described(condition, is_allow), expected);
        }
    }

    #[test]
    fn conditions_that_accept_absent_keys_are_described() {
        let cases = [
            (
                json!({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}),
                " only if aws:SourceVpc is vpc-1 or is absent",
            ),
            (
                json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}),
                " only if every aws:TagKeys is a or b or is absent",
            ),
            (json!({"Null": {"aws:TokenIssueTime": "true"}}), " only if aws:TokenIssueTime is absent"),
            (json!({"Null": {"aws:TokenIssueTime": "false"}}), " only if aws:TokenIssueTime is present"),
            (
                json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
                " only if aws:MultiFactorAuthPresent is true or is absent",
            ),
            (
                json!({"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-1/r/"}}),
                " only if any aws:PrincipalOrgPaths is not o-1/r/",
            ),
        ];
        for (condition, expected) in cases {
            assert_eq!(described(condition, true), expected);
        }
    }

    #[test]
    fn other_conditions_are_described_literally() {
        let cases = [
            (
                json!({"StringLike": {"token.actions.githubusercontent.com:sub": "repo:org/app:*"}}),
                " if token.actions.githubusercontent.com:sub matches repo:org/app:*",
            ),
            (
                json!({"DateLessThan": {"aws:TokenIssueTime": "2026-03-11T20:00:00Z"}}),
                " if aws:TokenIssueTime is before 2026-03-11T20:00:00Z",
            ),
            (json!({"NumericGreaterThanEquals": {"s3:max-keys": 10}}), " if s3:max-keys is at least 10"),
            (
                json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "AES256", "c", "d", "e"]}}),
                " if s3:x-amz-server-side-encryption is not aws:kms, AES256, c or 2 more",
            ),
            (
                json!({"StringEquals": {"a:1": "1", "a:2": "2", "a:3": "3", "a:4": "4", "a:5": "5", "a:6": "6"}}),
                " if a:1 is 1 and a:2 is 2 and a:3 is 3 and a:4 is 4 and 2 more conditions hold",
            ),
            (json!({}), ""),
            (json!("no conditions"), ""),
        ];
        for (condition, expected) in cases {
            assert_eq!(described(condition, false), expected);
        }
    }
}
