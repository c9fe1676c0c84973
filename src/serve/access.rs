//! Access control: only a browser on this machine that has the token and uses this server's own name.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Token;

/// The content security policy: the page may load and request only what this server provides.
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

/// The access control of one server.
#[derive(Debug, Clone)]
pub(super) struct AccessControl {
    token: Token,
    port: u16,
}

impl AccessControl {
    pub(super) const fn new(token: Token, port: u16) -> Self {
        Self { token, port }
    }

    /// Why the request is rejected, or where it is redirected.
    fn stop(&self, request: &Request) -> Option<Response> {
        if !self.is_ours(text(request.headers(), &header::HOST)) {
            return Some(refuse(StatusCode::FORBIDDEN, "This server only accepts requests for 127.0.0.1."));
        }
        if !self.is_own_origin(request) {
            return Some(refuse(StatusCode::FORBIDDEN, "Requests from pages of other sites are not allowed."));
        }
        if let Some(away) = self.welcome(request.uri()) {
            return Some(away);
        }
        (!self.has_token(request.headers())).then(|| refuse(StatusCode::UNAUTHORIZED, UNKNOWN))
    }

    /// Whether a `Host` is this server's. Another name that resolves to it (DNS rebinding) is not.
    fn is_ours(&self, host: Option<&str>) -> bool {
        host.and_then(|host| host.rsplit_once(':'))
            .is_some_and(|(name, port)| matches!(name, "127.0.0.1" | "localhost") && port.parse() == Ok(self.port))
    }

    /// Whether a request other than GET comes from this server's page, or from no page at all.
    fn is_own_origin(&self, request: &Request) -> bool {
        let looks = matches!(*request.method(), Method::GET | Method::HEAD);
        let origin = text(request.headers(), &header::ORIGIN);
        looks || origin.is_none_or(|origin| self.is_ours(origin.strip_prefix("http://")))
    }

    /// Moves the token from the first URL to a cookie.
    fn welcome(&self, uri: &Uri) -> Option<Response> {
        let query = uri.query().filter(|_| uri.path() == "/")?;
        let (tokens, rest): (Vec<_>, Vec<_>) = query.split('&').partition(|pair| pair.starts_with("token="));
        let given = tokens.first()?.strip_prefix("token=")?;
        if !self.token.is(given) {
            return Some(refuse(StatusCode::UNAUTHORIZED, UNKNOWN));
        }
        let place = if rest.is_empty() { "/".to_owned() } else { format!("/?{}", rest.join("&")) };
        let cookie = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie(), self.token.as_str());
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, place), (header::SET_COOKIE, cookie)]).into_response())
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let bearer = text(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let name = self.cookie();
        let ours = |pair: &'_ str| pair.trim().strip_prefix(&*name)?.strip_prefix('=').map(str::to_owned);
        bearer.is_some_and(|token| self.token.is(token))
            || cookies.flat_map(|line| line.split(';')).filter_map(ours).any(|token| self.token.is(&token))
    }

    /// Browsers store cookies by host, regardless of the port: the servers of several cases must not share one.
    fn cookie(&self) -> String {
        format!("cartographer-{}", self.port)
    }
}

const UNKNOWN: &str = "This browser is not signed in. Open the full address that `cartographer serve` printed, including the \
    token. The token changes every time the server starts.";

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, format!("{why}\n")).into_response()
}

/// Accepts or rejects a request, and adds the common headers to the response.
pub(super) async fn guard(State(access): State<AccessControl>, request: Request, next: Next) -> Response {
    let mut response = match access.stop(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
