//! Runs a query without an order in the order of the table or view that it reads.

use serde_json::Value;

use super::{Case, StoreError};
use crate::view;

impl Case {
    /// Like [`Case::query`]; if a query reads one table or view of the case and has no order, its rows have the documented
    /// order of that table or view, so that events are ordered by time. A limit applies to that order.
    ///
    /// # Errors
    /// See [`Case::query`], for the original query.
    pub fn query_in_order(&self, sql: &str) -> Result<Vec<arrow::record_batch::RecordBatch>, StoreError> {
        // An aggregation cannot be ordered by columns of its input: DuckDB refuses to prepare it.
        let ordered = self.ordered(sql).filter(|ordered| self.connection.prepare(ordered).is_ok());
        self.query(ordered.as_deref().unwrap_or(sql))
    }

    /// The query with the order added; `None` if it has an order, or reads something else.
    fn ordered(&self, sql: &str) -> Option<String> {
        let tree = self.scalar("SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", sql)?;
        let mut tree: Value = serde_json::from_str(&tree).ok()?;
        let [statement] = tree.get_mut("statements")?.as_array_mut()?.as_mut_slice() else { return None };
        let node = statement.get_mut("node")?;
        let order = self.order_of(node)?;
        node.get_mut("modifiers")?.as_array_mut()?.insert(0, order);
        self.scalar("SELECT json_deserialize_sql(?::JSON)", &tree.to_string())
    }

    /// The order of what a parsed query reads, as a query modifier.
    fn order_of(&self, node: &Value) -> Option<Value> {
        let source = node.get("from_table")?;
        let is = |value: &Value, key: &str, text: &str| value.get(key).and_then(Value::as_str) == Some(text);
        let is_own = is(source, "type", "BASE_TABLE") && is(source, "catalog_name", "");
        let is_own = is_own && (is(source, "schema_name", "") || is(source, "schema_name", "main"));
        let has_other = node.get("modifiers")?.as_array()?.iter().any(|kind| !is(kind, "type", "LIMIT_MODIFIER"));
        if !is(node, "type", "SELECT_NODE") || !is_own || has_other {
            return None;
        }
        let name = source.get("table_name")?.as_str()?.to_lowercase();
        // A CTE with that name, WITH events AS (…), has other columns.
        let own = node.get("cte_map")?.get("map")?.as_array()?;
        if own
            .iter()
            .any(|table| table.get("key").and_then(Value::as_str).is_some_and(|key| key.eq_ignore_ascii_case(&name)))
        {
            return None;
        }
        let example = format!("SELECT * FROM {name} ORDER BY {}", view::order(&name)?);
        let tree = self.scalar("SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", &example)?;
        let tree: Value = serde_json::from_str(&tree).ok()?;
        tree.pointer("/statements/0/node/modifiers/0").cloned()
    }

    fn scalar(&self, sql: &str, param: &str) -> Option<String> {
        self.connection.query_row(sql, [param], |row| row.get(0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(sql: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        Case::open(&folder.path().join("case.duckdb")).unwrap().ordered(sql)
    }

    #[test]
    fn query_of_one_view_is_ordered_before_limit() {
        let wanted = "SELECT summary FROM timeline WHERE writes ORDER BY \"time\", id LIMIT 5";
        assert_eq!(ordered("-- why\nselect summary from timeline where writes limit 5;").as_deref(), Some(wanted));
        assert_eq!(ordered("FROM Events").as_deref(), Some("SELECT * FROM Events ORDER BY event_time, event_id"));
        assert!(
            ordered("SELECT t.id FROM main.timeline AS t").is_some_and(|sql| sql.ends_with(" ORDER BY \"time\", id"))
        );
    }

    #[test]
    fn other_queries_are_unchanged() {
        let others = [
            "FROM timeline ORDER BY summary",
            "SELECT DISTINCT principal FROM timeline",
            "SELECT * FROM timeline JOIN sessions USING (session_id)",
            "SELECT * FROM (FROM timeline)",
            "WITH timeline AS (SELECT 1 AS time, 2 AS id) FROM timeline",
            "FROM timeline UNION ALL FROM timeline",
            "FROM coverage",
            "DESCRIBE timeline",
            "SELECT 1",
            "SET VARIABLE a = 1; FROM timeline",
            "no SQL",
            "",
        ];
        assert_eq!(others.map(ordered), [const { None }; 12]);
    }
}
