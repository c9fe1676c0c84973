//! Counts, times and lists as text.

use std::time::Duration;

use indicatif::{HumanCount, HumanDuration};

use super::content::{Listed, Session};
use super::found::SignIn;
use crate::event::Timestamp;
use crate::present::timeline::span;

/// The maximum number of names in a sentence; the remaining names are counted.
const NAMED: usize = 6;

/// `1 click`, `2,431 clicks`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", HumanCount(number), if number == 1 { one } else { many })
}

/// `2,431`
pub(super) fn digits(number: u64) -> String {
    HumanCount(number).to_string()
}

/// `a, b and c`; `a, b, c, d, e, f and 3 more`.
pub(super) fn joined(names: &[String]) -> String {
    let (first, rest) = names.split_at(names.len().min(NAMED));
    match (first.split_last(), rest.len()) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, before)), 0) => format!("{} and {last}", before.join(", ")),
        (Some(_), more) => format!("{} and {more} more", first.join(", ")),
    }
}

/// `2026-03-11 19:37:29`, in UTC.
pub(super) fn moment(time: Timestamp) -> String {
    time.format("%Y-%m-%d %H:%M:%S")
}

/// `2026-03-11 21:14:05 to 21:20:13`, with a second date only if it differs, and one time if both are equal.
pub(super) fn period(first: Timestamp, last: Timestamp) -> String {
    let (from, to) = (moment(first), moment(last));
    match (from.split_once(' '), to.split_once(' ')) {
        _ if from == to => from,
        (Some((day, _)), Some((same, clock))) if day == same => format!("{from} to {clock}"),
        _ => format!("{from} to {to}"),
    }
}

/// `2026-03-11 19:37:29 → 19:54:02 UTC`, or one time if both are equal.
pub(super) fn range(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if moment(first) == moment(last) => format!("{} UTC", moment(first)),
        (first, last) => span(first, last),
    }
}

/// `6 min 18 s`: exact, unlike [`lasted`].
pub(super) fn after(first: Timestamp, last: Timestamp) -> String {
    let seconds = u64::try_from(last.0.saturating_sub(first.0) / 1_000_000).unwrap_or_default();
    let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, unit) in units {
        let (number, left) = (rest / length, rest % length);
        rest = left;
        if number > 0 {
            parts.push(format!("{number} {unit}"));
        }
    }
    if parts.is_empty() { "under 1 s".to_owned() } else { parts.join(" ") }
}

/// `44 objects (5.3 GB)`; without the size if it is not recorded.
pub(super) fn objects(number: u64, bytes: Option<u64>) -> String {
    let bytes = bytes.map(|bytes| format!(" ({})", size(bytes))).unwrap_or_default();
    format!("{}{bytes}", count(number, "object", "objects"))
}

/// `17 minutes`
pub(super) fn lasted(first: Timestamp, last: Timestamp) -> String {
    match u64::try_from(last.0.saturating_sub(first.0)).unwrap_or_default() {
        0..1_000_000 => "under 1 second".to_owned(),
        micros => HumanDuration(Duration::from_micros(micros)).to_string(),
    }
}

/// `for 17 minutes, from 2026-03-11 19:37:29 to 2026-03-11 19:54:31 UTC`; `at 2026-03-11 19:37:29 UTC` if both are equal.
pub(super) fn within(preposition: &str, first: Timestamp, last: Timestamp) -> String {
    let (from, to) = (moment(first), moment(last));
    if from == to {
        return format!("at {from} UTC");
    }
    format!("{preposition} {}, from {from} to {to} UTC", lasted(first, last))
}

/// A share in percent, rounded, but less than all is never shown as 100%, and more than nothing never as 0%.
pub(super) fn share(part: u64, whole: u64) -> String {
    match part.saturating_mul(2000).saturating_add(whole).checked_div(whole.saturating_mul(2)) {
        None => "–".to_owned(),
        Some(_) if part == 0 => "0%".to_owned(),
        Some(_) if part == whole => "100%".to_owned(),
        Some(mille) => {
            let mille = mille.clamp(1, 999);
            format!("{}.{}%", mille / 10, mille % 10)
        }
    }
}

