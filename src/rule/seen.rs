//! Removes duplicates from values that come from a log. Comparing each value with all others takes quadratic time, and one
//! record can contain hundreds of thousands of values.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};

/// The values that were seen. The hash function is seeded, so that nobody can choose values that collide.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl Seen {
    /// Whether a value was not seen before.
    pub(crate) fn is_new(&mut self, value: &(impl Hash + ?Sized)) -> bool {
        self.hashes.insert(self.hasher.hash_one(value))
    }
}

/// The values without duplicates, in order.
pub(crate) fn distinct<T: Hash>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = Seen::default();
    values.into_iter().filter(|value| seen.is_new(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_of_equal_values_is_kept() {
        assert_eq!(distinct(["b", "a", "b", "c", "a"]), ["b", "a", "c"]);
        assert_eq!(distinct(Vec::<String>::new()), Vec::<String>::new());
    }
}
