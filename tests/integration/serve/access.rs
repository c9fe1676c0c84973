//! Access control.

use serde_json::json;

use crate::serve::{Server, serve_demo};

const POLICY: &str = "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

fn bearer(server: &Server) -> String {
    format!("Authorization: Bearer {}", server.token)
}

fn host(server: &Server) -> String {
    format!("Host: 127.0.0.1:{}", server.port)
}

#[test]
fn only_the_api_requires_the_token_in_a_header() {
    let server = serve_demo();
    for path in ["/", "/sessions", "/timeline?session=a", "/assets/licenses.txt"] {
        let answer = server.raw(&[&format!("GET {path} HTTP/1.1"), &host(&server)]);
        assert_eq!(status(&answer), "200", "{path}");
        assert!(!answer.contains(&server.token) && !answer.contains("set-cookie"), "{answer}");
    }
    let page = server.raw(&["GET /sessions HTTP/1.1", &host(&server)]);
    assert!(page.contains("content-type: text/html; charset=utf-8\r\n") && page.contains("cartographer"), "{page}");
    let localhost = format!("Host: localhost:{}", server.port);
    let answer = server.raw(&["GET /api/case HTTP/1.1", &localhost, &bearer(&server)]);
    assert_eq!(status(&answer), "200");
    assert!(!answer.contains("set-cookie"), "{answer}");
}

#[test]
fn api_requests_without_token_are_refused() {
    let server = serve_demo();
    let wrong = format!("Authorization: Bearer {}0", &server.token[1..]);
    // A cookie is sent to every port of the host, so it is not accepted as a token.
    let cookie = format!("Cookie: cartographer-{}={}", server.port, server.token);
    let in_query = format!("/api/case?token={}", server.token);
    let paths = ["/api/case", "/api/cases", "/api/export?format=csv", "/api/nothing", "/api/sql", &in_query];
    for path in paths {
        for key in ["X-None: 1", &*wrong, &*cookie, "Authorization: Bearer 00", "Authorization: Basic 00"] {
            for method in ["GET", "POST"] {
                let answer = server.raw(&[&format!("{method} {path} HTTP/1.1"), &host(&server), key]);
                assert_eq!(status(&answer), "401", "{path} {key}: {answer}");
                assert!(answer.contains("content-type: application/json\r\n"), "{answer}");
                assert!(answer.contains("www-authenticate: Bearer\r\n"), "{answer}");
                assert!(answer.contains("the request has no valid access token"), "{answer}");
                assert!(answer.contains("`cartographer serve` printed") && !answer.contains(&server.token));
            }
        }
    }
}

#[test]
fn ticket_allows_a_single_download() {
    let server = serve_demo();
    let issue = |address: &str| server.send("/api/tickets", &json!({ "address": address }));
    let (status_of, answer) = issue("/api/export?kind=secret&format=csv");
    assert_eq!(status_of, 200);
    let address = answer["address"].as_str().unwrap();
    let download = |address: &str| server.raw(&[&format!("GET {address} HTTP/1.1"), &host(&server)]);
    let other = address.replace("kind=secret", "kind=delete");
    assert_eq!(status(&download(&other)), "401");
    let file = download(address);
    assert!(status(&file) == "200" && file.contains("content-disposition: attachment"), "{file}");
    assert!(file.contains("Created access key AKIA"), "{file}");
    assert_eq!(status(&download(address)), "401");
    for address in ["/api/case", "/api/timeline", "http://evil.example/api/export", "/api/export#a"] {
        let (status, answer) = issue(address);
        assert_eq!((status, answer["error"].as_str().unwrap().contains("is not the address of a file")), (400, true));
    }
    let without = server.raw(&["POST /api/tickets HTTP/1.1", &host(&server), "Content-Length: 0"]);
    assert_eq!(status(&without), "401");
}

#[test]
fn other_host_names_are_refused() {
    let server = serve_demo();
    let key = bearer(&server);
    for host in ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:1", ""] {
        let answer = server.raw(&["GET /api/case HTTP/1.1", &format!("Host: {host}"), &key]);
        assert_eq!(status(&answer), "403", "{host}: {answer}");
    }
    let rebound = format!("Host: evil.example:{}", server.port);
    assert_eq!(status(&server.raw(&["GET /api/case HTTP/1.1", &rebound, &key])), "403");
    assert_eq!(status(&server.raw(&["GET /api/case HTTP/1.0", &key])), "403");
}

#[test]
fn posts_from_other_origins_are_refused() {
    let server = serve_demo();
    let (host, key) = (format!("Host: 127.0.0.1:{}", server.port), bearer(&server));
    let body = "{\"sql\":\"SELECT 1\"}";
    let length = format!("Content-Length: {}", body.len());
    let post = |origin: &str| {
        let own = ["POST /api/sql HTTP/1.1", &host, &key, &length, origin, "Connection: close", "", body];
        server.raw(&own)
    };
    let from = |origin: &str| status(&post(&format!("Origin: {origin}"))).to_owned();
    assert_eq!(from(&format!("http://127.0.0.1:{}", server.port)), "200");
    assert_eq!(from(&format!("http://localhost:{}", server.port)), "200");
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", ""] {
        assert_eq!(from(origin), "403", "{origin:?}");
    }
    assert_eq!(status(&post("X-None: 1")), "200");
}

#[test]
fn all_answers_have_security_headers() {
    let server = serve_demo();
    let (host, key) = (format!("Host: 127.0.0.1:{}", server.port), bearer(&server));
    let requests: [&[&str]; 6] = [
        &["GET / HTTP/1.1", &host, &key],
        &["GET /api/case HTTP/1.1", &host],
        &["GET / HTTP/1.1", "Host: evil.example"],
        &["GET /api/case HTTP/1.1", &host, &key],
        &["GET /no.js HTTP/1.1", &host, &key],
        &["POST /api/sql HTTP/1.1", &host, "Origin: http://evil.example"],
    ];
    for request in requests {
        let answer = server.raw(request);
        let more = ["x-content-type-options: nosniff", "referrer-policy: no-referrer", "cache-control: no-store"];
        let own = ["cross-origin-opener-policy: same-origin", "cross-origin-resource-policy: same-origin"];
        assert!(answer.contains(POLICY), "{answer}");
        assert!(more.iter().chain(&own).all(|line| answer.contains(&format!("{line}\r\n"))), "{answer}");
    }
}

#[test]
fn unknown_addresses_are_not_found() {
    let server = serve_demo();
    assert_eq!(server.get("/no.js"), (404, "/no.js was not found.\n".to_owned()));
    assert_eq!(server.get("/../Cargo.toml").0, 404);
    assert_eq!(server.get("/assets/%2e%2e/index.html").0, 404);
    let (status, problem, _) = server.get_error("/api/frob");
    assert_eq!((status, problem.as_str()), (404, "/api/frob was not found"));
    let (status, problem, advice) = server.get_error("/api/signals/frob");
    assert_eq!((status, problem.as_str()), (404, "there is no signal \"frob\""));
    assert_eq!(advice, "The timeline shows the IDs of all signals and events.");
    assert_eq!(server.get_error("/api/events/frob").0, 404);
    assert_eq!(server.get("/api/sql").0, 405);
}
