//! OCSF to CloudTrail: converts an event written by Security Lake, or by our own export, to the original record.
//!
//! If `raw_data` contains the original record, that record is used. Otherwise, the record is rebuilt from the
//! attributes that AWS maps it to (OCSF 1.0.0-rc.2 and 1.1.0 differ, and both are supported) and from `unmapped`.

use serde_json::{Map, Value, json};

use super::clock;
use super::error::Refusal;
use super::shape::Shape;
use super::text::printable;

/// Members of a record that are text, and the attributes that may contain the text. The first attribute present is
/// used.
const TEXTS: [(&str, &[&str]); 16] = [
    ("eventVersion", &["metadata.product.version"]),
    ("userIdentity.type", &["actor.user.type", "identity.user.type"]),
    ("userIdentity.accountId", &["actor.user.account.uid", "actor.user.account_uid", "identity.user.account_uid"]),
    ("userIdentity.accessKeyId", &["actor.user.credential_uid", "identity.user.credential_uid"]),
    ("userIdentity.userName", &["actor.user.name", "identity.user.name"]),
    ("userIdentity.sessionContext.sessionIssuer.arn", &["actor.session.issuer", "identity.session.issuer"]),
    ("userIdentity.invokedBy", &["actor.invoked_by", "actor.app_name", "identity.invoked_by"]),
    ("awsRegion", &["cloud.region"]),
    ("sourceIPAddress", &["src_endpoint.ip", "src_endpoint.domain", "src_endpoint.svc_name"]),
    ("userAgent", &["http_request.user_agent"]),
    ("errorCode", &["api.response.error", "status_code"]),
    ("errorMessage", &["api.response.message", "status_detail"]),
    ("requestID", &["api.request.uid"]),
    ("eventType", &["metadata.event_code"]),
    ("eventCategory", &["metadata.product.feature.name"]),
    ("recipientAccountId", &["cloud.account.uid", "cloud.account_uid"]),
];

/// The caller's attributes. The ARN and the unique ID are swapped between versions, so they are distinguished by
/// format.
const CALLERS: [&str; 6] = [
    "actor.user.uid",
    "actor.user.uid_alt",
    "actor.user.uuid",
    "identity.user.uid",
    "identity.user.uid_alt",
    "identity.user.uuid",
];

/// The class for sign-ins.
const AUTHENTICATION: i64 = 3002;

/// Members of `unmapped` that are unquoted booleans in a record. In Parquet, all members of `unmapped` are text.
const BOOLEANS: [&str; 2] = ["readOnly", "managementEvent"];

/// The record, as JSON.
///
/// # Errors
/// An event that is not an AWS API call is refused, with its product and class.
pub(super) fn record(text: &str) -> Result<String, Refusal> {
    let event: Value = crate::json::value(text).map_err(|error| Refusal::BrokenJson(error.to_string()))?;
    if let Some(raw) = event["raw_data"].as_str().filter(|raw| is_record(raw)) {
        return Ok(raw.to_owned());
    }
    let is_sign_in = event["class_uid"] == AUTHENTICATION;
    let source = first(&event, &["api.service.name", "service.name", "unmapped.eventSource"]).cloned();
    let name = first(&event, &["api.operation", "unmapped.eventName"]).cloned();
    // Events in the class for sign-ins do not have to name the call.
    let source = source.or_else(|| is_sign_in.then(|| "signin.amazonaws.com".into()));
    let name = name.or_else(|| (is_sign_in && event["activity_id"] == 1).then(|| "ConsoleLogin".into()));
    match (source, name, time(&event)) {
        (Some(source), Some(name), Some(time)) => {
            let call = json!({ "eventTime": time, "eventSource": source, "eventName": name });
            Ok(Value::Object(put_together(&event, call)).to_string())
        }
        _ => Err(other(&event)),
    }
}

fn is_record(raw: &str) -> bool {
    serde_json::from_str::<Shape<'_>>(raw).is_ok_and(|shape| shape.is_record())
}

fn other(event: &Value) -> Refusal {
    let product = first(event, &["metadata.product.name", "metadata.product.vendor_name"]);
    let product = product.and_then(Value::as_str).unwrap_or("an unknown product");
    Refusal::Ocsf { product: printable(product), class: printable(&event["class_uid"].to_string()) }
}

fn put_together(event: &Value, call: Value) -> Map<String, Value> {
    let mut record = Value::Object(Map::new());
    merge(&mut record, call);
    put(&mut record, "eventID", first(event, &["metadata.uid"]).cloned());
    for (member, attributes) in TEXTS {
        put(&mut record, member, first(event, attributes).cloned());
    }
    let callers = || CALLERS.iter().filter_map(|path| first(event, &[path]));
    let is_arn = |value: &&Value| value.as_str().is_some_and(|text| text.starts_with("arn:"));
    put(&mut record, "userIdentity.arn", callers().find(is_arn).cloned());
    put(&mut record, "userIdentity.principalId", callers().find(|value| !is_arn(value)).cloned());
    session(event, &mut record);
    if record["userIdentity"]["type"].is_null() && record["userIdentity"]["invokedBy"].is_string() {
        // A service that acts on its own is not an OCSF user, so there are no user attributes that contain its type.
        put(&mut record, "userIdentity.type", Some("AWSService".into()));
    }
    put(&mut record, "requestParameters", first(event, &["api.request.data"]).map(parsed));
    put(&mut record, "responseElements", first(event, &["api.response.data"]).map(parsed));
    put(&mut record, "resources", resources(event));
    if event["class_uid"] == AUTHENTICATION {
        sign_in(event, &mut record);
    }
    if let Some(unmapped) = first(event, &["unmapped"]).map(parsed) {
        merge(&mut record, nested(unmapped));
    }
    match record {
        Value::Object(record) => record,
        _ => Map::new(),
    }
}

