//! Writes the sentences of draft signals: computes the values that the generic rules use, and creates the signals.

use indexmap::IndexMap;
use serde_json::Value;

use super::{PreparedStretch, Repetition, SignalDraft, names};
use crate::call;
use crate::event::{Client, Timestamp};
use crate::matching::claim::MatchedSignal;
use crate::matching::describe::{self, SignalContent};
use crate::matching::partition;
use crate::normalize::caller::unwrapped;
use crate::rule::generic::Generic;
use crate::rule::seen::distinct;
use crate::rule::words::{in_sentence, words};
use crate::signal::{Context, Kind, Origin, Role, Signal, SignalEntity};

/// A failure mentions a page that was opened at most this many seconds earlier.
const MAX_PAGE_AGE_S: i64 = 600;
/// The maximum length of a program's name taken from a user agent.
const MAX_PROGRAM_LENGTH: usize = 40;
/// The number of other changes that a click's sentence lists.
const MAX_OTHER_CHANGES: usize = 3;

/// The signals of the drafts. `pages` are the signals that are already known.
pub(in crate::matching) fn signals(
    stretch: &PreparedStretch<'_, '_>,
    session_id: &str,
    drafts: &[SignalDraft],
    pages: &[Signal],
) -> Vec<Signal> {
    let writer = SentenceWriter { stretch: *stretch, session_id, pages };
    drafts.iter().filter_map(|draft| writer.signal(draft)).collect()
}

struct SentenceWriter<'t, 'e> {
    stretch: PreparedStretch<'t, 'e>,
    session_id: &'t str,
    pages: &'t [Signal],
}

impl SentenceWriter<'_, '_> {
    fn signal(&self, draft: &SignalDraft) -> Option<Signal> {
        let found = self.found(draft)?;
        let entities = names::of(&self.stretch, &draft.members);
        let mut context = describe::place(self.stretch.events, &found);
        let matched = describe::matched(self.stretch.events, &found);
        context.extend(self.values(draft, found.anchor, &entities, &matched));
        let values = SignalContent { matched, context, entities };
        let mut signal = describe::compose(self.stretch.rules, self.session_id, self.stretch.events, &found, values);
        self.stretch.service(found.anchor).clone_into(&mut signal.service);
        signal.url = self.url(draft.kind, found.anchor);
        Some(signal)
    }

    fn found(&self, draft: &SignalDraft) -> Option<MatchedSignal> {
        let anchor = draft.anchor;
        let role_of = |event: usize| if event == anchor { Role::Anchor } else { Role::Merged };
        let matched_rule = self.stretch.rules.generic(draft.kind)?;
        Some(MatchedSignal {
            rule: matched_rule,
            matched_rule,
            anchor,
            members: draft.members.iter().map(|event| (*event, role_of(*event))).collect(),
            origin: Origin::Service,
            confidence: draft.confidence,
            evidence: draft.evidence,
            missing: Vec::new(),
        })
    }

    /// The values that the rule's title and summary can use.
    fn values(&self, draft: &SignalDraft, anchor: usize, entities: &[SignalEntity], calls: &[String]) -> Context {
        let mut values = match draft.kind {
            Generic::Create | Generic::Delete | Generic::Change => self.action(draft, anchor),
            Generic::Command => self.command(anchor),
            Generic::Service => Context::from_iter([("action".to_owned(), calls.into())]),
            Generic::Visit => self.subject(draft, entities),
            Generic::Along | Generic::Poll => self.topic(draft),
            Generic::Console => Context::from_iter([("what".to_owned(), self.topics(&draft.members).into())]),
        };
        let page = match draft.kind {
            Generic::Along => self.nearest_page(draft),
            _ => self.stretch.events[anchor].row.error_code.and_then(|_| self.page_before(anchor)),
        };
        values.extend(page.map(|page| ("page".to_owned(), page.title.as_str().into())));
        values.extend(draft.repetition.into_iter().flat_map(repetition));
        values.insert("console".to_owned(), self.consoles(draft).into());
        values.insert("names".to_owned(), shown(entities).into());
        values
    }

    /// The event that determines the service of an unknown page: an event from the service that the page's own console
    /// called most.
    fn main(&self, draft: &SignalDraft) -> usize {
        let console = self.stretch.console(draft.anchor);
        let mut counts: IndexMap<&str, (usize, usize)> = IndexMap::new();
        for event in draft.members.iter().filter(|event| self.stretch.console(**event) == console) {
            let entry = counts.entry(self.stretch.service(*event)).or_insert((0, *event));
            entry.0 += 1;
        }
        let most = counts.into_values().rev().max_by_key(|(count, _)| *count);
        most.map_or(draft.anchor, |(_, event)| event)
    }

