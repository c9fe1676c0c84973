//! `cartographer addresses`, and the database options that `load` shares with it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cartographer::address::Databases;
use cartographer::counted::counted;
use cartographer::load::{self, Located};
use cartographer::read::file;
use cartographer::store::Case;
use clap::Args;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// The databases for looking up addresses.
#[derive(Debug, Args)]
pub(crate) struct DatabaseArgs {
    /// Look up addresses in this database of countries or network owners: an MMDB file from MaxMind or IPinfo (repeatable)
    #[arg(long, value_name = "FILE")]
    geoip: Vec<PathBuf>,
    /// Look up addresses in AWS's published IP ranges: the `ip-ranges.json` file from ip-ranges.amazonaws.com
    #[arg(long, value_name = "FILE")]
    ip_ranges: Option<PathBuf>,
}

impl DatabaseArgs {
    /// Reads the databases.
    pub(crate) fn read(&self) -> Result<Databases> {
        let mut databases = Databases::default();
        for path in &self.geoip {
            let cannot = || {
                WithAdvice::new(
                    format!("cannot use the database {}", path.display()),
                    "Use unpacked files from MaxMind or IPinfo, such as GeoLite2-Country.mmdb, GeoLite2-ASN.mmdb or \
                     ipinfo_lite.mmdb.",
                )
            };
            databases.add_geo(&name(path), file::read(path).with_context(cannot)?).with_context(cannot)?;
        }
        if let Some(path) = &self.ip_ranges {
            let cannot = || {
                WithAdvice::new(
                    format!("cannot use the IP ranges in {}", path.display()),
                    "Download the file with: curl -O https://ip-ranges.amazonaws.com/ip-ranges.json",
                )
            };
            databases.set_ranges(&name(path), &file::read(path).with_context(cannot)?).with_context(cannot)?;
        }
        Ok(databases)
    }
}

/// The name of the file, which is stored in the case.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Looks up the addresses of an existing case, and reports their number; without databases, reports how many have not been
/// looked up.
pub(crate) fn look_up(case: &Case, databases: &Databases, streams: Streams) -> Result<()> {
    if databases.is_empty() {
        let missing = load::not_looked_up(case).context("cannot read the addresses in the case")?;
        if missing > 0 {
            let new = counted(missing, "new address has", "new addresses have");
            streams
                .say(&format!("{new} not been looked up: run `cartographer addresses` with --geoip and --ip-ranges"));
        }
        return Ok(());
    }
    let Located { addresses, known } = load::locate(case, databases).context("cannot look up the addresses")?;
    let addresses = counted(addresses, "address", "addresses");
    streams.say(&format!("looked up {addresses} and found {known} in the databases"));
    Ok(())
}

/// List the addresses that events came from, and look them up in databases
///
/// With --geoip or --ip-ranges, first looks up every address in the case and stores the results in the case. Specify
/// all databases for an option in the same command, because they replace those used previously. Nothing is downloaded.
/// The country and owner in the databases are those of a network; they do not show where a person was.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer addresses --geoip GeoLite2-Country.mmdb --geoip GeoLite2-ASN.mmdb --ip-ranges ip-ranges.json
  cartographer addresses --geoip ipinfo_lite.mmdb --format csv
  cartographer addresses")]
pub(crate) struct Addresses {
    #[command(flatten)]
    case: CaseArgs,
    #[command(flatten)]
    databases: DatabaseArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Addresses {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let databases = self.databases.read()?;
        let case = if databases.is_empty() { self.case.open_read_only() } else { self.case.open_for_writing() }?;
        look_up(&case, &databases, streams)?;
        let columns = if self.format == RowFormat::Table {
            "first_time, last_time, address, country, asn, owner, cloud_service, cloud_region, events, failed, \
             array_to_string(principals[:3], ' ') || CASE WHEN len(principals) > 3 THEN ' …' ELSE '' END AS principals"
        } else {
            "*"
        };
        let batches =
            self.case.ask(&case, &format!("SELECT {columns} FROM address_uses ORDER BY first_time, address"), &[])?;
        format::write(streams, self.format, &batches)?;
        Ok(ExitCode::Fine)
    }
}

/// Whether addresses were looked up, so that a table can show the result.
pub(crate) fn are_looked_up(case: &Case) -> bool {
    let found = case.query("SELECT 1 FROM addresses LIMIT 1");
    found.is_ok_and(|batches| batches.iter().any(|batch| batch.num_rows() > 0))
}
