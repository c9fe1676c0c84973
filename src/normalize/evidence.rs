//! The evidence bits, each an independent test.

use std::net::IpAddr;

use super::caller;
use crate::event::{Client, Event, Evidence};

/// The evidence that `event` is from the console; `flagged` is the console flag, from anywhere in the record.
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

/// A visitor of a public website reads objects with a browser, without credentials: this is not a console session.
fn is_visitor(event: &Event<'_>) -> bool {
    let identity = &event.identity;
    let filled = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    let is_nobody = identity.principal_id.as_deref() == Some("ANONYMOUS_PRINCIPAL")
        || identity.account_id.as_deref() == Some("ANONYMOUS_PRINCIPAL")
        || (identity.kind.as_deref() == Some("AWSAccount") && !filled(identity.arn.as_deref()));
    is_nobody && !filled(identity.access_key_id.as_deref()) && !signs_in(event)
}

/// A sign-in, including failed and programmatic ones: sign-ins count as console events.
fn signs_in(event: &Event<'_>) -> bool {
    event.event_source.starts_with("signin.")
        || matches!(event.event_type.as_deref(), Some("AwsConsoleSignIn" | "AwsConsoleAction"))
}

fn forwarded(event: &Event<'_>) -> bool {
    event.user_agent.as_deref().is_some_and(caller::aws_internal)
        && event.identity.invoked_by.as_deref().is_none_or(str::is_empty)
        && event.source_ip.as_deref().is_some_and(addresses)
}

/// Whether the source consists of addresses: a single address, or a comma-separated list of proxies. Service hosts and
/// `-` are not.
fn addresses(source: &str) -> bool {
    source.split(',').all(|address| address.trim().parse::<IpAddr>().is_ok())
}
