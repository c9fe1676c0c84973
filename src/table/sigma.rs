//! The table of Sigma matches.

use super::ColumnKind::{Integer, Text, TextList};
use super::{Column, Table};

/// `sigma_matches`
pub const SIGMA_MATCHES: Table = Table {
    name: "sigma_matches",
    grain: "The events matched by Sigma rules, as saved by the last run of `cartographer hunt --sigma PATH --save`. The \
            sigma_hits view lists them with their signals.",
    columns: &[
        Column::new("rule_id", Text, "ID of the Sigma rule, or its name or title if it does not have an ID").repeating(),
        Column::new("title", Text, "Title of the Sigma rule").repeating(),
        Column::new(
            "level",
            Text,
            "Level of the Sigma rule: informational, low, medium, high or critical. NULL if the rule does not state one",
        )
        .repeating(),
        Column::new(
            "level_number",
            Integer,
            "The level as a number, for ranking: 1 informational, 2 low, 3 medium, 4 high, 5 critical",
        ),
        Column::new("tags", TextList, "Tags of the Sigma rule: attack.t1098.001"),
        Column::new("event_id", Text, "Event matched by the rule: events.event_id"),
    ],
};
