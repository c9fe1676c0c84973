//! Hostile files, hostile records and failures: the program reports the problem, loads everything else, and stays
//! within its limits.
//!
//! The tests generate all inputs; the repository contains none of them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking, like tests")]

mod archives;
mod case_file;
mod complexity;
mod damaged;
mod equivalence;
mod escaping;
mod forged_ids;
mod memory;
mod output;
mod parquet;
mod records;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The longest that a command may take.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A folder with a trail in `logs/` and a case.
pub(crate) struct Sandbox {
    dir: TempDir,
}

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The highest memory use that was observed, in bytes.
    pub(crate) peak: u64,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("logs")).unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file of the trail.
    pub(crate) fn log(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.dir.path().join("logs").join(name), bytes).unwrap();
    }

    /// Runs the program until it ends, or fails if it takes too long.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.run_in(&[], args)
    }

    /// Like [`Sandbox::run`], with limits that the shell sets, such as `ulimit -v 100000`.
    pub(crate) fn run_in(&self, limits: &[&str], args: &[&str]) -> Outcome {
        let mut script = limits.join("; ");
        script.push_str("\nexec \"$0\" \"$@\"");
        let (out, err) = (self.path("out"), self.path("err"));
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(env!("CARGO_BIN_EXE_cartographer"))
            .args(args)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(fs::File::create(&out).unwrap())
            .stderr(fs::File::create(&err).unwrap())
            .spawn()
            .unwrap();
        let (started, mut peak) = (Instant::now(), 0);
        let status = loop {
            peak = peak.max(peak_memory(child.id()));
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > TIMEOUT {
                child.kill().unwrap();
                panic!("{args:?} timed out: {}", fs::read_to_string(&err).unwrap());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let text = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        Outcome { code: status.code(), out: text(&out), err: text(&err), peak }
    }

    /// Loads the trail, with further arguments.
    pub(crate) fn load(&self, args: &[&str]) -> Outcome {
        self.run(&[&["load", "logs", "--db", "case.duckdb", "-v"], args].concat())
    }

    /// The result of a query, as CSV without its header.
    pub(crate) fn query(&self, sql: &str) -> String {
        self.query_case("case.duckdb", sql)
    }

    pub(crate) fn query_case(&self, case: &str, sql: &str) -> String {
        let outcome = self.run(&["sql", "--db", case, "--format", "csv", sql]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.err);
        outcome.out.split_once('\n').map_or(String::new(), |(_, rows)| rows.trim_end().to_owned())
    }
}

/// The peak memory use of a process, in bytes, or 0 if it has exited.
fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// The output of another program.
pub(crate) fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The ID of an event.
pub(crate) fn id(number: u64) -> String {
    format!("0a1b2c3d-0000-4000-8000-{number:012x}")
}

/// A record of a call by a person in the console.
pub(crate) fn record(number: u64) -> Value {
    json!({
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/ana",
            "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "userName": "ana",
            "sessionContext": {"attributes": {"creationDate": "2024-05-01T09:00:00Z", "mfaAuthenticated": "true"}}
        },
        "eventTime": format!("2024-05-01T10:{:02}:{:02}Z", number / 60 % 60, number % 60),
        "eventSource": "iam.amazonaws.com", "eventName": "GetUser", "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "Mozilla/5.0 Chrome/124.0",
        "requestParameters": {"userName": format!("user-{number}")}, "responseElements": null,
        "requestID": id(number + 1_000_000), "eventID": id(number), "readOnly": true, "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333", "eventCategory": "Management", "sessionCredentialFromConsole": "true"
    })
}

/// The text of a trail file.
pub(crate) fn trail(records: &[String]) -> String {
    format!("{{\"Records\":[{}]}}", records.join(","))
}

/// The text of a record with other request parameters.
pub(crate) fn with_request(number: u64, request: &str) -> String {
    let whole = record(number).to_string();
    let (before, after) = whole.split_once("\"requestParameters\":{").unwrap();
    let (_, after) = after.split_once('}').unwrap();
    format!("{before}\"requestParameters\":{request}{after}")
}
