//! All views: each is described, is empty for an empty case, and has a test file.
//!
//! `UPDATE=1` regenerates docs/tables.md.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use cartographer::store::Case;
use cartographer::table::EnumType;
use tempfile::TempDir;
use walkdir::WalkDir;

fn new_case() -> (TempDir, Case) {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
    (folder, case)
}

/// The rows of a query, with each cell as text, or `None` for NULL.
fn rows(case: &Case, sql: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for batch in case.query(sql).unwrap() {
        let columns: Vec<_> = batch.columns().iter().map(|column| cast(column, &DataType::Utf8).unwrap()).collect();
        let cell =
            |column: &dyn Array, row| column.is_valid(row).then(|| column.as_string::<i32>().value(row).to_owned());
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|column| cell(column, row)).collect()));
    }
    rows
}

/// The first column of a query, which has no NULL.
fn names(case: &Case, sql: &str) -> Vec<String> {
    rows(case, sql).into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

const VIEWS: &str = "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name";

fn package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The names of the files below a folder, without their extensions. Empty if the folder does not exist.
fn stems(folder: &str) -> BTreeSet<String> {
    let entries = WalkDir::new(package(folder)).into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|file| file.path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_view_has_a_file_and_a_test() {
    let (_folder, case) = new_case();
    let views: BTreeSet<String> = names(&case, VIEWS).into_iter().collect();
    assert_eq!(views, stems("sql/views"), "the files in sql/views must match the views of a case");
    assert_eq!(views, stems("tests/sql/views"), "each view must have a test in tests/sql/views");
}

#[test]
fn views_of_an_empty_case_are_empty() {
    let (_folder, case) = new_case();
    for view in names(&case, VIEWS) {
        assert_eq!(names(&case, &format!("SELECT count(*) FROM {view}")), ["0"], "{view}");
    }
}

#[test]
fn every_table_view_and_column_has_a_comment() {
    let (_folder, case) = new_case();
    let without_comment = "SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL \
                  UNION ALL SELECT table_name FROM duckdb_tables() WHERE comment IS NULL \
                  UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL";
    assert_eq!(names(&case, without_comment), Vec::<String>::new());
    let described = "SELECT count(*) FROM duckdb_columns() WHERE NOT internal";
    assert!(names(&case, described)[0].parse::<u32>().unwrap() > 300, "the columns of views must be included");
}

#[test]
fn no_column_requires_an_extension() {
    let (_folder, case) = new_case();
    let zoned = "SELECT table_name FROM duckdb_columns() WHERE NOT internal AND data_type LIKE '%TIME ZONE%'";
    assert_eq!(names(&case, zoned), Vec::<String>::new(), "a time with a zone needs ICU");
}

/// The name of a type in DDL: an ENUM by its name instead of its values.
fn type_name(found: &str) -> String {
    let definition = |kind: &EnumType| {
        let values: Vec<String> = kind.values().iter().map(|value| format!("'{value}'")).collect();
        format!("ENUM({})", values.join(", "))
    };
    let known = EnumType::ALL.into_iter().find(|kind| definition(kind) == found);
    known.map_or_else(|| found.to_owned(), |kind| kind.name().to_owned())
}

#[test]
fn views_and_tables_with_a_time_are_ordered_by_one() {
    let (_folder, case) = new_case();
    let timed = "SELECT table_name FROM duckdb_columns() WHERE NOT internal AND data_type = 'TIMESTAMP' \
                 AND table_name <> 'case_info' GROUP BY table_name ORDER BY table_name";
    let mut by_time = 0;
    for name in names(&case, timed) {
        let order = cartographer::view::order(&name).unwrap_or_default();
        assert!(!order.is_empty(), "{name} has a time and no order");
        assert!(case.query(&format!("FROM {name} ORDER BY {order}")).is_ok(), "{name}: {order}");
        let first = order.split(", ").next().unwrap();
        let is_time =
            format!("SELECT data_type FROM duckdb_columns() WHERE table_name = '{name}' AND column_name = '{first}'");
        // Tables and views about files are ordered by file.
        if ["load_files", "load_ledger", "file_integrity"].contains(&name.as_str()) {
            continue;
        }
        assert_eq!(names(&case, &is_time), ["TIMESTAMP"], "{name} is ordered by {first}");
        by_time += 1;
    }
    assert!(by_time > 25, "{by_time} views and tables have a time");
}

fn section(page: &mut String, case: &Case, name: &str, comment: &str) {
    let order = cartographer::view::order(name).map(|order| format!(" Order: `{order}`.")).unwrap_or_default();
    write!(page, "\n## {name}\n\n{comment}{order}\n\n| column | type | description |\n|---|---|---|\n").unwrap();
    let columns = format!(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = '{name}' ORDER BY column_index"
    );
    for row in rows(case, &columns) {
        let cell = |at: usize| row[at].as_deref().unwrap_or_default().replace('|', "\\|");
        writeln!(page, "| `{}` | {} | {} |", cell(0), type_name(&cell(1)), cell(2)).unwrap();
    }
}

fn page() -> String {
    let (_folder, case) = new_case();
    let mut page = include_str!("../fixtures/tables.md").to_owned();
    for kind in EnumType::ALL {
        writeln!(page, "| `{}` | {} |", kind.name(), kind.values().join(", ")).unwrap();
    }
    let described = "SELECT table_name, comment FROM duckdb_tables() ORDER BY table_oid";
    let viewed = "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY view_name";
    for (title, sql) in [("Tables", described), ("Views", viewed)] {
        write!(page, "\n# {title}\n").unwrap();
        for row in rows(&case, sql) {
            section(&mut page, &case, row[0].as_deref().unwrap(), row[1].as_deref().unwrap());
        }
    }
    page
}

#[test]
fn page_of_tables_is_up_to_date() {
    let (page, path) = (page(), package("docs/tables.md"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/tables.md is out of date: UPDATE=1 cargo try --test integration views writes it");
}
