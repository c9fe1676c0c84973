//! The data about an address: a row in the `addresses` table.

use arrow::array::Array;
use arrow::record_batch::RecordBatch;
use ipnetwork::IpNetwork;

use crate::batch::{BatchError, Cell, Columns, Rows, text_at};
use crate::table::ADDRESSES;

/// The data from databases of countries and owners.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The narrowest network that has a record.
    pub network: Option<String>,
    /// Two letters, ISO 3166.
    pub country: Option<String>,
    /// The city, in English.
    pub city: Option<String>,
    /// The number of the network's autonomous system.
    pub asn: Option<i64>,
    /// The owner of the autonomous system.
    pub owner: Option<String>,
}

/// The data from the list of AWS ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cloud {
    /// Always `AWS`.
    pub provider: String,
    /// The services whose ranges contain it, sorted and separated by commas: `EC2`. `AMAZON` if there is no specific
    /// service.
    pub service: String,
    /// The region of the narrowest range, or `GLOBAL`.
    pub region: String,
    /// The narrowest range.
    pub range: String,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// As written in events.
    pub address: String,
    /// Its location and owner.
    pub place: Location,
    /// Its cloud; `None` if it is not in any known cloud.
    pub cloud: Option<Cloud>,
}

impl Location {
    /// Fills missing values from `other`.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            network: narrower(self.network, other.network),
            country: self.country.or(other.country),
            city: self.city.or(other.city),
            // A number and its owner belong together.
            owner: if self.asn.is_some() { self.owner } else { other.owner.or(self.owner) },
            asn: self.asn.or(other.asn),
        }
    }

    fn is_known(&self) -> bool {
        self.country.is_some() || self.city.is_some() || self.asn.is_some() || self.owner.is_some()
    }
}

fn narrower(one: Option<String>, other: Option<String>) -> Option<String> {
    let length = |network: &Option<String>| network.as_ref()?.parse::<IpNetwork>().ok().map(|found| found.prefix());
    if length(&other) > length(&one) { other } else { one }
}

impl Address {
    /// A one-line summary for people: `DE, AS24940 Hetzner Online GmbH`. `None` if nothing is known.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let Location { country, asn, owner, .. } = &self.place;
        let number = asn.map(|asn| format!("AS{asn}"));
        let network: Vec<String> = [number, owner.clone()].into_iter().flatten().collect();
        let network = (!network.is_empty()).then(|| network.join(" "));
        let cloud = self.cloud.as_ref().map(|cloud| format!("{} {} {}", cloud.provider, cloud.service, cloud.region));
        let parts: Vec<String> = [country.clone(), network, cloud].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Whether any database contains data about it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.place.is_known() || self.cloud.is_some()
    }

    /// Reads the rows of a batch of `addresses`.
    ///
    /// # Errors
    /// If a column is missing.
    pub fn read(batch: &RecordBatch) -> Result<Vec<Self>, BatchError> {
        let text = |name| Columns(batch).text(name);
        let (address, network, country) = (text("address")?, text("network")?, text("country")?);
        let (city, asn, owner) = (text("city")?, Columns(batch).integer("asn")?, text("owner")?);
        let (provider, service) = (text("cloud")?, text("cloud_service")?);
        let (region, range) = (text("cloud_region")?, text("cloud_range")?);
        let own = |column, row| text_at(column, row).map(str::to_owned);
        let read = |row| Self {
            address: own(address, row).unwrap_or_default(),
            place: Location {
                network: own(network, row),
                country: own(country, row),
                city: own(city, row),
                asn: asn.is_valid(row).then(|| asn.value(row)),
                owner: own(owner, row),
            },
            cloud: own(provider, row).map(|provider| Cloud {
                provider,
                service: own(service, row).unwrap_or_default(),
                region: own(region, row).unwrap_or_default(),
                range: own(range, row).unwrap_or_default(),
            }),
        };
        Ok((0..batch.num_rows()).map(read).collect())
    }

    /// A batch of `addresses`.
    ///
    /// # Errors
    /// If the cells do not match the columns of the table, which a test excludes.
    pub fn rows(addresses: &[Self]) -> Result<RecordBatch, BatchError> {
        let mut rows = Rows::new(&ADDRESSES);
        for found in addresses {
            let (place, cloud) = (&found.place, found.cloud.as_ref());
            rows.push(&[
                Cell::text(&found.address),
                Cell::Text(place.network.as_deref()),
                Cell::Text(place.country.as_deref()),
                Cell::Text(place.city.as_deref()),
                Cell::Integer(place.asn),
                Cell::Text(place.owner.as_deref()),
                Cell::Text(cloud.map(|cloud| cloud.provider.as_str())),
                Cell::Text(cloud.map(|cloud| cloud.service.as_str())),
                Cell::Text(cloud.map(|cloud| cloud.region.as_str())),
                Cell::Text(cloud.map(|cloud| cloud.range.as_str())),
                Cell::Text(found.summary().as_deref()),
            ])?;
        }
        rows.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(network: &str, country: Option<&str>, asn: Option<i64>, owner: Option<&str>) -> Location {
        let own = |text: &str| text.to_owned();
        Location { network: Some(own(network)), country: country.map(own), city: None, asn, owner: owner.map(own) }
    }

    #[test]
    fn merge_keeps_asn_with_its_owner_and_narrowest_network() {
        let country = place("203.0.113.0/24", Some("DE"), None, None);
        let owner = place("203.0.112.0/22", Some("NL"), Some(64_500), Some("Example Ltd"));
        let wanted = place("203.0.113.0/24", Some("DE"), Some(64_500), Some("Example Ltd"));
        assert_eq!(country.clone().or(owner.clone()), wanted);
        assert_eq!(owner.or(country), Location { country: Some("NL".to_owned()), ..wanted });
        let (bare, other) =
            (place("192.0.2.0/24", None, Some(1), None), place("192.0.2.0/24", None, Some(2), Some("B")));
        assert_eq!(bare.clone().or(other), bare);
    }

    #[test]
    fn addresses_round_trip_and_have_summaries() {
        let cloud = Cloud {
            provider: "AWS".to_owned(),
            service: "EC2".to_owned(),
            region: "eu-west-1".to_owned(),
            range: "192.0.2.0/25".to_owned(),
        };
        let addresses = [
            Address {
                address: "192.0.2.1".to_owned(),
                place: place("192.0.2.0/24", Some("IE"), Some(16_509), Some("Amazon.com, Inc.")),
                cloud: Some(cloud),
            },
            Address { address: "10.0.0.1".to_owned(), ..Address::default() },
        ];
        let batch = Address::rows(&addresses).unwrap();
        assert_eq!(Address::read(&batch).unwrap(), addresses);
        let summaries = addresses.map(|address| address.summary());
        assert_eq!(summaries, [Some("IE, AS16509 Amazon.com, Inc., AWS EC2 eu-west-1".to_owned()), None]);
    }
}