    /// Describes what a change did, and what else the same click changed.
    fn action(&self, draft: &SignalDraft, anchor: usize) -> Context {
        let name = self.stretch.name(anchor);
        let words = words(name);
        let rest = topic(&words);
        let first = words.first().copied().unwrap_or(name);
        let action = if rest.is_empty() { first.to_owned() } else { format!("{first} {rest}") };
        let is_other = |event: &usize| {
            *event != anchor
                && self.stretch.changes(*event)
                && !self.stretch.rules.words().is_label(self.stretch.name(*event))
        };
        let main = self.sentence(anchor);
        let others = draft.members.iter().copied().filter(is_other).map(|event| self.sentence(event));
        let others = distinct(others.filter(|other| *other != main).map(|other| lowered(&other)));
        let also = match others.len() {
            0..=MAX_OTHER_CHANGES => others.join("; "),
            count => format!("{}; {} more changes", others[..MAX_OTHER_CHANGES].join("; "), count - MAX_OTHER_CHANGES),
        };
        Context::from_iter([
            ("sentence".to_owned(), main.into()),
            ("also".to_owned(), also.into()),
            ("action".to_owned(), action.into()),
        ])
    }

    /// Describes what an event's call did, from the table of calls.
    fn sentence(&self, event: usize) -> String {
        call::CallTable::shipped().describe(&self.stretch.events[event].call()).summary
    }

    fn command(&self, anchor: usize) -> Context {
        let row = self.stretch.events[anchor].row;
        let agent = unwrapped(row.user_agent.unwrap_or_default());
        let program: String =
            agent.split(['/', ' ']).next().unwrap_or_default().chars().take(MAX_PROGRAM_LENGTH).collect();
        let line = agent.starts_with("aws-cli/");
        let how = match row.client {
            Client::CloudShell => "in CloudShell".to_owned(),
            Client::Agent => format!("from an agent ({program})"),
            Client::Cli if line => "with the AWS CLI".to_owned(),
            _ => format!("from a program ({program})"),
        };
        let verb = if line { "Ran" } else { "Called" };
        let action = if line { self.command_line(anchor) } else { row.call.to_owned() };
        Context::from_iter([
            ("did".to_owned(), verb.into()),
            ("action".to_owned(), action.into()),
            ("how".to_owned(), how.into()),
            ("sentence".to_owned(), lowered(&self.sentence(anchor)).into()),
        ])
    }

    /// The command line that makes the event's call: `aws iam list-users`.
    fn command_line(&self, anchor: usize) -> String {
        let service = self.stretch.service(anchor);
        let known = self.stretch.rules.words().service(service).and_then(|service| service.cli.as_deref());
        let verbs = words(self.stretch.name(anchor)).join("-").to_lowercase();
        format!("aws {} {verbs}", known.unwrap_or(service))
    }

    /// What an unknown page shows, judged by its calls: a list, or one resource.
    ///
    /// This is determined by the first call of the console's own service that lists all resources of a kind, otherwise
    /// by the first call that reads one resource. Calls that any page may make, such as those for tags, are ignored.
    fn subject(&self, draft: &SignalDraft, entities: &[SignalEntity]) -> Context {
        let words_of = |event: usize| words(self.stretch.name(event));
        let console = self.stretch.console(draft.anchor);
        let own = draft.members.iter().copied().filter(|event| self.stretch.console(*event) == console);
        let own: Vec<usize> =
            own.filter(|event| !self.stretch.rules.words().is_secondary(&topic(&words_of(*event)))).collect();
        let names = |event: usize| {
            let id = self.stretch.events[event].row.event_id;
            entities.iter().find(|entity| entity.event_id == id)
        };
        let is_list = |event: usize| {
            let words = words_of(event);
            words.first().is_some_and(|verb| ["List", "Describe", "Get", "Search"].contains(verb))
                && words
                    .last()
                    .is_some_and(|noun| noun.ends_with('s') && !noun.ends_with("ss") && !noun.ends_with("us"))
        };
        let list = own.iter().find(|event| is_list(**event) && names(**event).is_none());
        if let Some(list) = list {
            let topic_text = topic(&words_of(*list));
            return Context::from_iter([
                ("subject".to_owned(), sentence(&topic_text).into()),
                ("what".to_owned(), format!("that lists {topic_text}").into()),
            ]);
        }
        let Some(one) = own.iter().find(|event| names(**event).is_some()).or(own.first()) else {
            return Context::default();
        };
        let topic_text = topic(&words_of(*one));
        let name = names(*one).map_or_else(String::new, |entity| format!(" {}", entity.value));
        Context::from_iter([
            ("subject".to_owned(), format!("{}{name}", sentence(&topic_text)).into()),
            ("what".to_owned(), format!("about {topic_text}{name}").into()),
        ])
    }

