//! The rules of a catalogue, as rows and one by one.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, StringArray, StringBuilder};
use arrow::record_batch::RecordBatch;

use super::PresentError;
use super::escape::terminal;
use crate::rule::Rule;

/// The rules as rows, for [`super::batches`]: id, kind, service, title, attack, `ccc_label`, file.
///
/// # Errors
/// If Arrow refuses the columns.
pub fn rules(rules: &[Rule]) -> Result<RecordBatch, PresentError> {
    let texts = |of: fn(&Rule) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(rules.iter().map(of))) };
    let labels: StringArray = rules.iter().map(|rule| rule.ccc_label.as_deref()).collect();
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("id", texts(|rule| &rule.id), false),
        ("kind", texts(|rule| rule.kind.as_str()), false),
        ("service", texts(|rule| &rule.service), false),
        ("title", texts(|rule| &rule.title), false),
        ("attack", attack(rules), false),
        ("ccc_label", Arc::new(labels), true),
        ("file", texts(|rule| &rule.file), false),
    ])?)
}

fn attack(rules: &[Rule]) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for rule in rules {
        lists.append_value(rule.attack.iter().map(Some));
    }
    Arc::new(lists.finish())
}

/// One rule, a member a line.
///
/// # Errors
/// If the writer refuses.
pub fn rule(out: &mut impl Write, rule: &Rule) -> io::Result<()> {
    let members = [
        ("id", rule.id.clone()),
        ("title", rule.title.clone()),
        ("summary", rule.summary.clone()),
        ("kind", rule.kind.as_str().to_owned()),
        ("service", rule.service.clone()),
        ("console path", rule.console_path.join(" › ")),
        ("attack", rule.attack.join(", ")),
        ("label", rule.ccc_label.clone().unwrap_or_default()),
        ("file", rule.file.clone()),
    ];
    for (name, value) in members.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<12}  {}", terminal(value))?;
    }
    Ok(())
}
