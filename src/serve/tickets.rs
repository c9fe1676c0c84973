//! Tickets for downloads. A browser that saves a file does not send the page's headers, so the page requests an address
//! with a ticket. The ticket is valid once, for a short time, and for this file only.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::Uri;

use super::{ServeError, Token};

/// How long a ticket is valid.
const LIFETIME: Duration = Duration::from_secs(30);

/// The maximum number of tickets that are valid at the same time; the oldest ones are removed first.
const MOST: usize = 64;

/// The addresses that tickets are issued for.
const FILES: [&str; 2] = ["/api/export", "/api/notes/export"];

/// The tickets that were issued and have not been used yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Tickets(Arc<Mutex<VecDeque<Ticket>>>);

#[derive(Debug)]
struct Ticket {
    secret: Token,
    address: String,
    issued: Instant,
}

impl Tickets {
    /// The address with a new ticket.
    ///
    /// # Errors
    /// If it is not the address of a file, or if the system cannot provide random numbers.
    pub(super) fn issue(&self, address: &str) -> Result<String, ServeError> {
        let uri: Option<Uri> = address.parse().ok().filter(|uri: &Uri| uri.host().is_none() && !address.contains('#'));
        if !uri.is_some_and(|uri| FILES.contains(&uri.path())) {
            let advice = format!("Tickets are issued for {}.", FILES.join(" and "));
            return Err(ServeError::asked(format!("{address:?} is not the address of a file"), advice));
        }
        let secret = Token::random().map_err(|_| ServeError::BrokenOff)?;
        let joint = if address.contains('?') { '&' } else { '?' };
        let with_ticket = format!("{address}{joint}ticket={}", secret.as_str());
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while tickets.len() >= MOST {
            tickets.pop_front();
        }
        tickets.push_back(Ticket { secret, address: address.to_owned(), issued: Instant::now() });
        Ok(with_ticket)
    }

    /// Whether the address has a valid ticket, which can then no longer be used.
    pub(super) fn redeem(&self, uri: &Uri) -> bool {
        let Some((address, given)) = uri.path_and_query().and_then(|whole| whole.as_str().rsplit_once("ticket="))
        else {
            return false;
        };
        let address = address.strip_suffix(['?', '&']).unwrap_or_default();
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|ticket| ticket.issued.elapsed() < LIFETIME);
        let known = tickets.iter().position(|ticket| ticket.address == address && ticket.secret.is(given));
        known.is_some_and(|place| tickets.remove(place).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redeem(tickets: &Tickets, address: &str) -> bool {
        tickets.redeem(&address.parse().unwrap())
    }

    #[test]
    fn ticket_is_valid_once_for_its_address() {
        let tickets = Tickets::default();
        let address = tickets.issue("/api/export?format=csv&search=ticket%3D").unwrap();
        assert!(!redeem(&tickets, &address.replace("csv", "md")));
        assert!(!redeem(&tickets, &format!("{address}0")));
        assert!(!redeem(&tickets, "/api/export?format=csv&search=ticket%3D"));
        assert!(redeem(&tickets, &address));
        assert!(!redeem(&tickets, &address));
        let notes = tickets.issue("/api/notes/export").unwrap();
        assert!(notes.starts_with("/api/notes/export?ticket=") && redeem(&tickets, &notes));
    }

    #[test]
    fn tickets_are_limited_to_exports_and_in_number() {
        let tickets = Tickets::default();
        for address in ["/api/case", "/", "", "/api/export#a", "http://evil.example/api/export", "//evil/api/export"] {
            assert!(tickets.issue(address).is_err(), "{address}");
        }
        let first = tickets.issue("/api/export").unwrap();
        let later: Vec<String> = (0..MOST).map(|_| tickets.issue("/api/export").unwrap()).collect();
        assert!(!redeem(&tickets, &first));
        assert!(later.iter().all(|address| redeem(&tickets, address)));
    }
}
