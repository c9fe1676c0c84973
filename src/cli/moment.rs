//! Times and durations in arguments.

use cartographer::event::Timestamp;
use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Parses RFC 3339, or `YYYY-MM-DD[ HH:MM[:SS]]` in UTC, into microseconds.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(Timestamp(time.timestamp_micros()));
    }
    let naive = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let midnight = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    let time = naive.or_else(midnight);
    time.map(|time| Timestamp(time.and_utc().timestamp_micros()))
        .ok_or_else(|| "expected RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC".to_owned())
}

/// Parses a duration such as `90s`, `10m`, `2h` or `1d` into microseconds.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let expected = || "expected a number with a unit: 90s, 10m, 2h or 1d".to_owned();
    let (number, seconds) = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)]
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
        .ok_or_else(expected)?;
    let number: i64 = number.trim().parse().map_err(|_| expected())?;
    number.checked_mul(seconds * 1_000_000).filter(|duration| *duration >= 0).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_formats_parse_to_same_time() {
        let expected = Timestamp(1_772_442_720_000_000);
        for text in ["2026-03-02T09:12:00Z", "2026-03-02 09:12", "2026-03-02 09:12:00", "2026-03-02T10:12:00+01:00"] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        assert_eq!(parse("2026-03-02"), Ok(Timestamp(1_772_409_600_000_000)));
    }

    #[test]
    fn durations_require_unit() {
        assert_eq!(["90s", "10m", "2h", "1d"].map(duration), [90, 600, 7200, 86_400].map(|s: i64| Ok(s * 1_000_000)));
        assert!(["", "10", "m", "-1m", "1w", "99999999999999d"].map(duration).iter().all(Result::is_err));
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in ["", "yesterday", "2026-02-30", "2026-03-02 25:00", "02/03/2026", "2026-03-02 09:12 x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
