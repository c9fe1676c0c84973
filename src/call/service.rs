//! Describes events that no one called: CloudTrail Insights, and service events.

use super::grammar;
use super::name::{listed, short};
use super::{Call, Entity, Outcome, Relation};
use crate::json::{Document, Elements, Json};
use crate::rule::seen::distinct;
use crate::rule::words::Words;

/// Whether an event is from CloudTrail Insights.
pub(super) fn is_insight(call: &Call<'_>) -> bool {
    is(call, "AwsCloudTrailInsight", "\"insightDetails\"")
}

/// Whether an event is a service event without a caller. Sign-ins have the same type, but have a caller.
pub(super) fn is_event(call: &Call<'_>) -> bool {
    let is_sign_in = call.key.starts_with("signin:") || call.key.starts_with("sso:");
    !is_sign_in && is(call, "AwsServiceEvent", "\"serviceEventDetails\"")
}

/// Whether an event has a given type, or contains that type's member if the type is not known.
fn is(call: &Call<'_>, event_type: &str, member: &str) -> bool {
    match call.event_type {
        Some(known) => known == event_type,
        None => call.extra.is_some_and(|extra| extra.contains(member)),
    }
}

/// Describes an event of CloudTrail Insights; `None` for other events.
///
/// `CloudTrail Insights: unusual rate of RunInstances calls began (12 a minute, normally 0.5), mostly by deploy`
pub(super) fn insight(call: &Call<'_>) -> Option<String> {
    if !is_insight(call) {
        return None;
    }
    let extra = Document::read(call.extra.unwrap_or_default());
    let at = |path: &[&str]| path.iter().try_fold(extra.root(), |value, name| value.as_object()?.get(name));
    let text = |path: &[&str]| at(path).and_then(Json::scalar).filter(|text| !text.is_empty());
    let name = text(&["insightDetails", "eventName"]).unwrap_or_else(|| call.name());
    let what = match text(&["insightDetails", "insightType"]) {
        Some("ApiErrorRateInsight") => match text(&["insightDetails", "errorCode"]) {
            Some(code) => format!("unusual rate of {code} errors in {name} calls"),
            None => format!("unusual rate of errors in {name} calls"),
        },
        _ => format!("unusual rate of {name} calls"),
    };
    let state = match text(&["insightDetails", "state"]) {
        Some("Start") => " began",
        Some("End") => " ended",
        _ => "",
    };
    let statistics = ["insightDetails", "insightContext", "statistics"];
    let average = |of: &str| text(&[statistics[0], statistics[1], statistics[2], of, "average"]).and_then(rate);
    let rates = match (average("insight"), average("baseline")) {
        (Some(now), Some(before)) => format!(" ({now} a minute, normally {before})"),
        (Some(now), None) => format!(" ({now} a minute)"),
        _ => String::new(),
    };
    let attributions = at(&["insightDetails", "insightContext", "attributions"]);
    let who = callers(attributions, call.account);
    let by = if who.is_empty() { String::new() } else { format!(", mostly by {}", listed(&who)) };
    Some(format!("CloudTrail Insights: {what}{state}{rates}{by}"))
}

/// The identities that made most of the calls.
fn callers(attributions: Option<Json<'_>>, account: Option<&str>) -> Vec<String> {
    let mut who = Vec::new();
    for one in attributions.and_then(Json::as_array).into_iter().flat_map(Elements::iter) {
        let Some(members) = one.as_object() else { continue };
        if members.get("attribute").and_then(Json::scalar) != Some("userIdentityArn") {
            continue;
        }
        for top in members.get("insight").and_then(Json::as_array).into_iter().flat_map(Elements::iter) {
            let arn = top.as_object().and_then(|top| top.get("value")?.scalar());
            who.extend(arn.map(|arn| short(arn, account).into_owned()));
        }
    }
    who
}

