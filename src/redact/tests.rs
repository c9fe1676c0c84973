//! Tests for the redactor.

use super::*;

fn redactor(names: &[&str]) -> Redactor {
    let names = names.iter().map(|name| (Redaction::Names, (*name).to_owned()));
    Redactor::new(b"a secret of 16 b", &Redaction::ALL, names)
}

/// The pseudonym of a value.
fn pseudonym(redactor: &Redactor, value: &str) -> String {
    let redacted = redactor.text(value).into_owned();
    assert_ne!(redacted, value);
    redacted
}

#[test]
fn value_has_same_pseudonym_in_any_context() {
    let redactor = redactor(&["ana.lopez", "Admin"]);
    let (name, role, account) =
        (pseudonym(&redactor, "ana.lopez"), pseudonym(&redactor, "Admin"), pseudonym(&redactor, "111122223333"));
    let (key, address) = (pseudonym(&redactor, "ASIAEXAMPLE2IR6WBZOL"), pseudonym(&redactor, "203.0.113.7"));
    for (text, wanted) in [
        (
            "arn:aws:sts::111122223333:assumed-role/Admin/ana.lopez".to_owned(),
            format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        ),
        ("Deleted the user ana.lopez.".to_owned(), format!("Deleted the user {name}.")),
        ("iam%3A%3A111122223333%3Auser%2Fana.lopez&a".to_owned(), format!("iam%3A%3A{account}%3Auser%2F{name}&a")),
        ("logs-111122223333-eu and logs111122223333".to_owned(), format!("logs-{account}-eu and logs111122223333")),
        ("1111-2222-3333".to_owned(), account.clone()),
        ("https://203.0.113.7:443/a 203.0.113.7/32,".to_owned(), format!("https://{address}:443/a {address}/32,")),
        ("AKIA ASIAEXAMPLE2IR6WBZOL%2F20240501".to_owned(), format!("AKIA {key}%2F20240501")),
        ("line\\nana.lopez\\n".to_owned(), format!("line\\n{name}\\n")),
        ("ip-203-0-113-7.ec2.internal".to_owned(), format!("ip-{}.ec2.internal", address.replace('.', "-"))),
    ] {
        assert_eq!(redactor.text(&text), wanted);
    }
    let known =
        Redactor::new(b"a secret of 16 b", &[Redaction::Accounts], [(Redaction::Accounts, "111122223333".to_owned())]);
    assert_eq!(known.text("logs111122223333 ana.lopez"), format!("logs{account} ana.lopez"));
}

