//! Starting and stopping the server, and concurrent clients.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread::scope;

use serde_json::json;
use tempfile::TempDir;

use crate::serve::{Server, column, demo, program, serve, serve_demo};

fn signal(server: &Server, name: &str) {
    assert!(Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap().success());
}

#[test]
fn sigint_and_sigterm_exit_with_success() {
    for name in ["-INT", "-TERM"] {
        let mut server = serve_demo();
        assert_eq!(server.get_json("/api/timeline")["total"], 39);
        signal(&server, name);
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn server_exits_without_waiting_for_a_query() {
    let mut server = serve_demo();
    let endless = "SELECT count(*) FROM range(100000000) AS a, range(100000000) AS b WHERE hash(a.range, b.range) = 1";
    scope(|scope| {
        let (address, key) = (format!("{}/api/sql", server.address), server.bearer());
        let client = scope.spawn(move || {
            ureq::post(address).header("Authorization", key).send(json!({ "sql": endless }).to_string()).is_err()
        });
        std::thread::sleep(std::time::Duration::from_millis(500));
        signal(&server, "-INT");
        assert_eq!(server.child.wait().unwrap().code(), Some(0));
        assert!(client.join().unwrap());
    });
}

#[test]
fn two_clients_are_served_concurrently() {
    let server = serve_demo();
    scope(|scope| {
        for principal in ["nadia", "AWSReservedSSO_PowerUserAccess_0123456789abcdef/tomas"] {
            let server = &server;
            scope.spawn(move || {
                for _ in 0..20 {
                    let rows = server.get_json(&format!("/api/timeline?principal={principal}"));
                    assert!(column(&rows, "principal").iter().all(|found| found == principal));
                    assert_eq!(rows["total"], if principal == "nadia" { 29 } else { 10 });
                }
            });
        }
    });
}

#[test]
fn missing_case_error_is_like_that_of_other_commands() {
    let dir = TempDir::new().unwrap();
    let run = |db: &str, more: &[&str]| {
        let output = program().current_dir(dir.path()).args(["serve", "--db", db]).args(more).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, message) = run("no.duckdb", &[]);
    assert_eq!(code, Some(1));
    assert!(
        message.contains("error: the case no.duckdb does not exist") && message.contains("cartographer load PATH"),
        "{message}"
    );
    std::fs::write(dir.path().join("other.duckdb"), "not a database at all").unwrap();
    let (code, message) = run("other.duckdb", &[]);
    assert_eq!(code, Some(1));
    assert!(message.contains("error: cannot open other.duckdb"), "{message}");
    assert_eq!(run("no.duckdb", &["--port", "many"]).0, Some(2));
    assert_eq!(run("no.duckdb", &["--time-limit", "0"]).0, Some(2));
}

#[test]
fn used_port_error_names_the_port() {
    let dir = demo();
    let used_port = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = used_port.local_addr().unwrap().port().to_string();
    let output =
        program().current_dir(dir.path()).args(["serve", "--db", "case.duckdb", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(&format!("error: cannot listen on port {port}")) && message.contains("Without --port"),
        "{message}"
    );
    drop(used_port);
    let server = serve(dir, &["--port", &port]);
    assert_eq!(server.port.to_string(), port);
}

#[test]
fn one_line_is_printed_and_the_case_is_unchanged() {
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
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), rest), (Some(0), String::new()));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, "opening case.duckdb …\nOpen this address in a browser. Press Ctrl-C to stop the server.\n");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
