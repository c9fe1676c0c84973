//! The ledger of a load as text.

use std::io::{self, Write};

use indicatif::HumanCount;

use super::escape::terminal;
use crate::load::{Ledger, Problem};
use crate::store::Totals;

/// Writes the counts, the balance, and at most `most` problems.
///
/// # Errors
/// If the writer fails.
pub fn ledger(out: &mut impl Write, ledger: &Ledger, most: usize) -> io::Result<()> {
    files(out, ledger)?;
    events(out, ledger)?;
    for problem in ledger.problems.iter().take(most) {
        self::problem(out, problem)?;
    }
    let left = ledger.problems.len().saturating_sub(most);
    if left > 0 {
        writeln!(out, "  … and {left} more; use --verbose to list them, or see the load_files and rejects tables")?;
    }
    if !ledger.balances() {
        writeln!(out, "The ledger does not balance: events were lost or counted twice.")?;
    }
    Ok(())
}

fn files(out: &mut impl Write, ledger: &Ledger) -> io::Result<()> {
    write!(out, "files    {} found: {} loaded", HumanCount(ledger.files_seen), HumanCount(ledger.files_loaded))?;
    let rest = [
        (ledger.files_skipped, "skipped (already in the case)"),
        (ledger.files_left_out, "left out (by path)"),
        (ledger.files_refused, "refused (not CloudTrail)"),
        (ledger.files_failed, "failed"),
    ];
    for (files, fate) in rest.into_iter().filter(|(files, _)| *files > 0) {
        write!(out, ", {} {fate}", HumanCount(files))?;
    }
    writeln!(out)
}

fn events(out: &mut impl Write, ledger: &Ledger) -> io::Result<()> {
    let [read, inserted, duplicate, rejected] =
        [ledger.read, ledger.inserted, ledger.duplicate, ledger.rejected].map(HumanCount);
    write!(out, "events   {read} read = {inserted} inserted + {duplicate} duplicate")?;
    if ledger.merged > 0 {
        write!(out, " + {} merged", HumanCount(ledger.merged))?;
    }
    write!(out, " + {rejected} rejected")?;
    if ledger.left_out > 0 {
        write!(out, " + {} left out", HumanCount(ledger.left_out))?;
    }
    writeln!(out)?;
    if ledger.damaged > 0 {
        let noun = if ledger.damaged == 1 { "document or part of a file" } else { "documents or parts of files" };
        writeln!(out, "damage   {} {noun} could not be read", HumanCount(ledger.damaged))?;
    }
    case_totals(out, ledger.case)
}

fn case_totals(out: &mut impl Write, case: Totals) -> io::Result<()> {
    let of_clicks = case.explained.saturating_sub(case.background);
    let [console, of_clicks, background, residual] =
        [case.console_events, of_clicks, case.background, case.residual].map(HumanCount);
    writeln!(
        out,
        "console  {console} events = {of_clicks} from clicks + {background} background + {residual} without a signal"
    )?;
    if case.typed > 0 {
        writeln!(out, "typed    {} events from commands in console sessions", HumanCount(case.typed))?;
    }
    clicks(out, case)?;
    let [signals, of_console, sessions] = [case.signals, case.console_sessions, case.sessions].map(HumanCount);
    let noun = |number: u64| if number == 1 { "session" } else { "sessions" };
    let (console, all) = (noun(case.console_sessions), noun(case.sessions));
    writeln!(out, "signals  {signals} in {of_console} console {console}, out of {sessions} {all}")
}

/// How the clicks were identified: by a known page, with its confidence, or by something less specific.
fn clicks(out: &mut impl Write, case: Totals) -> io::Result<()> {
    let [clicks, pages, sure] = [case.clicks, case.on_known_page, case.high_confidence].map(HumanCount);
    write!(out, "clicks   {clicks} = {pages} on known pages ({sure} with confidence 0.9 or above)")?;
    let [visits, changes, commands] = [case.visits, case.generic_changes, case.commands].map(HumanCount);
    writeln!(out, " + {visits} visits + {changes} generic changes + {commands} commands")
}

fn problem(out: &mut impl Write, problem: &Problem) -> io::Result<()> {
    write!(out, "  {}: ", terminal(&problem.file))?;
    if let Some(record) = problem.record {
        write!(out, "record {record}: ")?;
    }
    writeln!(out, "{}", terminal(&problem.cause))
}
