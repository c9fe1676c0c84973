//! Who may come in.

use crate::serve::{Served, served};

const POLICY: &str = "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

fn cookie(served: &Served) -> String {
    format!("Cookie: other=1; cartographer-{}={}", served.port, served.token)
}

#[test]
fn the_token_becomes_a_cookie_that_opens_every_address() {
    let served = served();
    let host = format!("Host: 127.0.0.1:{}", served.port);
    let first = format!("GET /?view=a&token={}&session=%2B HTTP/1.1", served.token);
    let welcome = served.raw(&[&first, &host]);
    assert_eq!(status(&welcome), "303");
    assert!(welcome.contains("location: /?view=a&session=%2B\r\n"), "{welcome}");
    let set =
        format!("set-cookie: cartographer-{}={}; HttpOnly; SameSite=Strict; Path=/\r\n", served.port, served.token);
    assert!(welcome.contains(&set), "{welcome}");
    let page = served.raw(&["GET /sessions HTTP/1.1", &host, &cookie(&served)]);
    assert_eq!(status(&page), "200");
    assert!(page.contains("content-type: text/html; charset=utf-8\r\n") && page.contains("cartographer"), "{page}");
    let localhost = format!("Host: localhost:{}", served.port);
    assert_eq!(status(&served.raw(&["GET /api/case HTTP/1.1", &localhost, &cookie(&served)])), "200");
}

#[test]
fn without_the_token_nothing_opens() {
    let served = served();
    let host = format!("Host: 127.0.0.1:{}", served.port);
    let wrong = format!("Cookie: cartographer-{}={}0", served.port, &served.token[1..]);
    let of_another = format!("Cookie: cartographer-1={}", served.token);
    for path in ["/", "/sessions", "/index.html", "/api/case", "/api/nothing", "/?token=", "/?token=00"] {
        for key in ["X-None: 1", &*wrong, &*of_another, "Authorization: Bearer 00", "Authorization: Basic 00"] {
            let answer = served.raw(&[&format!("GET {path} HTTP/1.1"), &host, key]);
            assert_eq!(status(&answer), "401", "{path} {key}: {answer}");
            assert!(answer.contains("content-type: text/plain") && answer.contains("`cartographer serve` printed"));
            assert!(!answer.contains(&served.token) && !answer.contains("set-cookie"), "{answer}");
        }
    }
    // The token opens the first address alone, so that it stands in no address that is kept.
    let elsewhere = format!("GET /api/case?token={} HTTP/1.1", served.token);
    assert_eq!(status(&served.raw(&[&elsewhere, &host])), "401");
}

#[test]
fn another_name_that_leads_here_is_refused() {
    let served = served();
    let key = cookie(&served);
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
    let (host, key) = (format!("Host: 127.0.0.1:{}", served.port), cookie(&served));
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
    let (host, key) = (format!("Host: 127.0.0.1:{}", served.port), cookie(&served));
    let first = format!("GET /?token={} HTTP/1.1", served.token);
    let requests: [&[&str]; 6] = [
        &["GET / HTTP/1.1", &host, &key],
        &["GET / HTTP/1.1", &host],
        &["GET / HTTP/1.1", "Host: evil.example"],
        &["GET /api/case HTTP/1.1", &host, &key],
        &["GET /no.js HTTP/1.1", &host, &key],
        &[&first, &host],
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
    assert_eq!(advice, "The timeline has the IDs in the case.");
    assert_eq!(served.refused("/api/events/frob").0, 404);
    assert_eq!(served.get("/api/sql").0, 405);
}