/// The principal, if known.
pub(super) fn who(principal: Option<&str>) -> String {
    principal.unwrap_or("an unknown identity").to_owned()
}

/// The principal of a session; for combined sessions, their role.
pub(super) fn name(session: &Session) -> String {
    who(if session.sessions > 1 { session.actor.as_deref() } else { session.principal.as_deref() })
}

/// `999 bytes`, `5.3 GB`: thousands, not powers of two.
pub(in crate::present) fn size(bytes: u64) -> String {
    let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    let tenths = |unit: u64| u128::from(bytes) * 10 / u128::from(unit);
    let fit = units.into_iter().find(|(unit, _)| bytes >= *unit);
    let large = |(unit, name): (u64, &str)| format!("{}.{} {name}", tenths(unit) / 10, tenths(unit) % 10);
    fit.map_or_else(|| count(bytes, "byte", "bytes"), large)
}

/// What was done and when, and by whom if there are several principals.
pub(super) fn sentence(time: Timestamp, principal: Option<&str>, several: bool, what: &str) -> String {
    let name = if several { format!("{}: ", who(principal)) } else { String::new() };
    format!("{} · {name}{what}", moment(time))
}

/// A note on how much a list omits, and where to find the complete list.
pub(super) fn left_out<T>(list: &Listed<T>, of_what: &str, all: &str) -> Option<String> {
    let (left, shown) = (list.left_out(), list.rows.len() as u64);
    (left > 0).then(|| {
        format!(
            "This list shows {} of {} {of_what}; {} omitted. {all}",
            digits(shown),
            digits(list.total),
            count(left, "is", "are")
        )
    })
}

/// A session in sentences: who, when, from where, and the sign-in.
pub(super) fn session(session: &Session, sign_ins: &[SignIn]) -> String {
    let account = session.account_id.as_ref().map(|id| format!("account {id}"));
    let known: Vec<String> = session.identity_type.clone().into_iter().chain(account).collect();
    let when = session.counts.first_event.zip(session.counts.last_active);
    let preposition = match (session.console, session.sessions) {
        (true, _) => "for",
        (false, 0 | 1) => "in",
        (false, _) => "within",
    };
    let did = match (session.console, session.sessions) {
        (true, _) => " was active in the console".to_owned(),
        (false, 0 | 1) => format!(" made {} programmatically", count(session.counts.events, "API call", "API calls")),
        (false, sessions) => {
            let calls = count(session.counts.events, "API call", "API calls");
            format!(" made {calls} programmatically in {}", count(sessions, "session", "sessions"))
        }
    };
    let parts = [
        Some(format!("The identity {}", name(session))),
        (!known.is_empty()).then(|| format!(" ({})", known.join(", "))),
        Some(did),
        when.map(|(from, to)| format!(" {}", within(preposition, from, to))),
        (!session.ips.is_empty()).then(|| format!(", connecting from {}", joined(&session.ips))),
        (!session.regions.is_empty()).then(|| format!(", in {}", joined(&session.regions))),
        (!session.agents.is_empty()).then(|| format!(", with {}", joined(&session.agents))),
        // The name of a client may be cut off.
        (!session.agents.last().is_some_and(|agent| agent.ends_with('…'))).then(|| ".".to_owned()),
        session.console.then(|| format!(" {}", came_in(session, sign_ins))),
        stayed_open(session),
    ];
    parts.into_iter().flatten().chain(downloads(session)).collect()
}

/// Until when the console went on to send requests in the background after the last activity.
fn stayed_open(session: &Session) -> Option<String> {
    let (active, last) = session.counts.last_active.zip(session.counts.last_event)?;
    let idle = last.0.saturating_sub(active.0) >= 60_000_000;
    (session.console && idle)
        .then(|| format!(" The console sent requests in the background until {} UTC.", moment(last)))
}

/// What a session downloaded, and what was downloaded with credentials that it created.
fn downloads(session: &Session) -> Vec<String> {
    let own = (session.objects > 0).then(|| {
        let with = if session.by_made_credential { " with a credential that was created in the case" } else { "" };
        format!(" According to data events, it downloaded {}{with}.", objects(session.objects, session.bytes_out))
    });
    let others = (session.credential_objects > 0).then(|| {
        let objects = objects(session.credential_objects, session.credential_bytes);
        format!(
            " With credentials that were created in this session, {objects} {} downloaded.",
            were(session.credential_objects)
        )
    });
    own.into_iter().chain(others).collect()
}

