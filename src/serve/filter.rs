//! The filter of the timeline, in the form that the views in `sql/serve/setup.sql` read.

use serde::Serialize;

use super::ServeError;
use super::params::Params;
use crate::event::Timestamp;
use crate::present::Class;
use crate::signal::Kind;
use crate::table::literal;

/// The types of the members of a [`Filter`].
const TYPES: &str = r#"{"session": ["VARCHAR"], "service": ["VARCHAR"], "kind": ["VARCHAR"], "technique": ["VARCHAR"],
"region": ["VARCHAR"], "principal": ["VARCHAR"], "show": ["VARCHAR"], "actor": ["VARCHAR"], "ip": ["VARCHAR"],
"key": ["VARCHAR"], "call": ["VARCHAR"], "agent": ["VARCHAR"], "reason": ["VARCHAR"], "notable": "VARCHAR", "ids": ["VARCHAR"], "entity_type": "VARCHAR",
"entity": "VARCHAR", "outcome": "VARCHAR", "search": "VARCHAR", "since": "BIGINT", "until": "BIGINT"}"#;

/// The class that the server assigns to signals of kind `command`.
const COMMAND: &str = Kind::Command.as_str();

/// What `show` accepts in addition to classes: rows outside the console that stand out.
const FOUND: &str = "found";

/// The sessions of the requested actors: each with all sessions that used a credential it created, or one derived from it.
const ACTED: &str = "SET VARIABLE acted = (SELECT list(DISTINCT session_id) FROM served.chains
WHERE list_contains(getvariable('asked').actor, ancestor_session_id))";

/// A row must match any value of each member that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Filter {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    session: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    service: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kind: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    technique: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    region: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    principal: Vec<String>,
    /// Sessions, each with those that used credentials it created.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actor: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ip: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    key: Vec<String>,
    /// API calls, `iam:CreateUser`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    call: Vec<String>,
    /// User agents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agent: Vec<String>,
    /// Reasons why a row stands out: classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reason: Vec<String>,
    /// Set if only changes and findings are requested.
    notable: Option<&'static str>,
    /// Classes of rows: those of the timeline, `command`, and [`FOUND`].
    show: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ids: Vec<String>,
    entity_type: Option<String>,
    entity: Option<String>,
    outcome: Option<String>,
    search: Option<String>,
    /// In microseconds: rows that ended at this time or later.
    since: Option<i64>,
    /// In microseconds: rows that began before this time.
    until: Option<i64>,
}

impl Filter {
    /// The filter of a query string.
    ///
    /// # Errors
    /// If a value is not one of the possible values.
    pub(super) fn of(params: &Params) -> Result<Self, ServeError> {
        let one = |name| params.one(name).map(str::to_owned);
        let ids = params.many("ids");
        Ok(Self {
            session: params.many("session"),
            service: params.many("service"),
            kind: known(params, "kind", &kinds())?,
            technique: params.many("technique"),
            region: params.many("region"),
            principal: params.many("principal"),
            actor: params.many("actor"),
            ip: params.many("ip"),
            key: params.many("key"),
            call: params.many("call"),
            agent: params.many("agent"),
            reason: params.many("reason"),
            notable: params.one_of("notable", &[("false", None), ("true", Some("true"))])?,
            show: shown(params, !ids.is_empty())?,
            ids,
            entity_type: one("entity_type"),
            entity: one("entity"),
            outcome: known(params, "outcome", &["ok", "failed", "denied"])?.into_iter().next(),
            search: one("search"),
            since: params.moment("from")?.map(|Timestamp(us)| us),
            until: params.moment("to")?.map(|Timestamp(us)| us),
        })
    }

    /// The filter for rows of any class that show or name one resource.
    pub(super) fn of_thing(entity_type: String, entity: String) -> Self {
        let show = every_class().into_iter().map(str::to_owned).collect();
        Self { show, entity_type: Some(entity_type), entity: Some(entity), ..Self::default() }
    }

    /// The filter for all rows of these classes.
    pub(super) fn of_classes(classes: &[&str]) -> Self {
        Self { show: classes.iter().map(|class| (*class).to_owned()).collect(), ..Self::default() }
    }

    /// The filters of the page's first views: console activity with what else stands out, and program activity.
    pub(super) fn of_first_pages() -> [Self; 2] {
        [
            Self::of_classes(&[Class::Click.as_str(), COMMAND, Class::Residual.as_str(), FOUND]),
            Self::of_classes(&[Class::Programmatic.as_str()]),
        ]
    }

    /// Whether it includes calls outside the console that do not stand out.
    pub(super) fn shows_programs(&self) -> bool {
        self.show.iter().any(|class| class == Class::Programmatic.as_str())
    }

