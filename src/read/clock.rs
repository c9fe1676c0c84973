//! Converts times in the formats that tables and people use to CloudTrail's format.
//!
//! A date that consists of three numbers may begin with the month or the day. This is decided once for each column,
//! from all of its cells, and never cell by cell: if there is a `21/04/2025`, then `08/04/2025` is in April.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// The earliest plausible year of a time: CloudTrail was introduced in 2013.
const FIRST_YEAR: i32 = 2012;
/// How far in the future a time may be, in days, because clocks and time zones differ.
const FUTURE_DAYS: i64 = 2;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Whether dates that consist of three numbers begin with the month or the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// `4/21/2025`
    MonthFirst,
    /// `21/4/2025`
    DayFirst,
}

/// A parsed time, which may be ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// One moment.
    Moment(DateTime<Utc>),
    /// Two numbers that are the month and the day in unknown order, and the rest of the time.
    Numbers { first: u32, second: u32, year: i32, time: NaiveTime, offset: i32 },
}

impl Read {
    fn moment(self, order: DateOrder) -> Option<DateTime<Utc>> {
        match self {
            Self::Moment(moment) => Some(moment),
            Self::Numbers { first, second, year, time, offset } => {
                let (month, day) = match order {
                    DateOrder::MonthFirst => (first, second),
                    DateOrder::DayFirst => (second, first),
                };
                at(NaiveDate::from_ymd_opt(year, month, day)?.and_time(time), offset)
            }
        }
    }
}

/// The date format of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    /// This order, or either order if no cell depends on it.
    Order(DateOrder),
    /// No cell shows which number is the month.
    Ambiguous,
    /// Some cells require the month first, others the day.
    Mixed,
}

impl Convention {
    /// The convention for all cells in a column; `wanted` decides if the cells do not.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c str>, wanted: Option<DateOrder>) -> Self {
        let latest = latest();
        let (mut month_first, mut day_first, mut needed) = (true, true, false);
        for read in cells.filter_map(read) {
            let Read::Numbers { first, second, .. } = read else { continue };
            let fits = |order| read.moment(order).is_some_and(|moment| moment <= latest);
            let (by_month, by_day) = (fits(DateOrder::MonthFirst), fits(DateOrder::DayFirst));
            // A cell that is not a valid date in either order does not affect the others.
            if by_month || by_day {
                needed |= first != second;
                month_first &= by_month;
                day_first &= by_day;
            }
        }
        match (month_first, day_first, wanted) {
            _ if !needed => Self::Order(DateOrder::MonthFirst),
            (true, false, _) => Self::Order(DateOrder::MonthFirst),
            (false, true, _) => Self::Order(DateOrder::DayFirst),
            (_, _, Some(order)) => Self::Order(order),
            (true, true, None) => Self::Ambiguous,
            (false, false, None) => Self::Mixed,
        }
    }

    /// The time in one of the cells, in CloudTrail's format.
    ///
    /// # Errors
    /// The reason why the cell does not contain a valid time.
    pub(super) fn time(self, cell: &str) -> Result<String, &'static str> {
        let read = read(cell).ok_or("cannot be read")?;
        let moment = match (read, self) {
            (Read::Moment(moment), _) => Some(moment),
            (Read::Numbers { .. }, Self::Order(order)) => read.moment(order),
            (Read::Numbers { first, second, .. }, _) if first == second => read.moment(DateOrder::MonthFirst),
            (Read::Numbers { .. }, Self::Ambiguous) => {
                return Err("may start with the month or the day, and no row in the column shows which; \
                     use --date-order mdy or dmy");
            }
            (Read::Numbers { .. }, Self::Mixed) => {
                return Err("may start with the month or the day, and the column contains both; \
                     use --date-order mdy or dmy");
            }
        };
        let moment = moment.ok_or("is not a valid date in the date order of its column")?;
        if is_plausible(moment) { Ok(show(moment)) } else { Err("is before CloudTrail began or in the future") }
    }
}

