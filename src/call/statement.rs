//! Describes the grants of policies in words.

use std::hash::{Hash, RandomState};

use indexmap::IndexMap;

use super::Grant;
use super::name::{account_of, is_everything, listed, short};
use crate::rule::seen::distinct;

/// The actions that allow assuming a role, and actions that usually accompany them.
const ASSUME: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

/// A description in words: `lets everyone call s3:GetObject; and denies account 111122223333 s3:*`. For an identity
/// policy, without the grantee: `allows s3:GetObject on logs/*`.
pub(super) fn describe(grants: &[Grant], of_identity: bool) -> Option<String> {
    /// The number of statements to describe before counting the remaining ones.
    const MAX_LISTED: usize = 3;
    // Statements that differ only in their principals are merged.
    let mut merged: IndexMap<_, (&Grant, Vec<String>), RandomState> = IndexMap::default();
    for grant in grants {
        let who = if lets_assume(grant) { trusted(grant) } else { grantee(grant) };
        merged.entry(without_grantee(grant)).or_insert_with(|| (grant, Vec::new())).1.push(who);
    }
    let mut statements: Vec<(&Grant, Vec<String>)> =
        merged.into_values().map(|(grant, grantees)| (grant, distinct(grantees))).collect();
    let more = statements.len().saturating_sub(MAX_LISTED);
    if more > 0 {
        // Statements that give access to others come first, so that they are not omitted.
        statements.sort_by_key(|(grant, _)| (!grant.public, !grant.external, !grant.administrator));
    }
    if let Some(text) = describe_two(&statements, of_identity) {
        return Some(text);
    }
    let mut parts: Vec<String> = Vec::new();
    for (grant, grantees) in statements.iter().take(MAX_LISTED) {
        let part = describe_one(grant, grantees, of_identity);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    match more {
        0 => {}
        1 => parts.push("1 more statement".to_owned()),
        count => parts.push(format!("{count} more statements")),
    }
    let (last, first) = parts.split_last()?;
    Some(if first.is_empty() { last.clone() } else { format!("{}; and {last}", first.join("; ")) })
}

/// Describes two statements that allow actions for the same principals:
/// `lets x call s3:GetBucketAcl, and s3:PutObject only if …`.
fn describe_two(statements: &[(&Grant, Vec<String>)], of_identity: bool) -> Option<String> {
    let [(first, grantees), (second, same)] = statements else { return None };
    let is_plain = |grant: &Grant| grant.effect == "allow" && !lets_assume(grant) && in_organization(grant).0.is_none();
    if of_identity || grantees != same || !is_plain(first) || !is_plain(second) || !first.limits.is_empty() {
        return None;
    }
    let part = describe_one(second, grantees, false);
    let actions = part.strip_prefix(&format!("lets {} call ", listed(grantees)))?;
    Some(format!("{}, and {actions}", describe_one(first, grantees, false)))
}

/// What grants of the same statement have in common.
fn without_grantee(grant: &Grant) -> impl Hash + Eq + '_ {
    let actions = (grant.effect, &grant.actions, grant.all_actions_except);
    (actions, &grant.resources, grant.all_resources_except, &grant.limits, &grant.policy)
}

fn describe_one(grant: &Grant, grantees: &[String], of_identity: bool) -> String {
    let is_allow = grant.effect == "allow";
    let actions = match (grant.actions.as_slice(), grant.all_actions_except) {
        ([], _) => "the actions in its policy".to_owned(),
        (actions, false) if actions.iter().any(|action| is_everything(action)) => "all actions".to_owned(),
        (actions, false) => listed(actions),
        (actions, true) => format!("all actions except {}", listed(actions)),
    };
    let (organization, limits) = in_organization(grant);
    let who = organization.map_or_else(|| listed(grantees), |id| format!("everyone in organization {id}"));
    let does = match (of_identity, is_allow) {
        (true, true) => format!("allows {actions}"),
        (true, false) => format!("denies {actions}"),
        (false, true) if lets_assume(grant) => format!("lets {who} assume it"),
        (false, true) => format!("lets {who} call {actions}"),
        (false, false) => format!("denies {who} {actions}"),
    };
    format!("{does}{}{limits}", on_resources(grant, of_identity))
}

