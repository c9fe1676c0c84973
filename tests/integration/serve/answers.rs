//! The answers of the API for the demo case.

use cartographer::table::SCHEMA_VERSION;
use serde_json::json;

use crate::serve::{column, serve_demo};

const NADIA: &str = "5db5e5e561c424e48ca9d0ce5bc9ff43";
const TOMAS: &str = "a5349670c9b59f03badbf76c964dde3f";
const BACKUP: &str = "5c5d434f8d7b191215ffe906fe9a6ca8";
/// The key that nadia created and svc-backup used.
const KEY: &str = "AKIAEXAMPLEJ3XHTZZXB";

#[test]
fn case_summary_contains_counts() {
    let case = serve_demo().get_json("/api/case");
    assert_eq!(case["file"], "case.duckdb");
    assert_eq!(case["tool_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(case["case"]["schema_version"], SCHEMA_VERSION.to_string());
    let numbers = ["events", "console_events", "signals", "sessions", "console_sessions"].map(|name| &case[name]);
    assert_eq!(numbers.map(|number| number.as_u64().unwrap()), [2526, 507, 60, 119, 2]);
    assert_eq!(case["first_time"], "2026-03-11T00:00:01.000000Z");
    assert_eq!(case["load"]["files"], 1);
    assert_eq!((&case["load"]["read"], &case["load"]["rejected"]), (&json!(2526), &json!(0)));
}

#[test]
fn sessions_list_their_findings() {
    let server = serve_demo();
    let answer = server.get_json("/api/sessions?sort=changes&descending=true");
    assert_eq!((answer["total"].as_u64(), column(&answer, "session_id")), (Some(2), vec![NADIA.into(), TOMAS.into()]));
    let nadia = &answer["rows"][0];
    assert_eq!((&nadia["principal"], &nadia["mfa"], &nadia["clicks"]), (&json!("nadia"), &json!(false), &json!(34)));
    assert_eq!(nadia["first_time"], "2026-03-11T19:37:29.000000Z");
    assert_eq!(nadia["ips"], json!(["198.51.100.200", "203.0.113.66"]));
    let found = nadia["stands_out"].as_array().unwrap();
    for text in ["no MFA", "1 failed sign-in", "2 addresses", "5 commands typed"] {
        assert!(found.contains(&json!(text)), "{text}: {found:?}");
    }
    assert_eq!(answer["rows"][1]["stands_out"], json!([]));
    assert_eq!(server.get_json("/api/sessions?console=all")["total"], 119);
    assert_eq!(server.get_json("/api/sessions?console=false")["total"], 117);
    let found = server.get_json("/api/sessions?search=TOMAS");
    assert_eq!(column(&found, "session_id"), [TOMAS]);
}

#[test]
fn sessions_can_be_sorted_by_weight() {
    let server = serve_demo();
    let answer = server.get_json("/api/sessions?console=all&notable=true&sort=weight&descending=true");
    assert_eq!(
        (answer["total"].as_u64(), &column(&answer, "session_id")[..2]),
        (Some(32), &[NADIA.into(), BACKUP.into()][..])
    );
    let (nadia, backup) = (&answer["rows"][0], &answer["rows"][1]);
    let counts =
        ["findings", "attempts", "denied", "secrets_read", "credentials_made", "defenses_weakened", "data_exposed"];
    assert_eq!(counts.map(|name| nadia[name].as_u64().unwrap()), [6, 2, 4, 1, 1, 1, 0]);
    let expected =
        ["uses a credential created by nadia", "1 data export", "44 objects downloaded", "1 attempt", "1 denied call"];
    assert_eq!(backup["stands_out"], json!(expected));
    // The use of the key counts for the session that used it.
    let of_nadia: Vec<&str> = nadia["stands_out"].as_array().unwrap().iter().filter_map(|text| text.as_str()).collect();
    for text in ["1 credential creation", "1 log or detector change", "1 secret read"] {
        assert!(of_nadia.contains(&text), "{text}: {of_nadia:?}");
    }
    assert!(!of_nadia.iter().any(|text| text.contains("export") || text.contains("object")), "{of_nadia:?}");
    let (_, counted) = server.sql(&json!({ "sql": "SELECT count(*) FILTER (weight > 0) FROM session_findings" }));
    assert_eq!(counted["rows"][0][0], answer["total"]);
}

#[test]
fn actor_includes_origin_and_results_of_a_session() {
    let server = serve_demo();
    let path = json!(format!("nadia > CreateAccessKey {KEY} > svc-backup"));
    let nadia = server.get_json(&format!("/api/actors/{NADIA}"));
    assert_eq!((&nadia["principal"], &nadia["behind"]), (&json!("nadia"), &json!([])));
    assert_eq!((&nadia["led_to"][0]["session_id"], &nadia["led_to"][0]["path"]), (&json!(BACKUP), &path));
    let made = nadia["made"].as_array().unwrap();
    let key = made.iter().find(|made| made["name"] == KEY).unwrap();
    assert_eq!((&key["event_key"], &key["uses"]), (&json!("iam:CreateAccessKey"), &json!(47)));
    let backup = server.get_json(&format!("/api/actors/{BACKUP}"));
    assert_eq!((&backup["behind"][0]["session_id"], &backup["behind"][0]["path"]), (&json!(NADIA), &path));
    assert_eq!((&backup["behind"][0]["is_origin"], &backup["used"][0]["credential"]), (&json!(true), &json!(KEY)));
    let out = &backup["data_out"][0];
    assert_eq!(
        (&out["how"], &out["source"], &out["objects"]),
        (&json!("downloaded"), &json!("prod-db-backups"), &json!(44))
    );
    assert_eq!(server.get_error("/api/actors/nobody").0, 404);
}

#[test]
fn density_counts_shown_rows_and_their_events() {
    let server = serve_demo();
    let answer = server.get_json(&format!("/api/density?session={TOMAS}&bins=4"));
    let (first, last) = ("2026-03-11T09:02:31.000000Z", "2026-03-11T09:11:24.000000Z");
    assert_eq!((&answer["from"], &answer["to"]), (&json!(first), &json!(last)));
    let bins = answer["bins"].as_array().unwrap();
    let sum = |name: &str| bins.iter().map(|bin| bin[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((bins.len(), sum("clicks"), sum("changes")), (4, 10, 0));
    assert_eq!(bins[0]["time"], first);
    let counted = "SELECT count(*) FROM events WHERE session_id = (SELECT session_id FROM sessions WHERE session_id LIKE 'a5349670%') AND event_time <= '2026-03-11 09:11:24'";
    let (_, counted) = server.sql(&json!({ "sql": counted }));
    assert_eq!(counted["rows"][0][0].as_u64(), Some(sum("events")));
    let ranged = server.get_json("/api/density?from=2026-03-11T19:00:00Z&to=2026-03-11T20:00:00Z&bins=60");
    assert_eq!(
        (&ranged["from"], &ranged["to"]),
        (&json!("2026-03-11T19:00:00.000000Z"), &json!("2026-03-11T19:59:59.999999Z"))
    );
    assert_eq!(ranged["bins"][59]["time"], "2026-03-11T19:59:00.000000Z");
    let none = server.get_json("/api/density?search=nobody-has-this");
    assert_eq!(none, json!({ "from": null, "to": null, "bins": [] }));
}

#[test]
fn facets_ignore_their_own_filter() {
    let server = serve_demo();
    let all = server.get_json("/api/facets");
    assert_eq!(
        all["outcomes"],
        json!([{ "value": "ok", "count": 27 }, { "value": "failed", "count": 12 }, { "value": "denied", "count": 3 }])
    );
    assert_eq!(all["notable"], json!([{ "value": "false", "count": 30 }, { "value": "true", "count": 9 }]));
    assert_eq!(all["addresses"][0], json!({ "value": "203.0.113.66", "count": 29 }));
    let classes = json!([{ "value": "click", "count": 39 }, { "value": "background", "count": 16 }, { "value": "command", "count": 5 }]);
    assert_eq!(all["classes"], classes);
    let failed = server.get_json("/api/facets?outcome=failed&kind=secret");
    let outcomes =
        json!([{ "value": "ok", "count": 2 }, { "value": "denied", "count": 1 }, { "value": "failed", "count": 1 }]);
    assert_eq!(failed["outcomes"], outcomes);
    assert_eq!(failed["services"], json!([{ "value": "iam", "count": 1 }]));
    assert_eq!(failed["kinds"].as_array().unwrap().iter().map(|kind| kind["count"].as_u64().unwrap()).sum::<u64>(), 12);
    assert_eq!(failed["principals"], json!([{ "value": "nadia", "count": 1 }]));
    assert_eq!(failed["entity_types"], json!([{ "value": "user", "count": 1 }]));
    assert_eq!(failed["techniques"], json!([{ "value": "T1098.001", "count": 1 }]));
}

#[test]
fn signal_contains_rule_entities_and_explanation() {
    let server = serve_demo();
    let listed = server.get_json("/api/timeline?search=listed%2020%20users");
    assert_eq!(listed["total"], 0);
    let listed = server.get_json("/api/timeline?search=20%20USERS%20sho");
    let id = column(&listed, "id").pop().unwrap();
    let answer = server.get_json(&format!("/api/signals/{id}"));
    assert_eq!((&answer["signal"]["signal_id"], &answer["signal"]["event_count"]), (&json!(id), &json!(138)));
    assert_eq!((&answer["signal"]["kind"], &answer["rule"]["rule_id"]), (&json!("list"), &json!("iam/users")));
    let entities = answer["entities"].as_array().unwrap();
    assert!(entities.contains(&json!({ "entity_type": "user", "entity_value": "marek" })), "{entities:?}");
    let why: Vec<&str> = answer["why"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(why[0], "IAM › Users");
    assert!(why.contains(&"  rule     iam/users") && why.contains(&"Events (138)"), "{why:?}");
    let events = server.get_json(&format!("/api/signals/{id}/events?limit=3&offset=1"));
    assert_eq!((events["total"].as_u64(), events["rows"].as_array().unwrap().len()), (Some(138), 3));
    let keys =
        ["event_id", "event_time", "event_key", "role", "source_ip", "user_agent", "error_code", "region", "read_only"];
    assert_eq!(events["rows"][0].as_object().unwrap().keys().collect::<Vec<_>>(), keys);
}

#[test]
fn event_contains_the_complete_record() {
    let server = serve_demo();
    let denied = server.get_json("/api/timeline?kind=secret&outcome=failed");
    let signal = column(&denied, "id").pop().unwrap();
    let event = column(&server.get_json(&format!("/api/signals/{signal}/events")), "event_id").pop().unwrap();
    let answer = server.get_json(&format!("/api/events/{event}"));
    assert_eq!((&answer["signal_id"], &answer["session_id"]), (&json!(signal), &json!(NADIA)));
    assert!(answer["source_file"].as_str().unwrap().ends_with("trail.json.gz"));
    let record = &answer["event"];
    assert_eq!((&record["eventID"], &record["eventName"]), (&json!(event), &json!("CreateAccessKey")));
    assert_eq!(record["requestParameters"], json!({ "userName": "marek" }));
    assert_eq!(record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"], "false");
    let other = server.get_json("/api/timeline?show=programmatic&limit=1");
    let event = column(&other, "id").pop().unwrap();
    assert_eq!(server.get_json(&format!("/api/events/{event}"))["signal_id"], json!(null));
    let used = server.get_json(&format!("/api/timeline?show=programmatic&key={KEY}&notable=true&limit=1"));
    let facts = &server.get_json(&format!("/api/events/{}", column(&used, "id")[0]))["facts"];
    assert_eq!((&facts["principal"], &facts["access_key_id"]), (&json!("svc-backup"), &json!(KEY)));
    assert_eq!(
        (&facts["source_ip"], facts["classes"].as_array().unwrap().is_empty()),
        (&json!("203.0.113.147"), false)
    );
}

#[test]
fn entities_are_found_in_all_events() {
    let server = serve_demo();
    let types = server.get_json("/api/entities/types");
    assert_eq!(types[0], json!({ "value": "object", "count": 308 }));
    let users = server.get_json("/api/entities?type=user&sort=entity_value");
    assert_eq!((users["total"].as_u64(), column(&users, "entity_value")[0].as_str()), (Some(21), "agata"));
    let found = server.get_json("/api/entities?search=SVC-Back&type=user");
    let backup = &found["rows"][0];
    assert_eq!((&found["total"], &backup["entity_value"]), (&json!(1), &json!("svc-backup")));
    assert_eq!(
        (&backup["principals"], &backup["touched"]),
        (&json!(["nadia", "posture-scanner/nightly"]), &json!(true))
    );
    assert_eq!((&backup["sightings"], &backup["changes"], &backup["sessions"]), (&json!(14), &json!(1), &json!(3)));
    // A denied call is an attempt, and reading a secret is not a change.
    let counts = |name: &str, kind: &str| {
        let found = server.get_json(&format!("/api/entities?search={name}&type={kind}"));
        ["changes", "attempts"].map(|count| found["rows"][0][count].as_u64().unwrap())
    };
    assert_eq!((counts("marek", "user"), counts("warehouse/reader", "secret")), ([0, 1], [0, 0]));
    assert_eq!((counts("payments/gateway-token", "secret"), counts("prod-audit", "trail")), ([0, 1], [1, 0]));
    let seen = server.get_json("/api/entities/seen?type=user&value=svc-backup");
    assert_eq!((&seen["total"], &backup["sightings"]), (&seen["total"], &seen["total"]));
    let rows = seen["rows"].as_array().unwrap();
    // A resource that a console page only read was seen. A call by a program touches the resource.
    let touched = |entry: &str| {
        let of_entry = rows.iter().filter(|row| row["entry"] == entry && row["touched"] == true);
        of_entry.map(|row| row["kind"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((touched("signal"), touched("event")), (vec!["secret"], vec!["view"; 10]));
    let touched = server.get_json("/api/entities?touched=true");
    assert!(touched["rows"].as_array().unwrap().iter().all(|row| row["touches"].as_u64().unwrap() > 0));
    let changed = server.get_json("/api/entities?touched=changed");
    assert!(changed["rows"].as_array().unwrap().iter().all(|row| row["changes"].as_u64().unwrap() > 0));
    assert!(changed["total"].as_u64() < touched["total"].as_u64());
    // The history of a key includes the call that created it, and every call that used it.
    let used = server.get_json(&format!("/api/entities/seen?type=access_key&value={KEY}"));
    assert_eq!(
        (&used["total"], &used["rows"][0]["title"]),
        (&json!(48), &json!("IAM › Users › svc-backup › Access keys › Create access key"))
    );
    let row = server.get_json(&format!("/api/entities?search={KEY}"));
    assert_eq!(
        (&row["rows"][0]["sightings"], &row["rows"][0]["principals"]),
        (&json!(48), &json!(["nadia", "svc-backup"]))
    );
    let (status, problem, _) = server.get_error("/api/entities/seen?type=user");
    assert_eq!((status, problem.as_str()), (400, "value is missing"));
}

#[test]
fn coverage_is_grouped_by_session_or_service() {
    let server = serve_demo();
    let sessions = server.get_json("/api/coverage");
    let mut ids = column(&sessions, "session_id");
    ids.sort_unstable();
    let mut expected = [NADIA, TOMAS];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    let totals = &sessions["totals"];
    let number = |name: &str| totals[name].as_u64().unwrap();
    let named = ["on_known_page", "visits", "generic_changes", "commands"].map(number);
    assert_eq!((number("clicks"), number("console_events")), (named.iter().sum(), 507));
    assert!(number("high_confidence") <= number("on_known_page"), "{totals}");
    assert!((0.0..=1.0).contains(&totals["mean_confidence"].as_f64().unwrap()), "{totals}");
    assert!(number("background_events") > 0 && totals.get("share").is_none(), "{totals}");
    let services = server.get_json(&format!("/api/coverage?by=service&session={TOMAS}"));
    assert_eq!(services["totals"]["console_events"], 118);
    let sum =
        services["rows"].as_array().unwrap().iter().map(|row| row["console_events"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum, column(&services, "service").contains(&"ec2".to_owned())), (118, true));
    assert_eq!(server.get_error("/api/coverage?by=moon").0, 400);
}

#[test]
fn all_hunts_run_with_their_sql() {
    let server = serve_demo();
    let hunts = server.get_json("/api/hunts");
    let hunts = hunts.as_array().unwrap();
    assert_eq!(hunts.len(), cartographer::hunt::shipped().unwrap().len());
    let hunt = hunts.iter().find(|hunt| hunt["id"] == "persistence/access-key-for-another").unwrap();
    assert_eq!((&hunt["tactic"], &hunt["techniques"]), (&json!("persistence"), &json!(["T1098.001"])));
    let since = json!({ "name": "since", "kind": "TIMESTAMP", "default": "TIMESTAMP '2000-01-01'",
        "meaning": "only activity at or after this time (UTC)" });
    assert_eq!(hunt["params"][0], since);
    assert!(hunt["hit"].as_str().unwrap().len() > 10 && hunt["false_positives"].as_str().unwrap().len() > 10);
    for hunt in hunts {
        let (status, answer) = server.sql(&json!({ "sql": hunt["sql"] }));
        assert_eq!((status, &answer["columns"][0]["name"]), (200, &json!("time")), "{}: {answer}", hunt["id"]);
    }
    let (_, answer) = server.sql(&json!({ "sql": hunt["sql"] }));
    assert!(answer["rows"].to_string().contains("svc-backup"), "{answer}");
}
