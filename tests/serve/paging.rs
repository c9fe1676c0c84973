//! Pages of rows, at their edges.

use crate::{column, served};

#[test]
fn pages_join_without_gap_or_overlap() {
    let served = served();
    let page = |query: &str| column(&served.ask(&format!("/api/timeline?{query}")), "id");
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
fn the_total_is_told_even_where_no_row_is() {
    let served = served();
    for query in ["limit=0", "offset=39", "offset=1000000000000", "offset=9223372036854775807"] {
        let answer = served.ask(&format!("/api/timeline?{query}"));
        assert_eq!((answer["total"].as_u64(), column(&answer, "id").len()), (Some(39), 0), "{query}");
    }
    assert_eq!(column(&served.ask("/api/timeline?offset=38"), "id").len(), 1);
    let most = served.ask("/api/timeline?show=programmatic&limit=1000&offset=1500");
    assert_eq!((most["total"].as_u64(), column(&most, "id").len()), (Some(2014), 514));
}

#[test]
fn pages_that_cannot_be_are_refused() {
    let served = served();
    for query in ["limit=1001", "limit=-1", "offset=-1", "limit=many", "offset=9223372036854775808"] {
        let (status, problem, advice) = served.refused(&format!("/api/timeline?{query}"));
        assert_eq!((status, problem), (400, format!("{query} makes no sense")));
        assert!(advice.starts_with("Expected a whole number from 0 to "), "{advice}");
    }
}
