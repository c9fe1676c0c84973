//! `cartographer import`

use anyhow::Result;
use clap::Subcommand;

use super::load::Load;
use super::{ExitCode, Streams};

const EXAMPLES: &str = "\
Examples:
  cartographer import ocsf ./security-lake --db case.duckdb
  cartographer import ocsf case-ocsf.parquet --db other.duckdb";

/// Load CloudTrail that was converted to another format
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Import {
    /// Load CloudTrail from OCSF, as written by Security Lake: Parquet or JSON
    ///
    /// An alias of `load`, which detects OCSF from its content. If an event's `raw_data` has the record, it is used;
    /// otherwise the record is rebuilt from the attributes and `unmapped`.
    #[command(after_help = format!("{}\n\n{EXAMPLES}", super::exit::HELP))]
    Ocsf(Load),
}

impl Import {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let Self::Ocsf(load) = self;
        load.run(streams)
    }
}
