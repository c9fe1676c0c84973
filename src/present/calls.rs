//! The table of calls: as rows, and as a page.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, StringArray};
use arrow::record_batch::RecordBatch;

use super::PresentError;
use super::escape::markdown;
use crate::call::{Entry, Table};

/// The entries as rows: call, condition, action, classes, object, techniques, whether consoles make it by themselves, file.
///
/// # Errors
/// If Arrow refuses the columns.
pub fn calls(table: &Table) -> Result<RecordBatch, PresentError> {
    let texts = |of: &dyn Fn(&Entry) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(table.entries().iter().map(of)))
    };
    let automatic: BooleanArray = table.entries().iter().map(|entry| Some(entry.automatic)).collect();
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("call", texts(&|entry| entry.name.clone()), false),
        ("condition", texts(&|entry| entry.condition.clone()), false),
        ("action", texts(&|entry| entry.action.clone()), false),
        ("classes", texts(&classes), false),
        ("object", texts(&|entry| entry.object.clone()), false),
        ("attack", texts(&|entry| entry.attack.join(" ")), false),
        ("automatic", Arc::new(automatic), false),
        ("file", texts(&|entry| entry.file.clone()), false),
    ])?)
}

/// The entries as a Markdown page: a table for each file.
///
/// # Errors
/// If the writer refuses.
pub fn call_catalogue(out: &mut impl Write, table: &Table) -> io::Result<()> {
    writeln!(out, "# API calls\n")?;
    writeln!(
        out,
        "{} calls with {} descriptions. Made by `cartographer rules calls --format markdown`.\n",
        table.calls(),
        table.entries().len()
    )?;
    writeln!(
        out,
        "The sentence of an event begins with the past of the verb (`Created user marek`), or with `Tried to` and the \
         verb as it is here if the call failed. `{{name}}` is a value, `[...]` is left out where a value is missing. Of \
         several descriptions of a call the first whose condition holds is used. Calls that are not listed get a \
         sentence from their name and the identifiers in their request."
    )?;
    for entries in table.entries().chunk_by(|one, other| one.file == other.file) {
        let file = entries.first().map_or("", |entry| entry.file.as_str());
        let name = file.rsplit('/').next().unwrap_or(file);
        writeln!(out, "\n## [{}]({name})\n", markdown(name.trim_end_matches(".toml")))?;
        writeln!(out, "| call | description | if | classes | ATT&CK |\n|---|---|---|---|---|")?;
        for entry in entries {
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} |",
                entry.name,
                markdown(&entry.action),
                markdown(&entry.condition),
                markdown(&classes(entry)),
                entry.attack.join(" ")
            )?;
        }
    }
    Ok(())
}

/// `defense_evasion: stopped, impact: stopped`
fn classes(entry: &Entry) -> String {
    let classes: Vec<String> =
        entry.classes.iter().map(|(class, effect)| format!("{}: {effect}", class.as_str())).collect();
    classes.join(", ")
}
