//! Parses IAM policies of every kind into grants: identity, resource and trust policies.
//!
//! Source: "IAM JSON policy element reference" in the AWS IAM user guide.

use std::borrow::Cow;

use super::Grant;
use super::condition::{self, texts};
use super::name::{account_of, is_account, is_everything, listed, short};
use crate::json::{Document, Json};

/// AWS policies that allow everything, or nearly everything.
const ADMINISTRATOR: [&str; 3] = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];

/// Condition keys that restrict the caller or the network when they are compared for equality.
const RESTRICTING: [&str; 19] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:userid",
    "aws:username",
    "aws:vpcsourceip",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
];

/// The maximum size of what the grants of a statement repeat for each principal, in bytes. If it is exceeded, each list is
/// shortened to a few texts of this length: a record of a few MB could otherwise become a description of many GB.
const MAX_REPEATED: usize = 64 << 10;
const MAX_SHORTENED: usize = 2;
const MAX_CUT: usize = 64;

/// Whose permissions a policy states.
#[derive(Debug, Clone, Copy)]
pub(super) enum PolicySubject<'s> {
    /// An identity's permissions: its type and name. Such a policy does not name a principal.
    Identity(&'s str, &'s str),
    /// The permissions of the principals that the policy names.
    Principals,
}

/// The grants in a policy document: an object, or its text, which may be URL-encoded.
pub(super) fn grants(document: Json<'_>, subject: PolicySubject<'_>, account: Option<&str>) -> Vec<Grant> {
    match document {
        Json::Object(_) => statements(document, subject, account),
        Json::String(text) => {
            let text = decoded(text);
            statements(Document::read(&text).root(), subject, account)
        }
        _ => Vec::new(),
    }
}

/// The grants of the policies in the request of a call without an entry: from each member that is named like a policy,
/// at the top level or in the single object in which old services wrap their requests.
pub(super) fn in_request(request: Json<'_>, account: Option<&str>) -> Vec<Grant> {
    const NAMES: [&str; 3] = ["policy", "policydocument", "policytext"];
    let mut found = Vec::new();
    for (name, value) in request.as_object().into_iter().flat_map(crate::json::Members::iter) {
        let ends_with = |end: &&str| {
            let start = name.len().checked_sub(end.len());
            start.is_some_and(|start| name.as_bytes()[start..].eq_ignore_ascii_case(end.as_bytes()))
        };
        if NAMES.iter().any(ends_with) {
            found.extend(grants(value, PolicySubject::Principals, account));
        } else if ends_with(&"request") {
            found.extend(in_request(value, account));
        }
    }
    found
}

/// The grant of a managed policy for which only the ARN is known.
pub(super) fn managed(arn: &str, subject: PolicySubject<'_>) -> Option<Grant> {
    let PolicySubject::Identity(kind, name) = subject else { return None };
    let policy = short(arn, None).into_owned();
    let is_administrator = arn.contains(":aws:policy/") && ADMINISTRATOR.contains(&policy.as_str());
    Some(Grant {
        effect: "allow",
        grantee_type: kind.to_owned(),
        grantee: name.to_owned(),
        actions: Vec::new(),
        all_actions_except: false,
        resources: Vec::new(),
        conditions: Vec::new(),
        limits: String::new(),
        all_resources_except: false,
        policy: Some(arn.to_owned()),
        public: false,
        external: false,
        administrator: is_administrator,
    })
}