    /// The topic that most of the calls share, if there is one: `DB instances`.
    fn topic(&self, draft: &SignalDraft) -> Context {
        let mut counts: IndexMap<String, usize> = IndexMap::new();
        for event in &draft.members {
            *counts.entry(topic(&words(self.stretch.name(*event)))).or_default() += 1;
        }
        let most_common =
            counts.into_iter().find(|(topic, count)| count * 2 > draft.members.len() && !topic.is_empty());
        most_common.map(|(topic, _)| ("what".to_owned(), topic.into())).into_iter().collect()
    }

    fn topics(&self, members: &[usize]) -> Vec<String> {
        distinct(members.iter().map(|event| topic(&words(self.stretch.name(*event)))).filter(|topic| !topic.is_empty()))
    }

    /// The names of the services. A visit has only one service, that of its console.
    fn consoles(&self, draft: &SignalDraft) -> Vec<String> {
        let source = |event: usize| match draft.kind {
            Generic::Along => self.stretch.console(event),
            _ => self.stretch.service(event),
        };
        if draft.kind == Generic::Visit {
            return vec![self.name_of(self.stretch.service(self.main(draft)))];
        }
        distinct(draft.members.iter().map(|event| self.name_of(source(*event))))
    }

    fn name_of(&self, service: &str) -> String {
        self.stretch.rules.words().service(service).map_or_else(|| service.to_owned(), |service| service.name.clone())
    }

    /// The service's start page in the console; `None` for background activity and commands.
    fn url(&self, kind: Generic, anchor: usize) -> Option<String> {
        let is_click = matches!(kind, Generic::Create | Generic::Delete | Generic::Change | Generic::Visit);
        let service = self.stretch.rules.words().service(self.stretch.console(anchor)).filter(|_| is_click)?;
        let (home, region) = (service.home.as_ref()?, self.stretch.events[anchor].row.region?);
        let is_region = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let url = || format!("https://{region}.console.aws.amazon.com/{home}?region={region}");
        is_region.then(|| partition::link(url(), Some(region)))
    }

    /// The last page opened before the event.
    fn page_before(&self, anchor: usize) -> Option<&Signal> {
        let time = self.stretch.events[anchor].time();
        let recent = time.plus_seconds(-MAX_PAGE_AGE_S)..=time;
        self.clicks().filter(|page| recent.contains(&page.first_time)).max_by_key(|page| page.first_time)
    }

    /// The page nearest in time.
    fn nearest_page(&self, draft: &SignalDraft) -> Option<&Signal> {
        let time = self.stretch.events[*draft.members.first()?].time();
        self.clicks().min_by_key(|page| distance(page, time))
    }

    fn clicks(&self) -> impl Iterator<Item = &Signal> {
        self.pages.iter().filter(|page| page.kind != Kind::Background)
    }
}

fn distance(page: &Signal, time: Timestamp) -> u64 {
    if (page.first_time..=page.last_time).contains(&time) {
        return 0;
    }
    page.first_time.0.abs_diff(time.0).min(page.last_time.0.abs_diff(time.0))
}

/// The topic of a call, given in words: all words but the first.
fn topic(call: &[&str]) -> String {
    call.iter().skip(1).map(|word| in_sentence(word)).collect::<Vec<_>>().join(" ")
}

/// A sentence as the continuation of another, with a lowercase first letter.
fn lowered(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// A text with an uppercase first letter.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The values of the entities that a sentence lists.
fn shown(entities: &[SignalEntity]) -> Vec<String> {
    distinct(entities.iter().map(|entity| entity.value.clone()))
}

fn repetition(repetition: Repetition) -> [(String, Value); 2] {
    let every = match (repetition.every_s / 60, repetition.every_s % 60) {
        (1, 0) => "minute".to_owned(),
        (minutes, 0) => format!("{minutes} minutes"),
        _ => format!("{} seconds", repetition.every_s),
    };
    [("every".to_owned(), every.into()), ("times".to_owned(), repetition.times.into())]
}
