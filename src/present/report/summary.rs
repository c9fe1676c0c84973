//! The summary: the scope, the totals, and the findings.

use super::content::{Counts, Report, Scope, Session, Totals};
use super::document::{Block, Point, Running, Section, Span, Table, Tone, cell, number, short, text};
use super::found::Gap;
use super::standing_out;
use super::words::{count, digits, joined, lasted, left_out, moment, name, objects, range, session, were, within};
use crate::event::Timestamp;

/// Who and when, in a line.
pub(super) fn subtitle(report: &Report) -> String {
    let mut names: Vec<String> = Vec::new();
    for session in &report.sessions.rows {
        let name = name(session);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let when = range(report.totals.counts.first_event, report.totals.counts.last_active);
    if report.totals.principals > names.len() as u64 || names.len() > 3 {
        return format!("{} · {when}", count(report.totals.principals, "identity", "identities"));
    }
    format!("{} · {when}", joined(&names))
}

/// What identifies the report: the case number, who wrote it for whom, and whether it is redacted.
pub(super) fn cover(report: &Report) -> Vec<(&'static str, Vec<Span>)> {
    let making = &report.making;
    let redacted = redacted(&making.redacted);
    let given = [
        ("Redacted", redacted.as_ref()),
        ("Classification", making.classification.as_ref()),
        ("Case number", making.case_number.as_ref()),
        ("Author", making.author.as_ref()),
        ("Recipient", making.recipient.as_ref()),
    ];
    let given = given.into_iter().filter_map(|(name, value)| Some((name, cell(value?.clone()))));
    given.chain([("Created", cell(format!("{} UTC", moment(making.at))))]).collect()
}

/// What was replaced; `None` if nothing was.
fn redacted(kinds: &[String]) -> Option<String> {
    (!kinds.is_empty()).then(|| {
        let kinds = joined(kinds);
        format!("This report is redacted: {kinds} are pseudonyms. The same value always has the same pseudonym in it.")
    })
}

/// What each printed page shows.
pub(super) fn running(report: &Report) -> Running {
    let making = &report.making;
    let redacted = (!making.redacted.is_empty()).then(|| "Redacted".to_owned());
    let marks: Vec<String> = making.classification.clone().into_iter().chain(redacted).collect();
    Running {
        case_number: making.case_number.clone(),
        marking: (!marks.is_empty()).then(|| marks.join(" · ")),
        created: format!("{} UTC", moment(making.at)),
    }
}

/// What the report is about.
pub(super) fn scope(report: &Report) -> Section {
    let (scope, totals) = (&report.scope, &report.totals);
    let all = |wanted: &[String], every: &str| if wanted.is_empty() { every.to_owned() } else { wanted.join(", ") };
    let found = format!(
        "{} of {}, {} of {}",
        digits(totals.sessions),
        count(totals.case_sessions, "session", "sessions"),
        digits(totals.counts.events),
        count(totals.case_events, "event", "events"),
    );
    let facts = vec![
        ("Case", vec![Span::Code(scope.case.clone())]),
        ("Sessions", cell(sessions_asked(scope))),
        ("Identities", cell(all(&scope.principals, "all identities"))),
        ("Time range", cell(asked(scope.from, scope.to))),
        ("Included", cell(found)),
        ("Recorded", cell(range(totals.counts.first_event, totals.counts.last_event))),
    ];
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(uncovered(&report.gaps));
    Section { id: "scope", title: "Scope", blocks }
}

/// What the case's events do not cover.
fn uncovered(gaps: &[Gap]) -> Vec<Block> {
    if gaps.is_empty() {
        return Vec::new();
    }
    let lead = "As far as the case's events and load records show, the case does not cover the following. Activity in these \
        gaps is not in this report. For analysts: the trail_gaps view lists all gaps.";
    let point = |gap: &Gap| {
        let more = gap.gaps.saturating_sub(gap.examples.len() as u64);
        let more = (more > 0).then(|| format!("and {} more", digits(more)));
        Point {
            tone: if gap.gap == "logging" { Tone::Firm } else { Tone::Plain },
            head: format!("{}: {}", gap_title(&gap.gap), digits(gap.gaps)),
            items: gap.examples.iter().cloned().chain(more).map(Into::into).collect(),
        }
    };
    vec![
        Block::Heading("Not covered".to_owned()),
        Block::Note(lead.to_owned()),
        Block::Points(gaps.iter().map(point).collect()),
    ]
}

fn gap_title(gap: &str) -> &str {
    match gap {
        "logging" => "Logging stopped",
        "category" => "Event categories without events",
        "data events" => "Buckets, functions and tables without data events",
        "region" => "Regions without events",
        "hours" => "Full hours without any events in an account",
        "partial records" => "Sources with partial records",
        "not loaded" => "Files not completely loaded",
        other => other,
    }
}

/// The sessions of the report.
fn sessions_asked(scope: &Scope) -> String {
    match (scope.sessions.is_empty(), scope.principals.is_empty()) {
        (false, _) => scope.sessions.join(", "),
        (true, false) => "all sessions of these identities".to_owned(),
        (true, true) => "all console sessions, and all other sessions in which something stands out".to_owned(),
    }
}

/// The selected time range.
fn asked(from: Option<Timestamp>, to: Option<Timestamp>) -> String {
    match (from, to) {
        (None, None) => "no limit".to_owned(),
        (Some(from), None) => format!("{} UTC and later", moment(from)),
        (None, Some(to)) => format!("before {} UTC", moment(to)),
        (Some(from), Some(to)) => format!("from {} to {} UTC", moment(from), moment(to)),
    }
}

/// The findings in words and numbers.
pub(super) fn summary(report: &Report) -> Section {
    let counts = &report.totals.counts;
    let mut blocks = vec![
        Block::Text(opening(report)),
        Block::Text(amounts(&covered(&report.totals), counts, report.totals.console_sessions > 0)),
        Block::Figures(figures(report)),
    ];
    blocks.extend(standing_out::blocks(report));
    if report.totals.sessions > 1 {
        blocks.extend(sessions(report));
    }
    Section { id: "summary", title: "Findings", blocks }
}

fn opening(report: &Report) -> String {
    if let ([only], 1) = (report.sessions.rows.as_slice(), report.totals.sessions) {
        return session(only, &report.sign_ins.rows);
    }
    let totals = &report.totals;
    let text = format!(
        "{} in {} had {}: {} in the console and {} by programs",
        count(totals.principals, "identity", "identities"),
        count(totals.accounts, "account", "accounts"),
        count(totals.sessions, "session", "sessions"),
        digits(totals.console_sessions),
        digits(totals.sessions.saturating_sub(totals.console_sessions)),
    );
    match (totals.counts.first_event, totals.counts.last_active) {
        (Some(first), Some(last)) => {
            format!("{text}, {}.", within("within", first, last))
        }
        _ => format!("{text}."),
    }
}

/// How many of the case's events the report covers.
fn covered(totals: &Totals) -> String {
    let (of, all) = (totals.counts.events, totals.case_events);
    match (of == all, all) {
        (true, 1) => "The report covers the only event in the case.".to_owned(),
        (true, _) => format!("The report covers all {} events in the case.", digits(all)),
        (false, _) => format!("The report covers {} of the {} events in the case.", digits(of), digits(all)),
    }
}

/// The events by kind; `lead` states their number.
pub(super) fn amounts(lead: &str, counts: &Counts, console: bool) -> String {
    let parts = [
        (counts.looks, "page or list opened", "pages and lists opened"),
        (counts.logins, "sign-in or sign-in attempt", "sign-ins and sign-in attempts"),
        (counts.shells, "shell opened or closed", "shells opened or closed"),
        (counts.commands, "command typed", "commands typed"),
        (counts.changes, "change or attempted change", "changes and attempted changes"),
        (
            counts.secrets,
            "secret or credential read, created or requested",
            "secrets and credentials read, created or requested",
        ),
    ];
    let parts = parts.into_iter().filter(|(number, ..)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, one, many)| count(number, one, many)).collect();
    let clicks = count(counts.clicks, "click or command", "clicks and commands");
    let against = if !console {
        String::new()
    } else if parts.is_empty() {
        " No clicks were identified.".to_owned()
    } else {
        format!(" There {} {clicks}: {}.", if counts.clicks == 1 { "was" } else { "were" }, joined(&parts))
    };
    let aside = [
        (
            counts.background,
            "is a background request made by the console",
            "are background requests made by the console",
        ),
        (
            counts.unexplained,
            "is a console event without a recognized click",
            "are console events without a recognized click",
        ),
        (counts.programmatic, "is an API call made by a program", "are API calls made by programs"),
    ];
    let aside = aside.into_iter().filter(|(number, ..)| *number > 0 && *number < counts.events);
    let aside: Vec<String> = aside.map(|(number, one, many)| count(number, one, many)).collect();
    let aside = if aside.is_empty() { String::new() } else { format!(" Of the events, {}.", joined(&aside)) };
    format!("{lead}{against}{aside}{}", standing(counts.findings, counts.attempts))
}

