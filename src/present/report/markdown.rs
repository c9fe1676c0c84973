//! A document as GitHub-flavored Markdown.

use std::io::{self, Write};

use super::attack;
use super::cut;
use super::document::{Action, Block, Document, Fit, Item, Point, Span, Table, Tone};
use crate::present::escape;

/// Writes the document.
pub(super) fn write(out: &mut impl Write, document: &Document) -> io::Result<()> {
    writeln!(out, "# {}\n\n{}\n", document.title, safe(&document.subtitle))?;
    facts(out, &document.cover)?;
    for section in &document.sections {
        writeln!(out, "\n## {}", section.title)?;
        section.blocks.iter().try_for_each(|block| self::block(out, block))?;
    }
    Ok(())
}

/// Text from logs.
fn safe(text: &str) -> String {
    escape::markdown_text(&cut(text))
}

/// Each block is separated from the previous one.
fn block(out: &mut impl Write, block: &Block) -> io::Result<()> {
    writeln!(out)?;
    match block {
        Block::Text(text) => writeln!(out, "{}", safe(text)),
        Block::Note(text) => writeln!(out, "*{}*", safe(text)),
        Block::Heading(text) => writeln!(out, "### {}", safe(text)),
        Block::Facts(facts) => self::facts(out, facts),
        Block::Figures(figures) => {
            figures.iter().try_for_each(|(figure, of)| writeln!(out, "- {}: **{}**", safe(of), safe(figure)))
        }
        Block::Points(points) => points.iter().try_for_each(|point| self::point(out, point)),
        Block::Actions(actions) => actions.iter().try_for_each(|action| self::action(out, action)),
        Block::Table(table) => self::table(out, table),
        Block::Plot(plot) => {
            writeln!(out, "{}\n", safe(&plot.description()))?;
            self::table(out, &plot.table())
        }
    }
}

fn facts(out: &mut impl Write, facts: &[(&'static str, Vec<Span>)]) -> io::Result<()> {
    facts.iter().try_for_each(|(name, value)| writeln!(out, "- **{name}:** {}", spans(value)))
}

fn point(out: &mut impl Write, point: &Point) -> io::Result<()> {
    let head = safe(&point.head);
    if point.tone == Tone::Strong { writeln!(out, "- **{head}**") } else { writeln!(out, "- {head}") }?;
    point.items.iter().try_for_each(|item| writeln!(out, "  - {}", self::item(item)))
}

/// A sentence with the ID of its event.
fn item(item: &Item) -> String {
    let id = item.event_id.as_ref().map(|id| format!(" (event {})", safe(id))).unwrap_or_default();
    format!("{}{id}", safe(&item.text))
}

fn action(out: &mut impl Write, action: &Action) -> io::Result<()> {
    let head = item(&action.head);
    if action.tone == Tone::Strong { writeln!(out, "- **{head}**") } else { writeln!(out, "- {head}") }?;
    writeln!(out, "  - {}", safe(&action.about))?;
    action.commands.iter().try_for_each(|(label, command)| writeln!(out, "  - {label} {}", code(command)))
}

/// A code span, in which nothing is escaped. Not for tables, where a vertical bar would end the cell.
fn code(text: &str) -> String {
    let text = cut(text);
    let shown = escape::terminal(&text);
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let is_at_edge = |c: char| c == '`' || c == ' ';
    let pad = if shown.starts_with(is_at_edge) || shown.ends_with(is_at_edge) || shown.is_empty() { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

fn table(out: &mut impl Write, table: &Table) -> io::Result<()> {
    let names: Vec<&str> = table.head.iter().map(|column| column.name).collect();
    let rules = table.head.iter().map(|column| if column.fit == Fit::Number { "--:" } else { "---" });
    writeln!(out, "| {} |\n|{}|", names.join(" | "), rules.collect::<Vec<_>>().join("|"))?;
    for (_, cells) in &table.rows {
        let cells: Vec<String> = cells.iter().map(|cell| spans(cell)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// A cell; separate lines are divided by `<br>`, the only tag that is used.
fn spans(spans: &[Span]) -> String {
    let mut cell = String::new();
    for span in spans {
        let own_line = matches!(span, Span::Line(_) | Span::StrongLine(_) | Span::Aside(_) | Span::Page(..));
        if !cell.is_empty() {
            cell.push_str(if own_line { "<br>" } else { " " });
        }
        cell.push_str(&self::span(span));
    }
    cell
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(text) | Span::Line(text) | Span::Aside(text) | Span::Label(text) => safe(text),
        Span::Strong(text) | Span::StrongLine(text) => format!("**{}**", safe(text)),
        Span::Mark(text) => format!("({})", safe(text)),
        Span::Code(text) => code(text),
        Span::Page(title, url) => link(title, url.as_deref().and_then(escape::console_link)),
        Span::Technique(id) => link(id, attack::page(id).as_deref()),
    }
}

fn link(text: &str, target: Option<&str>) -> String {
    match target {
        Some(target) => format!("[{}](<{target}>)", safe(text)),
        None => safe(text),
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn code_spans_fence_backticks_and_escape_control_characters() {
        assert_eq!(
            code("aws iam x --policy-document '{\"A\":\"*\"}'"),
            "`aws iam x --policy-document '{\"A\":\"*\"}'`"
        );
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("a\nb\u{202e}"), "`a\\nb\\u{202e}`");
    }
}
