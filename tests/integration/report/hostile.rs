//! Names that somebody chose to harm stay text.

use cartographer::present::escape::{console_link, markdown_text};
use cartographer::present::report::{Form, Scope};
use proptest::prelude::*;

use crate::report::markdown::read;
use crate::report::page::Page;
use crate::report::{Loaded, demo, demo_with, report, shown};

const SCRIPT: &str = "<script>alert('1')</script><img src=x onerror=\"x\">";
const MARKUP: &str =
    "# |`a`|[b](javascript:c)![d](http://e.example/f)*g*_h_<!-- https://i.example @j\n\n---\n=k() ~~l~~ $m$";
const TURNED: &str = "=cmd()\u{202e}fdp.exe\u{200b}\u{1b}[2J";

/// The theft, where the stolen identity, the user, the secret and the trail have such names; the trail's is so long.
fn hostile(long: usize) -> Loaded {
    let long = "ü".repeat(long);
    demo_with(&[("nadia", SCRIPT), ("svc-backup", MARKUP), ("warehouse/reader", TURNED), ("prod-audit", &long)])
}

/// How a hidden character is shown.
const SHOWN: &str = "=cmd()\\u{202e}fdp.exe\\u{200b}\\u{1b}[2J";

#[test]
fn names_stay_text_in_html() {
    let (plain, told) = (report(&demo(), Scope::default()), report(&hostile(50_000), Scope::default()));
    let html = shown(&told, Form::Html);
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    let (before, page) = (Page::read(&shown(&plain, Form::Html)), Page::read(&html));
    assert_eq!(page.errors, Vec::<String>::new());
    let names = |page: &Page| {
        let mut names: Vec<String> = page.elements.iter().map(|element| element.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(names(&page), names(&before), "no element that our own words do not make");
    let body = page.text("body");
    assert!(body.contains(&format!("The identity {SCRIPT} (IAMUser")), "the name is there as it is");
    assert!(body.contains(&format!("Retrieved the value of secret {SHOWN}")) && body.contains("[b](javascript:c)"));
    let hidden = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{200b}' || (c.is_control() && c != '\n');
    assert!(!html.contains(hidden));
    for link in page.all("a") {
        let target = link.get("href").unwrap();
        let ours = target.starts_with("https://attack.mitre.org/") || console_link(target).is_some();
        assert!(target.starts_with('#') || ours, "{target}");
    }
}

#[test]
fn names_stay_text_in_markdown() {
    let (plain, told) = (report(&demo(), Scope::default()), report(&hostile(900), Scope::default()));
    let text = shown(&told, Form::Markdown);
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
    let (before, after) = (read(&shown(&plain, Form::Markdown)), read(&text));
    assert_eq!(after.strange, Vec::<String>::new());
    assert_eq!(after.rows, before.rows, "every row has the cells it had");
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
    assert!(after.text.contains(&format!("Retrieved the value of secret {SHOWN}")));
    assert!(after.text.contains(&MARKUP.replace('\n', "\\n")), "the user's name is there as it is");
}

#[test]
fn a_link_leads_to_the_console_or_nowhere() {
    for fine in [
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0aa",
        "https://console.amazonaws.cn/s3/(x)",
        "http://us-gov-west-1.console.amazonaws-us-gov.com/iam",
    ] {
        assert_eq!(console_link(fine), Some(fine));
    }
    for odd in [
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
        assert_eq!(console_link(odd), None, "{odd}");
    }
    assert_eq!(console_link(&format!("https://console.aws.amazon.com/{}", "a".repeat(2000))), None);
}

#[test]
fn markdown_shows_plain_text_as_it_is() {
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
    fn whatever_the_text_markdown_reads_it_back(text in "\\PC{0,40}|[ \\t\\n#*_`|<>\\[\\]()!&;=+.0-9a-z:/@$~^\\\\-]{0,40}") {
        let shown = cartographer::present::escape::terminal(&text);
        let cell = read(&format!("| a |\n|---|\n| {} |\n", markdown_text(&text)));
        prop_assert_eq!(cell.text.strip_prefix('a').unwrap_or(&cell.text), shown.trim());
        let line = read(&markdown_text(&text));
        prop_assert_eq!(line.text.as_str(), shown.trim());
        for read in [cell, line] {
            prop_assert!(read.strange.is_empty() && read.tags.is_empty() && read.links.is_empty() && read.headings.is_empty(), "{read:?}");
        }
    }
}
