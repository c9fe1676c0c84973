//! Joins sign-ins to the sessions that they opened.

use foldhash::HashMap;

use super::{account, principal};
use crate::event::{Event, Evidence, Timestamp};

/// The earliest creation of a session relative to its sign-in, in seconds. The clocks of the two services may differ.
const BEFORE_SECONDS: i64 = -5;

/// The latest creation of a session relative to its sign-in, in seconds. The person may have to enter a second factor
/// in between.
const AFTER_SECONDS: i64 = 60;

/// A sign-in to the console that does not state which session it opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignIn {
    /// The event.
    pub event_id: String,
    /// The account of the person who signed in; empty if unknown.
    pub account_id: String,
    /// The person who signed in: the ARN, otherwise the principal ID.
    pub principal_arn: String,
    /// The time of the event.
    pub time: Timestamp,
}

/// A session that a sign-in may have opened, that is, a session with a creation date.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// The session.
    pub session_id: String,
    /// Its account; empty if unknown.
    pub account_id: String,
    /// Its principal: the ARN, otherwise the principal ID.
    pub principal_arn: String,
    /// `sessionContext.attributes.creationDate`.
    pub created: Timestamp,
}

impl SignIn {
    /// The earliest and the latest creation time of the session that it opened.
    #[must_use]
    pub const fn span(&self) -> (Timestamp, Timestamp) {
        (self.time.plus_seconds(BEFORE_SECONDS), self.time.plus_seconds(AFTER_SECONDS))
    }
}

/// The sign-in for [`link`], if the event is a sign-in without a session of its own.
#[must_use]
pub fn sign_in(event: &Event<'_>) -> Option<SignIn> {
    let without_session = event.evidence.contains(Evidence::SIGN_IN)
        && event.identity.session_created.is_none()
        && !super::history::is_visit(event);
    let principal = principal(event);
    (without_session && !principal.is_empty()).then(|| SignIn {
        event_id: event.event_id.clone().into_owned(),
        account_id: account(event).to_owned(),
        principal_arn: principal.into_owned(),
        time: event.event_time,
    })
}

/// Joins sign-ins to the sessions that they opened. Returns pairs of (event ID, session ID), sorted, with each event at
/// most once.
///
/// A sign-in opened a session with the same account and principal that was created between 5 s before and 60 s after
/// the sign-in. The nearest session is used, or the session with the lower ID if two are equally near. A sign-in
/// without such a session is omitted: it keeps the session that [`super::id`] assigned. The order of the arguments does
/// not matter.
#[must_use]
pub fn link(sign_ins: &[SignIn], sessions: &[Candidate]) -> Vec<(String, String)> {
    let mut index: HashMap<(&str, &str), Vec<(Timestamp, &str)>> = HashMap::default();
    for session in sessions {
        let key = (session.account_id.as_str(), session.principal_arn.as_str());
        index.entry(key).or_default().push((session.created, &session.session_id));
    }
    for sessions in index.values_mut() {
        sessions.sort_unstable();
    }
    let mut found: Vec<(&str, u64, &str)> = sign_ins
        .iter()
        .filter_map(|sign_in| {
            let sessions = index.get(&(sign_in.account_id.as_str(), sign_in.principal_arn.as_str()))?;
            let (distance, session) = nearest(sign_in, sessions)?;
            Some((sign_in.event_id.as_str(), distance, session))
        })
        .collect();
    found.sort_unstable();
    found.dedup_by_key(|(event, ..)| *event);
    found.into_iter().map(|(event, _, session)| (event.to_owned(), session.to_owned())).collect()
}

/// The session that was created nearest to the sign-in, within its time span. `sessions` are sorted by creation time.
fn nearest<'s>(sign_in: &SignIn, sessions: &[(Timestamp, &'s str)]) -> Option<(u64, &'s str)> {
    let (first, last) = sign_in.span();
    let from = sessions.partition_point(|(created, _)| *created < first);
    let within = sessions[from..].iter().take_while(|(created, _)| *created <= last);
    within.map(|(created, session)| (created.0.abs_diff(sign_in.time.0), *session)).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Timestamp = Timestamp(1_700_000_000_000_000);

    fn sign_in(event_id: &str, principal: &str, seconds: i64) -> SignIn {
        SignIn {
            event_id: event_id.into(),
            account_id: "111122223333".into(),
            principal_arn: principal.into(),
            time: TIME.plus_seconds(seconds),
        }
    }

    fn session(session_id: &str, principal: &str, seconds: i64) -> Candidate {
        Candidate {
            session_id: session_id.into(),
            account_id: "111122223333".into(),
            principal_arn: principal.into(),
            created: TIME.plus_seconds(seconds),
        }
    }

    fn linked(sign_ins: &[SignIn], sessions: &[Candidate]) -> Vec<(String, String)> {
        let found = link(sign_ins, sessions);
        let mut backwards = (sign_ins.to_vec(), sessions.to_vec());
        backwards.0.reverse();
        backwards.1.reverse();
        assert_eq!(link(&backwards.0, &backwards.1), found, "the order of the arguments matters");
        found
    }

    fn pair(event: &str, session: &str) -> (String, String) {
        (event.to_owned(), session.to_owned())
    }

    #[test]
    fn link_window_is_5_s_before_to_60_s_after() {
        for (seconds, joined) in [(-6, false), (-5, true), (0, true), (60, true), (61, false)] {
            let found = linked(&[sign_in("e", "alice", 0)], &[session("s", "alice", seconds)]);
            assert_eq!(found == [pair("e", "s")], joined, "created {seconds} s after the sign-in");
            assert_eq!(found.is_empty(), !joined);
        }
    }

    #[test]
    fn nearest_session_wins_and_ties_use_lower_id() {
        let sessions = [session("far", "alice", 30), session("z", "alice", 4), session("y", "alice", -4)];
        assert_eq!(linked(&[sign_in("e", "alice", 0)], &sessions), [pair("e", "y")]);
        assert_eq!(linked(&[sign_in("e", "alice", 1)], &sessions), [pair("e", "z")]);
    }

    #[test]
    fn accounts_and_principals_must_match() {
        let mut elsewhere = session("s", "alice", 0);
        elsewhere.account_id = "444455556666".into();
        assert_eq!(linked(&[sign_in("e", "alice", 0)], &[elsewhere, session("t", "bob", 0)]), []);
    }

    #[test]
    fn sign_ins_can_share_session_and_are_sorted() {
        let sign_ins = [sign_in("f", "alice", 2), sign_in("e", "alice", 0), sign_in("f", "alice", 2)];
        let found = linked(&sign_ins, &[session("s", "alice", 3)]);
        assert_eq!(found, [pair("e", "s"), pair("f", "s")]);
    }
}
