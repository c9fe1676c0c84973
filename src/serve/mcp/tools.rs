//! What an assistant can ask about a case.

use std::collections::BTreeMap;

use chrono::DateTime;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer;
use crate::event::Timestamp;
use crate::hunt::{self, Hunt, ParamKind, ParamValue, Tactic};
use crate::load::Explainable;
use crate::present;
use crate::rule::RuleSet;
use crate::serve::rows::explanation;
use crate::serve::{ServeError, check_query};
use crate::store::Case;

/// The tools, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolName {
    Sessions,
    Timeline,
    Explain,
    Hunts,
    Hunt,
    Sql,
}

/// Sessions, most notable first.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SessionsQuery {
    /// Only sessions of this principal: alice, Admin/bob, root
    principal: Option<String>,
    /// Only console sessions
    console: bool,
    /// Include sessions in which nothing stands out
    all: bool,
    /// The maximum number of rows: 100 by default, at most 1000
    limit: Option<usize>,
    /// The number of rows to skip
    offset: u32,
}

/// What was done, ordered by time.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the tool")]
pub(super) struct TimelineQuery {
    /// Only this session: its ID, or the start of the ID
    session: Option<String>,
    /// Only this principal: alice, Admin/bob, root
    principal: Option<String>,
    /// Only activity at this time or later, UTC: 2026-03-11 or 2026-03-11T19:41:32Z
    from: Option<String>,
    /// Only activity before this time, UTC
    to: Option<String>,
    /// Only this severity or higher: 2 list, 3 login, 4 session, 5 command, 6 change, 7 create, 8 delete, 9 secret
    min_severity: Option<u8>,
    /// Only rows whose sentence contains this text, ignoring case
    text: Option<String>,
    /// Only rows with saved hits of Sigma rules
    sigma: bool,
    /// Only denied or failed calls, and clicks with such calls
    failed: bool,
    /// Include API calls made by programs. They are always included if a session, principal or text is specified, or if failed
    /// is true
    programs: bool,
    /// Include requests that the console made on its own
    background: bool,
    /// The maximum number of rows: 100 by default, at most 1000
    limit: Option<usize>,
    /// The number of rows to skip
    offset: u32,
}

/// The signal or event to explain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplainQuery {
    /// The ID of a signal or an event, or the start of an ID
    id: String,
}

/// The hunts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HuntsQuery {
    /// Only hunts for this tactic, such as persistence or exfiltration
    tactic: Option<String>,
    /// Run the hunts and list only those with hits, with the number of hits
    run: bool,
}

/// One hunt.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HuntQuery {
    /// The ID of the hunt, such as persistence/made-key-used
    id: String,
    /// Values for the hunt's parameters; `hunts` lists the parameters
    #[serde(default)]
    parameters: BTreeMap<String, Given>,
    /// The maximum number of rows: 100 by default, at most 1000
    limit: Option<usize>,
    /// The number of rows to skip
    #[serde(default)]
    offset: u32,
}

/// The value of a parameter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Given {
    Text(String),
    Integer(i64),
}

/// A query.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SqlQuery {
    /// A query in DuckDB's SQL
    query: String,
    /// The maximum number of rows: 100 by default, at most 1000
    limit: Option<usize>,
}

const SESSIONS: &str = "SELECT f.session_id, f.principal, f.account_id, f.console, f.first_time, f.last_time, f.mfa, f.ips, \
    f.countries, f.owners, s.services, f.events, s.clicks, f.findings, f.attempts, f.denied, round(f.weight, 1) AS weight, \
    f.by_made_credential FROM session_findings AS f JOIN session_summary AS s USING (session_id)";

const TIMELINE: &str = "SELECT time, last_time, class, kind, severity, principal, account_id, region, source_ip, summary, title, \
    round(confidence, 2) AS confidence, error_code, failed_events, events, sigma, sigma_level, session_id, id FROM timeline";

