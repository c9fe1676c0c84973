//! The format of spec files, for serde.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de};

use crate::event::Client;

/// A spec: the cases that test one rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecToml {
    /// Default values for the events.
    #[serde(default)]
    pub defaults: DefaultsToml,
    /// The cases.
    pub case: Vec<CaseToml>,
}

/// Default values for the events of a spec.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultsToml {
    /// The user agent.
    pub agent: Option<String>,
    /// The kind of client.
    #[serde(default, deserialize_with = "client")]
    pub client: Option<Client>,
    /// `readOnly` of the record.
    pub read_only: Option<bool>,
    /// The region.
    pub region: Option<String>,
}

impl SpecToml {
    /// Parses a spec, and applies its defaults to each event.
    ///
    /// # Errors
    /// If the text is not TOML, or not a spec.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let mut spec: Self = toml::from_str(text)?;
        for event in spec.case.iter_mut().flat_map(|case| &mut case.events) {
            event.agent = event.agent.take().or_else(|| spec.defaults.agent.clone());
            event.client = event.client.or(spec.defaults.client);
            event.read_only = event.read_only.or(spec.defaults.read_only);
            event.region = event.region.take().or_else(|| spec.defaults.region.clone());
        }
        Ok(spec)
    }
}

/// A case: events and the expected signals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseToml {
    /// What the case shows, as a sentence.
    pub name: String,
    /// Whether the rule must not match. A page's rule must not match exactly.
    #[serde(default)]
    pub near_miss: bool,
    /// The events of one session.
    pub events: Vec<EventToml>,
    /// The expected signals, in order: all with an exact page, or all without a page for a rule that is not about a
    /// page.
    #[serde(default)]
    pub signals: Vec<SignalToml>,
}

/// One event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventToml {
    /// Its ID. If not stated, its number, starting at 1 and two digits wide.
    pub id: Option<String>,
    /// Seconds since the start.
    #[serde(default)]
    pub at: i64,
    /// The call: `iam:ListUsers`.
    pub call: String,
    /// The user agent. If not stated, `AWS Internal`.
    pub agent: Option<String>,
    /// The kind of client. If not stated, unknown.
    #[serde(default, deserialize_with = "client")]
    pub client: Option<Client>,
    /// `readOnly` of the record. If not stated, absent.
    pub read_only: Option<bool>,
    /// The region. If not stated, `eu-west-1`.
    pub region: Option<String>,
    /// The access key, which distinguishes page loads. If not stated, unknown.
    pub key: Option<String>,
    /// The source IP address.
    pub source_ip: Option<String>,
    /// The request. If not stated, absent.
    pub request: Option<toml::Table>,
    /// The response. If not stated, absent.
    pub response: Option<toml::Table>,
    /// The error code of a failed call.
    pub error: Option<String>,
}

fn client<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Client>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let unknown = || de::Error::custom(format!("expected a value of events.client, found `{name}`"));
    Client::named(&name).map(Some).ok_or_else(unknown)
}

impl EventToml {
    /// The ID of the event at this index in the case.
    pub fn id(&self, index: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("{:02}", index + 1))
    }
}

/// An expected signal. Only `rule`, `events` and the stated keys are compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalToml {
    /// Its rule.
    pub rule: String,
    /// Its events.
    #[serde(default)]
    pub events: EventsToml,
    /// Its title.
    pub title: Option<String>,
    /// Its sentence.
    pub summary: Option<String>,
    /// Its link.
    pub url: Option<String>,
    /// Members of its context.
    #[serde(default)]
    pub context: IndexMap<String, toml::Value>,
    /// All its entities, such as `user mara`, in order.
    pub entities: Option<Vec<String>>,
}

/// The events of a signal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub enum EventsToml {
    /// All events of the case.
    #[default]
    All,
    /// These events.
    These(Vec<String>),
}

impl EventsToml {
    /// The IDs, sorted.
    pub fn ids(&self, case: &CaseToml) -> Vec<String> {
        let mut ids = match self {
            Self::All => case.events.iter().enumerate().map(|(index, event)| event.id(index)).collect(),
            Self::These(ids) => ids.clone(),
        };
        ids.sort();
        ids
    }
}
