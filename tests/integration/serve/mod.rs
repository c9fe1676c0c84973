//! The browser interface: the tests start the program and send HTTP requests like a browser.

#![expect(clippy::unwrap_used, reason = "test helpers fail by panicking, like tests")]

mod access;
mod answers;
mod balance;
mod cases;
mod export;
mod filters;
mod hostile;
#[cfg(unix)]
mod lifecycle;
#[cfg(unix)]
mod load;
mod notes;
mod overview;
mod paging;
mod sql;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use cartographer::store::Case;
use duckdb::Connection;
use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;

/// A running server, which is stopped at the end of the test.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) token: String,
    pub(crate) address: String,
    agent: Agent,
    dir: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server may already have exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn program() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin("cartographer"))
}

/// A folder with the demo case. The trail is loaded once, and the case is copied.
pub(crate) fn demo() -> TempDir {
    static LOADED: OnceLock<Vec<u8>> = OnceLock::new();
    let dir = TempDir::new().unwrap();
    let case = dir.path().join("case.duckdb");
    let bytes = LOADED.get_or_init(|| {
        let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
        let mut load = program();
        load.current_dir(dir.path()).arg("load").arg(trail).args(["--db", "case.duckdb", "-q"]);
        assert!(load.status().unwrap().success());
        std::fs::read(&case).unwrap()
    });
    std::fs::write(&case, bytes).unwrap();
    dir
}

/// A folder with a small case that contains hostile text.
pub(crate) fn hostile() -> TempDir {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("case.duckdb");
    drop(Case::open(&path).unwrap());
    let case = Connection::open(&path).unwrap();
    case.execute_batch(include_str!("../../fixtures/case.sql")).unwrap();
    dir
}

/// A server for the demo case.
pub(crate) fn serve_demo() -> Server {
    serve(demo(), &[])
}

pub(crate) fn serve(dir: TempDir, options: &[&str]) -> Server {
    let mut program = program();
    program.current_dir(dir.path()).args(["serve", "--db", "case.duckdb", "-q"]).args(options);
    let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let (base, token) = address.trim_end().split_once("/#token=").unwrap();
    let port = base.strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap();
    let agent = Agent::config_builder().http_status_as_error(false).build().into();
    Server { child, port, token: token.to_owned(), address: base.to_owned(), agent, dir }
}

/// Another case of a server.
pub(crate) struct OtherCase {
    address: String,
    bearer: String,
}

impl OtherCase {
    pub(crate) fn get_json(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.address);
        let mut answer = ureq::get(url).header("Authorization", &self.bearer).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

impl Server {
    /// The case at another address of the server.
    pub(crate) fn other_case(address: &str, token: &str) -> OtherCase {
        OtherCase { address: address.to_owned(), bearer: format!("Bearer {token}") }
    }

    /// The status and text of the answer to a request with the token.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let mut answer = self.agent.get(url).header("Authorization", self.bearer()).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// The answer to a successful request.
    pub(crate) fn get_json(&self, path: &str) -> Value {
        let (status, text) = self.get(path);
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The status, error and advice of the answer to a failing request.
    pub(crate) fn get_error(&self, path: &str) -> (u16, String, String) {
        let (status, text) = self.get(path);
        refusal(status, &text)
    }

    /// The status and answer of an SQL query.
    pub(crate) fn sql(&self, query: &Value) -> (u16, Value) {
        self.send("/api/sql", query)
    }

    /// The status and answer of a request with a body.
    pub(crate) fn send(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.address);
        let posted = self.agent.post(url).header("Authorization", self.bearer()).send(body.to_string());
        let mut answer = posted.unwrap();
        let text = answer.body_mut().with_config().limit(128 << 20).read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
    }

    /// The answer to a `POST` request without a body.
    pub(crate) fn post_empty(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.address);
        let mut answer = self.agent.post(url).header("Authorization", self.bearer()).send_empty().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// The folder of the case.
    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// The complete answer to a request that consists of these lines and an empty one. For requests that a client
    /// library would not send.
    pub(crate) fn raw(&self, lines: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n")).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

pub(crate) fn refusal(status: u16, text: &str) -> (u16, String, String) {
    let answer: Value = serde_json::from_str(text).unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (status, text("error"), text("advice"))
}

/// The strings in a column of an answer's rows.
pub(crate) fn column(answer: &Value, name: &str) -> Vec<String> {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}
