//! Rows of the table that AWS's own statement for Athena makes of a trail, to the records they were made from.
//!
//! Hive knows small letters alone, so names get their capitals back; requests and responses are JSON in a text, and
//! booleans are words.

use serde_json::{Map, Value};

use super::error::Refusal;

/// Members of a record whose names have capitals, at any depth.
const NAMES: [&str; 42] = [
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
    "recipientAccountId",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "sessionCredentialFromConsole",
    "tlsDetails",
    "principalId",
    "accountId",
    "invokedBy",
    "accessKeyId",
    "userName",
    "credentialId",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "sessionContext",
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
    "updatedFields",
];

/// Members that are JSON in a text.
const TEXTS: [&str; 5] =
    ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "edgeDeviceDetails"];

/// Members that a record writes as bare booleans.
const BOOLEANS: [&str; 2] = ["readOnly", "managementEvent"];

/// Members whose names have no capitals. Other columns are of partitions, and no part of the record.
const PLAIN: [&str; 2] = ["resources", "addendum"];

/// The record, as JSON.
///
/// # Errors
/// [`Refusal::BrokenJson`]
pub(super) fn record(text: &str) -> Result<String, Refusal> {
    let row: Map<String, Value> = serde_json::from_str(text).map_err(|error| Refusal::BrokenJson(error.to_string()))?;
    let members =
        row.into_iter().filter(|(_, value)| !value.is_null()).filter_map(|(name, value)| member(&name, value));
    Ok(Value::Object(members.collect()).to_string())
}

/// A member of the record, if the column is one.
fn member(column: &str, value: Value) -> Option<(String, Value)> {
    let named = |names: &[&'static str]| names.iter().copied().find(|name| name.eq_ignore_ascii_case(column));
    if let Some(name) = named(&TEXTS) {
        return Some((name.to_owned(), parsed(value)));
    }
    if let Some(name) = named(&BOOLEANS) {
        let truth = value.as_str().and_then(|word| word.parse().ok());
        return Some((name.to_owned(), truth.map_or(value, Value::Bool)));
    }
    match named(&PLAIN) {
        Some("resources") => Some(("resources".to_owned(), resources(value))),
        Some(name) => Some((name.to_owned(), renamed(value))),
        None => named(&NAMES).map(|name| (name.to_owned(), renamed(value))),
    }
}

/// JSON out of its text; a text that is none stays one.
fn parsed(value: Value) -> Value {
    value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(value)
}

/// A struct with the names that a record has, and without what is NULL.
fn renamed(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let name =
        |name: String| NAMES.iter().find(|own| own.eq_ignore_ascii_case(&name)).map_or(name, ToString::to_string);
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
