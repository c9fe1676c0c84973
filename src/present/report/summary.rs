//! What a reader has to know first: the scope, what it comes to, and what stands out.

use super::content::{Counts, Report, Session};
use super::document::{Block, Section, Span, Table, Tone, cell, number, short, text};
use super::standing_out;
use super::words::{count, digits, joined, lasted, left_out, moment, session, who};
use crate::event::Timestamp;
use crate::present::timeline::span;

/// Who and when, in a line.
pub(super) fn subtitle(report: &Report) -> String {
    let mut names: Vec<String> = Vec::new();
    for session in &report.sessions.rows {
        let name = who(session.principal.as_deref());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let when = span(report.totals.counts.first_event, report.totals.counts.last_event);
    if report.totals.principals > names.len() as u64 || names.len() > 3 {
        return format!("{} · {when}", count(report.totals.principals, "identity", "identities"));
    }
    format!("{} · {when}", joined(&names))
}

/// What the report is about.
pub(super) fn scope(report: &Report) -> Section {
    let (scope, totals) = (&report.scope, &report.totals);
    let all = |wanted: &[String], every: &str| if wanted.is_empty() { every.to_owned() } else { wanted.join(", ") };
    let found = format!(
        "{} of {}, {} of {}",
        count(totals.sessions, "session", "sessions"),
        digits(totals.case_sessions),
        count(totals.counts.events, "event", "events"),
        digits(totals.case_events),
    );
    let facts = vec![
        ("Case", vec![Span::Code(scope.case.clone())]),
        ("Sessions", cell(all(&scope.sessions, "every session of the console"))),
        ("Identities", cell(all(&scope.principals, "every identity"))),
        ("Time", cell(asked(scope.from, scope.to))),
        ("Found", cell(found)),
        ("Recorded", cell(span(totals.counts.first_event, totals.counts.last_event))),
    ];
    Section { id: "scope", title: "Scope", blocks: vec![Block::Facts(facts)] }
}

/// The time that was asked for.
fn asked(from: Option<Timestamp>, to: Option<Timestamp>) -> String {
    match (from, to) {
        (None, None) => "all of the time".to_owned(),
        (Some(from), None) => format!("{} UTC and later", moment(from)),
        (None, Some(to)) => format!("before {} UTC", moment(to)),
        (Some(from), Some(to)) => format!("from {} to {} UTC", moment(from), moment(to)),
    }
}

/// The summary in words and numbers.
pub(super) fn summary(report: &Report) -> Section {
    let counts = &report.totals.counts;
    let mut blocks = vec![Block::Text(opening(report)), Block::Text(amounts(counts)), Block::Figures(figures(counts))];
    blocks.extend(standing_out::blocks(report));
    if report.totals.sessions > 1 {
        blocks.extend(sessions(report));
    }
    Section { id: "summary", title: "Summary", blocks }
}

fn opening(report: &Report) -> String {
    if let ([only], 1) = (report.sessions.rows.as_slice(), report.totals.sessions) {
        return session(only, &report.sign_ins.rows);
    }
    let totals = &report.totals;
    let told = format!(
        "{} in {} had {} of the AWS console",
        count(totals.principals, "identity", "identities"),
        count(totals.accounts, "account", "accounts"),
        count(totals.sessions, "session", "sessions"),
    );
    match (totals.counts.first_event, totals.counts.last_event) {
        (Some(first), Some(last)) => {
            format!("{told} within {}, from {} to {} UTC.", lasted(first, last), moment(first), moment(last))
        }
        _ => format!("{told}."),
    }
}

/// How many events were recorded, and what they come to.
pub(super) fn amounts(counts: &Counts) -> String {
    let parts = [
        (counts.looks, "page or list opened", "pages and lists opened"),
        (counts.logins, "sign-in or attempt at one", "sign-ins and attempts at one"),
        (counts.shells, "step in or out of an interactive shell", "steps in or out of an interactive shell"),
        (counts.commands, "command typed", "commands typed"),
        (counts.changes, "change or attempt at one", "changes and attempts at one"),
        (
            counts.secrets,
            "secret or credential read, made or asked for",
            "secrets and credentials read, made or asked for",
        ),
    ];
    let parts = parts.into_iter().filter(|(number, ..)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, one, many)| count(number, one, many)).collect();
    let clicks = count(counts.clicks, "click or command", "clicks and commands");
    let against = if parts.is_empty() {
        ", and no click that wrote them is known".to_owned()
    } else {
        format!(" against {clicks}: {}", joined(&parts))
    };
    let aside = [
        (counts.background, "the console's own doing, with nobody clicking"),
        (counts.unexplained, "the console's, and in no signal"),
    ];
    let told = |(number, what): (u64, &str)| {
        let verb = if number == 1 { "is" } else { "are" };
        (number > 0).then(|| format!(" Of the events, {} {verb} {what}.", digits(number)))
    };
    let aside = aside.into_iter().filter_map(told).collect::<Vec<_>>().concat();
    format!("CloudTrail recorded {}{against}.{aside}", count(counts.events, "event", "events"))
}

fn figures(counts: &Counts) -> Vec<(String, String)> {
    let figures = [
        (digits(counts.events), "Events"),
        (digits(counts.clicks), "Clicks and commands"),
        (digits(counts.on_known_page), "On known pages"),
        (digits(counts.changes), "Changes"),
        (digits(counts.secrets), "Secrets, credentials"),
        (digits(counts.denied), "Denied calls"),
    ];
    figures.map(|(figure, of)| (figure, of.to_owned())).into()
}

fn sessions(report: &Report) -> Vec<Block> {
    let head = [
        text("Who"),
        short("From, UTC"),
        short("Lasted"),
        short("MFA"),
        number("Clicks"),
        number("Changes"),
        number("Secrets"),
        number("Denied"),
    ];
    let table = Table::new(head).with(report.sessions.rows.iter().map(row));
    let all = "The command cartographer sessions lists all. Those in which most was changed, or read that is secret, are told.";
    let mut blocks = vec![Block::Heading("Sessions".to_owned()), Block::Table(table)];
    blocks.extend(left_out(&report.sessions, "sessions", all).map(Block::Note));
    blocks
}

fn row(session: &Session) -> (Tone, Vec<Vec<Span>>) {
    let counts = &session.counts;
    let when = counts.first_event.zip(counts.last_event);
    let account = session.account_id.as_ref().map(|id| format!("account {id}"));
    let place = account.into_iter().chain((!session.ips.is_empty()).then(|| format!("from {}", joined(&session.ips))));
    let cells = vec![
        vec![Span::Strong(who(session.principal.as_deref())), Span::Aside(place.collect::<Vec<_>>().join(", "))],
        cell(when.map(|(first, _)| moment(first)).unwrap_or_default()),
        cell(when.map(|(first, last)| lasted(first, last)).unwrap_or_default()),
        cell(session.mfa.map_or("unknown", |mfa| if mfa { "yes" } else { "no" })),
        cell(digits(counts.clicks)),
        cell(digits(counts.changes)),
        cell(digits(counts.secrets)),
        cell(digits(counts.denied)),
    ];
    let tone = if counts.changes + counts.secrets > 0 { Tone::Firm } else { Tone::Plain };
    (tone, cells)
}
