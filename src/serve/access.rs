//! Who may connect: a client on this machine that has the token and asks for this server by its own name.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::rows::Json;
use super::tickets::Tickets;
use super::{ServeError, Token};

/// What the page may do: load what this server provides, and send requests to it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The headers of every response.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The maximum size of a posted body in bytes, and the time that a client has to send it.
const POSTED: usize = 4 << 20;
const POST_TIME: Duration = Duration::from_secs(20);

/// The maximum number of response bytes that clients have not read yet, across all connections; responses smaller than
/// `SMALL` are not counted.
const OUTGOING: usize = 256 << 20;
const SMALL: usize = 64 << 10;
/// The unit in which outgoing bytes are counted.
const UNIT: usize = 1 << 10;

/// The access control of one port.
#[derive(Debug, Clone)]
pub(super) struct AccessControl {
    token: Token,
    port: u16,
    tickets: Tickets,
    outgoing: Arc<Semaphore>,
}

impl AccessControl {
    pub(super) fn new(token: Token, port: u16) -> Self {
        Self { token, port, tickets: Tickets::default(), outgoing: Arc::new(Semaphore::new(OUTGOING / UNIT)) }
    }

    /// The reason to refuse a request, regardless of who sends it.
    fn refusal(&self, request: &Request) -> Option<&'static str> {
        if !self.is_own(text(request.headers(), &header::HOST)) {
            return Some("This server only accepts requests for 127.0.0.1.");
        }
        (!self.is_own_origin(request)).then_some("Requests from pages on other sites are not allowed.")
    }

    /// Whether a `Host` is this server's. Another name that resolves to this machine (DNS rebinding) does not count.
    fn is_own(&self, host: Option<&str>) -> bool {
        host.and_then(|host| host.rsplit_once(':'))
            .is_some_and(|(name, port)| matches!(name, "127.0.0.1" | "localhost") && port.parse() == Ok(self.port))
    }

    /// Whether a request that may change something comes from this server's page, or from no page at all.
    fn is_own_origin(&self, request: &Request) -> bool {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let origin = text(request.headers(), &header::ORIGIN);
        reads || origin.is_none_or(|origin| self.is_own(origin.strip_prefix("http://")))
    }

    /// Whether the request has the token, or is the download that a ticket was issued for.
    fn is_authorized(&self, request: &Request) -> bool {
        let bearer = text(request.headers(), &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        bearer.is_some_and(|token| self.token.is(token))
            || (request.method() == Method::GET && self.tickets.redeem(request.uri()))
    }

    /// The response, if there is room for it among those that clients have not read yet.
    async fn paced(&self, response: Response) -> Response {
        // The length of an export is not known: it is sent while it is written, and is never in memory as a whole.
        let length = response.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
        let Some(length) = length.filter(|length| *length > SMALL) else { return response };
        let units = u32::try_from(length.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let Ok(permit) = Arc::clone(&self.outgoing).try_acquire_many_owned(units) else {
            return ServeError::Busy.into_response();
        };
        let (head, body) = response.into_parts();
        match to_bytes(body, length).await {
            Ok(bytes) => Response::from_parts(head, pieces(bytes, permit)),
            Err(_) => ServeError::BrokenOff.into_response(),
        }
    }
}

/// A body in pieces, which returns the permit when the last piece is taken.
fn pieces(bytes: Bytes, permit: OwnedSemaphorePermit) -> Body {
    Body::from_stream(stream::unfold((bytes, permit), |(mut rest, permit)| async move {
        let piece = rest.split_to(rest.len().min(SMALL));
        (!piece.is_empty()).then_some((Ok::<_, Infallible>(piece), (rest, permit)))
    }))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Refuses requests to other host names and from other sites, and adds the headers that every response has.
pub(super) async fn guard(State(access): State<AccessControl>, request: Request, next: Next) -> Response {
    let mut response = match access.refusal(&request) {
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Refuses requests without the token. The page itself does not require a token: it is the same for every case.
pub(super) async fn authorize(State(access): State<AccessControl>, request: Request, next: Next) -> Response {
    if !access.is_authorized(&request) {
        let mut response = ServeError::SignedOut.into_response();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    }
    match received(request).await {
        Ok(request) => access.paced(next.run(request).await).await,
        Err(error) => error.into_response(),
    }
}

/// The request with its whole body.
async fn received(request: Request) -> Result<Request, ServeError> {
    let (head, body) = request.into_parts();
    let advice = || format!("A request can be at most {} MiB and must arrive within {POST_TIME:?}.", POSTED >> 20);
    let bytes = timeout(POST_TIME, to_bytes(body, POSTED)).await;
    let bytes = bytes.map_err(|_| ServeError::asked("the request did not arrive in time", advice()))?;
    let bytes = bytes.map_err(|_| ServeError::asked("the request did not arrive completely", advice()))?;
    Ok(Request::from_parts(head, Body::from(bytes)))
}

/// The request for a ticket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TicketRequest {
    address: String,
}

/// `POST /api/tickets`: an address that downloads a file once, without a header.
pub(super) async fn ticket(State(access): State<AccessControl>, body: Bytes) -> Result<Json, ServeError> {
    let asked: TicketRequest = serde_json::from_slice(&body).map_err(|error| {
        ServeError::asked(format!("invalid request: {error}"), r#"Post {"address": "/api/export?format=csv"}."#)
    })?;
    Ok(Json::from(&json!({ "address": access.tickets.issue(&asked.address)? })))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn unread_answers_are_limited() {
        let access = AccessControl::new(Token::random().unwrap(), 1);
        let answer = || Response::new(Body::from(vec![0; OUTGOING / 2 + 1]));
        let first = access.paced(answer()).now_or_never().unwrap();
        let second = access.paced(answer()).now_or_never().unwrap();
        assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE));
        // A client that disconnects makes room for others.
        drop(first);
        assert_eq!(access.paced(answer()).now_or_never().unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn posted_bodies_are_limited() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let posted = |bytes: usize| runtime.block_on(received(Request::new(Body::from(vec![b' '; bytes]))));
        assert!(posted(POSTED).is_ok());
        let error = posted(POSTED + 1).unwrap_err();
        assert_eq!(error.to_string(), "the request did not arrive completely");
        assert!(error.advice().contains("at most 4 MiB"), "{}", error.advice());
    }
}
