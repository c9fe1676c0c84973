//! Assigns sign-ins to sessions, gathers changed sessions, and maps console sessions to signals.

use std::thread;

use crossbeam_channel::{bounded, unbounded};
use rayon::ThreadPool;

use super::memory::Memory;
use super::{LoadError, Phase, Progress};
use crate::batch::{self, BatchError, SignalBatches};
use crate::matching::Limits;
use crate::rule::RuleSet;
use crate::session::Candidate;
use crate::store::{Case, KnownSession};
use crate::table::RULES;
use crate::trail::{self, SignIns, Stretch, Stretches};

/// Brings sessions and signals up to date with the events.
///
/// # Errors
/// If the case cannot be written; the next load then does the remaining work.
pub(super) fn map_changed(
    case: &Case,
    rules: &RuleSet,
    threads: &ThreadPool,
    memory: Memory,
    progress: &dyn Progress,
) -> Result<(), LoadError> {
    progress.phase(Phase::Sessions);
    case.transaction(|case| {
        // Sign-ins are assigned from events alone, so the assignment is valid as long as the events are unchanged.
        if case.has_changed()? {
            link_sign_ins(case)?;
            case.gather_sessions(memory.gathering())?;
        }
        adopt_rules(case, rules)
    })?;
    progress.phase(Phase::Mapping);
    case.transaction(|case| {
        map_pieces(case, case.pieces()?, rules, threads, Limits::default())?;
        case.end_waiting()?;
        // Nothing is written after this.
        Ok(case.checkpoint_at_commit()?)
    })
}

/// Stores the rules, and marks everything to be mapped again if the rules or the program have changed.
fn adopt_rules(case: &Case, rules: &RuleSet) -> Result<(), LoadError> {
    let mut same = true;
    for (key, value) in [("rules_version", rules.version()), ("tool_version", env!("CARGO_PKG_VERSION"))] {
        same &= case.info(key)?.as_deref() == Some(value);
        case.set_info(key, value)?;
    }
    if same {
        return Ok(());
    }
    case.forget_signals()?;
    Ok(case.replace(&RULES, &batch::rules(rules.rules())?)?)
}

/// Maps the waiting sessions in pieces: the next piece is read while one is mapped. At most one stretch continues in the next
/// piece.
fn map_pieces(
    case: &Case,
    pieces: Vec<i64>,
    rules: &RuleSet,
    threads: &ThreadPool,
    limits: Limits,
) -> Result<(), LoadError> {
    let map = |whole: Vec<Stretch>| batch::signals(&threads.install(|| trail::signals(rules, &whole))?);
    // A piece waits until the previous one is mapped, so that at most two are in memory.
    let (read, to_map) = bounded(0);
    let (done, mapped) = unbounded();
    thread::scope(|scope| {
        scope.spawn(move || to_map.iter().all(|whole| done.send(map(whole)).is_ok()));
        let add = |batches: Result<SignalBatches, BatchError>| Ok::<_, LoadError>(case.add_signals(&batches?)?);
        let mut stretches = Stretches::new(limits);
        for piece in pieces {
            if read.send(read_piece(case, piece, &mut stretches)?).is_err() {
                break;
            }
            mapped.try_iter().try_for_each(add)?;
        }
        if let Some(last) = stretches.finish() {
            drop(read.send(vec![last]));
        }
        drop(read);
        mapped.iter().try_for_each(add)
    })
}

/// The stretches that this piece completes.
fn read_piece(case: &Case, piece: i64, stretches: &mut Stretches) -> Result<Vec<Stretch>, LoadError> {
    let mut whole = Vec::new();
    for batch in case.piece_events(piece)? {
        whole.extend(stretches.push(&batch)?);
    }
    Ok(whole)
}

/// Assigns every sign-in to the session that it opened, or to its own if that is unknown; and splits the events of event
/// histories into sessions at pauses.
fn link_sign_ins(case: &Case) -> Result<(), LoadError> {
    let batches = case.sign_ins()?;
    let sign_ins = SignIns::read(&batches)?;
    let candidates: Vec<Candidate> = case.sessions_created(&sign_ins.spans())?.into_iter().map(candidate).collect();
    let moves = sign_ins.moves(&candidates);
    if !moves.is_empty() {
        case.move_events(&moves)?;
    }
    let moves = trail::visits(&case.visits()?)?;
    if moves.is_empty() { Ok(()) } else { Ok(case.move_events(&moves)?) }
}

fn candidate(known: KnownSession) -> Candidate {
    Candidate {
        session_id: known.session_id,
        account_id: known.account_id,
        principal_arn: known.principal,
        created: known.created,
    }
}

#[cfg(test)]
mod tests {
    use arrow::util::pretty::pretty_format_batches;

