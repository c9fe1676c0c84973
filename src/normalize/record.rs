//! A record's top level, and what is derived from it.

use std::borrow::Cow;

use super::error::Problem;
use super::extra::Extra;
use super::{caller, evidence, fingerprint, identity, scalar, time};
use crate::event::{Event, Timestamp};
use crate::json::Level;
use crate::read::{RECORD_MEMBERS, RecordMembers};

/// The member that contains the source and name of an Insights event. If it exists, top-level values of these two stay
/// in `extra`.
pub(super) const INSIGHT: &str = "insightDetails";

/// The member in which Logstash stores the time. If it exists, an additional `eventTime` stays in `extra`.
pub(super) const SHIPPED: &str = "@timestamp";

/// Reads one record from its text.
pub(super) fn parse(json: &str, is_apart: bool) -> Result<Event<'_>, Problem> {
    read(json, &Level::read(json, &RECORD_MEMBERS)?, is_apart)
}

/// Reads one record from its members. With `apart`, the event gets an ID derived from its contents.
pub(super) fn read<'a>(json: &'a str, members: &RecordMembers<'a>, is_apart: bool) -> Result<Event<'a>, Problem> {
    let [version, user, at, source, name, region, ip, agent, code, message, request, response, known @ ..] =
        members.known;
    let [request_id, id, read_only, kind, recipient, category, flag, details, shipped, known @ ..] = known;
    let [shared, endpoint, addendum] = known;
    let mut extra = Extra::default();
    let caller = identity::read(user, &mut extra);
    let own_id = id.filter(|_| is_apart).and_then(|raw| scalar::filled(raw).value);
    let mut event = Event {
        event_id: event_id(id, json, is_apart, &mut extra),
        event_time: event_time(at, shipped, &mut extra)?,
        event_version: extra.take("eventVersion", version, scalar::text),
        event_type: extra.take("eventType", kind, scalar::text),
        event_category: extra.take("eventCategory", category, scalar::text),
        recipient_account_id: extra.take("recipientAccountId", recipient, scalar::text),
        region: extra.take("awsRegion", region, scalar::text),
        identity: caller.identity,
        source_ip: extra.take("sourceIPAddress", ip, scalar::text),
        user_agent: extra.take("userAgent", agent, scalar::text),
        error_code: extra.take("errorCode", code, scalar::error_code),
        error_message: extra.take("errorMessage", message, scalar::text),
        read_only: extra.take("readOnly", read_only, scalar::bare_bool),
        request_id: extra.take("requestID", request_id, scalar::text),
        request_parameters: extra.take("requestParameters", request, scalar::json),
        response_elements: extra.take("responseElements", response, scalar::json),
        session_credential_from_console: extra.take("sessionCredentialFromConsole", flag, scalar::quoted_bool),
        shared_event_id: extra.take("sharedEventID", shared, scalar::text),
        vpc_endpoint_id: extra.take("vpcEndpointId", endpoint, scalar::text),
        own_id,
        corrects: corrects(addendum, &mut extra),
        ..Event::default()
    };
    (event.event_source, event.event_name) = call(source, name, details, &mut extra)?;
    extra.put_all(&members.rest);
    event.extra = extra.finish();
    derive(&mut event, caller.from_console);
    Ok(event)
}

/// The record's own ID, otherwise an ID derived from its contents. An own ID that looks derived is also kept in
/// `extra`, so that rebuilding can distinguish the two.
fn event_id<'a>(id: Option<&'a str>, json: &str, is_apart: bool, extra: &mut Extra) -> Cow<'a, str> {
    let own = extra.take("eventID", id, |raw| {
        let mut id = scalar::filled(raw);
        id.exact &= !is_apart && id.value.as_deref().is_some_and(|id| !fingerprint::made(id));
        id
    });
    own.filter(|_| !is_apart).unwrap_or_else(|| Cow::Owned(fingerprint::of(json)))
}

/// The ID of the event that a record corrects, if it differs from its own.
fn corrects<'a>(addendum: Option<&'a str>, extra: &mut Extra) -> Option<Cow<'a, str>> {
    let original = |[id]: [Option<&'a str>; 1]| id.and_then(|raw| scalar::filled(raw).value);
    extra.seen("addendum", addendum, &["originalEventID"], original).flatten()
}

fn event_time(own: Option<&str>, shipped: Option<&str>, extra: &mut Extra) -> Result<Timestamp, Problem> {
    let [own_time, shipped_time] = [own, shipped].map(|raw| raw.filter(|raw| *raw != "null"));
    let (member, raw) = match (own_time, shipped_time) {
        (Some(raw), _) => ("eventTime", raw),
        (None, Some(raw)) => (SHIPPED, raw),
        (None, None) => return Err(Problem::Missing("eventTime")),
    };
    let time = time::timestamp(raw);
    if shipped.is_some() || own_time.is_none() || !time.exact {
        keep(extra, [("eventTime", own), (SHIPPED, shipped)]);
    }
    time.value.ok_or_else(|| Problem::unreadable(member, raw))
}

/// `eventSource` and `eventName`.
fn call<'a>(
    source: Option<&'a str>,
    name: Option<&'a str>,
    details: Option<&'a str>,
    extra: &mut Extra,
) -> Result<(Cow<'a, str>, Cow<'a, str>), Problem> {
    let subject = details.map(subject).unwrap_or_default();
    keep(extra, [(INSIGHT, details)]);
    let mut own = |member, raw| {
        extra.take(member, raw, |raw| {
            let mut text = scalar::filled(raw);
            text.exact &= details.is_none();
            text
        })
    };
    let source = own("eventSource", source).or(subject.source).ok_or(Problem::Missing("eventSource"))?;
    let name = own("eventName", name).or(subject.name).ok_or(Problem::Missing("eventName"))?;
    Ok((source, name))
}

/// The subject of an Insights event, which is one level deeper.
#[derive(Debug, Default)]
struct Subject<'a> {
    /// `insightDetails.eventSource`
    source: Option<Cow<'a, str>>,
    /// `insightDetails.eventName`
    name: Option<Cow<'a, str>>,
}

/// Reads `insightDetails`, which has no separate fields.
fn subject(details: &str) -> Subject<'_> {
    let Ok(level) = Level::read(details, &["eventSource", "eventName"]) else { return Subject::default() };
    let [source, name] = level.known.map(|raw| raw.and_then(|raw| scalar::filled(raw).value));
    Subject { source, name }
}

fn keep<const N: usize>(extra: &mut Extra, members: [(&str, Option<&str>); N]) {
    for (name, raw) in members {
        if let Some(raw) = raw {
            extra.put(name, raw);
        }
    }
}

/// Fills the derived fields.
fn derive(event: &mut Event<'_>, flagged_in_session: bool) {
    event.service = service(&event.event_source);
    let flagged = flagged_in_session || event.session_credential_from_console == Some(true);
    let client = caller::client(event.user_agent.as_deref(), event.identity.invoked_by.as_deref());
    let client = caller::behind_console(client, event.user_agent.as_deref(), flagged);
    event.client = Some(client);
    event.evidence = evidence::of(event, client, flagged);
}

/// `iam.amazonaws.com` is `iam`. A source that is not an AWS host is its own service.
fn service<'a>(source: &Cow<'a, str>) -> Cow<'a, str> {
    scalar::part(source, without_domain).unwrap_or_else(|| source.clone())
}

fn without_domain(host: &str) -> Option<&str> {
    caller::DOMAINS.iter().find_map(|domain| host.strip_suffix(domain))
}
