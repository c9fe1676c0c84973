//! Gathers sessions from their events, like [`crate::store`] does with SQL in a case.

use std::collections::BTreeSet;

use foldhash::HashMap;
use rayon::prelude::*;

use super::cells::{Cells, Text};
use crate::batch::{BatchError, Cell, Rows};
use crate::event::{Evidence, Timestamp};
use crate::session::Candidate;

/// The position of an event: its batch, and its row in the batch.
pub(super) type Place = (u32, u32);

/// One session, computed from its events. No value depends on the order of the events.
#[derive(Debug)]
pub(super) struct Session<'b> {
    pub(super) id: &'b str,
    pub(super) places: Vec<Place>,
    pub(super) console: bool,
    /// The account, type, name and ARN of its identity.
    identity: [Option<&'b str>; 4],
    created: Option<Timestamp>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    ips: BTreeSet<&'b str>,
    regions: BTreeSet<&'b str>,
    agents: BTreeSet<&'b str>,
    mfa: Option<bool>,
}

/// How many events a session's signals explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Explained {
    /// Console events with a signal.
    pub(super) of_signals: u64,
    /// Console events without a signal.
    pub(super) unexplained: u64,
    /// Events of typed commands with a signal.
    pub(super) typed: u64,
    pub(super) signals: u64,
}

/// All sessions, ordered by ID.
pub(super) fn gather<'b>(cells: &[Cells<'b>]) -> Vec<Session<'b>> {
    by_session(cells).into_par_iter().map(|(id, places)| Session::of(id, places, cells)).collect()
}

fn by_session<'b>(cells: &[Cells<'b>]) -> Vec<(&'b str, Vec<Place>)> {
    let mut sessions: HashMap<&str, Vec<Place>> = HashMap::default();
    for (batch, ids) in (0..).zip(cells.iter().map(|cells| cells.session_id)) {
        for (row, id) in (0..).zip(ids.iter()) {
            sessions.entry(id.unwrap_or_default()).or_default().push((batch, row));
        }
    }
    let mut sessions: Vec<_> = sessions.into_iter().collect();
    sessions.sort_unstable_by_key(|(id, _)| *id);
    sessions
}

impl<'b> Session<'b> {
    fn of(id: &'b str, places: Vec<Place>, cells: &[Cells<'b>]) -> Self {
        let mut session = Self {
            id,
            places: Vec::new(),
            console: false,
            identity: [None; 4],
            created: None,
            first: None,
            last: None,
            ips: BTreeSet::new(),
            regions: BTreeSet::new(),
            agents: BTreeSet::new(),
            mfa: None,
        };
        let (mut anonymous, mut evidence) = (true, Evidence::empty());
        for (batch, row) in &places {
            let (cells, row) = (&cells[*batch as usize], *row as usize);
            session.add(cells, row);
            evidence |= cells.evidence(row);
            let traces = [Text::PrincipalArn, Text::PrincipalId, Text::IdentityType];
            anonymous &= traces.into_iter().all(|trace| cells.text(trace, row).is_none());
        }
        session.console = evidence.intersects(Evidence::STRONG) || (anonymous && !evidence.is_empty());
        session.places = places;
        session
    }

    fn add(&mut self, cells: &Cells<'b>, row: usize) {
        let identity = [Text::Account, Text::IdentityType, Text::Principal, Text::PrincipalArn];
        for (least, text) in self.identity.iter_mut().zip(identity) {
            *least = least_of(*least, cells.text(text, row));
        }
        self.created = least_of(self.created, cells.created(row));
        self.first = least_of(self.first, cells.time(row));
        self.last = self.last.max(cells.time(row));
        self.mfa = self.mfa.max(cells.mfa(row));
        self.ips.extend(cells.text(Text::SourceIp, row).filter(|source| is_address(source)));
        self.regions.extend(cells.text(Text::Region, row));
        self.agents.extend(cells.text(Text::UserAgent, row));
    }

    /// Adds its row to `sessions`.
    pub(super) fn push(&self, rows: &mut Rows, explained: Explained) -> Result<(), BatchError> {
        let [account, kind, principal, arn] = self.identity.map(Cell::Text);
        let list = |texts: &BTreeSet<&'b str>| Cell::List(texts.iter().copied().collect());
        rows.push(&[
            Cell::text(self.id),
            account,
            kind,
            principal,
            arn,
            Cell::Time(self.created),
            Cell::Boolean(Some(self.console)),
            Cell::Time(self.first),
            Cell::Time(self.last),
            list(&self.ips),
            list(&self.regions),
            list(&self.agents),
            Cell::Boolean(self.mfa),
            Cell::count(self.places.len() as u64),
            Cell::count(explained.of_signals + explained.unexplained),
            Cell::count(explained.of_signals),
            Cell::count(explained.unexplained),
            Cell::count(explained.typed),
            Cell::count(explained.signals),
        ])
    }
}

/// The smaller of two values; if one is missing, the other.
fn least_of<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Whether the text is an address, and not the name of a service.
fn is_address(source: &str) -> bool {
    !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.' || byte == b':')
}

/// The sessions that sign-ins may have opened: sessions with a creation date, according to their events other than
/// sign-ins.
pub(super) fn candidates(cells: &[Cells<'_>]) -> Vec<Candidate> {
    let mut known: HashMap<&str, Known<'_>> = HashMap::default();
    for cells in cells {
        for (row, id) in cells.session_id.iter().enumerate() {
            if let Some(created) = cells.created(row)
                && !cells.evidence(row).contains(Evidence::SIGN_IN)
            {
                known.entry(id.unwrap_or_default()).or_default().add(cells, row, created);
            }
        }
    }
    known.into_iter().map(|(id, known)| known.candidate(id)).collect()
}

/// What events state about their session.
#[derive(Debug, Default)]
struct Known<'b> {
    account: Option<&'b str>,
    /// The caller's ARN, ID and name.
    principals: [Option<&'b str>; 3],
    created: Option<Timestamp>,
}

impl<'b> Known<'b> {
    fn add(&mut self, cells: &Cells<'b>, row: usize, created: Timestamp) {
        let filled = |text| cells.text(text, row).filter(|text| !text.is_empty());
        let account = filled(Text::IdentityAccount).or(cells.text(Text::RecipientAccount, row));
        self.account = least_of(self.account, account);
        let principals = [filled(Text::PrincipalArn), filled(Text::PrincipalId), cells.text(Text::Principal, row)];
        for (least, principal) in self.principals.iter_mut().zip(principals) {
            *least = least_of(*least, principal);
        }
        self.created = least_of(self.created, Some(created));
    }

    fn candidate(self, id: &str) -> Candidate {
        Candidate {
            session_id: id.to_owned(),
            account_id: self.account.unwrap_or_default().to_owned(),
            principal_arn: self.principals.into_iter().flatten().next().unwrap_or_default().to_owned(),
            created: self.created.unwrap_or_default(),
        }
    }
}