#[test]
fn pseudonyms_ignore_case() {
    let redactor = redactor(&["Ana.Lopez"]);
    let name = pseudonym(&redactor, "Ana.Lopez");
    assert_eq!(redactor.text("ana.lopez ANA.LOPEZ"), format!("{name} {name}"));
    let json = redactor.json(r#"{"userName":"ana.lopez","note":"for Ana.lopez"}"#);
    assert_eq!(json, format!(r#"{{"userName":"{name}","note":"for {name}"}}"#));
    assert_eq!(redactor.text("Ana@Example.com"), redactor.text("ana@example.com"));
}

#[test]
fn overlapping_values_are_both_replaced() {
    let redactor = redactor(&["bob-alice", "alice-zebra"]);
    for text in ["bob-alice-zebra", "arn:aws:s3:::bob-alice-zebra/a"] {
        let redacted = redactor.text(text);
        assert!(!redacted.contains("bob") && !redacted.contains("alice") && !redacted.contains("zebra"), "{redacted}");
    }
}

#[test]
fn names_are_replaced_in_any_case_and_encoding() {
    let redactor = redactor(&["josé"]);
    assert_eq!(redactor.text("JOSÉ"), pseudonym(&redactor, "josé"));
    let address = pseudonym(&redactor, "ana@example.com");
    assert_eq!(redactor.text("?u=ana%40example.com&v"), format!("?u={address}&v"));
    assert_eq!(redactor.text("#ana%2540example.com"), format!("#{address}"));
    for text in ["jörg@example.com", "ana@exämple.com", "ana@例え.jp"] {
        assert!(pseudonym(&redactor, text).starts_with("name-") && !pseudonym(&redactor, text).contains('@'), "{text}");
    }
    assert!(!redactor.json(r#"{"X-Amz-Signature":"abcdef"}"#).contains("abcdef"));
}

#[test]
fn other_text_is_unchanged() {
    let redactor = redactor(&["ana", "root", "a", "AWSServiceRoleForSupport", "b-c"]);
    for text in [
        "banana analysis Anna root a",
        "0a1b2c3d-0000-4000-8000-000000000001",
        "0a1b2c3d-1111-2222-3333-000000000001",
        "Mozilla/5.0 Chrome/124.0.0.0 Safari/537.36",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "0.0.0.0/0 ::/0 10:00:00 std::string 1.2.3.4.5",
        "1714557600000 2024-05-01T10:00:00Z",
        "role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport",
        "xb-c b-cx",
    ] {
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn redacted_json_is_valid_and_has_same_pseudonyms() {
    let redactor = redactor(&["ana", "é\"x"]);
    let (name, account) = (pseudonym(&redactor, "ana"), pseudonym(&redactor, "111122223333"));
    let text = r#"{ "userName": "ana", "n": 111122223333, "big": 1e99, "a":{"ana":[1.50,"\u00e9\"x"]},"policy":"{\"Principal\":\"arn:aws:iam::111122223333:user\\/ana\"}", "sessionToken": "abc", "password": "***", "n": 1111222233334}"#;
    let redacted = redactor.json(text);
    let value: serde_json::Value = serde_json::from_str(&redacted).unwrap();
    assert_eq!(value["userName"], name);
    assert_eq!(value["a"][&name][1], pseudonym(&redactor, "é\"x"));
    let policy: serde_json::Value = serde_json::from_str(value["policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Principal"], format!("arn:aws:iam::{account}:user/{name}"));
    assert!(
        redacted
            .starts_with(&format!(r#"{{ "userName": "{name}", "n": {account}, "big": 1e99, "a":{{"{name}":[1.50,"#))
    );
    assert!(redacted.ends_with(r#""password": "***", "n": 1111222233334}"#), "{redacted}");
    assert!(!redacted.contains("abc"), "{redacted}");
}

#[test]
fn only_selected_kinds_are_redacted() {
    let text = "ana@example.com 111122223333 203.0.113.7 2001:db8::1 AKIAIOSFODNN7EXAMPLE";
    let parts: Vec<&str> = text.split(' ').collect();
    for (kind, kept) in Redaction::ALL.into_iter().zip([[0, 1, 2, 3], [0, 2, 3, 4], [0, 1, 4, 4], [1, 2, 3, 4]]) {
        let redactor = Redactor::new(b"a secret of 16 b", &[kind], []);
        let redacted = redactor.text(text).into_owned();
        let redacted: Vec<&str> = redacted.split(' ').collect();
        for at in 0..5 {
            assert_eq!(redacted[at] == parts[at], kept.contains(&at), "{kind:?}: {redacted:?}");
        }
    }
}

#[test]
fn pseudonyms_depend_on_secret() {
    let [one, other] =
        [b"a secret of 16 b", b"b secret of 16 b"].map(|secret| Redactor::new(secret, &Redaction::ALL, []));
    for value in ["111122223333", "203.0.113.7", "2001:db8::7", "AKIAIOSFODNN7EXAMPLE", "ana@example.com"] {
        assert_ne!(one.text(value), other.text(value));
    }
    assert_ne!(one.id("00ff"), other.id("00ff"));
    assert_eq!(one.id(&"0".repeat(32)).len(), 32);
}

#[test]
fn tokens_and_secret_parameters_are_replaced() {
    let redactor = redactor(&[]);
    for prefix in TOKEN_PREFIXES {
        let secret = "Hq3/x+Zk.9w".repeat(6);
        let redacted = redactor.text(&format!("the token {prefix}{secret} is invalid")).into_owned();
        assert!(redacted.starts_with("the token redacted-") && redacted.ends_with(" is invalid"), "{redacted}");
        assert!(!redacted.contains("Hq3"), "{redacted}");
    }
    for parameter in SECRET_PARAMETERS {
        let redacted = redactor.text(&format!("https://b.s3.amazonaws.com/k?{parameter}0a1b2c&z=1")).into_owned();
        let (start, end) = (format!("k?{parameter}redacted-"), "&z=1");
        assert!(redacted.contains(&start) && redacted.ends_with(end) && !redacted.contains("0a1b2c"), "{redacted}");
    }
}

#[test]
fn members_within_json_strings_are_replaced() {
    let redactor = redactor(&[]);
    let inner = serde_json::json!({"password": "hunter2", "displayName": "Zoe-77", "z": 1}).to_string();
    let outer = serde_json::json!({"body": serde_json::json!({"a": inner}).to_string()}).to_string();
    let redacted = redactor.json(&outer);
    assert!(!redacted.contains("hunter2") && !redacted.contains("Zoe"), "{redacted}");
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let inner = parse(parse(parse(&redacted)["body"].as_str().unwrap())["a"].as_str().unwrap());
    assert_eq!((inner["z"].as_i64(), inner["displayName"].as_str().unwrap().starts_with("name-")), (Some(1), true));
}

#[test]
fn names_are_replaced_in_links() {
    let redactor = redactor(&["ana lópez"]);
    let name = pseudonym(&redactor, "ana lópez");
    for encoded in ["ana%20l%C3%B3pez", "ana%2520l%25C3%25B3pez", "ana$20l$C3$B3pez", "ana$2520l$25C3$25B3pez"] {
        assert_eq!(redactor.text(&format!("#/users/{encoded}?x")), format!("#/users/{name}?x"));
    }
}
