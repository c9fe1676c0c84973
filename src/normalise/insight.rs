//! Insight events, which say what they are about one level down.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::level::Level;
use super::scalar;

/// What an insight is about.
#[derive(Debug, Default)]
pub(super) struct Subject<'a> {
    /// `insightDetails.eventSource`
    pub(super) source: Option<Cow<'a, str>>,
    /// `insightDetails.eventName`
    pub(super) name: Option<Cow<'a, str>>,
}

/// Reads `insightDetails`; none of it is a field of its own.
pub(super) fn subject(details: &RawValue) -> Subject<'_> {
    let Ok(level) = Level::read(details.get(), &["eventSource", "eventName"]) else { return Subject::default() };
    let [source, name] = level.known.map(|raw| raw.and_then(|raw| scalar::filled(raw).value));
    Subject { source, name }
}
