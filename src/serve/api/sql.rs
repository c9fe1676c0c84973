//! User queries, on connections that can only read the case.

use std::time::Instant;

use arrow::datatypes::{DataType, Field, TimeUnit};
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::present;
use crate::serve::ServeError;
use crate::serve::rows::Json;
use crate::serve::state::Shared;
use crate::store::FirstRows;

/// The default and the maximum number of rows of a response.
const ROWS: usize = 1000;
const MOST_ROWS: usize = 100_000;

/// The body of the request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SqlRequest {
    /// One or several statements.
    sql: String,
    /// The maximum number of rows of the last statement.
    limit: Option<usize>,
}

/// `POST /api/sql`
pub(super) async fn sql(State(state): State<Shared>, body: Bytes) -> Result<Json, ServeError> {
    let question: SqlRequest = serde_json::from_slice(&body).map_err(|error| {
        ServeError::asked(format!("invalid request: {error}"), r#"Post {"sql": "FROM sessions", "limit": 1000}."#)
    })?;
    let limit = question.limit.unwrap_or(ROWS).min(MOST_ROWS);
    let begun = Instant::now();
    let found = state.queries.run(move |case| Ok(case.first_rows(&question.sql, &[], limit)?)).await;
    let found = found.map_err(ServeError::of_query)?;
    answer(&found, begun.elapsed().as_millis())
}

fn answer(found: &FirstRows, elapsed_ms: u128) -> Result<Json, ServeError> {
    let mut rows = Vec::new();
    present::grid(&mut rows, &found.batches)?;
    let columns: Vec<Value> = found.schema.fields().iter().map(|field| column(field)).collect();
    Ok(Json(format!(
        r#"{{"columns":{},"rows":{},"truncated":{},"elapsed_ms":{elapsed_ms}}}"#,
        present::escape::json(&Value::from(columns).to_string()),
        String::from_utf8_lossy(&rows),
        found.truncated
    )))
}

fn column(field: &Field) -> Value {
    json!({ "name": field.name(), "type": type_name(field.data_type()) })
}

/// DuckDB's name for the type of a column that it sent as Arrow.
fn type_name(kind: &DataType) -> String {
    let name = match kind {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Decimal128(38, 0) => "HUGEINT",
        DataType::Decimal128(width, scale) => return format!("DECIMAL({width},{scale})"),
        DataType::Timestamp(TimeUnit::Microsecond, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Date32 => "DATE",
        DataType::Time64(_) => "TIME",
        DataType::Interval(_) => "INTERVAL",
        DataType::Binary | DataType::LargeBinary => "BLOB",
        // An ENUM is sent as a dictionary of text.
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Dictionary(..) => "VARCHAR",
        DataType::List(item) | DataType::LargeList(item) => return format!("{}[]", type_name(item.data_type())),
        DataType::Struct(_) => "STRUCT",
        DataType::Map(..) => "MAP",
        other => return other.to_string(),
    };
    name.to_owned()
}
