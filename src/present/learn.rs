//! Learned pages, and clicks that change when the rules change, as rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;

use super::{PresentError, rfc3339};
use crate::learn::{ChangedClick, Learned, LearnedPage, PageOutcome, Proposal};
use crate::rule::pack::Pack;
use crate::signal::Signal;

/// A text column.
fn texts<T>(items: &[T], of: impl Fn(&T) -> Option<String>) -> ArrayRef {
    Arc::new(items.iter().map(of).collect::<StringArray>())
}

/// A column of counts.
fn counts<T>(items: &[T], of: impl Fn(&T) -> usize) -> ArrayRef {
    Arc::new(items.iter().map(|item| i64::try_from(of(item)).ok()).collect::<Int64Array>())
}

/// A row for each page in a recording: page, visits, events, result, rule, note.
///
/// # Errors
/// If Arrow rejects the columns.
pub fn learned(learned: &Learned) -> Result<RecordBatch, PresentError> {
    let outcome = |page: &LearnedPage| match &page.outcome {
        PageOutcome::Known(rule) => ("known", Some(rule.clone()), None),
        PageOutcome::New(rule) => ("new", Some(rule.clone()), page.note.clone()),
        PageOutcome::Changed(rule) => ("changed", Some(rule.clone()), None),
        PageOutcome::Refused(problem) => ("refused", None, Some(problem.clone())),
        PageOutcome::Empty => ("empty", None, Some("the trail contains no events for this page".to_owned())),
    };
    let pages = &learned.pages;
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("page", texts(pages, |page| Some(page.title.clone())), false),
        ("visits", counts(pages, |page| page.visits.len()), false),
        ("events", counts(pages, |page| page.events), false),
        ("result", texts(pages, |page| Some(outcome(page).0.to_owned())), false),
        ("rule", texts(pages, |page| outcome(page).1), true),
        ("note", texts(pages, |page| outcome(page).2), true),
    ])?)
}

/// A row for each proposal: kind, rule, title, clicks, sessions, calls, example, note.
///
/// # Errors
/// If Arrow rejects the columns.
pub fn proposals(proposals: &[Proposal]) -> Result<RecordBatch, PresentError> {
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("kind", texts(proposals, |one| Some(one.kind.as_str().to_owned())), false),
        ("rule", texts(proposals, |one| one.rule_id.clone()), true),
        ("title", texts(proposals, |one| Some(one.title.clone())), false),
        ("clicks", counts(proposals, |one| one.clicks), false),
        ("sessions", counts(proposals, |one| one.sessions), false),
        ("calls", texts(proposals, |one| Some(one.calls.join(", "))), false),
        ("example", texts(proposals, |one| Some(one.example.clone())), false),
        ("draft", texts(proposals, |one| Some(if one.files.is_empty() { "no" } else { "yes" }.to_owned())), false),
        ("note", texts(proposals, |one| one.problem.clone()), true),
    ])?)
}

/// A row for each click that changes, with the old and the new rule.
///
/// # Errors
/// If Arrow rejects the columns.
pub fn changed_clicks(changes: &[ChangedClick]) -> Result<RecordBatch, PresentError> {
    let old = |of: fn(&Signal) -> String| texts(changes, move |one| one.old.as_ref().map(of));
    let new = |of: fn(&Signal) -> String| texts(changes, move |one| one.new.as_ref().map(of));
    let any = |of: fn(&Signal) -> String| texts(changes, move |one| one.signal().map(of));
    let confidence = |of: fn(&ChangedClick) -> Option<&Signal>| -> ArrayRef {
        // Three decimals are enough to compare.
        let rounded = |signal: &Signal| (signal.confidence * 1_000.0).round() / 1_000.0;
        Arc::new(changes.iter().map(|one| of(one).map(rounded)).collect::<Float64Array>())
    };
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("time", any(|signal| rfc3339(signal.first_time)), true),
        ("change", texts(changes, |one| Some(one.change.as_str().to_owned())), false),
        ("old_rule", old(|signal| signal.rule_id.clone()), true),
        ("new_rule", new(|signal| signal.rule_id.clone()), true),
        ("old_summary", old(|signal| signal.summary.clone()), true),
        ("new_summary", new(|signal| signal.summary.clone()), true),
        ("old_origin", old(|signal| signal.origin.as_str().to_owned()), true),
        ("new_origin", new(|signal| signal.origin.as_str().to_owned()), true),
        ("old_confidence", confidence(|one| one.old.as_ref()), true),
        ("new_confidence", confidence(|one| one.new.as_ref()), true),
        ("session_id", any(|signal| signal.session_id.clone()), true),
        ("anchor_event_id", any(|signal| signal.anchor_event_id.clone()), true),
    ])?)
}

/// A row for each pack: name, version, license, what it was observed on, and its number of rules.
///
/// # Errors
/// If Arrow rejects the columns.
pub fn packs(packs: &[Pack]) -> Result<RecordBatch, PresentError> {
    let rules = |pack: &Pack| pack.texts.iter().filter(|text| !text.is_spec() && !text.holds_requests()).count();
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("name", texts(packs, |pack| Some(pack.manifest.name.clone())), false),
        ("version", texts(packs, |pack| Some(pack.manifest.version.clone())), false),
        ("license", texts(packs, |pack| Some(pack.manifest.license.clone())), false),
        ("observed_on", texts(packs, |pack| Some(pack.manifest.observed_on.clone())), false),
        ("rules", counts(packs, rules), false),
    ])?)
}
