//! Sets of shapes that can be compared in one operation.

use super::shape::ShapeId;

/// A Bloom filter over shapes with one of 64 bits for each shape. If two filters have no bit in common, the sets have
/// no shape in common. Otherwise they usually do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShapeFilter(u64);

impl ShapeFilter {
    /// Whether the two sets may have a shape in common.
    #[must_use]
    pub const fn may_meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl FromIterator<ShapeId> for ShapeFilter {
    fn from_iter<I: IntoIterator<Item = ShapeId>>(shapes: I) -> Self {
        Self(shapes.into_iter().fold(0, |marks, shape| marks | 1 << (shape.0 % u64::BITS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(shapes: &[u32]) -> ShapeFilter {
        shapes.iter().copied().map(ShapeId).collect()
    }

    #[test]
    fn a_shape_in_common_is_never_denied() {
        assert!(marks(&[1, 70]).may_meet(marks(&[5, 70])));
        assert!(!marks(&[1, 70]).may_meet(marks(&[2, 3])));
        assert!(!marks(&[]).may_meet(marks(&[1])));
        assert!(marks(&[6]).may_meet(marks(&[70])), "two that share a bit are to be compared");
    }
}
