//! A case as a page for a browser on the same machine: read-only but for the notes beside it, for whoever has the token.
//!
//! HTTP is asynchronous and DuckDB is not: each answer is made on a thread and a connection of its own, a bounded number
//! at a time. All SQL stands in `sql/serve/`; what was typed reaches it as values.

mod access;
mod api;
mod assets;
mod error;
mod filter;
mod lines;
mod params;
mod pool;
mod rows;
mod state;
mod token;

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use futures_util::future::{self, Either};
use tokio::runtime::{Builder, Runtime};

use crate::rule::RuleSet;
use access::AccessControl;
use state::{AppState, Shared};

pub use error::ServeError;
pub use token::Token;

/// Queries that are stopped have so long to end when the server does.
const GRACE: Duration = Duration::from_secs(2);

/// A case that is ready to be served.
#[derive(Debug)]
pub struct Server {
    state: Shared,
}

impl Server {
    /// Opens the case at `path` read-only, and makes in memory what the answers read. `aside` is a folder for what does
    /// not fit into memory, `rules` are those that signals are explained by, `author` is who writes notes, `limit` is the most
    /// time for one answer.
    ///
    /// # Errors
    /// If the case cannot be opened, or is not as this program writes them.
    pub fn open(
        path: &Path,
        aside: &Path,
        rules: RuleSet,
        author: String,
        limit: Duration,
    ) -> Result<Self, ServeError> {
        Ok(Self { state: Arc::new(AppState::open(path, aside, rules, author, limit)?) })
    }

    /// Answers whoever has the token until the program is told to end (Ctrl-C, SIGTERM). `ready` is called as soon as it
    /// can be told so.
    ///
    /// # Errors
    /// What `ready` says; or if the system refuses to listen, or to tell of signals.
    pub fn run(self, listener: TcpListener, token: Token, ready: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let port = listener.local_addr()?.port();
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        // The settings of one database are locked, so that it cannot be closed in safety: it stays to the end.
        std::mem::forget(Arc::clone(&self.state));
        let state = Arc::clone(&self.state);
        // An error is told to who asks for what is missing then.
        runtime.spawn(async move {
            let made = state.ask(state::AppState::with_overview).await;
            drop(state.ask(state::AppState::with_entities).await);
            made
        });
        let done = runtime.block_on(serve(listener, router(self.state, AccessControl::new(token, port)), ready));
        end(runtime);
        done
    }
}

/// What is still being answered is dropped, and so stopped.
fn end(runtime: Runtime) {
    runtime.shutdown_timeout(GRACE);
}

fn router(state: Shared, access: AccessControl) -> Router {
    let api = api::routes().with_state(state);
    let guard = middleware::from_fn_with_state(access, access::guard);
    api.fallback(assets::asset).layer(guard)
}

async fn serve(listener: TcpListener, router: Router, ready: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let told_to_end = told_to_end()?;
    ready()?;
    let serving = async move { axum::serve(listener, router).await };
    match future::select(Box::pin(serving), Box::pin(told_to_end)).await {
        Either::Left((ended, _)) => ended,
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
