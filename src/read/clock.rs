//! Times as tables write them, to the form that CloudTrail writes.

use chrono::{DateTime, NaiveDateTime, Utc};

/// Forms without a zone, which are taken as UTC; a form with the month first comes before its twin.
const LOCAL: [&str; 14] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d, %I:%M:%S %p",
    "%b %d, %Y, %H:%M:%S",
    "%b %d, %Y, %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y, %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
];

/// Forms with a zone.
const ZONED: [&str; 4] =
    ["%Y-%m-%d %H:%M:%S%:z", "%Y-%m-%d %H:%M:%S %z", "%b %d, %Y, %H:%M:%S %:z", "%b %d, %Y, %I:%M:%S %p %:z"];

/// The time in UTC, `2024-05-01T10:00:00Z`; `None` if the form is unknown.
pub(super) fn utc(cell: &str) -> Option<String> {
    let time = DateTime::parse_from_rfc3339(cell)
        .ok()
        .map(|time| time.to_utc())
        .or_else(|| zoned(cell))
        .or_else(|| local(cell))?;
    let form = if time.timestamp_subsec_nanos() == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.fZ" };
    Some(time.format(form).to_string())
}

/// `… (UTC+02:00)`, as the console shows times, is `… +02:00`.
fn zoned(cell: &str) -> Option<DateTime<Utc>> {
    let plain = cell.replace("(UTC)", "+00:00").replace("(UTC", "").replace(')', "");
    ZONED.iter().find_map(|form| DateTime::parse_from_str(&plain, form).ok()).map(|time| time.to_utc())
}

fn local(cell: &str) -> Option<DateTime<Utc>> {
    LOCAL.iter().find_map(|form| NaiveDateTime::parse_from_str(cell, form).ok()).map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn every_form_comes_out_as_cloudtrails() {
        let cases = [
            ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
            ("2024-05-01T10:00:00.250Z", "2024-05-01T10:00:00.250Z"),
            ("2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01 21:00:00+11:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01, 01:45:20 PM", "2024-05-01T13:45:20Z"),
            ("May 01, 2024, 10:00:00 (UTC+02:00)", "2024-05-01T08:00:00Z"),
            ("May 01, 2024, 10:00:00 (UTC)", "2024-05-01T10:00:00Z"),
            ("5/1/2024 10:00", "2024-05-01T10:00:00Z"),
            ("25/1/2024 10:00", "2024-01-25T10:00:00Z"),
            ("01.05.2024 10:00:00", "2024-05-01T10:00:00Z"),
            ("5/1/2024 1:05:00 PM", "2024-05-01T13:05:00Z"),
        ];
        for (cell, time) in cases {
            assert_eq!(utc(cell).as_deref(), Some(time), "{cell}");
        }
        assert_eq!(utc("45413.41667"), None);
        assert_eq!(utc("yesterday"), None);
    }
}
