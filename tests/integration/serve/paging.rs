//! Paging through rows.

use crate::serve::{column, serve_demo};

#[test]
fn pages_have_no_gaps_or_overlaps() {
    let server = serve_demo();
    let page = |query: &str| column(&server.get_json(&format!("/api/timeline?{query}")), "id");
    let all = page("");
    assert_eq!(all.len(), 39);
    let joined: Vec<String> =
        [0, 10, 20, 30].iter().flat_map(|offset| page(&format!("limit=10&offset={offset}"))).collect();
    assert_eq!(joined, all);
    let mut back = page("order=desc");
    back.reverse();
    assert_eq!(back, all);
}

#[test]
fn total_is_returned_even_without_rows() {
    let server = serve_demo();
    for query in ["limit=0", "offset=39", "offset=1000000000000", "offset=9223372036854775807"] {
        let answer = server.get_json(&format!("/api/timeline?{query}"));
        assert_eq!((answer["total"].as_u64(), column(&answer, "id").len()), (Some(39), 0), "{query}");
    }
    assert_eq!(column(&server.get_json("/api/timeline?offset=38"), "id").len(), 1);
    let most = server.get_json("/api/timeline?show=programmatic&limit=1000&offset=1500");
    assert_eq!((most["total"].as_u64(), column(&most, "id").len()), (Some(2014), 514));
}

#[test]
fn invalid_pages_are_refused() {
    let server = serve_demo();
    for query in ["limit=1001", "limit=-1", "offset=-1", "limit=many", "offset=9223372036854775808"] {
        let (status, problem, advice) = server.get_error(&format!("/api/timeline?{query}"));
        assert_eq!((status, problem), (400, format!("{query} is not valid")));
        assert!(advice.starts_with("Expected a whole number from 0 to "), "{advice}");
    }
}

/// The session of the demo that used the stolen key.
const THEFT: &str = "show=programmatic&session=5c5d434f8d7b191215ffe906fe9a6ca8";

#[test]
fn consecutive_calls_share_a_line() {
    let server = serve_demo();
    let lines = server.get_json(&format!("/api/timeline?{THEFT}&folded=true"));
    assert_eq!((lines["total"].as_u64(), lines["all"].as_u64()), (Some(4), Some(47)));
    assert_eq!(column(&lines, "title"), ["sts:GetCallerIdentity", "s3:ListBuckets", "iam:CreateUser", "s3:GetObject"]);
    let [.., tried, objects] = lines["rows"].as_array().unwrap().as_slice() else { unreachable!() };
    assert_eq!(
        (tried["rows"].as_u64(), tried["failed"].as_u64(), &tried["kind"]),
        (Some(1), Some(1), &"change".into())
    );
    assert_eq!(
        (objects["rows"].as_u64(), objects["events"].as_u64(), objects["failed"].as_u64()),
        (Some(44), Some(44), Some(0))
    );
    let sentence = "Downloaded prod-db-backups/postgres/2026/03/01/part-00.dump.zst (164 MB), the first of 44 objects (5.3 GB) using \
         access key AKIAEXAMPLEJ3XHTZZXB, created by nadia, and 43 more calls, 5.3 GB in total";
    assert_eq!(objects["summary"], sentence);
    let inside = server.get_json(&format!("/api/timeline?{THEFT}&limit=1000&line={}", objects["id"].as_str().unwrap()));
    assert_eq!(inside["total"], 44);
    let singly = column(&server.get_json(&format!("/api/timeline?{THEFT}")), "id");
    assert_eq!(column(&inside, "id"), singly[3..]);
    // A row that is not the first of a line does not identify a line.
    assert_eq!(server.get_json(&format!("/api/timeline?{THEFT}&line={}", singly[4]))["total"], 0);
    // Rows that a filter excludes do not separate lines: both reads of S3 are consecutive then.
    assert_eq!(server.get_json(&format!("/api/timeline?{THEFT}&kind=view&folded=true"))["total"], 2);
}

#[test]
fn pages_of_lines_in_both_directions_contain_every_row() {
    let server = serve_demo();
    let (every, mut rows) = ("show=click&show=command&show=background&show=programmatic", 0);
    let page = |query: &str| server.get_json(&format!("/api/timeline?{every}&folded=true&{query}"));
    let all = page("limit=1000");
    for line in all["rows"].as_array().unwrap() {
        rows += line["rows"].as_u64().unwrap();
    }
    let ids = column(&all, "id");
    assert_eq!((all["total"].as_u64(), all["all"].as_u64()), (Some(ids.len() as u64), Some(rows)));
    let mut back = column(&page("limit=1000&order=desc"), "id");
    back.reverse();
    assert_eq!(back, ids);
    let joined: Vec<String> =
        [0, 300, 600].iter().flat_map(|offset| column(&page(&format!("limit=300&offset={offset}")), "id")).collect();
    assert_eq!(joined, ids[..joined.len()]);
}
