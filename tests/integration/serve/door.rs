//! Who may come in.

use serde_json::json;

use crate::serve::{Served, served};

const POLICY: &str = "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

fn bearer(served: &Served) -> String {
    format!("Authorization: Bearer {}", served.token)
}

fn host(served: &Served) -> String {
    format!("Host: 127.0.0.1:{}", served.port)
}

#[test]
fn the_page_is_open_and_the_api_needs_the_token_in_a_header() {
    let served = served();
    for path in ["/", "/sessions", "/timeline?session=a", "/assets/licenses.txt"] {
        let answer = served.raw(&[&format!("GET {path} HTTP/1.1"), &host(&served)]);
        assert_eq!(status(&answer), "200", "{path}");
        assert!(!answer.contains(&served.token) && !answer.contains("set-cookie"), "{answer}");
    }
    let page = served.raw(&["GET /sessions HTTP/1.1", &host(&served)]);
    assert!(page.contains("content-type: text/html; charset=utf-8\r\n") && page.contains("cartographer"), "{page}");
    let localhost = format!("Host: localhost:{}", served.port);
    let answer = served.raw(&["GET /api/case HTTP/1.1", &localhost, &bearer(&served)]);
    assert_eq!(status(&answer), "200");
    assert!(!answer.contains("set-cookie"), "{answer}");
}

#[test]
fn without_the_token_the_api_says_nothing() {
    let served = served();
    let wrong = format!("Authorization: Bearer {}0", &served.token[1..]);
    // A cookie reaches every port of the host, and is not taken for a token.
    let cookie = format!("Cookie: cartographer-{}={}", served.port, served.token);
    let in_query = format!("/api/case?token={}", served.token);
    let paths = ["/api/case", "/api/cases", "/api/export?format=csv", "/api/nothing", "/api/sql", &in_query];
    for path in paths {
        for key in ["X-None: 1", &*wrong, &*cookie, "Authorization: Bearer 00", "Authorization: Basic 00"] {
            for method in ["GET", "POST"] {
                let answer = served.raw(&[&format!("{method} {path} HTTP/1.1"), &host(&served), key]);
                assert_eq!(status(&answer), "401", "{path} {key}: {answer}");
                assert!(answer.contains("content-type: application/json\r\n"), "{answer}");
                assert!(answer.contains("www-authenticate: Bearer\r\n"), "{answer}");
                assert!(answer.contains("the request has no valid access token"), "{answer}");
                assert!(answer.contains("`cartographer serve` printed") && !answer.contains(&served.token));
            }
        }
    }
}

#[test]
fn a_ticket_downloads_one_file_once() {
    let served = served();
    let issue = |address: &str| served.send("/api/tickets", &json!({ "address": address }));
    let (status_of, told) = issue("/api/export?kind=secret&format=csv");
    assert_eq!(status_of, 200);
    let address = told["address"].as_str().unwrap();
    let ask = |address: &str| served.raw(&[&format!("GET {address} HTTP/1.1"), &host(&served)]);
    let other = address.replace("kind=secret", "kind=delete");
    assert_eq!(status(&ask(&other)), "401");
    let file = ask(address);
    assert!(status(&file) == "200" && file.contains("content-disposition: attachment"), "{file}");
    assert!(file.contains("Created access key AKIA"), "{file}");
    assert_eq!(status(&ask(address)), "401");
    for address in ["/api/case", "/api/timeline", "http://evil.example/api/export", "/api/export#a"] {
        let (status, told) = issue(address);
        assert_eq!((status, told["error"].as_str().unwrap().contains("is not the address of a file")), (400, true));
    }
    let without = served.raw(&["POST /api/tickets HTTP/1.1", &host(&served), "Content-Length: 0"]);
    assert_eq!(status(&without), "401");
}

#[test]
fn another_name_that_leads_here_is_refused() {
    let served = served();
    let key = bearer(&served);
    for host in ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:1", ""] {
        let answer = served.raw(&["GET /api/case HTTP/1.1", &format!("Host: {host}"), &key]);
        assert_eq!(status(&answer), "403", "{host}: {answer}");
    }
    let rebound = format!("Host: evil.example:{}", served.port);
    assert_eq!(status(&served.raw(&["GET /api/case HTTP/1.1", &rebound, &key])), "403");
    assert_eq!(status(&served.raw(&["GET /api/case HTTP/1.0", &key])), "403");
}

#[test]
fn a_page_of_another_site_may_not_post() {
    let served = served();
    let (host, key) = (format!("Host: 127.0.0.1:{}", served.port), bearer(&served));
    let body = "{\"sql\":\"SELECT 1\"}";
    let length = format!("Content-Length: {}", body.len());
    let post = |origin: &str| {
        let own = ["POST /api/sql HTTP/1.1", &host, &key, &length, origin, "Connection: close", "", body];
        served.raw(&own)
    };
    let from = |origin: &str| status(&post(&format!("Origin: {origin}"))).to_owned();
    assert_eq!(from(&format!("http://127.0.0.1:{}", served.port)), "200");
    assert_eq!(from(&format!("http://localhost:{}", served.port)), "200");
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", ""] {
        assert_eq!(from(origin), "403", "{origin:?}");
    }
    assert_eq!(status(&post("X-None: 1")), "200");
}

#[test]
fn every_answer_has_the_headers_that_keep_a_page_in() {
    let served = served();
    let (host, key) = (format!("Host: 127.0.0.1:{}", served.port), bearer(&served));
    let requests: [&[&str]; 6] = [
        &["GET / HTTP/1.1", &host, &key],
        &["GET /api/case HTTP/1.1", &host],
        &["GET / HTTP/1.1", "Host: evil.example"],
        &["GET /api/case HTTP/1.1", &host, &key],
        &["GET /no.js HTTP/1.1", &host, &key],
        &["POST /api/sql HTTP/1.1", &host, "Origin: http://evil.example"],
    ];
    for request in requests {
        let answer = served.raw(request);
        let more = ["x-content-type-options: nosniff", "referrer-policy: no-referrer", "cache-control: no-store"];
        let own = ["cross-origin-opener-policy: same-origin", "cross-origin-resource-policy: same-origin"];
        assert!(answer.contains(POLICY), "{answer}");
        assert!(more.iter().chain(&own).all(|line| answer.contains(&format!("{line}\r\n"))), "{answer}");
    }
}

#[test]
fn what_there_is_not_is_told() {
    let served = served();
    assert_eq!(served.get("/no.js"), (404, "/no.js was not found.\n".to_owned()));
    assert_eq!(served.get("/../Cargo.toml").0, 404);
    assert_eq!(served.get("/assets/%2e%2e/index.html").0, 404);
    let (status, problem, _) = served.refused("/api/frob");
    assert_eq!((status, problem.as_str()), (404, "/api/frob was not found"));
    let (status, problem, advice) = served.refused("/api/signals/frob");
    assert_eq!((status, problem.as_str()), (404, "there is no signal \"frob\""));
    assert_eq!(advice, "The timeline shows the IDs of all signals and events.");
    assert_eq!(served.refused("/api/events/frob").0, 404);
    assert_eq!(served.get("/api/sql").0, 405);
}
