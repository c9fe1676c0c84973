//! Room: address. Where does an address lie, whose network is it in, and is it one of AWS's? By databases that the user
//! gives. No network, no files, no case.
//!
//! Geolocation says where a network is registered or thought to be. It never says where a person was: VPNs, proxies and
//! mobile networks hide that.

mod geo;
mod ranges;
mod row;

use std::net::IpAddr;

use serde::Serialize;
use thiserror::Error;

use crate::digest::sha256;

use geo::Geo;
use ranges::Ranges;

pub use row::{Address, Cloud, Place};

/// Why a database cannot be used.
#[derive(Debug, Error)]
pub enum AddressError {
    /// The file is no database, or is damaged.
    #[error("{name} is not a MaxMind database (MMDB), or is damaged: {cause}")]
    Database {
        /// The file.
        name: String,
        /// What is wrong with it.
        cause: maxminddb::MaxMindDbError,
    },
    /// The database has nothing that is asked for.
    #[error(
        "{name} is of the type {kind:?} and has neither countries nor network owners as MaxMind and IPinfo write them"
    )]
    NoFields {
        /// The file.
        name: String,
        /// The type that the database says it is of.
        kind: String,
    },
    /// The file is no list of AWS's ranges.
    #[error("{name} is not AWS's ip-ranges.json: {cause}")]
    Ranges {
        /// The file.
        name: String,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
    /// The list has no range.
    #[error("{name} is not AWS's ip-ranges.json: it has no ranges")]
    NoRanges {
        /// The file.
        name: String,
    },
}

/// Which file said something of addresses: a fact of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The file's name.
    pub file: String,
    /// What it says it is: `GeoLite2-Country`, `ip-ranges.json`.
    pub kind: String,
    /// The day it was made, as it says.
    pub made: String,
    /// Hash of its bytes, hex.
    pub sha256: String,
}

/// Databases of addresses.
#[derive(Debug, Default)]
pub struct Databases {
    geo: Vec<Geo>,
    ranges: Option<Ranges>,
    geo_sources: Vec<Source>,
    ranges_source: Option<Source>,
}

impl Databases {
    /// Adds a database of countries, cities or network owners: the bytes of an MMDB file, as MaxMind or IPinfo lay it out.
    ///
    /// # Errors
    /// [`AddressError`] if it is damaged anywhere, or has nothing that is asked for.
    pub fn add_geo(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), AddressError> {
        let sha256 = sha256(&bytes);
        let geo = Geo::read(name, bytes)?;
        self.geo_sources.push(Source { file: name.to_owned(), kind: geo.kind().to_owned(), made: geo.made(), sha256 });
        self.geo.push(geo);
        Ok(())
    }

    /// Takes AWS's list of its ranges: the text of ip-ranges.json. A second list replaces the first.
    ///
    /// # Errors
    /// [`AddressError`] if it is no such list.
    pub fn set_ranges(&mut self, name: &str, text: &[u8]) -> Result<(), AddressError> {
        let ranges = Ranges::read(name, text)?;
        let (file, kind, made) = (name.to_owned(), "ip-ranges.json".to_owned(), ranges.made().to_owned());
        self.ranges_source = Some(Source { file, kind, made, sha256: sha256(text) });
        self.ranges = Some(ranges);
        Ok(())
    }

    /// Whether no database was given.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.geo.is_empty() && self.ranges.is_none()
    }

    /// The databases of countries and owners; `None` if none was given.
    #[must_use]
    pub fn geo_sources(&self) -> Option<&[Source]> {
        (!self.geo.is_empty()).then_some(&self.geo_sources)
    }

    /// AWS's list; `None` if it was not given.
    #[must_use]
    pub const fn ranges_source(&self) -> Option<&Source> {
        self.ranges_source.as_ref()
    }

    /// What the databases say of an address, as events spell it; `None` if that is no address. What no database was given
    /// for stays as it was: `before`.
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
            found.place = records.into_iter().fold(Place::default(), Place::or);
        }
        if let Some(ranges) = &self.ranges {
            found.cloud = ranges.look_up(ip);
        }
        Ok(Some(found))
    }
}