/// How many events stand out, and how they ended.
fn standing(done: u64, tried: u64) -> String {
    let stand = count(done + tried, "event stands", "events stand");
    match (done, tried) {
        (0, 0) => " No event stands out.".to_owned(),
        (_, 0) => format!(" {stand} out."),
        (0, 1) => format!(" {stand} out; it was denied or failed."),
        (0, _) => format!(" {stand} out; all were denied or failed."),
        _ => {
            let verb = if tried == 1 { "was" } else { "were" };
            format!(" {stand} out: {} succeeded, and {} {verb} denied or failed.", digits(done), digits(tried))
        }
    }
}

fn figures(report: &Report) -> Vec<(String, String)> {
    let (totals, counts) = (&report.totals, &report.totals.counts);
    let figures = [
        (digits(counts.events), "Events"),
        (digits(totals.sessions), "Sessions"),
        (of_console(totals.console_sessions > 0, counts.clicks), "Clicks and commands"),
        (digits(counts.findings), "Findings"),
        (digits(counts.attempts), "Attempts"),
        (digits(counts.denied), "Denied calls"),
    ];
    figures.map(|(figure, of)| (figure, of.to_owned())).into()
}

/// The number of clicks; a dash without console sessions.
fn of_console(console: bool, clicks: u64) -> String {
    if console { digits(clicks) } else { "–".to_owned() }
}

