//! The executive summary: what happened, in a few sentences, each of which is a count or a fact from the sections below.

use super::content::{Report, Session};
use super::document::{Block, Point, Section, Tone};
use super::found::{Aspect, Need};
use super::words::{count, digits, joined, name, size, who, within};

/// The sentences, in the order of a reader's questions: who, how they signed in, what they took, created, weakened and
/// destroyed, what is still in effect.
pub(super) fn brief(report: &Report) -> Section {
    let points: Vec<Point> = [
        who_was(report),
        came_in(report),
        took(report),
        made(report),
        weakened(report),
        destroyed(report),
        tried(report),
        open(report),
    ]
    .into_iter()
    .flatten()
    .collect();
    let lead = "Each sentence is based on the events listed in the sections below. It states what the trail shows, not why \
        something was done or who was at the keyboard. An event that stands out for several reasons is counted for each.";
    let blocks = if points.is_empty() {
        vec![Block::Text("Nothing stands out in these sessions.".to_owned())]
    } else {
        vec![Block::Note(lead.to_owned()), Block::Points(points)]
    };
    Section { id: "brief", title: "Executive summary", blocks }
}

fn point(tone: Tone, head: String) -> Point {
    Point { tone, head, items: Vec::new() }
}

/// The most notable session.
fn gravest(report: &Report) -> Option<&Session> {
    report.sessions.rows.iter().find(|session| session.counts.findings + session.counts.attempts > 0)
}

fn who_was(report: &Report) -> Option<Point> {
    let session = gravest(report)?;
    let counts = &session.counts;
    let from = if session.ips.is_empty() { String::new() } else { format!(" from {}", joined(&session.ips)) };
    let when = match (counts.first_event, counts.last_event) {
        (Some(first), Some(last)) => format!(", {}", within("within", first, last)),
        _ => String::new(),
    };
    let others =
        report.sessions.rows.iter().filter(|each| each.counts.findings + each.counts.attempts > 0).count() as u64;
    let others = match others.saturating_sub(1) {
        0 => String::new(),
        more => format!(
            " {} also {} findings.",
            count(more, "other session or program", "other sessions or programs"),
            if more == 1 { "has" } else { "have" }
        ),
    };
    let way = if session.console { "in the console" } else { "with programs" };
    let tried = match counts.attempts {
        0 => String::new(),
        attempts => format!(" and {}", count(attempts, "failed or denied attempt", "failed or denied attempts")),
    };
    Some(point(
        Tone::Firm,
        format!(
            "The most notable activity was by {} {way}{from}: {} with {}{tried}{when}.{others}",
            name(session),
            count(counts.events, "event", "events"),
            count(counts.findings, "finding", "findings"),
        ),
    ))
}

fn came_in(report: &Report) -> Option<Point> {
    let rows = &report.sign_ins.rows;
    let first = rows
        .iter()
        .filter(|sign_in| sign_in.came_in)
        .min_by_key(|sign_in| (sign_in.mfa != Some(false), sign_in.time))?;
    let factor = match first.mfa {
        Some(true) => "with MFA",
        Some(false) => "without MFA",
        None => "(MFA use not recorded)",
    };
    let from = first.source_ip.as_deref().unwrap_or("an unknown address");
    let refused = first.refusals;
    let refusals =
        if refused > 0 { format!(" {} failed.", count(refused, "sign-in", "sign-ins")) } else { String::new() };
    let without = first.without_factor;
    let more = if without > 1 { format!(" {} sign-ins did not use MFA.", digits(without)) } else { String::new() };
    Some(point(
        if first.mfa == Some(false) { Tone::Strong } else { Tone::Plain },
        format!("{} signed in by {} {factor} from {from}.{more}{refusals}", who(first.principal.as_deref()), first.way),
    ))
}

/// The number of events with an aspect that succeeded, and the number of attempts.
fn of(report: &Report, aspect: Aspect) -> (u64, u64) {
    let first = report.deeds.iter().find(|deed| deed.aspect == aspect);
    first.map_or((0, 0), |deed| (deed.of_aspect.saturating_sub(deed.tried_of_aspect), deed.tried_of_aspect))
}

