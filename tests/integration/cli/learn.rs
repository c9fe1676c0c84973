//! `learn`, `mark`, `rules diff` and rule packs.

use std::fs;
use std::path::Path;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{cartographer, demo};

const RULE: &str = "id = \"iam/passkeys\"\ntitle = \"IAM › Passkeys\"\nsummary = \"Opened the list of passkeys\"\nkind = \"list\"\nconsole_path = [\"IAM\", \"Passkeys\"]\nrequired = [\"iam:ListPasskeys\"]\n[provenance]\nbasis = \"observed\"\nyears = [2026]\n";
const SPEC: &str = "[[case]]\nname = \"the list\"\nevents = [{ call = \"iam:ListPasskeys\" }]\nsignals = [{ rule = \"iam/passkeys\" }]\n";
const MANIFEST: &str =
    "name = \"acme\"\nversion = \"1.2.0\"\nlicense = \"MIT\"\nobserved_on = \"recordings of March 2026\"\n";

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A record of a call from a browser.
fn record(id: u32, second: u32, name: &str, user: &str, read_only: bool) -> Value {
    serde_json::json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:mara", "accountId": "444455556666",
            "arn": "arn:aws:sts::444455556666:assumed-role/admin/mara", "accessKeyId": "ASIAEXAMPLE000000001",
            "sessionContext": {"attributes": {"creationDate": "2026-03-02T08:55:00Z"}},
        },
        "eventTime": format!("2026-03-02T09:{:02}:{:02}Z", second / 60, second % 60),
        "eventSource": "passkeys.amazonaws.com", "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
        "requestParameters": {"userName": user}, "responseElements": null,
        "requestID": format!("00000000-0000-4000-8000-{id:012}"), "eventID": format!("00000000-0000-4000-9000-{id:012}"),
        "readOnly": read_only, "eventType": "AwsApiCall", "recipientAccountId": "444455556666",
        "sessionCredentialFromConsole": "true",
    })
}

fn trail(folder: &Path) {
    let records = [
        record(1, 30, "ListPasskeys", "jane.doe", true),
        record(2, 31, "GetPasskeyPolicy", "jane.doe", true),
        record(3, 90, "CreatePasskey", "jane.doe", false),
    ];
    fs::write(folder.join("trail.json"), serde_json::json!({ "Records": records }).to_string()).unwrap();
}

