//! Gathers sessions from their events with SQL.
//!
//! The remaining work is stored in the tables, so that an interrupted load continues: a session whose `events` is not the
//! number of its events has to be gathered again, and one whose `signals` is NULL has to be mapped.

use serde::Serialize;

use super::{Case, StoreError};
use crate::event::Evidence;

/// Whether any event was added, moved or removed since sessions were gathered. Moving and removing events marks their sessions
/// with a negative count. This reads one column of `sessions` only.
const HAS_CHANGED: &str = "SELECT COALESCE(min(events) < 0, false) OR COALESCE(sum(events), 0) <> (SELECT count(*) FROM events) \
     FROM sessions";

/// Sessions whose events changed since they were gathered.
const FIND_CHANGED: &str = "CREATE OR REPLACE TEMP TABLE changed AS SELECT session_id, now.events \
     FROM (SELECT session_id, count(*) AS events FROM events GROUP BY session_id) AS now \
     FULL JOIN (SELECT session_id, events FROM sessions) AS was USING (session_id) \
     WHERE now.events IS DISTINCT FROM was.events";

/// The approximate maximum memory that an event takes while its session is gathered, in bytes.
pub const GATHERED_BYTES: u64 = 512;

/// Removes the signals in the table `gone`.
const FORGET_GONE: [&str; 3] = [
    "DELETE FROM event_signal WHERE signal_id IN (FROM gone)",
    "DELETE FROM signal_entities WHERE signal_id IN (FROM gone)",
    "DELETE FROM signals WHERE signal_id IN (FROM gone)",
];

/// Removes all signals and marks all console sessions to be mapped again.
const FORGET_SIGNALS: [&str; 4] = [
    "DELETE FROM event_signal",
    "DELETE FROM signal_entities",
    "DELETE FROM signals",
    "UPDATE sessions SET signals = NULL WHERE console",
];

/// Counts the clicks by what identifies them, and the background events: the fields of [`Totals`] from `background` on.
const COUNT_CLICKS: &str = "SELECT \
     (SELECT COALESCE(sum(event_count), 0)::BIGINT FROM signals WHERE kind = 'background'::signal_kind), count(*), \
     count(*) FILTER (named_by = 'page'), count(*) FILTER (named_by = 'page' AND confidence >= 0.9), \
     count(*) FILTER (named_by = 'service'), count(*) FILTER (named_by = 'call'), \
     count(*) FILTER (named_by = 'command') FROM clicks";

/// The current totals of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// Sessions.
    pub sessions: u64,
    /// Console sessions.
    pub console_sessions: u64,
    /// Console events.
    pub console_events: u64,
    /// Console events with a signal, including background, counted independently. Used to balance the ledger; it does not
    /// show how well pages are recognized.
    pub explained: u64,
    /// Events from commands in a console session: the AWS CLI, `CloudShell` or a program.
    pub typed: u64,
    /// Events of a console session without a signal, counted independently.
    pub residual: u64,
    /// Signals.
    pub signals: u64,
    /// Events of background signals.
    pub background: u64,
    /// Signals other than background: the sum of `on_known_page`, `visits`, `generic_changes` and `commands`.
    pub clicks: u64,
    /// Clicks identified by a known page.
    pub on_known_page: u64,
    /// Clicks identified by a known page with a confidence of 0.9 or above.
    pub high_confidence: u64,
    /// Clicks identified only by their service.
    pub visits: u64,
    /// Clicks identified only by their call.
    pub generic_changes: u64,
    /// Clicks that are commands.
    pub commands: u64,
}

impl Case {
    /// Whether there are sessions whose events changed.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn has_changed(&self) -> Result<bool, StoreError> {
        Ok(self.connection.query_row(HAS_CHANGED, [], |row| row.get(0))?)
    }

    /// Gathers again every session whose events changed, and removes its signals. `events_at_once` limits the events whose
    /// sessions are gathered at the same time: DuckDB keeps their distinct values in memory, and cannot spill them.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn gather_sessions(&self, events_at_once: u64) -> Result<(), StoreError> {
        self.execute(FIND_CHANGED)?;
        self.forget_signals_of("changed")?;
        self.execute("DELETE FROM sessions WHERE session_id IN (SELECT session_id FROM changed)")?;
        self.execute(&format!(
            "CREATE OR REPLACE TEMP TABLE gathering AS SELECT session_id, \
             ((sum(events) OVER (ORDER BY session_id) - events) // {})::BIGINT AS piece FROM changed WHERE events > 0",
            events_at_once.max(1)
        ))?;
        let mut statement = self.connection.prepare("SELECT DISTINCT piece FROM gathering ORDER BY piece")?;
        let pieces = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        pieces.into_iter().try_for_each(|piece| self.execute(&gather(piece)))?;
        self.execute("DROP TABLE temp.gathering")
    }

    /// Removes the signals of the sessions in a table.
    pub(super) fn forget_signals_of(&self, sessions: &str) -> Result<(), StoreError> {
        let gone = format!("SELECT signal_id FROM signals SEMI JOIN {sessions} USING (session_id)");
        self.execute(&format!("CREATE OR REPLACE TEMP TABLE gone AS {gone}"))?;
        if self.has_rows("gone")? { FORGET_GONE.iter().try_for_each(|sql| self.execute(sql)) } else { Ok(()) }
    }

    /// Removes all signals and marks all console sessions to be mapped again.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn forget_signals(&self) -> Result<(), StoreError> {
        FORGET_SIGNALS.iter().try_for_each(|sql| self.execute(sql))
    }

    /// The current totals of the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        const COUNTS: [&str; 5] =
            ["console_events", "explained_events", "typed_events", "unexplained_events", "signals"];
        let sums = COUNTS.map(|counts| format!("COALESCE(sum({counts}), 0)::BIGINT")).join(", ");
        let sql = format!("SELECT count(*), count(*) FILTER (console), {sums} FROM sessions");
        let totals = self.connection.query_row(&sql, [], |row| {
            Ok(Totals {
                sessions: row.get(0)?,
                console_sessions: row.get(1)?,
                console_events: row.get(2)?,
                explained: row.get(3)?,
                typed: row.get(4)?,
                residual: row.get(5)?,
                signals: row.get(6)?,
                ..Totals::default()
            })
        })?;
        self.count_clicks(totals)
    }

    fn count_clicks(&self, totals: Totals) -> Result<Totals, StoreError> {
        Ok(self.connection.query_row(COUNT_CLICKS, [], |row| {
            Ok(Totals {
                background: row.get(0)?,
                clicks: row.get(1)?,
                on_known_page: row.get(2)?,
                high_confidence: row.get(3)?,
                visits: row.get(4)?,
                generic_changes: row.get(5)?,
                commands: row.get(6)?,
                ..totals
            })
        })?)
    }
}

