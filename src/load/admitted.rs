//! The rows of shared batches that the case is to have, as few slices as they come to.

use std::ops::Range;

use arrow::record_batch::RecordBatch;

/// Rows that were admitted, in order, of batches that came together.
#[derive(Debug)]
pub(super) struct Admitted {
    batches: Vec<RecordBatch>,
    slices: Vec<RecordBatch>,
    /// The batch and the rows of the slice in the making.
    open: (usize, Range<usize>),
}

impl Admitted {
    /// None of these batches' rows yet.
    pub(super) fn new(batches: Vec<RecordBatch>) -> Self {
        Self { batches, slices: Vec::new(), open: (0, 0..0) }
    }

    /// Adds one row of one of the batches.
    pub(super) fn admit(&mut self, batch: usize, row: usize) {
        let (open, rows) = &mut self.open;
        if *open == batch && rows.end == row {
            rows.end += 1;
        } else {
            self.close();
            self.open = (batch, row..row + 1);
        }
    }

    /// One of the batches.
    pub(super) fn batch(&self, at: usize) -> Option<&RecordBatch> {
        self.batches.get(at)
    }

    /// The slices.
    pub(super) fn finish(mut self) -> Vec<RecordBatch> {
        self.close();
        self.slices
    }

    fn close(&mut self) {
        let (batch, rows) = std::mem::replace(&mut self.open, (0, 0..0));
        if let Some(batch) = self.batches.get(batch).filter(|_| !rows.is_empty()) {
            self.slices.push(if rows.len() == batch.num_rows() {
                batch.clone()
            } else {
                batch.slice(rows.start, rows.len())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Int64Array};
    use arrow::datatypes::Int64Type;

    use super::*;

    fn batch(values: &[i64]) -> RecordBatch {
        let column: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
        RecordBatch::try_from_iter([("a", column)]).unwrap()
    }

    #[test]
    fn rows_that_follow_each_other_are_one_slice() {
        let mut admitted = Admitted::new(vec![batch(&[0, 1, 2, 3]), batch(&[4, 5])]);
        for (batch, row) in [(0, 1), (0, 2), (1, 0), (1, 1)] {
            admitted.admit(batch, row);
        }
        admitted.admit(0, 3);
        let values = |batch: &RecordBatch| batch.column(0).as_primitive::<Int64Type>().values().to_vec();
        assert_eq!(admitted.finish().iter().map(values).collect::<Vec<_>>(), [vec![1, 2], vec![4, 5], vec![3]]);
    }
}
