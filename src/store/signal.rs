//! The sessions that wait to be mapped, piece by piece, and their signals.

use arrow::record_batch::RecordBatch;
use duckdb::params;

use super::{Case, StoreError};
use crate::batch::{SignalBatches, session_columns};
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS};

/// Cuts the sessions that wait into pieces of about so many events, each session in one piece.
const CUT: &str = "CREATE OR REPLACE TEMP TABLE waiting AS SELECT session_id, \
     ((sum(events) OVER (ORDER BY session_id) - events) // 100000)::BIGINT AS piece \
     FROM sessions WHERE console AND signals IS NULL";

/// The most pieces whose events are looked for one by one. More are put apart first, in order: a look at all events for
/// each piece would make the work grow with the square of the events.
const FEW: usize = 3;

/// The events of the sessions that wait.
fn waiting_events() -> String {
    format!("SELECT piece, {} FROM events JOIN waiting USING (session_id)", session_columns())
}

/// Counts what the signals of the sessions that waited explain.
const COUNT: &str = "UPDATE sessions SET console_events = c.console, explained_events = c.explained, \
     signals = c.signals FROM (SELECT session_id, count(*) FILTER (class NOT IN ('programmatic', 'command')) AS console, \
     count(signal_id) FILTER (class <> 'command') AS explained, count(DISTINCT signal_id) AS signals FROM event_signals \
     WHERE session_id IN (SELECT session_id FROM waiting) GROUP BY session_id) AS c \
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
        let pieces = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        self.find_events(pieces.len())?;
        Ok(pieces)
    }

    fn find_events(&self, pieces: usize) -> Result<(), StoreError> {
        let events = waiting_events();
        if pieces <= FEW {
            return self.execute(&format!("CREATE OR REPLACE TEMP VIEW waiting_events AS {events}"));
        }
        self.execute(&format!("CREATE OR REPLACE TEMP TABLE apart AS {events} ORDER BY piece"))?;
        self.execute("CREATE OR REPLACE TEMP VIEW waiting_events AS FROM apart")
    }

    /// The events of a piece's sessions, as [`crate::batch::sessions`] reads them.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn piece_events(&self, piece: i64) -> Result<Vec<RecordBatch>, StoreError> {
        let sql = "FROM waiting_events WHERE piece = ? ORDER BY session_id, event_time, event_id";
        self.rows(sql, params![piece])
    }

    /// The events of one session, as [`crate::batch::sessions`] reads them.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn session_events(&self, session_id: &str) -> Result<Vec<RecordBatch>, StoreError> {
        let columns = session_columns();
        let sql = format!("SELECT {columns} FROM events WHERE session_id = ? ORDER BY event_time, event_id");
        self.rows(&sql, params![session_id])
    }

    /// Adds the signals of a piece's sessions.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn add_signals(&self, batches: &SignalBatches) -> Result<(), StoreError> {
        self.append(&SIGNALS, [&batches.signals])?;
        self.append(&EVENT_SIGNAL, [&batches.event_signal])?;
        self.append(&SIGNAL_ENTITIES, [&batches.signal_entities])
    }

    /// Ends the waiting of all sessions that [`Case::pieces`] found, once their signals are there: counts these.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn end_waiting(&self) -> Result<(), StoreError> {
        self.execute(COUNT)?;
        // What was put apart takes room that the rest of the work may need.
        self.execute("DROP TABLE IF EXISTS temp.apart")
    }
}

#[cfg(test)]
mod tests {
    use arrow::compute::concat_batches;

    use super::*;

    #[test]
    fn pieces_put_apart_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        case.execute(
            "INSERT INTO events BY NAME SELECT 'e' || i AS event_id, 's' || i % 3 AS session_id, i::VARCHAR AS region, \
             TIMESTAMP '2026-03-02' AS event_time FROM range(30) AS r(i); \
             CREATE TEMP TABLE waiting AS SELECT 's' || i AS session_id, i AS piece FROM range(2) AS r(i)",
        )
        .unwrap();
        let piece = |pieces: usize| {
            case.find_events(pieces).unwrap();
            let batches = case.piece_events(1).unwrap();
            concat_batches(&batches[0].schema(), &batches).unwrap()
        };
        let found = piece(FEW);
        assert_eq!(found.num_rows(), 10);
        assert_eq!(piece(FEW + 1), found);
    }
}
