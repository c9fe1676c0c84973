//! The case that a subcommand reads.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow::record_batch::RecordBatch;
use cartographer::store::Case;
use clap::Args;

use super::fail::Advised;

/// Which case.
#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    /// The case: a DuckDB file that `cartographer load` wrote
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
}

impl CaseArgs {
    /// The case in that file.
    pub(crate) const fn at(db: PathBuf) -> Self {
        Self { db }
    }

    /// The case's file, as it was named.
    pub(crate) fn path(&self) -> &Path {
        &self.db
    }

    /// Opens a case that must be there, for reading.
    pub(crate) fn open_read_only(&self) -> Result<Case> {
        self.must_exist()?;
        Case::open_read_only(&self.db).with_context(|| self.cannot_open())
    }

    /// Opens a case that must be there, for writing.
    pub(crate) fn open_for_writing(&self) -> Result<Case> {
        self.must_exist()?;
        Case::open(&self.db).with_context(|| self.cannot_open())
    }

    /// Asks what only a case can answer.
    pub(crate) fn ask(&self, case: &Case, sql: &str, params: &[String]) -> Result<Vec<RecordBatch>> {
        case.query_with(sql, params).with_context(|| {
            Advised::new(
                format!("{} does not answer as a case does", self.db.display()),
                "Is it a file that `cartographer load` of this version wrote?",
            )
        })
    }

    fn must_exist(&self) -> Result<()> {
        if self.db.exists() {
            return Ok(());
        }
        let advice = format!("Load a trail into it first: cartographer load PATH --db {}", self.db.display());
        bail!(Advised::new(format!("there is no case {}", self.db.display()), advice))
    }

    fn cannot_open(&self) -> Advised {
        Advised::new(
            format!("cannot open {}", self.db.display()),
            "Is it a DuckDB file, and is no other program writing to it?",
        )
    }
}
