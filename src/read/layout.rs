//! Parses the path of a log file, in the form that `CloudTrail` uses for its files in S3.
//!
//! `AWSLogs/[organization/]<account>/CloudTrail/<region>/YYYY/MM/DD/<account>_CloudTrail_<region>_<time>Z_<id>.json.gz`

use chrono::{NaiveDate, NaiveDateTime};

use crate::event::Timestamp;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// What the path of a log file states: the account of its events, and when it was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPath<'a> {
    /// The account of its events.
    pub account: &'a str,
    /// The region it was delivered for.
    pub region: &'a str,
    /// The earliest possible time of delivery: the minute in its name, or the day of its folder.
    pub from: Timestamp,
    /// The end of that minute or day.
    pub to: Timestamp,
    /// Whether its name has the format of `CloudTrail`'s names.
    pub named: bool,
}

impl<'a> LogPath<'a> {
    /// Parses a path; `None` if it does not belong to a log file, or if its file name and folders contradict each
    /// other.
    ///
    /// `CloudTrail-Insight` and similar files count as log files; digest files do not.
    #[must_use]
    pub fn of(path: &'a str) -> Option<Self> {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        match (Self::of_name(name), Self::of_folders(folders)) {
            (Some(name), Some(folders)) => name.is_within(folders).then_some(name),
            (name, folders) => name.or(folders),
        }
    }

    /// From just the file's name.
    fn of_name(name: &'a str) -> Option<Self> {
        let mut parts = name.split('_');
        let (account, kind, region, time, id) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if !is_account(account) || !is_log(kind) || !is_region(region) || parts.next().is_some() {
            return None;
        }
        let is_whole = id.split_once('.').is_some_and(|(id, rest)| !id.is_empty() && rest.starts_with("json"));
        let time = NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%MZ").ok().filter(|_| is_whole)?;
        Some(Self::at(account, region, time, MINUTE, true))
    }

    /// From the last folders in the path.
    fn of_folders(folders: &'a str) -> Option<Self> {
        let mut parts = folders.rsplit('/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, kind, account) = (parts.next()?, parts.next()?, parts.next()?);
        if !is_account(account) || !is_log(kind) || !is_region(region) {
            return None;
        }
        let number = |text: &str, digits: usize| text.parse::<u32>().ok().filter(|_| text.len() == digits);
        let year = i32::try_from(number(year, 4)?).ok()?;
        let day = NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)?;
        Some(Self::at(account, region, day.and_hms_opt(0, 0, 0)?, DAY, false))
    }

    fn at(account: &'a str, region: &'a str, time: NaiveDateTime, seconds: i64, named: bool) -> Self {
        let from = Timestamp(time.and_utc().timestamp_micros());
        Self { account, region, from, to: from.plus_seconds(seconds), named }
    }

    fn is_within(&self, folders: Self) -> bool {
        (self.account, self.region) == (folders.account, folders.region)
            && folders.from <= self.from
            && self.to <= folders.to
    }
}

/// `CloudTrail`, `CloudTrail-Insight` …, but not `CloudTrail-Digest`.
fn is_log(kind: &str) -> bool {
    kind == "CloudTrail" || (kind.starts_with("CloudTrail-") && kind != "CloudTrail-Digest")
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `us-east-1`, `us-gov-west-1`, `us-iso-east-1`
fn is_region(text: &str) -> bool {
    text.contains('-')
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "111111111111_CloudTrail_us-east-1_20240501T0905Z_HUERLu3a4rXsZcV0.json.gz";
    const FOLDERS: &str = "logs/AWSLogs/o-exampleorgid/111111111111/CloudTrail/us-east-1/2024/05/01";
    /// 2024-05-01T00:00:00Z
    const FIRST: i64 = 1_714_521_600;

    fn seconds(path: &str) -> Option<(i64, i64)> {
        LogPath::of(path).map(|found| (found.from.0 / 1_000_000 - FIRST, found.to.0 / 1_000_000 - FIRST))
    }

    #[test]
    fn path_contains_account_region_and_delivery_time() {
        let path = format!("{FOLDERS}/{NAME}");
        let found = LogPath::of(&path).unwrap();
        assert_eq!((found.account, found.region, found.named), ("111111111111", "us-east-1", true));
        assert_eq!(seconds(&path), Some((32_700, 32_760)));
        assert_eq!(seconds(NAME), Some((32_700, 32_760)));
        assert_eq!(seconds(NAME.trim_end_matches(".gz")), Some((32_700, 32_760)));
        assert_eq!(seconds(&format!("{FOLDERS}/renamed.json.gz")), Some((0, 86_400)));
        let insight = path.replace("CloudTrail", "CloudTrail-Insight");
        assert_eq!(seconds(&insight), Some((32_700, 32_760)));
    }

    #[test]
    fn name_that_contradicts_folders_is_ignored() {
        for (from, to) in [("05/01", "05/02"), ("/us-east-1", "/eu-west-1"), ("/111111111111", "/222222222222")] {
            assert_eq!(LogPath::of(&format!("{}/{NAME}", FOLDERS.replace(from, to))), None, "{to}");
        }
    }

    #[test]
    fn other_paths_are_ignored() {
        let digest = "111111111111_CloudTrail-Digest_us-east-1_trail_us-east-1_20240501T090500Z.json.gz";
        let digests = FOLDERS.replace("CloudTrail", "CloudTrail-Digest");
        for path in [digest, &format!("{digests}/{digest}"), "trail.json", "a/b/c/2024/05/01/x.json", ""] {
            assert_eq!(LogPath::of(path), None, "{path}");
        }
        for (from, to) in [("T0905Z", "T9905Z"), ("1111_", "_"), ("us-east-1", "everywhere"), (".json", ".txt")] {
            assert_eq!(LogPath::of(&NAME.replacen(from, to, 1)), None, "{to}");
        }
    }
}
