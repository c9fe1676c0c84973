//! Maps console sessions to signals, in parallel.

use arrow::record_batch::RecordBatch;
use foldhash::HashMap;
use rayon::prelude::*;

use super::cells::Cells;
use super::sessions::{Explained, Session, gather};
use super::stretches::Stretch;
use crate::batch::{self, BatchError, Rows, SessionColumns, SignalBatches};
use crate::event::Client;
use crate::matching::{self, Limits, Row, SessionRows};
use crate::rule::RuleSet;
use crate::signal::{Kind, Signal};
use crate::table::SESSIONS;

/// The approximate number of events whose signals are in one batch.
const PIECE: usize = 20_000;

/// The result of mapping a trail's events.
#[derive(Debug)]
pub struct Mapped {
    /// Batches of `sessions`, ordered by ID.
    pub sessions: Vec<RecordBatch>,
    /// Batches of signals, in order of sessions, then of (first time, anchor event ID).
    pub signals: Vec<SignalBatches>,
}

/// The signals of stretches, in order. Runs in the caller's thread pool.
///
/// # Errors
/// See [`Stretch::map`].
pub fn signals(rules: &RuleSet, stretches: &[Stretch]) -> Result<Vec<Signal>, BatchError> {
    let signals: Vec<_> = stretches.par_iter().map(|stretch| stretch.map(rules)).collect::<Result<_, _>>()?;
    Ok(signals.into_iter().flatten().collect())
}

/// Gathers the sessions of events, and maps console sessions.
pub(super) fn map(events: &[RecordBatch], rules: &RuleSet) -> Result<Mapped, BatchError> {
    let sessions = gather(&Cells::of_all(events)?);
    let columns = events.iter().map(SessionColumns::of).collect::<Result<Vec<_>, _>>()?;
    let pieces: Vec<_> =
        pieces(&sessions).into_par_iter().map(|piece| map_piece(piece, &columns, rules)).collect::<Result<_, _>>()?;
    let (sessions, signals) = pieces.into_iter().unzip();
    Ok(Mapped { sessions, signals })
}

/// Splits the sessions into runs of approximately this many events.
fn pieces<'s, 'b>(mut sessions: &'s [Session<'b>]) -> Vec<&'s [Session<'b>]> {
    let mut pieces = Vec::new();
    while !sessions.is_empty() {
        let mut events = 0;
        let within = sessions.iter().take_while(|session| {
            events += session.places.len();
            events <= PIECE
        });
        let (piece, rest) = sessions.split_at(within.count().max(1));
        pieces.push(piece);
        sessions = rest;
    }
    pieces
}

fn map_piece(
    sessions: &[Session<'_>],
    columns: &[SessionColumns<'_>],
    rules: &RuleSet,
) -> Result<(RecordBatch, SignalBatches), BatchError> {
    let (mut all, mut rows) = (Vec::new(), Rows::with_capacity(&SESSIONS, sessions.len()));
    for session in sessions {
        let before = all.len();
        let mut explained = Explained::default();
        if session.console {
            let events =
                session.places.iter().map(|(batch, row)| columns[*batch as usize].row(*row as usize)).collect();
            let events = SessionRows { session_id: session.id, rows: events };
            let stretches = matching::stretches(&events, Limits::default());
            all.par_extend(stretches.par_iter().flat_map_iter(|stretch| matching::map_stretch(rules, stretch)));
            explained = count(&events.rows, &all[before..]);
        }
        session.push(&mut rows, explained)?;
    }
    Ok((rows.finish()?, batch::signals(&all)?))
}

/// Counts a console session's events by class, with the same classes as the `event_signals` view.
fn count(events: &[Row<'_>], signals: &[Signal]) -> Explained {
    let members =
        signals.iter().flat_map(|signal| signal.events.iter().map(|member| (member.event_id.as_str(), signal.kind)));
    let kinds: HashMap<&str, Kind> = members.collect();
    let mut explained = Explained { signals: signals.len() as u64, ..Explained::default() };
    for event in events {
        let typed = matches!(event.client, Client::Cli | Client::Sdk | Client::Agent | Client::CloudShell);
        match kinds.get(event.event_id) {
            Some(Kind::Command) if typed => explained.typed += 1,
            Some(_) => explained.of_signals += 1,
            None if typed || event.client == Client::Service => {}
            None => explained.unexplained += 1,
        }
    }
    explained
}
