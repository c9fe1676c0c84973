//! One note, and how two people's notes become one list.

use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};
use foldhash::HashMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// The maximum number of characters in a text, in a tag or name, and in a saved address or query.
const LONGEST_TEXT: usize = 10_000;
const LONGEST_NAME: usize = 120;
const LONGEST_PLACE: usize = 20_000;

/// The kind of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A star.
    Star,
    /// A tag.
    Tag,
    /// A comment.
    Comment,
    /// A saved view.
    View,
    /// A saved query.
    Query,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// A signal.
    Click,
    /// An event.
    Event,
    /// A user, key, bucket …
    Entity,
    /// A session.
    Session,
}

/// The target of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: TargetKind,
    /// `signal_id`, `event_id`, `session_id`, or the name of an entity.
    pub id: String,
    /// The type of an entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// An event of the click or session, by which it is found again if its own ID has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
}

impl Target {
    fn is_too_long(&self) -> bool {
        let others = [&self.entity_type, &self.event_id].into_iter().flatten();
        [&self.id].into_iter().chain(others).any(|text| text.len() > LONGEST_PLACE)
    }
}

/// One note of one author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Random, so that no two people's notes have the same ID.
    pub id: String,
    /// Its kind.
    pub kind: NoteKind,
    /// Its target; a saved view or query does not have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The comment, the tag, or the name of a view or query.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The address of a view, or the SQL of a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Who wrote it.
    pub author: String,
    /// When it was written, in RFC 3339 with microseconds, UTC.
    pub created: String,
    /// When it was last changed.
    pub changed: String,
    /// Whether it was deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Members that a later version of the program wrote. They are kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Why notes could not be read or written.
