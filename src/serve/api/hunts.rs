//! The hunts, to pick from.

use serde_json::{Value, json};

use crate::hunt::{self, Hunt, Param};
use crate::serve::ServeError;
use crate::serve::rows::Json;

/// `GET /api/hunts`
pub(super) async fn hunts() -> Result<Json, ServeError> {
    let hunts = hunt::shipped().map_err(|error| {
        ServeError::missing(error.to_string(), "The program contains an invalid hunt; this is a bug.")
    })?;
    Ok(Json::from(&Value::from(hunts.iter().map(told).collect::<Vec<_>>())))
}

fn told(hunt: &Hunt) -> Value {
    json!({
        "id": hunt.id,
        "title": hunt.title,
        "tactic": hunt.tactic.as_str(),
        "techniques": hunt.techniques,
        "hit": hunt.hit,
        "innocent": hunt.innocent,
        "params": hunt.params.iter().map(param).collect::<Vec<_>>(),
        "sql": hunt.sql(&[]),
    })
}

fn param(param: &Param) -> Value {
    json!({
        "name": param.name,
        "kind": param.kind.as_str(),
        "default": param.default,
        "meaning": param.meaning,
    })
}
