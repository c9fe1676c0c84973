//! A case as a page: the program is started, and asked over HTTP as a browser would.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod answers;
mod balance;
mod cases;
mod door;
#[cfg(unix)]
mod ending;
mod export;
mod filters;
mod hostile;
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

/// A running server, which ends with the test.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) token: String,
    pub(crate) address: String,
    agent: Agent,
    dir: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn program() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin("cartographer"))
}

/// A folder with the demo's case in it. The trail is loaded once, and copied.
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

/// A folder with a small case in it that holds hostile text.
pub(crate) fn hostile() -> TempDir {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("case.duckdb");
    drop(Case::open(&path).unwrap());
    let case = Connection::open(&path).unwrap();
    case.execute_batch(include_str!("../../fixtures/case.sql")).unwrap();
    dir
}

/// The demo's case, served.
pub(crate) fn served() -> Served {
    serve(demo(), &[])
}

pub(crate) fn serve(dir: TempDir, more: &[&str]) -> Served {
    let mut program = program();
    program.current_dir(dir.path()).args(["serve", "--db", "case.duckdb", "-q"]).args(more);
    let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let (place, token) = address.trim_end().split_once("/#token=").unwrap();
    let port = place.strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap();
    let agent = Agent::config_builder().http_status_as_error(false).build().into();
    Served { child, port, token: token.to_owned(), address: place.to_owned(), agent, dir }
}

/// Another case of a server.
pub(crate) struct Other {
    address: String,
    bearer: String,
}

impl Other {
    pub(crate) fn ask(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.address);
        let mut answer = ureq::get(url).header("Authorization", &self.bearer).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

impl Served {
    /// The case at another address of the server.
    pub(crate) fn at(address: &str, token: &str) -> Other {
        Other { address: address.to_owned(), bearer: format!("Bearer {token}") }
    }

    /// The status and text of an answer to somebody who has the token.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let mut answer = self.agent.get(url).header("Authorization", self.bearer()).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// The answer to a question that makes sense.
    pub(crate) fn ask(&self, path: &str) -> Value {
        let (status, text) = self.get(path);
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The status, problem and advice of an answer to one that does not.
    pub(crate) fn refused(&self, path: &str) -> (u16, String, String) {
        let (status, text) = self.get(path);
        refusal(status, &text)
    }

    /// The status and answer of a query.
    pub(crate) fn sql(&self, question: &Value) -> (u16, Value) {
        self.send("/api/sql", question)
    }

    /// The status and answer of a request with a body.
    pub(crate) fn send(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.address);
        let posted = self.agent.post(url).header("Authorization", self.bearer()).send(body.to_string());
        let mut answer = posted.unwrap();
        let text = answer.body_mut().with_config().limit(128 << 20).read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
    }

    /// The answer to a request that has something done.
    pub(crate) fn done(&self, path: &str) -> Value {
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

    /// The whole answer to a request by its lines, without the last empty one; for what a client would not send.
    pub(crate) fn raw(&self, lines: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n")).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

pub(crate) fn refusal(status: u16, text: &str) -> (u16, String, String) {
    let told: Value = serde_json::from_str(text).unwrap();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    (status, text("error"), text("advice"))
}

/// The texts of a column of an answer's rows.
pub(crate) fn column(answer: &Value, name: &str) -> Vec<String> {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}
