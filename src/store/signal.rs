//! The sessions to be mapped, in pieces, and their signals.

use arrow::record_batch::RecordBatch;
use duckdb::params;

use super::{Case, StoreError};
use crate::batch::{SignalBatches, session_columns};
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS};

/// The approximate number of events in a piece; two pieces are in memory at the same time.
const PIECE: u64 = 50_000;

/// The statement that splits the waiting events into pieces, in order of (session, time). A session is in one piece, unless
/// it has more events than that, in which case each minute of it is in one piece.
fn cut() -> String {
    format!(
        "CREATE OR REPLACE TEMP TABLE waiting AS \
         WITH waits AS (SELECT session_id, events FROM sessions WHERE console AND signals IS NULL), \
         parts AS (SELECT session_id, NULL::TIMESTAMP AS minute, events FROM waits WHERE events <= {PIECE} UNION ALL \
         SELECT session_id, date_trunc('minute', event_time) AS minute, count(*) AS events FROM events \
         SEMI JOIN (FROM waits WHERE events > {PIECE}) USING (session_id) GROUP BY ALL) \
         SELECT session_id, minute, ((sum(events) OVER (ORDER BY session_id, minute) - events) // {PIECE})::BIGINT AS piece \
         FROM parts"
    )
}

/// The maximum number of pieces whose events are queried individually. For more pieces, the events are first sorted into
/// a table: a scan of all events for each piece would take quadratic time.
const FEW: usize = 3;

/// The events of the waiting sessions.
fn waiting_events() -> String {
    let columns = session_columns();
    format!(
        "SELECT piece, {columns} FROM events JOIN (FROM waiting WHERE minute IS NULL) USING (session_id) UNION ALL \
         SELECT piece, {columns} FROM (SELECT *, date_trunc('minute', event_time) AS minute FROM events) \
         JOIN (FROM waiting WHERE minute IS NOT NULL) USING (session_id, minute)"
    )
}

/// Counts the events of the waiting sessions by class, and stores the counts. The class is that of the view `event_signals`,
/// which would join the events of all sessions.
const STATE: &str = "UPDATE sessions SET console_events = counted.console, explained_events = counted.explained, \
     unexplained_events = counted.unexplained, typed_events = counted.typed, \
     signals = (SELECT count(*) FROM signals WHERE signals.session_id = sessions.session_id) \
     FROM (SELECT session_id, count(*) FILTER (class NOT IN ('programmatic', 'command')) AS console, \
     count(*) FILTER (class = 'explained') AS explained, count(*) FILTER (class = 'residual') AS unexplained, \
     count(*) FILTER (class = 'command') AS typed FROM (SELECT session_id, CASE \
     WHEN kind = 'command' AND client IN ('cli', 'sdk', 'agent', 'cloudshell') THEN 'command' \
     WHEN kind IS NOT NULL THEN 'explained' \
     WHEN client IS NULL OR client NOT IN ('cli', 'sdk', 'agent', 'cloudshell', 'service') THEN 'residual' \
     ELSE 'programmatic' END AS class \
     FROM (SELECT session_id, event_id, client FROM events SEMI JOIN waiting USING (session_id)) \
     LEFT JOIN event_signal USING (event_id) LEFT JOIN (SELECT signal_id, kind FROM signals) USING (signal_id)) \
     GROUP BY session_id) AS counted \
     WHERE counted.session_id = sessions.session_id";

impl Case {
    /// The pieces in which the waiting sessions are mapped, in order. Removes their old signals.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn pieces(&self) -> Result<Vec<i64>, StoreError> {
        self.execute(&cut())?;
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

