//! One event, with its click, as one OCSF object.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::VERSION;
use super::class::{AUTHENTICATION, activity, class, severity};
use crate::event::{Event, Identity, Timestamp};
use crate::normalize::{RebuildError, rebuild};

/// The signal that explains an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Click<'a> {
    pub(super) signal_id: &'a str,
    pub(super) rule_id: &'a str,
    pub(super) kind: &'a str,
    pub(super) title: &'a str,
    pub(super) summary: &'a str,
    pub(super) origin: &'a str,
    pub(super) role: &'a str,
    pub(super) confidence: f64,
}

/// How free-form attributes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Json {
    /// As objects.
    Nested,
    /// As text, for columns.
    Text,
}

/// The event as OCSF; `raw_data` is its complete record.
///
/// # Errors
/// If the record cannot be rebuilt from the event.
pub(super) fn record(event: &Event<'_>, click: Option<&Click<'_>>, json: Json) -> Result<Value, RebuildError> {
    let (class, (activity_id, activity_name)) = (class(event), activity(event));
    let (severity_id, severity) = severity(click.map(|click| click.kind));
    let is_sign_in = *class == AUTHENTICATION;
    let failed = event.error_code.is_some() || (is_sign_in && event.error_message.is_some());
    Ok(object([
        ("activity_id", activity_id.into()),
        ("activity_name", activity_name.into()),
        ("actor", actor(event)),
        ("api", api(event, json)),
        ("category_name", class.category_name.into()),
        ("category_uid", class.category_uid.into()),
        ("class_name", class.name.into()),
        ("class_uid", class.uid.into()),
        ("cloud", cloud(event)),
        ("enrichments", click.map_or(Value::Null, |click| enrichments(event, click, json))),
        ("http_request", object([("user_agent", text(event.user_agent.as_deref()))])),
        ("is_mfa", if is_sign_in { mfa(event) } else { Value::Null }),
        ("message", text(click.map(|click| click.summary))),
        ("metadata", metadata(event)),
        ("raw_data", Value::Object(rebuild(event)?).to_string().into()),
        ("service", if is_sign_in { object([("name", text(Some(&event.event_source)))]) } else { Value::Null }),
        ("severity", severity.into()),
        ("severity_id", severity_id.into()),
        ("src_endpoint", src_endpoint(event.source_ip.as_deref())),
        ("status", if failed { "Failure" } else { "Success" }.into()),
        ("status_code", text(event.error_code.as_deref())),
        ("status_detail", text(event.error_message.as_deref())),
        ("status_id", if failed { 2 } else { 1 }.into()),
        ("time", milliseconds(event.event_time)),
        ("type_name", format!("{}: {activity_name}", class.name).into()),
        ("type_uid", (class.uid * 100 + activity_id).into()),
        ("unmapped", free(unmapped(event)?, json)),
        ("user", if is_sign_in { user(&event.identity) } else { Value::Null }),
    ]))
}

/// An object with the values that are present; `None` if there are none.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    let object: Map<String, Value> = there.map(|(name, value)| (name.to_owned(), value)).collect();
    if object.is_empty() { Value::Null } else { Value::Object(object) }
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn milliseconds(time: Timestamp) -> Value {
    time.0.div_euclid(1000).into()
}

/// A free-form attribute.
fn free(value: Value, json: Json) -> Value {
    if json == Json::Nested || value.is_null() { value } else { value.to_string().into() }
}

fn actor(event: &Event<'_>) -> Value {
    let identity = &event.identity;
    object([
        ("app_name", text(identity.invoked_by.as_deref())),
        (
            "session",
            object([
                ("created_time", identity.session_created.map_or(Value::Null, milliseconds)),
                ("is_mfa", identity.mfa.map_or(Value::Null, Value::from)),
                ("issuer", text(identity.issuer_arn.as_deref())),
                ("uid", text(Some(&event.session_id))),
            ]),
        ),
        ("user", if is_named(identity) { user(identity) } else { Value::Null }),
    ])
}

/// OCSF requires a user to have one of these attributes.
fn is_named(identity: &Identity<'_>) -> bool {
    identity.user_name.is_some() || identity.arn.is_some() || identity.account_id.is_some()
}

/// The caller; `Unknown` if the record does not name a user.
fn user(identity: &Identity<'_>) -> Value {
    let name = if is_named(identity) { identity.user_name.as_deref() } else { Some("Unknown") };
    object([
        ("account", object([("uid", text(identity.account_id.as_deref()))])),
        ("credential_uid", text(identity.access_key_id.as_deref())),
        ("name", text(name)),
        ("type", text(identity.kind.as_deref())),
        ("type_id", type_id(identity.kind.as_deref()).into()),
        ("uid", text(identity.arn.as_deref())),
        ("uid_alt", text(identity.principal_id.as_deref())),
    ])
}

/// Unknown, user, administrator, system, other.
fn type_id(kind: Option<&str>) -> u32 {
    match kind {
        None => 0,
        Some("IAMUser" | "IdentityCenterUser") => 1,
        Some("Root") => 2,
        Some("AWSService" | "AWSAccount") => 3,
        Some(_) => 99,
    }
}

