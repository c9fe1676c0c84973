//! The cases that a server has: each as it is now, whether its file was replaced since, and how to open it again.

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
    /// What tells it from the other cases of the server.
    number: usize,
    options: ServeOptions,
    now: RwLock<Opened>,
    /// How often it was opened.
    opened: AtomicUsize,
    links: OnceLock<Arc<[CaseLink]>>,
}

/// A case as it was opened.
#[derive(Debug, Clone)]
struct Opened {
    state: Shared,
    /// Nothing, if the system does not say.
    file: Option<FileId>,
}

/// Where a case of this server is shown.
#[derive(Debug, Clone)]
pub(super) struct CaseLink {
    /// Its file, as it was named.
    pub(super) file: String,
    /// The address to open, with the token.
    pub(super) address: String,
}

/// What answers about the case read.
impl FromRef<ServedCase> for Shared {
    fn from_ref(case: &ServedCase) -> Self {
        case.now().state
    }
}

impl ServedCase {
    /// Opens the case at `path`; `number` tells it from the other cases of the server.
    ///
    /// # Errors
    /// As [`AppState::open`].
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

    /// Its file, as it was named.
    pub(super) fn file(&self) -> String {
        self.0.path.display().to_string()
    }

    /// Tells it where all cases of the server are shown.
    pub(super) fn link(&self, links: Arc<[CaseLink]>) {
        // It is told once, before the first request.
        drop(self.0.links.set(links));
    }

    /// All cases of the server, and which of them this is.
    pub(super) fn links(&self) -> (&[CaseLink], String) {
        (self.0.links.get().map_or(&[], |links| links), self.file())
    }

    /// Whether another file has taken the place of the one that is shown. One that is gone was not replaced: it is still open.
    pub(super) fn is_replaced(&self) -> bool {
        FileId::of(&self.0.path).is_some_and(|file| Some(file) != self.now().file)
    }

    /// Shows the file that is there now. Answers that have begun are given from the file that was there before.
    ///
    /// # Errors
    /// As [`ServedCase::open`]; what was shown is shown on then.
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

    /// Makes, while the first answers are given, what later ones read. An error is told to who asks for what is missing then.
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

/// The file is looked at first: if it is replaced meanwhile, that is told later.
fn open(path: &Path, aside: &Path, options: &ServeOptions) -> Result<Opened, ServeError> {
    let file = FileId::of(path);
    Ok(Opened { state: Arc::new(AppState::open(path, file, aside, options)?), file })
}
