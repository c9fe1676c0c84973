//! Analysts' notes, as a list and next to the rows that they refer to.

use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::escape::terminal;
use crate::event::Timestamp;
use crate::notes::{NoteKind, Resolved, TargetKind};

/// The notes on timeline rows, by row ID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(HashMap<String, Vec<String>>);

impl Marks {
    /// The notes about clicks and events in the case.
    #[must_use]
    pub fn of(notes: &[Resolved]) -> Self {
        let mut marks: HashMap<String, Vec<String>> = HashMap::new();
        for resolved in notes {
            if let Some(id) = &resolved.location.row_id {
                marks.entry(id.clone()).or_default().push(said(resolved));
            }
        }
        Self(marks)
    }

    /// The notes on one row, as unescaped text.
    #[must_use]
    pub fn on(&self, id: Option<&str>) -> &[String] {
        id.and_then(|id| self.0.get(id)).map_or(&[], Vec::as_slice)
    }
}

/// `★ ann`, `#exfil ann`, `ann: the key of the backup user`.
pub(super) fn said(Resolved { note, .. }: &Resolved) -> String {
    match note.kind {
        NoteKind::Star => format!("★ {}", note.author),
        NoteKind::Tag => format!("#{} {}", note.text, note.author),
        NoteKind::Comment => format!("{}: {}", note.author, note.text),
        NoteKind::View | NoteKind::Query => note.text.clone(),
    }
}

/// What a note is about, as text.
pub(super) fn about(Resolved { note, location }: &Resolved) -> String {
    let Some(target) = &note.target else { return note.place.clone().unwrap_or_default() };
    let gone = if location.what.is_none() { " (not in the case)" } else { "" };
    match (target.kind, &location.what) {
        (TargetKind::Entity, _) => {
            format!("{} {}", target.entity_type.as_deref().unwrap_or("entity"), target.id)
        }
        (_, Some(what)) => what.clone(),
        (TargetKind::Session, None) => format!("session {}{gone}", target.id),
        (TargetKind::Click, None) => format!("click {}{gone}", target.id),
        (TargetKind::Event, None) => format!("event {}{gone}", target.id),
    }
}

/// The time of a note's target.
pub(super) fn when(resolved: &Resolved) -> String {
    resolved.location.time.map(|us| Timestamp(us).format("%Y-%m-%d %H:%M:%S")).unwrap_or_default()
}

/// Writes notes, one per line, each followed by a line that states what it is about.
///
/// # Errors
/// If the writer fails.
pub fn notes(out: &mut impl Write, notes: &[Resolved]) -> io::Result<()> {
    let accent = AnsiColor::Cyan.on_default();
    let dim = Style::new().dimmed();
    for resolved in notes {
        let label = match resolved.note.kind {
            NoteKind::View => "view ",
            NoteKind::Query => "query ",
            NoteKind::Star | NoteKind::Tag | NoteKind::Comment => "",
        };
        writeln!(out, "{accent}{label}{}{accent:#}", terminal(&said(resolved)))?;
        let time = when(resolved);
        let who = resolved.location.principal.as_deref().unwrap_or_default();
        let parts: Vec<&str> = [time.as_str(), who].into_iter().filter(|part| !part.is_empty()).collect();
        let lead = if parts.is_empty() { String::new() } else { format!("{}  ", terminal(&parts.join("  "))) };
        writeln!(out, "  {dim}{lead}{dim:#}{}", terminal(&about(resolved)))?;
    }
    Ok(())
}
