//! What the overview is made from, the picture of the case, hunts at a glance, and screens that are rebuilt.

use serde_json::{Value, json};

use crate::serve::{column, hostile, serve, served};

fn find(rows: &Value, wanted: impl Fn(&Value) -> bool) -> &Value {
    rows.as_array().unwrap().iter().find(|row| wanted(row)).unwrap()
}

#[test]
fn the_overview_tells_who_did_what_with_evidence() {
    let server = served();
    let told = server.ask("/api/overview");
    let nadia = &told["actors"][0];
    assert_eq!((&nadia["actor"], &nadia["sessions"], &nadia["events"]), (&json!("nadia"), &json!(2), &json!(441)));
    assert_eq!(nadia["principals"], json!(["nadia", "svc-backup"]));
    let came_in = find(&told["sign_ins"], |row| row["result"] == "success");
    assert_eq!(
        (&came_in["way"], &came_in["mfa"], &came_in["source_ip"]),
        (&json!("password"), &json!(false), &json!("203.0.113.66"))
    );
    let made = find(&told["found"], |row| row["event_key"] == "iam:CreateAccessKey" && row["done"] == true);
    assert_eq!(made["what"], "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
    let event = made["event_id"].as_str().unwrap();
    assert_eq!(server.ask(&format!("/api/events/{event}"))["event"]["eventName"], "CreateAccessKey");
    let taken = find(&told["data_out"], |row| row["how"] == "downloaded");
    assert_eq!(
        (&taken["source"], &taken["objects"], &taken["bytes_out"]),
        (&json!("prod-db-backups"), &json!(44), &json!(5_333_000_000_u64))
    );
    let link = &told["links"][0];
    assert_eq!((&link["maker"], &link["user"], &link["uses"]), (&json!("nadia"), &json!("svc-backup"), &json!(47)));
    // An event of three classes is one of what was made.
    let made = find(&told["counts"], |row| row["place"] == 1 && row["class"] == "made" && row["done"] == true);
    assert_eq!(made["events"], 1);
}

#[test]
fn what_is_still_open_is_what_the_report_says() {
    let server = served();
    let open = server.ask("/api/overview/open");
    let key = find(&open, |row| row["need"] == "key");
    assert_eq!(
        (&key["open"], &key["items"][0]["what"]),
        (&json!(1), &json!("Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup"))
    );
    assert!(key["items"][0]["session_id"].is_string());
}

#[test]
fn the_picture_has_a_lane_for_each_identity_and_zooms() {
    let server = served();
    let drawn = server.ask("/api/picture");
    let lanes: Vec<&str> = drawn["lanes"].as_array().unwrap().iter().filter_map(|lane| lane["name"].as_str()).collect();
    assert_eq!(lanes[..3], ["nadia", "svc-backup", "ci-deploy"]);
    let events: i64 = drawn["cells"].as_array().unwrap().iter().filter_map(|cell| cell["events"].as_i64()).sum();
    assert_eq!(events, 2526, "every event is somewhere");
    let change = find(&drawn["marks"], |mark| mark["lane"] == 1 && mark["kind"] == "change");
    assert_eq!(change["what"], "Stopped logging for trail prod-audit");
    let starts = drawn["starts"].as_array().unwrap().len();
    assert!((10..=220).contains(&starts), "{starts}");
    let zoomed = server.ask("/api/picture?from=2026-03-11T19:41:00Z&to=2026-03-11T19:42:00Z");
    assert_eq!(zoomed["width"], 1);
    assert!(zoomed["marks"].as_array().unwrap().iter().any(|mark| mark["kind"] == "secret"));
    assert_eq!(server.refused("/api/picture?from=yesterday").0, 400);
}

#[test]
fn a_place_in_the_timeline_is_found_folded_and_not() {
    let server = served();
    let (nadia, key) = ("5db5e5e561c424e48ca9d0ce5bc9ff43", "7a8921b6-e90c-421c-ad68-0837095ae92c");
    for folded in ["true", "false"] {
        for order in ["asc", "desc"] {
            let filter = format!("session={nadia}&order={order}&folded={folded}");
            let place = server.ask(&format!("/api/timeline/place?{filter}&id={key}"));
            let rows = server.ask(&format!("/api/timeline?{filter}"));
            let ids = column(&rows, "id");
            let index = usize::try_from(place["index"].as_u64().unwrap()).unwrap();
            assert_eq!(ids[index], place["id"].as_str().unwrap(), "{filter}");
            assert_eq!(rows["rows"][index]["summary"], "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
        }
    }
    assert_eq!(server.ask("/api/timeline/place?id=nothing"), Value::Null);
}

#[test]
fn a_screen_is_rebuilt_from_requests_and_errors() {
    let server = served();
    let lists = server.ask("/api/timeline?service=s3&kind=list");
    let buckets = lists["rows"].as_array().unwrap().iter().find(|row| row["title"] == "S3 › Buckets").unwrap();
    let screen = server.ask(&format!("/api/signals/{}/screen", buckets["id"].as_str().unwrap()));
    let row = find(&screen, |row| row["name"] == "prod-db-backups");
    let policy = find(&row["cells"], |cell| cell["col"] == "policy");
    assert_eq!((&policy["value"], &policy["source"]), (&json!("none"), &json!("page")));
    let event = server.ask(&format!("/api/events/{}", policy["event_id"].as_str().unwrap()));
    assert_eq!(event["event"]["errorCode"], "NoSuchBucketPolicy");
    let users = server.ask("/api/timeline?service=iam&kind=list");
    let users = server.ask(&format!("/api/signals/{}", column(&users, "id")[0]));
    let profile = find(&users["calls"], |call| call["event_key"] == "iam:GetLoginProfile");
    assert!(profile["events"].as_u64().unwrap() > 1 && profile["failed"].as_u64().unwrap() > 0, "{profile}");
    assert!(profile["errors"][0].as_str().unwrap().starts_with("NoSuchEntity"));
}

#[test]
fn hunts_are_counted_for_one_identity_and_time() {
    let server = served();
    let hits = server.ask("/api/hunts/hits");
    let key = find(&hits, |row| row["id"] == "persistence/access-key-for-another");
    assert_eq!(key["hits"], 2);
    assert_eq!(key["rows"][1]["made_key"], "AKIAEXAMPLEJ3XHTZZXB");
    let none = server.ask("/api/hunts/hits?principal=nobody%27s");
    assert_eq!(find(&none, |row| row["id"] == "persistence/access-key-for-another")["hits"], 0);
    let early = server.ask("/api/hunts/hits?to=2026-03-11T19:00:00Z");
    assert_eq!(find(&early, |row| row["id"] == "persistence/access-key-for-another")["hits"], 0);
}

#[test]
fn rows_are_filtered_by_call_user_agent_and_reason() {
    let server = served();
    let nadia = "session=5db5e5e561c424e48ca9d0ce5bc9ff43";
    let created = server.ask(&format!("/api/timeline?{nadia}&call=iam:CreateAccessKey"));
    assert_eq!(created["total"], 2);
    let stopped = server.ask(&format!("/api/timeline?{nadia}&reason=defense_evasion"));
    assert_eq!(column(&stopped, "summary"), ["Stopped logging for trail prod-audit"]);
    let facets = server.ask(&format!("/api/facets?{nadia}&reason=defense_evasion"));
    assert!(facets["reasons"].as_array().unwrap().len() > 1, "a facet is counted as if nothing were asked of it");
    assert_eq!(find(&facets["calls"], |row| row["value"] == "cloudtrail:StopLogging")["count"], 1);
    let agent = facets["agents"][0]["value"].as_str().unwrap().replace(' ', "%20").replace(';', "%3B");
    assert_eq!(server.ask(&format!("/api/timeline?{nadia}&reason=defense_evasion&agent={agent}"))["total"], 1);
}

#[test]
fn hostile_text_stays_text_in_every_answer() {
    let server = serve(hostile(), &[]);
    for path in ["/api/overview", "/api/overview/open", "/api/picture", "/api/hunts/hits", "/api/entities/principals"] {
        let (status, text) = server.get(path);
        assert_eq!(status, 200, "{path}: {text}");
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{path}: {text}");
    }
}

#[test]
fn entities_are_filtered_by_who_and_how() {
    let server = served();
    let keys = server.ask("/api/entities?type=access_key&touched=created&principal=nadia");
    assert_eq!(column(&keys, "entity_value"), ["AKIAEXAMPLEJ3XHTZZXB"]);
    let principals = server.ask("/api/entities/principals");
    assert!(find(&principals, |row| row["value"] == "svc-backup")["count"].as_u64().unwrap() > 1);
    assert_eq!(server.refused("/api/entities?touched=maybe").0, 400);
}