impl ToolName {
    pub(super) const ALL: [Self; 6] =
        [Self::Sessions, Self::Timeline, Self::Explain, Self::Hunts, Self::Hunt, Self::Sql];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Timeline => "timeline",
            Self::Explain => "explain",
            Self::Hunts => "hunts",
            Self::Hunt => "hunt",
            Self::Sql => "sql",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name)
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Sessions => {
                "Lists sessions (one identity's use of its credentials), most notable first. `findings` counts successful \
                 events that stand out; `attempts` counts denied or failed events that stand out."
            }
            Self::Timeline => {
                "Lists what was done, ordered by time: clicks in the console as sentences, and API calls that do not belong to \
                 a click. Pass the id of a row to `explain` for details."
            }
            Self::Explain => {
                "Explains a signal or an event: the rule, the role of each event, and why no other page of the console was chosen."
            }
            Self::Hunts => {
                "Lists hunts: common investigation questions. With run = true, lists only hunts that have hits in the case."
            }
            Self::Hunt => "Runs one hunt, and states what a row means and what the common false positives are.",
            Self::Sql => {
                "Runs a query on the case in DuckDB's SQL, read-only and without access to other files. SHOW TABLES lists the \
                 tables and views."
            }
        }
    }

    /// The answer to a call, as text.
    ///
    /// # Errors
    /// If the arguments are not valid, and DuckDB's message.
    pub(super) fn answer(self, arguments: Value, case: &Case, rules: &RuleSet) -> Result<String, ServeError> {
        match self {
            Self::Sessions => sessions(&read(arguments)?, case),
            Self::Timeline => timeline(&read(arguments)?, case),
            Self::Explain => {
                let ExplainQuery { id } = read(arguments)?;
                Ok(answer::text(&explanation(&Explainable::find(case, &id)?.explain(case, rules)?)?))
            }
            Self::Hunts => hunts(&read(arguments)?, case),
            Self::Hunt => hunt(&read(arguments)?, case),
            // `own_query` is answered by its own process.
            Self::Sql => Err(ServeError::BrokenOff),
        }
    }
}

/// The maximum size of the rows that are read for an answer, in bytes. Few of them fit into the answer.
const MAX_ROW_BYTES: usize = 32 << 20;

/// The assistant's own query, and the maximum number of rows.
pub(super) fn own_query(arguments: Value) -> Result<(String, usize), ServeError> {
    let SqlQuery { query, limit } = read(arguments)?;
    check_query(&query)?;
    Ok((query, answer::limit(limit)))
}

/// The arguments of a call.
fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ServeError> {
    serde_json::from_value(arguments)
        .map_err(|error| ServeError::asked(format!("invalid arguments: {error}"), "See the input schema of the tool."))
}

fn sessions(asked: &SessionsQuery, case: &Case) -> Result<String, ServeError> {
    let mut conditions = vec!["true"];
    let mut params = Vec::new();
    if let Some(principal) = &asked.principal {
        conditions.push("f.principal = ?");
        params.push(principal.clone());
    }
    if asked.console {
        conditions.push("f.console");
    } else if !asked.all {
        conditions.push("(f.console OR f.weight > 0)");
    }
    let sql = format!(
        "{SESSIONS} WHERE {} ORDER BY f.weight DESC, f.first_time, f.session_id OFFSET {}",
        conditions.join(" AND "),
        asked.offset
    );
    answer::rows(&case.first_rows(&sql, &params, answer::limit(asked.limit), MAX_ROW_BYTES)?)
}

fn timeline(asked: &TimelineQuery, case: &Case) -> Result<String, ServeError> {
    let mut conditions = Vec::new();
    let mut params = Vec::new();
    let texts = [
        (&asked.session, "starts_with(session_id, ?)"),
        (&asked.principal, "principal = ?"),
        (&asked.from, "COALESCE(last_time, time) >= CAST(? AS TIMESTAMP)"),
        (&asked.to, "time < CAST(? AS TIMESTAMP)"),
        (&asked.text, "contains(lower(summary), lower(?))"),
    ];
    for (text, condition) in texts {
        if let Some(text) = text {
            conditions.push(condition.to_owned());
            params.push(text.clone());
        }
    }
    let mut classes = vec!["click", "residual"];
    classes.extend(asked.background.then_some("background"));
    let texts = [&asked.session, &asked.principal, &asked.text];
    let programs = asked.programs || asked.failed || texts.iter().any(|text| text.is_some());
    classes.extend((programs || asked.sigma).then_some("programmatic"));
    classes.extend(programs.then_some("aggregated"));
    conditions.push(format!("class IN ('{}')", classes.join("', '")));
    conditions.extend(asked.min_severity.map(|least| format!("severity >= {least}")));
    conditions.extend(asked.sigma.then(|| "sigma IS NOT NULL".to_owned()));
    conditions.extend(asked.failed.then(|| "failed_events > 0".to_owned()));
    let sql = format!("{TIMELINE} WHERE {} ORDER BY time, id OFFSET {}", conditions.join(" AND "), asked.offset);
    answer::rows(&case.first_rows(&sql, &params, answer::limit(asked.limit), MAX_ROW_BYTES)?)
}

