//! Converts a rule's field to SQL: the column or the JSON values that contain it.

use std::fmt::Write as _;

use crate::table::{Column, ColumnKind, EVENTS, identifier, literal};

/// The JSON columns that contain members of the record, by the path that they contain.
const BODIES: [(&str, &str); 2] =
    [("requestParameters", "request_parameters"), ("responseElements", "response_elements")];
/// Columns that do not contain every value of their field: a code such as `Success` is not an error, and a list is joined. The
/// record's value is then in `extra`. Other columns lose only values that CloudTrail does not write.
const ALSO_IN_EXTRA: [&str; 2] = ["errorCode", "userAgent"];
/// A path with more members is looked up as is, without lists in between.
const MAX_LIST_PATHS: usize = 4;

/// A field, as SQL over `events`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// A column of `events`.
    Column(&'static Column),
    /// Members of a JSON column: an expression for the list of their values, as text.
    Json {
        /// The name of the column.
        column: &'static str,
        /// JSON paths. Those with `[*]` return a list.
        paths: Vec<String>,
        /// Columns that contain members of the field, if it is an object such as `userIdentity`.
        members: Vec<&'static Column>,
    },
}

impl Field {
    /// The field with this path in a record: `eventName`, `requestParameters.userName`.
    pub(super) fn parse(path: &str) -> Self {
        let is_source = |column: &&Column| column.source == Some(path) && !matches!(column.kind, ColumnKind::Json);
        if let Some(column) = EVENTS.columns.iter().find(is_source) {
            return Self::Column(column);
        }
        for (member, column) in BODIES {
            if path == member {
                return Self::Json { column, paths: vec!["$".to_owned()], members: Vec::new() };
            }
            if let Some(rest) = path.strip_prefix(member).and_then(|rest| rest.strip_prefix('.')) {
                return Self::Json { column, paths: paths(rest), members: Vec::new() };
            }
        }
        let is_member = |column: &&Column| {
            let rest = column.source.and_then(|source| source.strip_prefix(path));
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        Self::Json { column: "extra", paths: paths(path), members: EVENTS.columns.iter().filter(is_member).collect() }
    }

    /// Whether it is an object whose members are columns, so that its text is not stored anywhere.
    pub(super) fn is_divided(&self) -> bool {
        matches!(self, Self::Json { members, .. } if !members.is_empty())
    }

    /// A condition that holds if any value of the field passes a test. `test` gets the value as an SQL text expression.
    pub(super) fn any(&self, test: impl Fn(&str) -> String) -> String {
        self.any_as("one", test)
    }

    /// The same, with a name for the value. Conditions in `test` need another one.
    pub(super) fn any_as(&self, one: &str, test: impl Fn(&str) -> String) -> String {
        let passes =
            |values: &str| format!("len(list_filter({values}, lambda {one}: COALESCE({}, FALSE))) > 0", test(one));
        match self {
            Self::Column(column) => {
                let in_column = format!("COALESCE({}, FALSE)", test(&text_of(column)));
                match self.in_extra() {
                    Some((is_in_extra, extra)) => {
                        format!("({in_column} OR ({is_in_extra} AND {}))", passes(&extra.values()))
                    }
                    None => in_column,
                }
            }
            Self::Json { .. } => passes(&self.values()),
        }
    }

    /// For a column in [`ALSO_IN_EXTRA`]: a quick condition without which `extra` does not contain the field, and the field
    /// in `extra`.
    fn in_extra(&self) -> Option<(String, Self)> {
        let Self::Column(Column { source: Some(path), .. }) = self else { return None };
        let field = Self::Json { column: "extra", paths: paths(path), members: Vec::new() };
        let quick = format!("COALESCE(contains(extra, {}), FALSE)", literal(&format!("\"{path}\"")));
        ALSO_IN_EXTRA.contains(path).then_some((quick, field))
    }

    /// The first value, as text; NULL if there is none.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Column(column) => text_of(column),
            Self::Json { .. } => format!("list_first({})", self.values()),
        }
    }

    /// A condition that holds if the record has no value for the field.
    pub(super) fn is_null(&self) -> String {
        match self {
            Self::Column(column) => {
                let is_null = format!("{} IS NULL", identifier(column.name));
                match self.in_extra() {
                    Some((is_in_extra, extra)) => {
                        format!("({is_null} AND (NOT {is_in_extra} OR {}))", extra.is_null())
                    }
                    None => is_null,
                }
            }
            Self::Json { members, .. } => {
                let own = format!("len(list_filter({}, lambda one: one IS NOT NULL)) = 0", self.values());
                let members = members.iter().map(|column| format!("{} IS NULL", identifier(column.name)));
                let all: Vec<String> = std::iter::once(own).chain(members).collect();
                if all.len() == 1 { all.concat() } else { format!("({})", all.join(" AND ")) }
            }
        }
    }

    /// The list of the values.
    fn values(&self) -> String {
        let Self::Json { column, paths, .. } = self else { return String::new() };
        let mut parts = String::new();
        for path in paths {
            let of_path = format!("json_extract_string({}, {})", identifier(column), literal(path));
            let of_path = if path.contains("[*]") { of_path } else { format!("[{of_path}]") };
            let separator = if parts.is_empty() { "" } else { ", " };
            let _ = write!(parts, "{separator}{of_path}");
        }
        if paths.len() == 1 && !parts.starts_with("json") { parts } else { format!("list_concat({parts})") }
    }
}

/// The column's value as text.
fn text_of(column: &Column) -> String {
    match column.kind {
        ColumnKind::Text => identifier(column.name),
        // As in a record.
        ColumnKind::Timestamp => format!("strftime({}, '%Y-%m-%dT%H:%M:%SZ')", identifier(column.name)),
        _ => format!("CAST({} AS VARCHAR)", identifier(column.name)),
    }
}

/// A field's JSON paths: with a list at the end, and at each preceding member.
fn paths(path: &str) -> Vec<String> {
    let members: Vec<String> = path.split('.').map(|member| format!(".\"{}\"", member.replace('"', ""))).collect();
    let lists = if members.len() > MAX_LIST_PATHS { 0 } else { 1 << members.len() };
    let with_lists = |places: usize| {
        let member = |(at, member): (usize, &String)| {
            if places & (1 << at) == 0 { member.clone() } else { format!("{member}[*]") }
        };
        std::iter::once("$".to_owned()).chain(members.iter().enumerate().map(member)).collect::<String>()
    };
    (0..lists.max(1)).map(with_lists).collect()
}
