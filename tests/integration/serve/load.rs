//! Many concurrent clients, including slow ones: requests are answered or refused with a reason, memory use is limited,
//! and the server exits cleanly. `make serve-load MINUTES=5` runs longer and prints the figures.

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

use crate::serve::{Server, demo, serve};

/// The requests that clients send in turn.
const PATHS: [&str; 12] = [
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

/// The number of clients of each kind.
struct Clients {
    ordinary: usize,
    querying: usize,
    /// Clients that send a request byte by byte, and never complete it.
    sending_slowly: usize,
    /// Clients that request a large file and read it slowly.
    reading_slowly: usize,
    /// Clients that disconnect in the middle of an answer.
    leaving: usize,
}

/// The results of the requests.
#[derive(Default)]
struct Figures {
    statuses: Mutex<BTreeMap<u16, u64>>,
    /// Answers that are neither successful nor a refusal with a reason, and broken answers.
    faults: Mutex<Vec<String>>,
    slow_bytes: AtomicU64,
    peak_kib: AtomicU64,
    processes: AtomicU64,
}

impl Figures {
    fn count(&self, path: &str, status: u16, body: &str) {
        *self.statuses.lock().unwrap().entry(status).or_default() += 1;
        let has_reason = body.contains("\"error\":") && body.contains("\"advice\":");
        if !(status == 200 || (matches!(status, 400 | 408 | 503) && has_reason)) {
            self.fault(format!("{path}: {status} {}", body.chars().take(200).collect::<String>()));
        }
    }

    fn fault(&self, what: String) {
        self.faults.lock().unwrap().push(what);
    }
}

/// Sends a request on a separate connection.
fn send_request(server: &Server, head: &str, body: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port))?;
    stream.set_read_timeout(Some(Duration::from_secs(90)))?;
    let length = body.len();
    let bearer = server.bearer();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {bearer}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}",
        server.port
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or(std::io::ErrorKind::UnexpectedEof)?, answer))
}

fn ordinary(server: &Server, figures: &Figures, is_over: &AtomicBool, first: usize) {
    for at in first.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let path = PATHS[at % PATHS.len()];
        match send_request(server, &format!("GET {path}"), "") {
            Ok((status, body)) => figures.count(path, status, &body),
            Err(error) => figures.fault(format!("{path}: {error}")),
        }
    }
}

fn querying(server: &Server, figures: &Figures, is_over: &AtomicBool, first: usize) {
    for at in first.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let sql = QUERIES[at % QUERIES.len()];
        match send_request(server, "POST /api/sql", &serde_json::json!({ "sql": sql }).to_string()) {
            Ok((status, body)) => figures.count(sql, status, &body),
            Err(error) => figures.fault(format!("{sql}: {error}")),
        }
    }
}

fn sending_slowly(server: &Server, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", server.port)) else { continue };
        for byte in b"GET /api/case HTTP/1.1\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a')) {
            // The server eventually closes the connection.
            if is_over.load(Ordering::Relaxed) || stream.write_all(&[*byte]).is_err() {
                break;
            }
            sleep(Duration::from_millis(200));
        }
    }
}

fn reading_slowly(server: &Server, figures: &Figures, is_over: &AtomicBool) {
    let path = "/api/export?format=jsonl&show=click&show=programmatic&show=background&show=residual";
    while !is_over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", server.port)) else { continue };
        let (port, bearer) = (server.port, server.bearer());
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {bearer}\r\n\r\n");
        if stream.write_all(request.as_bytes()).is_err() {
            continue;
        }
        let mut buffer = [0; 512];
        while !is_over.load(Ordering::Relaxed) {
            match stream.read(&mut buffer) {
                Ok(bytes) if bytes > 0 => {
                    figures.slow_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                }
                _ => break,
            }
            sleep(Duration::from_millis(100));
        }
    }
}

fn leaving(server: &Server, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", server.port)) {
            let (port, bearer) = (server.port, server.bearer());
            let request = format!(
                "GET /api/timeline?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {bearer}\r\n\r\n"
            );
            // The server may already have refused the connection.
            drop(stream.write_all(request.as_bytes()));
            sleep(Duration::from_millis(20));
        }
    }
}

/// Records the server's peak memory use and the number of its query processes.
#[cfg(target_os = "linux")]
fn watch(server: &Server, figures: &Figures, is_over: &AtomicBool) {
    let id = server.child.id();
    while !is_over.load(Ordering::Relaxed) {
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
fn watch(_: &Server, _: &Figures, _: &AtomicBool) {}

/// Runs these clients for a time, and stops the server. Returns the figures as text.
fn load(clients: &Clients, time: Duration) -> String {
    let mut server = serve(demo(), &[]);
    // Initialize everything that the server creates only once.
    assert!(server.get_json("/api/timeline?show=programmatic")["total"].as_u64().unwrap() > 0);
    let (figures, is_over) = (Figures::default(), AtomicBool::new(false));
    let started = Instant::now();
    scope(|scope| {
        let (server, figures, is_over) = (&server, &figures, &is_over);
        for at in 0..clients.ordinary {
            scope.spawn(move || ordinary(server, figures, is_over, at));
        }
        for at in 0..clients.querying {
            scope.spawn(move || querying(server, figures, is_over, at));
        }
        for _ in 0..clients.sending_slowly {
            scope.spawn(|| sending_slowly(server, is_over));
        }
        for _ in 0..clients.reading_slowly {
            scope.spawn(|| reading_slowly(server, figures, is_over));
        }
        for _ in 0..clients.leaving {
            scope.spawn(|| leaving(server, is_over));
        }
        scope.spawn(|| watch(server, figures, is_over));
        sleep(time);
        is_over.store(true, Ordering::Relaxed);
    });
    let elapsed_time = started.elapsed();
    // After the clients have disconnected, the server still answers.
    assert_eq!(server.get_json("/api/case")["events"], 2526);
    assert_eq!(server.sql(&serde_json::json!({ "sql": "SELECT count(*) FROM events" })).0, 200);
    let exit_started = Instant::now();
    assert!(Command::new("kill").args(["-INT", &server.child.id().to_string()]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let exit_time = exit_started.elapsed();

    let faults = figures.faults.lock().unwrap();
    let first: Vec<&String> = faults.iter().take(5).collect();
    assert!(faults.is_empty(), "{} of: {first:#?}", faults.len());
    let statuses = figures.statuses.lock().unwrap();
    let requests: u64 = statuses.values().sum();
    assert!(statuses.get(&200).is_some_and(|answers| *answers > 0), "{statuses:?}");
    let mut summary = format!("{requests} requests in {} s", elapsed_time.as_secs());
    for (status, count) in &*statuses {
        write!(summary, ", {status}: {count}").unwrap();
    }
    let (peak, processes) = (figures.peak_kib.load(Ordering::Relaxed) >> 10, figures.processes.load(Ordering::Relaxed));
    let slow = figures.slow_bytes.load(Ordering::Relaxed) >> 10;
    write!(summary, "; slow readers got {slow} KiB; peak {peak} MiB; at most {processes} processes of queries")
        .unwrap();
    write!(summary, "; ended after {} ms", exit_time.as_millis()).unwrap();
    // This is the server alone. Each query process has a separate limit.
    assert!(peak < 1500, "{summary}");
    assert!(processes <= 3, "{summary}");
    summary
}

#[test]
fn many_concurrent_clients_are_answered_or_refused() {
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
