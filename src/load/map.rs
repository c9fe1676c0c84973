//! Sign-ins into their sessions, changed sessions anew, and console sessions to signals.

use rayon::ThreadPool;

use super::{LoadError, Phase, Progress};
use crate::batch;
use crate::rule::RuleSet;
use crate::session::Candidate;
use crate::store::{Case, KnownSession};
use crate::table::RULES;
use crate::trail::{self, SignIns};

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
    let batches = batch::signals(&threads.install(|| trail::signals(rules, &sessions)))?;
    Ok(case.transaction(|case| case.add_signals(&batches))?)
}

/// Puts every sign-in into the session it opened, or back into its own if none is known to be.
fn link_sign_ins(case: &Case) -> Result<(), LoadError> {
    let batches = case.sign_ins()?;
    let sign_ins = SignIns::read(&batches)?;
    let candidates: Vec<Candidate> = case.sessions_created(&sign_ins.spans())?.into_iter().map(candidate).collect();
    let moves = sign_ins.moves(&candidates);
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
