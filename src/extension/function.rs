//! The functions that the extension adds to a host, described with safe types.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::record_batch::RecordBatch;

use super::ExtensionError;
use super::argument::Parameter;
use super::cache::Slot;
use super::input::TextArguments;
use super::options::Options;
use super::types::Type;
use crate::table::Table;

/// A table function, which returns the rows of a table.
pub(super) struct TableFunction {
    pub(super) name: &'static str,
    /// The table that defines its columns.
    pub(super) table: &'static Table,
    pub(super) parameters: &'static [Parameter],
    /// The number of rows for a trail of a million events, as an estimate for the host's planner.
    pub(super) typical_rows: u64,
    /// Computes its rows. Called once for each scan.
    pub(super) answer: fn(&Options) -> Result<Answer, ExtensionError>,
}

/// The rows of a table function.
#[derive(Debug)]
pub(super) struct Answer {
    /// Batches with the table's schema, in order.
    pub(super) batches: Vec<RecordBatch>,
    #[expect(dead_code, reason = "kept alive, so that the query's other functions can find it")]
    pub(super) shared: Option<Arc<Slot>>,
}

/// A scalar function.
pub(super) struct ScalarFunction {
    pub(super) name: String,
    pub(super) parameters: Vec<Type>,
    pub(super) answer: Type,
    /// Whether a call has an effect, so that the host must not evaluate it in advance.
    pub(super) has_effect: bool,
    pub(super) call: Box<ScalarCall>,
}

/// Returns one value for each row.
pub(super) type ScalarCall = dyn Fn(&[TextArguments]) -> Result<ArrayRef, ExtensionError> + Send + Sync;
