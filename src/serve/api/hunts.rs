//! The hunts and their hits.

use axum::extract::State;
use serde_json::{Value, json};

use crate::event::Timestamp;
use crate::hunt::{self, Hunt, Param, ParamValue as Given};
use crate::present;
use crate::serve::ServeError;
use crate::serve::params::Params;
use crate::serve::rows::{Json, objects};
use crate::serve::state::Shared;
use crate::store::Case;

/// The maximum number of hits returned for a hunt; all hits are counted.
const FIRST_HITS: usize = 8;

/// `GET /api/hunts`
pub(super) async fn hunts() -> Result<Json, ServeError> {
    Ok(Json::from(&Value::from(shipped()?.iter().map(hunt_json).collect::<Vec<_>>())))
}

fn shipped() -> Result<Vec<Hunt>, ServeError> {
    hunt::shipped()
        .map_err(|error| ServeError::missing(error.to_string(), "A built-in hunt is invalid. This is a bug."))
}

/// `GET /api/hunts/hits`: the number of rows of each hunt, and the first rows, within a time range and for matching principals.
pub(super) async fn hits(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let (since, until) = (params.moment("from")?, params.moment("to")?);
    let principal = params.one("principal").map(str::to_owned);
    state
        .ask(move |state, case| {
            let question = format!("hits {since:?} {until:?} {principal:?}");
            state.answers.of(question, || found(case, since, until, principal.as_deref()))
        })
        .await
}

fn found(
    case: &Case,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    principal: Option<&str>,
) -> Result<Json, ServeError> {
    let mut found = Vec::new();
    for hunt in shipped()? {
        let given = [
            ("since", since.map(Given::Moment)),
            ("until", until.map(Given::Moment)),
            ("principal", principal.map(|name| Given::Text(name.to_owned()))),
        ];
        let given: Vec<(String, Given)> = given
            .into_iter()
            .filter(|(name, _)| hunt.param(name).is_some())
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        let batches = case.query(&hunt.sql(&given))?;
        let hits = present::Hits::of(&hunt, &batches);
        let first: Vec<_> = batches.iter().filter(|batch| batch.num_rows() > 0).take(1).collect();
        let first: Vec<_> = first.iter().map(|batch| batch.slice(0, batch.num_rows().min(FIRST_HITS))).collect();
        let rows: Value = serde_json::from_str(&objects(&first)?)?;
        found.push(json!({ "id": hunt.id, "hits": hits.rows, "rows": rows }));
    }
    Ok(Json::from(&Value::from(found)))
}

fn hunt_json(hunt: &Hunt) -> Value {
    json!({
        "id": hunt.id,
        "title": hunt.title,
        "tactic": hunt.tactic.as_str(),
        "techniques": hunt.techniques,
        "hit": hunt.hit,
        "false_positives": hunt.false_positives,
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
