//! Determines the session of each event, and joins each sign-in to the session that it opened. Pure.
//!
//! In a session, one identity's credentials are used, starting with one sign-in. It is identified by the account, the
//! principal (with the role session name) and the session's creation time. Access keys are not part of the key, because
//! the console changes them many times within a session, and neither is the region. [`id`] states what is used if an
//! event does not contain all of these.

mod history;
mod link;

pub use history::{Visit, visit, visits};
pub use link::{Candidate, SignIn, link, sign_in};

use std::borrow::Cow;

use crate::digest::id_of;
use crate::event::{Event, Evidence, Timestamp};

/// The length of a session ID, in bytes before hex encoding.
const ID_BYTES: usize = 16;

const MICROSECONDS_A_DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// The part of a session's key that distinguishes one principal's sessions.
#[derive(Debug, Clone, Copy)]
enum SessionStart<'e> {
    /// The time at which the session was created, for temporary credentials.
    Created(Timestamp),
    /// A sign-in to the console without a creation time: the day (UTC, counted from 1970), shared with the principal's
    /// other sign-ins of that day, until [`link()`] finds the session that it opened.
    SignIn(i64),
    /// A long-term access key, without a creation time.
    AccessKey(&'e str),
    /// Neither a creation time nor a key: the calling service, if any.
    InvokedBy(Option<&'e str>),
}

/// Sets `session_id`.
pub fn assign(event: &mut Event<'_>, file: &str) {
    event.session_id = id(event, file);
}

/// The session that an event belongs to, as 32 lowercase hex digits. It is the same for the same key in every run and
/// file.
///
/// The key consists of account, principal and creation date. Without a creation date, the first available of the
/// following is used: the day of a console sign-in, the access key, the calling service. An event without any identity
/// (in a trimmed export) belongs to its `file`. An event whose identity is present but cannot be parsed belongs
/// together with the events in its file that contain the same text. An event that contains only its caller's name, as
/// in the console's event history, belongs together with all events with that name, which [`visits`] splits at pauses.
#[must_use]
pub fn id(event: &Event<'_>, file: &str) -> String {
    if is_anonymous(event) {
        return match raw_identity(event) {
            Some(identity) => id_of(&["unread", file, &identity], ID_BYTES),
            None => id_of(&["file", file], ID_BYTES),
        };
    }
    let (account, principal) = (account(event), principal(event));
    if history::is_visit(event) {
        return history_id(account, &principal, None);
    }
    match session_start(event) {
        SessionStart::Created(time) => id_of(&["created", account, &principal, &time.0.to_string()], ID_BYTES),
        SessionStart::SignIn(day) => id_of(&["sign-in", account, &principal, &day.to_string()], ID_BYTES),
        SessionStart::AccessKey(key) => id_of(&["access-key", account, &principal, key], ID_BYTES),
        SessionStart::InvokedBy(service) => {
            id_of(&["invoked-by", account, &principal, service.unwrap_or_default()], ID_BYTES)
        }
    }
}

/// The session for the visits with one name that starts at `first`, or for all visits with that name if the start is
/// not known yet.
fn history_id(account: &str, user: &str, first: Option<Timestamp>) -> String {
    let first = first.map_or_else(String::new, |time| time.0.to_string());
    id_of(&["history", account, user, &first], ID_BYTES)
}

/// The raw text of an identity if no field could be parsed from it.
fn raw_identity(event: &Event<'_>) -> Option<String> {
    let extra: serde_json::Value = serde_json::from_str(event.extra.as_deref()?).ok()?;
    let identity = extra.get("userIdentity").filter(|identity| !identity.is_null())?;
    let is_empty = identity.as_object().is_some_and(serde_json::Map::is_empty) || identity.as_str() == Some("");
    (!is_empty).then(|| identity.to_string())
}

fn session_start<'e>(event: &'e Event<'_>) -> SessionStart<'e> {
    let identity = &event.identity;
    if let Some(created) = identity.session_created {
        return SessionStart::Created(created);
    }
    if event.evidence.contains(Evidence::SIGN_IN) {
        return SessionStart::SignIn(event.event_time.0.div_euclid(MICROSECONDS_A_DAY));
    }
    match non_empty(identity.access_key_id.as_ref()) {
        Some(key) => SessionStart::AccessKey(key),
        None => SessionStart::InvokedBy(non_empty(identity.invoked_by.as_ref())),
    }
}

/// The caller's account, otherwise the event's account; empty if neither is known.
fn account<'e>(event: &'e Event<'_>) -> &'e str {
    non_empty(event.identity.account_id.as_ref()).or(event.recipient_account_id.as_deref()).unwrap_or_default()
}

/// The caller, as distinguished in sessions: the ARN, otherwise the principal ID, otherwise the name; empty if none of
/// these is known.
fn principal<'e>(event: &'e Event<'_>) -> Cow<'e, str> {
    let identity = &event.identity;
    if let Some(arn) = non_empty(identity.arn.as_ref()) {
        return Cow::Borrowed(arn);
    }
    let others = [&identity.principal_id, &identity.principal];
    let other = || others.into_iter().find_map(|other| non_empty(other.as_ref())).unwrap_or_default();
    implied_arn(event).map_or_else(|| Cow::Borrowed(other()), Cow::Owned)
}

/// Whether nothing identifies the caller, as in trimmed exports.
fn is_anonymous(event: &Event<'_>) -> bool {
    let identity = &event.identity;
    let traces = [&identity.account_id, &identity.access_key_id, &identity.invoked_by];
    principal(event).is_empty() && traces.into_iter().all(|trace| non_empty(trace.as_ref()).is_none())
}

/// The ARN of an IAM user for whom only the name is known. A failed sign-in has no ARN, and belongs together with the
/// successful sign-in that follows it.
fn implied_arn(event: &Event<'_>) -> Option<String> {
    let identity = &event.identity;
    let user = non_empty(identity.user_name.as_ref())?;
    let is_user = identity.kind.as_deref() == Some("IAMUser") && event.evidence.contains(Evidence::SIGN_IN);
    let partition = partition(event.region.as_deref().unwrap_or_default());
    is_user.then(|| format!("arn:{partition}:iam::{}:user/{user}", account(event)))
}

/// A region's partition, as used in ARNs.
fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 7] = [
        ("us-gov-", "aws-us-gov"),
        ("cn-", "aws-cn"),
        ("eusc-", "aws-eusc"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
    ];
    PARTITIONS.into_iter().find(|(start, _)| region.starts_with(start)).map_or("aws", |(_, partition)| partition)
}

fn non_empty<'e>(field: Option<&'e Cow<'_, str>>) -> Option<&'e str> {
    field.map(AsRef::as_ref).filter(|text: &&str| !text.is_empty())
}
