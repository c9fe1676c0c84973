//! Call specs: `rules/calls/iam.spec.toml` tests `rules/calls/iam.toml`. Each entry must have an example.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::SpecFailure;
use crate::call::{Call, CallTable, Grant};
use crate::json::Document;
use crate::rule::RuleText;

/// A file with examples.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallSpecToml {
    case: Vec<CallCaseToml>,
}

/// One call and its expected description.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallCaseToml {
    /// The call: `iam:CreateUser`.
    call: String,
    /// `AwsServiceEvent`, if it is not a call.
    event_type: Option<String>,
    request: Option<Value>,
    response: Option<Value>,
    extra: Option<Value>,
    error: Option<String>,
    /// The account of the event; 111122223333 if not stated.
    account: Option<String>,
    read_only: Option<bool>,
    /// The sentence.
    summary: String,
    /// The entities: `target user marek`.
    entities: Option<Vec<String>>,
    /// The classes with their effects.
    classes: Option<IndexMap<String, String>>,
    /// The permissions: `allow everyone s3:GetObject public`.
    grants: Option<Vec<String>>,
}

/// Runs every example in a file, and returns the number of examples.
///
/// # Errors
/// Returns every example that fails, and every entry in the file that no example uses.
pub fn run_calls(table: &CallTable, text: &RuleText) -> Result<usize, Vec<SpecFailure>> {
    let failure = |case: &str, problem: String| SpecFailure { file: text.file.clone(), case: case.to_owned(), problem };
    let spec: CallSpecToml = toml::from_str(&text.text).map_err(|error| vec![failure("spec", error.to_string())])?;
    let mut failures = Vec::new();
    let mut used = BTreeSet::new();
    for (at, case) in spec.case.iter().enumerate() {
        let name = format!("{} ({})", case.call, at + 1);
        let (entry, problems) = check(table, case);
        used.extend(entry);
        failures.extend(problems.into_iter().map(|problem| failure(&name, problem)));
    }
    let file = text.file.replace(".spec.toml", ".toml");
    for entry in table.entries().iter().filter(|entry| entry.file == file && !used.contains(&entry.index)) {
        failures.push(failure(&entry.name, format!("expected an example of `{}`, found none", entry.action)));
    }
    if failures.is_empty() { Ok(spec.case.len()) } else { Err(failures) }
}

/// The entry that describes the call of an example, and the differences from the expected description.
fn check(table: &CallTable, case: &CallCaseToml) -> (Option<usize>, Vec<String>) {
    let document = |value: &Option<Value>| Document::from(value.clone().unwrap_or(Value::Null));
    let (request, response) = (document(&case.request), document(&case.response));
    let extra = case.extra.as_ref().map(Value::to_string);
    let call = Call {
        key: &case.call,
        event_type: case.event_type.as_deref(),
        read_only: case.read_only,
        error_code: case.error.as_deref(),
        request: request.root(),
        response: response.root(),
        extra: extra.as_deref(),
        account: case.account.as_deref().or(Some("111122223333")),
        region: Some("eu-west-1"),
        sign_in_failed: false,
    };
    let found = table.describe(&call);
    let mut problems = Vec::new();
    let mut compare = |what: &str, expected: &str, found: &str| {
        if expected != found {
            problems.push(format!("expected {what} `{expected}`, found `{found}`"));
        }
    };
    compare("summary", &case.summary, &found.summary);
    if let Some(expected) = &case.entities {
        let have: Vec<String> =
            found.entities.iter().map(|one| format!("{} {} {}", one.relation.as_str(), one.kind, one.value)).collect();
        compare("entities", &expected.join(", "), &have.join(", "));
    }
    if let Some(expected) = &case.classes {
        let expected: Vec<String> = expected.iter().map(|(class, effect)| format!("{class} {effect}")).collect();
        let mut have: Vec<String> =
            found.classes.iter().map(|one| format!("{} {}", one.class.as_str(), one.effect)).collect();
        // If a call undoes several calls, its reversal occurs once for each of them.
        have.dedup();
        compare("classes", &expected.join(", "), &have.join(", "));
    }
    if let Some(expected) = &case.grants {
        let grant = |one: &Grant| {
            let mut text = format!("{} {} {}", one.effect, one.who(), one.actions.join(" "));
            for (flag, word) in
                [(one.public, " public"), (one.external, " external"), (one.administrator, " administrator")]
            {
                text.push_str(if flag { word } else { "" });
            }
            text
        };
        let have: Vec<String> = found.grants.iter().map(grant).collect();
        compare("grants", &expected.join(", "), &have.join(", "));
    }
    (table.entry(&call).map(|entry| entry.index), problems)
}
