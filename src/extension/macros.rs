//! The views and the hunts over a trail, as macros of a database of their own: nothing is made in anybody's database.

use super::scalars::OF_RECORDS;
use crate::hunt::{Hunt, ParamKind};
use crate::table::{EnumType, Table};
use crate::view::View;

/// The database of the macros. It is in memory, and the host's, as long as the host is open.
pub(super) const HOME: &str = "cartographer_ext";
/// What every macro takes, and hands on to the functions.
const PARAMETERS: &str = "path, rules := NULL, \"from\" := NULL, \"to\" := NULL";
/// The same, handed on.
const HANDED: &str = "path, rules := rules, \"from\" := \"from\", \"to\" := \"to\"";
/// The tables that are functions of a trail, and what each is.
const READ: [(&str, &str); 8] = [
    ("events", "FROM cartographer_events"),
    ("sessions", "FROM cartographer_sessions"),
    ("signals", "FROM cartographer_signals"),
    ("event_signal", "FROM cartographer_event_signal"),
    ("signal_entities", "FROM cartographer_signal_entities"),
    ("load_files", "FROM cartographer_load_files"),
    ("rejects", "FROM cartographer_rejects"),
    ("aggregated_events", "FROM cartographer_aggregated_events"),
];

/// The statement that makes the database.
pub(super) fn home() -> String {
    format!("ATTACH ':memory:' AS {HOME} (READ_WRITE)")
}

/// The statements that make everything in it.
pub(super) fn script(views: &[View], hunts: &[Hunt]) -> Vec<String> {
    let sources = Sources::of(views);
    let type_of = |kind: EnumType| kind.create().replacen("CREATE TYPE ", &format!("CREATE TYPE {HOME}."), 1);
    let mut script: Vec<String> = EnumType::ALL.into_iter().map(type_of).collect();
    script.extend(READ.iter().map(|(table, query)| made(table, PARAMETERS, &format!("{query}({HANDED})"))));
    script.extend(OF_RECORDS.iter().map(|table| of_rows(table)));
    script.extend(views.iter().map(|view| made(view.name, PARAMETERS, &sources.with(view.query()))));
    script.extend(hunts.iter().flat_map(|hunt| hunted(hunt, &sources)));
    script
}

fn made(name: &str, parameters: &str, query: &str) -> String {
    format!("CREATE MACRO {HOME}.{name}({parameters}) AS TABLE {query}")
}

/// A macro that maps the rows of a named table: `map_signals('my_trail')`.
fn of_rows(table: &Table) -> String {
    let rows = "SELECT cartographer_record(to_json(r)) AS record FROM query_table(rows_of) AS r";
    let mapped = format!("SELECT unnest(cartographer_{}_of(list(record))) AS mapped FROM ({rows})", table.name);
    made(&format!("map_{}", table.name), "rows_of", &format!("SELECT unnest(mapped) FROM ({mapped})"))
}

/// A hunt as two macros. What can be set is often named as a column that the query reads; a macro would take the one for
/// the other. So the query stands in a macro whose parameters have other names.
fn hunted(hunt: &Hunt, sources: &Sources) -> [String; 2] {
    let name = hunt.id.rsplit('/').next().unwrap_or_default().replace('-', "_");
    let mut query = hunt.query.trim_end().trim_end_matches(';').to_owned();
    let (mut inner, mut outer, mut handed) =
        (vec![PARAMETERS.to_owned()], vec![PARAMETERS.to_owned()], vec![HANDED.to_owned()]);
    for param in &hunt.params {
        let (name, kind) = (&param.name, sql(param.kind));
        query = query.replace(&format!("getvariable('{name}')"), &format!("given_{name}"));
        inner.push(format!("given_{name} := NULL"));
        outer.push(format!("{name} := {}", param.default));
        handed.push(format!("given_{name} := {name}::{kind}"));
    }
    let inner = made(&format!("_hunt_{name}"), &inner.join(", "), &sources.with(&query));
    [
        inner,
        made(&format!("hunt_{name}"), &outer.join(", "), &format!("FROM {HOME}._hunt_{name}({})", handed.join(", "))),
    ]
}

