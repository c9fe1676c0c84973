//! Parses S3 access control lists into grants: canned ACLs, grants in headers, and lists.

use super::Grant;
use super::resources::find;
use crate::json::{Json, Members};
use crate::rule::seen::distinct;

/// The maximum depth at which grants are looked up.
const MAX_DEPTH: usize = 8;

/// The grants in a request's access control list, regardless of its position in the request.
pub(super) fn grants(request: Json<'_>) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (name, value) in request.as_object().into_iter().flat_map(Members::iter) {
        let name = name.to_ascii_lowercase();
        if let Some(canned) = first(value).filter(|_| name == "x-amz-acl") {
            grants.extend(of_canned(canned));
        } else if let Some(permission) = name.strip_prefix("x-amz-grant-") {
            grants.extend(first(value).into_iter().flat_map(|text| of_header(text, permission)));
        } else {
            of_list(value, MAX_DEPTH, &mut grants);
        }
    }
    // The owner's full control is in every list, so it is omitted.
    grants
}

/// A description in words: `read to everyone`.
pub(super) fn describe(grants: &[Grant]) -> Option<String> {
    let texts = distinct(grants.iter().map(|grant| format!("{} to {}", grant.actions.join(", "), grant.grantee)));
    (!texts.is_empty()).then(|| super::name::listed(&texts))
}

/// A header is a text, or a list with one text.
fn first(value: Json<'_>) -> Option<&str> {
    match value {
        Json::Array(elements) => elements.get(0).and_then(Json::scalar),
        other => other.scalar(),
    }
}

fn of_canned(canned: &str) -> Vec<Grant> {
    let everyone = |action: &str| grant("everyone", "everyone", action, true);
    match canned {
        "public-read" => vec![everyone("read")],
        "public-read-write" => vec![everyone("read"), everyone("write")],
        "authenticated-read" => vec![grant("everyone", "every AWS account", "read", true)],
        _ => Vec::new(),
    }
}

/// Parses a header such as `uri="http://acs.amazonaws.com/groups/global/AllUsers", id="…"`.
fn of_header(text: &str, permission: &str) -> Vec<Grant> {
    let one = |part: &str| {
        let (kind, who) = part.split_once('=')?;
        let who = who.trim().trim_matches('"');
        Some(of_grantee(kind.trim(), who, &permission.replace('-', " ")))
    };
    text.split(',').filter_map(one).collect()
}

fn of_grantee(kind: &str, who: &str, permission: &str) -> Grant {
    match who.rsplit('/').next() {
        Some("AllUsers") => grant("everyone", "everyone", permission, true),
        Some("AuthenticatedUsers") => grant("everyone", "every AWS account", permission, true),
        Some("LogDelivery") => grant("service", "log delivery", permission, false),
        _ if kind.eq_ignore_ascii_case("emailAddress") => grant("account", who, permission, false),
        _ => grant("principal", who, permission, false),
    }
}

fn of_list(value: Json<'_>, depth: usize, grants: &mut Vec<Grant>) {
    match value {
        Json::Array(elements) if depth > 0 => elements.iter().for_each(|element| of_list(element, depth - 1, grants)),
        Json::Object(members) if depth > 0 => {
            let owner = find(members, "Owner").and_then(|owner| find(owner.as_object()?, "ID")?.scalar());
            if let (Some(grantee), Some(permission)) =
                (find(members, "Grantee").and_then(Json::as_object), find(members, "Permission").and_then(Json::scalar))
            {
                let who = ["URI", "ID", "EmailAddress"]
                    .into_iter()
                    .find_map(|name| Some((name, find(grantee, name)?.scalar()?)));
                let permission = permission.to_lowercase().replace('_', " ");
                grants.extend(who.map(|(kind, who)| of_grantee(kind, who, &permission)));
                return;
            }
            let before = grants.len();
            members.iter().for_each(|(_, inner)| of_list(inner, depth - 1, grants));
            if let Some(owner) = owner {
                let others = grants.split_off(before).into_iter().filter(|grant| grant.grantee != owner);
                grants.extend(others.collect::<Vec<_>>());
            }
        }
        _ => {}
    }
}

fn grant(kind: &str, who: &str, action: &str, public: bool) -> Grant {
    Grant {
        effect: "allow",
        grantee_type: kind.to_owned(),
        grantee: who.to_owned(),
        actions: vec![action.to_owned()],
        all_actions_except: false,
        resources: Vec::new(),
        conditions: Vec::new(),
        limits: String::new(),
        all_resources_except: false,
        policy: None,
        public,
        external: public || kind == "principal" || kind == "account",
        administrator: false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::Document;

    fn described(request: Value) -> (Option<String>, bool, bool) {
        let document = Document::from(request);
        let grants = grants(document.root());
        let any = |test: fn(&Grant) -> bool| grants.iter().any(test);
        (describe(&grants), any(|grant| grant.public), any(|grant| grant.external))
    }

    #[test]
    fn acls_are_parsed_in_all_formats() {
        let everyone = (Some("read to everyone".to_owned()), true, true);
        assert_eq!(described(json!({"bucketName": "b", "x-amz-acl": ["public-read"]})), everyone);
        assert_eq!(
            described(json!({"x-amz-grant-read": "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\""})),
            everyone
        );
        let list = |grantee: Value| {
            json!({"bucketName": "b", "AccessControlPolicy": {"Owner": {"ID": "me"}, "AccessControlList": {"Grant": [
                {"Grantee": {"ID": "me"}, "Permission": "FULL_CONTROL"}, {"Grantee": grantee, "Permission": "READ"}]}}})
        };
        assert_eq!(described(list(json!({"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}))), everyone);
        let lower = json!({"accessControlPolicy": {"owner": {"id": "me"}, "accessControlList": {"grant": [
            {"grantee": {"id": "me"}, "permission": "FULL_CONTROL"},
            {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"}]}}});
        assert_eq!(described(lower), everyone);
        assert_eq!(described(list(json!({"ID": "you"}))), (Some("read to you".to_owned()), false, true));
        assert_eq!(described(list(json!({"ID": "me"}))), (None, false, false));
        assert_eq!(described(json!({"x-amz-acl": "private"})), (None, false, false));
    }
}
