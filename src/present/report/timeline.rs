//! What was clicked, session by session, and over time.

use super::content::{Report, Session};
use super::document::{Block, Section, Span, Table, Tone, cell, number, short, text};
use super::plot::Plot;
use super::summary::amounts;
use super::words::{count, digits, left_out, moment, name, range, session, who};
use crate::present::notes::Marks;
use crate::present::quote;
use crate::present::rows::{Class, Entry};
use crate::present::runs::{Run, day, similar};
use crate::present::timeline::{by_session, head_of};

/// Clicks and events over time.
pub(super) fn over_time(report: &Report) -> Section {
    let block = match Plot::new(&report.bins) {
        Some(plot) => Block::Plot(plot),
        None => Block::Text("There was no activity.".to_owned()),
    };
    Section { id: "over-time", title: "Clicks and events over time", blocks: vec![block] }
}

/// Every click and the programs' activity, session by session, the most notable sessions first.
pub(super) fn timeline(report: &Report) -> Section {
    let lead = "All times are UTC. The most notable sessions come first. Each line is one click or command, with its number of \
        events. If a click is uncertain, the line shows its confidence, where 1 means certain. Lines of the kind \"other\" contain \
        console events that belong to no recognized click. For programs, the lines show calls that stand out, were denied or changed \
        something, and all calls made with a credential that was created in the case. More than three calls by a program that have \
        the same meaning and outcome share a line with the resources that they name and the times of the first and last call, if \
        they are at most a minute apart, or at most an hour if they do not stand out. CloudTrail records times to the second, so the order within a second is not known; the call \
        that creates a resource is shown first.";
    let case = quote::shell(&report.scope.case);
    let all = format!(
        "The least important lines, such as pages and lists, are omitted first. For analysts: to list all lines, run \
         cartographer timeline --db {case}."
    );
    let mut blocks = vec![Block::Note(lead.to_owned())];
    blocks.extend(left_out(&report.lines, "lines", &all).map(Block::Note));
    let place = |id: Option<&str>| {
        report.sessions.rows.iter().position(|session| Some(session.session_id.as_str()) == id).unwrap_or(usize::MAX)
    };
    let mut groups = by_session(&report.lines.rows);
    groups.sort_by_key(|(id, _)| place(*id));
    for (id, entries) in groups {
        let known = report.sessions.rows.get(place(id));
        blocks.extend(of_session(report, known, id, &entries));
    }
    Section { id: "timeline", title: "Timeline", blocks }
}

fn of_session(report: &Report, known: Option<&Session>, id: Option<&str>, entries: &[&Entry]) -> Vec<Block> {
    let head = head_of(id, entries);
    let listed =
        entries.iter().filter(|entry| entry.class == Class::Programmatic).map(|entry| entry.events).sum::<u64>();
    let (first, last) =
        known.map_or((head.first_time, head.last_time), |known| (known.counts.first_event, known.counts.last_active));
    let named = known.map_or_else(|| who(head.principal.as_deref()), name);
    let id = id.unwrap_or("unknown");
    let note = match known.map_or(1, |known| known.sessions) {
        0 | 1 => format!("Session {id}"),
        sessions => {
            format!("{} of this program, ordered by time; one of them is {id}", count(sessions, "session", "sessions"))
        }
    };
    let mut blocks = vec![Block::Heading(format!("{named} · {}", range(first, last))), Block::Note(note)];
    if report.totals.sessions > 1 {
        let overview = |known: &Session| {
            let events = count(known.counts.events, "event", "events");
            let lead = match known.sessions {
                0 | 1 => format!("The session contains {events}."),
                sessions => format!("These {} sessions contain {events}.", digits(sessions)),
            };
            let amounts = amounts(&lead, &known.counts, known.console);
            vec![Block::Text(session(known, &report.sign_ins.rows)), Block::Text(amounts)]
        };
        blocks.extend(known.map(overview).unwrap_or_default());
    }
    let columns = [short("Time"), short("Kind"), text("What"), short("Region"), number("Events")];
    let lines = similar(entries);
    let runs: Vec<Run<'_>> = lines.iter().filter_map(|line| Run::of(line)).collect();
    let today = runs.first().map(|run| day(run.first));
    let made = known.is_some_and(|known| known.by_made_credential);
    let line = |run: &Run<'_>| line(run, today, made, &report.making.marks);
    blocks.push(Block::Table(Table::new(columns).with(runs.iter().map(line))));
    let unlisted = known.map_or(0, |known| known.counts.programmatic.saturating_sub(listed));
    blocks.extend(unlisted_calls(unlisted, report.lines.left_out() > 0).map(Block::Note));
    blocks
}