fn api(event: &Event<'_>, json: Json) -> Value {
    let data = |text: Option<&str>| text.map_or(Value::Null, |text| parsed(text, json));
    // `request` must have an ID: without one, the request is only in `raw_data` and `unmapped`.
    let request = event
        .request_id
        .as_deref()
        .map_or(Value::Null, |id| object([("uid", id.into()), ("data", data(event.request_parameters.as_deref()))]));
    object([
        ("operation", text(Some(&event.event_name))),
        ("request", request),
        (
            "response",
            object([
                ("data", data(event.response_elements.as_deref())),
                ("error", text(event.error_code.as_deref())),
                ("message", text(event.error_message.as_deref())),
            ]),
        ),
        ("service", object([("name", text(Some(&event.event_source)))])),
    ])
}

/// JSON text in the required form.
fn parsed(text: &str, json: Json) -> Value {
    match json {
        Json::Text => text.into(),
        Json::Nested => crate::json::value(text).unwrap_or_else(|_| text.into()),
    }
}

fn cloud(event: &Event<'_>) -> Value {
    object([
        ("account", object([("uid", text(event.account_id()))])),
        ("provider", "AWS".into()),
        ("region", text(event.region.as_deref())),
    ])
}

fn metadata(event: &Event<'_>) -> Value {
    let product = object([
        ("feature", object([("name", text(event.event_category.as_deref()))])),
        ("name", "CloudTrail".into()),
        ("vendor_name", "AWS".into()),
        ("version", text(event.event_version.as_deref())),
    ]);
    object([
        ("event_code", text(event.event_type.as_deref())),
        ("product", product),
        ("profiles", json!(["cloud"])),
        ("uid", text(Some(&event.event_id))),
        ("version", VERSION.into()),
    ])
}

/// An address, or the name of a service. An endpoint must have one of them.
fn src_endpoint(source: Option<&str>) -> Value {
    match source {
        Some(source) if source.parse::<IpAddr>().is_ok() => json!({ "ip": source }),
        Some(service) => json!({ "domain": service, "svc_name": service }),
        None => json!({ "name": "Unknown" }),
    }
}

/// The click, as an enrichment of the event's ID.
fn enrichments(event: &Event<'_>, click: &Click<'_>, json: Json) -> Value {
    let data = json!({
        "signal_id": click.signal_id,
        "rule_id": click.rule_id,
        "kind": click.kind,
        "title": click.title,
        "summary": click.summary,
        "origin": click.origin,
        "confidence": click.confidence,
        "role": click.role,
    });
    json!([{
        "data": free(data, json),
        "name": "metadata.uid",
        "provider": "cartographer",
        "type": "console_click",
        "value": event.event_id,
    }])
}

/// Whether the sign-in record states that MFA was used.
fn mfa(event: &Event<'_>) -> Value {
    let extra = event.extra.as_deref().and_then(|extra| crate::json::value(extra).ok());
    match extra.as_ref().and_then(|extra| extra["additionalEventData"]["MFAUsed"].as_str()) {
        Some("Yes") => true.into(),
        Some("No") => false.into(),
        _ => Value::Null,
    }
}

/// Members without an OCSF attribute.
fn unmapped(event: &Event<'_>) -> Result<Value, RebuildError> {
    let mut unmapped = match event.extra.as_deref() {
        Some(text) => match crate::json::value(text) {
            Ok(Value::Object(extra)) => extra,
            Ok(_) => Map::new(),
            Err(source) => return Err(RebuildError::Json { column: "extra", source }),
        },
        None => Map::new(),
    };
    let identity = &event.identity;
    let source_identity = identity.source_identity.as_deref().map(Value::from);
    let assumed_root = identity.assumed_root.map(|root| Value::from(root.to_string()));
    if source_identity.is_some() || assumed_root.is_some() {
        let context = [("sourceIdentity", source_identity), ("assumedRoot", assumed_root)];
        let user = unmapped.entry("userIdentity").or_insert_with(|| Value::Object(Map::new()));
        let session = user.as_object_mut().map(|user| user.entry("sessionContext").or_insert_with(|| json!({})));
        if let Some(Value::Object(session)) = session {
            session.extend(context.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        }
    }
    let flag = event.session_credential_from_console.map(|flag| Value::from(flag.to_string()));
    let request = event.request_parameters.as_deref().filter(|_| event.request_id.is_none());
    let more = [
        ("readOnly", event.read_only.map(Value::from)),
        ("recipientAccountId", event.recipient_account_id.as_deref().map(Value::from)),
        ("requestParameters", request.map(|text| parsed(text, Json::Nested))),
        ("sessionCredentialFromConsole", flag),
        ("sharedEventID", event.shared_event_id.as_deref().map(Value::from)),
        ("vpcEndpointId", event.vpc_endpoint_id.as_deref().map(Value::from)),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            unmapped.entry(name).or_insert(value);
        }
    }
    Ok(if unmapped.is_empty() { Value::Null } else { Value::Object(unmapped) })
}
