//! Parses and formats times in requests, which occur in many formats.

use std::borrow::Cow;

use super::schema::SpanUnit;
use crate::json::Json;
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta};

/// The formats in requests. `Apr 13, 2024, 5:11:21 AM` is the console's own.
const FORMATS: [&str; 4] =
    ["%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];

/// The space that browsers insert before `AM` and `PM`.
const NARROW: char = '\u{202f}';

/// Numbers of at least this value are milliseconds since 1970; smaller numbers are seconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// The time that a value contains, if any: a text, or seconds or milliseconds since 1970.
pub(super) fn parse_value(value: Json<'_>) -> Option<NaiveDateTime> {
    match value {
        Json::Number(number) => parse_number(number.parse().ok()?),
        Json::String(text) => parse(text).or_else(|| text.parse().ok().and_then(parse_number)),
        _ => None,
    }
}

fn parse_number(number: i64) -> Option<NaiveDateTime> {
    let moment = if number >= MILLISECONDS {
        DateTime::from_timestamp_millis(number)
    } else {
        DateTime::from_timestamp(number, 0)
    };
    moment.map(|moment| moment.naive_utc())
}

fn parse(text: &str) -> Option<NaiveDateTime> {
    let text = if text.contains(NARROW) { Cow::Owned(text.replace(NARROW, " ")) } else { Cow::Borrowed(text) };
    let zoned = DateTime::parse_from_rfc3339(&text).map(|moment| moment.naive_utc()).ok();
    zoned.or_else(|| FORMATS.iter().find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok()))
}

/// Formats a time as `2023-12-06T04:59:59.999Z`, with milliseconds only if there are any.
pub(super) fn rfc3339(moment: NaiveDateTime) -> String {
    let moment = moment.and_utc();
    let digits = if moment.timestamp_subsec_millis() == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
    moment.to_rfc3339_opts(digits, true)
}

/// Formats a duration as `1 week` or `30 minutes`: a whole number of the largest possible unit up to `most`, with a
/// tolerance of one second.
pub(super) fn span_in_words(span: TimeDelta, most: SpanUnit) -> String {
    const UNITS: [(SpanUnit, i64, &str); 5] = [
        (SpanUnit::Month, 2_592_000, "month"),
        (SpanUnit::Week, 604_800, "week"),
        (SpanUnit::Day, 86_400, "day"),
        (SpanUnit::Hour, 3_600, "hour"),
        (SpanUnit::Minute, 60, "minute"),
    ];
    let seconds = span.num_seconds().abs();
    let whole = |unit: i64| {
        [0, -1, 1].into_iter().map(|slack| seconds + slack).find(|total| *total >= unit && total % unit == 0)
    };
    let mut units = UNITS.iter().filter(|(unit, ..)| *unit <= most);
    let (count, unit) =
        units.find_map(|(_, unit, name)| Some((whole(*unit)? / unit, *name))).unwrap_or((seconds, "second"));
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_in_all_formats() {
        let formatted = |text: &str| parse_value(Json::String(text)).map(rfc3339).unwrap_or_default();
        let ways = [
            "2023-12-17T02:12:45Z",
            "2023-12-17\u{202f}02:12:45Z",
            "2023-12-17T03:12:45+01:00",
            "Dec 17, 2023, 2:12:45\u{202f}AM",
            "1702779165",
        ];
        assert_eq!(ways.map(formatted), ["2023-12-17T02:12:45Z"; 5]);
        assert_eq!(formatted("2023-12-06T04:59:59.0009Z"), "2023-12-06T04:59:59Z");
        assert_eq!(formatted("2023-12-06T04:59:59.9999Z"), "2023-12-06T04:59:59.999Z");
        assert_eq!(formatted("+12023-12-06T04:59:59"), "+12023-12-06T04:59:59Z");
    }

    #[test]
    fn durations_use_the_largest_whole_unit() {
        let words = |seconds, most| span_in_words(TimeDelta::seconds(seconds), most);
        assert_eq!(words(604_800, SpanUnit::Week), "1 week");
        assert_eq!(words(604_800, SpanUnit::Day), "7 days");
        assert_eq!(words(7_776_000, SpanUnit::Month), "3 months");
        assert_eq!(words(5_400, SpanUnit::Week), "90 minutes");
        assert_eq!(words(86_399, SpanUnit::Week), "1 day");
        assert_eq!(words(61, SpanUnit::Week), "1 minute");
        assert_eq!(words(95, SpanUnit::Week), "95 seconds");
    }
}
