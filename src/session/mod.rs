//! Which events belong together: the session of each event, and sign-ins joined to the session they opened. Pure.
//!
//! A session is one identity's credentials from one sign-in on: account, principal (with role session name) and the
//! moment the session was created. Access keys are no part of it, for the console changes them many times within one
//! session, nor is the region. [`id`] states what stands in where an event does not say all of that.

mod history;
mod link;

pub use history::{Visit, visit, visits};
pub use link::{Candidate, SignIn, link, sign_in};

use std::borrow::Cow;

use crate::digest::id_of;
use crate::event::{Event, Evidence, Timestamp};

/// A session id is so many bytes in hex.
const ID_BYTES: usize = 16;

const MICROSECONDS_A_DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// What makes a session, and what stands in for it where an event does not say it.
#[derive(Debug, Clone, Copy)]
enum Since<'e> {
    /// The moment the session was created: temporary credentials.
    Created(Timestamp),
    /// No such moment, but a sign-in to the console: the principal's other sign-ins of the same day (UTC, counted from
    /// 1970), until [`link()`] finds the session it opened.
    SignIn(i64),
    /// No such moment: a long-term access key.
    AccessKey(&'e str),
    /// No key either: the service that called, if any.
    InvokedBy(Option<&'e str>),
}

/// Fills `session_id`.
pub fn assign(event: &mut Event<'_>, file: &str) {
    event.session_id = id(event, file);
}

/// The session an event belongs to, as 32 lower-case hex digits: the same for the same key in every run and file.
///
/// The key is account, principal and creation date. Without a creation date it is, in this order: of a sign-in to the
/// console its day, the access key, the service that called. An event without any identity (a trimmed export) belongs
/// to its `file`; one whose identity is there and cannot be understood, to those of its file with the same text in its
/// place. An event that has no more than its caller's name, as in the console's event history, belongs to all of that
/// name, which [`visits`] parts by their pauses.
#[must_use]
pub fn id(event: &Event<'_>, file: &str) -> String {
    if anonymous(event) {
        return match unread(event) {
            Some(identity) => id_of(&["unread", file, &identity], ID_BYTES),
            None => id_of(&["file", file], ID_BYTES),
        };
    }
    let (account, principal) = (account(event), principal(event));
    if history::is_visit(event) {
        return history_id(account, &principal, None);
    }
    match since(event) {
        Since::Created(time) => id_of(&["created", account, &principal, &time.0.to_string()], ID_BYTES),
        Since::SignIn(day) => id_of(&["sign-in", account, &principal, &day.to_string()], ID_BYTES),
        Since::AccessKey(key) => id_of(&["access-key", account, &principal, key], ID_BYTES),
        Since::InvokedBy(service) => id_of(&["invoked-by", account, &principal, service.unwrap_or_default()], ID_BYTES),
    }
}

/// The session of visits by one name that begins at that time; of all of them, if it is not known yet.
fn history_id(account: &str, user: &str, first: Option<Timestamp>) -> String {
    let first = first.map_or_else(String::new, |time| time.0.to_string());
    id_of(&["history", account, user, &first], ID_BYTES)
}

/// The identity of an event as it stood, where no field could be taken from it.
fn unread(event: &Event<'_>) -> Option<String> {
    let extra: serde_json::Value = serde_json::from_str(event.extra.as_deref()?).ok()?;
    let identity = extra.get("userIdentity").filter(|identity| !identity.is_null())?;
    let is_empty = identity.as_object().is_some_and(serde_json::Map::is_empty) || identity.as_str() == Some("");
    (!is_empty).then(|| identity.to_string())
}

fn since<'e>(event: &'e Event<'_>) -> Since<'e> {
    let identity = &event.identity;
    if let Some(created) = identity.session_created {
        return Since::Created(created);
    }
    if event.evidence.contains(Evidence::SIGN_IN) {
        return Since::SignIn(event.event_time.0.div_euclid(MICROSECONDS_A_DAY));
    }
    match filled(identity.access_key_id.as_ref()) {
        Some(key) => Since::AccessKey(key),
        None => Since::InvokedBy(filled(identity.invoked_by.as_ref())),
    }
}

/// The caller's account, else the one the event happened in; empty if neither is known.
fn account<'e>(event: &'e Event<'_>) -> &'e str {
    filled(event.identity.account_id.as_ref()).or(event.recipient_account_id.as_deref()).unwrap_or_default()
}

/// Who called, as sessions tell callers apart: the ARN, else the principal id, else the name; empty if none is known.
fn principal<'e>(event: &'e Event<'_>) -> Cow<'e, str> {
    let identity = &event.identity;
    if let Some(arn) = filled(identity.arn.as_ref()) {
        return Cow::Borrowed(arn);
    }
    let others = [&identity.principal_id, &identity.principal];
    let other = || others.into_iter().find_map(|other| filled(other.as_ref())).unwrap_or_default();
    implied_arn(event).map_or_else(|| Cow::Borrowed(other()), Cow::Owned)
}

/// Whether nothing says who called, as in trimmed exports.
fn anonymous(event: &Event<'_>) -> bool {
    let identity = &event.identity;
    let traces = [&identity.account_id, &identity.access_key_id, &identity.invoked_by];
    principal(event).is_empty() && traces.into_iter().all(|trace| filled(trace.as_ref()).is_none())
}

/// The ARN of an IAM user who is only named: a failed sign-in has no ARN, and belongs with the one that succeeds after.
fn implied_arn(event: &Event<'_>) -> Option<String> {
    let identity = &event.identity;
    let user = filled(identity.user_name.as_ref())?;
    let is_user = identity.kind.as_deref() == Some("IAMUser") && event.evidence.contains(Evidence::SIGN_IN);
    let partition = partition(event.region.as_deref().unwrap_or_default());
    is_user.then(|| format!("arn:{partition}:iam::{}:user/{user}", account(event)))
}

/// The partition of a region, as ARNs name it.
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

fn filled<'e>(field: Option<&'e Cow<'_, str>>) -> Option<&'e str> {
    field.map(AsRef::as_ref).filter(|text: &&str| !text.is_empty())
}
