//! Converts a table row to a record. Athena, and clients that read JSON into columns, change how a record is written.

use serde_json::{Map, Value};

use super::athena;

/// The record in a row that was converted to a JSON object; `None` if the text is not an object.
///
/// NULL members are left out, because a row has all columns of its table. A row in Athena's table, whose names differ
/// from `CloudTrail`'s in case, becomes the original record without partition columns. In every row, requests and
/// responses that are text become objects.
#[must_use]
pub fn record_of_row(row: &str) -> Option<String> {
    let Value::Object(members) = serde_json::from_str(row).ok()? else { return None };
    let members = filled(members);
    let restore = if athena::is_row(&members) { athena::restored } else { athena::opened };
    serde_json::to_string(&restore(members)).ok()
}

/// The members that are not NULL, at any depth.
fn filled(members: Map<String, Value>) -> Map<String, Value> {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name, deep(value))).collect()
}

fn deep(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(filled(members)),
        Value::Array(values) => Value::Array(values.into_iter().map(deep).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_are_removed_at_any_depth() {
        let row = r#"{"eventName":"GetUser","errorCode":null,"requestParameters":{"a":null,"b":[{"c":null,"d":1}]}}"#;
        let record = r#"{"eventName":"GetUser","requestParameters":{"b":[{"d":1}]}}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(record));
    }

    #[test]
    fn athena_row_is_converted_to_original_record() {
        let row = r#"{"eventsource":"iam.amazonaws.com","eventname":"GetUser","useridentity":{"principalid":"A","sessioncontext":{"sessionissuer":{"username":"x"}}},"requestparameters":"{\"username\":\"y\",\"b\":null}","responseelements":"null","readonly":"true","resources":[{"arn":"a","accountid":null}],"eventid":"1","region":"us-east-1","accountid":"1","day":4}"#;
        let record = r#"{"eventSource":"iam.amazonaws.com","eventName":"GetUser","userIdentity":{"principalId":"A","sessionContext":{"sessionIssuer":{"userName":"x"}}},"requestParameters":{"username":"y","b":null},"responseElements":null,"readOnly":true,"resources":[{"ARN":"a"}],"eventID":"1"}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(record));
    }

    #[test]
    fn row_with_cloudtrail_names_keeps_all_members() {
        let row = r#"{"eventName":"GetUser","eventSource":"x","requestParameters":"{\"a\":1}","readOnly":"true","day":4,"eventsource":"y"}"#;
        let record = row.replace(r#""{\"a\":1}""#, r#"{"a":1}"#);
        assert_eq!(record_of_row(row), Some(record));
    }

    #[test]
    fn unknown_text_column_is_kept() {
        let row = r#"{"eventname":"GetUser","raw":"{}"}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(row));
    }

    #[test]
    fn other_names_and_text_are_unchanged() {
        let row = r#"{"raw":"{\"eventName\":null}","requestParameters":"no json","n":1}"#;
        assert_eq!(record_of_row(row).as_deref(), Some(row));
        assert_eq!([record_of_row("[1]"), record_of_row("nonsense")], [None, None]);
    }
}
