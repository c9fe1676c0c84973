//! The rules of a catalogue, as rows and one by one.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, StringArray, StringBuilder};
use arrow::record_batch::RecordBatch;

use super::PresentError;
use super::escape::{markdown, terminal};
use crate::rule::{Rule, RuleSet};

/// The rules as rows, for [`super::batches`]: id, kind, service, title, attack, provenance, `ccc_label`, file.
///
/// # Errors
/// If Arrow refuses the columns.
pub fn rules(rules: &[Rule]) -> Result<RecordBatch, PresentError> {
    let texts = |of: fn(&Rule) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(rules.iter().map(of))) };
    let labels: StringArray = rules.iter().map(|rule| rule.ccc_label.as_deref()).collect();
    let provenance = StringArray::from_iter_values(rules.iter().map(|rule| rule.provenance.describe()));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("id", texts(|rule| &rule.id), false),
        ("kind", texts(|rule| rule.kind.as_str()), false),
        ("service", texts(|rule| &rule.service), false),
        ("title", texts(|rule| &rule.title), false),
        ("attack", attack(rules), false),
        ("provenance", Arc::new(provenance), false),
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

/// The catalogue as a Markdown page: a table for each service, a line for each rule.
///
/// # Errors
/// If the writer refuses.
pub fn catalogue(out: &mut impl Write, rules: &[Rule]) -> io::Result<()> {
    writeln!(out, "# The catalogue\n")?;
    writeln!(
        out,
        "{} console pages and actions, by service. Made by `cartographer rules list --format markdown`.",
        rules.len()
    )?;
    for service in rules.chunk_by(|a, b| a.service == b.service) {
        let name = service.first().map_or("", |rule| rule.service.as_str());
        writeln!(out, "\n## {} ({})\n", markdown(name), service.len())?;
        writeln!(out, "| rule | kind | page | says | ATT&CK | known |\n|---|---|---|---|---|---|")?;
        service.iter().try_for_each(|rule| catalogue_line(out, rule))?;
    }
    Ok(())
}

fn catalogue_line(out: &mut impl Write, rule: &Rule) -> io::Result<()> {
    let cells = [&rule.title, &rule.summary].map(|text| markdown(text));
    let attack = rule.attack.join(" ");
    writeln!(
        out,
        "| [`{0}`]({0}.toml) | {1} | {2} | {3} | {attack} | {4} |",
        rule.id,
        rule.kind.as_str(),
        cells[0],
        cells[1],
        rule.provenance.describe()
    )
}

/// One rule: its members a line each, then what it looks for, in words.
///
/// # Errors
/// If the writer refuses.
pub fn rule(out: &mut impl Write, set: &RuleSet, rule: &Rule) -> io::Result<()> {
    let members = [
        ("id", rule.id.clone()),
        ("title", rule.title.clone()),
        ("summary", rule.summary.clone()),
        ("kind", rule.kind.as_str().to_owned()),
        ("service", rule.service.clone()),
        ("console path", rule.console_path.join(" › ")),
        ("attack", rule.attack.join(", ")),
        ("label", rule.ccc_label.clone().unwrap_or_default()),
        ("window", window(rule)),
        ("known", rule.provenance.describe()),
        ("references", rule.provenance.references.join(" ")),
        ("file", rule.file.clone()),
    ];
    for (name, value) in members.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<12}  {}", terminal(value))?;
    }
    if let Some(generic) = rule.generic {
        writeln!(out, "{:<12}  {}", "looks for", generic.describe())?;
    }
    let parts = [("must have", true), ("may have", false)];
    parts.into_iter().try_for_each(|(title, required)| parts_of(out, set, rule, title, required))?;
    for generation in set.generations(rule) {
        writeln!(out, "{:<12}  {}", "in other years", generation.provenance.describe())?;
        parts.into_iter().try_for_each(|(title, required)| parts_of(out, set, generation, title, required))?;
    }
    around(out, set, rule)
}

fn window(rule: &Rule) -> String {
    match rule.parts.len() {
        0 => String::new(),
        _ if rule.alone => "each call alone".to_owned(),
        _ => format!("{} s before the anchor to {} s after it", rule.before_s, rule.after_s),
    }
}

fn parts_of(out: &mut impl Write, set: &RuleSet, rule: &Rule, title: &str, required: bool) -> io::Result<()> {
    for part in rule.parts.iter().filter(|part| part.required == required) {
        let anchor = if part.anchor { " (anchor)" } else { "" };
        writeln!(out, "{title:<12}  {}{anchor}", terminal(&part.call))?;
        for shape in part.shapes.iter().map(|shape| set.shape(*shape)) {
            let name = shape.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
            writeln!(out, "{:<14}  {}{}", "", terminal(&name), terminal(&shape.describe()))?;
        }
    }
    Ok(())
}

/// What the signals around it decide.
fn around(out: &mut impl Write, set: &RuleSet, rule: &Rule) -> io::Result<()> {
    for other in &rule.over {
        writeln!(out, "{:<12}  {}", "wins over", terminal(&set.rule(*other).id))?;
    }
    for pattern in &rule.only_after {
        writeln!(out, "{:<12}  {}", "only after", terminal(pattern.as_str()))?;
    }
    for instead in &rule.instead {
        let line = format!("{} {}", set.rule(instead.rule).id, instead.describe());
        writeln!(out, "{:<12}  {}", "is really", terminal(line.trim_end()))?;
    }
    Ok(())
}
