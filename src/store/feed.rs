//! Inserts batches into a table with all of DuckDB's threads, which pull them from a table function.
//!
//! An appender copies its rows twice and passes them on from one thread, which then busy-waits for the others.
#![expect(unsafe_code, reason = "DuckDB passes a table function its registration data and bind data as pointers")]

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use crossbeam_channel::{Receiver, Sender, bounded};
use duckdb::Connection;
use duckdb::core::{DataChunkHandle, LogicalTypeHandle};
use duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab, to_duckdb_logical_type};

use super::append::groups;
use super::chunk::write_batches;
use super::{Case, StoreError};
use crate::table::{ColumnKind, Table};

/// The table function's name.
const NAME: &str = "cartographer_feed";
/// The maximum number of chunks that wait to be pulled.
const WAITING: usize = 16;

/// The sending end; once it is dropped, [`Case::insert`] ends.
#[derive(Debug)]
pub struct FeedSender(Sender<Vec<RecordBatch>>);

/// The receiving end, for [`Case::insert`].
#[derive(Debug, Clone)]
pub struct Feed {
    batches: Receiver<Vec<RecordBatch>>,
    threads: u64,
}

/// Both ends; at most that many threads insert.
#[must_use]
pub fn feed(threads: u64) -> (FeedSender, Feed) {
    let (sender, batches) = bounded(WAITING);
    (FeedSender(sender), Feed { batches, threads })
}

impl FeedSender {
    /// Sends batches with the table's schema, blocking while the queue is full. Returns false after an error, which
    /// [`Case::insert`] reports.
    pub fn give<'a>(&self, batches: impl IntoIterator<Item = &'a RecordBatch>) -> bool {
        groups(batches).into_iter().all(|group| self.0.send(group).is_ok())
    }
}

impl Case {
    /// Inserts the sent batches into a table, in any order; returns when the sender is dropped, so it has to be used
    /// from another thread.
    ///
    /// # Errors
    /// DuckDB's message. In that case, the table contains none of the rows.
    pub fn insert(&self, table: &'static Table, feed: Feed) -> Result<(), StoreError> {
        // Preserving the order would require a single inserting thread.
        self.execute("SET preserve_insertion_order = false")?;
        self.feeds.set(Some(Source { table, feed }));
        let done = self.execute(&format!("INSERT INTO {} FROM {NAME}()", table.name));
        self.feeds.set(None);
        let reset = self.execute("RESET preserve_insertion_order");
        // The first error is the cause of the others.
        done.and(reset)
    }
}

/// The batches that the next call of the table function returns.
#[derive(Debug, Clone, Default)]
pub(super) struct Feeds(Arc<Mutex<Option<Source>>>);

/// The batches of one statement.
#[derive(Debug, Clone)]
struct Source {
    table: &'static Table,
    feed: Feed,
}

impl Feeds {
    /// Registers the table function with a database.
    pub(super) fn register(&self, connection: &Connection) -> Result<(), StoreError> {
        Ok(connection.register_table_function_with_extra_info::<Function, _>(NAME, self)?)
    }

    fn set(&self, source: Option<Source>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = source;
    }

    fn get(&self) -> Option<Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The table function.
struct Function;

impl VTab for Function {
    type InitData = ();
    type BindData = Source;

    fn bind(bind: &BindInfo) -> Result<Source, Box<dyn Error>> {
        // SAFETY: the function was registered with feeds, which DuckDB keeps for as long as it calls it.
        let feeds = unsafe { bind.get_extra_info::<Feeds>().as_ref() };
        let source = feeds.and_then(Feeds::get).ok_or("no rows are being inserted")?;
        for column in source.table.columns {
            bind.add_result_column(column.name, column_type(column.kind)?);
        }
        Ok(source)
    }

    fn init(init: &InitInfo) -> Result<(), Box<dyn Error>> {
        // SAFETY: DuckDB keeps what `bind` returned for as long as it calls the function.
        let source = unsafe { init.get_bind_data::<Source>().as_ref() };
        init.set_max_threads(source.map_or(1, |source| source.feed.threads));
        Ok(())
    }

    fn func(call: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
        match call.get_bind_data().feed.batches.recv() {
            Ok(group) => write_batches(&group, output)?,
            Err(_) => output.set_len(0),
        }
        Ok(())
    }
}

/// The type for DuckDB: JSON text without validating it again, and ENUMs as text, which DuckDB casts.
fn column_type(kind: ColumnKind) -> Result<LogicalTypeHandle, Box<dyn Error>> {
    let mut logical = to_duckdb_logical_type(&kind.arrow())?;
    if kind == ColumnKind::Json {
        logical.set_alias("JSON");
    }
    Ok(logical)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::thread;

    use super::*;
    use crate::batch::{Cell, Rows};
    use crate::table::CASE_INFO;

    fn case(folder: &Path) -> Case {
        Case::open(&folder.join("case.duckdb")).unwrap()
    }

    fn batch(first: usize, rows: usize) -> RecordBatch {
        let mut facts = Rows::new(&CASE_INFO);
        for row in first..first + rows {
            facts.push(&[Cell::text(&format!("fed {row}")), Cell::text(&row.to_string())]).unwrap();
        }
        facts.finish().unwrap()
    }

    #[test]
    fn fed_rows_are_inserted_once() {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path());
        let (feeder, feed) = feed(2);
        thread::scope(|scope| {
            scope.spawn(move || {
                for at in 0..50 {
                    assert!(feeder.give(&[batch(at * 1000, 900), batch(at * 1000 + 900, 100)]));
                }
            });
            case.insert(&CASE_INFO, feed)
        })
        .unwrap();
        let sums =
            "SELECT count(*), count(DISTINCT key), sum(value::BIGINT)::BIGINT FROM case_info WHERE key LIKE 'fed %'";
        let found: (u64, u64, u64) =
            case.connection.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        assert_eq!(found, (50_000, 50_000, 50_000 * 49_999 / 2));
    }

    #[test]
    fn error_is_reported_to_both_ends_and_leaves_no_rows() {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path());
        let (feeder, feed) = feed(2);
        let narrow = batch(0, 1).project(&[0]).unwrap();
        let inserted = thread::scope(|scope| {
            scope.spawn(move || {
                assert!(feeder.give(&[batch(0, 10)]));
                while feeder.give(std::slice::from_ref(&narrow)) {}
            });
            case.transaction(|case| case.insert(&CASE_INFO, feed))
        });
        let message = inserted.unwrap_err().to_string();
        assert!(message.contains("a batch of 1 columns"), "{message}");
        let count = "SELECT count(*) FROM case_info WHERE key LIKE 'fed %'";
        assert_eq!(case.connection.query_row(count, [], |row| row.get::<_, u64>(0)).unwrap(), 0);
        let again = case.execute("FROM cartographer_feed()").unwrap_err();
        assert!(again.to_string().contains("no rows are being inserted"), "{again}");
    }
}