const fn sql(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Moment => "TIMESTAMP",
        ParamKind::Integer => "BIGINT",
        ParamKind::Text => "VARCHAR",
    }
}

/// Everything that a query may read, each after what it reads itself.
struct Sources(Vec<(String, String)>);

impl Sources {
    fn of(views: &[View]) -> Self {
        let table = |(name, query): &(&str, &str)| ((*name).to_owned(), format!("{query}({HANDED})"));
        let view = |view: &View| (view.name.to_owned(), view.query().to_owned());
        Self(READ.iter().map(table).chain(views.iter().map(view)).collect())
    }

    /// The query with what it reads before it.
    ///
    /// Each is read anew where it is used, as a view is: put together once, all columns of all events would be.
    fn with(&self, query: &str) -> String {
        let mut read = Vec::new();
        let mut text = query.to_owned();
        for (name, source) in self.0.iter().rev() {
            if is_read(&text, name) {
                read.push(format!("{name} AS NOT MATERIALIZED ({source}\n)"));
                text.push('\n');
                text += source;
            }
        }
        read.reverse();
        let query = format!("FROM ({query}\n)");
        let whole = if read.is_empty() { query } else { format!("WITH {} {query}", read.join(", ")) };
        EnumType::ALL.into_iter().fold(whole, |whole, kind| {
            whole.replace(&format!("::{}", kind.name()), &format!("::{HOME}.{}", kind.name()))
        })
    }
}

/// Whether the name stands in the text as a word after `FROM` or `JOIN`.
fn is_read(text: &str, name: &str) -> bool {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    words.windows(2).any(|pair| matches!(pair, ["FROM" | "JOIN", read] if *read == name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hunt, view};

    #[test]
    fn a_query_comes_after_all_that_it_reads() {
        let sources = Sources::of(&view::shipped());
        let query = sources.with("SELECT * FROM residual WHERE 'a'::signal_kind = b");
        let at = |text: &str| query.find(text).unwrap_or_else(|| panic!("{text} is not in {query}"));
        assert!(at("events AS NOT") < at("event_signals AS NOT") && at("event_signals AS NOT") < at("residual AS NOT"));
        assert!(at("residual AS NOT") < at("'a'::cartographer_ext.signal_kind"));
        assert!(!query.contains("timeline AS NOT"));
        assert_eq!(sources.with("SELECT 1"), "FROM (SELECT 1\n)");
    }

    #[test]
    fn what_is_set_for_a_hunt_is_handed_on_under_another_name() {
        let hunts = hunt::shipped().unwrap();
        let hunt = hunts.iter().find(|hunt| hunt.id == "discovery/many-pages-opened").unwrap();
        let [inner, outer] = hunted(hunt, &Sources::of(&view::shipped()));
        assert!(inner.starts_with("CREATE MACRO cartographer_ext._hunt_many_pages_opened(path, "), "{inner}");
        assert!(inner.contains("many >= given_pages") && !inner.contains("getvariable"), "{inner}");
        assert!(outer.contains("pages := 8") && outer.contains("given_pages := pages::BIGINT"), "{outer}");
    }

    #[test]
    fn every_name_is_made_once() {
        let script = script(&view::shipped(), &hunt::shipped().unwrap());
        let name = |sql: &String| sql.split(['(', ' ']).find(|word| word.starts_with(HOME)).map(str::to_owned);
        let mut names: Vec<String> = script.iter().filter_map(name).collect();
        names.sort();
        let made = names.len();
        names.dedup();
        assert_eq!((made, names.len()), (script.len(), script.len()));
    }

    #[test]
    fn no_view_has_a_column_of_a_parameters_name() {
        // A macro would take the column for the parameter.
        for view in view::shipped() {
            let words = view.query().split(|c: char| !c.is_ascii_alphanumeric() && !"_'\".".contains(c));
            let taken: Vec<&str> = words.filter(|word| matches!(*word, "path" | "rules")).collect();
            assert!(taken.is_empty(), "{}: {taken:?}", view.name);
        }
    }
}
