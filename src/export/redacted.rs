//! A copy of a case without values that identify people, accounts and machines.

use std::path::Path;

use super::ExportError;
use crate::batch::Columns;
use crate::redact::{Redaction, Redactor};
use crate::store::{Case, EXPORT_MEMORY};
use crate::table::{ColumnKind, TABLES, Table, identifier};

/// The values in the case.
const VALUES: &str = include_str!("../../sql/exports/redact.sql");

/// Copies a case to a new file, and replaces values of these kinds in all rows. Returns the redactor, for texts that are
/// not in the case.
///
/// Everything that an export or a report contains is queried from the copy, so that no output can contain what is not in it.
///
/// # Errors
/// DuckDB's message. Part of the copy may then exist.
pub fn redacted(case: &Case, kinds: &[Redaction], secret: &[u8], path: &Path) -> Result<Redactor, ExportError> {
    let redactor = Redactor::new(secret, kinds, values(case)?);
    let copy = Case::open(path)?;
    copy.set_memory(EXPORT_MEMORY)?;
    for table in TABLES {
        copy.transaction(|copy| {
            copy.query(&format!("DELETE FROM {}", table.name))?;
            case.each_batch::<ExportError>(&rows(table), |batch| {
                Ok(copy.append(table, [&redactor.batch(table, batch)?])?)
            })
        })?;
    }
    copy.checkpoint()?;
    Ok(redactor)
}

fn rows(table: &Table) -> String {
    let column = |name: &str, kind: ColumnKind| match kind {
        ColumnKind::Enum(_) | ColumnKind::Json => format!("{0}::VARCHAR AS {0}", identifier(name)),
        _ => identifier(name),
    };
    let columns: Vec<String> = table.columns.iter().map(|stated| column(stated.name, stated.kind)).collect();
    format!("SELECT {} FROM {}", columns.join(", "), table.name)
}

fn values(case: &Case) -> Result<Vec<(Redaction, String)>, ExportError> {
    let mut values = Vec::new();
    for batch in case.query(VALUES)? {
        let (kinds, texts) = (Columns(&batch).text("kind")?, Columns(&batch).text("value")?);
        for (kind, text) in kinds.iter().zip(texts) {
            let kind = Redaction::ALL.into_iter().find(|known| Some(known.as_str()) == kind);
            values.extend(kind.zip(text.map(str::to_owned)));
        }
    }
    Ok(values)
}
