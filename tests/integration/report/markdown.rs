//! The Markdown format, as parsed by a reader of GitHub's flavor.

use cartographer::present::Class;
use cartographer::present::report::Form;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::report::{demo, only, report, shown};

/// A parsed document.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) text: String,
    pub(crate) links: Vec<String>,
    /// HTML tags.
    pub(crate) tags: Vec<String>,
    /// The number of cells in each table row, including header rows, in order.
    pub(crate) rows: Vec<usize>,
    pub(crate) headings: Vec<String>,
    /// Paths and commands.
    pub(crate) codes: Vec<String>,
    /// Elements that a report never contains: images, quotes, footnotes, formulas.
    pub(crate) unexpected: Vec<String>,
}

/// Parses with all extensions that a reader may support.
pub(crate) fn read(markdown: &str) -> Read {
    let mut read = Read::default();
    let mut in_heading = false;
    for event in Parser::new_ext(markdown, Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)) {
        match event {
            Event::Text(text) => {
                if in_heading {
                    read.headings.last_mut().unwrap().push_str(&text);
                }
                read.text.push_str(&text);
            }
            Event::Code(code) => read.codes.push(code.to_string()),
            Event::InlineHtml(tag) | Event::Html(tag) => read.tags.push(tag.to_string()),
            Event::Start(Tag::Link { dest_url, .. }) => read.links.push(dest_url.to_string()),
            Event::Start(Tag::TableRow | Tag::TableHead) => read.rows.push(0),
            Event::Start(Tag::TableCell) => *read.rows.last_mut().unwrap() += 1,
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                read.headings.push(String::new());
            }
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => in_heading = false,
            Event::Start(
                Tag::Paragraph | Tag::List(None) | Tag::Item | Tag::Table(_) | Tag::Emphasis | Tag::Strong,
            )
            | Event::End(_) => {}
            other => read.unexpected.push(format!("{other:?}")),
        }
        if matches!(read.unexpected.len(), 20..) {
            break;
        }
    }
    read
}

#[test]
fn theft_report_as_markdown() {
    let demo = demo();
    let mut result = report(&demo, only("nadia"));
    // Values that depend on the rules, on DuckDB, and on where the tests run.
    result.making.case.insert("rules_version".to_owned(), "(rules)".to_owned());
    result.making.case.insert("duckdb_version".to_owned(), "(duckdb)".to_owned());
    result.making.case.insert("tool_version".to_owned(), "(tool)".to_owned());
    result.files.rows[0].file = "demo/trail.json.gz".to_owned();
    insta::assert_snapshot!(shown(&result, Form::Markdown));
}

#[test]
fn omitted_lines_and_low_confidence_are_shown() {
    let mut result = report(&demo(), only("nadia"));
    result.lines.total = 27_738;
    for line in &mut result.lines.rows {
        line.confidence = line.confidence.map(|_| 0.95);
    }
    result.lines.rows[5].confidence = Some(0.7299);
    for line in &mut result.lines.rows[20..23] {
        (line.class, line.kind, line.events) = (Class::Residual, None, 1);
        (line.writes, line.stands_out) = (false, false);
        line.service = Some("s3".to_owned());
        line.title = Some("s3:GetBucketAcl".to_owned());
        line.summary = Some("Read the ACL of a bucket".to_owned());
    }
    let text = shown(&result, Form::Markdown);
    let note = "*This list shows 34 of 27,738 lines; 27,704 are omitted. The least important lines, such as pages and lists, are \
        omitted first. For analysts: to list all lines, run cartographer timeline --db 'it'\\\\''s a case.duckdb'.*";
    assert!(text.contains(note), "{text}");
    assert_eq!(text.matches("(confidence: ").count(), 1);
    assert!(text.contains("and 27 more (confidence: 0.72)<br>[IAM › Users]"), "{text}");
    assert!(text.contains("| other | Read the ACL of a bucket, and 2 more calls |"), "{text}");
}

#[test]
fn markdown_is_parsed_as_intended() {
    let result = report(&demo(), only("nadia"));
    let read = read(&shown(&result, Form::Markdown));
    assert_eq!(read.unexpected, Vec::<String>::new());
    let parts = [
        "Activity in AWS: console and API",
        "Executive summary",
        "Scope",
        "Not covered",
        "Findings",
        "What stands out",
        "Actors",
        "What to contain or undo",
        "Act on first: 4 items",
        "Clicks and events over time",
        "Timeline",
        "nadia · 2026-03-11 19:37:29 → 19:53:18 UTC",
        "Resources touched and seen",
        "Touched",
        "Only seen",
        "ATT&CK techniques",
        "Method and limits",
        "Method",
        "Limits",
        "Reliability",
        "How this report was created",
        "Files",
        "Glossary",
    ];
    assert_eq!(read.headings, parts);
    assert!(read.tags.iter().all(|tag| tag == "<br>"), "{:?}", read.tags);
    let command = "aws iam put-user-policy --user-name nadia --policy-name DenyAll --policy-document \
        '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}'";
    assert!(
        read.codes.iter().any(|code| code == command),
        "the command must be shown without changes: {:?}",
        read.codes
    );
    assert!(read.text.contains("Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup"), "{}", read.text);
    assert!(read.links.len() > 30 && read.links.iter().all(|link| link.starts_with("https://")), "{:?}", read.links);
}
