//! The sessions that wait to be mapped, and their signals.

use arrow::record_batch::RecordBatch;
use duckdb::{Params, params};

use super::{Case, StoreError};
use crate::batch::{SignalBatches, session_columns};
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS};

/// The sessions that wait.
const WAITING: &str = "SELECT session_id FROM sessions WHERE console AND signals IS NULL";

/// Counts what the signals of the sessions that waited explain.
const COUNT: &str = "UPDATE sessions SET console_events = c.console, explained_events = c.explained, \
     signals = c.signals FROM (SELECT session_id, count(*) FILTER (class NOT IN ('programmatic', 'command')) AS console, \
     count(signal_id) FILTER (class <> 'command') AS explained, count(DISTINCT signal_id) AS signals FROM event_signals \
     WHERE session_id IN (SELECT session_id FROM waiting) GROUP BY session_id) AS c \
     WHERE sessions.session_id = c.session_id";

impl Case {
    /// Finds the sessions that wait to be mapped, and removes signals they may have had. Whether there are any.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn find_waiting(&self) -> Result<bool, StoreError> {
        self.execute(&format!("CREATE OR REPLACE TEMP TABLE waiting AS {WAITING}"))?;
        self.forget_signals_of("waiting")?;
        self.has_rows("waiting")
    }

    /// Gives the events of all sessions that wait, a batch at a time and in order: as [`crate::batch::sessions`] reads them.
    ///
    /// They are read by a connection of their own, so that signals can be added meanwhile. DuckDB puts the events that
    /// its memory has no room for aside while it sorts; beyond that, one batch is in memory.
    ///
    /// # Errors
    /// DuckDB's message, and what `give` says.
    pub fn each_waiting<E: From<StoreError>>(&self, give: impl FnMut(&RecordBatch) -> Result<(), E>) -> Result<(), E> {
        let columns = session_columns();
        let sql = format!(
            "SELECT {columns} FROM events SEMI JOIN ({WAITING}) USING (session_id) \
             ORDER BY session_id, event_time, event_id"
        );
        self.another()?.each_row(&sql, [], give)
    }

    /// Gives the events of one session, as [`Case::each_waiting`] does.
    ///
    /// # Errors
    /// As [`Case::each_waiting`].
    pub fn each_of_session<E: From<StoreError>>(
        &self,
        session_id: &str,
        give: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let columns = session_columns();
        let sql = format!("SELECT {columns} FROM events WHERE session_id = ? ORDER BY event_time, event_id");
        self.each_row(&sql, params![session_id], give)
    }

    /// Gives the rows of a statement a batch at a time, as soon as DuckDB has them.
    fn each_row<E: From<StoreError>>(
        &self,
        sql: &str,
        params: impl Params,
        mut give: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.prepare(sql)?;
        drop(statement.stream_arrow(params).map_err(StoreError::from)?);
        // The stream's own iterator panics where a step tells of an error.
        while let Some(columns) = statement.step().map_err(StoreError::from)? {
            give(&RecordBatch::from(&columns))?;
        }
        Ok(())
    }

    /// Adds signals of sessions that wait.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn add_signals(&self, batches: &SignalBatches) -> Result<(), StoreError> {
        self.append(&SIGNALS, [&batches.signals])?;
        self.append(&EVENT_SIGNAL, [&batches.event_signal])?;
        self.append(&SIGNAL_ENTITIES, [&batches.signal_entities])
    }

    /// Ends the waiting of all sessions that [`Case::find_waiting`] found, once their signals are there: counts these.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn end_waiting(&self) -> Result<(), StoreError> {
        self.execute(COUNT)
    }
}
