//! `cartographer import`

use anyhow::Result;
use clap::Subcommand;

use super::load::Load;
use super::{ExitCode, Streams};

/// Load CloudTrail that another tool has put into a form of its own
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Load CloudTrail out of OCSF, as Security Lake writes it: Parquet or JSON
    ///
    /// The same as `load`, which knows OCSF by its content. An event's `raw_data` is its record where that is kept;
    /// else the record is put together from the attributes and `unmapped`.
    #[command(after_help = super::exit::HELP)]
    Ocsf(Load),
}

impl Import {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let Self::Ocsf(load) = self;
        load.run(streams)
    }
}
