//! The explanation of a signal as text.

use std::io::{self, Write};

use anstyle::Style;
use indexmap::IndexMap;

use super::escape::terminal;
use crate::counted::counted;
use crate::matching::{Cost, ExplainedEvent, ExplainedSignal, Explanation, Rival};
use crate::signal::{Origin, Role};

/// The maximum number of lines, unless all are requested.
const SHOWN: usize = 20;

/// Writes an explanation: the signal, its events with the matching shapes, and the rejected pages.
///
/// # Errors
/// If the writer fails.
pub fn explanation(out: &mut impl Write, explained: &Explanation, all: bool) -> io::Result<()> {
    match &explained.signal {
        Some(signal) => explained_signal(out, signal)?,
        None if !explained.compared => {
            return writeln!(
                out,
                "No signal explains this event. It was not compared with console pages, because it is not in a console \
                 session or was typed as a command."
            );
        }
        None => writeln!(out, "No signal explains this event{}.", whether_typed(&explained.events))?,
    }
    let of_page = explained.signal.as_ref().is_some_and(|signal| signal.origin != Origin::Service);
    parts(out, &explained.events, of_page, all)?;
    costs(out, &explained.costs)?;
    rivals(out, &explained.rivals, explained.events.len())
}

/// If no event has a shape to compare with, no known page makes the call.
fn whether_typed(events: &[ExplainedEvent]) -> &'static str {
    if events.iter().all(|event| event.shape.is_none()) { ": no known page makes this call" } else { "" }
}

fn explained_signal(out: &mut impl Write, signal: &ExplainedSignal) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{}{bold:#}", terminal(&signal.title))?;
    let how = match signal.origin {
        Origin::Exact => {
            format!(
                "exact match: all required calls were seen, each with the expected parameters; confidence {:.2}",
                signal.confidence
            )
        }
        Origin::Inferred => format!("the most likely page; confidence {:.2}", signal.confidence),
        Origin::Service => {
            format!("page not in the catalog, described by its service or call; confidence {:.2}", signal.confidence)
        }
    };
    let matched_rule = signal.matched_rule.as_ref().map(|matched_rule| {
        format!("{matched_rule}, changed to {} because of the surrounding signals", signal.rule_id)
    });
    let lines = [
        ("summary", Some(signal.summary.clone())),
        ("rule", Some(matched_rule.unwrap_or_else(|| signal.rule_id.clone()))),
        ("found", Some(how)),
        ("missing", (!signal.missing.is_empty()).then(|| signal.missing.join(", "))),
        ("signal", Some(signal.signal_id.clone())),
    ];
    for (name, line) in lines.into_iter().filter_map(|(name, line)| Some((name, line?))) {
        writeln!(out, "  {name:<8} {}", terminal(&line))?;
    }
    Ok(())
}

/// Events of one call with the same role share a line.
fn parts(out: &mut impl Write, parts: &[ExplainedEvent], of_page: bool, all: bool) -> io::Result<()> {
    let mut lines: IndexMap<Line<'_>, usize> = IndexMap::new();
    for part in parts {
        *lines.entry(Line::of(part, of_page)).or_default() += 1;
    }
    let shown = if all { lines.len() } else { lines.len().min(SHOWN) };
    writeln!(out, "\nEvents ({})", parts.len())?;
    lines.iter().take(shown).try_for_each(|(line, times)| line.write(out, *times))?;
    if shown < lines.len() {
        let (more, them) = (lines.len() - shown, if lines.len() - shown == 1 { "it" } else { "them" });
        let more = counted(more, "more line", "more lines");
        writeln!(out, "  … and {more}; use `explain --all` to show {them}")?;
    }
    Ok(())
}

/// The description of an event; events with the same description share a line.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Line<'p> {
    role: &'static str,
    call: &'p str,
    shape: String,
    differences: &'p [String],
}

impl<'p> Line<'p> {
    fn of(part: &'p ExplainedEvent, of_page: bool) -> Self {
        let shape = match (&part.shape, part.nearness) {
            (Some(shape), Some(nearness)) if nearness >= 1.0 => format!("matches {shape}"),
            (Some(shape), Some(nearness)) => format!("similar to {shape}: {nearness:.2}"),
            _ if of_page => "the rule does not list this call".to_owned(),
            _ => "no known page makes this call".to_owned(),
        };
        Self { role: part.role.map_or("-", Role::as_str), call: &part.call, shape, differences: &part.differences }
    }

    fn write(&self, out: &mut impl Write, times: usize) -> io::Result<()> {
        let times = if times > 1 { format!(" ×{times}") } else { String::new() };
        writeln!(out, "  {:<8}  {}{times}  {}", self.role, terminal(self.call), terminal(&self.shape))?;
        self.differences.iter().try_for_each(|difference| writeln!(out, "  {:8}    {}", "", terminal(difference)))
    }
}

fn costs(out: &mut impl Write, costs: &[Cost]) -> io::Result<()> {
    if costs.is_empty() {
        return Ok(());
    }
    let total: f64 = costs.iter().map(|cost| cost.cost).sum();
    writeln!(out, "\nCost ({total:.1}; lower is more likely)")?;
    costs.iter().try_for_each(|cost| {
        let times = if (cost.times - 1.0).abs() > 1e-9 { format!(" ×{:.1}", cost.times) } else { String::new() };
        writeln!(out, "  {:>6.1}  {}{times}", cost.cost, cost.of)
    })
}

fn rivals(out: &mut impl Write, rivals: &[Rival], events: usize) -> io::Result<()> {
    if rivals.is_empty() {
        return writeln!(out, "\nNo other explanation was found.");
    }
    writeln!(out, "\nOther explanations")?;
    rivals.iter().try_for_each(|rival| {
        let name = rival.rule_id.as_deref().unwrap_or(&rival.title);
        let [own, other] = rival.events;
        let others =
            if other > 0 { format!(" and {}", counted(other, "other event", "other events")) } else { String::new() };
        let lacks = match rival.missing.as_slice() {
            [] => String::new(),
            missing => format!("; required but missing: {}", missing.join(", ")),
        };
        writeln!(
            out,
            "  {:>+6.1}  {}: explains {own} of {}{others}{}",
            rival.cost_difference,
            terminal(name),
            counted(events, "event", "events"),
            terminal(&lacks)
        )
    })
}
