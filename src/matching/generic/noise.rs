//! Noise that is known by name: what the console asks for on any page, and what services do in a person's name.

use std::net::IpAddr;

use super::{Draft, Scene};
use crate::json::Json;
use crate::rule::generic::Generic;

/// A call on a list made by people is noise in most places.
const CONFIDENCE: f64 = 0.8;

/// Takes the noise out of the free events; each burst of it is one draft.
pub(super) fn sort(scene: &Scene<'_, '_>, free: Vec<usize>) -> (Vec<Draft>, Vec<usize>) {
    let (service, free): (Vec<usize>, Vec<usize>) = free.into_iter().partition(|event| is_service(scene, *event));
    let is_console =
        |event: &usize| !scene.changes(*event) && scene.rules.words().is_console_noise(scene.events[*event].row.call);
    let (console, free): (Vec<usize>, Vec<usize>) = free.into_iter().partition(is_console);
    let mut drafts = Vec::new();
    for (what, events) in [(Generic::Service, service), (Generic::Console, console)] {
        let bursts = scene.bursts(&events, |_| ());
        drafts.extend(bursts.into_iter().map(|members| Draft::new(what, members, CONFIDENCE)));
    }
    (drafts, free)
}

/// A service's call comes from a service's address, or asks for a key in an encryption context that only services use.
fn is_service(scene: &Scene<'_, '_>, event: usize) -> bool {
    let row = scene.events[event].row;
    let elsewhere = || row.source_ip.is_some_and(|source| source.parse::<IpAddr>().is_err());
    scene.rules.words().is_service_noise(row.call) && (elsewhere() || is_for_service(scene, event))
}

fn is_for_service(scene: &Scene<'_, '_>, event: usize) -> bool {
    let request = scene.events[event].request().value().as_object();
    let context = request.and_then(|request| request.get("encryptionContext")).and_then(Json::as_object);
    context.is_some_and(|context| context.names().any(|key| key.starts_with("aws:")))
}