    /// The events of a piece, in the form that [`crate::batch::sessions`] reads, in order of (time, id). A very long
    /// session continues in the next piece.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn piece_events(&self, piece: i64) -> Result<Vec<RecordBatch>, StoreError> {
        let sql = "FROM waiting_events WHERE piece = ? ORDER BY session_id, event_time, event_id";
        self.rows(sql, params![piece])
    }

    /// Calls `give` with the events of one session, batch by batch, in order of (time, id), in the form that
    /// [`crate::batch::sessions`] reads.
    ///
    /// # Errors
    /// DuckDB's message, and the error of `give`.
    pub fn each_of_session<E: From<StoreError>>(
        &self,
        session_id: &str,
        mut give: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let columns = session_columns();
        let sql = format!("SELECT {columns} FROM events WHERE session_id = ? ORDER BY event_time, event_id");
        let mut statement = self.prepare(&sql)?;
        drop(statement.stream_arrow(params![session_id]).map_err(StoreError::from)?);
        // The stream's own iterator panics on errors.
        while let Some(columns) = statement.step().map_err(StoreError::from)? {
            give(&RecordBatch::from(&columns))?;
        }
        Ok(())
    }

    /// Adds signals of waiting sessions.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn add_signals(&self, batches: &SignalBatches) -> Result<(), StoreError> {
        self.append(&SIGNALS, [&batches.signals])?;
        self.append(&EVENT_SIGNAL, [&batches.event_signal])?;
        self.append(&SIGNAL_ENTITIES, [&batches.signal_entities])
    }

    /// Marks the sessions in [`Case::pieces`] as mapped once their signals are stored, with the number of signals.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn end_waiting(&self) -> Result<(), StoreError> {
        // The temporary table takes memory that the rest of the work may need.
        self.execute("DROP TABLE IF EXISTS temp.apart")?;
        if self.has_rows("waiting")? { self.execute(STATE) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use arrow::compute::concat_batches;

    use super::*;

    #[test]
    fn piece_events_do_not_depend_on_number_of_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        case.execute(
            "INSERT INTO events BY NAME SELECT 'e' || i AS event_id, 's' || i % 3 AS session_id, i::VARCHAR AS region, \
             TIMESTAMP '2026-03-02' AS event_time FROM range(30) AS r(i); \
             CREATE TEMP TABLE waiting AS SELECT 's' || i AS session_id, NULL::TIMESTAMP AS minute, i AS piece \
             FROM range(2) AS r(i)",
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

    #[test]
    fn long_session_is_split_into_ordered_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        case.execute(
            "INSERT INTO events BY NAME SELECT 'e' || lpad((i * 7919 % 130_000)::VARCHAR, 6, '0') AS event_id, \
             'long' AS session_id, TIMESTAMP '2026-03-02' + to_seconds(i * 7919 % 130_000 // 50) AS event_time \
             FROM range(130_000) AS r(i); \
             INSERT INTO events BY NAME SELECT s || i AS event_id, s AS session_id, TIMESTAMP '2026-03-02' AS event_time \
             FROM range(30_000) AS r(i), (VALUES ('a'), ('z')) AS v(s); \
             INSERT INTO sessions BY NAME SELECT session_id, true AS console, count(*) AS events FROM events GROUP BY ALL",
        )
        .unwrap();
        let pieces = case.pieces().unwrap();
        assert_eq!(pieces, [0, 1, 2, 3]);
        let (mut all, mut lengths) = (Vec::new(), Vec::new());
        for piece in pieces {
            let batches = case.piece_events(piece).unwrap();
            lengths.push(batches.iter().map(RecordBatch::num_rows).sum::<usize>());
            for batch in &batches {
                let columns = crate::batch::Columns(batch);
                let (sessions, ids) = (columns.text("session_id").unwrap(), columns.text("event_id").unwrap());
                let text = |row: usize| (sessions.value(row).to_owned(), ids.value(row).to_owned());
                all.extend((0..batch.num_rows()).map(text));
            }
        }
        assert_eq!(lengths, [51_000, 51_000, 48_000, 40_000], "a minute has 3,000 events");
        assert!(all.is_sorted(), "in this test, IDs are in the order of times");
    }
}
