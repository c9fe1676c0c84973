//! Hostile names are shown as text.

use cartographer::present::escape::{console_link, markdown_text};
use cartographer::present::report::{Form, Scope};
use proptest::prelude::*;

use crate::report::markdown::read;
use crate::report::page::Page;
use crate::report::{Loaded, demo, demo_with, report, shown};

const SCRIPT: &str = "<script>alert('1')</script><img src=x onerror=\"x\">";
const MARKUP: &str =
    "# |`a`|[b](javascript:c)![d](http://e.example/f)*g*_h_<!-- https://i.example @j\n\n---\n=k() ~~l~~ $m$";
const HIDDEN: &str = "=cmd()\u{202e}fdp.exe\u{200b}\u{1b}[2J";

/// The demo, with hostile names for the stolen identity, the user, the secret and the trail. The last has this length.
fn hostile(long: usize) -> Loaded {
    let long = "ü".repeat(long);
    demo_with(&[("nadia", SCRIPT), ("svc-backup", MARKUP), ("warehouse/reader", HIDDEN), ("prod-audit", &long)])
}

/// [`HIDDEN`] with escaped hidden characters.
const ESCAPED_HIDDEN: &str = "=cmd()\\u{202e}fdp.exe\\u{200b}\\u{1b}[2J";

#[test]
fn hostile_names_are_text_in_html() {
    let (plain, result) = (report(&demo(), Scope::default()), report(&hostile(50_000), Scope::default()));
    let html = shown(&result, Form::Html);
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    let (before, page) = (Page::read(&shown(&plain, Form::Html)), Page::read(&html));
    assert_eq!(page.errors, Vec::<String>::new());
    let names = |page: &Page| {
        let mut names: Vec<String> = page.elements.iter().map(|element| element.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(names(&page), names(&before), "the names must not add elements");
    let body = page.text("body");
    assert!(body.contains(&format!("The identity {SCRIPT} (IAMUser")), "the name must be shown without changes");
    assert!(
        body.contains(&format!("Retrieved the value of secret {ESCAPED_HIDDEN}")) && body.contains("[b](javascript:c)")
    );
    let hidden = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{200b}' || (c.is_control() && c != '\n');
    assert!(!html.contains(hidden));
    for link in page.all("a") {
        let target = link.get("href").unwrap();
        let ours = target.starts_with("https://attack.mitre.org/") || console_link(target).is_some();
        assert!(target.starts_with('#') || ours, "{target}");
    }
}

#[test]
fn hostile_names_are_text_in_markdown() {
    let (plain, result) = (report(&demo(), Scope::default()), report(&hostile(900), Scope::default()));
    let text = shown(&result, Form::Markdown);
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
    let (before, after) = (read(&shown(&plain, Form::Markdown)), read(&text));
    assert_eq!(after.unexpected, Vec::<String>::new());
    assert_eq!(after.rows, before.rows, "the names must not add cells");
    assert_eq!(after.headings.len(), before.headings.len());
    assert!(after.tags.iter().all(|tag| tag == "<br>"), "{:?}", after.tags);
    assert!(
        after.codes.iter().all(|code| !code.contains("javascript") && !code.contains("<script")),
        "{:?}",
        after.codes
    );
    let ours = |link: &&String| link.starts_with("https://attack.mitre.org/") || console_link(link).is_some();
    assert_eq!(after.links.iter().find(|link| !ours(link)), None);
    assert!(after.text.contains(&format!("The identity {SCRIPT} (IAMUser")), "{}", after.text);
    assert!(after.text.contains(&format!("Retrieved the value of secret {ESCAPED_HIDDEN}")));
    assert!(after.text.contains(&MARKUP.replace('\n', "\\n")), "the user's name must be shown without changes");
}

#[test]
fn only_console_links_are_accepted() {
    for valid in [
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0aa",
        "https://console.amazonaws.cn/s3/(x)",
        "http://us-gov-west-1.console.amazonaws-us-gov.com/iam",
    ] {
        assert_eq!(console_link(valid), Some(valid));
    }
    for invalid in [
        "",
        "javascript:alert(1)",
        "https://evil.example/.console.aws.amazon.com/",
        "https://evil.example#.console.aws.amazon.com",
        "https://console.aws.amazon.com@evil.example/",
        "https://console.aws.amazon.com:1@evil.example/",
        "https://evilaws.amazon.com/",
        "https://bucket.s3.amazonaws.com/",
        "https://console.aws.amazon.com\\@evil.example/",
        "https://console.aws.amazon.com/a b",
        "https://console.aws.amazon.com/>)<script>",
        "https://console.aws.amazon.com/|x|",
        "https://console.aws.amazon.com/\u{202e}",
        "//console.aws.amazon.com/",
    ] {
        assert_eq!(console_link(invalid), None, "{invalid}");
    }
    assert_eq!(console_link(&format!("https://console.aws.amazon.com/{}", "a".repeat(2000))), None);
}

#[test]
fn markdown_shows_plain_text_unchanged() {
    assert_eq!(
        markdown_text("IAM › Users: 92.8 % (of s3:Get), it's 2026-03-11 19:37"),
        "IAM › Users: 92.8 % (of s3:Get), it's 2026-03-11 19:37"
    );
    assert_eq!(markdown_text("1. x"), "1\\. x");
    assert_eq!(markdown_text("- a|b\n`c`"), "\\- a\\|b\\\\n\\`c\\`");
    assert_eq!(markdown_text("https://a.example WWW.b.example"), "https\\://a.example WWW\\.b.example");
}

proptest! {
    #[test]
    fn escaped_markdown_is_read_back_as_the_same_text(text in "\\PC{0,40}|[ \\t\\n#*_`|<>\\[\\]()!&;=+.0-9a-z:/@$~^\\\\-]{0,40}") {
        let shown = cartographer::present::escape::terminal(&text);
        let cell = read(&format!("| a |\n|---|\n| {} |\n", markdown_text(&text)));
        prop_assert_eq!(cell.text.strip_prefix('a').unwrap_or(&cell.text), shown.trim());
        let line = read(&markdown_text(&text));
        prop_assert_eq!(line.text.as_str(), shown.trim());
        for read in [cell, line] {
            prop_assert!(read.unexpected.is_empty() && read.tags.is_empty() && read.links.is_empty() && read.headings.is_empty(), "{read:?}");
        }
    }
}
