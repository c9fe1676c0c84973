//! The evidence bits: each a test of its own.

use std::net::IpAddr;

use super::caller;
use crate::event::{Client, Event, Evidence};

/// What speaks for `event` being the console's; `flagged` is the console's flag, wherever the record has it.
pub(super) fn of(event: &Event<'_>, client: Client, flagged: bool) -> Evidence {
    if is_visitor(event) {
        return Evidence::empty();
    }
    let by_client = match client {
        Client::Browser => Evidence::BROWSER,
        Client::Console => Evidence::BACK_END,
        Client::Internal => Evidence::INTERNAL,
        Client::CloudShell => Evidence::CLOUD_SHELL,
        Client::Cli | Client::Sdk | Client::Agent | Client::Service | Client::Unknown => Evidence::empty(),
    };
    let mut evidence = by_client;
    evidence.set(Evidence::FLAG, flagged);
    evidence.set(Evidence::SIGN_IN, signs_in(event));
    evidence.set(Evidence::FORWARDED, forwarded(event));
    evidence
}

/// A visitor of a public website reads its objects with a browser, without credentials: that is nobody's console session.
fn is_visitor(event: &Event<'_>) -> bool {
    let identity = &event.identity;
    let filled = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    let is_nobody = identity.principal_id.as_deref() == Some("ANONYMOUS_PRINCIPAL")
        || identity.account_id.as_deref() == Some("ANONYMOUS_PRINCIPAL")
        || (identity.kind.as_deref() == Some("AWSAccount") && !filled(identity.arn.as_deref()));
    is_nobody && !filled(identity.access_key_id.as_deref()) && !signs_in(event)
}

/// A sign-in, failed and programmatic ones included: what happens at the console's door is the console's.
fn signs_in(event: &Event<'_>) -> bool {
    event.event_source.starts_with("signin.")
        || matches!(event.event_type.as_deref(), Some("AwsConsoleSignIn" | "AwsConsoleAction"))
}

fn forwarded(event: &Event<'_>) -> bool {
    event.user_agent.as_deref().is_some_and(caller::aws_internal)
        && event.identity.invoked_by.as_deref().is_none_or(str::is_empty)
        && event.source_ip.as_deref().is_some_and(addresses)
}

/// Whether the source is addresses alone: one, or the comma list that proxies write. Service hosts and `-` are none.
fn addresses(source: &str) -> bool {
    source.split(',').all(|address| address.trim().parse::<IpAddr>().is_ok())
}
