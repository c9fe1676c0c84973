//! Looks up the addresses in a case in databases that the user provides.

use std::collections::HashMap;

use thiserror::Error;

use crate::address::{Address, AddressError, Databases};
use crate::batch::{BatchError, Columns};
use crate::store::{Case, StoreError};
use crate::table::ADDRESSES;

/// Every address that events came from; service names are excluded, because they have no network.
const EVERY: &str = "SELECT DISTINCT source_ip AS address FROM events WHERE network IS NOT NULL ORDER BY address";

/// Why addresses could not be looked up. The case is unchanged.
#[derive(Debug, Error)]
pub enum LocateError {
    /// A database cannot be read.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The case could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows could not be converted to batches.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The facts about the databases are not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// How many addresses were looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Located {
    /// The addresses in the case.
    pub addresses: usize,
    /// The addresses that a database has data for.
    pub known: usize,
}

/// Looks up every address in the case once, and replaces the rows of `addresses`. The columns of databases that were not
/// given are unchanged.
///
/// # Errors
/// [`LocateError`]; the case is then unchanged.
pub fn locate(case: &Case, databases: &Databases) -> Result<Located, LocateError> {
    let before = looked_up(case)?;
    let mut found = Vec::new();
    for batch in &case.query(EVERY)? {
        for address in Columns(batch).text("address")?.iter().flatten() {
            found.extend(databases.look_up(address, before.get(address))?);
        }
    }
    let rows = Address::rows(&found)?;
    let geo = databases.geo_sources().map(serde_json::to_string).transpose()?;
    let ranges = databases.ranges_source().map(serde_json::to_string).transpose()?;
    case.transaction(|case| {
        case.replace(&ADDRESSES, &rows)?;
        let facts = [("geoip", geo), ("ip_ranges", ranges)];
        facts.into_iter().try_for_each(|(key, fact)| fact.map_or(Ok(()), |fact| case.set_info(key, &fact)))
    })?;
    Ok(Located { addresses: found.len(), known: found.iter().filter(|address| address.is_known()).count() })
}

/// The number of addresses that were not looked up although others were, because a later load added them.
///
/// # Errors
/// DuckDB's message.
pub fn not_looked_up(case: &Case) -> Result<usize, LocateError> {
    let known = looked_up(case)?;
    if known.is_empty() {
        return Ok(0);
    }
    let mut missing = 0;
    for batch in &case.query(EVERY)? {
        missing +=
            Columns(batch).text("address")?.iter().flatten().filter(|address| !known.contains_key(*address)).count();
    }
    Ok(missing)
}

fn looked_up(case: &Case) -> Result<HashMap<String, Address>, LocateError> {
    let mut known = HashMap::new();
    for batch in &case.query("FROM addresses")? {
        known.extend(Address::read(batch)?.into_iter().map(|address| (address.address.clone(), address)));
    }
    Ok(known)
}