fn took(report: &Report) -> Option<Point> {
    let secrets = of(report, Aspect::Secret).0;
    let mut parts = Vec::new();
    if let Some(taken) = report.taken.rows.first() {
        let objects = taken.all_objects.unwrap_or(taken.events);
        let bytes = taken.all_bytes.map(|bytes| format!(" ({})", size(bytes))).unwrap_or_default();
        parts.push(format!("{} downloaded{bytes}", count(objects, "object was", "objects were")));
    }
    if secrets > 0 {
        parts.push(format!(
            "{} read",
            count(secrets, "secret, parameter or credential was", "secrets, parameters and credentials were")
        ));
    }
    (!parts.is_empty()).then(|| point(Tone::Strong, format!("{}.", joined(&parts))))
}

fn made(report: &Report) -> Option<Point> {
    let parts = [
        (of(report, Aspect::Credential).0, "credential was created or set", "credentials were created or set"),
        (
            of(report, Aspect::Privilege).0,
            "identity or permission was changed",
            "identities and permissions were changed",
        ),
    ];
    let mut parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    let used = report.links.rows.iter().filter(|link| link.made).count() as u64;
    if used > 0 {
        parts.push(format!(
            "{} used by another session",
            count(used, "key, user or password was then", "keys, users and passwords were then")
        ));
    }
    (!parts.is_empty()).then(|| point(Tone::Strong, format!("{}.", joined(&parts))))
}

fn weakened(report: &Report) -> Option<Point> {
    let parts = [
        (
            of(report, Aspect::Watch).0,
            "log or detector was stopped, deleted or changed",
            "logs and detectors were stopped, deleted or changed",
        ),
        (of(report, Aspect::Exposure).0, "resource was shared or exposed", "resources were shared or exposed"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    (!parts.is_empty()).then(|| point(Tone::Strong, format!("{}.", joined(&parts))))
}

fn destroyed(report: &Report) -> Option<Point> {
    let number = of(report, Aspect::Impact).0;
    let text = count(
        number,
        "call destroyed a resource, made it unusable or started it at high cost",
        "calls destroyed resources, made them unusable or started them at high cost",
    );
    (number > 0).then(|| point(Tone::Strong, format!("{text}.")))
}

fn tried(report: &Report) -> Option<Point> {
    let (attempts, denied) = (report.totals.counts.attempts, report.totals.counts.denied);
    (attempts + denied > 0).then(|| {
        point(
            Tone::Plain,
            format!(
                "{}; {} denied in total.",
                count(attempts, "finding was denied or failed", "findings were denied or failed"),
                count(denied, "call was", "calls were")
            ),
        )
    })
}

/// What no call in the case ended.
fn open(report: &Report) -> Option<Point> {
    let open = |need: Need| {
        report.remedies.rows.iter().filter(|remedy| remedy.need == need && remedy.gone.is_none()).count() as u64
    };
    let parts = [
        (open(Need::Key), "access key", "access keys"),
        (open(Need::Password), "password", "passwords"),
        (open(Need::User), "user", "users"),
        (open(Need::Policy), "granted permission", "granted permissions"),
        (open(Need::Trust), "changed trust relationship", "changed trust relationships"),
        (open(Need::Role), "role", "roles"),
        (open(Need::Share), "shared or exposed resource", "shared or exposed resources"),
        (open(Need::Watch), "stopped or changed log or detector", "stopped or changed logs and detectors"),
        (open(Need::Secret), "secret to rotate", "secrets to rotate"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    let least = if report.remedies.left_out() > 0 { "at least the following is" } else { "the following is" };
    (!parts.is_empty()).then(|| {
        point(
            Tone::Firm,
            format!(
                "As far as the case shows, {least} still in effect: {}. See the section on what to contain or undo for \
                 commands.",
                joined(&parts)
            ),
        )
    })
}
