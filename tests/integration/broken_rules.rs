//! A broken rule is refused: with its file, its line, the key, and what was expected there.

use cartographer::rule::{RuleError, RuleSet, RuleText};

const GOOD: &str = r#"id = "demo/page"
title = "Demo › Page[ › {user}]"
summary = "Opened a page[ of {user}]"
url = "https://{region}.console.aws.amazon.com/demo"
kind = "view"
console_path = ["Demo", "Page"]
attack = ["T1526"]
window = { before = 3, after = 5 }
anchor = ["iam:ListUsers"]
required = ["iam:ListUsers", "iam:GetUser/named"]
optional = ["iam:ListRoles"]

[extract]
user = { from = "iam:GetUser", path = "request.userName", entity = "user", one = true }

[[request]]
call = "iam:GetUser"
name = "named"
caller = "internal"
members = [["userName"]]
where = { userName = { starts_with = "m" } }
"#;

fn text(path: &str, text: &str) -> RuleText {
    RuleText { path: path.to_owned(), file: format!("rules/{path}"), text: text.to_owned() }
}

fn errors(rule: &str) -> Vec<RuleError> {
    RuleSet::compile(vec![text("demo/page.toml", rule)]).err().unwrap_or_default()
}

/// Replaces a part of the good rule, and returns the one error that this must give.
fn error(from: &str, to: &str) -> RuleError {
    assert!(GOOD.contains(from), "{from} is not in the good rule");
    let mut errors = errors(&GOOD.replacen(from, to, 1));
    assert_eq!(errors.len(), 1, "{from} → {to}: {errors:?}");
    errors.remove(0)
}

#[track_caller]
fn assert_refused(from: &str, to: &str, line: usize, key: &str, expected: &str) {
    let error = error(from, to);
    assert_eq!((error.file.as_str(), error.line, error.key.as_str()), ("rules/demo/page.toml", line, key), "{error}");
    assert!(error.problem.contains(expected), "{error}");
    assert!(error.to_string().starts_with(&format!("rules/demo/page.toml:{line}: {key}: ")), "{error}");
}

#[test]
fn the_good_rule_is_good() {
    assert_eq!(errors(GOOD), []);
}

#[test]
fn a_file_that_is_no_toml() {
    assert_refused("kind = \"view\"", "kind = view", 5, "kind", "expected");
}

#[test]
fn an_unknown_key_names_the_known_ones() {
    assert_refused("optional =", "optinal =", 11, "optinal", "`optional`");
}

#[test]
fn a_missing_key() {
    assert_refused("summary = \"Opened a page[ of {user}]\"\n", "", 1, "id", "missing field `summary`");
}

#[test]
fn an_unknown_kind_names_the_known_ones() {
    assert_refused("\"view\"", "\"look\"", 5, "kind", "`secret`");
}

#[test]
fn an_id_that_is_not_the_path() {
    assert_refused("id = \"demo/page\"", "id = \"demo/pages\"", 1, "id", "`demo/page`");
}

#[test]
fn a_technique_that_is_none() {
    assert_refused("T1526", "TA0007", 7, "attack", "T1087.004");
}

#[test]
fn a_call_that_is_none() {
    assert_refused("iam:ListRoles", "ListRoles", 11, "optional", "iam:ListUsers");
}

#[test]
fn a_shape_that_nobody_knows_names_the_known_ones() {
    assert_refused("iam:GetUser/named", "iam:GetUser/nameless", 10, "required", "expected one of named");
}

#[test]
fn a_call_with_named_shapes_without_a_name() {
    assert_refused("iam:GetUser/named", "iam:GetUser", 10, "required", "one of named");
}

#[test]
fn an_anchor_that_is_no_call_of_the_rule() {
    assert_refused("anchor = [\"iam:ListUsers\"]", "anchor = [\"iam:ListGroups\"]", 9, "anchor", "`iam:ListGroups`");
}

#[test]
fn a_rule_that_nothing_starts() {
    let nothing = GOOD.replace("anchor = [\"iam:ListUsers\"]\nrequired", "anchor = []\noptional");
    let nothing = nothing.replace("optional = [\"iam:ListRoles\"]\n", "");
    let errors = errors(&nothing);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!((errors[0].key.as_str(), errors[0].problem.contains("at least one call")), ("anchor", true));
}

#[test]
fn a_call_that_is_stated_twice() {
    assert_refused("[\"iam:ListRoles\"]", "[\"iam:ListUsers\"]", 11, "optional", "each call once");
}

#[test]
fn a_placeholder_that_nothing_fills() {
    assert_refused("a page[ of {user}]", "a page of {users}", 3, "summary", "{users}");
}

#[test]
fn a_template_that_is_not_closed() {
    assert_refused("Page[ › {user}]", "Page[ › {user}", 2, "title", "not closed");
}

#[test]
fn an_extract_from_a_call_that_is_not_the_rules() {
    assert_refused("from = \"iam:GetUser\"", "from = \"iam:GetGroup\"", 14, "extract.user.from", "`iam:GetGroup`");
}

#[test]
fn an_extract_from_nowhere() {
    assert_refused("request.userName", "reply.userName", 14, "extract.user", "request, response or event");
}

#[test]
fn a_caller_that_nobody_is() {
    assert_refused("caller = \"internal\"", "caller = \"console\"", 19, "caller", "internal-sdk");
}

#[test]
fn a_condition_of_two_tests() {
    assert_refused(
        "{ starts_with = \"m\" }",
        "{ starts_with = \"m\", empty = true }",
        21,
        "where.userName",
        "exactly one test",
    );
}

#[test]
fn a_shape_of_two_minds() {
    assert_refused(
        "members = [[\"userName\"]]",
        "members = [[\"userName\"]]\nno_parameters = true",
        16,
        "request",
        "one of no_parameters",
    );
}

#[test]
fn a_rule_over_one_that_is_not_there() {
    assert_refused(
        "optional =",
        "takes_precedence_over = [\"demo/other\"]\noptional =",
        11,
        "takes_precedence_over",
        "`demo/other`",
    );
}

#[test]
fn a_pattern_that_no_rule_matches() {
    let with = format!("{GOOD}\n[[becomes]]\nrule = \"demo/page\"\nprevious = [\"other/**\"]\n");
    let errors = errors(&with);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].key, "becomes.previous");
    assert!(errors[0].problem.contains("other/**"), "{}", errors[0]);
}

#[test]
fn a_shape_that_stands_in_two_files() {
    let requests = text("requests/iam.toml", "[[request]]\ncall = \"iam:GetUser\"\nname = \"named\"\n");
    let errors = RuleSet::compile(vec![text("demo/page.toml", GOOD), requests]).unwrap_err();
    assert_eq!(errors[0].key, "request");
    assert!(errors[0].problem.contains("iam:GetUser/named"), "{}", errors[0]);
}

#[test]
fn every_fault_of_a_file_is_told_at_once() {
    let broken = GOOD.replace("T1526", "x").replace("id = \"demo/page\"", "id = \"y\"");
    let keys: Vec<String> = errors(&broken).into_iter().map(|error| error.key).collect();
    assert_eq!(keys, ["id", "attack"]);
}
