//! The hunts: questions that come up in an investigation. Each is a SQL file whose header states the question and how to
//! read the result. Pure: parses text into typed hunts.

mod parse;
mod shipped;
mod tactic;

use thiserror::Error;

use crate::event::Timestamp;
use crate::table::literal;

pub use shipped::shipped;
pub use tactic::Tactic;

/// One hunt. Its text is plain SQL, which any DuckDB client can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunt {
    /// Its path in `sql/hunts/` without the extension: `persistence/access-key-for-another`.
    pub id: String,
    /// The question, in one line.
    pub title: String,
    /// The folder that contains it.
    pub tactic: Tactic,
    /// ATT&CK technique IDs; empty if the question is not about a technique.
    pub techniques: Vec<String>,
    /// What a row means.
    pub hit: String,
    /// Harmless causes of such a row.
    pub false_positives: String,
    /// Its parameters, in file order.
    pub params: Vec<Param>,
    /// The query, which reads its parameters with `getvariable`.
    pub query: String,
    /// The whole file.
    pub text: String,
}

/// A parameter: a DuckDB variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The variable's name.
    pub name: String,
    /// The type of its values.
    pub kind: ParamKind,
    /// The default value, as SQL.
    pub default: String,
    /// What it controls.
    pub meaning: String,
}

/// The type of a parameter's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// A time in UTC: `TIMESTAMP`.
    Moment,
    /// An integer: `BIGINT`.
    Integer,
    /// Text: `VARCHAR`.
    Text,
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamValue {
    /// A time.
    Moment(Timestamp),
    /// An integer.
    Integer(i64),
    /// Text.
    Text(String),
}

/// An error in the text of a hunt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {problem}")]
pub struct HuntError {
    /// The file as named in messages.
    pub file: String,
    /// The line, starting at 1.
    pub line: usize,
    /// What was expected there.
    pub problem: String,
}

impl Hunt {
    /// The parameter with this name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The statements that set all parameters to the given values or their defaults, followed by the query. Text is
    /// quoted.
    pub fn sql(&self, given: &[(String, ParamValue)]) -> String {
        let setting = |param: &Param| {
            let value = given.iter().rev().find(|(name, _)| *name == param.name);
            let value = value.map_or_else(|| param.default.clone(), |(_, value)| value.sql());
            format!("SET VARIABLE {} = {value};\n", param.name)
        };
        self.params.iter().map(setting).collect::<String>() + &self.query
    }

    /// Like [`Hunt::sql`], but returns no rows, to find out the columns.
    pub fn columns_sql(&self, given: &[(String, ParamValue)]) -> String {
        self.around(given, "SELECT * FROM (", ") LIMIT 0")
    }

    /// Like [`Hunt::sql`], for a query with these columns and a case whose addresses were looked up: adds the country,
    /// network owner and cloud of `source_ip`, or of all `source_ips`.
    pub fn sql_with_places(&self, given: &[(String, ParamValue)], columns: &[&str]) -> String {
        let has = |name: &str| columns.contains(&name);
        if has("country") || has("countries") {
            self.sql(given)
        } else if has("source_ip") {
            self.around(
                given,
                "SELECT h.* EXCLUDE (place_of_row), a.country, a.owner, a.cloud FROM (SELECT *, row_number() OVER () AS \
                 place_of_row FROM (",
                ")) AS h LEFT JOIN addresses AS a ON a.address = h.source_ip ORDER BY place_of_row",
            )
        } else if has("source_ips") {
            self.around(given, &format!("SELECT h.*, {PLACES} FROM ("), ") AS h")
        } else {
            self.sql(given)
        }
    }

    /// The query, wrapped in another query.
    fn around(&self, given: &[(String, ParamValue)], before: &str, after: &str) -> String {
        let own = self.query.trim_end().trim_end_matches(';');
        let around = Self { query: format!("{before}\n{own}\n{after}"), ..self.clone() };
        around.sql(given)
    }
}

/// What is known about the addresses in a list.
const PLACES: &str = "(SELECT list(DISTINCT country ORDER BY country) FILTER (country IS NOT NULL) FROM addresses WHERE \
    list_contains(h.source_ips, address)) AS countries, \
    (SELECT list(DISTINCT owner ORDER BY owner) FILTER (owner IS NOT NULL) FROM addresses WHERE \
    list_contains(h.source_ips, address)) AS owners, \
    (SELECT list(DISTINCT cloud ORDER BY cloud) FILTER (cloud IS NOT NULL) FROM addresses WHERE \
    list_contains(h.source_ips, address)) AS clouds";

impl ParamKind {
    /// The name of the DuckDB type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moment => "TIMESTAMP",
            Self::Integer => "BIGINT",
            Self::Text => "VARCHAR",
        }
    }
}

impl ParamValue {
    fn sql(&self) -> String {
        match self {
            Self::Moment(moment) => format!("make_timestamp({})", moment.0),
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => literal(text),
        }
    }
}

#[cfg(test)]
mod tests;