/// The outcome of a sign-in, in the record members where hunts look for it.
fn sign_in(event: &Value, record: &mut Value) {
    let name = record["eventName"].as_str().unwrap_or_default().to_owned();
    let outcome = match (event["status_id"].as_i64(), event["status"].as_str()) {
        (Some(1), _) | (None, Some("Success")) => Some("Success"),
        (Some(2), _) | (None, Some("Failure")) => Some("Failure"),
        _ => None,
    };
    if record["responseElements"].is_null() {
        put(record, &format!("responseElements.{name}"), outcome.map(Value::from));
    }
    let mfa = first(event, &["is_mfa", "session.is_mfa", "mfa"]).and_then(Value::as_bool);
    put(record, "additionalEventData.MFAUsed", mfa.map(|mfa| if mfa { "Yes" } else { "No" }.into()));
    let login_to = first(event, &["dst_endpoint.svc_name", "dst_endpoint.domain", "dst_endpoint.hostname"]);
    put(record, "additionalEventData.LoginTo", login_to.cloned());
}

/// The contents of `sessionContext.attributes`.
fn session(event: &Value, record: &mut Value) {
    let attributes = "userIdentity.sessionContext.attributes";
    let sessions = ["actor.session", "identity.session", "session"];
    let created = sessions.iter().find_map(|session| {
        let at = |name: &str| first(event, &[&format!("{session}.{name}")]).and_then(moment);
        at("created_time").or_else(|| at("created_time_dt"))
    });
    put(record, &format!("{attributes}.creationDate"), created.map(Value::from));
    let mfa = first(event, &["actor.session.is_mfa", "actor.session.mfa", "identity.session.mfa", "session.is_mfa"]);
    put(
        record,
        &format!("{attributes}.mfaAuthenticated"),
        mfa.and_then(Value::as_bool).map(|mfa| json!(mfa.to_string())),
    );
}

/// `resources`, with `CloudTrail`'s member names.
fn resources(event: &Value) -> Option<Value> {
    let resource = |resource: &Value| {
        let mut own = Value::Object(Map::new());
        put(&mut own, "ARN", first(resource, &["uid"]).cloned());
        put(&mut own, "accountId", first(resource, &["account.uid", "account_uid", "owner.account.uid"]).cloned());
        put(&mut own, "type", first(resource, &["type"]).cloned());
        own
    };
    let list = event["resources"].as_array().filter(|list| !list.is_empty())?;
    Some(list.iter().map(resource).collect())
}

fn time(event: &Value) -> Option<String> {
    ["time", "time_dt", "metadata.original_time"].iter().find_map(|name| first(event, &[name]).and_then(moment))
}

/// A time in CloudTrail's format, from seconds, milliseconds, microseconds or nanoseconds since 1970, or from a text. 0
/// means no time.
fn moment(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_f64().and_then(clock::epoch).map(clock::show),
        Value::String(text) => clock::utc(text),
        _ => None,
    }
}

/// The first of the attributes that has a value.
fn first<'v>(event: &'v Value, paths: &[&str]) -> Option<&'v Value> {
    let at = |path: &&str| path.split('.').try_fold(event, |value, name| value.get(name));
    paths.iter().filter_map(at).find(|value| !value.is_null() && value.as_str() != Some(""))
}

/// Sets the member at a path of objects, if there is a value.
fn put(record: &mut Value, path: &str, value: Option<Value>) {
    if let Some(value) = value {
        let wrap = |inner: Value, name: &str| Value::Object(Map::from_iter([(name.to_owned(), inner)]));
        merge(record, path.rsplit('.').fold(value, wrap));
    }
}

/// Parses JSON in a string, as in Parquet columns.
fn parsed(value: &Value) -> Value {
    let text = value.as_str().filter(|text| text.starts_with(['{', '[']));
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
}

/// Converts dotted names, which Security Lake uses, to nested objects, and parses booleans and JSON in texts.
fn nested(unmapped: Value) -> Value {
    let Value::Object(members) = unmapped else { return Value::Object(Map::new()) };
    let mut record = Value::Object(Map::new());
    for (name, value) in members {
        let truth = value.as_str().filter(|_| BOOLEANS.contains(&name.as_str())).and_then(|text| text.parse().ok());
        put(&mut record, &name, Some(truth.map_or_else(|| parsed(&value), Value::Bool)));
    }
    record
}

/// Merges `under` into `record`. Existing values in `record` are kept.
fn merge(record: &mut Value, under: Value) {
    if let (Value::Object(record), Value::Object(under)) = (record, under) {
        for (name, value) in under {
            match record.get_mut(&name) {
                Some(own) => merge(own, value),
                None => drop(record.insert(name, value)),
            }
        }
    }
}
