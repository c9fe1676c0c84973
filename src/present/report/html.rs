//! A document as one HTML file: no scripts, nothing to load, and a policy that forbids both.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::attack;
use super::document::{Block, Column, Document, Fit, Point, Section, Span, Table, Tone};
use super::{html_text, svg};
use crate::present::escape;

/// The style: light and dark, screen and print.
const STYLE: &str = include_str!("style.css");

/// Writes the file.
pub(super) fn write(out: &mut impl Write, document: &Document, pages: &BTreeMap<String, usize>) -> io::Result<()> {
    out.write_all(page(document, pages).into_string().as_bytes())
}

/// What a browser may do with the file: show it, in this style.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn page(document: &Document, pages: &BTreeMap<String, usize>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (document.title) ": " (html_text(&document.subtitle)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.mark { "cartographer" }
                    h1 { (document.title) }
                    p.subtitle { (html_text(&document.subtitle)) }
                }
                nav aria-label="Contents" {
                    ul { @for section in &document.sections { (entry(section, pages.get(section.id))) } }
                }
                main { @for section in &document.sections { (part(section)) } }
            }
        }
    }
}

/// A line of the table of contents; `page` is set if the page number in print is known.
fn entry(section: &Section, page: Option<&usize>) -> Markup {
    html! {
        li {
            // The page number floats. After a title that fills the line, it would move to the next line.
            @if let Some(page) = page { span.page { (page) } " " }
            a href={ "#" (section.id) } { (section.title) }
        }
    }
}

fn part(section: &Section) -> Markup {
    html! {
        section id=(section.id) {
            h2 { (section.title) }
            @for block in &section.blocks { (self::block(block)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Text(text) => html! { p { (html_text(text)) } },
        Block::Note(text) => html! { p.note { (html_text(text)) } },
        Block::Heading(text) => html! { h3 { (html_text(text)) } },
        Block::Facts(facts) => html! {
            dl.facts { @for (name, value) in facts { dt { (name) } dd { (spans(value)) } } }
        },
        Block::Figures(figures) => html! {
            dl.figures { @for (figure, of) in figures { div { dt { (html_text(of)) } dd { (html_text(figure)) } } } }
        },
        Block::Points(points) => html! { ul.points { @for point in points { (self::point(point)) } } },
        Block::Table(table) => self::table(table),
        Block::Plot(plot) => html! {
            figure {
                (svg::drawing(plot))
                figcaption { (html_text(&plot.description())) }
            }
            details {
                summary { "Show as a table" }
                (table(&plot.table()))
            }
        },
    }
}

fn point(point: &Point) -> Markup {
    html! {
        li class=(tone(point.tone)) {
            p { (html_text(&point.head)) }
            ul { @for item in &point.items { li { (html_text(item)) } } }
        }
    }
}

/// A table that scrolls horizontally on a narrow page.
fn table(table: &Table) -> Markup {
    html! {
        div.wide tabindex="0" {
            table {
                thead { tr { @for column in &table.head { th scope="col" class=(fit(column)) { (column.name) } } } }
                tbody {
                    @for (tone, cells) in &table.rows {
                        tr class=(self::tone(*tone)) {
                            @for (column, cell) in table.head.iter().zip(cells) {
                                td class=(fit(column)) { (spans(cell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn fit(column: &Column) -> &'static str {
    match column.fit {
        Fit::Text => "text",
        Fit::Short => "short",
        Fit::Number => "number",
    }
}

const fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Strong => "strong",
        Tone::Firm => "firm",
        Tone::Plain => "plain",
        Tone::Faint => "faint",
    }
}

fn spans(spans: &[Span]) -> Markup {
    html! { @for span in spans { (self::span(span)) } }
}

fn span(span: &Span) -> Markup {
    match span {
        Span::Text(text) => html! { (html_text(text)) },
        Span::Strong(text) => html! { strong { (html_text(text)) } },
        Span::Line(text) => html! { span.line { (html_text(text)) } },
        Span::StrongLine(text) => html! { strong.line { (html_text(text)) } },
        Span::Aside(text) => html! { span.aside { (html_text(text)) } },
        Span::Mark(text) => html! { " " span.mark { (html_text(text)) } },
        Span::Code(text) => html! { code { (html_text(text)) } },
        Span::Label(text) => html! { span.label { (html_text(text)) } },
        Span::Page(title, url) => {
            let target = url.as_deref().and_then(escape::console_link).map(Cow::Borrowed);
            html! { span.aside { (link(title, target)) } }
        }
        Span::Technique(id) => link(id, attack::page(id).map(Cow::Owned)),
    }
}

/// A link without a referrer, or the text alone.
fn link(text: &str, target: Option<Cow<'_, str>>) -> Markup {
    match target {
        Some(target) => html! { a href=(html_text(&target)) rel="noreferrer noopener" { (html_text(text)) } },
        None => html_text(text),
    }
}