/// How many calls by programs have no line.
fn unlisted_calls(calls: u64, cut: bool) -> Option<String> {
    let what = if cut { "not listed here" } else { "reads that do not stand out and were not denied" };
    (calls > 0).then(|| format!("Plus {}: {what}.", count(calls, "more call by a program", "more calls by programs")))
}

/// The date is shown if it differs from that of the heading. Downloads stand out if the session's credential was created in
/// the case (`made`).
fn line(run: &Run<'_>, today: Option<i64>, made: bool, marks: &Marks) -> (Tone, Vec<Vec<Span>>) {
    let (first, last) = (run.first.time, run.last_time());
    let time = if today == Some(day(run.first)) { first.format("%H:%M:%S") } else { moment(first) };
    let mut times = cell(time);
    // A line never contains events of several days.
    let until = (last.0 / 1_000_000 > first.0 / 1_000_000).then(|| format!("– {}", last.format("%H:%M:%S")));
    times.extend(until.map(Span::Line));
    let is_download = run.bytes_out().is_some();
    let label = match run.first.class {
        Class::Residual => "other",
        _ if is_download => "download",
        _ => run.label(),
    };
    let cells = vec![
        times,
        vec![Span::Label(label.to_owned())],
        what(run, marks),
        cell(run.region().unwrap_or_default()),
        cell(digits(run.events())),
    ];
    (if made && is_download { Tone::Strong } else { Tone::of(run.first.kind) }, cells)
}

/// The sentence, the confidence and the error, the page, and notes.
fn what(run: &Run<'_>, marks: &Marks) -> Vec<Span> {
    let mut spans = vec![Span::Text(run.sentence())];
    spans.extend(others(run).map(Span::Aside));
    spans.extend(run.certainty().map(|sure| Span::Mark(format!("confidence: {sure}"))));
    let unsaid = run.error().filter(|error| !says(&run.sentence(), error));
    spans.extend(unsaid.map(|error| Span::Mark(error.to_owned())));
    if !run.first.class.is_event() {
        let title = run.first.title.clone();
        spans.extend(title.map(|title| Span::Page(title, run.first.url.clone())));
    }
    spans.extend(run.ids().flat_map(|id| marks.on(id)).map(|note| Span::Line(format!("▸ {note}"))));
    spans
}

/// How many of the other resources of a line that does not stand out are named.
const ROUTINE: usize = 12;

/// The resources that a line covers in addition to that in its sentence.
fn others(run: &Run<'_>) -> Option<String> {
    let all = run.other_resources();
    let most = if run.first.stands_out { all.len() } else { ROUTINE };
    let more = all.len().saturating_sub(most) as u64;
    let text = all.get(..most.min(all.len()))?.join("; ");
    (!all.is_empty()).then(|| if more > 0 { format!("{text}; and {} more", digits(more)) } else { text })
}

/// Whether a sentence states the error, as `InvalidParameterValue` or, in words, as `access denied`.
fn says(sentence: &str, error: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let code = error.trim_start_matches("Client.").trim_end_matches("Exception");
    bare(sentence).contains(&bare(code))
}

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn summary_that_states_error_is_recognized() {
        assert!(says("Tried to assume a role: access denied, and 2 more calls", "AccessDenied"));
        assert!(says("Tried to read a key: access denied", "AccessDeniedException"));
        assert!(says("Tried to launch an instance: InvalidParameterValue", "Client.InvalidParameterValue"));
        assert!(!says("Tried to launch an instance: access denied", "Client.UnauthorizedOperation"));
    }
}
