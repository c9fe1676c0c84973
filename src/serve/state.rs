//! The state behind all responses: the case, its rules, and caches.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ServeError;
use super::filter::Filter;
use super::lines::{Asked, LineTables};
use super::pool::{Pool, Queue};
use super::query::{Queries, QueryProgram};
use super::rows::{Answers, Totals};
use crate::notes::Notebook;
use crate::read::FileId;
use crate::rule::RuleSet;
use crate::store::{Case, OnDamage, ReadAccess};

/// The SQL files that run when a case is opened.
const SETUP: &str = include_str!("../../sql/serve/setup.sql");

/// The SQL files that run after that, one after another, while the first requests are answered.
const SETUP_TIMELINE: &str = include_str!("../../sql/serve/setup_timeline.sql");
const SETUP_PROGRAMS: &str = include_str!("../../sql/serve/setup_programs.sql");
const SETUP_ENTITIES: &str = include_str!("../../sql/serve/setup_entities.sql");
const SETUP_OVERVIEW: &str = include_str!("../../sql/serve/setup_overview.sql");

/// How many connections answer the page at the same time, and how many more requests may wait for one.
const PAGES: usize = 4;
const WAITING_PAGES: usize = 60;
/// How many files are sent at the same time, and how many more requests may wait for that.
const EXPORTS: usize = 2;
const WAITING_EXPORTS: usize = 14;
/// The memory for the page, in bytes.
pub(super) const MEMORY: u64 = 2 << 30;

/// An open case that can be queried.
#[derive(Debug)]
pub(super) struct AppState {
    /// Connections for the page.
    pub(super) pages: Pool,
    /// Connections for exports: a slow client occupies one of these, and does not block the page.
    pub(super) exports: Pool,
    /// What runs the user's own queries.
    pub(super) queries: Queries,
    /// The rules used for explanations.
    pub(super) rules: Arc<RuleSet>,
    /// The case's file, as given by the user.
    pub(super) file: String,
    /// The total row counts of queries.
    pub(super) totals: Totals,
    /// Cached slow responses.
    pub(super) answers: Answers,
    /// The notes file next to the case: the only file that the page changes.
    pub(super) notebook: Notebook,
    /// The author of new notes.
    pub(super) author: String,
    /// The lines of recent timeline queries.
    pub(super) lines: LineTables,
    timeline: DeferredTables,
    programs: DeferredTables,
    entities: DeferredTables,
    overview: DeferredTables,
}

/// Tables that are slow to create and that the first responses do not need.
#[derive(Debug)]
struct DeferredTables {
    sql: &'static str,
    is_made: Mutex<bool>,
}

impl DeferredTables {
    const fn of(sql: &'static str) -> Self {
        Self { sql, is_made: Mutex::new(false) }
    }

    /// Creates the tables unless they exist. Concurrent callers wait.
    fn make(&self, case: &Case) -> Result<(), ServeError> {
        let mut is_made = self.is_made.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_made {
            // Views can only be created on a connection where the variables they read are set.
            case.query(&Filter::default().setting()?)?;
            case.query(self.sql)?;
            *is_made = true;
        }
        drop(is_made);
        Ok(())
    }
}

/// Options that apply to every case.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The folder for temporary files.
    pub aside: PathBuf,
    /// The program started for each of the user's own queries.
    pub query_program: QueryProgram,
    /// The rules that signals are explained with.
    pub rules: Arc<RuleSet>,
    /// The author of notes.
    pub author: String,
    /// The time limit for one response.
    pub limit: Duration,
    /// Called if a case contains damaged JSON.
    pub on_damage: Option<OnDamage>,
}

/// The shared state.
pub(super) type Shared = Arc<AppState>;

impl AppState {
    /// Opens a case, and creates what the page's answers read. `file` is the identity of the case's file; `aside` is a folder
    /// for data that does not fit into memory.
    ///
    /// # Errors
    /// See [`Case::open_with`], and DuckDB's message.
    pub(super) fn open(
        path: &Path,
        file: Option<FileId>,
        aside: &Path,
        options: &ServeOptions,
    ) -> Result<Self, ServeError> {
        let limit = options.limit;
        let (memory, temp_dir, on_damage) = (Some(MEMORY), Some(aside), options.on_damage);
        let access = ReadAccess { memory, temp_dir, on_damage, ..ReadAccess::default() };
        let pages = Case::open_with(path, access).map_err(ServeError::Opening)?;
        pages.query(SETUP)?;
        Ok(Self {
            exports: Pool::new(pages.another()?, Queue::new(EXPORTS, WAITING_EXPORTS), limit),
            pages: Pool::new(pages, Queue::new(PAGES, WAITING_PAGES), limit),
            queries: Queries::new(&options.query_program, path, file, &options.aside, limit),
            rules: Arc::clone(&options.rules),
            file: path.display().to_string(),
            totals: Totals::default(),
            answers: Answers::default(),
            notebook: Notebook::beside(path),
            author: options.author.clone(),
            lines: LineTables::default(),
            timeline: DeferredTables::of(SETUP_TIMELINE),
            programs: DeferredTables::of(SETUP_PROGRAMS),
            entities: DeferredTables::of(SETUP_ENTITIES),
            overview: DeferredTables::of(SETUP_OVERVIEW),
        })
    }

    /// Runs `work` on a connection for the page.
    ///
    /// # Errors
    /// See [`Pool::run`].
    pub(super) async fn ask<T, W>(self: &Shared, work: W) -> Result<T, ServeError>
    where
        T: Send + 'static,
        W: FnOnce(&Self, &Case) -> Result<T, ServeError> + Send + 'static,
    {
        let state = Arc::clone(self);
        self.pages.run(move |case| work(&state, case)).await
    }

    /// Creates the tables for all rows of the timeline, unless they exist.
    ///
    /// # Errors
    /// DuckDB's message.
    pub(super) fn with_programs(&self, case: &Case) -> Result<(), ServeError> {
        self.timeline.make(case)?;
        self.programs.make(case)
    }

    /// Creates the tables for filtered rows, unless they exist.
    ///
    /// # Errors
    /// DuckDB's message.
    pub(super) fn with_rows(&self, case: &Case, filter: &Filter) -> Result<(), ServeError> {
        self.timeline.make(case)?;
        if filter.shows_programs() { self.programs.make(case) } else { Ok(()) }
    }

    /// Creates the lines of the first pages of the timeline: for a million calls, this takes most of a second.
    ///
    /// # Errors
    /// DuckDB's message.
    pub(super) fn with_first_lines(&self, case: &Case) -> Result<(), ServeError> {
        self.with_programs(case)?;
        Filter::of_first_pages()
            .iter()
            .try_for_each(|filter| self.lines.prepare(case, Asked { filter, folded: true, order: "asc" }))
    }

    /// Creates the tables for entities and coverage, unless they exist.
    ///
    /// # Errors
    /// DuckDB's message.
    pub(super) fn with_entities(&self, case: &Case) -> Result<(), ServeError> {
        self.timeline.make(case)?;
        self.entities.make(case)
    }

    /// Creates the tables for the overview, unless they exist.
    ///
    /// # Errors
    /// DuckDB's message.
    pub(super) fn with_overview(&self, case: &Case) -> Result<(), ServeError> {
        self.timeline.make(case)?;
        self.overview.make(case)
    }
}
