//! Serves cases to a browser on the same machine, with a token: read-only, except for the notes next to the case. Also serves a
//! case as tools for an assistant: [`mcp()`].
//!
//! HTTP is asynchronous and DuckDB is not: each answer is computed on its own thread and connection, a bounded number at a
//! time. All SQL is in `sql/serve/`; user input only reaches it as values. Only the user's own queries are SQL from
//! outside: each of them runs in its own process.

mod access;
mod api;
mod assets;
mod error;
mod filter;
mod lines;
mod listen;
mod mcp;
mod params;
mod pool;
mod query;
mod rows;
mod served;
mod state;
mod statements;
mod tickets;
mod token;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::post;
use axum::{Router, middleware};
use futures_util::future::{self, BoxFuture, Either, FutureExt};
use tokio::runtime::{Builder, Runtime};

use access::AccessControl;
use served::{CaseLink, ServedCase};

pub use error::ServeError;
pub use mcp::{McpError, mcp};
pub use query::{QUERY_MEMORY, QueryProgram, answer_query};
pub use state::ServeOptions;
pub use statements::check as check_query;
pub use token::Token;

/// How long canceled queries may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// A server with open cases.
#[derive(Debug)]
pub struct Server {
    options: ServeOptions,
    cases: Vec<ServedCase>,
}

impl Server {
    /// A server without cases.
    #[must_use]
    pub const fn new(options: ServeOptions) -> Self {
        Self { options, cases: Vec::new() }
    }

    /// Opens the case at `path` read-only, and creates the in-memory tables for the first requests.
    ///
    /// # Errors
    /// If the case cannot be opened, or was not written by this program.
    pub fn add(&mut self, path: &Path) -> Result<(), ServeError> {
        self.cases.push(ServedCase::open(path, self.cases.len(), &self.options)?);
        Ok(())
    }

    /// Serves requests with the token until the program is stopped (Ctrl-C, SIGTERM). Each case uses the listener with the
    /// same index. `ready` is called with the addresses to open as soon as they are known.
    ///
    /// # Errors
    /// The error of `ready`, or an error if the system refuses to listen or to report signals.
    pub fn run(
        self,
        listeners: Vec<TcpListener>,
        token: &Token,
        ready: impl FnOnce(&[String]) -> io::Result<()>,
    ) -> io::Result<()> {
        let places: Vec<SocketAddr> = listeners.iter().map(TcpListener::local_addr).collect::<io::Result<_>>()?;
        let links: Arc<[CaseLink]> =
            self.cases.iter().zip(&places).map(|(case, place)| link(case, place, token)).collect();
        let mut served = Vec::new();
        for ((case, listener), place) in self.cases.into_iter().zip(listeners).zip(&places) {
            listener.set_nonblocking(true)?;
            // Requests in progress at the end still read the case.
            std::mem::forget(case.clone());
            case.link(Arc::clone(&links));
            served.push((case, listener, AccessControl::new(token.clone(), place.port())));
        }
        let addresses: Vec<String> = links.iter().map(|link| link.address.clone()).collect();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let done = runtime.block_on(serve(served, || ready(&addresses)));
        end(runtime);
        done
    }
}

/// A browser does not send the fragment of an address; the page sends the token in a header.
fn link(case: &ServedCase, place: &SocketAddr, token: &Token) -> CaseLink {
    CaseLink { file: case.file(), address: format!("http://{place}/#token={}", token.as_str()) }
}

/// Requests in progress are dropped and thereby stopped.
fn end(runtime: Runtime) {
    runtime.shutdown_timeout(GRACE);
}

fn router(case: ServedCase, access: AccessControl) -> Router {
    let tickets = Router::new().route("/api/tickets", post(access::ticket)).with_state(access.clone());
    let api = api::routes().with_state(case).merge(tickets);
    let api = api.route_layer(middleware::from_fn_with_state(access.clone(), access::authorize));
    api.fallback(assets::asset).layer(middleware::from_fn_with_state(access, access::guard))
}

async fn serve(
    served: Vec<(ServedCase, TcpListener, AccessControl)>,
    ready: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let mut serving: Vec<BoxFuture<'static, ()>> = Vec::new();
    for (case, listener, access) in served {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        case.prepare();
        serving.push(listen::answer(listener, router(case, access)).boxed());
    }
    let end_of_program = end_of_program()?;
    ready()?;
    // Nothing else ends it.
    match future::select(future::join_all(serving), Box::pin(end_of_program)).await {
        Either::Left(_) | Either::Right(_) => Ok(()),
    }
}

/// Completes when the program is stopped. Listening starts with the call, not with the first poll.
#[cfg(unix)]
fn end_of_program() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        future::select(Box::pin(interrupt.recv()), Box::pin(terminate.recv())).await;
    })
}

#[cfg(windows)]
fn end_of_program() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
    })
}