#[derive(Debug, Error)]
pub enum NotesError {
    /// A note is not valid.
    #[error("{0}")]
    Invalid(String),
    /// The file could not be read or written.
    #[error("cannot {what} {path}", path = .path.display())]
    File {
        /// `read` or `write`.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The system could not provide random numbers.
    #[error("the system could not provide random numbers")]
    Random,
    /// The case could not be queried.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// Rows cannot be converted to JSON.
    #[error("cannot read the rows that the notes refer to")]
    Rows(#[from] arrow::error::ArrowError),
    /// Rows or notes are not JSON.
    #[error("cannot convert notes to or from JSON")]
    Json(#[from] serde_json::Error),
}

/// The current time, in the format used in notes.
#[must_use]
pub fn now() -> String {
    spell(Utc::now())
}

fn spell(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// An ID that no other note has: 128 random bits.
///
/// # Errors
/// If the system cannot provide random numbers.
pub fn new_id() -> Result<String, NotesError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|_| NotesError::Random)?;
    Ok(hex::encode(bits))
}

impl Note {
    /// Checks that the program can show the note: it has a target if it needs one, and a reasonable size. Times are
    /// normalized, so that they can be compared.
    ///
    /// # Errors
    /// What is wrong with the note.
    pub fn checked(mut self) -> Result<Self, NotesError> {
        let wrong = |what: &str| Err(NotesError::Invalid(what.to_owned()));
        let saves = matches!(self.kind, NoteKind::View | NoteKind::Query);
        let longest = if self.kind == NoteKind::Comment { LONGEST_TEXT } else { LONGEST_NAME };
        self.text = self.text.trim().to_owned();
        if self.id.is_empty()
            || self.id.len() > LONGEST_NAME
            || !self.id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return wrong("a note's ID must consist of letters and digits");
        }
        if self.author.chars().count() > LONGEST_NAME || self.text.chars().count() > longest {
            return wrong("the text of the note is too long");
        }
        if self.text.is_empty() && self.kind != NoteKind::Star && !self.deleted {
            return wrong("a note needs text");
        }
        if self.kind == NoteKind::Tag && self.text.contains(['\n', '\r', ',']) {
            return wrong("a tag must be one line without commas");
        }
        if self.target.is_none() != saves {
            return wrong("a star, tag or comment needs a target; a saved view or query must not have one");
        }
        if let Some(target) = &self.target
            && (target.id.is_empty() || (target.kind == TargetKind::Entity) != target.entity_type.is_some())
        {
            return wrong("a target needs an ID, and an entity also needs a type");
        }
        if self.target.as_ref().is_some_and(Target::is_too_long) {
            return wrong("the target of the note is too long");
        }
        let place = self.place.as_deref().unwrap_or_default();
        // The page opens saved addresses, so they must belong to the page.
        if place.len() > LONGEST_PLACE || (self.kind == NoteKind::View && !is_own_address(place)) {
            return wrong("a saved view needs an address on the page, starting with /");
        }
        for time in [&mut self.created, &mut self.changed] {
            match DateTime::parse_from_rfc3339(time) {
                Ok(moment) => *time = spell(moment.to_utc()),
                Err(_) => return wrong("a note's times must be in RFC 3339 format"),
            }
        }
        Ok(self)
    }

    /// A key by which two versions of a note are compared: the later version has the greater key, regardless of who merges.
    fn version(&self) -> (&str, bool, String) {
        (&self.changed, self.deleted, serde_json::to_string(self).unwrap_or_default())
    }
}

/// Whether an address is a path within this page, such as `/timeline?…`, and not on another host.
fn is_own_address(place: &str) -> bool {
    let path = place.split(['?', '#']).next().unwrap_or_default();
    path.starts_with('/') && path[1..].bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The result of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merged {
    /// New notes.
    pub added: usize,
    /// Notes that replaced an earlier version.
    pub updated: usize,
    /// Notes that already existed in the same or a later version.
    pub unchanged: usize,
}

/// Merges notes; of two versions of one note, the later one is kept.
pub(super) fn merge(ours: &mut Vec<Note>, theirs: Vec<Note>) -> Merged {
    let mut places: HashMap<String, usize> =
        ours.iter().enumerate().map(|(place, note)| (note.id.clone(), place)).collect();
    let mut merged = Merged::default();
    for note in theirs {
        match places.get(&note.id).and_then(|place| ours.get_mut(*place)) {
            None => {
                places.insert(note.id.clone(), ours.len());
                ours.push(note);
                merged.added += 1;
            }
            Some(known) if note.version() > known.version() => {
                *known = note;
                merged.updated += 1;
            }
            Some(_) => merged.unchanged += 1,
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn comment(id: &str, text: &str, changed: &str) -> Note {
        let target = Target { kind: TargetKind::Event, id: "e1".to_owned(), entity_type: None, event_id: None };
        Note {
            id: id.to_owned(),
            kind: NoteKind::Comment,
            target: Some(target),
            text: text.to_owned(),
            place: None,
            author: "ann".to_owned(),
            created: changed.to_owned(),
            changed: changed.to_owned(),
            deleted: false,
            other: Map::new(),
        }
    }

    #[test]
    fn merge_is_commutative() {
        let early = comment("a", "early", "2026-03-11T10:00:00.000000Z");
        let late = Note { deleted: true, ..comment("a", "early", "2026-03-11T10:00:01.000000Z") };
        let other = comment("b", "other", "2026-03-11T10:00:00.000000Z");
        let (mut ann, mut bob) = (vec![early.clone()], vec![late.clone(), other.clone()]);
        assert_eq!(merge(&mut ann, bob.clone()), Merged { added: 1, updated: 1, unchanged: 0 });
        assert_eq!(merge(&mut bob, vec![early]), Merged { added: 0, updated: 0, unchanged: 1 });
        assert_eq!(ann, vec![late, other]);
        assert_eq!(ann, bob);
    }

    #[test]
    fn invalid_notes_are_rejected() {
        let good = comment("a", " said ", "2026-03-11T11:00:00+01:00");
        let checked = good.clone().checked().unwrap();
        assert_eq!((checked.text.as_str(), checked.changed.as_str()), ("said", "2026-03-11T10:00:00.000000Z"));
        assert!(Note { text: String::new(), ..good.clone() }.checked().is_err());
        assert!(Note { target: None, ..good.clone() }.checked().is_err());
        assert!(Note { id: "../x".to_owned(), ..good.clone() }.checked().is_err());
        let target = good.target.clone().map(|target| Target { id: "x".repeat(LONGEST_PLACE + 1), ..target });
        assert!(Note { target, ..good.clone() }.checked().is_err());
        assert!(Note { kind: NoteKind::Tag, text: "a,b".to_owned(), ..good.clone() }.checked().is_err());
        let view =
            |place: &str| Note { kind: NoteKind::View, target: None, place: Some(place.to_owned()), ..good.clone() };
        assert!(view("/timeline?kind=secret").checked().is_ok());
        for bad in ["//evil.example/", "javascript:alert(1)", "https://evil.example", "/\\evil.example", ""] {
            assert!(view(bad).checked().is_err(), "{bad}");
        }
    }
}
