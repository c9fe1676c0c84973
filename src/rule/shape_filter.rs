//! Sets of shapes that can be compared in one operation.

use super::shape::ShapeId;

/// A Bloom filter over shapes that uses one of 64 bits for each shape. If two filters have no bits in common, the sets
/// have no shapes in common. Otherwise, they usually do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShapeFilter(u64);

impl ShapeFilter {
    /// Whether the two sets may have a shape in common.
    #[must_use]
    pub const fn may_intersect(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl FromIterator<ShapeId> for ShapeFilter {
    fn from_iter<I: IntoIterator<Item = ShapeId>>(shapes: I) -> Self {
        Self(shapes.into_iter().fold(0, |filter, shape| filter | 1 << (shape.0 % u64::BITS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(shapes: &[u32]) -> ShapeFilter {
        shapes.iter().copied().map(ShapeId).collect()
    }

    #[test]
    fn filters_with_common_shape_always_intersect() {
        assert!(filter(&[1, 70]).may_intersect(filter(&[5, 70])));
        assert!(!filter(&[1, 70]).may_intersect(filter(&[2, 3])));
        assert!(!filter(&[]).may_intersect(filter(&[1])));
        assert!(filter(&[6]).may_intersect(filter(&[70])), "shapes with the same bit have to be compared");
    }
}
