//! The cases of a server: the open version of each, whether its file has been replaced, and how to reopen it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::extract::FromRef;
use tokio::task::{spawn, spawn_blocking};

use super::ServeError;
use super::state::{AppState, ServeOptions, Shared};
use crate::read::FileId;

/// A case that is served.
#[derive(Debug, Clone)]
pub(super) struct ServedCase(Arc<Slot>);

#[derive(Debug)]
struct Slot {
    path: PathBuf,
    /// Distinguishes it from the other cases of the server.
    number: usize,
    options: ServeOptions,
    now: RwLock<Opened>,
    /// The number of times it was opened.
    opened: AtomicUsize,
    links: OnceLock<Arc<[CaseLink]>>,
}

/// An opened case.
#[derive(Debug, Clone)]
struct Opened {
    state: Shared,
    /// `None` if the system does not provide it.
    file: Option<FileId>,
}

/// Where a case of this server is served.
#[derive(Debug, Clone)]
pub(super) struct CaseLink {
    /// Its file, as given by the user.
    pub(super) file: String,
    /// The address to open, with the token.
    pub(super) address: String,
}

/// The state that responses about the case use.
impl FromRef<ServedCase> for Shared {
    fn from_ref(case: &ServedCase) -> Self {
        case.now().state
    }
}

impl ServedCase {
    /// Opens the case at `path`; `number` distinguishes it from the other cases of the server.
    ///
    /// # Errors
    /// See [`AppState::open`].
    pub(super) fn open(path: &Path, number: usize, options: &ServeOptions) -> Result<Self, ServeError> {
        let now = open(path, &aside(options, number, 0), options)?;
        Ok(Self(Arc::new(Slot {
            path: path.to_owned(),
            number,
            options: options.clone(),
            now: RwLock::new(now),
            opened: AtomicUsize::new(1),
            links: OnceLock::new(),
        })))
    }

    /// Its file, as given by the user.
    pub(super) fn file(&self) -> String {
        self.0.path.display().to_string()
    }

    /// Sets the addresses of all cases of the server.
    pub(super) fn link(&self, links: Arc<[CaseLink]>) {
        // Set once, before the first request.
        drop(self.0.links.set(links));
    }

    /// All cases of the server, and which of them this is.
    pub(super) fn links(&self) -> (&[CaseLink], String) {
        (self.0.links.get().map_or(&[], |links| links), self.file())
    }

    /// Whether the file was replaced by another one. A deleted file was not replaced: it is still open.
    pub(super) fn is_replaced(&self) -> bool {
        FileId::of(&self.0.path).is_some_and(|file| Some(file) != self.now().file)
    }

    /// Opens the current file. Responses in progress use the old file.
    ///
    /// # Errors
    /// See [`ServedCase::open`]; the old version is then kept.
    pub(super) async fn reopen(&self) -> Result<(), ServeError> {
        let slot = Arc::clone(&self.0);
        let opening = spawn_blocking(move || {
            let aside = aside(&slot.options, slot.number, slot.opened.fetch_add(1, Ordering::Relaxed));
            let next = open(&slot.path, &aside, &slot.options)?;
            *slot.now.write().unwrap_or_else(PoisonError::into_inner) = next;
            Ok(())
        });
        opening.await.unwrap_or(Err(ServeError::BrokenOff))?;
        self.prepare();
        Ok(())
    }

    /// Creates the tables for later requests while the first ones are answered. An error is reported to the requests that
    /// need them.
    pub(super) fn prepare(&self) {
        let state = self.now().state;
        spawn(async move {
            drop(state.ask(AppState::with_overview).await);
            drop(state.ask(AppState::with_programs).await);
            drop(state.ask(AppState::with_first_lines).await);
            drop(state.ask(AppState::with_entities).await);
        });
    }

    fn now(&self) -> Opened {
        self.0.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The folder for the temporary files of a case. Databases must not share one; DuckDB creates it.
fn aside(options: &ServeOptions, number: usize, opened: usize) -> PathBuf {
    options.aside.join(format!("case-{number}-{opened}"))
}

/// The file's identity is read first, so that a replacement in the meantime is noticed later.
fn open(path: &Path, aside: &Path, options: &ServeOptions) -> Result<Opened, ServeError> {
    let file = FileId::of(path);
    Ok(Opened { state: Arc::new(AppState::open(path, file, aside, options)?), file })
}
