//! Identifies JSON that is not CloudTrail, for use in the message that refuses it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::error::Refusal;
use super::shape::{Members, Shape};
use super::text::printable;

/// The number of members to name when unknown JSON is refused.
const NAMED_MEMBERS: usize = 6;

/// Formats that are recognized regardless of their contents.
pub(super) fn pointer(shape: &Shape<'_>) -> Option<Refusal> {
    let any = |members| shape.members.intersects(members);
    let source = shape.event_source.map(unquoted);
    Some(match source {
        _ if any(Members::DIGEST) => Refusal::Digest,
        _ if any(Members::S3) => Refusal::S3Notification,
        _ if shape.members.contains(Members::EVENT | Members::BUCKET) => Refusal::S3Notification,
        // CloudTrail's own SNS notifications.
        _ if any(Members::S3_OBJECT_KEY) => Refusal::SnsNotification,
        _ if any(Members::ACS_REGION) => Refusal::Alibaba,
        Some(source) if source.ends_with(".aliyuncs.com") => Refusal::Alibaba,
        _ => return None,
    })
}

/// Messages from a stream or a queue, if nothing in them is CloudTrail.
pub(super) fn message(shape: &Shape<'_>) -> Option<Refusal> {
    let source = shape.event_source.map(unquoted)?;
    // SQS and SNS are recognized by their envelopes.
    let is_stream = source.starts_with("aws:") && shape.wrapped.is_empty();
    is_stream.then(|| Refusal::LambdaEvent(printable(source)))
}

/// Envelopes, if nothing in them is CloudTrail.
pub(super) fn envelope(shape: &Shape<'_>) -> Option<Refusal> {
    let any = |members| shape.members.intersects(members);
    let control = shape.message_type.is_some_and(|kind| unquoted(kind) == "CONTROL_MESSAGE");
    Some(match shape.detail_type {
        Some(kind) => Refusal::EventBridge {
            source_name: shape.source.map_or_else(|| "an unknown source".to_owned(), |s| printable(unquoted(s))),
            detail_type: printable(unquoted(kind)),
        },
        None if control => Refusal::CloudWatchControl,
        None if any(Members::LOG_EVENTS) => Refusal::CloudWatchLogs,
        None if any(Members::SQS) => Refusal::SqsMessage,
        None if any(Members::SNS) => Refusal::SnsNotification,
        None if any(Members::CONFIG) => Refusal::Config,
        None if shape.members.contains(Members::ASFF) => Refusal::SecurityHub,
        None if shape.members.contains(Members::SEVERITY | Members::SERVICE) => Refusal::GuardDuty,
        None => return None,
    })
}

/// Unknown JSON: the format of one of its members, or the names of all members.
pub(super) fn json(text: &str) -> Refusal {
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) else {
        return Refusal::ForeignJson("not an object".to_owned());
    };
    let known = |value: &&RawValue| {
        let shape = serde_json::from_str::<Shape<'_>>(value.get()).ok()?;
        pointer(&shape).or_else(|| message(&shape)).or_else(|| envelope(&shape))
    };
    if let Some(known) = members.values().find_map(known) {
        return known;
    }
    let names: Vec<_> = members.keys().take(NAMED_MEMBERS).map(|name| printable(name)).collect();
    Refusal::ForeignJson(if names.is_empty() { "an empty object".to_owned() } else { names.join(", ") })
}

/// A JSON string's text, for names without escapes.
fn unquoted(json: &str) -> &str {
    json.trim_matches('"')
}
