//! Converts rules to a batch of `rules`.

use arrow::record_batch::RecordBatch;

use super::{BatchError, Cell, Rows};
use crate::rule::Rule;
use crate::table::RULES;

/// The rules as a batch, in their order.
///
/// # Errors
/// If the cells do not match the columns of the table, which a test excludes.
pub fn rules(all: &[Rule]) -> Result<RecordBatch, BatchError> {
    let mut rows = Rows::new(&RULES);
    for rule in all {
        rows.push(&[
            Cell::text(&rule.id),
            Cell::text(&rule.title),
            Cell::text(&rule.summary),
            Cell::text(rule.kind.as_str()),
            Cell::text(&rule.service),
            Cell::list(&rule.console_path),
            Cell::list(&rule.attack),
            Cell::text(&rule.provenance.describe()),
            Cell::Text(rule.ccc_label.as_deref()),
            Cell::text(&rule.file),
        ])?;
    }
    rows.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Columns;
    use crate::rule::Provenance;
    use crate::signal::Kind;

    #[test]
    fn rule_fields_are_written_to_columns() {
        let rule = Rule {
            id: "iam/users".into(),
            title: "IAM > Users".into(),
            summary: "Listed users".into(),
            kind: Kind::List,
            service: "iam".into(),
            console_path: vec!["IAM".into(), "Users".into()],
            attack: vec!["T1087.004".into()],
            ccc_label: None,
            provenance: Provenance { years: vec![2023, 2026], ..Provenance::default() },
            file: "iam/users.toml".into(),
            ..Rule::default()
        };
        let batch = rules(&[rule]).unwrap();
        let text = |name: &str| Columns(&batch).text(name).unwrap().iter().next().unwrap().map(str::to_owned);
        assert_eq!(text("rule_id").as_deref(), Some("iam/users"));
        assert_eq!(text("kind").as_deref(), Some("list"));
        assert_eq!(text("ccc_label"), None);
        assert_eq!(text("provenance").as_deref(), Some("observed 2023, 2026"));
        assert_eq!(text("file").as_deref(), Some("iam/users.toml"));
    }
}
