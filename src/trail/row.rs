//! A row of a table as a record: Athena, and clients that read JSON into columns, change how a record is written.

use serde_json::{Map, Value};

use crate::table::EVENTS;

/// Members of a record that no column of `events` is taken from, as CloudTrail writes them.
const MEMBERS: [&str; 14] = [
    "additionalEventData",
    "addendum",
    "apiVersion",
    "eventContext",
    "insightDetails",
    "managementEvent",
    "resources",
    "serviceEventDetails",
    "sessionIssuer",
    "sharedEventID",
    "tlsDetails",
    "type",
    "vpcEndpointId",
    "webIdFederationData",
];
/// Members that are objects, and that tables keep as text.
const OBJECTS: [&str; 4] = ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"];

/// The record in a row that was written as a JSON object; `None` for text that is no object.
///
/// Members that are NULL are left out, for the row has all columns of its table. Where a member is named as CloudTrail
/// names it but for upper and lower case, it gets CloudTrail's name; requests and responses in text become objects.
#[must_use]
pub fn record_of_row(row: &str) -> Option<String> {
    let Value::Object(members) = serde_json::from_str(row).ok()? else { return None };
    let named = members.keys().any(|name| name != "eventName" && name.eq_ignore_ascii_case("eventName"));
    let members = filled(members);
    let members = if named { renamed(members) } else { members };
    serde_json::to_string(&opened(members)).ok()
}

/// The members that are not NULL, at any depth.
fn filled(members: Map<String, Value>) -> Map<String, Value> {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name, deep(value, &filled))).collect()
}

/// The value with every object in it changed.
fn deep(value: Value, change: &dyn Fn(Map<String, Value>) -> Map<String, Value>) -> Value {
    match value {
        Value::Object(members) => Value::Object(change(members)),
        Value::Array(values) => Value::Array(values.into_iter().map(|value| deep(value, change)).collect()),
        other => other,
    }
}

/// The members by CloudTrail's names. What was asked and answered keeps its own: services name that.
fn renamed(members: Map<String, Value>) -> Map<String, Value> {
    let anew = |(name, value): (String, Value)| {
        let name = written(&name).map_or(name.clone(), str::to_owned);
        let value = if OBJECTS.contains(&name.as_str()) { value } else { deep(value, &renamed) };
        (name, value)
    };
    members.into_iter().map(anew).collect()
}

/// How CloudTrail writes the member's name.
fn written(name: &str) -> Option<&'static str> {
    let stated = EVENTS.columns.iter().filter_map(|column| column.source).flat_map(|path| path.split('.'));
    stated.chain(MEMBERS).find(|known| known.eq_ignore_ascii_case(name))
}

/// The members, with objects where text holds them.
fn opened(mut members: Map<String, Value>) -> Map<String, Value> {
    for name in OBJECTS {
        if let Some(value) = members.get_mut(name)
            && let Value::String(text) = value
            && let Ok(object @ (Value::Object(_) | Value::Null)) = serde_json::from_str(text)
        {
            *value = object;
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_null_is_left_out_at_any_depth() {
        let row = r#"{"eventName":"GetUser","errorCode":null,"requestParameters":{"a":null,"b":[{"c":null,"d":1}]}}"#;
        let record = r#"{"eventName":"GetUser","requestParameters":{"b":[{"d":1}]}}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(record));
    }

    #[test]
    fn a_row_of_athena_gets_the_names_and_objects_of_the_trail() {
        let row = r#"{"eventname":"GetUser","useridentity":{"principalid":"A","sessioncontext":{"sessionissuer":{"username":"x"}}},"requestparameters":"{\"username\":\"y\"}","responseelements":"null","eventid":"1"}"#;
        let record = r#"{"eventName":"GetUser","userIdentity":{"principalId":"A","sessionContext":{"sessionIssuer":{"userName":"x"}}},"requestParameters":{"username":"y"},"responseElements":null,"eventID":"1"}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(record));
    }

    #[test]
    fn other_names_and_texts_stay() {
        let row = r#"{"raw":"{\"eventName\":null}","requestParameters":"no json","n":1}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(row));
        assert_eq!([record_of_row("[1]"), record_of_row("nonsense")], [None, None]);
    }
}
