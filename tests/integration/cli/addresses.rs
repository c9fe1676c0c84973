//! Addresses looked up in the user's databases: `--geoip`, `--ip-ranges`, and where the results are shown.

use std::path::Path;

use ipnet::IpNet;
use mmdb_writer::{IpVersion, Writer};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::cartographer;

const RANGES: &str = r#"{"syncToken": "1", "createDate": "2026-03-01-10-00-00",
    "prefixes": [{"ip_prefix": "192.0.2.0/24", "region": "eu-west-1", "service": "AMAZON"},
        {"ip_prefix": "192.0.2.0/25", "region": "eu-west-1", "service": "EC2"}],
    "ipv6_prefixes": [{"ipv6_prefix": "2001:db8:10::/44", "region": "us-east-1", "service": "AMAZON"}]}"#;

/// A record of GeoLite2-ASN, whose number has 32 bits.
#[derive(Serialize)]
struct System {
    autonomous_system_number: u32,
    autonomous_system_organization: &'static str,
}

fn database<T: Serialize>(kind: &str, version: IpVersion, records: &[(&str, T)]) -> Vec<u8> {
    let mut writer = Writer::builder(kind).description(&[("en", "made up")]).ip_version(version).build();
    for (network, record) in records {
        writer.insert(network.parse::<IpNet>().unwrap(), record).unwrap();
    }
    writer.to_bytes().unwrap()
}

fn country(code: &str) -> Value {
    json!({"country": {"iso_code": code, "names": {"en": "Somewhere"}}, "continent": {"code": "EU"}})
}

fn event(id: &str, address: &str, second: u32) -> Value {
    json!({"eventVersion": "1.08", "eventID": id, "eventTime": format!("2026-03-02T09:00:{second:02}Z"),
        "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1", "readOnly": false,
        "sourceIPAddress": address, "userAgent": "aws-cli/2.15.0", "recipientAccountId": "111122223333",
        "requestParameters": {"userName": "eve"},
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": "mara",
            "arn": "arn:aws:iam::111122223333:user/mara", "accessKeyId": "AKIAEXAMPLE"}})
}

fn write_trail(dir: &Path, name: &str, addresses: &[&str]) {
    let events = (0..).zip(addresses).map(|(second, address)| event(&format!("{name}-{second}"), address, second));
    let records = json!({"Records": events.collect::<Vec<_>>()});
    std::fs::write(dir.join(name), records.to_string()).unwrap();
}

