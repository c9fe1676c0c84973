//! Parses Sigma rule files, and converts each rule to a query.

use std::collections::HashMap;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::condition::{self, Condition};
use super::correlation::Correlation;
use super::{LEVELS, Problem, SigmaError, detection};
use crate::table::literal;

/// A rule that was converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigmaRule {
    /// Its ID, or its name or title if it has none.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`, if the rule states a level.
    pub level: Option<String>,
    /// Its tags: `attack.t1098.001`.
    pub tags: Vec<String>,
    /// Whether only correlations report its hits.
    pub is_internal: bool,
    /// A query that returns the IDs of the events that match.
    events: String,
}

impl SigmaRule {
    /// A query over a case whose rows are the hits, with the columns of [`crate::table::SIGMA_MATCHES`].
    #[must_use]
    pub fn sql(&self) -> String {
        let tags: Vec<String> = self.tags.iter().map(|tag| literal(tag)).collect();
        let level = self.level.as_ref().map_or_else(|| "NULL".to_owned(), |level| literal(level));
        let number = LEVELS.iter().position(|known| self.level.as_deref() == Some(known));
        let number = number.map_or_else(|| "NULL".to_owned(), |at| (at + 1).to_string());
        format!(
            "SELECT {} AS rule_id, {} AS title, CAST({level} AS VARCHAR) AS level, CAST({number} AS BIGINT) AS level_number, \
             CAST([{}] AS VARCHAR[]) AS tags, event_id FROM ({})",
            literal(&self.id),
            literal(&self.title),
            tags.join(", "),
            self.events
        )
    }
}

/// A document in a file, before rules that refer to other rules are converted.
struct Draft {
    document: Value,
    name: String,
}

/// Parses the rules in files, each given as a name and a text. Correlations may refer to rules in any of the files.
/// Returns the converted rules, and the reason for each rule that could not be converted.
#[must_use]
pub fn parse(files: &[(String, String)]) -> (Vec<SigmaRule>, Vec<SigmaError>) {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    let mut conditions: HashMap<String, String> = HashMap::new();
    let mut correlations = Vec::new();
    for (file, text) in files {
        for (at, document) in serde_yaml_ng::Deserializer::from_str(text).enumerate() {
            let fail = |rule: String, problem| SigmaError { file: file.clone(), rule, problem };
            let document = match Value::deserialize(document) {
                Ok(Value::Null) => continue,
                Ok(document) => document,
                Err(error) => {
                    errors.push(fail(format!("document {}", at + 1), Problem::invalid(error.to_string())));
                    // The parser cannot find the next document after an error.
                    break;
                }
            };
            let name = text_of(&document, "title").map_or_else(|| format!("document {}", at + 1), str::to_owned);
            let draft = Draft { document, name };
            if draft.document.get("correlation").is_some() {
                correlations.push((file, draft));
                continue;
            }
            match draft.condition() {
                Ok((condition, events)) => {
                    for key in ["id", "name"].iter().filter_map(|key| text_of(&draft.document, key)) {
                        conditions.insert(key.to_owned(), condition.clone());
                    }
                    rules.push(draft.rule(events));
                }
                Err(problem) => errors.push(fail(draft.name, problem)),
            }
        }
    }
    for (file, draft) in correlations {
        match draft.correlation(&conditions) {
            Ok((events, of)) => {
                let generate = draft.document["correlation"]["generate"].as_bool().unwrap_or_default()
                    || draft.document["generate"].as_bool().unwrap_or_default();
                for rule in rules.iter_mut().filter(|rule| of.contains(&rule.id) && !generate) {
                    rule.is_internal = true;
                }
                rules.push(draft.rule(events));
            }
            Err(problem) => errors.push(SigmaError { file: file.clone(), rule: draft.name, problem }),
        }
    }
    (rules, errors)
}

impl Draft {
    fn rule(&self, events: String) -> SigmaRule {
        let text = |member: &str| text_of(&self.document, member).map(str::to_owned);
        let tags = self.document.get("tags").and_then(Value::as_array);
        SigmaRule {
            id: text("id").or_else(|| text("name")).unwrap_or_else(|| self.name.clone()),
            title: self.name.clone(),
            level: text("level"),
            tags: tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            is_internal: false,
            events,
        }
    }

    /// A rule's condition on one event, and the query for its events.
    fn condition(&self) -> Result<(String, String), Problem> {
        self.check_log_source()?;
        let detection = self.document.get("detection").and_then(Value::as_object);
        let detection = detection.ok_or_else(|| Problem::invalid("the rule has no `detection`"))?;
        let searches = detection.iter().filter(|(name, _)| !matches!(name.as_str(), "condition" | "timeframe"));
        let searches: Map<String, Value> = searches.map(|(name, value)| (name.clone(), value.clone())).collect();
        let names: Vec<&str> = searches.keys().map(String::as_str).collect();
        let stated: Vec<&str> = match detection.get("condition") {
            Some(Value::String(condition)) => vec![condition.as_str()],
            Some(Value::Array(conditions)) => conditions.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let (mut parts, mut counted) = (Vec::new(), None);
        for stated in &stated {
            let (condition, aggregation) = condition::parse(stated, &names)?;
            parts.push(sql(&condition, &searches)?);
            counted = counted.or(aggregation);
        }
        if parts.is_empty() || (counted.is_some() && parts.len() > 1) {
            return Err(Problem::invalid("the rule needs one condition, or several without an aggregation"));
        }
        let condition = detection::any(parts);
        let events = match counted {
            None => format!("SELECT event_id FROM events WHERE {condition}"),
            Some(aggregation) => {
                let timeframe = detection.get("timeframe").and_then(Value::as_str);
                Correlation::of(aggregation, timeframe)?.sql(std::slice::from_ref(&condition))
            }
        };
        Ok((condition, events))
    }

    /// The query for a correlation's events, and the names of its rules.
    fn correlation(&self, conditions: &HashMap<String, String>) -> Result<(String, Vec<String>), Problem> {
        let correlation = Correlation::parse(&self.document["correlation"])?;
        let of = |rule: &String| {
            let known = conditions.get(rule).cloned();
            known.ok_or_else(|| Problem::invalid(format!("it refers to rule `{rule}`, which was not converted")))
        };
        let of_rules = correlation.rules.iter().map(of).collect::<Result<Vec<_>, _>>()?;
        Ok((correlation.sql(&of_rules), correlation.rules))
    }

    fn check_log_source(&self) -> Result<(), Problem> {
        let source = |member: &str| self.document["logsource"][member].as_str();
        match (source("product"), source("service")) {
            (Some("aws"), Some("cloudtrail")) => Ok(()),
            (product, service) => {
                let stated: Vec<&str> = [product, service, source("category")].into_iter().flatten().collect();
                let stated = if stated.is_empty() { "unknown logs".to_owned() } else { stated.join(" ") };
                Err(Problem::OtherLogs(stated))
            }
        }
    }
}

fn text_of<'v>(document: &'v Value, member: &str) -> Option<&'v str> {
    document.get(member).and_then(Value::as_str)
}

fn sql(condition: &Condition, searches: &Map<String, Value>) -> Result<String, Problem> {
    let each = |parts: &[Condition]| parts.iter().map(|part| sql(part, searches)).collect::<Result<Vec<_>, _>>();
    match condition {
        Condition::Search(name) => detection::search(&searches[name]),
        Condition::Not(inner) => Ok(format!("NOT ({})", sql(inner, searches)?)),
        Condition::All(parts) => Ok(detection::all(each(parts)?)),
        Condition::Any(parts) => Ok(detection::any(each(parts)?)),
    }
}