#[test]
fn learn_writes_rules_from_marks_with_passing_specs() {
    let dir = TempDir::new().unwrap();
    trail(dir.path());
    let marks = "time,title,address\n2026-03-02T09:00:26.500Z,Passkeys › Users,\n2026-03-02T09:01:26.400Z,Passkeys › Users › Create,\n";
    write(dir.path(), &[("marks.csv", marks)]);
    let args = ["learn", "marks.csv", "--trail", "trail.json", "--write", "mine", "--format", "json"];
    let assert = cartographer(dir.path(), &args).assert().code(0);
    let pages: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let results: Vec<&str> = pages.as_array().unwrap().iter().map(|page| page["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["new", "new"], "{pages}");
    let rules: Vec<&str> = pages.as_array().unwrap().iter().map(|page| page["rule"].as_str().unwrap()).collect();
    for rule in rules {
        let spec = fs::read_to_string(dir.path().join(format!("mine/{rule}.spec.toml"))).unwrap();
        let text = fs::read_to_string(dir.path().join(format!("mine/{rule}.toml"))).unwrap();
        assert!(!spec.contains("jane") && !text.contains("jane") && !spec.contains("4444"), "{spec}{text}");
    }
    cartographer(dir.path(), &["rules", "test", "mine"]).assert().code(0).stderr(contains("0 failed"));
    // A second run knows the rules that the first one wrote. Other rules in the folder are not overwritten.
    let again = cartographer(dir.path(), &args).assert().code(0);
    let pages: Value = serde_json::from_slice(&again.get_output().stdout).unwrap();
    assert!(pages.as_array().unwrap().iter().all(|page| page["result"] == "known"), "{pages}");
    write(dir.path(), &[("none/README.md", "")]);
    let unknown = [&args[..], &["--rules", "none"]].concat();
    cartographer(dir.path(), &unknown).assert().code(1).stderr(contains("Existing rules are not overwritten"));
}

#[test]
fn pack_folder_is_a_valid_rules_folder() {
    let dir = TempDir::new().unwrap();
    let files = [("mine/pack.toml", MANIFEST), ("mine/iam/passkeys.toml", RULE), ("mine/iam/passkeys.spec.toml", SPEC)];
    write(dir.path(), &files);
    cartographer(dir.path(), &["rules", "check", "mine"]).assert().code(0).stderr(contains("no problems"));
    cartographer(dir.path(), &["rules", "test", "mine"]).assert().code(0).stderr(contains("0 failed"));
}

#[test]
fn installing_another_version_reports_replaced_version() {
    let dir = TempDir::new().unwrap();
    let files = [("pack.toml", MANIFEST), ("iam/passkeys.toml", RULE), ("iam/passkeys.spec.toml", SPEC)];
    write(&dir.path().join("acme"), &files);
    let add = || {
        let mut command = cartographer(dir.path(), &["rules", "add", "acme"]);
        command.env("CARTOGRAPHER_PACKS", dir.path().join("packs")).assert().code(0)
    };
    add().stderr(contains("installed acme 1.2.0: 1 rule, "));
    write(&dir.path().join("acme"), &[("pack.toml", &MANIFEST.replace("1.2.0", "1.3.0"))]);
    add().stderr(contains("installed acme 1.3.0, replacing 1.2.0: 1 rule, "));
}

#[test]
fn unusable_recording_error_states_cause() {
    let dir = TempDir::new().unwrap();
    trail(dir.path());
    let script = "time,title\n2026-03-02T09:00:26Z,<img src=x onerror=alert(1)>\n";
    let other = "time,title\n2025-01-01T09:00:26Z,IAM › Users\n";
    write(dir.path(), &[("script.csv", script), ("other.csv", other), ("deep.har", &"[".repeat(200_000))]);
    let learn = |file: &str| cartographer(dir.path(), &["learn", file, "--trail", "trail.json"]).assert().code(1);
    learn("script.csv").stderr(contains("line 2: the title contains HTML"));
    learn("other.csv").stderr(contains("no console events at the time of the recording"));
    learn("deep.har").stderr(contains("invalid HAR"));
    learn("missing.har").stderr(contains("no such file"));
}

#[test]
fn mark_appends_time_and_title() {
    let dir = TempDir::new().unwrap();
    for title in ["IAM › Users", "EC2, \"all\""] {
        cartographer(dir.path(), &["mark", title]).assert().code(0);
    }
    cartographer(dir.path(), &["mark", "\u{1b}[31mred"]).assert().code(2).stderr(contains("control characters"));
    let marks = fs::read_to_string(dir.path().join("marks.csv")).unwrap();
    let titles: Vec<&str> = marks.lines().map(|line| line.split_once(',').unwrap().1).collect();
    assert_eq!(titles, ["title,address", "IAM › Users,", "\"EC2, \"\"all\"\"\","]);
}

#[test]
fn installed_pack_is_used_until_removed() {
    let dir = TempDir::new().unwrap();
    let run = |args: &[&str]| {
        let mut command = cartographer(dir.path(), args);
        command.env("CARTOGRAPHER_PACKS", dir.path().join("packs")).assert()
    };
    write(
        dir.path(),
        &[("acme/pack.toml", MANIFEST), ("acme/iam/passkeys.toml", RULE), ("acme/iam/passkeys.spec.toml", SPEC)],
    );
    run(&["rules", "show", "iam/passkeys"]).code(1);
    run(&["rules", "add", "acme"]).code(0).stderr(contains("installed acme 1.2.0: 1 rule, 1 test case passed"));
    run(&["rules", "packs", "--format", "csv"]).code(0).stdout(contains("acme,1.2.0,MIT,recordings of March 2026,1"));
    run(&["rules", "show", "iam/passkeys"]).code(0).stdout(contains("acme@1.2.0/iam/passkeys.toml"));
    run(&["rules", "remove", "acme"]).code(0);
    run(&["rules", "show", "iam/passkeys"]).code(1);
    run(&["rules", "remove", "../acme"]).code(1).stderr(contains("no pack"));
}

#[test]
fn invalid_pack_is_not_installed() {
    let dir = TempDir::new().unwrap();
    let add = |name: &str| {
        let mut command = cartographer(dir.path(), &["rules", "add", name]);
        command.env("CARTOGRAPHER_PACKS", dir.path().join("packs")).assert().code(1)
    };
    let manifest = ("pack.toml", MANIFEST);
    let wrong = SPEC.replace("iam:ListPasskeys", "iam:ListUsers");
    let cycle = |id: &str, other: &str| {
        RULE.replace("iam/passkeys", id)
            .replace("[provenance]", &format!("[[becomes]]\nrule = \"{other}\"\n[provenance]"))
    };
    let packs = [
        (
            "spec",
            vec![("iam/passkeys.toml", RULE.to_owned()), ("iam/passkeys.spec.toml", wrong)],
            "expected the signals",
        ),
        ("none", vec![("iam/passkeys.toml", RULE.to_owned())], "has no spec"),
        (
            "cycle",
            vec![("iam/a.toml", cycle("iam/a", "iam/b")), ("iam/b.toml", cycle("iam/b", "iam/a"))],
            "leads back to itself",
        ),
        ("markup", vec![("iam/passkeys.toml", RULE.replace("Opened", "<b>Opened"))], "the text contains HTML"),
    ];
    for (name, files, problem) in packs {
        let folder = dir.path().join(name);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (*path, text.as_str())).chain([manifest]).collect();
        write(&folder, &files);
        add(name).stderr(contains(problem));
    }
    assert!(!dir.path().join("packs/acme").exists());
}

/// A tar file with these entries: the name in the header, and the content or the target of a link.
fn tar(entries: &[(&str, Result<&[u8], &str>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        // `set_path` would refuse names that lead out of the archive.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_mode(0o644);
        header.set_size(content.map_or(0, |content| content.len() as u64));
        if let Err(target) = content {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_link_name(target).unwrap();
        }
        header.set_cksum();
        archive.append(&header, content.unwrap_or_default()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn pack_is_installed_from_archive() {
    let dir = TempDir::new().unwrap();
    let entries = [
        ("acme-1.2.0/pack.toml", Ok(MANIFEST.as_bytes())),
        ("acme-1.2.0/README.md", Ok(&b"About it."[..])),
        ("acme-1.2.0/iam/passkeys.toml", Ok(RULE.as_bytes())),
        ("acme-1.2.0/iam/passkeys.spec.toml", Ok(SPEC.as_bytes())),
    ];
    fs::write(dir.path().join("acme.tar.gz"), gzip(&tar(&entries))).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, content.unwrap()).unwrap();
    }
    fs::write(dir.path().join("acme.zip"), zip.finish().unwrap().into_inner()).unwrap();
    for archive in ["acme.tar.gz", "acme.zip"] {
        let packs = dir.path().join(format!("packs of {archive}"));
        let mut command = cartographer(dir.path(), &["rules", "add", archive]);
        let added = command.env("CARTOGRAPHER_PACKS", &packs).assert().code(0);
        added.stderr(contains("installed acme 1.2.0: 1 rule, 1 test case passed"));
        assert_eq!(fs::read_to_string(packs.join("acme/iam/passkeys.toml")).unwrap(), RULE, "{archive}");
    }
}

#[test]
fn hostile_pack_is_refused_and_nothing_is_written() {
    let dir = TempDir::new().unwrap();
    let outside = dir.path().join("outside");
    write(&outside, &[("secret.toml", "secret = \"value\"\n")]);
    let manifest = ("acme/pack.toml", Ok(MANIFEST.as_bytes()));
    let [rule, spec] = [RULE, SPEC].map(|text| Ok(text.as_bytes()));
    let whole = [manifest, ("acme/iam/passkeys.toml", rule), ("acme/iam/passkeys.spec.toml", spec)];
    let bomb = vec![b'#'; 70 << 20];
    let long = vec![b'#'; 2 << 20];
    let many: Vec<String> = (0..5_100).map(|at| format!("acme/iam/p{at}.toml")).collect();
    let with = |entries: &[(&str, Result<&[u8], &str>)]| gzip(&tar(&[&whole[..], entries].concat()));
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), rule)).collect();
    let archives = [
        ("traversal", with(&[("acme/../../outside/evil.toml", rule)]), "is not the path of a rule"),
        ("absolute", with(&[("/tmp/evil.toml", rule)]), "is not the path of a rule"),
        ("bomb", with(&[("acme/iam/bomb.toml", Ok(&bomb))]), "needs more than the 67108864 bytes"),
        ("long", with(&[("acme/iam/long.toml", Ok(&long))]), "larger than 1024 KiB"),
        ("many", with(&many), "at most 5000 are allowed"),
        ("nested", gzip(&gzip(&gzip(&bomb))), "the pack nested.tar.gz was not installed"),
        ("text", b"not an archive".to_vec(), "the pack text.tar.gz was not installed"),
    ];
    let refused = |input: &str, problem: &str| {
        let mut command = cartographer(dir.path(), &["rules", "add", input]);
        let added = command.env("CARTOGRAPHER_PACKS", dir.path().join("packs")).assert().code(1);
        added.stderr(contains(problem).and(contains("was not installed")));
    };
    for (name, bytes, problem) in archives {
        let file = format!("{name}.tar.gz");
        fs::write(dir.path().join(&file), bytes).unwrap();
        refused(&file, problem);
    }
    let linked = ("acme/iam/passkeys.toml", Err("../../outside/secret.toml"));
    fs::write(dir.path().join("link.tar.gz"), gzip(&tar(&[manifest, linked, whole[2]]))).unwrap();
    refused("link.tar.gz", "iam/passkeys.toml is a link or a special file");
    let extra = ("acme/iam/linked.toml", Err("../../outside/secret.toml"));
    fs::write(dir.path().join("extra.tar.gz"), gzip(&tar(&[whole[0], whole[1], whole[2], extra]))).unwrap();
    refused("extra.tar.gz", "iam/linked.toml is a link or a special file");
    #[cfg(unix)]
    for (name, target) in [("file", "../../outside/secret.toml"), ("folder", "../../outside"), ("cycle", "..")] {
        let folder = dir.path().join(name);
        write(&folder, &[("pack.toml", MANIFEST), ("iam/passkeys.toml", RULE), ("iam/passkeys.spec.toml", SPEC)]);
        std::os::unix::fs::symlink(target, folder.join("iam/linked.toml")).unwrap();
        refused(name, "iam/linked.toml is a link or a special file");
    }
    assert!(!dir.path().join("packs/acme").exists());
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn rules_diff_shows_changed_clicks() {
    let dir = demo();
    let shipped = include_str!("../../../rules/iam/users.toml").replace("IAM › Users", "IAM › People");
    write(dir.path(), &[("mine/iam/users.toml", &shipped)]);
    let args = ["rules", "diff", "shipped", "mine", "--db", "case.duckdb", "--format", "json"];
    let assert = cartographer(dir.path(), &args).assert().code(0);
    let rows: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let rows = rows.as_array().unwrap();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row["change"] == "reworded" && row["old_rule"] == "iam/users"), "{rows:?}");
    let same = ["rules", "diff", "shipped", "shipped", "--db", "case.duckdb"];
    cartographer(dir.path(), &same).assert().code(0).stderr(contains("0 clicks change"));
}
