//! A layer for the ATT&CK Navigator: the techniques that the clicks and calls in a case indicate.
//!
//! Source: the layer file format 4.5 of <https://github.com/mitre-attack/attack-navigator>.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Deserialize;
use serde_json::{Value, json};

use super::ExportError;
use super::report::rows;
use crate::counted::counted;
use crate::event::Timestamp;
use crate::present::report::{ATTACK_VERSION, REPLACED_TECHNIQUES};
use crate::present::{self, escape};
use crate::store::Case;
use crate::table::literal;

const TECHNIQUES: &str = include_str!("../../sql/exports/navigator.sql");

/// The maximum number of names that a comment lists.
const NAMED: usize = 5;

const DESCRIPTION: &str = "The score is the number of clicks and calls that can be used for a technique. Routine administration \
                           uses the same techniques: a score does not imply an attack.";

#[derive(Debug, Deserialize)]
struct Shown {
    technique: String,
    clicks: u64,
    failed: u64,
    first_time: Timestamp,
    last_time: Timestamp,
    principals: Option<Vec<String>>,
    rules: Option<Vec<String>>,
}

/// Writes a layer. If principals are named, it covers only their activity.
///
/// # Errors
/// DuckDB's message, or the writer's error.
pub fn navigator(case: &Case, name: &str, principals: &[String], out: &mut impl Write) -> Result<(), ExportError> {
    let wanted = principals.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ");
    let replaced = REPLACED_TECHNIQUES.map(|(old, new)| format!("'{old}': '{new}'")).join(", ");
    let query = format!(
        "SET VARIABLE wanted_principals = [{wanted}]::VARCHAR[];\n\
         SET VARIABLE replaced_techniques = MAP {{{replaced}}};\n\
         {TECHNIQUES}"
    );
    let found: Vec<Shown> = rows(case, &query)?;
    let most = found.iter().map(|technique| technique.clicks).max().unwrap_or(1);
    // A technique that is included only because of its sub-techniques is shown expanded, without a score.
    let own: BTreeSet<&str> = found.iter().map(|technique| technique.technique.as_str()).collect();
    let parents: BTreeSet<&str> = own.iter().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent).collect();
    let alone = parents.difference(&own).map(|id| json!({ "techniqueID": id, "showSubtechniques": true }));
    let mut techniques: Vec<Value> =
        found.iter().map(|one| one.json(parents.contains(one.technique.as_str()))).collect();
    techniques.extend(alone);
    let layer = json!({
        "name": name,
        "versions": {
            "attack": ATTACK_VERSION.split('.').next().unwrap_or(ATTACK_VERSION),
            "navigator": "5.1.0",
            "layer": "4.5",
        },
        "domain": "enterprise-attack",
        "description": DESCRIPTION,
        "filters": { "platforms": ["IaaS", "Identity Provider", "SaaS"] },
        "sorting": 3,
        "layout": { "layout": "side", "showID": true, "showName": true },
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": { "colors": ["#ffffff", "#ff6666"], "minValue": 0, "maxValue": most },
    });
    let text = serde_json::to_string_pretty(&layer)?;
    writeln!(out, "{}", escape::json(&text))?;
    Ok(())
}

impl Shown {
    fn json(&self, has_subtechniques: bool) -> Value {
        let mut metadata = vec![
            json!({ "name": "first", "value": present::rfc3339(self.first_time) }),
            json!({ "name": "last", "value": present::rfc3339(self.last_time) }),
        ];
        let lists = [("principals", &self.principals), ("Sigma rules", &self.rules)];
        metadata.extend(lists.into_iter().filter_map(|(name, list)| {
            list.as_ref().filter(|list| !list.is_empty()).map(|list| json!({ "name": name, "value": named(list) }))
        }));
        let failed = if self.failed > 0 { format!("; {} failed", self.failed) } else { String::new() };
        json!({
            "techniqueID": self.technique,
            "score": self.clicks,
            "enabled": true,
            "comment": format!("{}{failed}", counted(self.clicks, "click or call", "clicks and calls")),
            "metadata": metadata,
            "showSubtechniques": has_subtechniques,
        })
    }
}

/// The first names, and the number of further names.
fn named(names: &[String]) -> String {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
