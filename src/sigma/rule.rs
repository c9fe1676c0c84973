//! Parses Sigma rule files, and converts each rule to a query.

use std::collections::HashMap;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::condition::{self, Condition};
use super::correlation::Correlation;
use super::{LEVELS, Problem, SigmaError, detection};
use crate::table::literal;

/// The maximum size of a rule's conditions in SQL, in bytes. A condition can repeat a search any number of times.
const MAX_SQL: usize = 8 << 20;

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
    /// Its `name`, by which correlations can refer to it.
    name: Option<String>,
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

/// The maximum depth of nested brackets. The time that the YAML parser takes for a bracket is proportional to its depth.
const MAX_BRACKETS: usize = 256;

/// Whether brackets are nested too deeply. Brackets in texts count as well, but there they are usually closed again.
fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_BRACKETS
    })
}

/// Parses the rules in files, each given as a name and a text. Correlations may refer to rules in any of the files.
/// Returns the converted rules, and the reason for each rule that could not be converted.
#[must_use]
pub fn parse(files: &[(String, String)]) -> (Vec<SigmaRule>, Vec<SigmaError>) {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    let mut conditions: HashMap<String, String> = HashMap::new();
    let mut correlations: Vec<(&String, Draft)> = Vec::new();
    for (file, text) in files {
        if is_too_deep(text) {
            let problem =
                Problem::invalid(format!("brackets nested deeper than {MAX_BRACKETS} levels are not supported"));
            errors.push(SigmaError { file: file.clone(), rule: "document 1".to_owned(), problem });
            continue;
        }
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
                    let rule = draft.rule(events);
                    // A file can be given twice, for example by itself and in a folder.
                    if rules.contains(&rule) {
                        continue;
                    }
                    for key in ["id", "name"].iter().filter_map(|key| text_of(&draft.document, key)) {
                        conditions.insert(key.to_owned(), condition.clone());
                    }
                    rules.push(rule);
                }
                Err(problem) => errors.push(fail(draft.name, problem)),
            }
        }
    }
    let names = |draft: &Draft| ["id", "name"].map(|key| text_of(&draft.document, key).map(str::to_owned));
    let counted: Vec<String> = correlations.iter().flat_map(|(_, draft)| names(draft)).flatten().collect();
    // The rules that a correlation uses, and whether it also reports their hits.
    let mut uses: Vec<(Vec<String>, bool)> = Vec::new();
    for (file, draft) in correlations {
        match draft.correlation(&conditions, &counted) {
            Ok((events, of)) => {
                let generate = draft.document["correlation"]["generate"].as_bool().unwrap_or_default()
                    || draft.document["generate"].as_bool().unwrap_or_default();
                let rule = draft.rule(events);
                if !rules.contains(&rule) {
                    uses.push((of, generate));
                    rules.push(rule);
                }
            }
            Err(problem) => errors.push(SigmaError { file: file.clone(), rule: draft.name, problem }),
        }
    }
    for rule in &mut rules {
        let is_named = |name: &String| *name == rule.id || rule.name.as_ref() == Some(name);
        let mut used_by = uses.iter().filter(|(of, _)| of.iter().any(is_named)).peekable();
        rule.is_internal = used_by.peek().is_some() && !used_by.any(|(_, generate)| *generate);
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
            name: text("name"),
            events,
        }
    }

    /// A rule's condition on one event, and the query for its events.
    fn condition(&self) -> Result<(String, String), Problem> {
        self.check_log_source()?;
        self.check_level()?;
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
        let (mut parts, mut counted, mut room) = (Vec::new(), None, MAX_SQL);
        for stated in &stated {
            let (condition, aggregation) = condition::parse(stated, &names)?;
            parts.push(sql(&condition, &searches, &mut room)?);
            counted = counted.or(aggregation);
        }
        if parts.is_empty() {
            return Err(Problem::invalid("the rule has no `condition`"));
        }
        if counted.is_some() && parts.len() > 1 {
            return Err(Problem::invalid("a rule with an aggregation can have only one condition"));
        }
        let condition = detection::any(parts);
        let events = match counted {
            None => format!("SELECT event_id FROM events WHERE {condition}"),
            Some(aggregation) => {
                // Some rules state it beside `detection` instead of in it.
                let timeframe = detection.get("timeframe").or_else(|| self.document.get("timeframe"));
                let timeframe = timeframe.and_then(Value::as_str);
                Correlation::of(aggregation, timeframe)?.sql(std::slice::from_ref(&condition))
            }
        };
        Ok((condition, events))
    }

    /// The query for a correlation's events, and the names of its rules. `correlations` are the names of all correlations.
    fn correlation(
        &self,
        conditions: &HashMap<String, String>,
        correlations: &[String],
    ) -> Result<(String, Vec<String>), Problem> {
        self.check_level()?;
        let correlation = Correlation::parse(&self.document["correlation"])?;
        let of = |rule: &String| {
            let known = conditions.get(rule).cloned();
            if known.is_none() && correlations.contains(rule) {
                return Err(Problem::unsupported(format!("a correlation of another correlation (`{rule}`)")));
            }
            known.ok_or_else(|| Problem::invalid(format!("it refers to rule `{rule}`, which was not converted")))
        };
        let mut room = MAX_SQL;
        let of_rules = correlation.rules.iter().map(|rule| within(of(rule)?, &mut room));
        let of_rules = of_rules.collect::<Result<Vec<_>, _>>()?;
        Ok((correlation.sql(&of_rules), correlation.rules))
    }

    fn check_level(&self) -> Result<(), Problem> {
        match text_of(&self.document, "level") {
            Some(level) if !LEVELS.contains(&level) => {
                Err(Problem::invalid(format!("the level `{level}` is not one of {}", LEVELS.join(", "))))
            }
            _ => Ok(()),
        }
    }

    fn check_log_source(&self) -> Result<(), Problem> {
        let source = |member: &str| self.document["logsource"][member].as_str().map(str::to_lowercase);
        match (source("product").as_deref(), source("service").as_deref()) {
            // Some rules state only the service.
            (Some("aws") | None, Some("cloudtrail")) => Ok(()),
            (product, service) => {
                let category = source("category");
                let stated: Vec<&str> = [product, service, category.as_deref()].into_iter().flatten().collect();
                if stated.is_empty() {
                    return Err(Problem::invalid("the rule has no `logsource`"));
                }
                Err(Problem::OtherLogs(stated.join(" ")))
            }
        }
    }
}

fn text_of<'v>(document: &'v Value, member: &str) -> Option<&'v str> {
    document.get(member).and_then(Value::as_str)
}

/// The SQL of a condition. `room` is the number of bytes that searches may still have in the whole condition.
fn sql(condition: &Condition, searches: &Map<String, Value>, room: &mut usize) -> Result<String, Problem> {
    let mut each =
        |parts: &[Condition]| parts.iter().map(|part| sql(part, searches, &mut *room)).collect::<Result<Vec<_>, _>>();
    match condition {
        Condition::Search(name) => within(detection::search(&searches[name])?, room),
        Condition::Not(inner) => Ok(format!("NOT ({})", sql(inner, searches, room)?)),
        Condition::All(parts) => Ok(detection::all(each(parts)?)),
        Condition::Any(parts) => Ok(detection::any(each(parts)?)),
    }
}

/// The SQL, if there is still room for it.
fn within(sql: String, room: &mut usize) -> Result<String, Problem> {
    *room = room
        .checked_sub(sql.len())
        .ok_or_else(|| Problem::unsupported(format!("a rule whose query has more than {} MiB", MAX_SQL >> 20)))?;
    Ok(sql)
}
