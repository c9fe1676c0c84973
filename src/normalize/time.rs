//! Times in the formats that logs and their exporters use.

use super::scalar::{self, Scalar};
use crate::event::Timestamp;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;

/// The time format of `CloudTrail` and of [`show`].
const CANONICAL: &str = "%Y-%m-%dT%H:%M:%SZ";

/// A time. Exact in `CloudTrail`'s own format. Also accepts RFC 3339 with fraction or offset, a space instead of the
/// `T`, no zone (UTC), ISO 8601 without separators, and seconds, milliseconds, microseconds or nanoseconds since 1970,
/// distinguished by magnitude.
pub(super) fn timestamp(raw: &str) -> Scalar<Timestamp> {
    let Some(text) = scalar::text(raw).value else {
        let value = in_object(raw).and_then(|inner| timestamp(&inner.to_string()).value);
        return Scalar { value, exact: false };
    };
    if let Some(time) = canonical(&text) {
        return Scalar { value: Some(time), exact: true };
    }
    let text = text.trim();
    let value = zoned(text).or_else(|| local(text)).or_else(|| basic(text)).or_else(|| epoch(text));
    Scalar { value, exact: false }
}

/// The time in a MongoDB extended JSON object: `{"$date":"…"}`, `{"$date":{"$numberLong":"…"}}`.
fn in_object(raw: &str) -> Option<Value> {
    let object = raw.starts_with('{').then(|| serde_json::from_str::<Value>(raw).ok())??;
    let date = object.get("$date")?;
    Some(date.get("$numberLong").unwrap_or(date).clone()).filter(|value| !value.is_object())
}

/// The time in `CloudTrail`'s format; `None` if out of range. Fractions of a second are truncated.
pub(super) fn show(time: Timestamp) -> Option<String> {
    DateTime::from_timestamp_micros(time.0).map(|time| time.format(CANONICAL).to_string())
}

/// Only `2020-09-13T17:16:47Z`: the format of nearly all times, so it is parsed directly.
fn canonical(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let punctuated = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    if punctuated.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let year = i32::try_from(digits(&bytes[..4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, digits(&bytes[5..7])?, digits(&bytes[8..10])?)?;
    let time = day.and_hms_opt(digits(&bytes[11..13])?, digits(&bytes[14..16])?, digits(&bytes[17..19])?)?;
    Some(Timestamp(time.and_utc().timestamp_micros()))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

fn zoned(text: &str) -> Option<Timestamp> {
    const FORMATS: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"];
    let time = DateTime::parse_from_rfc3339(text).ok();
    let time = time.or_else(|| FORMATS.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()))?;
    Some(Timestamp(time.timestamp_micros()))
}

fn local(text: &str) -> Option<Timestamp> {
    const FORMATS: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let text = text.strip_suffix("UTC").map_or(text, str::trim_end);
    let time = FORMATS.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(Timestamp(time.and_utc().timestamp_micros()))
}

/// `20240501T090000Z`: ISO 8601 without separators.
fn basic(text: &str) -> Option<Timestamp> {
    const FORMATS: [&str; 2] = ["%Y%m%dT%H%M%S%.f%#z", "%Y%m%d %H%M%S%.f%#z"];
    let zoned =
        || FORMATS.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()).map(|time| time.to_utc());
    let local = || NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S%.f").ok().map(|time| time.and_utc());
    zoned().or_else(local).map(|time| Timestamp(time.timestamp_micros()))
}

fn epoch(text: &str) -> Option<Timestamp> {
    let number: f64 = text.parse().ok()?;
    let unit = match number.abs() {
        // Too small to be a time in a log, so it is a year, a day or a counter.
        size if size < 1e8 => return None,
        size if size < 1e11 => 1e6,
        size if size < 1e14 => 1e3,
        size if size < 1e17 => 1.0,
        size if size < 1e20 => 1e-3,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "below 1e17 by the match above; what rounding loses is below 1 µs"
    )]
    Some(Timestamp((number * unit).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> (Option<String>, bool) {
        let Scalar { value, exact } = timestamp(json);
        (value.map(|time| DateTime::from_timestamp_micros(time.0).unwrap().to_rfc3339()), exact)
    }

    #[test]
    fn cloudtrail_format_is_exact() {
        assert_eq!(read(r#""2020-09-13T17:16:47Z""#), (Some("2020-09-13T17:16:47+00:00".into()), true));
        assert_eq!(read(r#""2000-02-29T00:00:00Z""#), (Some("2000-02-29T00:00:00+00:00".into()), true));
        assert_eq!(
            timestamp(r#""0001-12-31T23:59:59Z""#).value.and_then(show).as_deref(),
            Some("0001-12-31T23:59:59Z")
        );
    }

    #[test]
    fn other_formats_are_parsed_but_not_exact() {
        for (json, expected) in [
            (r#""2022-02-08T09:23:37.120Z""#, "2022-02-08T09:23:37.120+00:00"),
            (r#""2022-02-08T09:23:37+11:00""#, "2022-02-07T22:23:37+00:00"),
            (r#""2022-02-08 09:23:37+11:00""#, "2022-02-07T22:23:37+00:00"),
            (r#""2022-02-08T09:23:37+0000""#, "2022-02-08T09:23:37+00:00"),
            (r#""2022-02-08 09:23:37.000 UTC""#, "2022-02-08T09:23:37+00:00"),
            (r#""2022-02-08 09:23:37""#, "2022-02-08T09:23:37+00:00"),
            (r#""20220208T092337Z""#, "2022-02-08T09:23:37+00:00"),
            (r#""20220208T112337.5+0200""#, "2022-02-08T09:23:37.500+00:00"),
            (r#""20220208T092337""#, "2022-02-08T09:23:37+00:00"),
            ("1644312217", "2022-02-08T09:23:37+00:00"),
            ("1644312217.5", "2022-02-08T09:23:37.500+00:00"),
            ("1644312217120", "2022-02-08T09:23:37.120+00:00"),
            (r#""1644312217""#, "2022-02-08T09:23:37+00:00"),
            (r#"{"$date":"2022-02-08T09:23:37Z"}"#, "2022-02-08T09:23:37+00:00"),
            (r#"{"$date":{"$numberLong":"1644312217000"}}"#, "2022-02-08T09:23:37+00:00"),
        ] {
            assert_eq!(read(json), (Some(expected.into()), false), "{json}");
        }
    }

    #[test]
    fn invalid_times_are_none() {
        for json in
            [r#""...""#, r#""2022-13-08T09:23:37Z""#, r#""NaN""#, r#""inf""#, "1e300", "2022", "null", "{}", r#""""#]
        {
            assert_eq!(read(json), (None, false), "{json}");
        }
    }
}
