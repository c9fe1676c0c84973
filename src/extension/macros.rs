//! The views and hunts as macros over a trail, in a separate database, so that nothing is created in the user's
//! databases.

use super::scalars::OF_RECORDS;
use crate::hunt::{Hunt, ParamKind};
use crate::table::{ADDRESSES, Column, EnumType, SIGMA_MATCHES, TABLES, Table, identifier, literal};
use crate::view::View;

/// The database that contains the macros. It is in memory, and exists as long as the host is open.
pub(super) const DATABASE: &str = "cartographer_ext";
/// The parameters of every macro, which are passed to the functions.
const PARAMETERS: &str = "path, rules := NULL, \"from\" := NULL, \"to\" := NULL, only_accounts := NULL, \
     only_regions := NULL, only_services := NULL, cache := NULL";
/// The arguments that pass them on.
const ARGUMENTS: &str = "path, rules := rules, \"from\" := \"from\", \"to\" := \"to\", only_accounts := only_accounts, \
     only_regions := only_regions, only_services := only_services, cache := cache";
/// The tables that are functions of a trail, with their definitions.
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

/// The tables in a case that do not exist for a trail alone. Views read them as empty tables.
const EMPTY: [&Table; 2] = [&ADDRESSES, &SIGMA_MATCHES];

/// A query that returns an empty table.
fn no_rows(table: &Table) -> String {
    let column = |column: &Column| format!("CAST(NULL AS {}) AS {}", column.kind.sql(), identifier(column.name));
    format!("SELECT {} WHERE FALSE", table.columns.iter().map(column).collect::<Vec<_>>().join(", "))
}

/// The statement that creates the database.
pub(super) fn create_database() -> String {
    format!("ATTACH ':memory:' AS {DATABASE} (READ_WRITE)")
}

/// The statements that create its contents.
pub(super) fn script(views: &[View], hunts: &[Hunt]) -> Vec<String> {
    let definitions = Definitions::of(views);
    let type_of = |kind: EnumType| kind.create().replacen("CREATE TYPE ", &format!("CREATE TYPE {DATABASE}."), 1);
    let mut script: Vec<String> = EnumType::ALL.into_iter().map(type_of).collect();
    script.extend(READ.iter().map(|(table, query)| macro_of(table, PARAMETERS, &format!("{query}({ARGUMENTS})"))));
    script.extend(OF_RECORDS.iter().map(|table| of_rows(table)));
    script.extend(views.iter().map(|view| macro_of(view.name, PARAMETERS, &definitions.with(view.query()))));
    script.extend(hunts.iter().flat_map(|hunt| hunt_macros(hunt, &definitions)));
    script
}

/// The statements that describe the macros: table and view macros by what a row is, hunt macros by their question.
pub(super) fn comments(views: &[View], hunts: &[Hunt]) -> String {
    let of = |name: &str, text: &str| format!("COMMENT ON MACRO TABLE {DATABASE}.{name} IS {};", literal(text));
    let grain = |name: &str| TABLES.iter().find(|table| table.name == name).map_or("", |table| table.grain);
    let tables = READ.iter().map(|(name, _)| of(name, grain(name)));
    let mapped = OF_RECORDS.iter().map(|table| of(&format!("map_{}", table.name), table.grain));
    let views = views.iter().map(|view| of(view.name, &view.head.grain));
    let hunts = hunts.iter().map(|hunt| of(&format!("hunt_{}", macro_name(hunt)), &hunt.title));
    tables.chain(mapped).chain(views).chain(hunts).collect()
}

/// The name of a hunt's macro, without `hunt_`.
fn macro_name(hunt: &Hunt) -> String {
    hunt.id.rsplit('/').next().unwrap_or_default().replace('-', "_")
}

fn macro_of(name: &str, parameters: &str, query: &str) -> String {
    format!("CREATE MACRO {DATABASE}.{name}({parameters}) AS TABLE {query}")
}

/// A macro that maps the rows of a named table: `map_signals('my_trail')`.
fn of_rows(table: &Table) -> String {
    let rows = "SELECT cartographer_record(to_json(r)) AS record FROM query_table(rows_of) AS r";
    let mapped = format!("SELECT unnest(cartographer_{}_of(list(record))) AS mapped FROM ({rows})", table.name);
    macro_of(&format!("map_{}", table.name), "rows_of", &format!("SELECT unnest(mapped) FROM ({mapped})"))
}

