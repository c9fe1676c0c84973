//! Sign-ins into their sessions, changed sessions anew, and console sessions to signals.

use rayon::ThreadPool;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{LoadError, Phase, Progress};
use crate::batch;
use crate::event::Event;
use crate::matching;
use crate::rule::RuleSet;
use crate::session::{self, Candidate, SignIn};
use crate::store::{Case, KnownSession};
use crate::table::RULES;

/// Brings sessions and signals up to date with the events.
///
/// # Errors
/// If the case cannot be written; what is not done is done by the next load.
pub(super) fn map_changed(
    case: &Case,
    rules: &RuleSet,
    threads: &ThreadPool,
    progress: &dyn Progress,
) -> Result<(), LoadError> {
    progress.phase(Phase::Sessions);
    case.transaction(|case| {
        // Who signed in where is told by events alone, so that it stands while these do.
        if case.find_changed()? {
            link_sign_ins(case)?;
            case.gather_sessions()?;
        }
        adopt_rules(case, rules)
    })?;
    progress.phase(Phase::Mapping);
    let pieces = case.pieces()?;
    if pieces.is_empty() {
        return Ok(());
    }
    pieces.into_iter().try_for_each(|piece| map_piece(case, piece, rules, threads))?;
    Ok(case.transaction(Case::end_waiting)?)
}

/// States the rules, and has everything mapped again if they, or the program, are others than last time.
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

fn map_piece(case: &Case, piece: i64, rules: &RuleSet, threads: &ThreadPool) -> Result<(), LoadError> {
    let events = case.piece_events(piece)?;
    let sessions = batch::sessions(&events)?;
    let signals: Vec<_> =
        threads.install(|| sessions.par_iter().flat_map_iter(|session| matching::map(rules, session)).collect());
    let batches = batch::signals(&signals)?;
    Ok(case.transaction(|case| case.add_signals(&batches))?)
}

/// Puts every sign-in into the session it opened, or back into its own if none is known to be.
fn link_sign_ins(case: &Case) -> Result<(), LoadError> {
    let batches = case.sign_ins()?;
    let mut events: Vec<(Event<'_>, &str)> = Vec::new();
    for batch in &batches {
        events.extend(batch::read_events(batch)?);
    }
    let sign_ins: Vec<SignIn> = events.iter().filter_map(|(event, _)| session::sign_in(event)).collect();
    let spans: Vec<_> = sign_ins.iter().map(SignIn::span).collect();
    let candidates: Vec<Candidate> = case.sessions_created(&spans)?.into_iter().map(candidate).collect();
    let linked: FxHashMap<String, String> = session::link(&sign_ins, &candidates).into_iter().collect();
    let moves: Vec<(String, String)> = events
        .iter()
        .map(|(event, file)| (event, linked.get(event.event_id.as_ref()).cloned(), file))
        .map(|(event, linked, file)| (event, linked.unwrap_or_else(|| session::id(event, file))))
        .filter(|(event, session_id)| event.session_id != *session_id)
        .map(|(event, session_id)| (event.event_id.to_string(), session_id))
        .collect();
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
