//! Rows of the table that AWS's own statement for Athena makes of a trail, to the records they were made from.
//!
//! Hive knows small letters alone, so names get their capitals back; requests and responses are JSON in a text, and
//! booleans are words.

use serde_json::{Map, Value};

use super::error::Refusal;

/// Members of a record, as CloudTrail writes them. Other columns are of partitions, and no part of the record.
const MEMBERS: [&str; 27] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestID",
    "eventID",
    "eventType",
    "apiVersion",
    "managementEvent",
    "readOnly",
    "resources",
    "recipientAccountId",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "eventContext",
    "insightDetails",
    "addendum",
    "sessionCredentialFromConsole",
    "tlsDetails",
];

/// Members of these, at any depth.
const INNER: [&str; 27] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "invokedBy",
    "accessKeyId",
    "userName",
    "credentialId",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "sourceIdentity",
    "ec2RoleDelivery",
    "webIdFederationData",
    "federatedProvider",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "reason",
    "updatedFields",
    "originalRequestID",
    "originalEventID",
];

/// Members that are JSON in a text. What is in them keeps its names: services give these.
const TEXTS: [&str; 5] =
    ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "edgeDeviceDetails"];

/// Members that a record writes as bare booleans.
const BOOLEANS: [&str; 2] = ["readOnly", "managementEvent"];

/// Members that tell a row from other objects.
const TELLING: [&str; 2] = ["eventName", "eventSource"];

/// The record in the text of a row, as JSON.
///
/// # Errors
/// [`Refusal::BrokenJson`]
pub(super) fn record(text: &str) -> Result<String, Refusal> {
    let row: Map<String, Value> = serde_json::from_str(text).map_err(|error| Refusal::BrokenJson(error.to_string()))?;
    Ok(Value::Object(restored(row)).to_string())
}

/// Whether an object has the members of a record by other names than `CloudTrail`'s.
pub(super) fn is_row(object: &Map<String, Value>) -> bool {
    let otherwise = |name: &&str| object.keys().any(|column| column.eq_ignore_ascii_case(name));
    !object.contains_key("eventName") && TELLING.iter().all(otherwise)
}

/// The record that a row was made from.
pub(super) fn restored(row: Map<String, Value>) -> Map<String, Value> {
    let there = row.into_iter().filter(|(_, value)| !value.is_null());
    opened(there.filter_map(|(column, value)| member(&column, value)).collect())
}

/// The record with JSON where a text holds it; a text that holds none stays one.
pub(super) fn opened(mut record: Map<String, Value>) -> Map<String, Value> {
    for name in TEXTS {
        if let Some(value) = record.get_mut(name)
            && let Some(Ok(json @ (Value::Object(_) | Value::Null))) = value.as_str().map(serde_json::from_str)
        {
            *value = json;
        }
    }
    record
}

/// A member of the record, if the column is one.
fn member(column: &str, value: Value) -> Option<(String, Value)> {
    if let Some(name) = written(&TEXTS, column) {
        return Some((name.to_owned(), value));
    }
    let name = written(&MEMBERS, column)?;
    let value = match name {
        "resources" => resources(value),
        _ if BOOLEANS.contains(&name) => truth(value),
        _ => renamed(value),
    };
    Some((name.to_owned(), value))
}

/// How `CloudTrail` writes the name, if it is among those.
fn written(names: &[&'static str], name: &str) -> Option<&'static str> {
    names.iter().copied().find(|own| own.eq_ignore_ascii_case(name))
}

/// A boolean out of its word.
fn truth(value: Value) -> Value {
    value.as_str().and_then(|word| word.parse().ok()).map_or(value, Value::Bool)
}

/// A struct with the names that a record has, and without what is NULL.
fn renamed(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let name = |name: String| {
        let own = written(&INNER, &name).or_else(|| written(&MEMBERS, &name));
        own.map_or(name, str::to_owned)
    };
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(members.map(|(member, value)| (name(member), renamed(value))).collect())
}

/// `resources`, whose `ARN` alone is in capitals.
fn resources(value: Value) -> Value {
    let Value::Array(items) = value else { return value };
    let upper = |(name, value): (String, Value)| (if name == "arn" { "ARN".to_owned() } else { name }, value);
    let item = |item: Value| match renamed(item) {
        Value::Object(members) => Value::Object(members.into_iter().map(upper).collect()),
        other => other,
    };
    items.into_iter().map(item).collect()
}
