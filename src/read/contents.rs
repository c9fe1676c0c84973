//! The items in a text: records and damaged parts.

use std::borrow::Cow;

use super::RecordMembers;
use super::container::Container;
use super::error::Refusal;
use super::text::excerpt;

/// The number of records in a document whose members are kept. The members of later records are parsed again, so that
/// the members do not need as much memory as the document.
const MAX_WALKED: usize = 10_000;

/// One item in a document.
#[derive(Debug)]
pub(super) enum Item<'t> {
    /// One CloudTrail record.
    Record(Cow<'t, str>, Option<Box<RecordMembers<'t>>>),
    /// A complete value that is not a record.
    Foreign(Refusal, String),
    /// A value that cannot be read: the cause, and the beginning of the value.
    Broken(String, String),
}

impl Item<'_> {
    /// Converts to owned data.
    pub(super) fn into_owned(self) -> Item<'static> {
        match self {
            Self::Record(json, _) => Item::Record(Cow::Owned(json.into_owned()), None),
            Self::Foreign(what, head) => Item::Foreign(what, head),
            Self::Broken(cause, head) => Item::Broken(cause, head),
        }
    }
}

/// The items in a text, in order. The container is `Container::Object` for bare records, until a sequence of them is
/// detected.
#[derive(Debug, Default)]
pub(super) struct Contents<'t> {
    pub(super) container: Option<Container>,
    pub(super) items: Vec<Item<'t>>,
}

impl<'t> Contents<'t> {
    /// Adds a record, and its container unless that is already set.
    pub(super) fn record(&mut self, json: Cow<'t, str>, container: Container) {
        self.container.get_or_insert(container);
        self.items.push(Item::Record(json, None));
    }

    /// Like [`Contents::record`], for a record whose members are known.
    pub(super) fn walked_record(&mut self, json: &'t str, members: RecordMembers<'t>, container: Container) {
        self.container.get_or_insert(container);
        let members = (self.items.len() < MAX_WALKED).then(|| Box::new(members));
        self.items.push(Item::Record(Cow::Borrowed(json), members));
    }

    /// Adds a complete value that is not a record.
    pub(super) fn foreign(&mut self, what: Refusal, text: &str) {
        self.items.push(Item::Foreign(what, excerpt(text)));
    }

    /// Adds a value that cannot be read.
    pub(super) fn broken(&mut self, cause: String, text: &str) {
        self.items.push(Item::Broken(cause, excerpt(text)));
    }

    /// Adds a value that cannot be read, after which another record was found.
    pub(super) fn skipped(&mut self, cause: &str, text: &str) {
        self.broken(format!("{cause}; skipped {} bytes to reach the next record", text.len()), text);
    }

    /// Whether there are any CloudTrail records.
    pub(super) fn has_records(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Record(..)))
    }

    /// Converts to owned data.
    pub(super) fn into_owned(self) -> Contents<'static> {
        Contents { container: self.container, items: self.items.into_iter().map(Item::into_owned).collect() }
    }

    /// Adds the items of a wrapper. A generic wrapper takes the container name of its contents.
    pub(super) fn absorb(&mut self, inner: Contents<'t>, wrapper: Container) {
        let inside = inner.container.filter(|c| wrapper == Container::StringMember && *c != Container::Object);
        self.container.get_or_insert(inside.unwrap_or(wrapper));
        self.items.extend(inner.items);
    }
}
