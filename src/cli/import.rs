//! `cartographer import`

use anyhow::Result;
use clap::Subcommand;

use super::load::Load;
use super::{ExitCode, Streams};

const EXAMPLES: &str = "\
Examples:
  cartographer import ocsf ./security-lake --db case.duckdb
  cartographer import ocsf case-ocsf.parquet --db other.duckdb";

/// Load CloudTrail events that were converted to another format
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Import {
    /// Load CloudTrail events from OCSF (Parquet or JSON), as written by Security Lake
    ///
    /// An alias for `load`, which detects OCSF from the contents of a file. If an event's `raw_data` contains the original
    /// record, that record is used; otherwise the record is rebuilt from the attributes and `unmapped`.
    #[command(after_help = format!("{}\n\n{EXAMPLES}", super::exit::HELP))]
    Ocsf(Load),
}

impl Import {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let Self::Ocsf(load) = self;
        load.run(streams)
    }
}
