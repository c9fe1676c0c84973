//! The entities that a record lists as resources. Exports of the event history list resources instead of a request.

use super::{Call, Entity, Relation};
use crate::json::{Document, Elements, Json, Members};
use crate::rule::seen::distinct;
use crate::rule::words::words;

/// The resources of a call without a request, without duplicates.
pub(super) fn of(call: &Call<'_>) -> Vec<Entity> {
    let Some(extra) = call.extra.filter(|extra| call.request.is_null() && extra.contains("esource")) else {
        return Vec::new();
    };
    let document = Document::read(extra);
    let root = document.root();
    let mut pairs = Vec::new();
    list(root, &mut pairs);
    if let Some(history) = root.as_object().and_then(|members| members.get("eventHistory")) {
        list(history, &mut pairs);
        columns(history, &mut pairs);
    }
    let named = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    distinct(named.map(|(kind, value)| Entity::new(&kind_of(&kind), &value, Relation::Target)))
}

/// The types and names in a `resources` member: a list, or its JSON as text.
fn list(object: Json<'_>, pairs: &mut Vec<(String, String)>) {
    let Some(resources) = object.as_object().and_then(|members| find(members, "resources")) else { return };
    match resources {
        Json::String(text) => add(Document::read(text).root(), pairs),
        other => add(other, pairs),
    }
}

fn add(list: Json<'_>, pairs: &mut Vec<(String, String)>) {
    for one in list.as_array().into_iter().flat_map(Elements::iter) {
        let Some(members) = one.as_object() else { continue };
        let text = |names: [&str; 2]| names.iter().find_map(|name| find(members, name)).and_then(Json::scalar);
        if let Some(name) = text(["resourceName", "arn"]) {
            pairs.push((text(["resourceType", "type"]).unwrap_or_default().to_owned(), name.to_owned()));
        }
    }
}

/// The types and names in two columns, each with values separated by commas.
fn columns(history: Json<'_>, pairs: &mut Vec<(String, String)>) {
    let Some(members) = history.as_object() else { return };
    let column = |name: &str| {
        let same = |(own, _): &(&str, Json<'_>)| own.replace([' ', '_'], "").eq_ignore_ascii_case(name);
        let text = members.iter().find(same).and_then(|(_, value)| value.scalar()).unwrap_or_default();
        text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (kinds, names) = (column("resourcetype"), column("resourcename"));
    // If the numbers of types and names differ, the types cannot be assigned.
    let kind = |at: usize| if kinds.len() == names.len() { kinds[at].clone() } else { String::new() };
    pairs.extend(names.iter().enumerate().map(|(at, name)| (kind(at), name.clone())));
}

/// Looks up a member by name, ignoring case. Some exports and SDKs write `permission` instead of `Permission`.
pub(super) fn find<'j>(members: Members<'j>, name: &str) -> Option<Json<'j>> {
    members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Converts a resource type: `AWS::RDS::DBInstance` becomes `db_instance`.
fn kind_of(resource_type: &str) -> String {
    match resource_type {
        "AWS::KMS::Key" => return "kms_key".to_owned(),
        "AWS::EC2::Ami" | "AWS::EC2::Image" => return "image".to_owned(),
        "AWS::S3::Object" => return "object".to_owned(),
        "AWS::EC2::EIP" => return "address".to_owned(),
        _ => {}
    }
    let last = resource_type.rsplit("::").next().unwrap_or_default();
    if last.is_empty() { "resource".to_owned() } else { words(last).join("_").to_lowercase() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn named(extra: &Value) -> Vec<String> {
        let extra = extra.to_string();
        let call = Call {
            key: "iam:CreateUser",
            event_type: None,
            read_only: None,
            error_code: None,
            request: Json::Null,
            response: Json::Null,
            extra: Some(&extra),
            account: None,
            region: None,
            sign_in_failed: false,
        };
        of(&call).into_iter().map(|one| format!("{} {}", one.kind, one.value)).collect()
    }

    #[test]
    fn resources_are_parsed_in_all_formats() {
        let list = json!([{"resourceType": "AWS::IAM::User", "resourceName": "marek"}]);
        assert_eq!(named(&json!({"resources": list})), ["user marek"]);
        assert_eq!(named(&json!({"eventHistory": {"Resources": list.to_string()}})), ["user marek"]);
        let columns = json!({"eventHistory": {"Resource type": "AWS::RDS::DBInstance, AWS::EC2::Ami", "Resource name": "prod, ami-1"}});
        assert_eq!(named(&columns), ["db_instance prod", "image ami-1"]);
        let uneven = json!({"eventHistory": {"Resource type": "AWS::IAM::User", "Resource name": "a, b"}});
        assert_eq!(named(&uneven), ["resource a", "resource b"]);
        let data = json!({"resources": [{"ARN": "arn:aws:s3:::logs", "type": "AWS::S3::Bucket", "accountId": "1"}]});
        assert_eq!(named(&data), ["bucket arn:aws:s3:::logs"]);
        assert_eq!(named(&json!({"eventHistory": {"Resources": "none"}})), Vec::<String>::new());
    }
}
