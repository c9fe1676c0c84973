//! The sessions that wait to be mapped, piece by piece, and their signals.

use arrow::record_batch::RecordBatch;
use duckdb::params;

use super::{Case, StoreError};
use crate::batch::{SESSION_COLUMNS, SignalBatches};
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS};

/// Cuts the sessions that wait into pieces of about so many events, each session in one piece.
const CUT: &str = "CREATE OR REPLACE TEMP TABLE waiting AS SELECT session_id, \
     ((sum(events) OVER (ORDER BY session_id) - events) // 100000)::BIGINT AS piece \
     FROM sessions WHERE console AND signals IS NULL";

/// Counts what the signals of a piece explain.
const COUNT: &str = "UPDATE sessions SET console_events = c.console, explained_events = c.explained, \
     signals = c.signals FROM (SELECT session_id, count(*) FILTER (class NOT IN ('programmatic', 'command')) AS console, \
     count(signal_id) FILTER (class <> 'command') AS explained, count(DISTINCT signal_id) AS signals FROM event_signals \
     WHERE session_id IN (SELECT session_id FROM waiting WHERE piece = ?) GROUP BY session_id) AS c \
     WHERE sessions.session_id = c.session_id";

impl Case {
    /// The pieces in which the sessions that wait are mapped. Signals they may have had are removed.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn pieces(&self) -> Result<Vec<i64>, StoreError> {
        self.execute(CUT)?;
        self.forget_signals_of("waiting")?;
        let mut statement = self.connection.prepare("SELECT DISTINCT piece FROM waiting ORDER BY piece")?;
        let pieces = statement.query_map([], |row| row.get(0))?;
        Ok(pieces.collect::<Result<_, _>>()?)
    }

    /// The events of a piece's sessions, as [`crate::batch::sessions`] reads them.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn piece_events(&self, piece: i64) -> Result<Vec<RecordBatch>, StoreError> {
        let sql = format!(
            "SELECT {SESSION_COLUMNS} FROM events JOIN waiting USING (session_id) WHERE piece = ? \
             ORDER BY session_id, event_time, event_id"
        );
        self.rows(&sql, params![piece])
    }

    /// The events of one session, as [`crate::batch::sessions`] reads them.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn session_events(&self, session_id: &str) -> Result<Vec<RecordBatch>, StoreError> {
        let sql = format!("SELECT {SESSION_COLUMNS} FROM events WHERE session_id = ? ORDER BY event_time, event_id");
        self.rows(&sql, params![session_id])
    }

    /// Adds the signals of a piece's sessions, which wait no longer.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn add_signals(&self, piece: i64, batches: &SignalBatches) -> Result<(), StoreError> {
        self.append(&SIGNALS, [&batches.signals])?;
        self.append(&EVENT_SIGNAL, [&batches.event_signal])?;
        self.append(&SIGNAL_ENTITIES, [&batches.signal_entities])?;
        self.connection.execute(COUNT, params![piece])?;
        Ok(())
    }
}