    use super::*;
    use crate::load::{LoadOptions, NoProgress, load};
    use crate::matching;
    use crate::signal::Signal;

    /// A case loaded from the demo trail.
    fn demo(folder: &std::path::Path, rules: &RuleSet) -> Case {
        let trail = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz").to_owned();
        let case = folder.join("case.duckdb");
        load(&LoadOptions { inputs: vec![trail], case: case.clone(), ..LoadOptions::default() }, rules, &NoProgress)
            .unwrap();
        Case::open(&case).unwrap()
    }

    /// The tables of signals, in the order of their rows.
    fn tables(case: &Case) -> Vec<String> {
        let rows = |table: &str| {
            let batches = case.query(&format!("FROM {table} ORDER BY rowid")).unwrap();
            pretty_format_batches(&batches).unwrap().to_string()
        };
        ["signals", "event_signal", "signal_entities"].map(rows).to_vec()
    }

    #[test]
    fn added_moved_and_removed_events_are_detected() {
        let folder = tempfile::tempdir().unwrap();
        let case = demo(folder.path(), &RuleSet::shipped().unwrap());
        let changes = |change: &dyn Fn()| {
            let before = case.has_changed().unwrap();
            change();
            let after = case.has_changed().unwrap();
            case.gather_sessions(u64::MAX).unwrap();
            [before, after]
        };
        let (first, last) = ("SELECT min(event_id) FROM events", "SELECT max(session_id) FROM sessions");
        let text = |sql: &str| {
            let batches = case.query(sql).unwrap();
            crate::batch::Columns(&batches[0]).text("value").unwrap().value(0).to_owned()
        };
        let [event, session] = [first, last].map(|sql| text(&format!("SELECT ({sql}) AS value")));
        assert_eq!(changes(&|| ()), [false, false]);
        let copy = "INSERT INTO events SELECT * REPLACE ('copy' AS event_id) FROM events LIMIT 1";
        assert_eq!(changes(&|| drop(case.query(copy).unwrap())), [false, true]);
        assert_eq!(changes(&|| case.move_events(&[(event.clone(), session.clone())]).unwrap()), [false, true]);
        assert_eq!(changes(&|| case.remove_events(std::slice::from_ref(&event)).unwrap()), [false, true]);
        assert!(!case.has_changed().unwrap());
    }

    #[test]
    fn sessions_store_the_counts_of_the_event_signals_view() {
        let folder = tempfile::tempdir().unwrap();
        let case = demo(folder.path(), &RuleSet::shipped().unwrap());
        let counts = "console_events, explained_events, unexplained_events, typed_events";
        let stored =
            case.query(&format!("SELECT session_id, {counts} FROM sessions WHERE console ORDER BY 1")).unwrap();
        let counted = case
            .query(
                "SELECT session_id, count(*) FILTER (class NOT IN ('programmatic', 'command')) AS console_events, \
                 count(*) FILTER (class IN ('click', 'background')) AS explained_events, \
                 count(*) FILTER (class = 'residual') AS unexplained_events, \
                 count(*) FILTER (class = 'command') AS typed_events FROM event_signals \
                 SEMI JOIN (FROM sessions WHERE console) USING (session_id) GROUP BY session_id ORDER BY 1",
            )
            .unwrap();
        let text = |batches: &[_]| pretty_format_batches(batches).unwrap().to_string();
        assert_eq!(text(&stored), text(&counted));
        assert!(stored.iter().map(arrow::record_batch::RecordBatch::num_rows).sum::<usize>() > 1);
    }

    #[test]
    fn long_sessions_are_mapped_by_stretch() {
        let folder = tempfile::tempdir().unwrap();
        let rules = RuleSet::shipped().unwrap();
        let case = demo(folder.path(), &rules);
        let limits = Limits { long: 20, longer: 40, longest: 60 };
        let (mut batches, mut wanted) = (Vec::new(), Vec::<Signal>::new());
        case.forget_signals().unwrap();
        for piece in case.pieces().unwrap() {
            batches.extend(case.piece_events(piece).unwrap());
        }
        let sessions = batch::sessions(&batches).unwrap();
        for session in &sessions {
            let stretches = matching::stretches(session, limits);
            wanted.extend(stretches.iter().flat_map(|stretch| matching::map_stretch(&rules, stretch)));
        }
        case.add_signals(&batch::signals(&wanted).unwrap()).unwrap();
        let wanted = tables(&case);
        assert!(sessions.iter().any(|session| session.rows.len() > 3 * limits.longest));
        let threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let pieces = case.pieces().unwrap();
        assert!(!tables(&case).iter().any(|rows| rows.contains("iam/users")), "previous signals are removed");
        map_pieces(&case, pieces, &rules, &threads, limits).unwrap();
        assert_eq!(tables(&case), wanted);
    }
}