/// The organization that everyone must belong to, if the statement includes that condition, and the remaining limits.
fn in_organization(grant: &Grant) -> (Option<&str>, &str) {
    let limits = grant.limits.as_str();
    let id = limits.strip_prefix(" only from organization ").filter(|id| !id.contains(' '));
    let is_everyone = grant.grantee_type == "everyone" && grant.grantee == "everyone" && grant.effect == "allow";
    match id.filter(|_| is_everyone) {
        Some(id) => (Some(id), ""),
        None => (None, limits),
    }
}

/// Whether a statement of a trust policy only allows assuming the role.
fn lets_assume(grant: &Grant) -> bool {
    let is_known = |action: &String| ASSUME.iter().any(|known| known.eq_ignore_ascii_case(action));
    !grant.all_actions_except
        && grant.actions.iter().all(is_known)
        && grant.actions.iter().any(|action| action.to_ascii_lowercase().starts_with("sts:assumerole"))
}

/// The resources of a statement that does not apply to everything: ` on logs/*`. A resource policy is about the
/// resource that the sentence names, so only parts of a bucket are described.
fn on_resources(grant: &Grant, of_identity: bool) -> String {
    let is_part = |arn: &String| {
        let resource = arn.split_once(":s3:::").map(|(_, resource)| resource);
        resource.and_then(|resource| resource.split_once('/')).is_some_and(|(_, path)| path != "*")
    };
    let is_all = grant.resources.is_empty() || grant.resources.iter().any(|resource| resource == "*");
    let is_said = grant.all_resources_except || if of_identity { !is_all } else { grant.resources.iter().all(is_part) };
    if grant.resources.is_empty() || !is_said {
        return String::new();
    }
    let names: Vec<String> = grant.resources.iter().map(|arn| short(arn, None).into_owned()).collect();
    let except = if grant.all_resources_except { "everything except " } else { "" };
    format!(" on {except}{}", listed(&names))
}

/// Who may assume a role, in words. A trust policy that names its own account leaves the decision to the account's
/// policies.
fn trusted(grant: &Grant) -> String {
    match (grant.grantee_type.as_str(), grant.external) {
        ("account", true) => format!("external {}", grantee(grant)),
        ("account", false) => format!("any principal in this account ({})", grant.grantee),
        _ => grantee(grant),
    }
}

