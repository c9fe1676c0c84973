//! The overview: the data for its sentences, what still has to be contained or undone, and the chart.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::event::Timestamp;
use crate::present::report::{Named, Need, remedy_commands};
use crate::serve::ServeError;
use crate::serve::params::Params;
use crate::serve::rows::{Json, object};
use crate::serve::state::Shared;

const OVERVIEW: &str = include_str!("../../../sql/serve/overview.sql");
const PICTURE: &str = include_str!("../../../sql/serve/picture.sql");
const OPEN: &str = include_str!("../../../sql/serve/open.sql");
/// What still has to be contained or undone comes from the report's queries, for the whole case.
const SCOPE: &str = include_str!("../../../sql/report/scope.sql");
const REMEDIES: &str = include_str!("../../../sql/report/remedies.sql");
const EVERYTHING: &str = "SET VARIABLE wanted_sessions = []::VARCHAR[]; SET VARIABLE wanted_principals = []::VARCHAR[]; \
    SET VARIABLE since = '-infinity'::TIMESTAMP; SET VARIABLE until = 'infinity'::TIMESTAMP;";

/// `GET /api/overview`
pub(super) async fn overview(State(state): State<Shared>) -> Result<Json, ServeError> {
    let facts = state.ask(|state, case| {
        state.with_overview(case)?;
        object(&case.query(OVERVIEW)?)
    });
    Ok(Json::from(&facts.await?.unwrap_or(Value::Null)))
}

/// `GET /api/overview/open`
pub(super) async fn open(State(state): State<Shared>) -> Result<Json, ServeError> {
    state
        .ask(|state, case| {
            state.with_overview(case)?;
            state.answers.of("open".to_owned(), || {
                case.query(&format!("{EVERYTHING}\n{SCOPE}"))?;
                case.query(&format!("CREATE OR REPLACE TEMP TABLE remedies AS {REMEDIES}"))?;
                let mut found = object(&case.query(OPEN)?)?.unwrap_or(Value::Null);
                for list in ["urgent_items", "other_items"] {
                    found[list].as_array_mut().into_iter().flatten().for_each(add_commands);
                }
                Ok(Json::from(&found))
            })
        })
        .await
}

/// The members of an item that its commands depend on.
#[derive(Deserialize)]
struct Item {
    need: Need,
    entities: Option<Vec<Named>>,
    region: Option<String>,
    value_of_deleted: bool,
}

/// Adds the commands of the report to an item.
fn add_commands(item: &mut Value) {
    let commands = Item::deserialize(&*item).ok().filter(|item| !item.value_of_deleted).map(|item| {
        let commands = remedy_commands(item.need, &item.entities.unwrap_or_default(), item.region.as_deref());
        commands.into_iter().map(|(_, command)| command).collect::<Vec<_>>()
    });
    item["commands"] = json!(commands.unwrap_or_default());
}

/// `GET /api/picture`
pub(super) async fn picture(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let second = |name| {
        let moment = params.moment(name)?;
        Ok::<_, ServeError>(moment.map_or_else(String::new, |Timestamp(us)| us.div_euclid(1_000_000).to_string()))
    };
    let span = [second("from")?, second("to")?];
    let drawn = state.ask(move |state, case| {
        state.with_overview(case)?;
        object(&case.query_with(PICTURE, &span)?)
    });
    Ok(Json::from(&drawn.await?.unwrap_or(Value::Null)))
}
