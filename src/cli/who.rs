//! Resolves a name, key, ARN or session ID to sessions.

/// The minimum length of a prefix of a session ID.
const SHORTEST_ID: usize = 6;

macro_rules! meant {
    () => {
        "SELECT session_id FROM sessions WHERE starts_with(session_id, ?) OR principal = ? OR principal_arn = ? \
         OR split_part(principal, '/', 2) = ? OR split_part(principal, '/', 1) = ? \
         UNION SELECT DISTINCT session_id FROM events WHERE access_key_id = ?"
    };
}

/// The matching sessions, as SQL with the parameters of [`params`].
pub(crate) const MEANT: &str = meant!();

/// Those sessions, and all sessions that used a credential created by one of them, directly or through other sessions.
pub(crate) const DESCENDANTS: &str =
    concat!("SELECT session_id FROM actor_chains WHERE ancestor_session_id IN (", meant!(), ")");

/// The parameters.
pub(crate) fn params(who: &str) -> Vec<String> {
    let is_id = who.len() >= SHORTEST_ID && who.bytes().all(|byte| byte.is_ascii_hexdigit());
    // Session IDs contain no spaces.
    let id = if is_id { who } else { " " };
    std::iter::once(id).chain([who; 5]).map(str::to_owned).collect()
}