/// Whether a policy revokes a role's sessions that were created before some time, like "Revoke active sessions" in the
/// console.
pub(super) fn revokes_sessions(grants: &[Grant]) -> bool {
    let is_revocation = |grant: &Grant| {
        grant.effect == "deny"
            && grant.actions.iter().any(|action| action == "*")
            && grant.conditions.iter().any(|key| key.eq_ignore_ascii_case("aws:TokenIssueTime"))
    };
    grants.iter().any(is_revocation)
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2).and_then(|digits| hex::decode(digits).ok())).flatten();
        if let Some(byte) = escaped {
            bytes.extend(byte);
            rest = &after[2..];
        } else {
            bytes.push(if *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn statements(document: Json<'_>, subject: PolicySubject<'_>, account: Option<&str>) -> Vec<Grant> {
    let mut grants = Vec::new();
    match member(document, "Statement") {
        Some(Json::Array(statements)) => {
            statements.iter().for_each(|statement| grants.extend(read_statement(statement, subject, account)));
        }
        Some(statement) => grants.extend(read_statement(statement, subject, account)),
        None => {}
    }
    grants
}

fn read_statement(statement: Json<'_>, subject: PolicySubject<'_>, account: Option<&str>) -> Vec<Grant> {
    let effect = match member(statement, "Effect").and_then(Json::scalar) {
        Some(effect) if effect.eq_ignore_ascii_case("allow") => "allow",
        Some(effect) if effect.eq_ignore_ascii_case("deny") => "deny",
        _ => return Vec::new(),
    };
    let (actions, all_actions_except) = match (member(statement, "Action"), member(statement, "NotAction")) {
        (Some(actions), _) => (texts(actions), false),
        (None, Some(actions)) => (texts(actions), true),
        (None, None) => return Vec::new(),
    };
    let (resources, all_resources_except) = match (member(statement, "Resource"), member(statement, "NotResource")) {
        (Some(resources), _) => (texts(resources), false),
        (None, Some(resources)) => (texts(resources), true),
        (None, None) => (Vec::new(), false),
    };
    let condition = member(statement, "Condition");
    let conditions = condition_keys(condition);
    let is_restricted = is_restricting(condition);
    let is_allow = effect == "allow";
    let limits = condition::describe(condition, is_allow);
    let principal = member(statement, "Principal").map(principals);
    // What the statement allows is repeated for each principal.
    let is_long = principal.as_ref().is_some_and(|principals| {
        let lists = [&actions, &resources, &conditions];
        let length = lists.into_iter().flatten().map(String::len).sum::<usize>() + limits.len();
        principals.len().saturating_mul(length) > MAX_REPEATED
    });
    let list = |texts: &[String]| if is_long { shortened(texts) } else { texts.to_vec() };
    let (kept_actions, kept_resources, kept_conditions) = (list(&actions), list(&resources), list(&conditions));
    let kept_limits = if is_long { cut(&limits) } else { limits.clone() };
    let grant = |grantee_type: &str, grantee: &str| {
        let is_everyone = grantee_type == "everyone";
        let public = is_allow && is_everyone && !is_restricted;
        let other_account =
            account_of_grantee(grantee_type, grantee).is_some_and(|theirs| account.is_none_or(|ours| ours != theirs));
        Grant {
            effect,
            grantee_type: grantee_type.to_owned(),
            grantee: grantee.to_owned(),
            actions: kept_actions.clone(),
            all_actions_except,
            resources: kept_resources.clone(),
            conditions: kept_conditions.clone(),
            limits: kept_limits.clone(),
            all_resources_except,
            policy: None,
            public,
            external: public || is_allow && other_account,
            administrator: is_allow
                && !matches!(subject, PolicySubject::Principals)
                && (all_resources_except || resources.iter().any(|resource| resource == "*"))
                && (all_actions_except || actions.iter().any(|action| is_everything(action))),
        }
    };
    if let PolicySubject::Identity(kind, name) = subject {
        return vec![grant(kind, name)];
    }
    match (principal, member(statement, "NotPrincipal")) {
        (Some(principals), _) => principals.iter().map(|(kind, name)| grant(kind, name)).collect(),
        // Allowing everyone except some is treated as allowing everyone. Denying everyone except some gives no access.
        (None, Some(except)) => {
            let but: Vec<String> =
                principals(except).into_iter().map(|(_, name)| short(&name, None).into_owned()).collect();
            let who = format!("everyone except {}", listed(&but));
            vec![Grant { grantee: who, ..grant("everyone", "everyone") }]
        }
        (None, None) => Vec::new(),
    }
}

/// The first texts of a list, and `…` for the others.
fn shortened(texts: &[String]) -> Vec<String> {
    let more = (texts.len() > MAX_SHORTENED).then(|| "…".to_owned());
    texts.iter().take(MAX_SHORTENED).map(|text| cut(text)).chain(more).collect()
}

fn cut(text: &str) -> String {
    if text.len() <= MAX_CUT { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(MAX_CUT)]) }
}

