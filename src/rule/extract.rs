//! Extracts: the values that a rule reads from a signal's events, and the entities among them.

use indexmap::IndexMap;
use serde_json::Value;

use super::condition::Condition;
use super::pattern::Pattern;
pub use super::place::SourceEvent;
use super::place::SourcePath;
use super::schema::{ExtractToml, OneOrMany, SpanUnit};
use super::seen::Seen;
use super::times;
use crate::json::Json;

/// A value and the event that contains it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtractedValue<'e> {
    /// The value: text if the extract converts it, otherwise the original JSON.
    pub value: Value,
    /// The ID of the event.
    pub event_id: &'e str,
}

/// A value that an extract produces. It is copied only if it is new, because most values were already read from another
/// event.
enum CandidateValue<'v> {
    Text(&'v str),
    Json(Value),
}

/// Receives the values of an extract.
type ValueVisitor<'s> = &'s mut dyn FnMut(CandidateValue<'_>);

/// The values that an extract has read, without duplicates.
#[derive(Debug, Default)]
pub struct Readings<'e> {
    values: Vec<ExtractedValue<'e>>,
    seen: Seen,
}

impl<'e> Readings<'e> {
    /// The values, in order.
    #[must_use]
    pub fn into_values(self) -> Vec<ExtractedValue<'e>> {
        self.values
    }

    fn add(&mut self, value: CandidateValue<'_>, event_id: &'e str) {
        let is_new = match &value {
            CandidateValue::Text(text) => self.seen.is_new(*text),
            CandidateValue::Json(value) => self.seen.is_new(&(value.is_object(), value.to_string())),
        };
        if is_new {
            self.values.push(ExtractedValue { value: value.into_value(), event_id });
        }
    }
}

impl CandidateValue<'_> {
    fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.to_owned()),
            Self::Json(value) => value,
        }
    }
}

/// A compiled extract.
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// The name in the signal's context, and in templates.
    pub name: String,
    /// The entity type of its values, if they are entities.
    pub entity: Option<String>,
    /// Only the first value is used, and it is not a list in the context.
    pub one: bool,
    /// Where to find the value if the events do not contain it.
    pub carried: Option<Carried>,
    from: Vec<String>,
    places: Vec<SourcePath>,
    starts_with: Option<Condition>,
    unless_starts_with: Option<String>,
    transform: TextTransform,
    default: Option<String>,
    time: bool,
    span: Option<SpanUnit>,
}

/// A value from an earlier signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The rules that the signal can belong to.
    pub from: Vec<Pattern>,
    /// An extract that must have the same value in both signals.
    pub by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct TextTransform {
    only: Option<String>,
    after_last: Option<String>,
    after: Option<String>,
    before: Option<String>,
    drop_last: usize,
    only_mapped: bool,
    map: IndexMap<String, String>,
}

impl Extract {
    /// Compiles an extract from a rule file.
    ///
    /// # Errors
    /// Returns a message about an invalid path.
    pub fn compile(name: &str, toml: &ExtractToml) -> Result<Self, String> {
        Ok(Self {
            name: name.to_owned(),
            entity: toml.entity.clone(),
            one: toml.one || toml.span.is_some(),
            from: toml.from.iter().flat_map(super::schema::OneOrMany::iter).map(str::to_owned).collect(),
            carried: carried(toml)?,
            places: toml.path.iter().flat_map(OneOrMany::iter).map(SourcePath::parse).collect::<Result<_, _>>()?,
            starts_with: toml.starts_with.clone().map(Condition::StartsWith),
            unless_starts_with: toml.unless_starts_with.clone(),
            transform: TextTransform {
                only: toml.cut_only.clone(),
                after_last: toml.after_last.clone(),
                after: toml.after.clone(),
                before: toml.before.clone(),
                drop_last: toml.drop_last,
                only_mapped: toml.only_mapped,
                map: toml.map.clone(),
            },
            default: toml.default.clone(),
            time: toml.time,
            span: toml.span,
        })
    }

    /// The calls that it reads from. If empty, it reads from any call.
    pub fn from(&self) -> &[String] {
        &self.from
    }

    /// Whether it reads from a call's events.
    pub fn reads(&self, call: &str) -> bool {
        self.from.is_empty() || self.from.iter().any(|from| from == call)
    }

