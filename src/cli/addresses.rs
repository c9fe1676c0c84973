//! `cartographer addresses`, and the databases that `load` takes too.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cartographer::address::Databases;
use cartographer::load::{self, Located};
use cartographer::store::Case;
use clap::Args;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// The databases for looking up addresses.
#[derive(Debug, Args)]
pub(crate) struct DatabaseArgs {
    /// Look addresses up in this database of countries or network owners: MMDB, from MaxMind or IPinfo (repeatable)
    #[arg(long, value_name = "FILE")]
    geoip: Vec<PathBuf>,
    /// Look addresses up in AWS's published ranges: the file `ip-ranges.json` from ip-ranges.amazonaws.com
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
                    "Give files as MaxMind or IPinfo offer them, unpacked: GeoLite2-Country.mmdb, GeoLite2-ASN.mmdb, \
                     ipinfo_lite.mmdb.",
                )
            };
            databases.add_geo(&name(path), fs::read(path).with_context(cannot)?).with_context(cannot)?;
        }
        if let Some(path) = &self.ip_ranges {
            let cannot = || {
                WithAdvice::new(
                    format!("cannot use the ranges {}", path.display()),
                    "Get it with: curl -O https://ip-ranges.amazonaws.com/ip-ranges.json",
                )
            };
            databases.set_ranges(&name(path), &fs::read(path).with_context(cannot)?).with_context(cannot)?;
        }
        Ok(databases)
    }
}

/// The name of the file, which is stored in the case.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Looks up the addresses of an existing case, and reports their number; without databases, reports how many are not looked up.
pub(crate) fn look_up(case: &Case, databases: &Databases, streams: Streams) -> Result<()> {
    if databases.is_empty() {
        let missing = load::not_looked_up(case).context("the addresses of the case cannot be read")?;
        if missing > 0 {
            streams.say(&format!(
                "{missing} new addresses are not looked up: `cartographer addresses` with --geoip and --ip-ranges does that"
            ));
        }
        return Ok(());
    }
    let Located { addresses, known } = load::locate(case, databases).context("the addresses were not looked up")?;
    streams.say(&format!("addresses {addresses} looked up, {known} of them known to the databases"));
    Ok(())
}

/// List the addresses that events came from, and look them up in databases
///
/// With --geoip and --ip-ranges, first looks up every address of the case and stores the results in it. Give all
/// databases of one option in the same command: they replace the earlier ones. Nothing is downloaded. Countries and
/// owners are those of networks, according to the databases; they do not show where a person was.
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
