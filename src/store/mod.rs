//! A case: one DuckDB file with the tables of [`crate::table`] and the views of `sql/views/`. The only module that uses
//! DuckDB.
//!
//! The file keeps DuckDB's default storage version, so that clients from version 1.2 on can open it.

mod append;
mod checkpoint;
mod chunk;
mod damaged;
mod error;
mod event;
mod export;
mod feed;
mod file;
mod order;
mod schema;
mod serving;
mod session;
mod signal;
mod views;

use std::path::{Path, PathBuf};

use arrow::record_batch::RecordBatch;
use duckdb::{AccessMode, Config, Connection, Params, Statement, params_from_iter};

use self::damaged::DamageGuard;
use self::feed::Feeds;
use crate::read;
use crate::table::literal;

pub use append::CHUNK;
pub use checkpoint::ROW_GROUP_BYTES;
pub use damaged::OnDamage;
pub use error::StoreError;
pub use event::KnownSession;
pub use export::{EXPORT_MEMORY, ParquetCopy};
pub use feed::{Feed, FeedSender, feed};
pub use serving::{FirstRows, Interrupter};
pub use session::{GATHERED_BYTES, Totals};
pub use views::COVERAGE_SUMS;

/// What statements on a read-only case may access. A case may come from someone else, and must not act with the permissions
/// of the analyst who opens it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadAccess<'a> {
    /// Memory in bytes; DuckDB's default if `None`.
    pub memory: Option<u64>,
    /// Folder for temporary files; next to the case if `None`.
    pub temp_dir: Option<&'a Path>,
    /// Folder in which files may be written; no other file can be read or written.
    pub output: Option<&'a Path>,
    /// Whether all files can be read and written, and other databases attached.
    pub all_files: bool,
    /// Called once if the case contains text that should be JSON and is not. Such values are read as NULL.
    pub on_damage: Option<OnDamage>,
}

/// An open case.
#[derive(Debug)]
pub struct Case {
    connection: Connection,
    path: PathBuf,
    /// Whether it is an additional connection to a database that another case opened and will close.
    is_another: bool,
    /// Whether views of the case are shadowed by temporary ones.
    has_foreign_views: bool,
    is_read_only: bool,
    damage: DamageGuard,
    feeds: Feeds,
}

impl Drop for Case {
    /// Ends DuckDB's worker threads while the database is still open. Closing it while a worker has not yet released a
    /// finished scan frees memory that the worker still uses (seen as a crash in `duckdb_close` with 1.5.6). The second
    /// statement makes the first one take effect.
    fn drop(&mut self) {
        if self.is_another {
            return;
        }
        drop(self.execute("SET threads = 1"));
        drop(self.execute("SELECT 1"));
    }
}

