//! Drafts of new rules: they compile without changes, and their specs pass.

use cartographer::rule::body::Body;
use cartographer::rule::draft::{Sample, draft};
use cartographer::rule::extract::SourceEvent;
use cartographer::rule::{RuleSet, RuleText};
use cartographer::spec;
use serde_json::json;

fn source<'e, 't>(call: &'e str, request: &'e Body<'t>, response: &'e Body<'t>) -> SourceEvent<'e, 't> {
    SourceEvent {
        event_id: "e",
        call,
        region: Some("eu-west-1"),
        account_id: None,
        source_ip: None,
        user_agent: Some("AWS Internal"),
        error_code: None,
        error_message: None,
        request,
        response,
    }
}

#[test]
fn draft_compiles_and_its_spec_passes() {
    let rules = RuleSet::shipped().unwrap();
    let own = json!({"grantId": "g-1", "tags": ["a", null], "odd name": {"x": true}}).to_string();
    let (own, known, none) = (Body::new(Some(&own)), Body::new(Some("{\"maxItems\":1000}")), Body::default());
    let samples = [
        Sample { event: source("grants:ListGrants", &own, &none), at: 0, anchor: true },
        Sample { event: source("iam:ListUsers", &known, &none), at: 1, anchor: false },
    ];
    let draft = draft(&rules, "grants/list", &samples);
    assert!(draft.rule.contains("\"iam:ListUsers/max-items-1000\""), "{}", draft.rule);
    let text = |path: &str, text: &str| RuleText { path: path.into(), file: path.into(), text: text.into() };
    let mut texts = RuleText::shipped();
    texts.push(text("grants/list.toml", &draft.rule));
    let rules = RuleSet::compile(texts).unwrap();
    assert_eq!(spec::run(&rules, &text("grants/list.spec.toml", &draft.spec)), Ok(2));
}

#[test]
fn empty_draft_contains_placeholders() {
    let draft = draft(&RuleSet::default(), "grants/list", &[]);
    assert!(draft.rule.contains("id = \"grants/list\"") && draft.rule.contains("\"grants:Call\""), "{}", draft.rule);
}
