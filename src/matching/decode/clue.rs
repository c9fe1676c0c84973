//! The evidence that each event provides about its click, apart from the shape of its request.

use foldhash::HashMap;
use foldhash::fast::FixedState;
use std::hash::BuildHasher;
use std::rc::Rc;

use crate::event::Client;
use crate::json::Json;
use crate::matching::poll::{self, PollEvent};
use crate::matching::prepared::{Prepared, PreparedStretch};
use crate::normalize::caller::unwrapped;
use crate::rule::words::Words;

/// The maximum depth at which values in a request are examined.
const MAX_DEPTH: usize = 6;
/// A longer text is a document, not a name.
const MAX_LENGTH: usize = 200;
/// A request that names more resources than this is a list, which does not identify the resource a page is about.
const MAX_RESOURCES: usize = 8;

/// Prefixes of resource IDs.
const PREFIXES: [&str; 14] =
    ["i", "vol", "vpc", "subnet", "sg", "eni", "ami", "snap", "rtb", "acl", "igw", "nat", "eipalloc", "vpce"];

/// A resource that a request names, as hashes of its kind and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ResourceHash {
    pub(super) kind: u64,
    pub(super) value: u64,
}

/// The resources that one request names, without duplicates.
pub(super) type ResourceHashes = Rc<[ResourceHash]>;

/// Why a call was made, as far as this is apparent from the call itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read something.
    Read,
    /// To change something.
    Change,
    /// The console makes it on any page.
    Noise,
    /// A service makes it on behalf of the person.
    Service,
    /// Another service made it on its own in the person's session.
    Acting,
}

/// The evidence from one event.
#[derive(Debug, Clone)]
pub(super) struct Clue<'e> {
    /// The service whose console made the call: the service named in the user agent, otherwise the service that was
    /// called.
    pub(super) console: &'e str,
    pub(super) key: Option<&'e str>,
    pub(super) purpose: Purpose,
    /// The poll that the event belongs to.
    pub(super) poll: Option<PollEvent>,
    pub(super) resources: ResourceHashes,
}

/// The evidence from each event of a stretch.
pub(super) fn clues<'s>(stretch: &PreparedStretch<'s, '_>) -> Vec<Clue<'s>> {
    let polls = poll::detect(stretch);
    let words = stretch.rules.words();
    let mut resources: HashMap<usize, ResourceHashes> = HashMap::default();
    let mut calls: HashMap<&str, CallTraits> = HashMap::default();
    let mut agents: HashMap<&str, Option<&str>> = HashMap::default();
    let clue = |(at, event): (usize, &'s Prepared<'_>)| {
        let call = *calls.entry(event.row.call).or_insert_with(|| CallTraits::of(stretch, at));
        let changes = event.row.read_only.map_or(call.changes, |read_only| !read_only);
        let purpose = match () {
            () if is_acting(event) => Purpose::Acting,
            () if call.service && stretch.is_for_service(at) => Purpose::Service,
            () if changes => Purpose::Change,
            // A typed command is not a console request, even if the console makes the same call.
            () if call.noise && event.row.client != Client::CloudShell => Purpose::Noise,
            () => Purpose::Read,
        };
        let agent = event.row.user_agent.unwrap_or_default();
        let agent_console = *agents.entry(agent).or_insert_with(|| words.console_of_agent(agent));
        Clue {
            console: agent_console.unwrap_or_else(|| stretch.console(at)),
            key: event.row.access_key,
            purpose,
            poll: polls[at],
            resources: Rc::clone(
                resources.entry(event.representative).or_insert_with(|| named(words, event.request().value())),
            ),
        }
    };
    stretch.events.iter().enumerate().map(clue).collect()
}

/// What the word lists know about a call.
#[derive(Debug, Clone, Copy)]
struct CallTraits {
    /// Whether its verb changes something.
    changes: bool,
    noise: bool,
    service: bool,
}

impl CallTraits {
    fn of(stretch: &PreparedStretch<'_, '_>, event: usize) -> Self {
        let (words, call) = (stretch.rules.words(), stretch.events[event].row.call);
        Self {
            changes: stretch.verb(event).is_some(),
            noise: words.is_console_noise(call),
            service: words.is_service_noise(call),
        }
    }
}

/// Whether a service made the call on its own. The service that was called does not count, because it forwards its own
/// console's requests.
fn is_acting(event: &Prepared<'_>) -> bool {
    let service = event.row.call.split(':').next().unwrap_or_default();
    let agent = event.row.user_agent.map(unwrapped).unwrap_or_default();
    event.row.client == Client::Service && agent.split('.').next() != Some(service)
}

/// The resources that a request names by ID or by name.
fn named(words: &Words, request: Json<'_>) -> ResourceHashes {
    let mut resources = Vec::new();
    if let Some(members) = request.as_object() {
        members.iter().for_each(|(member, value)| walk(words, member, value, MAX_DEPTH, &mut resources));
    }
    resources.sort_unstable();
    resources.dedup();
    if resources.len() > MAX_RESOURCES { Rc::from([]) } else { resources.into() }
}

fn walk(words: &Words, member: &str, value: Json<'_>, depth: usize, resources: &mut Vec<ResourceHash>) {
    match value {
        Json::String(text) if !text.is_empty() && text.len() <= MAX_LENGTH => {
            let kind = prefix(text).map(hash).or_else(|| words.names(member).map(|kind| hash(&kind)));
            resources.extend(kind.map(|kind| ResourceHash { kind, value: hash(text) }));
        }
        Json::Array(elements) if depth > 0 => {
            elements.iter().for_each(|element| walk(words, member, element, depth - 1, resources));
        }
        Json::Object(members) if depth > 0 => {
            members.iter().for_each(|(member, value)| walk(words, member, value, depth - 1, resources));
        }
        _ => {}
    }
}

/// The prefix of a resource ID: `vpc` for `vpc-0a1b2c3d`.
fn prefix(text: &str) -> Option<&str> {
    let (prefix, rest) = text.split_once('-')?;
    let is_id = (8..=17).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && PREFIXES.contains(&prefix)).then_some(prefix)
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}
