//! What a spec file may say, as serde reads it.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de};

use crate::event::Client;

/// A spec: the cases that prove one rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecToml {
    /// What holds for each event that does not state it.
    #[serde(default)]
    pub defaults: DefaultsToml,
    /// The cases.
    pub case: Vec<CaseToml>,
}

/// What holds for each event of a spec that does not state it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultsToml {
    /// The user agent.
    pub agent: Option<String>,
    /// Who called.
    #[serde(default, deserialize_with = "client")]
    pub client: Option<Client>,
    /// Whether the trail says that nothing was changed.
    pub read_only: Option<bool>,
    /// The region.
    pub region: Option<String>,
}

impl SpecToml {
    /// A spec's text, with its defaults written into each event.
    ///
    /// # Errors
    /// If it is no TOML, or not a spec's.
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

/// Events in, signals out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseToml {
    /// What the case shows, as a sentence.
    pub name: String,
    /// The rule must not be found: not exactly, if it is a page's.
    #[serde(default)]
    pub near_miss: bool,
    /// The events of one session.
    pub events: Vec<EventToml>,
    /// Every signal whose page is exact, in order; for a rule that is no page's, every one without a page.
    #[serde(default)]
    pub signals: Vec<SignalToml>,
}

/// One event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventToml {
    /// Its id; its number, from 1 and two digits wide, if not stated.
    pub id: Option<String>,
    /// Seconds from the start.
    #[serde(default)]
    pub at: i64,
    /// `iam:ListUsers`
    pub call: String,
    /// The user agent; `AWS Internal` if not stated.
    pub agent: Option<String>,
    /// Who called; unknown if not stated.
    #[serde(default, deserialize_with = "client")]
    pub client: Option<Client>,
    /// Whether the trail says that nothing was changed; it does not say if not stated.
    pub read_only: Option<bool>,
    /// The region; `eu-west-1` if not stated.
    pub region: Option<String>,
    /// The access key, by which page loads are told apart; not known if not stated.
    pub key: Option<String>,
    /// The address it came from.
    pub source_ip: Option<String>,
    /// The request; none if not stated.
    pub request: Option<toml::Table>,
    /// The response; none if not stated.
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
    /// The event's id, at its place in the case.
    pub fn id(&self, index: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("{:02}", index + 1))
    }
}

/// A signal that is expected. What is not stated is not compared, but for `rule` and `events`.
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
    /// All its entities, as `user mara`, in order.
    pub entities: Option<Vec<String>>,
}

/// The events of a signal: all of the case's, or these.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub enum EventsToml {
    /// All of the case's.
    #[default]
    All,
    /// These.
    These(Vec<String>),
}

impl EventsToml {
    /// The ids, sorted.
    pub fn ids(&self, case: &CaseToml) -> Vec<String> {
        let mut ids = match self {
            Self::All => case.events.iter().enumerate().map(|(index, event)| event.id(index)).collect(),
            Self::These(ids) => ids.clone(),
        };
        ids.sort();
        ids
    }
}
