//! The HTML format, as parsed by a browser.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cartographer::present::report::{Form, Scope, write_numbered};
use sha2::{Digest, Sha256};

use crate::report::page::Page;
use crate::report::{demo, only, report, shown};

/// The elements in a report. None of them runs or loads anything.
const ELEMENTS: &str = "a body code dd desc details div dl dt figcaption figure h1 h2 h3 head header html li line main \
    meta nav p rect section span strong style summary svg table tbody td text th thead title tr ul";

#[test]
fn html_report_describes_the_theft() {
    let result = report(&demo(), only("nadia"));
    let page = Page::read(&shown(&result, Form::Html));
    assert_eq!(page.errors, Vec::<String>::new());
    assert_eq!(page.text("h1"), "Activity in AWS: console and API");
    let summary = page.part("summary");
    for sentence in [
        "The identity nadia (IAMUser, account 111122223333) was active in the console for 16 minutes",
        "The identity signed in with a password, without MFA, after 1 failed attempt.",
        "The report covers 394 of the 2,526 events in the case. There were 34 clicks and commands: 21 pages and lists opened",
        "Secret reads: 1 event, 1 attempt",
        "2026-03-11 19:51:50 · Stopped logging for trail prod-audit",
        "access key AKIAEXAMPLEJ3XHTZZXB, created by nadia at 2026-03-11 19:41:32: 47 calls by svc-backup (1 failed) from \
         203.0.113.147, 2026-03-11 21:14:05 to 21:20:13 UTC",
        "2 calls while pages loaded: organizations:ListDelegatedAdministrators",
        "svc-backup downloaded 44 objects from prod-db-backups (5.3 GB), connecting from 203.0.113.147, the last at \
         2026-03-11 21:20:13, with a credential that nadia created",
        "Searched for in 1 of 119 sessions in the case and not found: users and roles that were created and given \
         administrator permissions; mass deletions of at least 20 resources; instance or function credentials that were used \
         from another network; data that was shared",
    ] {
        assert!(summary.contains(sentence), "{sentence}:\n{summary}");
    }
    let (coverage, counts) = (page.part("coverage"), &result.totals.counts);
    for sentence in [
        format!("Of {} clicks and commands, {} (", counts.clicks, counts.on_known_page),
        format!("{} of these have a confidence of 0.9 or above", counts.high_confidence),
        format!("Of {} console events, ", counts.console_events),
        format!("{} are background", counts.background),
    ] {
        assert!(coverage.contains(&sentence), "{sentence}:\n{coverage}");
    }
    assert!(!coverage.contains("xplained"), "{coverage}");
    assert!(page.part("techniques").contains("T1685.002Disable or Modify Tools: Disable or Modify Cloud Log"));
    let making = page.part("making");
    for fact in [
        "cartographer report --db 'it'\\''s a case.duckdb'",
        "2026-03-12 07:20:00 UTC by cartographer 0.0.0",
        "SHA-256",
    ] {
        assert!(making.contains(fact), "{fact}:\n{making}");
    }
}

#[test]
fn timeline_lines_are_table_rows() {
    let result = report(&demo(), only("nadia"));
    let html = shown(&result, Form::Html);
    let (_, rest) = html.split_once("id=\"timeline\"").unwrap();
    let (part, _) = rest.split_once("</section>").unwrap();
    let page = Page::read(&format!("<!DOCTYPE html><section{part}</section>"));
    let heads = page.all("thead").count();
    assert_eq!((page.all("tr").count() - heads, heads), (result.lines.rows.len(), 1));
    assert_eq!(page.all("h3").count(), 1);
}

#[test]
fn html_report_runs_and_loads_nothing() {
    let html = shown(&report(&demo(), Scope::default()), Form::Html);
    let page = Page::read(&html);
    let loads = ["src", "srcset", "data", "poster", "action", "background", "style", "xlink:href"];
    for element in &page.elements {
        assert!(ELEMENTS.split(' ').any(|known| known == element.name), "{element:?}");
        for (name, _) in &element.attributes {
            assert!(!loads.contains(&name.as_str()) && !name.starts_with("on"), "{element:?}");
        }
        assert!(element.get("href").is_none() || element.name == "a", "{element:?}");
    }
    for link in page.all("a") {
        let target = link.get("href").unwrap();
        let known_place =
            target.starts_with("https://attack.mitre.org/techniques/T") || target.contains(".console.aws.amazon.com/");
        let inside =
            target.strip_prefix('#').is_some_and(|id| page.all("section").any(|part| part.get("id") == Some(id)));
        assert!(inside || (known_place && link.get("rel") == Some("noreferrer noopener")), "{link:?}");
    }
    assert!(page.all("a").count() > 40);
    let style = page.text("style");
    assert!(!style.contains("url(") && !style.contains("@import"));
}

