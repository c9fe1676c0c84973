//! How the program begins and ends, and how several ask at once.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread::scope;

use serde_json::json;
use tempfile::TempDir;

use crate::serve::{Served, column, demo, program, serve, served};

fn signal(served: &Served, name: &str) {
    assert!(Command::new("kill").args([name, &served.child.id().to_string()]).status().unwrap().success());
}

#[test]
fn ctrl_c_and_termination_are_fine_ends() {
    for name in ["-INT", "-TERM"] {
        let mut served = served();
        assert_eq!(served.ask("/api/timeline")["total"], 39);
        signal(&served, name);
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn the_end_does_not_wait_for_a_query() {
    let mut served = served();
    let endless = "SELECT count(*) FROM range(100000000) AS a, range(100000000) AS b WHERE hash(a.range, b.range) = 1";
    scope(|scope| {
        let (address, key) = (format!("{}/api/sql", served.address), served.bearer());
        let asked = scope.spawn(move || {
            ureq::post(address).header("Authorization", key).send(json!({ "sql": endless }).to_string()).is_err()
        });
        std::thread::sleep(std::time::Duration::from_millis(500));
        signal(&served, "-INT");
        assert_eq!(served.child.wait().unwrap().code(), Some(0));
        assert!(asked.join().unwrap());
    });
}

#[test]
fn two_clients_are_answered_at_once() {
    let served = served();
    scope(|scope| {
        for principal in ["nadia", "AWSReservedSSO_PowerUserAccess_0123456789abcdef/tomas"] {
            let served = &served;
            scope.spawn(move || {
                for _ in 0..20 {
                    let rows = served.ask(&format!("/api/timeline?principal={principal}"));
                    assert!(column(&rows, "principal").iter().all(|found| found == principal));
                    assert_eq!(rows["total"], if principal == "nadia" { 29 } else { 10 });
                }
            });
        }
    });
}

#[test]
fn a_case_that_is_not_there_is_told_as_by_other_commands() {
    let dir = TempDir::new().unwrap();
    let run = |db: &str, more: &[&str]| {
        let output = program().current_dir(dir.path()).args(["serve", "--db", db]).args(more).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = run("no.duckdb", &[]);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("error: the case no.duckdb does not exist") && told.contains("cartographer load PATH"),
        "{told}"
    );
    std::fs::write(dir.path().join("other.duckdb"), "not a database at all").unwrap();
    let (code, told) = run("other.duckdb", &[]);
    assert_eq!(code, Some(1));
    assert!(told.contains("error: cannot open other.duckdb"), "{told}");
    assert_eq!(run("no.duckdb", &["--port", "many"]).0, Some(2));
    assert_eq!(run("no.duckdb", &["--time-limit", "0"]).0, Some(2));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let dir = demo();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output =
        program().current_dir(dir.path()).args(["serve", "--db", "case.duckdb", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains(&format!("error: cannot listen on port {port}")) && told.contains("Without --port"),
        "{told}"
    );
    drop(taken);
    let served = serve(dir, &["--port", &port]);
    assert_eq!(served.port.to_string(), port);
}

#[test]
fn one_line_is_printed_and_the_case_stays_as_it_was() {
    let dir = demo();
    let path = dir.path().join("case.duckdb");
    let before = std::fs::read(&path).unwrap();
    let mut program = program();
    program.current_dir(dir.path()).args(["serve", "--db", "case.duckdb"]);
    let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut first, mut rest) = (BufReader::new(child.stdout.take().unwrap()), String::new(), String::new());
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("http://127.0.0.1:") && first.ends_with('\n'), "{first}");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    out.read_to_string(&mut rest).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), rest), (Some(0), String::new()));
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(told, "opening case.duckdb …\nOpen this address in a browser. Press Ctrl-C to stop the server.\n");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
