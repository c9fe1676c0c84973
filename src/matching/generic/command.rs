//! Commands: what was typed, in `CloudShell` or elsewhere with the same identity. The pages of one paginated response
//! are one command.

use super::{PreparedStretch, SignalDraft};
use crate::json::{Document, Json};
use crate::rule::generic::Generic;

const CONFIDENCE: f64 = 0.9;

/// Groups events into commands. Requests for further pages belong to the command of the first page.
pub(super) fn group(stretch: &PreparedStretch<'_, '_>, events: &[usize]) -> Vec<SignalDraft> {
    let key = |event: usize| {
        let row = stretch.events[event].row;
        (
            row.call,
            row.region,
            row.user_agent,
            row.error_code,
            unpaged(stretch, stretch.events[event].request().value()),
        )
    };
    let mut drafts = Vec::new();
    for burst in stretch.bursts(events, key) {
        // An identical request without a pagination token is treated as a repetition of the same command.
        let mut commands: Vec<Vec<usize>> = Vec::new();
        for event in burst {
            match commands.last_mut() {
                Some(command) if is_page(stretch, event) => command.push(event),
                _ => commands.push(vec![event]),
            }
        }
        drafts.extend(commands.into_iter().map(command));
    }
    drafts
}

fn command(members: Vec<usize>) -> SignalDraft {
    let anchor = members.first().copied().unwrap_or_default();
    SignalDraft { kind: Generic::Command, anchor, members, confidence: CONFIDENCE, evidence: None, repetition: None }
}

/// The request without its pagination members.
fn unpaged<'r>(stretch: &PreparedStretch<'_, '_>, request: Json<'r>) -> Document<'r> {
    let Some(members) = request.as_object() else { return request.into() };
    let kept: Vec<_> = members.iter().filter(|(member, _)| !stretch.rules.words().is_paging(member)).collect();
    if kept.is_empty() { Document::default() } else { Document::object(&kept) }
}

fn is_page(stretch: &PreparedStretch<'_, '_>, event: usize) -> bool {
    let members = stretch.events[event].request().value().as_object();
    members.is_some_and(|members| members.names().any(|member| stretch.rules.words().is_paging(member)))
}
