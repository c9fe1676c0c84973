//! Looks up the country, network owner and AWS range of addresses in databases that the user provides. Does not use the
//! network, files or a case.
//!
//! Geolocation describes where a network is registered or assumed to be. It does not show where a person was: VPNs,
//! proxies and mobile networks hide that.

mod geo;
mod ranges;
mod row;

use std::net::IpAddr;

use serde::Serialize;
use thiserror::Error;

use crate::digest::sha256;

use geo::Geo;
use ranges::Ranges;

pub use row::{Address, Cloud, Location};

/// Why a database cannot be used.
#[derive(Debug, Error)]
pub enum AddressError {
    /// The file is not a database, or is damaged.
    #[error("{name} is not a MaxMind database (MMDB), or is damaged: {cause}")]
    Database {
        /// The file.
        name: String,
        /// The error.
        cause: maxminddb::MaxMindDbError,
    },
    /// The database does not contain any known fields.
    #[error("{name} (type {kind:?}) contains neither countries nor network owners in the MaxMind or IPinfo format")]
    NoFields {
        /// The file.
        name: String,
        /// The database type in its metadata.
        kind: String,
    },
    /// The file is not a list of AWS ranges.
    #[error("{name} is not AWS's ip-ranges.json: {cause}")]
    Ranges {
        /// The file.
        name: String,
        /// The error.
        cause: serde_json::Error,
    },
    /// The list contains no ranges.
    #[error("{name} is not AWS's ip-ranges.json: it lists no ranges")]
    NoRanges {
        /// The file.
        name: String,
    },
}

/// The file that addresses were looked up in, as recorded in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatabaseSource {
    /// The file's name.
    pub file: String,
    /// Its type: `GeoLite2-Country`, `ip-ranges.json`.
    pub kind: String,
    /// Its build date, from its metadata.
    pub made: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// The address databases.
#[derive(Debug, Default)]
pub struct Databases {
    geo: Vec<Geo>,
    ranges: Option<Ranges>,
    geo_sources: Vec<DatabaseSource>,
    ranges_source: Option<DatabaseSource>,
}

impl Databases {
    /// Adds a database of countries, cities or network owners: the bytes of an MMDB file in the layout of MaxMind or
    /// IPinfo.
    ///
    /// # Errors
    /// [`AddressError`] if the file is damaged, or does not contain any known fields.
    pub fn add_geo(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), AddressError> {
        let sha256 = sha256(&bytes);
        let geo = Geo::read(name, bytes)?;
        self.geo_sources.push(DatabaseSource {
            file: name.to_owned(),
            kind: geo.kind().to_owned(),
            made: geo.made(),
            sha256,
        });
        self.geo.push(geo);
        Ok(())
    }

    /// Sets the list of AWS ranges: the text of ip-ranges.json. A second list replaces the first.
    ///
    /// # Errors
    /// [`AddressError`] if the text is not such a list.
    pub fn set_ranges(&mut self, name: &str, text: &[u8]) -> Result<(), AddressError> {
        let ranges = Ranges::read(name, text)?;
        let (file, kind, made) = (name.to_owned(), "ip-ranges.json".to_owned(), ranges.made().to_owned());
        self.ranges_source = Some(DatabaseSource { file, kind, made, sha256: sha256(text) });
        self.ranges = Some(ranges);
        Ok(())
    }

    /// Whether there are no databases.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.geo.is_empty() && self.ranges.is_none()
    }

    /// The databases of countries and owners; `None` if there are none.
    #[must_use]
    pub fn geo_sources(&self) -> Option<&[DatabaseSource]> {
        (!self.geo.is_empty()).then_some(&self.geo_sources)
    }

    /// The list of AWS ranges; `None` if there is none.
    #[must_use]
    pub const fn ranges_source(&self) -> Option<&DatabaseSource> {
        self.ranges_source.as_ref()
    }

    /// Looks up an address as written in events; `None` if the text is not an address. Values for which there is no
    /// database are taken from `before`.
    ///
    /// # Errors
    /// [`AddressError::Database`] if a record cannot be read.
    pub fn look_up(&self, address: &str, before: Option<&Address>) -> Result<Option<Address>, AddressError> {
        let Ok(ip) = address.parse::<IpAddr>() else { return Ok(None) };
        let ip = ip.to_canonical();
        let mut found = before.cloned().unwrap_or_default();
        address.clone_into(&mut found.address);
        if !self.geo.is_empty() {
            let records = self.geo.iter().map(|geo| geo.look_up(ip)).collect::<Result<Vec<_>, _>>()?;
            found.place = records.into_iter().fold(Location::default(), Location::or);
        }
        if let Some(ranges) = &self.ranges {
            found.cloud = ranges.look_up(ip);
        }
        Ok(Some(found))
    }
}
