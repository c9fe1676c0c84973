//! Many clients at once, slow ones among them: no error but refusals that say so, memory that stays bounded, and a clean end.
//! `make serve-load MINUTES=5` runs it for longer, and prints its figures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::serve::{Served, demo, serve};

/// What clients ask for, in turn.
const QUESTIONS: [&str; 12] = [
    "/api/case",
    "/api/overview",
    "/api/sessions?console=all",
    "/api/timeline?limit=1000",
    "/api/timeline?show=programmatic&folded=true",
    "/api/timeline?show=click&show=programmatic&search=AccessDenied&folded=true",
    "/api/facets?show=click&show=programmatic",
    "/api/density",
    "/api/entities?sort=touches&descending=true",
    "/api/export?format=csv&show=click&show=programmatic",
    "/",
    "/api/cases",
];

const QUERIES: [&str; 4] = [
    "SELECT service, count(*) FROM events GROUP BY ALL",
    "FROM range(100000)",
    "SELECT nothing",
    "SELECT json_structure(repeat('[', 1000000) || repeat(']', 1000000))",
];

/// How many clients of each kind.
struct Clients {
    ordinary: usize,
    querying: usize,
    /// Clients that send a request a byte at a time, and never its end.
    sending_slowly: usize,
    /// Clients that ask for a large file and read it a little at a time.
    reading_slowly: usize,
    /// Clients that go away in the middle of an answer.
    leaving: usize,
}

/// What came of the requests.
#[derive(Default)]
struct Figures {
    statuses: Mutex<BTreeMap<u16, u64>>,
    /// Statuses that are neither an answer nor a refusal that says so, and broken answers.
    faults: Mutex<Vec<String>>,
    slow_bytes: AtomicU64,
    peak_kib: AtomicU64,
    processes: AtomicU64,
}

impl Figures {
    fn count(&self, path: &str, status: u16, body: &str) {
        *self.statuses.lock().unwrap().entry(status).or_default() += 1;
        let says_why = body.contains("\"error\":") && body.contains("\"advice\":");
        if !(status == 200 || (matches!(status, 400 | 408 | 503) && says_why)) {
            self.fault(format!("{path}: {status} {}", body.chars().take(200).collect::<String>()));
        }
    }

    fn fault(&self, what: String) {
        self.faults.lock().unwrap().push(what);
    }
}

/// One request on a connection of its own.
fn ask(served: &Served, head: &str, body: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", served.port))?;
    stream.set_read_timeout(Some(Duration::from_secs(90)))?;
    let length = body.len();
    let bearer = served.bearer();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {bearer}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}",
        served.port
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or(std::io::ErrorKind::UnexpectedEof)?, answer))
}

fn ordinary(served: &Served, figures: &Figures, ends: &AtomicBool, first: usize) {
    for at in first.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        let path = QUESTIONS[at % QUESTIONS.len()];
        match ask(served, &format!("GET {path}"), "") {
            Ok((status, body)) => figures.count(path, status, &body),
            Err(error) => figures.fault(format!("{path}: {error}")),
        }
    }
}

fn querying(served: &Served, figures: &Figures, ends: &AtomicBool, first: usize) {
    for at in first.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        let sql = QUERIES[at % QUERIES.len()];
        match ask(served, "POST /api/sql", &serde_json::json!({ "sql": sql }).to_string()) {
            Ok((status, body)) => figures.count(sql, status, &body),
            Err(error) => figures.fault(format!("{sql}: {error}")),
        }
    }
}

fn sending_slowly(served: &Served, ends: &AtomicBool) {
    while !ends.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", served.port)) else { continue };
        for byte in b"GET /api/case HTTP/1.1\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a')) {
            // The server hangs up in the end.
            if ends.load(Ordering::Relaxed) || stream.write_all(&[*byte]).is_err() {
                break;
            }
            sleep(Duration::from_millis(200));
        }
    }
}

fn reading_slowly(served: &Served, figures: &Figures, ends: &AtomicBool) {
    let path = "/api/export?format=jsonl&show=click&show=programmatic&show=background&show=residual";
    while !ends.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", served.port)) else { continue };
        let (port, bearer) = (served.port, served.bearer());
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {bearer}\r\n\r\n");
        if stream.write_all(request.as_bytes()).is_err() {
            continue;
        }
        let mut piece = [0; 512];
        while !ends.load(Ordering::Relaxed) {
            match stream.read(&mut piece) {
                Ok(bytes) if bytes > 0 => {
                    figures.slow_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                }
                _ => break,
            }
            sleep(Duration::from_millis(100));
        }
    }
}