impl Case {
    /// Opens a case for reading and writing, and creates it if it does not exist. Views are recreated.
    ///
    /// # Errors
    /// If the file is locked, is not a case, has another schema version, or cannot be created; it is then unchanged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // A load that was killed at its start leaves an empty file, which DuckDB does not accept as a database.
        read::remove_empty_file(path);
        let case = Self::connect(path, AccessMode::ReadWrite)?;
        case.feeds.register(&case.connection)?;
        // Tables, views and comments are over a thousand tiny statements. One thread runs them without the optimizer in half the
        // processor time.
        case.execute("SET threads = 1; PRAGMA disable_optimizer")?;
        if case.is_empty()? {
            case.transaction(Self::create_tables)?;
        } else {
            case.check_schema()?;
            case.check_columns()?;
        }
        case.transaction(Self::create_views)?;
        case.execute("RESET threads; PRAGMA enable_optimizer")?;
        Ok(case)
    }

    /// Opens a case for reading. Its statements cannot access other files.
    ///
    /// # Errors
    /// See [`Case::open_with`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, ReadAccess::default())
    }

    /// Opens a case for reading, with the given access. The limits apply before anything in the file is evaluated.
    /// Views that are not those of this program are shadowed by temporary views.
    ///
    /// # Errors
    /// If the file does not exist, or if a macro in it replaces one of DuckDB's functions; see also [`Case::open`].
    pub fn open_with(path: &Path, access: ReadAccess<'_>) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        if read::is_empty_file(path) {
            return Err(StoreError::Unfinished(path.to_owned()));
        }
        let mut case = Self::connect(path, AccessMode::ReadOnly)?;
        case.is_read_only = true;
        case.damage = DamageGuard::new(access.on_damage);
        case.limit_access(access)?;
        case.check_schema()?;
        case.refuse_foreign_names()?;
        case.check_columns()?;
        case.shadow_foreign_views()?;
        Ok(case)
    }

    /// Applies the limits, with statements that do not evaluate anything in the case.
    fn limit_access(&self, access: ReadAccess<'_>) -> Result<(), StoreError> {
        access.memory.map_or(Ok(()), |bytes| self.set_memory(bytes))?;
        access.temp_dir.map_or(Ok(()), |folder| self.set_temp_dir(folder))?;
        if access.all_files {
            return Ok(());
        }
        if let Some(output) = access.output {
            let folder = output.to_str().ok_or_else(|| StoreError::Path(output.to_owned()))?;
            self.execute(&format!("SET allowed_directories = [{}]", literal(folder)))?;
        }
        self.execute("SET autoload_known_extensions = false; SET enable_external_access = false")
    }

    /// Runs one or several statements, and returns the rows of the last one; at least one batch, so that its schema is
    /// known.
    ///
    /// ENUMs are returned as dictionaries of text. Memory: all rows at once.
    ///
    /// # Errors
    /// DuckDB's message, or [`StoreError::NoStatement`]. Statements before the failing one have run.
    pub fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        self.despite_damage(|case| case.rows(sql, []))
    }

    /// Like [`Case::query`], with a text for each `?` of the last statement (which casts it to what it needs).
    ///
    /// # Errors
    /// See [`Case::query`].
    pub fn query_with(&self, sql: &str, params: &[String]) -> Result<Vec<RecordBatch>, StoreError> {
        self.despite_damage(|case| case.rows(sql, params_from_iter(params)))
    }

    /// Sets the number of DuckDB's threads.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn set_threads(&self, threads: usize) -> Result<(), StoreError> {
        self.execute(&format!("SET threads = {}", threads.max(1)))
    }

    /// Sets DuckDB's memory limit, in bytes; the rest is written to temporary files.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn set_memory(&self, bytes: u64) -> Result<(), StoreError> {
        self.execute(&format!("SET memory_limit = '{bytes}B'"))
    }

    /// Sets the folder of DuckDB's temporary files.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn set_temp_dir(&self, folder: &Path) -> Result<(), StoreError> {
        self.execute(&format!("SET temp_directory = {}", literal(&folder.to_string_lossy())))
    }

    /// Runs `work` in a transaction, which an error rolls back.
    ///
    /// # Errors
    /// Those of `work`, and DuckDB's message if the transaction cannot begin or end.
    pub fn transaction<T, E: From<StoreError>>(&self, work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        self.execute("BEGIN TRANSACTION")?;
        let done = work(self);
        match &done {
            Ok(_) => self.execute("COMMIT")?,
            // The error that stopped the work is more informative than an error in the rollback.
            Err(_) => drop(self.execute("ROLLBACK")),
        }
        done
    }

    fn connect(path: &Path, mode: AccessMode) -> Result<Self, StoreError> {
        // DuckDB would wait for the writer of a pipe.
        read::file::regular(path).map_err(|_| StoreError::NotACase(path.to_owned()))?;
        let opened = Config::default()
            .access_mode(mode)
            .and_then(|config| config.with("autoinstall_known_extensions", "false"))
            .and_then(|config| Connection::open_with_flags(path, config));
        let connection = opened.map_err(|error| StoreError::opening(path, error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            is_another: false,
            has_foreign_views: false,
            is_read_only: false,
            damage: DamageGuard::default(),
            feeds: Feeds::default(),
        })
    }

    fn has_rows(&self, table: &str) -> Result<bool, StoreError> {
        Ok(self.connection.query_row(&format!("SELECT EXISTS (FROM {table})"), [], |row| row.get(0))?)
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    /// Runs all statements but the last, which is prepared.
    fn prepare(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        self.connection.prepare(sql).map_err(|error| match error {
            duckdb::Error::DuckDBFailure(_, None) => StoreError::NoStatement,
            other => other.into(),
        })
    }

    fn rows(&self, sql: &str, params: impl Params) -> Result<Vec<RecordBatch>, StoreError> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_arrow(params)?;
        let schema = rows.get_schema();
        let batches: Vec<RecordBatch> = rows.collect();
        Ok(if batches.is_empty() { vec![RecordBatch::new_empty(schema)] } else { batches })
    }
}
