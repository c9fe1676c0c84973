//! Sessions for events that identify their caller only by name, as in exports of the console's event history.
//!
//! The console changes its access keys many times within a session, and such a row does not contain the session's
//! creation time. Rows with the same principal are therefore assigned to one session until there is a long pause.

use foldhash::HashMap;

use super::{account, history_id, non_empty};
use crate::event::{Client, Event, Timestamp};

/// The pause, in seconds, that ends a session.
const PAUSE_SECONDS: i64 = 60 * 60;

/// An event whose session is determined from the neighboring events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// The account; empty if unknown.
    pub account_id: String,
    /// The caller's name.
    pub user_name: String,
    /// The time of the event.
    pub time: Timestamp,
    /// The event.
    pub event_id: String,
    /// The session that it is currently assigned to.
    pub session_id: String,
}

/// Whether the session of an event is determined from its neighbors: it identifies its caller only by name, and is not
/// a call made with a key from a command line or a program.
pub(super) fn is_visit(event: &Event<'_>) -> bool {
    let identity = &event.identity;
    let others = [&identity.kind, &identity.arn, &identity.principal_id, &identity.issuer_arn];
    let is_named_alone = non_empty(identity.user_name.as_ref()).is_some()
        && identity.session_created.is_none()
        && others.into_iter().all(|other| non_empty(other.as_ref()).is_none());
    let key = non_empty(identity.access_key_id.as_ref());
    // Long-term keys are not used in a browser.
    let by_program = matches!(event.client, Some(Client::Cli | Client::Sdk | Client::Agent))
        || key.is_some_and(|key| key.starts_with("AKIA"));
    is_named_alone && !(by_program && key.is_some())
}

/// The visit of an event, if its session is determined from its neighbors.
#[must_use]
pub fn visit(event: &Event<'_>) -> Option<Visit> {
    is_visit(event).then(|| Visit {
        account_id: account(event).to_owned(),
        user_name: non_empty(event.identity.user_name.as_ref()).unwrap_or_default().to_owned(),
        time: event.event_time,
        event_id: event.event_id.clone().into_owned(),
        session_id: event.session_id.clone(),
    })
}

/// Returns the visits that must move to another session: pairs of event ID and session ID, sorted.
///
/// A session consists of the visits with the same account and name, without a pause of an hour. Its ID is derived from
/// the time of the first visit. The order of the visits does not matter.
#[must_use]
pub fn visits(visits: &[Visit]) -> Vec<(String, String)> {
    let mut callers: HashMap<(&str, &str), Vec<&Visit>> = HashMap::default();
    for visit in visits {
        callers.entry((&visit.account_id, &visit.user_name)).or_default().push(visit);
    }
    let mut moves = Vec::new();
    for ((account, user), mut visits) in callers {
        visits.sort_unstable_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
        let (mut last, mut session_id) = (None, String::new());
        for visit in visits {
            let continues = last.is_some_and(|last: Timestamp| visit.time < last.plus_seconds(PAUSE_SECONDS));
            if !continues {
                session_id = history_id(account, user, Some(visit.time));
            }
            last = Some(visit.time);
            if visit.session_id != session_id {
                moves.push((visit.event_id.clone(), session_id.clone()));
            }
        }
    }
    moves.sort_unstable();
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(event_id: &str, user: &str, seconds: i64) -> Visit {
        Visit {
            account_id: String::new(),
            user_name: user.to_owned(),
            time: Timestamp(1_700_000_000_000_000).plus_seconds(seconds),
            event_id: event_id.to_owned(),
            session_id: String::new(),
        }
    }

    #[test]
    fn one_hour_pause_ends_session() {
        let all = [at("a", "root", 0), at("b", "root", 3_599), at("c", "root", 7_200), at("d", "mara", 10)];
        let moves = visits(&all);
        let mut backwards = all.to_vec();
        backwards.reverse();
        assert_eq!(visits(&backwards), moves);
        let session = |at: usize| moves[at].1.as_str();
        assert_eq!(moves.iter().map(|(event, _)| event.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(session(0), session(1));
        assert!(session(0) != session(2) && session(0) != session(3));
    }
}
