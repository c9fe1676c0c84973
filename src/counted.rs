//! Numbers with their nouns, for messages and sentences.

use std::fmt::Display;

/// A number with its noun in the singular or plural: `1 rule`, `2 rules`.
#[must_use]
pub fn counted<N>(number: N, one: &str, many: &str) -> String
where
    N: Copy + Display + PartialEq + From<u8>,
{
    let noun = if number == N::from(1) { one } else { many };
    format!("{number} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_other_than_one_are_plural() {
        assert_eq!([0_u64, 1, 2].map(|rules| counted(rules, "rule", "rules")), ["0 rules", "1 rule", "2 rules"]);
    }
}
