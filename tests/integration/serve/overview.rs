//! The data of the overview, the picture of the case, the summary of hunts, and rebuilt screens.

use serde_json::{Value, json};

use crate::serve::{column, hostile, serve, serve_demo};

fn find(rows: &Value, condition: impl Fn(&Value) -> bool) -> &Value {
    rows.as_array().unwrap().iter().find(|row| condition(row)).unwrap()
}

#[test]
fn overview_shows_actors_actions_and_evidence() {
    let server = serve_demo();
    let overview = server.get_json("/api/overview");
    let nadia = &overview["actors"][0];
    assert_eq!((&nadia["actor"], &nadia["sessions"], &nadia["events"]), (&json!("nadia"), &json!(2), &json!(441)));
    assert_eq!(nadia["principals"], json!(["nadia", "svc-backup"]));
    let sign_in = find(&overview["sign_ins"], |row| row["result"] == "success");
    assert_eq!(
        (&sign_in["way"], &sign_in["mfa"], &sign_in["source_ip"]),
        (&json!("password"), &json!(false), &json!("203.0.113.66"))
    );
    let made = find(&overview["found"], |row| row["event_key"] == "iam:CreateAccessKey" && row["done"] == true);
    assert_eq!(made["what"], "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
    let event = made["event_id"].as_str().unwrap();
    assert_eq!(server.get_json(&format!("/api/events/{event}"))["event"]["eventName"], "CreateAccessKey");
    let taken = find(&overview["data_out"], |row| row["how"] == "downloaded");
    assert_eq!(
        (&taken["source"], &taken["objects"], &taken["bytes_out"]),
        (&json!("prod-db-backups"), &json!(44), &json!(5_333_000_000_u64))
    );
    let link = &overview["links"][0];
    assert_eq!((&link["maker"], &link["user"], &link["uses"]), (&json!("nadia"), &json!("svc-backup"), &json!(47)));
    let key = ["thing", "own", "outside", "administrator"].map(|name| &made[name]);
    assert_eq!(key, [&json!("access_key"), &json!(false), &json!(false), &json!(false)]);
    let address = find(&overview["addresses"], |row| row["ip"] == "203.0.113.147");
    let used = &address["uses"][0];
    assert_eq!(
        (&used["use"], &used["name"], &used["who"], &used["events"]),
        (&json!("key"), &json!("AKIAEXAMPLEJ3XHTZZXB"), &json!("svc-backup"), &json!(47))
    );
    assert_eq!(overview["keys"][0]["first_ip"], "203.0.113.147");
    let console = &overview["consoles"][0];
    let signed_in = ["principal", "signed_in_at", "way", "clicks", "findings"].map(|name| &console[name]);
    assert_eq!(
        signed_in,
        [&json!("nadia"), &json!("2026-03-11T19:38:12.000000Z"), &json!("password"), &json!(34), &json!(6)]
    );
    // The last event of the last click, as in the report, not the last background request at 19:54:02.
    assert_eq!(console["last_time"], "2026-03-11T19:53:18.000000Z");
    let kinds = ["pages", "changes", "secrets", "commands", "open_until"].map(|name| &console[name]);
    // The denied key for marek is not counted.
    assert_eq!(kinds, [&json!(21), &json!(1), &json!(2), &json!(5), &Value::Null]);
    assert_eq!(overview["commands"][0]["what"].as_array().unwrap().len(), 5);
    let tried = find(&overview["found"], |row| row["event_key"] == "iam:CreateUser" && row["done"] == false);
    assert_eq!((&tried["principals"], &tried["missing"]), (&json!(["svc-backup"]), &json!(false)));
    let facts = nadia["facts"].as_array().unwrap();
    for (kind, text) in [
        (
            "failed sign-ins",
            "1 failed sign-in as nadia from 203.0.113.66 (2026-03-11 19:37:29 UTC); the next sign-in succeeded at 2026-03-11 19:38:12 UTC",
        ),
        (
            "clients",
            "Clients: Firefox 148 on Linux; aws-cli/2 (iam.create-user, s3.cp, s3.ls, sts.get-caller-identity); aws-cli/2 in CloudShell",
        ),
        ("first seen", "First seen at 2026-03-11 19:37:29 UTC; no earlier activity by nadia in the case"),
        (
            "key created",
            "was created for the existing user svc-backup, which was active in the case since 2026-03-11 01:00:00 UTC, from other addresses (192.0.2.90)",
        ),
        (
            "no data events",
            "No data events for buckets prod-customer-exports, prod-static-site, shared-audit-trail: reads of objects are not recorded",
        ),
        ("logging", "Stopped logging for trail prod-audit at 2026-03-11 19:51:50 UTC"),
    ] {
        let found = facts.iter().find(|fact| fact["kind"] == kind).unwrap();
        assert!(found["text"].as_str().unwrap().contains(text), "{text}: {found:#?}");
    }
    let stopped = facts.iter().find(|fact| fact["kind"] == "logging").unwrap();
    assert_eq!(stopped["later"], "; it was not started or created again in the case");
    let failed = facts.iter().find(|fact| fact["kind"] == "failed sign-ins").unwrap();
    assert_eq!((&failed["name"], &failed["number"]), (&json!("nadia"), &json!(1)));
}

#[test]
fn urgent_items_match_the_report() {
    let server = serve_demo();
    let open = server.get_json("/api/overview/open");
    let urgent: Vec<(&str, &str)> = open["urgent_items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["need"].as_str().unwrap(), item["what"].as_str().unwrap()))
        .collect();
    let expected = [
        ("used", "nadia used the console in 1 session, until 2026-03-11 19:53:18"),
        ("key", "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup"),
        ("watch", "Stopped logging for trail prod-audit"),
        ("secret", "Read secret warehouse/reader"),
    ];
    assert_eq!(urgent, expected);
    assert!(open["urgent_items"][1]["session_id"].is_string());
    let key = ["uses", "last_used"].map(|name| &open["urgent_items"][1][name]);
    assert_eq!(key, [&json!(47), &json!("2026-03-11T21:20:13.000000Z")]);
    assert_eq!(open["urgent_items"][0]["uses"], Value::Null);
    let secret = "'arn:aws:secretsmanager:eu-west-1:111122223333:secret:warehouse/reader-IjKl56'";
    let rotate = json!([
        format!("aws secretsmanager describe-secret --secret-id {secret} --region eu-west-1"),
        format!("aws secretsmanager rotate-secret --secret-id {secret} --region eu-west-1"),
    ]);
    assert_eq!(open["urgent_items"][3]["commands"], rotate);
    assert!(open["ended_items"].as_array().unwrap().iter().all(|item| item["commands"].is_null()));
    assert_eq!((&open["urgent"], &open["other"], &open["ended"]), (&json!(4), &json!(7), &json!(0)));
    let secrets = find(&open["needs"], |row| row["need"] == "secret");
    assert_eq!((&secrets["all"], &secrets["urgent"], &secrets["other"]), (&json!(2), &json!(1), &json!(1)));
    let taken = &open["data"][0];
    assert_eq!((&taken["source"], &taken["objects"]), (&json!("prod-db-backups"), &json!(44)));
}

#[test]
fn picture_has_a_lane_per_identity_and_can_be_zoomed() {
    let server = serve_demo();
    let drawn = server.get_json("/api/picture");
    let lanes: Vec<&str> = drawn["lanes"].as_array().unwrap().iter().filter_map(|lane| lane["name"].as_str()).collect();
    assert_eq!(lanes[..3], ["nadia", "svc-backup", "ci-deploy"]);
    let events: i64 = drawn["cells"].as_array().unwrap().iter().filter_map(|cell| cell["events"].as_i64()).sum();
    assert_eq!(events, 2526, "every event must be in a cell");
    let change = find(&drawn["marks"], |mark| mark["lane"] == 1 && mark["kind"] == "change");
    assert_eq!(change["what"], "Stopped logging for trail prod-audit");
    let starts = drawn["starts"].as_array().unwrap().len();
    assert!((10..=220).contains(&starts), "{starts}");
    let zoomed = server.get_json("/api/picture?from=2026-03-11T19:41:00Z&to=2026-03-11T19:42:00Z");
    assert_eq!(zoomed["width"], 1);
    assert!(zoomed["marks"].as_array().unwrap().iter().any(|mark| mark["kind"] == "secret"));
    assert_eq!(server.get_error("/api/picture?from=yesterday").0, 400);
}

#[test]
fn position_in_timeline_is_found_folded_and_unfolded() {
    let server = serve_demo();
    let (nadia, key) = ("5db5e5e561c424e48ca9d0ce5bc9ff43", "7a8921b6-e90c-421c-ad68-0837095ae92c");
    for folded in ["true", "false"] {
        for order in ["asc", "desc"] {
            let filter = format!("session={nadia}&order={order}&folded={folded}");
            let place = server.get_json(&format!("/api/timeline/place?{filter}&id={key}"));
            let rows = server.get_json(&format!("/api/timeline?{filter}"));
            let ids = column(&rows, "id");
            let index = usize::try_from(place["index"].as_u64().unwrap()).unwrap();
            assert_eq!(ids[index], place["id"].as_str().unwrap(), "{filter}");
            assert_eq!(rows["rows"][index]["summary"], "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
        }
    }
    assert_eq!(server.get_json("/api/timeline/place?id=nothing"), Value::Null);
}

#[test]
fn screen_is_rebuilt_from_requests_and_errors() {
    let server = serve_demo();
    let lists = server.get_json("/api/timeline?service=s3&kind=list");
    let buckets = lists["rows"].as_array().unwrap().iter().find(|row| row["title"] == "S3 › Buckets").unwrap();
    let screen = server.get_json(&format!("/api/signals/{}/screen", buckets["id"].as_str().unwrap()));
    let row = find(&screen, |row| row["name"] == "prod-db-backups");
    let policy = find(&row["cells"], |cell| cell["col"] == "policy");
    assert_eq!((&policy["value"], &policy["source"]), (&json!("none"), &json!("page")));
    let event = server.get_json(&format!("/api/events/{}", policy["event_id"].as_str().unwrap()));
    assert_eq!(event["event"]["errorCode"], "NoSuchBucketPolicy");
    let users = server.get_json("/api/timeline?service=iam&kind=list");
    let users = server.get_json(&format!("/api/signals/{}", column(&users, "id")[0]));
    let profile = find(&users["calls"], |call| call["event_key"] == "iam:GetLoginProfile");
    assert!(profile["events"].as_u64().unwrap() > 1 && profile["failed"].as_u64().unwrap() > 0, "{profile}");
    assert!(profile["errors"][0].as_str().unwrap().starts_with("NoSuchEntity"));
}

#[test]
fn hunt_hits_are_counted_by_identity_and_time() {
    let server = serve_demo();
    let hits = server.get_json("/api/hunts/hits");
    let key = find(&hits, |row| row["id"] == "persistence/access-key-for-another");
    assert_eq!(key["hits"], 2);
    assert_eq!(key["rows"][1]["made_key"], "AKIAEXAMPLEJ3XHTZZXB");
    let none = server.get_json("/api/hunts/hits?principal=nobody%27s");
    assert_eq!(find(&none, |row| row["id"] == "persistence/access-key-for-another")["hits"], 0);
    let early = server.get_json("/api/hunts/hits?to=2026-03-11T19:00:00Z");
    assert_eq!(find(&early, |row| row["id"] == "persistence/access-key-for-another")["hits"], 0);
}

#[test]
fn rows_are_filtered_by_call_user_agent_and_reason() {
    let server = serve_demo();
    let nadia = "session=5db5e5e561c424e48ca9d0ce5bc9ff43";
    let created = server.get_json(&format!("/api/timeline?{nadia}&call=iam:CreateAccessKey"));
    assert_eq!(created["total"], 2);
    let stopped = server.get_json(&format!("/api/timeline?{nadia}&reason=defense_impairment"));
    assert_eq!(column(&stopped, "summary"), ["Stopped logging for trail prod-audit"]);
    let facets = server.get_json(&format!("/api/facets?{nadia}&reason=defense_impairment"));
    assert!(facets["reasons"].as_array().unwrap().len() > 1, "a facet must ignore its own filter");
    let keys = find(&facets["reasons"], |row| row["value"] == "credential_made");
    let counted = ["count", "done", "tried"].map(|name| &keys[name]);
    assert_eq!(counted, [&json!(2), &json!(1), &json!(1)], "rows, events and attempts");
    assert_eq!(find(&facets["calls"], |row| row["value"] == "cloudtrail:StopLogging")["count"], 1);
    let agent = facets["agents"][0]["value"].as_str().unwrap().replace(' ', "%20").replace(';', "%3B");
    assert_eq!(server.get_json(&format!("/api/timeline?{nadia}&reason=defense_impairment&agent={agent}"))["total"], 1);
}

#[test]
fn downloads_with_a_created_credential_have_their_own_kind() {
    let server = serve_demo();
    let rows = server.get_json("/api/timeline?show=programmatic&kind=data");
    assert_eq!(rows["total"], 44);
    assert!(column(&rows, "summary").iter().all(|text| text.starts_with("Downloaded prod-db-backups/")));
    let programs = server.get_json("/api/facets")["programs"].clone();
    assert_eq!(programs, json!([{ "value": "all", "count": 2014 }, { "value": "found", "count": 62 }]));
    let first = server.get_json("/api/entities?sort=weight&descending=true&limit=12");
    assert!(column(&first, "entity_value").contains(&"warehouse/reader".to_owned()), "{first}");
}

#[test]
fn hostile_text_is_escaped_in_all_answers() {
    let server = serve(hostile(), &[]);
    for path in ["/api/overview", "/api/overview/open", "/api/picture", "/api/hunts/hits", "/api/entities/principals"] {
        let (status, text) = server.get(path);
        assert_eq!(status, 200, "{path}: {text}");
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{path}: {text}");
    }
}

#[test]
fn entities_can_be_filtered_by_principal_and_use() {
    let server = serve_demo();
    let keys = server.get_json("/api/entities?type=access_key&touched=created&principal=nadia");
    assert_eq!(column(&keys, "entity_value"), ["AKIAEXAMPLEJ3XHTZZXB"]);
    let principals = server.get_json("/api/entities/principals");
    assert!(find(&principals, |row| row["value"] == "svc-backup")["count"].as_u64().unwrap() > 1);
    assert_eq!(server.get_error("/api/entities?touched=maybe").0, 400);
}
