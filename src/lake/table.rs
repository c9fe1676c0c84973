//! Maps a whole table of events in memory, in any order.

use arrow::array::BooleanArray;
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::record_batch::RecordBatch;
use foldhash::HashMap;

use super::LakeError;
use super::columns::{DamagedJson, all_events};
use super::wide::in_utc;
use crate::batch::{Columns, Rows, SignalBatches};
use crate::rule::RuleSet;
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS, Table};
use crate::trail;

/// Maps batches of `events` with all columns, with the same results as loading the original files. Times in the result
/// are in UTC. Damaged JSON is counted in `damaged`.
///
/// # Errors
/// Like [`super::events`].
pub fn map(batches: &[RecordBatch], rules: &RuleSet, damaged: &mut DamagedJson) -> Result<SignalBatches, LakeError> {
    let events = batches.iter().map(|batch| all_events(batch, damaged)).collect::<Result<Vec<_>, _>>()?;
    let mapped = trail::map_events(without_duplicates(&events)?, rules)?;
    let all = |table: &'static Table, of: fn(&SignalBatches) -> &RecordBatch| {
        let empty = Rows::new(table).finish()?;
        in_utc(&concat_batches(&table.schema(), std::iter::once(&empty).chain(mapped.signals.iter().map(of)))?)
    };
    Ok(SignalBatches {
        signals: all(&SIGNALS, |batches| &batches.signals)?,
        event_signal: all(&EVENT_SIGNAL, |batches| &batches.event_signal)?,
        signal_entities: all(&SIGNAL_ENTITIES, |batches| &batches.signal_entities)?,
    })
}

/// The position of a record: the document's name and the record's position in it, followed by the batch and the row.
type RecordPosition<'b> = (Option<&'b str>, Option<i64>, usize, usize);

/// Removes duplicate events. Keeps the first record in the document whose name sorts first.
fn without_duplicates(batches: &[RecordBatch]) -> Result<Vec<RecordBatch>, LakeError> {
    let mut first: HashMap<&str, RecordPosition<'_>> = HashMap::default();
    for (at, batch) in batches.iter().enumerate() {
        let columns = Columns(batch);
        let (ids, files, records) =
            (columns.text("event_id")?, columns.text("source_file")?, columns.integer("source_record")?);
        let records = records.iter().zip(files.iter()).zip(ids.iter());
        for (row, ((record, file), id)) in records.enumerate() {
            let position = (file, record, at, row);
            let known = first.entry(id.unwrap_or_default()).or_insert(position);
            *known = position.min(*known);
        }
    }
    let mut kept: Vec<Vec<bool>> = batches.iter().map(|batch| vec![false; batch.num_rows()]).collect();
    for (.., batch, row) in first.values() {
        kept[*batch][*row] = true;
    }
    let chosen = |(batch, kept)| Ok(filter_record_batch(batch, &BooleanArray::from(kept))?);
    batches.iter().zip(kept).map(chosen).collect()
}