    /// Adds the new values from an event whose call it [`reads`](Self::reads). Events must be passed in order.
    pub fn read<'e>(&self, event: &SourceEvent<'e, '_>, readings: &mut Readings<'e>) {
        if self.one && !readings.values.is_empty() {
            return;
        }
        self.visit(event, &mut |value| readings.add(value, event.event_id));
        if self.one {
            readings.values.truncate(1);
        }
    }

    /// The default value, if nothing was read from these calls.
    pub fn default(&self, calls: &[String]) -> Option<&str> {
        let seen = self.from.is_empty() || self.from.iter().any(|call| calls.contains(call));
        self.default.as_deref().filter(|_| seen)
    }

    /// Passes each value from one event to `receive`.
    fn visit(&self, event: &SourceEvent<'_, '_>, receive: ValueVisitor<'_>) {
        if let Some(unit) = self.span {
            if let Some(span) = self.duration(event, unit) {
                receive(CandidateValue::Text(&span));
            }
            return;
        }
        for place in &self.places {
            place.visit(event, &mut |value| self.visit_value(value, receive));
        }
    }

    fn visit_value(&self, value: Json<'_>, receive: ValueVisitor<'_>) {
        match value {
            Json::Null => {}
            scalar if self.time => {
                if let Some(time) = times::parse_value(scalar) {
                    receive(CandidateValue::Text(&times::rfc3339(time)));
                }
            }
            Json::Array(elements) if elements.is_empty() => {
                if let Some(text) = self.transform.for_empty_list() {
                    receive(CandidateValue::Text(text));
                }
            }
            Json::Array(elements) => elements.iter().for_each(|element| self.visit_value(element, receive)),
            Json::Object(_) | Json::Bool(_) | Json::Number(_) if self.keeps_json() => {
                receive(CandidateValue::Json(value.to_value()));
            }
            Json::Object(_) => self.visit_text(&value.to_value().to_string(), receive),
            scalar => self.visit_text(scalar.scalar().unwrap_or_default(), receive),
        }
    }

    /// Whether values other than text are kept as JSON.
    fn keeps_json(&self) -> bool {
        self.starts_with.is_none() && self.unless_starts_with.is_none() && self.transform == TextTransform::default()
    }

    fn visit_text(&self, text: &str, receive: ValueVisitor<'_>) {
        let is_dropped = self.unless_starts_with.as_ref().is_some_and(|start| text.starts_with(start.as_str()));
        if text.is_empty()
            || is_dropped
            || self.starts_with.as_ref().is_some_and(|condition| !condition.holds_for_text(text))
        {
            return;
        }
        if let Some(text) = self.transform.apply(text) {
            receive(CandidateValue::Text(text));
        }
    }

    fn duration(&self, event: &SourceEvent<'_, '_>, unit: SpanUnit) -> Option<String> {
        let mut moments = Vec::new();
        for place in &self.places {
            place.visit(event, &mut |value| moments.extend(times::parse_value(value)));
        }
        let (first, last) = (moments.first()?, moments.last()?);
        Some(times::span_in_words(*last - *first, unit))
    }
}

fn carried(toml: &ExtractToml) -> Result<Option<Carried>, String> {
    if toml.path.is_none() && toml.carried_from.is_empty() {
        return Err("expected path or carried_from".to_owned());
    }
    if toml.carried_from.is_empty() {
        return Ok(None);
    }
    let from = toml.carried_from.iter().map(|pattern| Pattern::parse(pattern)).collect::<Result<_, _>>()?;
    Ok(Some(Carried { from, by: toml.carried_by.clone() }))
}

impl TextTransform {
    /// The part of the text that is kept; `None` if a delimiter is missing.
    fn apply<'t>(&'t self, text: &'t str) -> Option<&'t str> {
        let kept = if self.only.as_ref().is_none_or(|start| text.starts_with(start.as_str())) {
            self.cut(text)?
        } else {
            text
        };
        self.map.get(kept).map(String::as_str).or_else(|| (!self.only_mapped).then_some(kept))
    }