/// The time in UTC, `2024-05-01T10:00:00Z`; `None` if the format is unknown or ambiguous.
pub(super) fn utc(cell: &str) -> Option<String> {
    match read(cell)? {
        Read::Moment(moment) => Some(show(moment)),
        Read::Numbers { .. } => None,
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by magnitude.
pub(super) fn epoch(number: f64) -> Option<DateTime<Utc>> {
    let micros = match number.abs() {
        // Too small to be a time in a log, so it is a year, a day or a counter.
        size if size < 1e8 => return None,
        size if size < 1e11 => number * 1e6,
        size if size < 1e14 => number * 1e3,
        size if size < 1e17 => number,
        size if size < 1e20 => number / 1e3,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "below 1e17 by the match above")]
    DateTime::from_timestamp_micros(micros.round() as i64)
}

/// In CloudTrail's format; fractions of a second are kept.
pub(super) fn show(time: DateTime<Utc>) -> String {
    let form = if time.timestamp_subsec_nanos() == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.fZ" };
    time.format(form).to_string()
}

fn latest() -> DateTime<Utc> {
    Utc::now() + chrono::Duration::days(FUTURE_DAYS)
}

fn is_plausible(moment: DateTime<Utc>) -> bool {
    use chrono::Datelike;

    moment.year() >= FIRST_YEAR && moment <= latest()
}

fn at(local: NaiveDateTime, offset: i32) -> Option<DateTime<Utc>> {
    Some(local.and_local_timezone(FixedOffset::east_opt(offset)?).single()?.to_utc())
}

/// Parses a cell in any format.
fn read(cell: &str) -> Option<Read> {
    // Some spreadsheets mark text with an apostrophe.
    let cell = cell.trim().trim_start_matches('\'');
    if let Ok(time) = DateTime::parse_from_rfc3339(cell) {
        return Some(Read::Moment(time.to_utc()));
    }
    if let Some(time) = digits(cell) {
        return at(time, 0).map(Read::Moment);
    }
    if cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && cell.bytes().any(|byte| byte.is_ascii_digit())
    {
        // Three numbers with dots between them are a date, which must be followed by a time of day.
        return cell.parse().ok().and_then(epoch).map(Read::Moment);
    }
    basic(cell).map(Read::Moment).or_else(|| spelled(cell))
}

/// `20240501T100000Z`: ISO 8601 without separators.
fn basic(cell: &str) -> Option<DateTime<Utc>> {
    let (date, time) = cell.split_once(['T', 't', ' '])?;
    let digits = time.bytes().take_while(u8::is_ascii_digit).count();
    if date.len() != 8 || digits != 6 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (time, rest) = time.split_at(digits);
    let fraction =
        rest.strip_prefix(['.', ',']).map_or(0, |rest| 1 + rest.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, zone) = rest.split_at(fraction);
    let text = format!("{date}T{time}{}", fraction.replace(',', "."));
    at(NaiveDateTime::parse_from_str(&text, "%Y%m%dT%H%M%S%.f").ok()?, self::zone(zone)?)
}

/// `20240501100000`: only digits. If this were milliseconds since 1970, it would be in the year 2611.
fn digits(cell: &str) -> Option<NaiveDateTime> {
    let is_year = cell.starts_with("20") && cell.len() == 14 && cell.bytes().all(|byte| byte.is_ascii_digit());
    NaiveDateTime::parse_from_str(cell, "%Y%m%d%H%M%S").ok().filter(|_| is_year)
}

/// A date and a time of day with separators.
fn spelled(cell: &str) -> Option<Read> {
    let (start, end, time) = time_of_day(cell)?;
    let (time, rest) = half(time, &cell[end..])?;
    let (zone, year) = year_after(rest);
    let offset = self::zone(zone)?;
    let date = cell[..start].trim_end_matches([' ', ',', '@', ':', '\u{a0}']);
    // Some formats have `at` after the day, others `T`.
    let date = date.strip_suffix(" at").or_else(|| date.strip_suffix(['T', 't'])).unwrap_or(date);
    if date.is_empty() {
        return None;
    }
    match self::date(&format!("{date} {year}"))? {
        Date::Day(day) => at(day.and_time(time), offset).map(Read::Moment),
        Date::Numbers { first, second, year } => Some(Read::Numbers { first, second, year, time, offset }),
    }
}

/// The zone and the year in the text after the time of day, if the year is there: `Wed May 1 10:00:00 UTC 2024`.
fn year_after(rest: &str) -> (&str, &str) {
    let rest = rest.trim_end();
    let digits = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (zone, year) = rest.split_at(rest.len() - digits);
    if digits == 4 && (zone.is_empty() || zone.ends_with(' ')) { (zone, year) } else { (rest, "") }
}

/// The time of day in a cell, and where it begins and ends.
fn time_of_day(cell: &str) -> Option<(usize, usize, NaiveTime)> {
    let colon = cell.find(':')?;
    // Web server logs have a colon after the year: `01/May/2024:10:00:00 +0000`.
    let is_year = cell[..colon].bytes().rev().take_while(u8::is_ascii_digit).count() == 4;
    let colon = if is_year { colon + 1 + cell[colon + 1..].find(':')? } else { colon };
    let before = cell.as_bytes()[..colon].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let start = colon - before;
    let hour: u32 = cell[start..colon].parse().ok()?;
    let mut end = colon;
    let mut parts = [0, 0];
    for (place, part) in parts.iter_mut().enumerate() {
        let Some(rest) = cell[end..].strip_prefix(':') else {
            if place == 0 {
                return None;
            }
            break;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits != 2 {
            return None;
        }
        *part = rest[..digits].parse().ok()?;
        end += 1 + digits;
    }
    let [minute, second] = parts;
    let mut nanos = 0;
    if let Some(rest) = cell[end..].strip_prefix(['.', ',']) {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            nanos = format!("{:0<9.9}", &rest[..digits]).parse().ok()?;
            end += 1 + digits;
        }
    }
    Some((start, end, NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?))
}

/// The time with AM or PM applied, and the text after it.
fn half(time: NaiveTime, rest: &str) -> Option<(NaiveTime, &str)> {
    use chrono::Timelike;

    let rest = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let marks = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)];
    let mark = marks.into_iter().find(|(mark, _)| rest.get(..mark.len()).is_some_and(|r| r.eq_ignore_ascii_case(mark)));
    let Some((mark, hours)) = mark else { return Some((time, rest)) };
    let hour = Some(time.hour()).filter(|hour| (1..=12).contains(hour))?;
    Some((time.with_hour(hour % 12 + hours)?, &rest[mark.len()..]))
}

