//! Rebuilds a record from its fields and the members in `extra`.

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::error::RebuildError;
use super::record::{INSIGHT, SHIPPED};
use super::{fingerprint, time};
use crate::event::{Event, Identity};

/// The record that `row` was normalized from: equal as a JSON value, except for the order of members.
///
/// # Errors
/// `request_parameters`, `response_elements` or `extra` is not JSON, or a time is out of range: such a row was
/// not written by [`super::event`].
pub fn rebuild(row: &Event<'_>) -> Result<Map<String, Value>, RebuildError> {
    let extra = match row.extra.as_deref().map(|text| json("extra", text)).transpose()? {
        Some(Value::Object(extra)) => extra,
        _ => Map::new(),
    };
    let mut record = columns(row, &extra)?;
    merge(&mut record, extra);
    Ok(record)
}

fn columns(row: &Event<'_>, extra: &Map<String, Value>) -> Result<Map<String, Value>, RebuildError> {
    let mut record = Map::new();
    put(&mut record, "eventVersion", row.event_version.as_deref());
    put_object(&mut record, "userIdentity", identity(&row.identity, extra)?);
    // If a field was filled from another member, `extra` contains that member, and also the original if there was one.
    if !extra.contains_key(SHIPPED) {
        record.insert("eventTime".into(), moment(row.event_time, extra.get("eventTime"))?);
    }
    if !extra.contains_key(INSIGHT) {
        put(&mut record, "eventSource", Some(&row.event_source));
        put(&mut record, "eventName", Some(&row.event_name));
    }
    put(&mut record, "awsRegion", row.region.as_deref());
    put(&mut record, "sourceIPAddress", row.source_ip.as_deref());
    put(&mut record, "userAgent", row.user_agent.as_deref());
    put(&mut record, "errorCode", row.error_code.as_deref());
    put(&mut record, "errorMessage", row.error_message.as_deref());
    put_json(&mut record, "requestParameters", "request_parameters", row.request_parameters.as_deref())?;
    put_json(&mut record, "responseElements", "response_elements", row.response_elements.as_deref())?;
    put(&mut record, "requestID", row.request_id.as_deref());
    put(&mut record, "eventID", Some(&*row.event_id).filter(|id| !fingerprint::made(id)));
    record.extend(row.read_only.map(|truth| ("readOnly".into(), Value::Bool(truth))));
    put(&mut record, "eventType", row.event_type.as_deref());
    put(&mut record, "sharedEventID", row.shared_event_id.as_deref());
    put(&mut record, "vpcEndpointId", row.vpc_endpoint_id.as_deref());
    put(&mut record, "recipientAccountId", row.recipient_account_id.as_deref());
    put(&mut record, "eventCategory", row.event_category.as_deref());
    put(&mut record, "sessionCredentialFromConsole", row.session_credential_from_console.map(quoted));
    Ok(record)
}

fn identity(identity: &Identity<'_>, extra: &Map<String, Value>) -> Result<Map<String, Value>, RebuildError> {
    let mut user = Map::new();
    put(&mut user, "type", identity.kind.as_deref());
    put(&mut user, "principalId", identity.principal_id.as_deref());
    put(&mut user, "arn", identity.arn.as_deref());
    put(&mut user, "accountId", identity.account_id.as_deref());
    put(&mut user, "accessKeyId", identity.access_key_id.as_deref());
    put(&mut user, "userName", identity.user_name.as_deref());
    put_object(&mut user, "sessionContext", context(identity, extra)?);
    put(&mut user, "invokedBy", identity.invoked_by.as_deref());
    Ok(user)
}

fn context(identity: &Identity<'_>, extra: &Map<String, Value>) -> Result<Map<String, Value>, RebuildError> {
    let (mut context, mut issuer, mut attributes) = (Map::new(), Map::new(), Map::new());
    put(&mut issuer, "arn", identity.issuer_arn.as_deref());
    put_object(&mut context, "sessionIssuer", issuer);
    if let Some(created) = identity.session_created {
        let original = ["userIdentity", "sessionContext", "attributes", "creationDate"];
        attributes.insert("creationDate".into(), moment(created, at(extra, &original))?);
    }
    put(&mut attributes, "mfaAuthenticated", identity.mfa.map(quoted));
    put_object(&mut context, "attributes", attributes);
    put(&mut context, "sourceIdentity", identity.source_identity.as_deref());
    put(&mut context, "assumedRoot", identity.assumed_root.map(quoted));
    Ok(context)
}

/// The original if it was kept, because a field may contain a time that `CloudTrail`'s format cannot express.
fn moment(time: crate::event::Timestamp, original: Option<&Value>) -> Result<Value, RebuildError> {
    let shown = || time::show(time).map(Value::String).ok_or(RebuildError::Time(time.0));
    original.cloned().map_or_else(shown, Ok)
}

fn at<'v>(object: &'v Map<String, Value>, path: &[&str]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(object.get(*first)?, |value, name| value.get(name))
}

fn quoted(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

fn put(object: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    object.extend(text.map(|text| (name.to_owned(), Value::from(text))));
}

fn put_object(object: &mut Map<String, Value>, name: &str, inner: Map<String, Value>) {
    if !inner.is_empty() {
        object.insert(name.to_owned(), Value::Object(inner));
    }
}

fn put_json(
    object: &mut Map<String, Value>,
    name: &str,
    column: &'static str,
    text: Option<&str>,
) -> Result<(), RebuildError> {
    let value = text.map(|text| json(column, text)).transpose()?;
    object.extend(value.map(|value| (name.to_owned(), value)));
    Ok(())
}

fn json(column: &'static str, text: &str) -> Result<Value, RebuildError> {
    crate::json::value(text).map_err(|source| RebuildError::Json { column, source })
}

/// Merges `over` into `base`: objects are merged member by member, and other values are replaced.
fn merge(base: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (base.entry(name), value) {
            (Entry::Occupied(mut old), value) => merge_value(old.get_mut(), value),
            (Entry::Vacant(place), value) => {
                place.insert(value);
            }
        }
    }
}

fn merge_value(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => merge(base, over),
        (base, over) => *base = over,
    }
}
