//! An invalid rule is refused with an error that names the file, the line, the key, and what was expected.

use cartographer::rule::{RuleError, RuleSet, RuleText};

const VALID: &str = r#"id = "demo/page"
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

/// Replaces a part of the valid rule, and returns the single error that results.
fn error(from: &str, to: &str) -> RuleError {
    assert!(VALID.contains(from), "{from} is not in the valid rule");
    let mut errors = errors(&VALID.replacen(from, to, 1));
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
fn valid_rule_compiles() {
    assert_eq!(errors(VALID), []);
}

#[test]
fn invalid_toml_is_refused() {
    assert_refused("kind = \"view\"", "kind = view", 5, "kind", "expected");
}

#[test]
fn unknown_key_error_lists_known_keys() {
    assert_refused("optional =", "optinal =", 11, "optinal", "`optional`");
}

#[test]
fn missing_key_is_refused() {
    assert_refused("summary = \"Opened a page[ of {user}]\"\n", "", 1, "id", "missing field `summary`");
}

#[test]
fn unknown_kind_error_lists_known_kinds() {
    assert_refused("\"view\"", "\"look\"", 5, "kind", "`secret`");
}

#[test]
fn id_must_match_path() {
    assert_refused("id = \"demo/page\"", "id = \"demo/pages\"", 1, "id", "`demo/page`");
}

#[test]
fn invalid_technique_is_refused() {
    assert_refused("T1526", "TA0007", 7, "attack", "T1087.004");
}

#[test]
fn call_without_service_is_refused() {
    assert_refused("iam:ListRoles", "ListRoles", 11, "optional", "iam:ListUsers");
}

#[test]
fn unknown_shape_error_lists_known_shapes() {
    assert_refused("iam:GetUser/named", "iam:GetUser/nameless", 10, "required", "expected one of named");
}

#[test]
fn shape_name_is_required_if_call_has_named_shapes() {
    assert_refused("iam:GetUser/named", "iam:GetUser", 10, "required", "one of named");
}

#[test]
fn anchor_must_be_a_call_of_the_rule() {
    assert_refused("anchor = [\"iam:ListUsers\"]", "anchor = [\"iam:ListGroups\"]", 9, "anchor", "`iam:ListGroups`");
}

#[test]
fn rule_without_anchor_or_required_call_is_refused() {
    let nothing = VALID.replace("anchor = [\"iam:ListUsers\"]\nrequired", "anchor = []\noptional");
    let nothing = nothing.replace("optional = [\"iam:ListRoles\"]\n", "");
    let errors = errors(&nothing);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!((errors[0].key.as_str(), errors[0].problem.contains("at least one call")), ("anchor", true));
}

#[test]
fn duplicate_call_is_refused() {
    assert_refused("[\"iam:ListRoles\"]", "[\"iam:ListUsers\"]", 11, "optional", "each call once");
}

#[test]
fn unknown_placeholder_is_refused() {
    assert_refused("a page[ of {user}]", "a page of {users}", 3, "summary", "{users}");
}

#[test]
fn unclosed_template_is_refused() {
    assert_refused("Page[ › {user}]", "Page[ › {user}", 2, "title", "not closed");
}

#[test]
fn extract_must_use_a_call_of_the_rule() {
    assert_refused("from = \"iam:GetUser\"", "from = \"iam:GetGroup\"", 14, "extract.user.from", "`iam:GetGroup`");
}

#[test]
fn extract_path_must_start_with_request_response_or_event() {
    assert_refused("request.userName", "reply.userName", 14, "extract.user", "request, response or event");
}

#[test]
fn unknown_caller_is_refused() {
    assert_refused("caller = \"internal\"", "caller = \"console\"", 19, "caller", "internal-sdk");
}

#[test]
fn condition_with_two_tests_is_refused() {
    assert_refused(
        "{ starts_with = \"m\" }",
        "{ starts_with = \"m\", empty = true }",
        21,
        "where.userName",
        "exactly one test",
    );
}

#[test]
fn contradictory_shape_is_refused() {
    assert_refused(
        "members = [[\"userName\"]]",
        "members = [[\"userName\"]]\nno_parameters = true",
        16,
        "request",
        "one of no_parameters",
    );
}

#[test]
fn precedence_over_unknown_rule_is_refused() {
    assert_refused(
        "optional =",
        "takes_precedence_over = [\"demo/other\"]\noptional =",
        11,
        "takes_precedence_over",
        "`demo/other`",
    );
}

#[test]
fn pattern_without_matching_rule_is_refused() {
    let with = format!("{VALID}\n[[becomes]]\nrule = \"demo/page\"\nprevious = [\"other/**\"]\n");
    let errors = errors(&with);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].key, "becomes.previous");
    assert!(errors[0].problem.contains("other/**"), "{}", errors[0]);
}

#[test]
fn shape_defined_in_two_files_is_refused() {
    let requests = text("requests/iam.toml", "[[request]]\ncall = \"iam:GetUser\"\nname = \"named\"\n");
    let errors = RuleSet::compile(vec![text("demo/page.toml", VALID), requests]).unwrap_err();
    assert_eq!(errors[0].key, "request");
    assert!(errors[0].problem.contains("iam:GetUser/named"), "{}", errors[0]);
}

#[test]
fn all_errors_of_a_file_are_reported() {
    let broken = VALID.replace("T1526", "x").replace("id = \"demo/page\"", "id = \"y\"");
    let keys: Vec<String> = errors(&broken).into_iter().map(|error| error.key).collect();
    assert_eq!(keys, ["id", "attack"]);
}