/// Seconds east of UTC: `Z`, `UTC`, `+02:00`, `+0200`, `(UTC+02:00)`; an empty text is UTC. Other time zone names are
/// not supported, because most are ambiguous.
fn zone(text: &str) -> Option<i32> {
    let text = text.trim_matches([' ', '(', ')', '[', ']', ',', '\u{a0}']);
    let names = ["utc", "gmt", "z"];
    let name = names.into_iter().find(|name| text.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name)));
    let text = text[name.map_or(0, str::len)..].trim();
    // `+0000 UTC` is Go's format, and `Z[UTC]` is Java's.
    let text = text.trim_matches(['(', '[']);
    let text = ["UTC", "GMT"].iter().find_map(|name| text.strip_suffix(name)).unwrap_or(text).trim_end();
    if text.is_empty() {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

enum Date {
    Day(NaiveDate),
    Numbers { first: u32, second: u32, year: i32 },
}

/// A date made of numbers and names.
fn date(text: &str) -> Option<Date> {
    let dotted = text.contains('.') && !text.contains(['/', '-']);
    let words = text.split([' ', ',', '/', '-', '.', '\u{a0}']).filter(|word| !word.is_empty());
    let (mut numbers, mut month) = (Vec::new(), None);
    for word in words {
        if let Some(number) = number(word) {
            numbers.push(number);
        } else if let Some(found) = named(word, &MONTHS) {
            month = Some(u32::try_from(found + 1).ok()?).filter(|_| month.is_none());
            month?;
        } else {
            named(word, &WEEKDAYS)?;
        }
    }
    match (numbers.as_slice(), month) {
        ([(year, 4), (month, 1 | 2), (day, 1 | 2)], None) => {
            NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day).map(Date::Day)
        }
        ([(day, 1 | 2), (year, 4)] | [(year, 4), (day, 1 | 2)], Some(month)) => {
            NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, month, *day).map(Date::Day)
        }
        // Dots never follow a month that comes first.
        ([(day, 1 | 2), (month, 1 | 2), (year, width @ (2 | 4))], None) if dotted => {
            NaiveDate::from_ymd_opt(full(*year, *width)?, *month, *day).map(Date::Day)
        }
        ([(first, 1 | 2), (second, 1 | 2), (year, width @ (2 | 4))], None) => {
            Some(Date::Numbers { first: *first, second: *second, year: full(*year, *width)? })
        }
        _ => None,
    }
}

/// A two-digit year is in this century.
fn full(year: u32, width: usize) -> Option<i32> {
    i32::try_from(year).ok().map(|year| if width == 2 { 2000 + year } else { year })
}

/// A number and its digit count. `1st` is also accepted.
fn number(word: &str) -> Option<(u32, usize)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let suffix = ["", "st", "nd", "rd", "th"].contains(&&word[digits..]);
    if digits == 0 || !suffix { None } else { Some((word[..digits].parse().ok()?, digits)) }
}

