//! The actors: who created and used which credential, and from where.

use super::content::Report;
use super::document::{Block, Section, Span, Table, Tone, number, text};
use super::found::Link;
use super::words::{digits, joined, left_out, moment, period, who};

/// Every credential that one session created and another used.
pub(super) fn actors(report: &Report) -> Section {
    let mut blocks = Vec::new();
    if report.links.rows.is_empty() {
        let none = "No session in this report used a credential that another session in the case created, and no other \
            session used a credential that these sessions created.";
        blocks.push(Block::Text(none.to_owned()));
    } else {
        let lead = "Each row is a credential that one session created and another session used. Keys, passwords and users are \
            listed first, followed by role sessions and services that run with a role.";
        let head = [text("Credential"), text("Created (UTC)"), text("Used (UTC)"), number("Calls")];
        blocks.push(Block::Note(lead.to_owned()));
        blocks.push(Block::Table(Table::new(head).with(report.links.rows.iter().map(link))));
        blocks.extend(
            left_out(&report.links, "uses", "For analysts: the credential_links view lists all of them.")
                .map(Block::Note),
        );
    }
    Section { id: "actors", title: "Actors", blocks }
}

fn link(link: &Link) -> (Tone, Vec<Vec<Span>>) {
    let from = |ips: &[String]| {
        let from = if ips.is_empty() { "an unknown address".to_owned() } else { joined(ips) };
        Span::Aside(format!("from {from}"))
    };
    let failed = (link.failed > 0).then(|| Span::Aside(format!("{} failed", digits(link.failed))));
    let by = |name: Option<&str>| Span::Line(format!("by {}", who(name)));
    let mut user = vec![Span::Text(period(link.first_time, link.last_time)), by(link.user.as_deref()), from(&link.ips)];
    user.extend((!link.agents.is_empty()).then(|| Span::Aside(format!("with {}", joined(&link.agents)))));
    user.push(Span::Aside(joined(&link.event_keys)));
    user.extend(link.path.as_ref().map(|path| Span::Aside(format!("origin: {path}"))));
    let mut made = vec![Span::Text(moment(link.made_at)), by(link.maker.as_deref()), from(&link.maker_ips)];
    made.extend(link.event_id.as_ref().map(|id| Span::Aside(format!("event {id}"))));
    let cells = vec![
        vec![Span::Strong(link.credential.clone()), Span::Aside(kind(link))],
        made,
        user,
        [Span::Text(digits(link.calls))].into_iter().chain(failed).collect(),
    ];
    (if link.made { Tone::Strong } else { Tone::Plain }, cells)
}

/// What the credential is, and the call that created it.
fn kind(link: &Link) -> String {
    format!("{}, {}", link.credential_type.replace('_', " "), link.method)
}
