//! The table of addresses.

use super::ColumnKind::{Integer, Text};
use super::{Column, Table};

/// `addresses`
pub const ADDRESSES: Table = Table {
    name: "addresses",
    grain: "The IP addresses that events came from, with data from the databases given by --geoip and --ip-ranges. The table is \
            empty if no database was given. Columns that no database provides are NULL.",
    columns: &[
        Column::new("address", Text, "IP address: events.source_ip"),
        Column::new(
            "network",
            Text,
            "Smallest network that contains the address and has a record in the --geoip databases",
        ),
        Column::new("country", Text, "Two-letter code (ISO 3166) of the network's country, according to the database"),
        Column::new("city", Text, "City of the network, in English, according to the database"),
        Column::new("asn", Integer, "Number of the autonomous system that announces the network"),
        Column::new("owner", Text, "Organization that the autonomous system is registered to"),
        Column::new("cloud", Text, "AWS if the address is in the IP ranges published by AWS, otherwise NULL"),
        Column::new(
            "cloud_service",
            Text,
            "Services whose ranges contain the address, sorted and separated by commas: EC2. AMAZON if no service is named",
        ),
        Column::new("cloud_region", Text, "Region of the smallest range that contains the address, or GLOBAL"),
        Column::new("cloud_range", Text, "Smallest range published by AWS that contains the address"),
        Column::new("summary", Text, "Country, owner and cloud in one line. NULL if none of these is known"),
    ],
};
