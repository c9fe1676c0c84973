//! The case that a subcommand reads.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use arrow::record_batch::RecordBatch;
use cartographer::counted::counted;
use cartographer::store::{Case, EXPORT_MEMORY, ReadAccess};
use clap::Args;

use super::fail::WithAdvice;

/// Which case.
#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    /// The case: a DuckDB file created by `cartographer load` [default: case.duckdb, or the only .duckdb file in
    /// the current folder]
    #[arg(long, value_name = "FILE", env = "CARTOGRAPHER_DB", hide_env_values = true)]
    db: Option<PathBuf>,
    #[arg(skip)]
    resolved: OnceCell<PathBuf>,
}

impl CaseArgs {
    /// The case in that file.
    pub(crate) const fn at(db: PathBuf) -> Self {
        Self { db: Some(db), resolved: OnceCell::new() }
    }

    /// The only case in the current folder.
    pub(crate) const fn unnamed() -> Self {
        Self { db: None, resolved: OnceCell::new() }
    }

    /// The file of the case, as given.
    pub(crate) fn path(&self) -> &Path {
        let default = || self.db.clone().or_else(only_case).unwrap_or_else(|| PathBuf::from("case.duckdb"));
        self.resolved.get_or_init(default)
    }

    /// Opens an existing case for reading.
    pub(crate) fn open_read_only(&self) -> Result<Case> {
        self.must_exist()?;
        let access = ReadAccess { on_damage: Some(report_damage), ..ReadAccess::default() };
        Case::open_with(self.path(), access).with_context(|| self.cannot_open())
    }

    /// Opens an existing case for an export, which may write files into a folder.
    pub(crate) fn open_for_export(&self, temp_dir: &Path, output: Option<&Path>) -> Result<Case> {
        let (memory, temp_dir) = (Some(EXPORT_MEMORY), Some(temp_dir));
        let access = ReadAccess { memory, temp_dir, output, all_files: false, on_damage: Some(report_damage) };
        Case::open_with(self.path(), access).with_context(|| self.cannot_open())
    }

    /// Opens an existing case for reading, with access to all files.
    pub(crate) fn open_with_files(&self) -> Result<Case> {
        self.must_exist()?;
        let access = ReadAccess { all_files: true, on_damage: Some(report_damage), ..ReadAccess::default() };
        Case::open_with(self.path(), access).with_context(|| self.cannot_open())
    }

    /// Opens an existing case for writing.
    pub(crate) fn open_for_writing(&self) -> Result<Case> {
        self.must_exist()?;
        Case::open(self.path()).with_context(|| self.cannot_open())
    }

    /// Runs a query that requires the tables and views of a case.
    pub(crate) fn ask(&self, case: &Case, sql: &str, params: &[String]) -> Result<Vec<RecordBatch>> {
        case.query_with(sql, params).with_context(|| {
            WithAdvice::new(
                format!("{} cannot be queried as a case", self.path().display()),
                "Check that the file was created by this version of `cartographer load`.",
            )
        })
    }

    /// Fails if there is no such file.
    pub(crate) fn must_exist(&self) -> Result<()> {
        let path = self.path();
        if path.exists() {
            return Ok(());
        }
        if self.db.is_none() {
            bail!(WithAdvice::misuse(
                "no case was specified, and the current folder does not contain exactly one",
                "Use --db FILE, or set CARTOGRAPHER_DB.",
            ));
        }
        let advice = format!("To create it, load a trail: cartographer load PATH --db {}", path.display());
        bail!(WithAdvice::new(format!("the case {} does not exist", path.display()), advice))
    }

    /// The message that commands show for a file that cannot be opened as a case.
    pub(crate) fn cannot_open(&self) -> WithAdvice {
        WithAdvice::new(
            format!("cannot open {}", self.path().display()),
            "Check that it is a DuckDB file and that no other program is writing to it.",
        )
    }
}

static HAS_DAMAGE: AtomicBool = AtomicBool::new(false);

/// Tells the user that the case contains damaged JSON.
pub(crate) fn report_damage(rows: u64) {
    HAS_DAMAGE.store(true, Ordering::Relaxed);
    let rows = counted(rows, "row of the case contains", "rows of the case contain");
    // If this fails, there is no way to report it.
    let _ = writeln!(
        io::stderr(),
        "{rows} damaged JSON, which is read as NULL. To repair it, load the files into a new case."
    );
}

/// Whether the case contains damaged JSON, as far as this command has read it.
pub(crate) fn has_damage() -> bool {
    HAS_DAMAGE.load(Ordering::Relaxed)
}

/// The only file in the current folder that is named like a case.
fn only_case() -> Option<PathBuf> {
    let files = fs::read_dir(".").ok()?.filter_map(Result::ok).map(|entry| PathBuf::from(entry.file_name()));
    let mut cases = files.filter(|file| file.extension() == Some(OsStr::new("duckdb")));
    cases.next().filter(|_| cases.next().is_none())
}