/// `was` or `were`.
pub(super) const fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// The sign-in of a session; if there is none, whether its events state that MFA was used.
fn came_in(session: &Session, sign_ins: &[SignIn]) -> String {
    let mut own = sign_ins.iter().filter(|sign_in| sign_in.session_id.as_ref() == Some(&session.session_id));
    let refused = match own.clone().next().map_or(0, |sign_in| sign_in.refusals_of_session) {
        0 => String::new(),
        refusals => format!(", after {}", count(refusals, "failed attempt", "failed attempts")),
    };
    if let Some(sign_in) = own.find(|sign_in| sign_in.came_in) {
        let mfa = match sign_in.mfa.or(session.mfa) {
            Some(true) => ", with MFA",
            Some(false) => ", without MFA",
            None => " (MFA use not recorded)",
        };
        let how = sign_in.how().map_or_else(String::new, |how| format!(" {how}"));
        return format!("The identity signed in{how}{mfa}{refused}.");
    }
    let mfa = match session.mfa {
        Some(true) => "the session used MFA",
        Some(false) => "the session did not use MFA",
        None => "MFA use is not recorded",
    };
    format!("The trail contains no sign-in for this session{refused}; {mfa}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_shares_are_not_rounded_to_0_or_100_percent() {
        let shares = [(0, 0), (0, 7), (1, 3), (29, 34), (1, 10_000), (9999, 10_000), (7, 7)]
            .map(|(part, whole)| share(part, whole));
        assert_eq!(shares, ["–", "0%", "33.3%", "85.3%", "0.1%", "99.9%", "100%"]);
    }

    #[test]
    fn single_time_has_no_duration() {
        let (first, later) = (Timestamp(1_773_258_360_000_000), Timestamp(1_773_258_361_000_000));
        assert_eq!(within("for", first, first), "at 2026-03-11 19:46:00 UTC");
        let second = "for 1 second, from 2026-03-11 19:46:00 to 2026-03-11 19:46:01 UTC";
        assert_eq!((within("for", first, later).as_str(), lasted(first, first).as_str()), (second, "under 1 second"));
    }

    #[test]
    fn period_omits_repeated_date_and_duration_is_exact() {
        let time = |seconds: i64| Timestamp(1_773_258_360_000_000 + seconds * 1_000_000);
        let periods = [0, 18, 86_400].map(|seconds| period(time(0), time(seconds)));
        let expected =
            ["2026-03-11 19:46:00", "2026-03-11 19:46:00 to 19:46:18", "2026-03-11 19:46:00 to 2026-03-12 19:46:00"];
        assert_eq!(periods, expected);
        let durations = [0, 18, 378, 3600, 90_061].map(|seconds| after(time(0), time(seconds)));
        assert_eq!(durations, ["under 1 s", "18 s", "6 min 18 s", "1 h", "1 d 1 h 1 min 1 s"]);
    }

    #[test]
    fn long_lists_name_first_items_and_count_rest() {
        let names: Vec<String> = "abcdefgh".chars().map(String::from).collect();
        let lists = [0, 1, 2, 6, 8].map(|number| joined(&names[..number]));
        assert_eq!(lists, ["", "a", "a and b", "a, b, c, d, e and f", "a, b, c, d, e, f and 2 more"]);
    }

    #[test]
    fn sizes_are_rounded_down() {
        let sizes = [0, 1, 999, 1000, 5_333_000_000, 1_999_999].map(size);
        assert_eq!(sizes, ["0 bytes", "1 byte", "999 bytes", "1.0 kB", "5.3 GB", "1.9 MB"]);
    }

    #[test]
    fn truncated_list_states_omitted_rows() {
        let list = |total| left_out(&Listed { rows: vec![(); 2], total }, "lines", "Look there.");
        assert_eq!(list(2), None);
        assert_eq!(list(1002).as_deref(), Some("This list shows 2 of 1,002 lines; 1,000 are omitted. Look there."));
    }
}