/// A rate with at most two decimals: `0.6`, `12`, `less than 0.01`.
fn rate(text: &str) -> Option<String> {
    let rate: f64 = text.parse().ok()?;
    if rate > 0.0 && rate < 0.01 {
        return Some("less than 0.01".to_owned());
    }
    let text = format!("{rate:.2}");
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// The sentence and the entities of a service event. The sentence does not state who did it, because the record does
/// not.
pub(super) fn described(words: &Words, call: &Call<'_>, outcome: Outcome) -> (String, Vec<Entity>) {
    let extra = Document::read(call.extra.unwrap_or_default());
    let details = extra.root().as_object().and_then(|extra| extra.get("serviceEventDetails")).unwrap_or(Json::Null);
    let identifiers = [details, call.request].into_iter().flat_map(|value| grammar::identifiers(words, value));
    let entities = distinct(identifiers.map(|(kind, value)| Entity::new(&kind, value, Relation::Target)));
    let names: Vec<String> = entities
        .iter()
        .map(|one| format!("{} {}", one.kind.replace('_', " "), short(&one.value, call.account)))
        .collect();
    let about = if names.is_empty() { String::new() } else { format!(" ({})", listed(&names)) };
    let failed = match (outcome, call.error_code) {
        (Outcome::Succeeded, _) | (_, None) => String::new(),
        (_, Some(code)) => format!(": {code}"),
    };
    (format!("Service event {}{about}{failed}", call.name()), entities)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::call::CallTable;

    fn described_event(key: &str, event_type: &str, extra: &Value) -> (String, Vec<String>) {
        let extra = extra.to_string();
        let described = CallTable::shipped().describe(&Call {
            key,
            event_type: Some(event_type),
            read_only: None,
            error_code: None,
            request: Json::Null,
            response: Json::Null,
            extra: Some(&extra),
            account: Some("111122223333"),
            region: Some("eu-west-1"),
            sign_in_failed: false,
        });
        assert!(described.classes.is_empty() && described.grants.is_empty());
        let entities = described.entities.iter().map(|one| format!("{} {}", one.kind, one.value)).collect();
        (described.summary, entities)
    }

    fn insight(kind: &str, state: &str) -> Value {
        let by =
            |name: &str| json!({"value": format!("arn:aws:sts::111122223333:assumed-role/{name}"), "average": 4.0});
        json!({"insightDetails": {"state": state, "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances",
            "insightType": kind, "errorCode": "Client.VcpuLimitExceeded", "insightContext": {
            "statistics": {"baseline": {"average": 8.8e-5}, "insight": {"average": 12.0}},
            "attributions": [{"attribute": "userAgent", "insight": [{"value": "x", "average": 4.0}]},
                {"attribute": "userIdentityArn", "insight": [by("deploy"), by("batch")]}]}}})
    }

    #[test]
    fn insights_are_described_as_observations() {
        let (summary, entities) =
            described_event("ec2:RunInstances", "AwsCloudTrailInsight", &insight("ApiCallRateInsight", "Start"));
        assert_eq!(
            summary,
            "CloudTrail Insights: unusual rate of RunInstances calls began (12 a minute, normally less than 0.01), mostly \
             by deploy and batch"
        );
        assert_eq!(entities, Vec::<String>::new());
        let (summary, _) =
            described_event("ec2:RunInstances", "AwsCloudTrailInsight", &insight("ApiErrorRateInsight", "End"));
        assert!(
            summary.starts_with(
                "CloudTrail Insights: unusual rate of Client.VcpuLimitExceeded errors in RunInstances calls ended (12"
            ),
            "{summary}"
        );
    }

    #[test]
    fn service_events_are_described_without_actor() {
        let details =
            json!({"serviceEventDetails": {"eventRequestDetails": {"dataSourceId": "ds-1", "dataSetId": "set-1"}}});
        let (summary, entities) = described_event("quicksight:QueryDatabase", "AwsServiceEvent", &details);
        assert_eq!(summary, "Service event QueryDatabase (data source ds-1 and data set set-1)");
        assert_eq!(entities, ["data_source ds-1", "data_set set-1"]);
        let (summary, _) = described_event("x:PurgeThing", "AwsServiceEvent", &json!({}));
        assert_eq!(summary, "Service event PurgeThing");
    }
}