fn shipped() -> Result<Vec<Hunt>, ServeError> {
    hunt::shipped()
        .map_err(|error| ServeError::missing(error.to_string(), "A built-in hunt is invalid. This is a bug."))
}

fn hunts(asked: &HuntsQuery, case: &Case) -> Result<String, ServeError> {
    let mut hunts = shipped()?;
    if let Some(name) = &asked.tactic {
        let tactics = Tactic::wanted(name).ok_or_else(|| {
            let known: Vec<&str> = Tactic::ALL.map(Tactic::as_str).to_vec();
            ServeError::asked(format!("there is no tactic {name:?}"), format!("Expected one of {}.", known.join(", ")))
        })?;
        hunts.retain(|hunt| tactics.contains(&hunt.tactic));
    }
    let mut found = Vec::new();
    for hunt in &hunts {
        let mut row = json!({ "id": hunt.id, "title": hunt.title, "techniques": hunt.techniques });
        if asked.run {
            let batches = case.query(&hunt.sql(&[]))?;
            let hits = present::Hits::of(hunt, &batches).rows;
            if hits == 0 {
                continue;
            }
            row["hits"] = json!(hits);
        } else {
            let param = |param: &hunt::Param| format!("{} ({}): {}", param.name, param.kind.as_str(), param.meaning);
            row["parameters"] = json!(hunt.params.iter().map(param).collect::<Vec<_>>());
        }
        found.push(row);
    }
    answer::list(found, false)
}

fn hunt(asked: &HuntQuery, case: &Case) -> Result<String, ServeError> {
    let hunts = shipped()?;
    let hunt = hunts.iter().find(|hunt| hunt.id == asked.id);
    let hunt = hunt
        .ok_or_else(|| ServeError::missing(format!("there is no hunt {:?}", asked.id), "`hunts` lists the hunts."))?;
    let given = asked.parameters.iter().map(|(name, given)| {
        let text = match given {
            Given::Text(text) => text.clone(),
            Given::Integer(number) => number.to_string(),
        };
        Ok((name.clone(), value(hunt, name, &text)?))
    });
    let given = given.collect::<Result<Vec<_>, ServeError>>()?;
    let offset = asked.offset as usize;
    let found = case.first_rows(&hunt.sql(&given), &[], offset + answer::limit(asked.limit), MAX_ROW_BYTES)?;
    let about = json!({ "hunt": hunt.title, "a_row_means": hunt.hit, "false_positives": hunt.false_positives });
    Ok(format!("{about}\n{}", answer::rows_from(&found, offset)?))
}

/// A value, converted to the parameter's type.
fn value(hunt: &Hunt, name: &str, text: &str) -> Result<ParamValue, ServeError> {
    let param = hunt.param(name).ok_or_else(|| {
        let known: Vec<&str> = hunt.params.iter().map(|param| param.name.as_str()).collect();
        ServeError::asked(
            format!("the hunt has no parameter {name:?}"),
            format!("Its parameters are {}.", known.join(", ")),
        )
    })?;
    let read = match param.kind {
        ParamKind::Moment => {
            DateTime::parse_from_rfc3339(text).ok().map(|time| ParamValue::Moment(Timestamp(time.timestamp_micros())))
        }
        ParamKind::Integer => text.parse().ok().map(ParamValue::Integer),
        ParamKind::Text => Some(ParamValue::Text(text.to_owned())),
    };
    read.ok_or_else(|| {
        let advice = "Expected a whole number, or a time in RFC 3339: 2026-03-11T19:41:32Z.";
        ServeError::asked(format!("{name}={text} is not valid"), advice)
    })
}