    /// The filter, limited to rows with one of these IDs.
    pub(super) fn only(mut self, ids: Vec<String>) -> Self {
        self.ids = ids;
        self
    }

    /// The filter without its IDs, and the IDs.
    pub(super) fn split_ids(self) -> (Self, Vec<String>) {
        let mut rest = self;
        let ids = std::mem::take(&mut rest.ids);
        (rest, ids)
    }

    /// The statement that sets this filter for the views. User input is one quoted JSON text in it.
    ///
    /// # Errors
    /// If the filter cannot be converted to JSON.
    pub(super) fn setting(&self) -> Result<String, ServeError> {
        let json = serde_json::to_string(self)?;
        let asked = format!("SET VARIABLE asked = json_transform({}, {})", literal(&json), literal(TYPES));
        Ok(if self.actor.is_empty() { asked } else { format!("{asked};\n{ACTED}") })
    }
}

/// The kinds of signals, and downloads with a credential that was created in the case.
fn kinds() -> Vec<&'static str> {
    Kind::ALL.map(Kind::as_str).into_iter().chain(["data"]).collect()
}

fn every_class() -> Vec<&'static str> {
    Class::ALL.map(Class::as_str).into_iter().chain([COMMAND]).collect()
}

/// The classes to show: clicks, unless others are given; rows given by ID have any class.
fn shown(params: &Params, by_ids: bool) -> Result<Vec<String>, ServeError> {
    let all = every_class();
    let named = known(params, "show", &[all.as_slice(), &[FOUND]].concat())?;
    Ok(match (named.is_empty(), by_ids) {
        (false, _) => named,
        (true, true) => all.into_iter().map(str::to_owned).collect(),
        (true, false) => vec![Class::Click.as_str().to_owned()],
    })
}

/// The values with this name, each of which must be one of `all`.
fn known(params: &Params, name: &str, all: &[&str]) -> Result<Vec<String>, ServeError> {
    let values = params.many(name);
    match values.iter().find(|value| !all.contains(&value.as_str())) {
        None => Ok(values),
        Some(odd) => {
            Err(ServeError::asked(format!("{name}={odd} is not valid"), format!("Expected one of {}.", all.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Result<Filter, ServeError> {
        Filter::of(&Params::of(&format!("/?{query}").parse().unwrap()))
    }

    #[test]
    fn clicks_are_shown_by_default() {
        let show = |query| parsed(query).unwrap().show;
        assert_eq!(show(""), ["click"]);
        assert_eq!(show("show=residual&show=command"), ["residual", "command"]);
        assert_eq!(show("ids=a"), ["click", "background", "residual", "programmatic", "aggregated", "command"]);
    }

    #[test]
    fn first_page_filters_match_requests_of_web_page() {
        let [console, programs] = Filter::of_first_pages();
        // DEFAULT_SHOW in web/src/lib/filter.ts.
        let usual = "show=click&show=command&show=residual&show=found";
        assert_eq!(console, parsed(&format!("{usual}&folded=true&limit=200")).unwrap());
        assert!(!console.shows_programs() && programs.shows_programs());
        assert_eq!(programs, parsed("show=programmatic&folded=true").unwrap());
    }

    #[test]
    fn search_text_is_escaped() {
        let filter = parsed("search=%27%29%3B%20DROP%20TABLE%20events%3B%20--%00%22").unwrap();
        let setting = filter.setting().unwrap();
        assert!(setting.contains(r#""search":"''); DROP TABLE events; --\u0000\"""#), "{setting}");
    }

    #[test]
    fn actor_filter_selects_sessions_of_actor() {
        assert!(!parsed("session=a").unwrap().setting().unwrap().contains("acted"));
        let setting = parsed("actor=a%27&notable=true").unwrap().setting().unwrap();
        assert!(setting.contains(r#""actor":["a''"]"#) && setting.contains(r#""notable":"true""#), "{setting}");
        assert!(setting.ends_with("ancestor_session_id))"), "{setting}");
    }

    #[test]
    fn times_are_parsed_with_microseconds() {
        let filter = parsed("from=2026-03-11T00:00:00.000001Z&to=2026-03-11T01:00:00%2B01:00").unwrap();
        assert_eq!((filter.since, filter.until), (Some(1_773_187_200_000_001), Some(1_773_187_200_000_000)));
    }

    #[test]
    fn invalid_value_error_names_parameter() {
        let problem = |query| parsed(query).unwrap_err().to_string();
        assert_eq!(problem("kind=frob"), "kind=frob is not valid");
        assert_eq!(problem("show=all"), "show=all is not valid");
        assert_eq!(problem("from=yesterday"), "from=yesterday is not valid");
        assert_eq!(problem("outcome=maybe"), "outcome=maybe is not valid");
    }
}