/// The types and names of the principals.
fn principals(principal: Json<'_>) -> Vec<(String, String)> {
    match principal {
        Json::Object(members) => {
            let of = |(kind, names): (&str, Json<'_>)| {
                texts(names).into_iter().map(|name| typed(kind, name)).collect::<Vec<_>>()
            };
            members.iter().flat_map(of).collect()
        }
        other => texts(other).into_iter().map(|name| typed("AWS", name)).collect(),
    }
}

fn typed(kind: &str, name: String) -> (String, String) {
    let typed = match kind {
        "AWS" if name == "*" => return ("everyone".to_owned(), "everyone".to_owned()),
        "AWS" if is_account(&name) => "account",
        "AWS" if name.ends_with(":root") => {
            return ("account".to_owned(), account_of(&name).map_or_else(|| name.clone(), str::to_owned));
        }
        "AWS" if name.contains(":role/") || name.contains(":assumed-role/") => "role",
        "AWS" if name.contains(":user/") => "user",
        "Service" => "service",
        "Federated" => "federated",
        _ => "principal",
    };
    (typed.to_owned(), name)
}

fn account_of_grantee<'g>(kind: &str, grantee: &'g str) -> Option<&'g str> {
    match kind {
        "account" => Some(grantee),
        "role" | "user" | "principal" => account_of(grantee),
        _ => None,
    }
}

fn condition_keys(condition: Option<Json<'_>>) -> Vec<String> {
    let mut keys = Vec::new();
    for (_, tests) in condition.and_then(Json::as_object).into_iter().flat_map(crate::json::Members::iter) {
        for key in tests.as_object().into_iter().flat_map(crate::json::Members::names) {
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
    }
    keys
}

/// Whether a condition restricts the caller or the network. Requiring an encrypted connection does not.
fn is_restricting(condition: Option<Json<'_>>) -> bool {
    let Some(operators) = condition.and_then(Json::as_object) else { return false };
    operators.iter().any(|(operator, tests)| {
        let operator = operator.to_ascii_lowercase();
        // `IfExists` also holds if the key is absent, and `Not` excludes values instead of selecting them.
        let is_equal =
            !operator.contains("not") && !operator.ends_with("ifexists") && operator != "null" && operator != "bool";
        is_equal
            && tests.as_object().is_some_and(|tests| {
                tests.iter().any(|(key, values)| {
                    RESTRICTING.contains(&key.to_ascii_lowercase().as_str())
                        && !texts(values).iter().any(|value| accepts_any(value))
                })
            })
    })
}

/// Whether a value of a condition accepts any value.
fn accepts_any(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|char| char == '*')
        || super::network::is_everywhere(value)
        || value == "arn:aws:*"
}