#[test]
fn content_security_policy_allows_only_the_style() {
    let page = Page::read(&shown(&report(&demo(), only("nadia")), Form::Html));
    let policy = page.all("meta").find(|meta| meta.get("http-equiv") == Some("Content-Security-Policy")).unwrap();
    let hash = STANDARD.encode(Sha256::digest(page.text("style")));
    let expected = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    assert_eq!(policy.get("content"), Some(expected.as_str()));
}

#[test]
fn plot_has_name_description_and_table() {
    let result = report(&demo(), only("nadia"));
    let page = Page::read(&shown(&result, Form::Html));
    let svg = page.all("svg").next().unwrap();
    assert_eq!((svg.get("role"), svg.get("aria-labelledby")), (Some("img"), Some("plot-title plot-desc")));
    let named = |id: &str| page.elements.iter().find(|element| element.get("id") == Some(id)).unwrap().text.clone();
    assert_eq!(named("plot-title"), "Clicks and events over time");
    assert!(named("plot-desc").starts_with("34 clicks and commands and 394 events in 35 intervals of 30 seconds each"));
    let bars = page.all("rect").filter(|bar| bar.get("class") == Some("events")).count();
    assert_eq!(bars, result.bins.rows.len());
    let table = &page.all("details").next().unwrap().text;
    assert!(table.contains("2026-03-11 19:39:0010138"), "{table}");
}

#[test]
fn similar_resources_share_a_row() {
    let page = Page::read(&shown(&report(&demo(), Scope::default()), Form::Html));
    let things = page.part("things");
    let alike = "2026/03/11/0000.pdf2026/03/11/0001.pdf2026/03/11/0002.pdf2026/03/11/0003.pdfand 224 more";
    assert!(things.replace(['\n', ' '], "").contains(&alike.replace(' ', "")), "{things}");
    assert!(!things.contains("2026/03/11/0004.pdf"));
    // If there are few of a kind, each has a row.
    assert!(things.contains("warehouse/reader") && things.contains("orders/database"), "{things}");
}

#[test]
fn table_of_contents_shows_known_page_numbers() {
    let result = report(&demo(), only("nadia"));
    let pages = BTreeMap::from([("summary".to_owned(), 3), ("nothing".to_owned(), 9)]);
    let mut html = Vec::new();
    write_numbered(&mut html, &result, &pages).unwrap();
    let html = String::from_utf8(html).unwrap();
    assert_eq!(html.matches("<span class=\"page\">").count(), 1);
    let numbered = Page::read(&html).text("nav").replace(' ', "");
    assert!(numbered.starts_with("ExecutivesummaryScopeFindings3Actors"), "{numbered}");
    let page = Page::read(&shown(&result, Form::Html));
    let contents = page.text("nav");
    assert!(contents.starts_with("Executive summaryScope"), "{contents}");
}

#[test]
fn report_is_identified_on_first_page_and_printed_pages() {
    let mut result = report(&demo(), only("nadia"));
    result.making.case_number = Some("IR-2026-07".to_owned());
    result.making.classification = Some("CONFIDENTIAL".to_owned());
    result.making.recipient = Some("J. Doe".to_owned());
    result.making.redacted = ["keys", "names"].map(str::to_owned).into();
    let page = Page::read(&shown(&result, Form::Html));
    assert_eq!(page.errors, Vec::<String>::new());
    assert!(page.all("title").next().unwrap().text.starts_with("IR-2026-07 · Activity in AWS: console and API: nadia"));
    let header = page.text("header");
    for text in [
        "RedactedThis report is redacted: keys and names are pseudonyms.",
        "ClassificationCONFIDENTIAL",
        "Case numberIR-2026-07",
        "RecipientJ. Doe",
        "Created2026-03-12 07:20:00 UTC",
    ] {
        assert!(header.contains(text), "{text}: {header}");
    }
    let style = page.text("style");
    // The text is escaped: a space is \\000020.
    assert!(style.contains("@top-left { content: \"IR\\00002d2026\\00002d07\\000020"), "{style}");
    assert!(style.contains("@top-right { content: \"CONFIDENTIAL\\000020\\0000b7\\000020Redacted\"; }"));
    assert!(style.contains("counter(page) \" of \" counter(pages)"));
    let plain = Page::read(&shown(&report(&demo(), only("nadia")), Form::Html));
    assert!(!plain.text("header").contains("redacted"));
}

#[test]
fn commands_are_split_into_words() {
    let html = shown(&report(&demo(), only("nadia")), Form::Html);
    let key = "<span class=\"word\">--access-key-id</span> <span class=\"word\">AKIAEXAMPLEJ3XHTZZXB</span>";
    assert!(html.contains(key), "{html}");
    let page = Page::read(&html);
    let command =
        "aws iam update-access-key --access-key-id AKIAEXAMPLEJ3XHTZZXB --status Inactive --user-name svc-backup";
    assert!(page.all("code").any(|code| code.text == command));
}