/// The statement that gathers a piece of the sessions in `gathering`. No value depends on the order of events.
fn gather(piece: i64) -> String {
    let strong = Evidence::STRONG.names().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO sessions BY NAME SELECT session_id, min(account_id) AS account_id, \
         min(identity_type) AS identity_type, min(principal) AS principal, min(principal_arn) AS principal_arn, \
         min(session_created) AS session_created, \
         bool_or(list_has_any(console_evidence, [{strong}])) OR (bool_and(principal_arn IS NULL AND \
         principal_id IS NULL AND identity_type IS NULL) AND bool_or(len(console_evidence) > 0)) AS console, \
         min(event_time) AS first_time, max(event_time) AS last_time, {ips} AS ips, {regions} AS regions, \
         {agents} AS user_agents, bool_or(mfa) AS mfa, count(*) AS events, 0 AS console_events, \
         0 AS explained_events, 0 AS unexplained_events, 0 AS typed_events, \
         CASE WHEN console THEN NULL ELSE 0 END AS signals \
         FROM events JOIN (SELECT session_id FROM gathering WHERE piece = {piece}) AS these USING (session_id) \
         GROUP BY session_id",
        ips = set_of("CASE WHEN regexp_full_match(source_ip, '[0-9a-fA-F.:]+') THEN source_ip END"),
        regions = set_of("region"),
        agents = set_of("user_agent"),
    )
}

/// The column's distinct values, sorted.
fn set_of(column: &str) -> String {
    format!("COALESCE(list_sort(list(DISTINCT {column}) FILTER ({column} IS NOT NULL)), [])")
}

#[cfg(test)]
mod tests {
    use arrow::util::pretty::pretty_format_batches;

    use super::*;

    /// Inserts sessions with many distinct values each, such as those of a scanner with many addresses.
    fn scattered(case: &Case, events: u64) {
        case.execute(&format!(
            "DELETE FROM sessions; DELETE FROM events; INSERT INTO events BY NAME SELECT 'e' || i AS event_id, \
             md5((i * 7919 % {events} // 25)::VARCHAR) AS session_id, TIMESTAMP '2026-03-02' + to_seconds(i) AS event_time, \
             'eu-west-' || (i % 5) AS region, '203.0.' || (i // 250 % 250) || '.' || (i % 250) AS source_ip, \
             'aws-sdk-go-v2/1.21.' || i || ' os/linux lang/go#1.21 md/GOOS#linux md/GOARCH#amd64' AS user_agent \
             FROM range({events}) AS r(i)"
        ))
        .unwrap();
    }

    #[test]
    fn sessions_do_not_depend_on_gathering_batch_size() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        let gathered = |at_once: u64| {
            scattered(&case, 5_000);
            case.gather_sessions(at_once).unwrap();
            let sessions = case.query("FROM sessions ORDER BY session_id").unwrap();
            pretty_format_batches(&sessions).unwrap().to_string()
        };
        let whole = gathered(u64::MAX);
        assert_eq!(whole.lines().count(), 200 + 4);
        for at_once in [1, 7, 25, 999] {
            assert_eq!(gathered(at_once), whole, "{at_once} events at once");
        }
        // A session that no longer has events is removed.
        case.execute("DELETE FROM events WHERE session_id = (SELECT min(session_id) FROM sessions)").unwrap();
        case.gather_sessions(100).unwrap();
        let count: u64 = case.connection.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 199);
    }

    #[test]
    fn many_sessions_are_gathered_with_little_memory() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        scattered(&case, 600_000);
        case.checkpoint().unwrap();
        case.set_memory(128_000_000).unwrap();
        let at_once = case.gather_sessions(u64::MAX).unwrap_err();
        assert!(matches!(at_once, StoreError::Memory(_)), "expected an out-of-memory error: {at_once}");
        case.gather_sessions(128_000_000 / GATHERED_BYTES).unwrap();
        let count: u64 = case.connection.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 24_000);
    }
}
