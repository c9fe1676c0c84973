//! Work that must not grow faster than its input: counted, not timed.

use cartographer::read::{self, Document};

/// Bytes that were looked through again for a text.
fn searched(text: String) -> u64 {
    let before = read::searched_bytes();
    let document = Document { name: "a".to_owned(), text: text.into_bytes() };
    drop(read::split(&document));
    read::searched_bytes() - before
}

/// Texts with that many broken things in them.
fn texts(count: usize) -> Vec<(&'static str, String)> {
    vec![
        ("unclosed objects", format!("{{\"Records\":[{}", "{\"a\":".repeat(count))),
        ("items that are no values", format!("{{\"Records\":[{}]}}", "{\"a\" x},".repeat(count))),
        ("items without an end", format!("[{}]", "{\"a\":\"b\" ,, ".repeat(count))),
        ("words between items", format!("[{}]", "{\"a\":1} x ".repeat(count))),
        ("unclosed lines", "{\"a\":[\n".repeat(count)),
        ("unclosed lines of a log", "10:00 {\"a\":[\n".repeat(count)),
        ("quotes", format!("[{}", "{\"".repeat(count))),
        ("lists", "[".repeat(count)),
        ("members with lists", format!("{{\"Records\":[1],{}", "\"Records\":[{\"a\":".repeat(count))),
    ]
}

#[test]
fn twice_the_damage_takes_twice_the_work() {
    let (small, large) = (texts(4_000), texts(8_000));
    for ((what, small), (_, large)) in small.into_iter().zip(large) {
        let bytes = large.len() as u64;
        let (small, large) = (searched(small), searched(large));
        assert!(large <= 3 * small + 100_000, "{what}: {small} bytes, then {large}");
        assert!(large <= 40 * bytes + 1_000_000, "{what}: {large} bytes searched in {bytes}");
    }
}
