//! A document as one HTML file: no scripts, nothing to load, and a policy that forbids both.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::attack;
use super::document::{Action, Block, Column, Document, Fit, Item, Point, Running, Section, Span, Table, Tone};
use super::{html_text, svg};
use crate::present::escape;
use crate::present::table::shorten;

/// The style: light and dark, screen and print.
const STYLE: &str = include_str!("style.css");

/// Writes the file.
pub(super) fn write(out: &mut impl Write, document: &Document, pages: &BTreeMap<String, usize>) -> io::Result<()> {
    out.write_all(page(document, pages).into_string().as_bytes())
}

/// The maximum number of characters of a text in the margin of a printed page.
const MARGIN: usize = 60;

/// The style, with what each printed page shows in its margins.
fn style(title: &str, running: &Running) -> String {
    let title = match &running.case_number {
        Some(number) => format!("{} · {title}", shorten(number, MARGIN)),
        None => title.to_owned(),
    };
    let marking = shorten(running.marking.as_deref().unwrap_or_default(), MARGIN);
    let (title, marking, created) = (css_string(&title), css_string(&marking), css_string(&running.created));
    format!(
        "{STYLE}@page {{ @top-left {{ content: {title}; }} @top-right {{ content: {marking}; }} \
         @bottom-left {{ content: {created}; }} }}\n"
    )
}

/// A string in CSS. Everything except ASCII letters and digits is escaped, so that nothing in it can end the string.
fn css_string(text: &str) -> String {
    let mut safe = String::from("\"");
    for c in escape::terminal(text).chars() {
        if c.is_ascii_alphanumeric() {
            safe.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\{:06x}", u32::from(c));
        }
    }
    safe.push('"');
    safe
}

/// What a browser may do with the file: show it, in this style.
fn policy(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn page(document: &Document, pages: &BTreeMap<String, usize>) -> Markup {
    let style = style(document.title, &document.running);
    let number = document.running.case_number.as_ref().map(|number| format!("{number} · ")).unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (html_text(&number)) (document.title) ": " (html_text(&document.subtitle)) }
                style { (PreEscaped(&style)) }
            }
            body {
                header {
                    p.mark { "cartographer" }
                    h1 { (document.title) }
                    p.subtitle { (html_text(&document.subtitle)) }
                    dl.facts { @for (name, value) in &document.cover { dt { (name) } dd { (spans(value)) } } }
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
            a href={ "#" (section.id) } { (section.title) }
            @if let Some(page) = page { span.page { (page) } }
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
        Block::Actions(actions) => html! { ul.actions { @for action in actions { (self::action(action)) } } },
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

/// The maximum number of items of a point that is not divided between two pages.
const WHOLE: usize = 4;

fn point(point: &Point) -> Markup {
    let whole = if point.items.len() <= WHOLE { " whole" } else { "" };
    html! {
        li class={ (tone(point.tone)) (whole) } {
            p { (html_text(&point.head)) }
            ul { @for item in &point.items { li { (self::item(item)) } } }
        }
    }
}

/// A sentence with the ID of its event.
fn item(item: &Item) -> Markup {
    html! {
        (html_text(&item.text))
        @if let Some(id) = &item.event_id { " " span.id { "event " (html_text(id)) } }
    }
}

/// An action, with each command in a block of its own over the full width.
fn action(action: &Action) -> Markup {
    html! {
        li class=(tone(action.tone)) {
            p { (item(&action.head)) }
            span.aside { (html_text(&action.about)) }
            @for (label, command) in &action.commands {
                div.command { span.aside { (label) } (self::command(command)) }
            }
        }
    }
}

/// A command that breaks between its words, if they fit in a line. A break at a hyphen would be lost when it is copied from
/// a PDF.
fn command(command: &str) -> Markup {
    html! {
        code {
            @for (place, word) in command.split(' ').enumerate() {
                @if place > 0 { " " }
                span.word { (html_text(word)) }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margin_text_is_escaped_as_css_string() {
        assert_eq!(css_string("IR 7"), r#""IR\0000207""#);
        let odd = css_string("\"; } </style><script>\\\n\u{202e}é");
        assert!(odd.chars().all(|c| c.is_ascii_alphanumeric() || "\\\"".contains(c)), "{odd}");
        assert_eq!(odd.matches('"').count(), 2);
        let running = Running { marking: Some("CONFIDENTIAL".to_owned()), ..Running::default() };
        assert!(style("Title", &running).contains("@top-right { content: \"CONFIDENTIAL\"; }"));
    }
}
