//! The table of what Sigma rules match.

use super::ColumnKind::{Integer, Text, TextList};
use super::{Column, Table};

/// `sigma_matches`
pub const SIGMA_MATCHES: Table = Table {
    name: "sigma_matches",
    grain: "The events that Sigma rules match, as the last `cartographer hunt --sigma PATH --save` saved them. The view sigma_hits \
            has them with their signals.",
    columns: &[
        Column::new("rule_id", Text, "ID of the Sigma rule, or its name or title if it has none").repeating(),
        Column::new("title", Text, "Title of the Sigma rule").repeating(),
        Column::new(
            "level",
            Text,
            "Level of the Sigma rule: informational, low, medium, high or critical. NULL if it states none",
        )
        .repeating(),
        Column::new(
            "level_number",
            Integer,
            "The level as a number, to compare by: 1 informational, 2 low, 3 medium, 4 high, 5 critical",
        ),
        Column::new("tags", TextList, "Tags of the Sigma rule: attack.t1098.001"),
        Column::new("event_id", Text, "Event that the rule matches: events.event_id"),
    ],
};
