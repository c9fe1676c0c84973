//! A document as GitHub-flavored Markdown.

use std::io::{self, Write};

use super::attack;
use super::cut;
use super::document::{Block, Document, Fit, Point, Span, Table, Tone};
use crate::present::escape;

/// Writes the document.
pub(super) fn write(out: &mut impl Write, document: &Document) -> io::Result<()> {
    writeln!(out, "# {}\n\n{}", document.title, safe(&document.subtitle))?;
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
        Block::Facts(facts) => {
            facts.iter().try_for_each(|(name, value)| writeln!(out, "- **{name}:** {}", spans(value)))
        }
        Block::Figures(figures) => {
            figures.iter().try_for_each(|(figure, of)| writeln!(out, "- {}: **{}**", safe(of), safe(figure)))
        }
        Block::Points(points) => points.iter().try_for_each(|point| self::point(out, point)),
        Block::Table(table) => self::table(out, table),
        Block::Plot(plot) => {
            writeln!(out, "{}\n", safe(&plot.description()))?;
            self::table(out, &plot.table())
        }
    }
}

fn point(out: &mut impl Write, point: &Point) -> io::Result<()> {
    let head = safe(&point.head);
    if point.tone == Tone::Strong { writeln!(out, "- **{head}**") } else { writeln!(out, "- {head}") }?;
    point.items.iter().try_for_each(|item| writeln!(out, "  - {}", safe(item)))
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
        Span::Code(text) => format!("<code>{}</code>", safe(text)),
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
