//! Cases as pages for a browser on the same machine: read-only but for the notes beside it, for whoever has the token. And a
//! case as tools for an assistant: [`mcp`].
//!
//! HTTP is asynchronous and DuckDB is not: each answer is made on a thread and a connection of its own, a bounded number
//! at a time. All SQL stands in `sql/serve/`; what was typed reaches it as values.

mod access;
mod api;
mod assets;
mod error;
mod filter;
mod lines;
mod mcp;
mod params;
mod pool;
mod rows;
mod served;
mod state;
mod token;

use std::future::{Future, IntoFuture};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use futures_util::future::{self, BoxFuture, Either, FutureExt};
use tokio::runtime::{Builder, Runtime};

use access::AccessControl;
use served::{CaseLink, ServedCase};

pub use error::ServeError;
pub use mcp::{McpError, mcp};
pub use state::ServeOptions;
pub use token::Token;

/// Queries that are stopped have so long to end when the server does.
const GRACE: Duration = Duration::from_secs(2);

/// Cases that are ready to be served.
#[derive(Debug)]
pub struct Server {
    options: ServeOptions,
    cases: Vec<ServedCase>,
}

impl Server {
    /// A server without a case.
    #[must_use]
    pub const fn new(options: ServeOptions) -> Self {
        Self { options, cases: Vec::new() }
    }

    /// Opens the case at `path` read-only, and makes in memory what the first answers read.
    ///
    /// # Errors
    /// If the case cannot be opened, or is not as this program writes them.
    pub fn add(&mut self, path: &Path) -> Result<(), ServeError> {
        self.cases.push(ServedCase::open(path, self.cases.len(), &self.options)?);
        Ok(())
    }

    /// Answers whoever has the token until the program is told to end (Ctrl-C, SIGTERM): each case by the listener at its
    /// place. `ready` is called with the addresses to open as soon as they can be told.
    ///
    /// # Errors
    /// What `ready` says; or if the system refuses to listen, or to tell of signals.
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
            // What is still being answered at the end reads the case.
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

fn link(case: &ServedCase, place: &SocketAddr, token: &Token) -> CaseLink {
    CaseLink { file: case.file(), address: format!("http://{place}/?token={}", token.as_str()) }
}

/// What is still being answered is dropped, and so stopped.
fn end(runtime: Runtime) {
    runtime.shutdown_timeout(GRACE);
}

fn router(case: ServedCase, access: AccessControl) -> Router {
    let api = api::routes().with_state(case);
    let guard = middleware::from_fn_with_state(access, access::guard);
    api.fallback(assets::asset).layer(guard)
}

async fn serve(
    served: Vec<(ServedCase, TcpListener, AccessControl)>,
    ready: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let mut serving: Vec<BoxFuture<'static, io::Result<()>>> = Vec::new();
    for (case, listener, access) in served {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        case.prepare();
        serving.push(axum::serve(listener, router(case, access)).into_future().boxed());
    }
    let told_to_end = told_to_end()?;
    ready()?;
    match future::select(future::select_all(serving), Box::pin(told_to_end)).await {
        Either::Left(((ended, _, _), _)) => ended,
        Either::Right(_) => Ok(()),
    }
}

/// What is there once the program is told to end; it is listened for from the call on, not from the first poll.
#[cfg(unix)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        future::select(Box::pin(interrupt.recv()), Box::pin(terminate.recv())).await;
    })
}

#[cfg(windows)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
    })
}
