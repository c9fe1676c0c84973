//! Aggregated events: CloudTrail's counts of calls in a time window, which do not have a name or a time.

use serde_json::{Map, Value};

use super::fingerprint;
use super::time;
use crate::event::Timestamp;

/// One aggregated event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregated {
    /// `eventId`, or for a record without one, a stable ID derived from its contents.
    pub event_id: String,
    /// `timeWindow.windowStart`
    pub window_start: Timestamp,
    /// `timeWindow.windowEnd`
    pub window_end: Option<Timestamp>,
    /// `accountId`
    pub account_id: Option<String>,
    /// `awsRegion`
    pub region: Option<String>,
    /// `eventSource`
    pub event_source: Option<String>,
    /// `summary.primaryDimension.dimension`: what the calls are counted by.
    pub dimension: Option<String>,
    /// `summary`, JSON text.
    pub summary: String,
    /// The whole record, JSON text.
    pub record: String,
}

/// Reads an aggregated event; `None` for any other record.
#[must_use]
pub fn aggregated(json: &str) -> Option<Aggregated> {
    let record: Map<String, Value> = serde_json::from_str(json).ok()?;
    let summary = record.get("summary")?.as_object()?;
    let window = record.get("timeWindow")?.as_object()?;
    let moment = |name: &str| time::timestamp(&window.get(name)?.to_string()).value;
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| record.get(*name)?.as_str());
        found.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Some(Aggregated {
        event_id: text(&["eventId", "eventID"]).unwrap_or_else(|| fingerprint::of(json)),
        window_start: moment("windowStart")?,
        window_end: moment("windowEnd"),
        account_id: text(&["accountId", "recipientAccountId"]),
        region: text(&["awsRegion"]),
        event_source: text(&["eventSource"]),
        dimension: summary
            .get("primaryDimension")
            .and_then(|primary| primary.get("dimension"))
            .and_then(Value::as_str)
            .map(str::to_owned),
        summary: Value::Object(summary.clone()).to_string(),
        record: json.to_owned(),
    })
}
