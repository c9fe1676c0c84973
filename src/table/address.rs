//! The table of addresses.

use super::ColumnKind::{Integer, Text};
use super::{Column, Table};

/// `addresses`
pub const ADDRESSES: Table = Table {
    name: "addresses",
    grain: "The IP addresses that events came from, with data from the databases given with --geoip and --ip-ranges. The table is \
            empty if none was given. Columns without a database are NULL.",
    columns: &[
        Column::new("address", Text, "IP address: events.source_ip"),
        Column::new("network", Text, "Smallest network that the --geoip databases have a record for"),
        Column::new("country", Text, "Country of the network according to the database, as two letters (ISO 3166)"),
        Column::new("city", Text, "City of the network according to the database, in English"),
        Column::new("asn", Integer, "Number of the autonomous system that announces the network"),
        Column::new("owner", Text, "Organization that the autonomous system is registered to"),
        Column::new("cloud", Text, "AWS if the address is in the published ranges of AWS, otherwise NULL"),
        Column::new(
            "cloud_service",
            Text,
            "Services whose ranges contain the address, sorted, separated by commas: EC2. AMAZON if no service is named",
        ),
        Column::new("cloud_region", Text, "Region of the smallest range that contains the address, or GLOBAL"),
        Column::new("cloud_range", Text, "Smallest published range of AWS that contains the address"),
        Column::new("summary", Text, "Country, owner and cloud in one line. NULL if none of them is known"),
    ],
};
