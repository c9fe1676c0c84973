//! Moments as an analyst types them.

use cartographer::event::Timestamp;
use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Reads RFC 3339, or `YYYY-MM-DD[ HH:MM[:SS]]` in UTC, to microseconds.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_means_the_same_moment() {
        let expected = Timestamp(1_772_442_720_000_000);
        for text in ["2026-03-02T09:12:00Z", "2026-03-02 09:12", "2026-03-02 09:12:00", "2026-03-02T10:12:00+01:00"] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        assert_eq!(parse("2026-03-02"), Ok(Timestamp(1_772_409_600_000_000)));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "yesterday", "2026-02-30", "2026-03-02 25:00", "02/03/2026", "2026-03-02 09:12 x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