/// A folder with a trail, databases in the formats of MaxMind (countries also for IPv6) and IPinfo, and AWS's ranges.
fn folder() -> TempDir {
    let dir = TempDir::new().unwrap();
    let addresses = ["203.0.113.66", "2001:DB8:10:1::5", "192.0.2.18", "config.amazonaws.com", "10.0.0.1"];
    write_trail(dir.path(), "trail.json", &addresses);
    let countries = [("203.0.113.0/24", country("DE")), ("2001:db8:10::/48", country("SE"))];
    let systems = [
        ("203.0.112.0/22", System { autonomous_system_number: 64_500, autonomous_system_organization: "Example Ltd" }),
        ("192.0.2.0/24", System { autonomous_system_number: 16_509, autonomous_system_organization: "AMAZON-02" }),
    ];
    let lite = [
        (
            "203.0.113.64/26",
            json!({"country": "Norway", "country_code": "NO", "asn": "AS64999", "as_name": "Other AS"}),
        ),
        ("2001:db8::/32", json!({"country": "France", "country_code": "FR", "asn": "AS64998", "as_name": "Six"})),
    ];
    let files: [(&str, Vec<u8>); 4] = [
        ("country.mmdb", database("GeoLite2-Country", IpVersion::V6, &countries)),
        ("asn.mmdb", database("GeoLite2-ASN", IpVersion::V4, &systems)),
        ("lite.mmdb", database("ipinfo ipinfo_lite.mmdb", IpVersion::V6, &lite)),
        ("ip-ranges.json", RANGES.into()),
    ];
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

/// A folder with a case whose addresses were looked up in MaxMind's databases and AWS's ranges.
fn folder_with_addresses() -> TempDir {
    let dir = folder();
    let load = ["load", "trail.json", "--db", "case.duckdb", "--geoip", "country.mmdb", "--geoip", "asn.mmdb"];
    let expected_text = contains("looked up 4 addresses and found 3 in the databases\n");
    cartographer(dir.path(), &load).args(["--ip-ranges", "ip-ranges.json"]).assert().code(0).stderr(expected_text);
    dir
}

/// The standard output of a subcommand on the case, with nothing on standard error.
fn stdout_of(dir: &TempDir, args: &[&str]) -> String {
    let assert = cartographer(dir.path(), args).args(["--db", "case.duckdb"]).assert().code(0).stderr(is_empty());
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

const ROWS: &str = "SELECT address, network, country, asn, owner, cloud, cloud_service, cloud_region, cloud_range \
                    FROM addresses ORDER BY address";

fn rows(dir: &TempDir) -> String {
    stdout_of(dir, &["sql", "--format", "csv", ROWS])
}

const MAXMIND: &str = "\
address,network,country,asn,owner,cloud,cloud_service,cloud_region,cloud_range
10.0.0.1,,,,,,,,
192.0.2.18,192.0.2.0/24,,16509,AMAZON-02,AWS,EC2,eu-west-1,192.0.2.0/25
2001:DB8:10:1::5,2001:db8:10::/48,SE,,,AWS,AMAZON,us-east-1,2001:db8:10::/44
203.0.113.66,203.0.113.0/24,DE,64500,Example Ltd,,,,
";

#[test]
fn load_looks_up_addresses_in_maxmind_databases_and_aws_ranges() {
    let dir = folder_with_addresses();
    assert_eq!(rows(&dir), MAXMIND);
    let facts = stdout_of(&dir, &["sql", "--format", "jsonl", "SELECT value FROM case_info WHERE key = 'geoip'"]);
    assert!(facts.contains("country.mmdb") && facts.contains("GeoLite2-ASN") && facts.contains("sha256"), "{facts}");
}

#[test]
fn addresses_command_replaces_only_results_of_the_same_kind() {
    let dir = folder_with_addresses();
    let add = ["addresses", "--db", "case.duckdb", "--geoip", "lite.mmdb", "--format", "csv"];
    let listed = contains("\n203.0.113.66,203.0.113.64/26,NO,,64999,Other AS,");
    cartographer(dir.path(), &add).assert().code(0).stdout(listed);
    let ipinfo = "\
address,network,country,asn,owner,cloud,cloud_service,cloud_region,cloud_range
10.0.0.1,,,,,,,,
192.0.2.18,,,,,AWS,EC2,eu-west-1,192.0.2.0/25
2001:DB8:10:1::5,2001:db8::/32,FR,64998,Six,AWS,AMAZON,us-east-1,2001:db8:10::/44
203.0.113.66,203.0.113.64/26,NO,64999,Other AS,,,,
";
    assert_eq!(rows(&dir), ipinfo);
    let ranges = ["addresses", "--db", "case.duckdb", "--ip-ranges", "ip-ranges.json", "-q"];
    cartographer(dir.path(), &ranges).assert().code(0).stdout(contains("Other AS"));
    assert_eq!(rows(&dir), ipinfo);
}

#[test]
fn address_columns_are_empty_without_databases() {
    let dir = folder();
    let load = ["load", "trail.json", "--db", "case.duckdb"];
    cartographer(dir.path(), &load).assert().code(0).stderr(contains("looked up").not());
    assert_eq!(rows(&dir).lines().count(), 1);
    let columns = "SELECT DISTINCT country, asn, owner, cloud FROM event_signals";
    assert_eq!(stdout_of(&dir, &["sql", "--format", "csv", columns]), "country,asn,owner,cloud\n,,,\n");
    let found = stdout_of(&dir, &["search", "eve"]);
    assert!(found.contains("source_ip") && !found.contains("country"), "{found}");
    let report = stdout_of(&dir, &["report", "--format", "md"]);
    assert!(!report.contains("Address databases"), "no address was looked up");
}

#[test]
fn later_load_reports_addresses_that_were_not_looked_up() {
    let dir = folder_with_addresses();
    write_trail(dir.path(), "more.json", &["198.51.100.1", "203.0.113.66"]);
    let expected_text = contains("1 new address has not been looked up").and(contains("cartographer addresses"));
    let load = ["load", "more.json", "--db", "case.duckdb"];
    cartographer(dir.path(), &load).assert().code(0).stderr(expected_text);
    let known = "SELECT address, country FROM address_uses WHERE address LIKE '%.113.66' OR address LIKE '198%'";
    assert_eq!(
        stdout_of(&dir, &["sql", "--format", "csv", known]),
        "address,country\n198.51.100.1,\n203.0.113.66,DE\n"
    );
}

#[test]
fn damaged_or_unsuitable_database_is_refused_before_the_load() {
    let dir = folder();
    let whole = std::fs::read(dir.path().join("country.mmdb")).unwrap();
    let mut corrupted = whole.clone();
    corrupted[..3].fill(0xff);
    let bad: [(&str, Vec<u8>, &str); 4] = [
        ("half.mmdb", whole[..whole.len() / 2].to_vec(), "half.mmdb is not a MaxMind database (MMDB), or is damaged"),
        ("bent.mmdb", corrupted, "bent.mmdb is not a MaxMind database (MMDB), or is damaged"),
        ("text.mmdb", b"network,country\n".to_vec(), "text.mmdb is not a MaxMind database (MMDB), or is damaged"),
        (
            "other.mmdb",
            database("GeoIP2-Domain", IpVersion::V4, &[("203.0.113.0/24", json!({"domain": "example.com"}))]),
            "other.mmdb (type \"GeoIP2-Domain\") contains neither countries nor network owners",
        ),
    ];
    for (name, bytes, cause) in bad {
        std::fs::write(dir.path().join(name), bytes).unwrap();
        let expected_text = contains(format!("error: cannot use the database {name}")).and(contains(cause));
        let load = ["load", "trail.json", "--db", "case.duckdb", "--geoip", "country.mmdb", "--geoip", name];
        cartographer(dir.path(), &load).assert().code(1).stdout(is_empty()).stderr(expected_text);
    }
    let missing = contains("cannot use the database no.mmdb").and(contains("No such file"));
    let load = ["load", "trail.json", "--db", "case.duckdb", "--geoip", "no.mmdb"];
    cartographer(dir.path(), &load).assert().code(1).stderr(missing);
    let ranges = contains("cannot use the IP ranges in trail.json").and(contains("is not AWS's ip-ranges.json"));
    let load = ["load", "trail.json", "--db", "case.duckdb", "--ip-ranges", "trail.json"];
    cartographer(dir.path(), &load).assert().code(1).stderr(ranges);
    assert!(!dir.path().join("case.duckdb").exists(), "nothing was loaded");
    let dir = folder_with_addresses();
    std::fs::write(dir.path().join("half.mmdb"), &whole[..whole.len() / 2]).unwrap();
    let add = ["addresses", "--db", "case.duckdb", "--geoip", "half.mmdb"];
    cartographer(dir.path(), &add).assert().code(1).stdout(is_empty()).stderr(contains("damaged"));
    assert_eq!(rows(&dir), MAXMIND, "the case was changed");
}

#[test]
fn address_details_are_shown_next_to_addresses() {
    let dir = folder_with_addresses();
    let sessions: Value = serde_json::from_str(&stdout_of(&dir, &["sessions", "--all", "--format", "json"])).unwrap();
    let owners = json!(["AMAZON-02", "Example Ltd"]);
    let clouds = json!(["AWS AMAZON us-east-1", "AWS EC2 eu-west-1"]);
    let session = &sessions[0];
    assert_eq!(
        (&session["countries"], &session["owners"], &session["clouds"]),
        (&json!(["DE", "SE"]), &owners, &clouds)
    );
    assert!(stdout_of(&dir, &["sessions"]).contains("DE SE"));
    let timeline = stdout_of(&dir, &["timeline", "--all", "--format", "jsonl"]);
    let first: Value = serde_json::from_str(timeline.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["country"], &first["asn"], &first["owner"]),
        (&json!("DE"), &json!(64_500), &json!("Example Ltd"))
    );
    assert_eq!((&first["source_ip"], &first["cloud"]), (&json!("203.0.113.66"), &Value::Null));
    let head = "mara · 111122223333 · 10.0.0.1, 192.0.2.18 (AS16509 AMAZON-02, AWS EC2 eu-west-1) +2 · ";
    assert!(stdout_of(&dir, &["timeline", "--all"]).starts_with(head), "{}", stdout_of(&dir, &["timeline", "--all"]));
    let found = stdout_of(&dir, &["search", "2001:db8:10", "--format", "csv"]);
    assert!(found.contains("2001:DB8:10:1::5,SE,,AMAZON,us-east-1,"), "{found}");
    let actor: Value = serde_json::from_str(&stdout_of(&dir, &["actor", "mara", "--format", "json"])).unwrap();
    assert_eq!((&actor[0]["countries"], &actor[0]["owners"]), (&json!("DE SE"), &json!("AMAZON-02, Example Ltd")));
    let uses =
        "SELECT used, country, owner FROM first_uses WHERE aspect IN ('country', 'network', 'owner') ORDER BY ALL";
    let first_uses = "used,country,owner\n10.0.0.0/24,,\n192.0.2.0/24,,AMAZON-02\n2001:db8:10::/48,SE,\n\
                      203.0.113.0/24,DE,Example Ltd\nAMAZON-02,,\nDE,,Example Ltd\nExample Ltd,DE,\nSE,,\n";
    assert_eq!(stdout_of(&dir, &["sql", "--format", "csv", uses]), first_uses);
}

#[test]
fn report_shows_countries_owners_and_their_databases() {
    let dir = folder_with_addresses();
    let html = stdout_of(&dir, &["report", "--format", "html"]);
    for expected_text in [
        "203.0.113.66 (DE, AS64500 Example Ltd)",
        "Address databases",
        "GeoLite2-Country from ",
        "ip-ranges.json from ",
    ] {
        assert!(html.contains(expected_text), "the report lacks {expected_text}");
    }
}

#[test]
fn owner_names_are_escaped() {
    let dir = folder();
    let malicious_name = "\u{1b}[31m<script>alert(1)</script>";
    let hostile = [("203.0.113.0/24", json!({"country_code": "DE", "asn": "AS1", "as_name": malicious_name}))];
    std::fs::write(dir.path().join("hostile.mmdb"), database("ipinfo", IpVersion::V6, &hostile)).unwrap();
    let load = ["load", "trail.json", "--db", "case.duckdb", "--geoip", "hostile.mmdb", "-q"];
    cartographer(dir.path(), &load).assert().code(0);
    for args in [&["addresses"][..], &["search", "203.0.113"], &["actor", "mara"], &["report", "--format", "html"]] {
        let shown = stdout_of(&dir, args);
        assert!(shown.contains("alert(1)"), "{args:?} does not show the name");
        assert!(!shown.contains('\u{1b}'), "{args:?} prints an escape sequence");
        assert!(args[0] != "report" || !shown.contains("<script>"), "the report contains a script");
    }
}

#[test]
fn hunts_exports_and_timeline_include_address_locations() {
    let dir = folder_with_addresses();
    let rows = |args: &[&str]| -> Vec<Value> {
        stdout_of(&dir, args).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let place = |row: &Value| [row["country"].clone(), row["owner"].clone(), row["cloud"].clone()];
    let expected = [json!("DE"), json!("Example Ltd"), Value::Null];
    let of_address = |rows: &[Value]| {
        let row = rows.iter().find(|row| row["source_ip"] == "203.0.113.66");
        row.map(place)
    };
    let mut by_root = event("root", "203.0.113.66", 30);
    by_root["userIdentity"] =
        json!({"type": "Root", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:root"});
    std::fs::write(dir.path().join("root.json"), json!({"Records": [by_root]}).to_string()).unwrap();
    cartographer(dir.path(), &["load", "root.json", "--db", "case.duckdb", "-q"]).assert().code(0);
    let by_address = rows(&["hunt", "run", "initial-access/root-use", "--format", "jsonl"]);
    assert_eq!(of_address(&by_address), Some(expected.clone()), "{by_address:?}");
    let by_list = rows(&["hunt", "run", "correlation/key-from-several-networks", "--format", "jsonl"]);
    assert_eq!(
        (&by_list[0]["countries"], &by_list[0]["clouds"]),
        (&json!(["DE", "SE"]), &json!(["AWS"])),
        "{by_list:?}"
    );
    let timeline = rows(&["timeline", "--all", "--format", "jsonl"]);
    assert_eq!(of_address(&timeline), Some(expected.clone()), "{timeline:?}");
    let timesketch = rows(&["export", "timesketch", "--events", "--format", "jsonl"]);
    assert_eq!(of_address(&timesketch), Some(expected.clone()), "{timesketch:?}");
    let lines = rows(&["export", "jsonl", "--table", "event_signals"]);
    assert_eq!(of_address(&lines), Some(expected), "{lines:?}");
    run_quietly(&dir, &["export", "parquet", "-o", "out"]);
    let exported =
        stdout_of(&dir, &["sql", "--files", "--format", "csv", "SELECT count(*) AS n FROM 'out/addresses/*.parquet'"]);
    assert_eq!(exported, "n\n4\n");
}

/// Runs a subcommand that would otherwise report on standard error what it wrote.
fn run_quietly(dir: &TempDir, args: &[&str]) {
    cartographer(dir.path(), args).args(["--db", "case.duckdb", "--quiet"]).assert().code(0);
}
