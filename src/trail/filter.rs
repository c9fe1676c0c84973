//! The filter of a load: which part of a trail to load.

use chrono::{DateTime, SecondsFormat};

use super::Span;
use crate::event::{Event, Timestamp};
use crate::read::LogPath;

/// How long after an event its file may be delivered, in seconds. `CloudTrail` delivers within minutes, but does not
/// guarantee a time.
const LATE: i64 = 86_400;
/// How long before an event's time its file may appear to be delivered, in seconds: clocks differ, and names have a
/// resolution of minutes.
const EARLY: i64 = 3_600;

/// The regions of events from global services (IAM, STS, `CloudFront`), one or two for each partition. A trail in
/// another region may contain such events, so a path with another region does not exclude them.
const GLOBAL: [&str; 7] =
    ["us-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"];

/// Which events in a trail to load. Each condition with values excludes events that do not match any of them. By
/// default, everything is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// When the event happened.
    pub span: Span,
    /// The account it happened in: `events.account_id`.
    pub accounts: Vec<String>,
    /// The region that was called.
    pub regions: Vec<String>,
    /// The service that was called: `events.service` or `events.event_source`.
    pub services: Vec<String>,
}

impl Filter {
    /// Whether the filter matches everything.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the event matches.
    #[must_use]
    pub fn wants(&self, event: &Event<'_>) -> bool {
        self.span.has(event.event_time.0)
            && is_one_of(&self.accounts, event.account_id())
            && is_one_of(&self.regions, event.region.as_deref())
            && (self.services.is_empty() || self.services.iter().any(|name| short(name) == event.service))
    }

    /// Whether a file with this path may contain matching events. This is always true for paths without the `AWSLogs`
    /// layout.
    #[must_use]
    pub fn may_want(&self, path: &str) -> bool {
        let Some(path) = LogPath::of(path) else { return true };
        let region = || self.regions.iter().any(|region| GLOBAL.contains(&region.as_str()));
        is_one_of(&self.accounts, Some(path.account))
            && (is_one_of(&self.regions, Some(path.region)) || region())
            && self.span.from.is_none_or(|from| from < path.to.plus_seconds(EARLY))
            && self.span.to.is_none_or(|to| path.from < to.plus_seconds(LATE))
    }

    /// The filter as text for `load_files.filter`; `None` if it matches everything. Equivalent filters have the same
    /// text.
    #[must_use]
    pub fn stated(&self) -> Option<String> {
        let moments = [("from", self.span.from), ("to", self.span.to)];
        let moments = moments.into_iter().filter_map(|(name, time)| Some(format!("{name} {}", shown(time?))));
        let lists = [("account", &self.accounts), ("region", &self.regions), ("service", &self.services)];
        let lists = lists.into_iter().filter(|(_, values)| !values.is_empty()).map(|(name, values)| {
            let mut values: Vec<&str> = values.iter().map(|value| short(value)).collect();
            values.sort_unstable();
            values.dedup();
            format!("{name} {}", values.join(" "))
        });
        let parts: Vec<String> = moments.chain(lists).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// The name of a service, as in `events.service`. Accounts and regions stay as they are.
fn short(name: &str) -> &str {
    name.strip_suffix(".amazonaws.com").unwrap_or(name)
}

fn is_one_of(wanted: &[String], value: Option<&str>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|wanted| wanted == value))
}

/// RFC 3339, in UTC.
fn shown(time: Timestamp) -> String {
    DateTime::from_timestamp_micros(time.0)
        .map_or_else(|| time.0.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-05-01T00:00:00Z
    const MIDNIGHT: Timestamp = Timestamp(1_714_521_600_000_000);

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn path(account: &str, region: &str, minute: &str) -> String {
        let day = format!("{}/{}/{}", &minute[..4], &minute[4..6], &minute[6..8]);
        format!(
            "in/AWSLogs/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{minute}Z_AbCdEfGh.json.gz"
        )
    }

    #[test]
    fn only_paths_in_standard_layout_are_excluded() {
        let filter = Filter { accounts: texts(&["111111111111"]), regions: texts(&["eu-west-1"]), ..Filter::default() };
        assert!(filter.may_want(&path("111111111111", "eu-west-1", "20240501T0905")));
        assert!(!filter.may_want(&path("222222222222", "eu-west-1", "20240501T0905")));
        assert!(!filter.may_want(&path("111111111111", "us-east-1", "20240501T0905")));
        assert!(filter.may_want("in/222222222222/trail.json"));
    }

    #[test]
    fn us_east_1_filter_reads_files_of_all_regions() {
        let filter = Filter { regions: texts(&["us-east-1"]), ..Filter::default() };
        assert!(filter.may_want(&path("111111111111", "eu-west-1", "20240501T0905")));
    }

    #[test]
    fn files_delivered_near_time_span_are_read() {
        let span = Span { from: Some(MIDNIGHT), to: Some(MIDNIGHT.plus_seconds(3600)) };
        let filter = Filter { span, ..Filter::default() };
        let read = |minute| filter.may_want(&path("111111111111", "eu-west-1", minute));
        let minutes = ["20240430T2258", "20240430T2259", "20240501T0030", "20240502T0059", "20240502T0100"];
        assert_eq!(minutes.map(read), [false, false, true, true, false]);
        assert!(read("20240430T2300"));
    }

    #[test]
    fn filter_description_is_normalized() {
        assert_eq!(Filter::default().stated(), None);
        let span = Span { from: Some(MIDNIGHT), to: None };
        let filter = Filter { span, services: texts(&["s3", "iam.amazonaws.com", "s3"]), ..Filter::default() };
        assert_eq!(filter.stated().as_deref(), Some("from 2024-05-01T00:00:00Z, service iam s3"));
        assert!(!filter.is_all());
    }
}
