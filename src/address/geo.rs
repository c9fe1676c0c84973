//! Databases of countries, cities and network owners in `MaxMind`'s format, with the record layouts of `MaxMind` and
//! `IPinfo`.
//!
//! `MaxMind`: `country.iso_code`, `city.names.en`, `autonomous_system_number`, `autonomous_system_organization`; in
//! some products, the last two are nested in `traits`. `IPinfo`: strings, `country_code` or `country` (two letters),
//! `city`, `asn` (`AS64500`), `as_name` or `name`.

use std::net::IpAddr;

use chrono::DateTime;
use maxminddb::{MaxMindDbError, Reader, WithinOptions};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{AddressError, Location};

/// The number of records that are searched for a known field.
const MAX_SEARCHED: usize = 1000;

/// One database.
#[derive(Debug)]
pub(super) struct Geo {
    name: String,
    reader: Reader<Vec<u8>>,
}

/// The known fields of a record, in both vendors' layouts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GeoRecord {
    country: Option<NameField>,
    country_code: Option<TextOrNumber>,
    city: Option<NameField>,
    autonomous_system_number: Option<TextOrNumber>,
    autonomous_system_organization: Option<TextOrNumber>,
    traits: Option<Traits>,
    asn: Option<TextOrNumber>,
    as_name: Option<TextOrNumber>,
    name: Option<TextOrNumber>,
}

/// The autonomous system, in some `MaxMind` products.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traits {
    autonomous_system_number: Option<TextOrNumber>,
    autonomous_system_organization: Option<TextOrNumber>,
}

/// A text (`IPinfo`), or an object with a code and names (`MaxMind`).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum NameField {
    String(String),
    Object { iso_code: Option<String>, names: Option<LocalizedNames> },
    Other(IgnoredAny),
}

#[derive(Debug, Deserialize)]
struct LocalizedNames {
    en: Option<String>,
}

/// A text, a number, or another value, which is ignored.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum TextOrNumber {
    String(String),
    Number(i64),
    Other(IgnoredAny),
}

impl Geo {
    /// Reads and verifies the whole database, because a damaged database could return the wrong country.
    pub(super) fn read(name: &str, bytes: Vec<u8>) -> Result<Self, AddressError> {
        let damaged = |cause| AddressError::Database { name: name.to_owned(), cause };
        let reader = Reader::from_source(bytes).map_err(damaged)?;
        reader.verify().map_err(damaged)?;
        let kind = reader.metadata().database_type.clone();
        let geo = Self { name: name.to_owned(), reader };
        if geo.has_fields().map_err(damaged)? {
            Ok(geo)
        } else {
            Err(AddressError::NoFields { name: name.to_owned(), kind })
        }
    }

    /// The database type in the metadata.
    pub(super) fn kind(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// The build date: `2026-03-01`.
    pub(super) fn made(&self) -> String {
        let built = i64::try_from(self.reader.metadata().build_epoch).ok();
        let built = built.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        built.map_or_else(|| "unknown".to_owned(), |built| built.format("%Y-%m-%d").to_string())
    }

    /// Looks up an address.
    pub(super) fn look_up(&self, ip: IpAddr) -> Result<Location, AddressError> {
        // An IPv4 database does not contain IPv6 addresses.
        if ip.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(Location::default());
        }
        self.place(ip).map_err(|cause| AddressError::Database { name: self.name.clone(), cause })
    }

    fn place(&self, ip: IpAddr) -> Result<Location, MaxMindDbError> {
        let found = self.reader.lookup(ip)?;
        let Some(record) = found.decode::<GeoRecord>()? else { return Ok(Location::default()) };
        Ok(Location { network: Some(found.network()?.to_string()), ..record.place() })
    }

