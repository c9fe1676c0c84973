//! The Markdown form, as a reader of GitHub's flavor takes it.

use cartographer::present::Class;
use cartographer::present::report::Form;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::report::{demo, only, report, shown};

/// What a reader makes of a document.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) text: String,
    pub(crate) links: Vec<String>,
    /// Tags that are left as they are.
    pub(crate) tags: Vec<String>,
    /// For each row of a table how many cells it has, the head's too, in order.
    pub(crate) rows: Vec<usize>,
    pub(crate) headings: Vec<String>,
    /// Paths and commands.
    pub(crate) codes: Vec<String>,
    /// What our own words never make: images, quotes, footnotes, formulas.
    pub(crate) strange: Vec<String>,
}

/// Reads with everything that a reader may know on.
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
            other => read.strange.push(format!("{other:?}")),
        }
        if matches!(read.strange.len(), 20..) {
            break;
        }
    }
    read
}

#[test]
fn the_theft_as_markdown() {
    let demo = demo();
    let mut told = report(&demo, only("nadia"));
    // What changes with each rule, with DuckDB, and with where the tests run.
    told.making.case.insert("rules_version".to_owned(), "(rules)".to_owned());
    told.making.case.insert("duckdb_version".to_owned(), "(duckdb)".to_owned());
    told.making.case.insert("tool_version".to_owned(), "(tool)".to_owned());
    told.files.rows[0].file = "demo/trail.json.gz".to_owned();
    insta::assert_snapshot!(shown(&told, Form::Markdown));
}

#[test]
fn what_is_left_out_and_what_is_not_certain_is_said() {
    let mut told = report(&demo(), only("nadia"));
    told.lines.total = 27_738;
    for line in &mut told.lines.rows {
        line.confidence = line.confidence.map(|_| 0.95);
    }
    told.lines.rows[5].confidence = Some(0.7299);
    for line in &mut told.lines.rows[20..23] {
        (line.class, line.kind, line.events) = (Class::Residual, None, 1);
        (line.writes, line.stands_out) = (false, false);
        line.service = Some("s3".to_owned());
        line.title = Some("s3:GetBucketAcl".to_owned());
        line.summary = Some("Read the ACL of a bucket".to_owned());
    }
    let text = shown(&told, Form::Markdown);
    let note = "*This list shows 34 of 27,738 lines; 27,704 are omitted. The least important lines, such as pages and lists, are \
        omitted first. For analysts: to list all lines, run cartographer timeline --db 'it'\\\\''s a case.duckdb'.*";
    assert!(text.contains(note), "{text}");
    assert_eq!(text.matches("(confidence: ").count(), 1);
    assert!(text.contains("and 27 more (confidence: 0.72)<br>[IAM › Users]"), "{text}");
    assert!(text.contains("| other | Read the ACL of a bucket, and 2 more calls |"), "{text}");
}

#[test]
fn a_reader_finds_the_same_document() {
    let told = report(&demo(), only("nadia"));
    let read = read(&shown(&told, Form::Markdown));
    assert_eq!(read.strange, Vec::<String>::new());
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
    assert!(read.codes.iter().any(|code| code == command), "as it can be run: {:?}", read.codes);
    assert!(read.text.contains("Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup"), "{}", read.text);
    assert!(read.links.len() > 30 && read.links.iter().all(|link| link.starts_with("https://")), "{:?}", read.links);
}
