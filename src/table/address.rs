//! The table of what is known of addresses.

use super::ColumnKind::{Integer, Text};
use super::{Column, Table};

/// `addresses`
pub const ADDRESSES: Table = Table {
    name: "addresses",
    grain: "One address that events came from, as the databases given with --geoip and --ip-ranges have it. Empty if none \
            was given; what no database was given for is NULL.",
    columns: &[
        Column::new("address", Text, "The address, as the events have it: events.source_ip"),
        Column::new("network", Text, "The narrowest network that the --geoip databases have a record for"),
        Column::new("country", Text, "The country the network is said to be in: two letters, ISO 3166"),
        Column::new("city", Text, "The city the network is said to be in, in English"),
        Column::new("asn", Integer, "The number of the autonomous system that announces the network"),
        Column::new("owner", Text, "The organization that the autonomous system is registered for"),
        Column::new("cloud", Text, "AWS, if the address is in AWS's list of its ranges"),
        Column::new(
            "cloud_service",
            Text,
            "The services whose ranges have the address, sorted, joined by commas: EC2; AMAZON if no service is named",
        ),
        Column::new("cloud_region", Text, "The region of the narrowest range that has the address, or GLOBAL"),
        Column::new("cloud_range", Text, "The narrowest range of AWS's list that has the address"),
        Column::new("summary", Text, "Country, owner and cloud in one line; NULL if nothing is known"),
    ],
};