/// The index of the name that a word equals or abbreviates to three letters or more.
fn named(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.to_lowercase();
    (word.len() >= 3).then(|| names.iter().position(|name| name.starts_with(&word)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_formats_are_converted_to_cloudtrail_format() {
        let cases = [
            ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
            ("2024-05-01T10:00:00.250Z", "2024-05-01T10:00:00.250Z"),
            ("2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01T12:00:00+0200", "2024-05-01T10:00:00Z"),
            ("2024-05-01 21:00:00+11:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00 +0000 UTC", "2024-05-01T10:00:00Z"),
            ("'2024-05-01 10:00:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00 UTC", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00.000 UTC", "2024-05-01T10:00:00Z"),
            ("2024/05/01 10:00", "2024-05-01T10:00:00Z"),
            ("2024-05-01, 01:45:20 PM", "2024-05-01T13:45:20Z"),
            ("20240501T100000Z", "2024-05-01T10:00:00Z"),
            ("20240501100000", "2024-05-01T10:00:00Z"),
            ("May 1, 2024 @ 10:00:00.250", "2024-05-01T10:00:00.250Z"),
            ("Wed May  1 10:00:00 UTC 2024", "2024-05-01T10:00:00Z"),
            ("Wed May  1 10:00:00 2024", "2024-05-01T10:00:00Z"),
            ("Wed May 1 12:00:00 +0200 2024", "2024-05-01T10:00:00Z"),
            ("01/May/2024:10:00:00 +0000", "2024-05-01T10:00:00Z"),
            ("2024-05-01T10:00:00Z[UTC]", "2024-05-01T10:00:00Z"),
            ("20240501T120000.5+0200", "2024-05-01T10:00:00.500Z"),
            ("May 01, 2024, 10:00:00 (UTC+02:00)", "2024-05-01T08:00:00Z"),
            ("April 21, 2025, 09:45:54 (UTC+02:00)", "2025-04-21T07:45:54Z"),
            ("May 01, 2024, 10:00:00 (UTC)", "2024-05-01T10:00:00Z"),
            ("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01T10:00:00Z"),
            ("1 May 2024 at 10:00 am", "2024-05-01T10:00:00Z"),
            ("01-May-2024 10:00:00.5", "2024-05-01T10:00:00.500Z"),
            ("01.05.2024 10:00:00", "2024-05-01T10:00:00Z"),
            ("01.05.2024 10:00", "2024-05-01T10:00:00Z"),
            ("May 1, 2024 12:05 AM", "2024-05-01T00:05:00Z"),
            ("1714557600", "2024-05-01T10:00:00Z"),
            ("1714557600.5", "2024-05-01T10:00:00.500Z"),
            ("1714557600000", "2024-05-01T10:00:00Z"),
            ("1714557600000000", "2024-05-01T10:00:00Z"),
            ("1714557600000000000", "2024-05-01T10:00:00Z"),
        ];
        for (cell, time) in cases {
            assert_eq!(utc(cell).as_deref(), Some(time), "{cell}");
        }
    }

    #[test]
    fn invalid_and_ambiguous_times_are_none() {
        for cell in [
            "45413.41667",
            "yesterday",
            "",
            ":",
            "10:00",
            "2024-05-01",
            "2024-05-01 10:00:00 PST",
            "2024-13-01 10:00",
            "5/1/2024 10:00",
            "2024-05-01 25:00",
            "é:00",
            "1.2.3",
        ] {
            assert_eq!(utc(cell), None, "{cell}");
        }
    }

    fn times(cells: &[&str], wanted: Option<DateOrder>) -> Vec<Option<String>> {
        let convention = Convention::of(cells.iter().copied(), wanted);
        cells.iter().map(|cell| convention.time(cell).ok()).collect()
    }

    #[test]
    fn one_unambiguous_row_sets_date_order_of_column() {
        let april = ["2025-04-21T09:45:54Z", "2025-04-08T06:56:30Z"].map(|time| Some(time.to_owned()));
        assert_eq!(times(&["21/04/2025 09:45:54", "08/04/2025 06:56:30"], None), april);
        assert_eq!(times(&["04/21/2025 09:45:54", "4/8/2025, 6:56:30 AM"], None), april);
        assert_eq!(times(&["21-4-25 09:45:54", "08-04-2025 06:56:30"], Some(DateOrder::MonthFirst)), april);
    }

    #[test]
    fn ambiguous_column_is_rejected_without_date_order() {
        let cells = ["08/04/2025 06:56:30", "09/04/2025 06:56:30", "05/05/2025 10:00"];
        assert_eq!(times(&cells, None), [None, None, Some("2025-05-05T10:00:00Z".to_owned())]);
        assert_eq!(times(&cells, Some(DateOrder::DayFirst))[0].as_deref(), Some("2025-04-08T06:56:30Z"));
        assert_eq!(times(&cells, Some(DateOrder::MonthFirst))[0].as_deref(), Some("2025-08-04T06:56:30Z"));
        assert_eq!(times(&["21/04/2025 09:45", "04/21/2025 09:45"], None), [None, None]);
    }

    #[test]
    fn implausible_times_are_rejected() {
        let cells = ["1999-05-01 10:00:00", "2999-05-01 10:00:00", "2024-05-01 10:00:00"];
        assert_eq!(times(&cells, None), [None, None, Some("2024-05-01T10:00:00Z".to_owned())]);
    }
}