fn sessions(report: &Report) -> Vec<Block> {
    let head = [
        text("Identity"),
        short("From (UTC)"),
        short("MFA"),
        number("Events"),
        number("Clicks"),
        text("Findings"),
        number("Denied"),
    ];
    let lead = "The most notable sessions come first. The Findings column counts the events that stand out and succeeded; \
        attempts, which were denied or failed, are below, as are downloaded objects. Multiple sessions of one program are combined.";
    let table = Table::new(head).with(report.sessions.rows.iter().map(row));
    let all = "For analysts: to list all sessions, run cartographer sessions.";
    let mut blocks = vec![Block::Heading("Sessions".to_owned()), Block::Note(lead.to_owned()), Block::Table(table)];
    blocks.extend(left_out(&report.sessions, "sessions", all).map(Block::Note));
    blocks
}

fn row(session: &Session) -> (Tone, Vec<Vec<Span>>) {
    let counts = &session.counts;
    let when = counts.first_event.zip(counts.last_active);
    let way = match (session.console, session.sessions) {
        (true, _) => "console".to_owned(),
        (false, 0 | 1) => "program".to_owned(),
        (false, sessions) => format!("program, {}", count(sessions, "session", "sessions")),
    };
    let account = session.account_id.as_ref().map(|id| format!("account {id}"));
    let ips = (!session.ips.is_empty()).then(|| format!("from {}", joined(&session.ips)));
    let place: Vec<String> = [Some(way), account, ips].into_iter().flatten().collect();
    // MFA does not apply to programs, unless the trail states that it was used.
    let unknown = if session.console { "unknown" } else { "–" };
    let mfa = session.mfa.filter(|mfa| session.console || *mfa);
    let tried = (counts.attempts > 0).then(|| Span::Aside(count(counts.attempts, "attempt", "attempts")));
    let agents = (!session.agents.is_empty()).then(|| Span::Aside(format!("with {}", joined(&session.agents))));
    let own = (session.objects > 0).then(|| {
        let text = format!("{} downloaded", objects(session.objects, session.bytes_out));
        if session.by_made_credential { Span::StrongLine(text) } else { Span::Aside(text) }
    });
    let others = (session.credential_objects > 0).then(|| {
        let objects = objects(session.credential_objects, session.credential_bytes);
        let verb = were(session.credential_objects);
        Span::Aside(format!("{objects} {verb} downloaded with credentials created here"))
    });
    let downloaded = own.into_iter().chain(others);
    let cells = vec![
        [Span::Strong(name(session)), Span::Aside(place.join(", "))].into_iter().chain(agents).collect(),
        when.map(|(first, last)| vec![Span::Text(moment(first)), Span::Aside(lasted(first, last))]).unwrap_or_default(),
        cell(mfa.map_or(unknown, |mfa| if mfa { "yes" } else { "no" })),
        cell(digits(counts.events)),
        cell(of_console(session.console, counts.clicks)),
        [Span::Text(digits(counts.findings))].into_iter().chain(tried).chain(downloaded).collect(),
        cell(digits(counts.denied)),
    ];
    let tone = match (session.by_made_credential && session.objects > 0, counts.findings) {
        (true, _) => Tone::Strong,
        (false, 0) => Tone::Plain,
        (false, _) => Tone::Firm,
    };
    (tone, cells)
}