/// The grantee in words.
pub(super) fn grantee(grant: &Grant) -> String {
    let name = grant.grantee.as_str();
    match grant.grantee_type.as_str() {
        "everyone" | "network" | "service" => name.to_owned(),
        "federated" => match (name.split_once(":oidc-provider/"), name.split_once(":saml-provider/")) {
            (Some((_, provider)), _) => format!("identities from OIDC provider {}", short(provider, None)),
            (_, Some((_, provider))) => format!("identities from SAML provider {}", short(provider, None)),
            _ => format!("identities from {}", short(name, None)),
        },
        "role" | "user" | "group" if name.starts_with("arn:") => {
            let account = account_of(name).map(|account| format!(" in account {account}"));
            format!("{} {}{}", grant.grantee_type, short(name, None), account.unwrap_or_default())
        }
        kind => format!("{kind} {}", short(name, None)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::policy::{PolicySubject, grants};
    use super::*;
    use crate::json::Document;

    const OWN_ACCOUNT: Option<&str> = Some("111122223333");

    fn resource(document: &Value) -> Vec<Grant> {
        grants(Document::from(document.clone()).root(), PolicySubject::Principals, OWN_ACCOUNT)
    }

    /// A statement that lets everyone read objects of bucket `b`, with other members replacing its own.
    fn allow(more: &Value) -> Value {
        let mut one =
            json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"});
        more.as_object().expect("an object").iter().for_each(|(key, value)| one[key] = value.clone());
        one
    }

    fn assert_described(cases: impl IntoIterator<Item = (Value, &'static str)>) {
        for (statements, expected) in cases {
            let text = describe(&resource(&json!({ "Statement": statements })), false);
            assert_eq!(text.as_deref(), Some(expected));
        }
    }

    #[test]
    fn policies_are_described_with_their_conditions() {
        assert_described([
            (
                json!([allow(&json!({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}))]),
                "lets everyone in organization o-1 call s3:GetObject",
            ),
            // Statements that differ in the grantee are merged, and parts of the bucket are described.
            (
                json!([
                    allow(&json!({"Principal": {"AWS": "999988887777"}, "Resource": "arn:aws:s3:::b/public/*"})),
                    allow(&json!({"Principal": {"AWS": "444455556666"}, "Resource": "arn:aws:s3:::b/public/*"})),
                    allow(
                        &json!({"Effect": "Deny", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
                    ),
                ]),
                "lets account 999988887777 and account 444455556666 call s3:GetObject on b/public/*; and denies everyone \
                 s3:* without TLS",
            ),
            // The grantee of two statements is named only once.
            (
                json!([
                    allow(&json!({"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl"})),
                    allow(&json!({"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
                        "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}})),
                ]),
                "lets cloudtrail.amazonaws.com call s3:GetBucketAcl, and s3:PutObject only if s3:x-amz-acl is \
                 bucket-owner-full-control",
            ),
            (
                Value::from([1, 2, 3, 4, 5].map(|at| allow(&json!({"Action": format!("s3:{at}")}))).to_vec()),
                "lets everyone call s3:1; lets everyone call s3:2; lets everyone call s3:3; and 2 more statements",
            ),
            // Statements that give external access come first, so that they are not omitted.
            (
                Value::from(
                    [1, 2, 3, 4]
                        .map(|at| {
                            let who = if at == 4 { "999988887777" } else { "111122223333" };
                            allow(&json!({"Action": format!("s3:{at}"), "Principal": {"AWS": who}}))
                        })
                        .to_vec(),
                ),
                "lets account 999988887777 call s3:4; lets account 111122223333 call s3:1; lets account 111122223333 call \
                 s3:2; and 1 more statement",
            ),
        ]);
    }

    #[test]
    fn trust_policies_state_who_can_assume_role() {
        assert_described([
            (
                json!([allow(
                    &json!({"Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"AWS": "999988887777"},
                    "Condition": {"StringEquals": {"sts:ExternalId": "x1"}}})
                )]),
                "lets external account 999988887777 assume it only with external ID x1",
            ),
            (
                json!([allow(&json!({"Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}))]),
                "lets any principal in this account (111122223333) assume it",
            ),
            (
                json!([allow(&json!({"Action": "sts:AssumeRoleWithWebIdentity",
                    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
                    "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:org/app:*"}}}))]),
                "lets identities from OIDC provider token.actions.githubusercontent.com assume it only if \
                 token.actions.githubusercontent.com:sub matches repo:org/app:*",
            ),
            // A statement with other actions allows more than assuming the role.
            (
                json!([allow(&json!({"Action": ["sts:AssumeRole", "sts:*"]}))]),
                "lets everyone call sts:AssumeRole and sts:*",
            ),
        ]);
    }

    #[test]
    fn excluded_resources_are_described_as_exclusions() {
        let document =
            json!({"Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::logs/*"}});
        let text = Value::String(document.to_string());
        let grants = grants(Document::from(text).root(), PolicySubject::Identity("role", "deploy"), OWN_ACCOUNT);
        assert_eq!(describe(&grants, true).as_deref(), Some("allows s3:* on everything except logs/*"));
    }
}
