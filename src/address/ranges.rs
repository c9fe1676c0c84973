//! The list of AWS ranges: ip-ranges.json.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::Deserialize;

use super::{AddressError, Cloud};

/// The service that covers all ranges, including ranges that belong to other services.
const ALL_SERVICES: &str = "AMAZON";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RangesJson {
    create_date: String,
    prefixes: Vec<Prefix>,
    #[serde(rename = "ipv6_prefixes")]
    ipv6_prefixes: Vec<Prefix>,
}

#[derive(Deserialize)]
struct Prefix {
    #[serde(alias = "ip_prefix", alias = "ipv6_prefix")]
    network: IpNetwork,
    region: String,
    service: String,
}

/// A range's region and service.
type RangeEntry = (String, String);

/// The ranges, by network. A network can belong to several services.
#[derive(Debug)]
pub(super) struct Ranges {
    made: String,
    /// The prefix lengths that occur, longest first.
    lengths: Vec<u8>,
    by_network: HashMap<IpNetwork, Vec<RangeEntry>>,
}

impl Ranges {
    pub(super) fn read(name: &str, text: &[u8]) -> Result<Self, AddressError> {
        let cause = |cause| AddressError::Ranges { name: name.to_owned(), cause };
        let document: RangesJson = serde_json::from_slice(text).map_err(cause)?;
        let mut by_network: HashMap<IpNetwork, Vec<RangeEntry>> = HashMap::new();
        for prefix in document.prefixes.into_iter().chain(document.ipv6_prefixes) {
            let network = network_of(prefix.network.ip(), prefix.network.prefix());
            by_network.entry(network.unwrap_or(prefix.network)).or_default().push((prefix.region, prefix.service));
        }
        if by_network.is_empty() {
            return Err(AddressError::NoRanges { name: name.to_owned() });
        }
        let lengths: BTreeSet<u8> = by_network.keys().map(IpNetwork::prefix).collect();
        Ok(Self { made: document.create_date, lengths: lengths.into_iter().rev().collect(), by_network })
    }

    /// The list's creation time, as stated in the list.
    pub(super) fn made(&self) -> &str {
        &self.made
    }

    /// The services that contain the address, with the region of the narrowest range.
    pub(super) fn look_up(&self, ip: IpAddr) -> Option<Cloud> {
        let networks = self.lengths.iter().filter_map(|length| network_of(ip, *length));
        let found: Vec<(IpNetwork, &RangeEntry)> = networks
            .filter_map(|network| self.by_network.get(&network).map(|entries| (network, entries)))
            .flat_map(|(network, entries)| entries.iter().map(move |entry| (network, entry)))
            .collect();
        let (range, (region, _)) = found.first()?;
        let services: BTreeSet<&str> = found.iter().map(|(_, (_, service))| service.as_str()).collect();
        let named: Vec<&str> = services.into_iter().filter(|service| *service != ALL_SERVICES).collect();
        Some(Cloud {
            provider: "AWS".to_owned(),
            service: if named.is_empty() { ALL_SERVICES.to_owned() } else { named.join(", ") },
            region: region.clone(),
            range: range.to_string(),
        })
    }
}

/// The network with this prefix length that contains the address; `None` if the prefix is longer than the address.
fn network_of(ip: IpAddr, length: u8) -> Option<IpNetwork> {
    let network = IpNetwork::new(ip, length).ok()?;
    IpNetwork::new(network.network(), length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"syncToken": "1", "createDate": "2026-03-01-10-00-00", "prefixes": [
        {"ip_prefix": "192.0.2.0/24", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "eu-west-1"},
        {"ip_prefix": "192.0.2.0/25", "region": "eu-west-1", "service": "EC2", "network_border_group": "eu-west-1"},
        {"ip_prefix": "192.0.2.16/29", "region": "eu-west-1", "service": "EC2_INSTANCE_CONNECT"},
        {"ip_prefix": "198.51.100.0/24", "region": "GLOBAL", "service": "CLOUDFRONT"}], "ipv6_prefixes": [
        {"ipv6_prefix": "2001:db8:10::/44", "region": "us-east-1", "service": "AMAZON"},
        {"ipv6_prefix": "2001:db8:10::/44", "region": "us-east-1", "service": "S3"}]}"#;

    fn looked_up(address: &str) -> Option<[String; 3]> {
        let ranges = Ranges::read("ip-ranges.json", LIST.as_bytes()).unwrap();
        let cloud = ranges.look_up(address.parse().unwrap())?;
        Some([cloud.service, cloud.region, cloud.range])
    }

    #[test]
    fn lookup_returns_all_services_and_narrowest_range() {
        let texts = |service: &str, region: &str, range: &str| Some([service, region, range].map(str::to_owned));
        assert_eq!(looked_up("192.0.2.18"), texts("EC2, EC2_INSTANCE_CONNECT", "eu-west-1", "192.0.2.16/29"));
        assert_eq!(looked_up("192.0.2.1"), texts("EC2", "eu-west-1", "192.0.2.0/25"));
        assert_eq!(looked_up("192.0.2.200"), texts("AMAZON", "eu-west-1", "192.0.2.0/24"));
        assert_eq!(looked_up("198.51.100.255"), texts("CLOUDFRONT", "GLOBAL", "198.51.100.0/24"));
        assert_eq!(looked_up("2001:db8:1f:ffff::1"), texts("S3", "us-east-1", "2001:db8:10::/44"));
        assert_eq!([looked_up("192.0.3.0"), looked_up("2001:db8:20::1")], [None, None]);
    }

    #[test]
    fn invalid_documents_are_rejected() {
        let error = |text: &str| Ranges::read("a.json", text.as_bytes()).unwrap_err().to_string();
        assert!(error("{").starts_with("a.json is not AWS's ip-ranges.json: EOF"));
        assert!(error(r#"{"prefixes": []}"#).contains("missing field"));
        let bad = LIST.replace("192.0.2.0/25", "192.0.2.0/33");
        assert!(error(&bad).contains("invalid"), "{}", error(&bad));
        let empty = r#"{"createDate": "x", "prefixes": [], "ipv6_prefixes": []}"#;
        assert_eq!(error(empty), "a.json is not AWS's ip-ranges.json: it lists no ranges");
    }
}