    fn cut<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut kept = text;
        if let Some(mark) = &self.after {
            kept = kept.split_once(mark.as_str())?.1;
        }
        if let Some(mark) = &self.after_last {
            kept = kept.rsplit_once(mark.as_str()).map_or(kept, |(_, rest)| rest);
        }
        if let Some(mark) = &self.before {
            kept = kept.split_once(mark.as_str()).map_or(kept, |(start, _)| start);
        }
        if self.drop_last > 0 {
            kept = kept.char_indices().nth_back(self.drop_last - 1).map(|(end, _)| &kept[..end])?;
        }
        Some(kept)
    }

    /// The value for an empty list: `None`, unless `map` has an entry for it.
    fn for_empty_list(&self) -> Option<&str> {
        self.map.get("[]").map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::body::Body;
    use super::*;

    fn extract(toml: &str) -> Extract {
        Extract::compile("x", &toml::from_str(toml).unwrap()).unwrap()
    }

    fn read(extract: &Extract, requests: &[Value]) -> Vec<Value> {
        let texts: Vec<String> = requests.iter().map(Value::to_string).collect();
        let bodies: Vec<Body<'_>> = texts.iter().map(|text| Body::new(Some(text))).collect();
        let response = Body::default();
        let events = bodies.iter().map(|request| SourceEvent {
            event_id: "e",
            call: "a:B",
            region: Some("eu-west-1"),
            account_id: None,
            source_ip: None,
            user_agent: None,
            error_code: None,
            error_message: None,
            request,
            response: &response,
        });
        let mut readings = Readings::default();
        events.for_each(|event| extract.read(&event, &mut readings));
        readings.into_values().into_iter().map(|reading| reading.value).collect()
    }

    #[test]
    fn values_are_unique_and_in_order() {
        let users = extract("path = 'request.userName'");
        let requests =
            [json!({"userName": "mara"}), json!({"userName": "abel"}), json!({"userName": "mara"}), Value::Null];
        assert_eq!(read(&users, &requests), [json!("mara"), json!("abel")]);
        assert_eq!(read(&extract("path = 'event.region'"), &requests), [json!("eu-west-1")]);
    }

    #[test]
    fn numbers_are_not_ids() {
        let instances = extract("path = 'request.**'\nstarts_with = 'i-'");
        assert_eq!(read(&instances, &[json!({"max": 1000, "ids": ["i-1", "x"]})]), [json!("i-1")]);
    }

    #[test]
    fn arns_are_shortened_to_names() {
        let trail = extract("path = 'request.name'\nafter = ':trail/'\ndrop_last = 1");
        let requests =
            [json!({"name": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main1"}), json!({"name": "no arn"})];
        assert_eq!(read(&trail, &requests), [json!("main")]);
    }

    #[test]
    fn empty_lists_and_codes_are_mapped_to_words() {
        let statuses = extract("path = 'request.s'\nmap = { '[]' = 'All', Active = 'Active jobs' }");
        assert_eq!(
            read(&statuses, &[json!({"s": []}), json!({"s": ["Active"]})]),
            [json!("All"), json!("Active jobs")]
        );
    }

    #[test]
    fn durations_are_described_in_words() {
        let span = extract("path = ['request.a', 'request.b']\nspan = 'week'");
        let week = json!({"a": "2024-04-01T00:00:00Z", "b": "2024-04-08T00:00:00Z"});
        assert_eq!(read(&span, &[week]), [json!("1 week")]);
        let hours = json!({"a": "Feb 17, 2008, 5:17:55 AM", "b": "Feb 17, 2008, 8:17:55 AM"});
        assert_eq!(read(&span, &[hours]), [json!("3 hours")]);
    }

    #[test]
    fn resource_names_and_arns_are_reduced_to_names() {
        let secret = extract("path = 'request.id'\ncut_only = 'arn:'\nafter = ':secret:'\ndrop_last = 7");
        let requests = [json!({"id": "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf"}), json!({"id": "api-key"})];
        assert_eq!(read(&secret, &requests), [json!("db"), json!("api-key")]);
    }

    #[test]
    fn times_are_normalized() {
        let start = extract("path = 'request.t'\ntime = true");
        let requests = [json!({"t": 1_701_838_799_999_i64}), json!({"t": "Dec 17, 2023, 2:12:45 AM"})];
        assert_eq!(read(&start, &requests), [json!("2023-12-06T04:59:59.999Z"), json!("2023-12-17T02:12:45Z")]);
    }

    #[test]
    fn path_with_unknown_root_is_rejected() {
        let toml: ExtractToml = toml::from_str("path = 'reply.x'").unwrap();
        assert!(Extract::compile("x", &toml).unwrap_err().contains("request, response or event"));
    }
}