fn leaving(served: &Served, ends: &AtomicBool) {
    while !ends.load(Ordering::Relaxed) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", served.port)) {
            let (port, bearer) = (served.port, served.bearer());
            let request = format!(
                "GET /api/timeline?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {bearer}\r\n\r\n"
            );
            // The server may have refused the connection already.
            drop(stream.write_all(request.as_bytes()));
            sleep(Duration::from_millis(20));
        }
    }
}

/// The peak of the server's memory, and how many processes of queries there are.
#[cfg(target_os = "linux")]
fn watch(served: &Served, figures: &Figures, ends: &AtomicBool) {
    let id = served.child.id();
    while !ends.load(Ordering::Relaxed) {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        figures.peak_kib.fetch_max(peak.unwrap_or_default(), Ordering::Relaxed);
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        figures.processes.fetch_max(children.split_whitespace().count() as u64, Ordering::Relaxed);
        sleep(Duration::from_millis(100));
    }
}

#[cfg(not(target_os = "linux"))]
fn watch(_: &Served, _: &Figures, _: &AtomicBool) {}

/// Has these clients ask for so long, and ends the server; gives the figures as text.
fn load(clients: &Clients, time: Duration) -> String {
    let mut served = serve(demo(), &[]);
    // What is made once is there before.
    assert!(served.ask("/api/timeline?show=programmatic")["total"].as_u64().unwrap() > 0);
    let (figures, ends) = (Figures::default(), AtomicBool::new(false));
    let begun = Instant::now();
    scope(|scope| {
        let (served, figures, ends) = (&served, &figures, &ends);
        for at in 0..clients.ordinary {
            scope.spawn(move || ordinary(served, figures, ends, at));
        }
        for at in 0..clients.querying {
            scope.spawn(move || querying(served, figures, ends, at));
        }
        for _ in 0..clients.sending_slowly {
            scope.spawn(|| sending_slowly(served, ends));
        }
        for _ in 0..clients.reading_slowly {
            scope.spawn(|| reading_slowly(served, figures, ends));
        }
        for _ in 0..clients.leaving {
            scope.spawn(|| leaving(served, ends));
        }
        scope.spawn(|| watch(served, figures, ends));
        sleep(time);
        ends.store(true, Ordering::Relaxed);
    });
    let took = begun.elapsed();
    // Once they are gone, the server answers as before.
    assert_eq!(served.ask("/api/case")["events"], 2526);
    assert_eq!(served.sql(&serde_json::json!({ "sql": "SELECT count(*) FROM events" })).0, 200);
    let ending = Instant::now();
    assert!(Command::new("kill").args(["-INT", &served.child.id().to_string()]).status().unwrap().success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
    let ended = ending.elapsed();

    let faults = figures.faults.lock().unwrap();
    let first: Vec<&String> = faults.iter().take(5).collect();
    assert!(faults.is_empty(), "{} of: {first:#?}", faults.len());
    let statuses = figures.statuses.lock().unwrap();
    let requests: u64 = statuses.values().sum();
    assert!(statuses.get(&200).is_some_and(|answers| *answers > 0), "{statuses:?}");
    let mut told = format!("{requests} requests in {} s", took.as_secs());
    for (status, count) in &*statuses {
        write!(told, ", {status}: {count}").unwrap();
    }
    let (peak, processes) = (figures.peak_kib.load(Ordering::Relaxed) >> 10, figures.processes.load(Ordering::Relaxed));
    let slow = figures.slow_bytes.load(Ordering::Relaxed) >> 10;
    write!(told, "; slow readers got {slow} KiB; peak {peak} MiB; at most {processes} processes of queries").unwrap();
    write!(told, "; ended after {} ms", ended.as_millis()).unwrap();
    // Of the server alone: each query has a limit of its own.
    assert!(peak < 1500, "{told}");
    assert!(processes <= 3, "{told}");
    told
}

#[test]
fn many_clients_are_answered_or_refused() {
    let clients = Clients { ordinary: 60, querying: 10, sending_slowly: 10, reading_slowly: 10, leaving: 10 };
    println!("{}", load(&clients, Duration::from_secs(4)));
}

/// `make serve-load MINUTES=5`
#[test]
#[ignore = "takes minutes: make serve-load"]
fn two_hundred_clients_for_minutes() {
    let minutes = std::env::var("MINUTES").ok().and_then(|minutes| minutes.parse().ok()).unwrap_or(5);
    let clients = Clients { ordinary: 120, querying: 20, sending_slowly: 20, reading_slowly: 20, leaving: 20 };
    println!("serve-load: {}", load(&clients, Duration::from_secs(60 * minutes)));
}