/// Looks up a member by name, ignoring case.
fn member<'j>(object: Json<'j>, name: &str) -> Option<Json<'j>> {
    let members = object.as_object()?;
    members.get(name).or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::statement::describe;
    use super::*;

    const OWN_ACCOUNT: Option<&str> = Some("111122223333");

    fn resource(document: &Value) -> Vec<Grant> {
        grants(Document::from(document.clone()).root(), PolicySubject::Principals, OWN_ACCOUNT)
    }

    fn identity(document: &Value) -> Grant {
        let text = Value::String(document.to_string());
        let grants = grants(Document::from(text).root(), PolicySubject::Identity("role", "deploy"), OWN_ACCOUNT);
        grants.into_iter().next().expect("one statement")
    }

    fn statement(more: &Value) -> Value {
        let mut statement = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"});
        for (key, value) in more.as_object().expect("an object") {
            statement[key] = value.clone();
        }
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }

    fn is_public(more: &Value) -> bool {
        resource(&statement(more)).iter().any(|grant| grant.public)
    }

    #[test]
    fn grants_to_everyone_are_public_unless_denied_or_restricted() {
        assert!(is_public(&json!({})));
        assert!(is_public(&json!({"Principal": {"AWS": "*"}})));
        assert!(is_public(&json!({"Principal": {"AWS": ["111122223333", "*"]}})));
        assert!(is_public(&json!({"Condition": {"Bool": {"aws:SecureTransport": "true"}}})));
        assert!(is_public(&json!({"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}}})));
        assert!(is_public(&json!({"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}})));
        assert!(is_public(&json!({"Condition": {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}})));
        assert!(is_public(&json!({"Condition": {"StringLike": {"aws:PrincipalArn": "*"}}})));
        assert!(!is_public(&json!({"Effect": "Deny"})));
        assert!(!is_public(&json!({"Principal": {"AWS": "111122223333"}})));
        assert!(!is_public(&json!({"Principal": {"Service": "cloudtrail.amazonaws.com"}})));
        assert!(!is_public(&json!({"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}})));
        assert!(!is_public(&json!({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})));
        assert!(!is_public(&json!({"Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}})));
        assert!(!is_public(&json!({"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}})));
    }

    #[test]
    fn deny_statement_for_plain_http_grants_no_access() {
        let policy = json!({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}});
        let grants = resource(&policy);
        assert!(grants.iter().all(|grant| !grant.public && !grant.external));
        assert_eq!(describe(&grants, false).as_deref(), Some("denies everyone s3:* without TLS"));
    }

    #[test]
    fn not_principal_grants_access_only_in_allow_statements() {
        let allow = resource(
            &json!({"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/eve"},
            "Action": "s3:GetObject", "Resource": "*"}]}),
        );
        assert!(allow[0].public);
        assert_eq!(describe(&allow, false).as_deref(), Some("lets everyone except eve call s3:GetObject"));
        let deny = resource(
            &json!({"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "s3:*", "Resource": "*"}]}),
        );
        assert!(!deny[0].public && !deny[0].external);
    }

    #[test]
    fn only_other_accounts_are_external() {
        let policy = |who: &str| statement(&json!({"Principal": {"AWS": who}}));
        for who in ["999988887777", "arn:aws:iam::999988887777:root", "arn:aws:iam::999988887777:role/x"] {
            let grants = resource(&policy(who));
            assert!(grants[0].external && !grants[0].public, "{who}");
        }
        assert!(!resource(&policy("arn:aws:iam::111122223333:role/x"))[0].external);
        let trust = resource(&policy("arn:aws:iam::999988887777:role/x"));
        assert_eq!(describe(&trust, false).as_deref(), Some("lets role x in account 999988887777 call s3:GetObject"));
    }

    #[test]
    fn all_actions_on_all_resources_are_administrator_access() {
        let admin = |statement: Value| identity(&json!({"Statement": [statement]})).administrator;
        assert!(admin(json!({"Effect": "Allow", "Action": "*", "Resource": "*"})));
        assert!(admin(json!({"Effect": "Allow", "Action": ["s3:Get*", "*"], "Resource": ["*"]})));
        assert!(admin(json!({"Effect": "Allow", "Action": "*:*", "Resource": "*"})));
        assert!(admin(json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})));
        assert!(!admin(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})));
        assert!(!admin(json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/*"})));
        assert!(!admin(json!({"Effect": "Deny", "Action": "*", "Resource": "*"})));
    }

    #[test]
    fn revoking_sessions_grants_nothing() {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"],
            "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-03-11T20:00:00.000Z"}}}]});
        let grant = identity(&policy);
        assert!(!grant.administrator && grant.effect == "deny");
        assert!(revokes_sessions(&[grant]));
    }

    #[test]
    fn url_encoded_documents_are_decoded() {
        let text = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D";
        let grants = grants(Json::String(text), PolicySubject::Identity("user", "eve"), OWN_ACCOUNT);
        assert!(grants[0].administrator);
    }

    #[test]
    fn invalid_documents_grant_nothing() {
        for text in ["", "{", "%7B", "[]", "{\"Statement\":[1,null,{\"Effect\":\"Perhaps\",\"Action\":\"*\"}]}"] {
            assert_eq!(grants(Json::String(text), PolicySubject::Principals, OWN_ACCOUNT), [], "{text}");
        }
    }

    #[test]
    fn only_aws_managed_policies_are_recognized_by_name() {
        let of = |arn: &str| managed(arn, PolicySubject::Identity("role", "deploy")).map(|grant| grant.administrator);
        assert_eq!(of("arn:aws:iam::aws:policy/AdministratorAccess"), Some(true));
        assert_eq!(of("arn:aws-us-gov:iam::aws:policy/PowerUserAccess"), Some(true));
        assert_eq!(of("arn:aws:iam::111122223333:policy/AdministratorAccess"), Some(false));
        assert_eq!(of("arn:aws:iam::aws:policy/ReadOnlyAccess"), Some(false));
    }
}
