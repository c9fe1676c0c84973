//! Counts over rules' hits: Sigma correlations, and aggregations in older rules.

use serde_json::Value;

use super::Problem;
use super::condition::Aggregation;
use super::field::Field;

/// A count over rules' hits, within a time span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Correlation {
    kind: Kind,
    /// The names or IDs of the rules whose hits are counted.
    pub(super) rules: Vec<String>,
    group_by: Vec<String>,
    /// The field whose distinct values are counted.
    field: Option<String>,
    /// The time span, in seconds; `None` to count over the whole case.
    timespan: Option<u64>,
    /// Comparisons for the count: an SQL operator and a number.
    limits: Vec<(String, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    EventCount,
    ValueCount,
    /// Hits of each rule, in any order.
    Temporal,
}

impl Correlation {
    /// Parses a rule's `correlation` member.
    pub(super) fn parse(value: &Value) -> Result<Self, Problem> {
        let kind = match text(value, "type")? {
            "event_count" => Kind::EventCount,
            "value_count" => Kind::ValueCount,
            "temporal" => Kind::Temporal,
            other => return Err(Problem::unsupported(format!("the correlation type `{other}`"))),
        };
        let list = |member: &str| match value.get(member) {
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        };
        if value.get("aliases").is_some() {
            return Err(Problem::unsupported("a correlation with `aliases`"));
        }
        let rules = list("rules");
        let condition = value.get("condition").and_then(Value::as_object);
        let mut limits = Vec::new();
        for (name, number) in condition.into_iter().flatten().filter(|(name, _)| *name != "field") {
            let operator = match name.as_str() {
                "gt" => ">",
                "gte" => ">=",
                "lt" => "<",
                "lte" => "<=",
                "eq" => "=",
                other => return Err(Problem::unsupported(format!("the correlation condition `{other}`"))),
            };
            let number = number.as_u64().ok_or_else(|| Problem::invalid(format!("`{name}` expects a number")))?;
            limits.push((operator.to_owned(), number));
        }
        if kind == Kind::Temporal && limits.is_empty() {
            limits.push((">=".to_owned(), rules.len() as u64));
        }
        let field = condition.and_then(|condition| condition.get("field")?.as_str()).map(str::to_owned);
        if rules.is_empty() || limits.is_empty() || (kind == Kind::ValueCount && field.is_none()) {
            return Err(Problem::invalid("a correlation needs rules, a condition and, to count values, a field"));
        }
        Ok(Self {
            kind,
            rules,
            group_by: list("group-by"),
            field,
            timespan: Some(seconds(text(value, "timespan")?)?),
            limits,
        })
    }

    /// An older rule's aggregation, which counts the rule's own hits. Without a time frame, it counts over the whole case.
    pub(super) fn of(aggregation: Aggregation, timeframe: Option<&str>) -> Result<Self, Problem> {
        let timespan = timeframe.map(seconds).transpose()?;
        Ok(Self {
            kind: if aggregation.field.is_some() { Kind::ValueCount } else { Kind::EventCount },
            rules: Vec::new(),
            group_by: aggregation.group_by,
            field: aggregation.field,
            timespan,
            limits: vec![(aggregation.operator, aggregation.number)],
        })
    }

    /// A query for the IDs of the events at which a window that satisfies the condition starts; without a time span, of
    /// the first event in each group that satisfies it. Each of `conditions` is the SQL condition of one rule.
    pub(super) fn sql(&self, conditions: &[String]) -> String {
        let groups: Vec<String> = self.group_by.iter().map(|field| Field::parse(field).value()).collect();
        let columns: Vec<String> = groups.iter().enumerate().map(|(at, group)| format!(", {group} AS g{at}")).collect();
        let columns = columns.concat();
        let value = self.field.as_ref().map_or_else(|| "NULL".to_owned(), |field| Field::parse(field).value());
        let of_rule = |(at, condition): (usize, &String)| {
            format!(
                "SELECT event_id, event_time, {at} AS rule, {value} AS value{columns} FROM events WHERE {condition}"
            )
        };
        let hits: Vec<String> = conditions.iter().enumerate().map(of_rule).collect();
        let count = match self.kind {
            Kind::EventCount => "count(*)",
            Kind::ValueCount => "count(DISTINCT value)",
            Kind::Temporal => "count(DISTINCT rule)",
        };
        let partition: Vec<String> = (0..groups.len()).map(|at| format!("g{at}")).collect();
        let partition =
            if partition.is_empty() { String::new() } else { format!("PARTITION BY {} ", partition.join(", ")) };
        let limits: Vec<String> =
            self.limits.iter().map(|(operator, number)| format!("n {operator} {number}")).collect();
        let (hits, limits) = (hits.join(" UNION ALL "), limits.join(" AND "));
        match self.timespan {
            Some(seconds) => format!(
                "SELECT DISTINCT event_id FROM (SELECT event_id, {count} OVER ({partition}ORDER BY event_time RANGE \
                 BETWEEN CURRENT ROW AND INTERVAL {seconds} SECOND FOLLOWING) AS n FROM ({hits})) WHERE {limits}"
            ),
            None => format!(
                "SELECT event_id FROM (SELECT event_id, {count} OVER ({partition}) AS n, row_number() OVER \
                 ({partition}ORDER BY event_time, event_id) AS place FROM ({hits})) WHERE place = 1 AND {limits}"
            ),
        }
    }
}

fn text<'v>(value: &'v Value, member: &str) -> Result<&'v str, Problem> {
    let found = value.get(member).and_then(Value::as_str);
    found.ok_or_else(|| Problem::invalid(format!("the correlation has no `{member}`")))
}

/// The number of seconds in `10m`, `1h`, `30s` or `7d`.
fn seconds(text: &str) -> Result<u64, Problem> {
    let problem = || Problem::invalid(format!("`{text}` is not a time span such as 10m"));
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(problem()),
    };
    let number: u64 = text[..text.len() - 1].trim().parse().map_err(|_| problem())?;
    number.checked_mul(unit).filter(|seconds| *seconds <= 31_622_400).ok_or_else(problem)
}