    /// Whether one of the first records has a known field.
    fn has_fields(&self) -> Result<bool, MaxMindDbError> {
        for found in self.reader.networks(WithinOptions::default())?.take(MAX_SEARCHED) {
            let place = found?.decode::<GeoRecord>()?.map(GeoRecord::place).unwrap_or_default();
            if place != Location::default() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl GeoRecord {
    fn place(self) -> Location {
        let traits = self.traits.unwrap_or_default();
        let numbers = [self.autonomous_system_number, traits.autonomous_system_number, self.asn];
        let number = numbers.into_iter().flatten().find_map(|number| number.number());
        let owners =
            [self.autonomous_system_organization, traits.autonomous_system_organization, self.as_name, self.name];
        let owner = owners.into_iter().flatten().find_map(TextOrNumber::text);
        let code = self.country_code.and_then(TextOrNumber::text).or_else(|| self.country.and_then(NameField::code));
        Location {
            network: None,
            country: code.filter(|code| code.len() == 2).map(|code| code.to_ascii_uppercase()),
            city: self.city.and_then(NameField::name),
            asn: number,
            // A name is the owner only if there is also a number.
            owner: owner.filter(|_| number.is_some()),
        }
    }
}

impl NameField {
    fn code(self) -> Option<String> {
        match self {
            Self::String(text) => Some(text),
            Self::Object { iso_code, .. } => iso_code,
            Self::Other(_) => None,
        }
    }

    fn name(self) -> Option<String> {
        let name = match self {
            Self::String(text) => Some(text),
            Self::Object { names, .. } => names.and_then(|names| names.en),
            Self::Other(_) => None,
        };
        name.filter(|name| !name.is_empty())
    }
}

impl TextOrNumber {
    fn text(self) -> Option<String> {
        if let Self::String(text) = self { Some(text).filter(|text| !text.is_empty()) } else { None }
    }

    /// The number of an autonomous system, from `AS64500` or `64500`.
    fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::String(text) => text.strip_prefix("AS").unwrap_or(text).parse().ok(),
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use mmdb_writer::Writer;
    use serde_json::{Value, json};

    use super::*;

    fn database(records: &[(&str, Value)]) -> Vec<u8> {
        let mut writer = Writer::builder("Made-Up").description(&[("en", "made up")]).build();
        for (network, record) in records {
            writer.insert(network.parse::<ipnet::IpNet>().unwrap(), record).unwrap();
        }
        writer.to_bytes().unwrap()
    }

    fn place(record: Value) -> [Option<String>; 4] {
        let geo = Geo::read("a.mmdb", database(&[("192.0.2.0/24", record)])).unwrap();
        let place = geo.look_up("192.0.2.7".parse().unwrap()).unwrap();
        assert_eq!(place.network.as_deref(), Some("192.0.2.0/24"));
        [place.country, place.city, place.asn.map(|asn| asn.to_string()), place.owner]
    }

    fn texts(texts: [&str; 4]) -> [Option<String>; 4] {
        texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    #[test]
    fn maxmind_records_are_parsed() {
        let city = json!({"city": {"geoname_id": 1, "names": {"de": "Köln", "en": "Cologne"}}, "continent": {"code": "EU"},
            "country": {"iso_code": "DE", "names": {"en": "Germany"}}, "registered_country": {"iso_code": "NL"}});
        assert_eq!(place(city), texts(["DE", "Cologne", "", ""]));
        let asn = json!({"autonomous_system_number": 64500, "autonomous_system_organization": "Example Ltd"});
        assert_eq!(place(asn), texts(["", "", "64500", "Example Ltd"]));
        let enterprise = json!({"country": {"iso_code": "SE"}, "traits": {"autonomous_system_number": 64501,
            "autonomous_system_organization": "Example AB", "is_anycast": true}});
        assert_eq!(place(enterprise), texts(["SE", "", "64501", "Example AB"]));
    }

    #[test]
    fn ipinfo_records_are_parsed() {
        let lite = json!({"country": "Germany", "country_code": "DE", "continent": "Europe", "continent_code": "EU",
            "asn": "AS64500", "as_name": "Example Ltd", "as_domain": "example.com"});
        assert_eq!(place(lite), texts(["DE", "", "64500", "Example Ltd"]));
        let both = json!({"country": "DE", "country_name": "Germany", "asn": "AS64500", "as_name": "Example Ltd"});
        assert_eq!(place(both), texts(["DE", "", "64500", "Example Ltd"]));
        let location = json!({"city": "Cologne", "country": "DE", "lat": "50.9", "timezone": "Europe/Berlin"});
        assert_eq!(place(location), texts(["DE", "Cologne", "", ""]));
        let system = json!({"asn": "AS64500", "name": "Example Ltd", "domain": "example.com", "type": "hosting"});
        assert_eq!(place(system), texts(["", "", "64500", "Example Ltd"]));
    }

    #[test]
    fn missing_values_are_none() {
        let unassigned = json!({"country_code": "DE", "asn": "", "as_name": ""});
        assert_eq!(place(unassigned), texts(["DE", "", "", ""]));
        let words = json!({"country": "Germany", "city": "", "asn": "AS64500"});
        assert_eq!(place(words), texts(["", "", "64500", ""]));
        let geo = Geo::read("a.mmdb", database(&[("192.0.2.0/24", json!({"country": "DE"}))])).unwrap();
        assert_eq!(geo.look_up("198.51.100.1".parse().unwrap()).unwrap(), Location::default());
        assert_eq!(geo.look_up("2001:db8::1".parse().unwrap()).unwrap(), Location::default());
    }

    #[test]
    fn unsupported_and_corrupt_databases_are_rejected() {
        let rejected = |bytes| Geo::read("a.mmdb", bytes).unwrap_err().to_string();
        let other = database(&[("192.0.2.0/24", json!({"connection_type": "Cable/DSL", "name": "x"}))]);
        assert_eq!(
            rejected(other),
            "a.mmdb (type \"Made-Up\") contains neither countries nor network owners in the MaxMind or IPinfo format"
        );
        let whole =
            database(&[("192.0.2.0/24", json!({"country": "DE"})), ("198.51.100.0/24", json!({"country": "SE"}))]);
        let damaged = "a.mmdb is not a MaxMind database (MMDB), or is damaged: ";
        for bytes in [Vec::new(), b"country,DE".to_vec(), whole[..whole.len() / 2].to_vec()] {
            assert!(rejected(bytes).starts_with(damaged));
        }
        // Corrupts a node of the search tree.
        let mut corrupted = whole.clone();
        corrupted[..3].fill(0xff);
        assert!(rejected(corrupted).starts_with(damaged));
        assert!(Geo::read("a.mmdb", whole).is_ok());
    }
}