/// A hunt as two macros. A parameter often has the same name as a column that the query reads, and a macro would
/// confuse the two. The query is therefore in an inner macro whose parameters have different names.
fn hunt_macros(hunt: &Hunt, definitions: &Definitions) -> [String; 2] {
    let name = macro_name(hunt);
    let mut query = hunt.query.trim_end().trim_end_matches(';').to_owned();
    let (mut inner, mut outer, mut handed) =
        (vec![PARAMETERS.to_owned()], vec![PARAMETERS.to_owned()], vec![ARGUMENTS.to_owned()]);
    for param in &hunt.params {
        let (name, kind) = (&param.name, sql(param.kind));
        query = query.replace(&format!("getvariable('{name}')"), &format!("given_{name}"));
        inner.push(format!("given_{name} := NULL"));
        outer.push(format!("{name} := {}", param.default));
        handed.push(format!("given_{name} := {name}::{kind}"));
    }
    let inner = macro_of(&format!("_hunt_{name}"), &inner.join(", "), &definitions.with(&query));
    [
        inner,
        macro_of(
            &format!("hunt_{name}"),
            &outer.join(", "),
            &format!("FROM {DATABASE}._hunt_{name}({})", handed.join(", ")),
        ),
    ]
}

const fn sql(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Moment => "TIMESTAMP",
        ParamKind::Integer => "BIGINT",
        ParamKind::Text => "VARCHAR",
    }
}

/// Everything that a query may read. Each definition follows the definitions that it reads.
struct Definitions(Vec<(String, String)>);

impl Definitions {
    fn of(views: &[View]) -> Self {
        let table = |(name, query): &(&str, &str)| ((*name).to_owned(), format!("{query}({ARGUMENTS})"));
        let view = |view: &View| (view.name.to_owned(), view.query().to_owned());
        let empty = |table: &&Table| (table.name.to_owned(), no_rows(table));
        Self(READ.iter().map(table).chain(EMPTY.iter().map(empty)).chain(views.iter().map(view)).collect())
    }

    /// The query, preceded by the definitions of everything that it reads.
    ///
    /// Each definition is expanded where it is used, like a view. Materializing it would compute all columns of all
    /// events.
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
            whole.replace(&format!("::{}", kind.name()), &format!("::{DATABASE}.{}", kind.name()))
        })
    }
}

/// Whether the name follows `FROM` or `JOIN` in the text, as a whole word.
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
    fn definitions_precede_query_that_uses_them() {
        let definitions = Definitions::of(&view::shipped());
        let query = definitions.with("SELECT * FROM denied_attempts WHERE 'a'::signal_kind = b");
        let at = |text: &str| query.find(text).unwrap_or_else(|| panic!("{text} is not in {query}"));
        assert!(at("events AS NOT") < at("event_signals AS NOT"));
        assert!(at("event_signals AS NOT") < at("denied_attempts AS NOT"));
        assert!(at("denied_attempts AS NOT") < at("'a'::cartographer_ext.signal_kind"));
        assert!(!query.contains("timeline AS NOT"));
        assert_eq!(definitions.with("SELECT 1"), "FROM (SELECT 1\n)");
    }

    #[test]
    fn hunt_parameters_are_renamed_in_inner_macro() {
        let hunts = hunt::shipped().unwrap();
        let hunt = hunts.iter().find(|hunt| hunt.id == "discovery/many-pages-opened").unwrap();
        let [inner, outer] = hunt_macros(hunt, &Definitions::of(&view::shipped()));
        assert!(inner.starts_with("CREATE MACRO cartographer_ext._hunt_many_pages_opened(path, "), "{inner}");
        assert!(inner.contains("many >= given_pages") && !inner.contains("getvariable"), "{inner}");
        assert!(outer.contains("pages := 8") && outer.contains("given_pages := pages::BIGINT"), "{outer}");
    }

    #[test]
    fn macro_names_are_unique() {
        let script = script(&view::shipped(), &hunt::shipped().unwrap());
        let name = |sql: &String| sql.split(['(', ' ']).find(|word| word.starts_with(DATABASE)).map(str::to_owned);
        let mut names: Vec<String> = script.iter().filter_map(name).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!((count, names.len()), (script.len(), script.len()));
    }

    #[test]
    fn view_columns_do_not_shadow_macro_parameters() {
        // A macro would confuse the column with the parameter.
        for view in view::shipped() {
            let code: Vec<&str> = view.query().lines().filter_map(|line| line.split("--").next()).collect();
            let code = code.join("\n");
            let words = code.split(|c: char| !c.is_ascii_alphanumeric() && !"_'\".".contains(c));
            let names = ["path", "rules", "only_accounts", "only_regions", "only_services", "cache"];
            let taken: Vec<&str> = words.filter(|word| names.contains(word)).collect();
            assert!(taken.is_empty(), "{}: {taken:?}", view.name);
        }
    }
}
