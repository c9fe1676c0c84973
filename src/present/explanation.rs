//! Why a signal is what it is, as a person reads it.

use std::io::{self, Write};

use anstyle::Style;

use super::escape::terminal;
use super::timeline::clock;
use crate::matching::{Explanation, Part, Rival, Told};
use crate::signal::{Origin, Role};

/// So many events are shown one by one, if not all are asked for.
const SHOWN: usize = 20;

/// Writes an explanation: the signal, its events with the shapes that fitted, and the pages that lost.
///
/// # Errors
/// If the writer refuses.
pub fn explanation(out: &mut impl Write, explained: &Explanation, all: bool) -> io::Result<()> {
    match &explained.signal {
        Some(signal) => told(out, signal)?,
        None => writeln!(out, "No signal explains this event{}.", whether_typed(&explained.events))?,
    }
    let of_page = explained.signal.as_ref().is_some_and(|signal| signal.origin != Origin::Generic);
    parts(out, &explained.events, of_page, all)?;
    rivals(out, &explained.rivals, explained.events.len())
}

/// An event without even a shape to compare with was made by no page.
fn whether_typed(events: &[Part]) -> &'static str {
    if events.iter().all(|event| event.shape.is_none()) { ": no page that is known makes it" } else { "" }
}

fn told(out: &mut impl Write, signal: &Told) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{}{bold:#}", terminal(&signal.title))?;
    let how = match signal.origin {
        Origin::Letter => "met to the letter: every required call is there, in a shape that is known".to_owned(),
        Origin::Likeness => format!("the likeliest page, at {:.2}", signal.confidence),
        Origin::Generic => {
            format!("no page is known for this; told from the calls themselves, at {:.2}", signal.confidence)
        }
    };
    let met = signal.met.as_ref().map(|met| format!("{met}, which the signals around it make {}", signal.rule_id));
    let lines = [
        ("says", Some(signal.summary.clone())),
        ("rule", Some(met.unwrap_or_else(|| signal.rule_id.clone()))),
        ("found", Some(how)),
        ("missing", (!signal.missing.is_empty()).then(|| signal.missing.join(", "))),
        ("signal", Some(signal.signal_id.clone())),
    ];
    for (name, line) in lines.into_iter().filter_map(|(name, line)| Some((name, line?))) {
        writeln!(out, "  {name:<8} {}", terminal(&line))?;
    }
    Ok(())
}

fn parts(out: &mut impl Write, parts: &[Part], of_page: bool, all: bool) -> io::Result<()> {
    let shown = if all { parts.len() } else { parts.len().min(SHOWN) };
    writeln!(out, "\nEvents ({})", parts.len())?;
    parts.iter().take(shown).try_for_each(|one| part(out, one, of_page))?;
    if shown < parts.len() {
        writeln!(out, "  … and {} more: `explain --all` shows them", parts.len() - shown)?;
    }
    Ok(())
}

fn part(out: &mut impl Write, part: &Part, of_page: bool) -> io::Result<()> {
    let role = part.role.map_or("-", Role::as_str);
    let shape = match (&part.shape, part.nearness) {
        (Some(shape), Some(nearness)) if nearness >= 1.0 => format!("is {shape}"),
        (Some(shape), Some(nearness)) => format!("is near {shape}: {nearness:.2}"),
        _ if of_page => "is no call of the rule: it came along".to_owned(),
        _ => "is made by no page that is known".to_owned(),
    };
    let time = clock(part.time, "%H:%M:%S");
    writeln!(out, "  {time}  {role:<8}  {}  {}", terminal(&part.call), terminal(&shape))?;
    part.differences.iter().try_for_each(|difference| writeln!(out, "            {:8}    {}", "", terminal(difference)))
}

fn rivals(out: &mut impl Write, rivals: &[Rival], events: usize) -> io::Result<()> {
    if rivals.is_empty() {
        return writeln!(out, "\nNo other page makes these calls.");
    }
    writeln!(out, "\nOther pages that make these calls")?;
    rivals.iter().try_for_each(|rival| {
        let lacks = if rival.missing.is_empty() { String::new() } else { format!(": {}", rival.missing.join(", ")) };
        writeln!(
            out,
            "  {}  would be {:.2}, for {} of {events} events; {}{}",
            terminal(&rival.rule_id),
            rival.confidence,
            rival.events,
            rival.why,
            terminal(&lacks)
        )
    })
}
