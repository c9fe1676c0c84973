//! Recordings from HAR files or CSV: which console pages a person opened, and when.
//!
//! HAR files contain cookies, tokens and page contents. Only times, page addresses and request IDs are read.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDateTime};
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::address::ConsoleAddress;
use super::error::RecordingError;
use crate::event::Timestamp;
use crate::rule::pack::text_problem;
use crate::signal::leads_to_console;

/// The maximum size of a recording, in bytes.
pub const MAX_RECORDING: u64 = 256 << 20;
/// The maximum number of pages in a recording.
const MAX_VISITS: usize = 2_000;
/// How long before its mark a page may have been opened, in microseconds.
const MARK_LAG_US: i64 = 2_000_000;
/// How long after its mark a page may have been opened, in microseconds.
const MARK_LEAD_US: i64 = 15_000_000;
/// The maximum length of a title, in characters.
const MAX_TITLE: usize = 200;
/// The maximum length of an address, in bytes.
const MAX_ADDRESS: usize = 2_000;
/// The headers that contain the ID of an AWS request.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// What a person recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    /// The pages, in order of time.
    pub visits: Vec<RecordedVisit>,
    /// The requests that have an ID.
    pub requests: Vec<RecordedRequest>,
}

/// One page that was opened, or one mark.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedVisit {
    /// When it was opened, according to the recording's clock.
    pub time: Timestamp,
    /// Its title, if it has one: `IAM › Users`.
    pub title: Option<String>,
    /// Its address, if it is known.
    pub address: Option<ConsoleAddress>,
}

/// One request with its ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// When it was sent, according to the recording's clock.
    pub time: Timestamp,
    /// The ID in the response: `requestID` in CloudTrail.
    pub request_id: String,
    /// The index of the page that sent it, if it is known.
    pub visit: Option<usize>,
}

impl Recording {
    /// Reads a HAR file or CSV.
    ///
    /// # Errors
    /// If it is neither, is too large, or contains an invalid time or title.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        if text.len() as u64 > MAX_RECORDING {
            return Err(RecordingError::TooLarge(MAX_RECORDING >> 20));
        }
        let text = text.trim_start_matches('\u{feff}');
        let mut recording = if text.trim_start().starts_with(['{', '[']) { har(text)? } else { csv(text)? };
        if recording.visits.is_empty() {
            return Err(RecordingError::NoPages);
        }
        if recording.visits.len() > MAX_VISITS {
            return Err(RecordingError::TooMany(recording.visits.len(), MAX_VISITS));
        }
        recording.sort();
        Ok(recording)
    }

    /// Adds the pages and requests of another recording. A mark names the page of a HAR file that was opened next.
    pub fn add(&mut self, other: Self) {
        let offset = self.visits.len();
        self.visits.extend(other.visits);
        self.requests.extend(
            other
                .requests
                .into_iter()
                .map(|request| RecordedRequest { visit: request.visit.map(|visit| visit + offset), ..request }),
        );
        self.sort();
        self.name_pages();
    }

    /// Gives each page without a title the title of the mark before it, and removes that mark.
    fn name_pages(&mut self) {
        let is_mark = |visit: &RecordedVisit| visit.title.is_some() && visit.address.is_none();
        let is_unnamed = |visit: &RecordedVisit| visit.title.is_none() && visit.address.is_some();
        let mut removed = Vec::new();
        for at in 0..self.visits.len() {
            if !is_mark(&self.visits[at]) {
                continue;
            }
            // The recording may have started the page slightly before the mark was written.
            let time = self.visits[at].time.0;
            let near = |page: &usize| (-MARK_LAG_US..=MARK_LEAD_US).contains(&(self.visits[*page].time.0 - time));
            let pages = (0..self.visits.len()).filter(|page| is_unnamed(&self.visits[*page]) && near(page));
            if let Some(page) = pages.min_by_key(|page| (self.visits[*page].time.0 - time).abs()) {
                self.visits[page].title = self.visits[at].title.take();
                removed.push(at);
            }
        }
        let kept: Vec<usize> = (0..self.visits.len()).filter(|at| !removed.contains(at)).collect();
        self.keep(&kept);
    }

    /// Keeps the pages at these indices, in this order, and the requests' references to them.
    fn keep(&mut self, order: &[usize]) {
        let mut places = vec![None; self.visits.len()];
        for (new, old) in order.iter().enumerate() {
            places[*old] = Some(new);
        }
        for request in &mut self.requests {
            request.visit = request.visit.and_then(|visit| places.get(visit).copied().flatten());
        }
        self.visits = order.iter().map(|at| self.visits[*at].clone()).collect();
    }

    /// Sorts the pages and the requests by time.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.visits.len()).collect();
        order.sort_by_key(|at| (self.visits[*at].time, *at));
        self.keep(&order);
        self.requests.sort_by_key(|request| request.time);
    }
}

#[derive(Deserialize)]
struct HarFile<'a> {
    #[serde(borrow)]
    log: HarLog<'a>,
}

#[derive(Deserialize)]
struct HarLog<'a> {
    #[serde(default, borrow)]
    pages: Vec<HarPage<'a>>,
    #[serde(default, borrow)]
    entries: Vec<HarEntry<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarPage<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    started_date_time: Cow<'a, str>,
    #[serde(default, borrow)]
    title: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarEntry<'a> {
    #[serde(default, borrow)]
    pageref: Option<Cow<'a, str>>,
    #[serde(borrow)]
    started_date_time: Cow<'a, str>,
    #[serde(borrow)]
    request: HarRequest<'a>,
    #[serde(default)]
    response: HarResponse,
}

#[derive(Deserialize)]
struct HarRequest<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
struct HarResponse {
    #[serde(default, deserialize_with = "request_id")]
    headers: Option<String>,
}

#[derive(Deserialize)]
struct HarHeader<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default, borrow)]
    value: Cow<'a, str>,
}

/// The request ID among the headers. The others are dropped while they are read.
fn request_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Headers;
    impl<'de> Visitor<'de> for Headers {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of headers")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut headers: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some(header) = headers.next_element::<HarHeader<'de>>()? {
                if REQUEST_ID_HEADERS.iter().any(|name| header.name.eq_ignore_ascii_case(name)) && is_id(&header.value)
                {
                    found = Some(header.value.into_owned());
                    break;
                }
            }
            while headers.next_element::<IgnoredAny>()?.is_some() {}
            Ok(found)
        }
    }
    deserializer.deserialize_seq(Headers)
}

fn is_id(text: &str) -> bool {
    (8..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte))
}

fn har(text: &str) -> Result<Recording, RecordingError> {
    let file: HarFile<'_> = serde_json::from_str(text).map_err(|error| RecordingError::Format(har_problem(&error)))?;
    let mut recording = Recording::default();
    let mut places: Vec<(&str, usize)> = Vec::new();
    for (at, page) in file.log.pages.iter().enumerate() {
        let place = format!("page {}", at + 1);
        let first = || file.log.entries.iter().find(|entry| entry.pageref.as_deref() == Some(&*page.id));
        let is_address = page.title.starts_with("https://") || page.title.starts_with("http://");
        let address = if is_address { Some(&*page.title) } else { first().map(|entry| &*entry.request.url) };
        let Some(address) = address.filter(|address| address.len() <= MAX_ADDRESS).and_then(ConsoleAddress::parse)
        else {
            continue;
        };
        if !is_address {
            title(&place, &page.title)?;
        }
        places.push((&page.id, recording.visits.len()));
        let time = time(&place, &page.started_date_time)?;
        recording.visits.push(RecordedVisit { time, title: None, address: Some(address) });
        if recording.visits.len() > MAX_VISITS {
            return Err(RecordingError::TooMany(file.log.pages.len(), MAX_VISITS));
        }
    }
    for (at, entry) in file.log.entries.iter().enumerate() {
        let Some(request_id) = &entry.response.headers else { continue };
        // Other sites also send requests with IDs.
        if !leads_to_console(&entry.request.url) && !is_aws(&entry.request.url) {
            continue;
        }
        let visit = entry.pageref.as_deref().and_then(|id| places.iter().find(|(known, _)| *known == id));
        recording.requests.push(RecordedRequest {
            time: time(&format!("entry {}", at + 1), &entry.started_date_time)?,
            request_id: request_id.clone(),
            visit: visit.map(|(_, visit)| *visit),
        });
    }
    Ok(recording)
}

fn har_problem(error: &serde_json::Error) -> String {
    let incomplete = if error.is_eof() { "; the file is incomplete: export it again" } else { "" };
    format!("invalid HAR: {error}{incomplete}")
}

/// Whether an address leads to an AWS service.
fn is_aws(address: &str) -> bool {
    let host = address.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#', ':']).next());
    host.is_some_and(|host| {
        [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".aws.dev", ".amazonaws.eu"]
            .iter()
            .any(|domain| host.ends_with(domain))
    })
}

/// The columns of a CSV recording.
struct CsvColumns {
    time: usize,
    title: Option<usize>,
    address: Option<usize>,
}

impl CsvColumns {
    /// The columns by name, or in the order time, title, address if the first line already contains data.
    fn of(first: &csv::StringRecord) -> Result<(Self, bool), RecordingError> {
        let named = |names: &[&str]| {
            first.iter().position(|cell| names.iter().any(|name| cell.trim().eq_ignore_ascii_case(name)))
        };
        let time = named(&["time", "timestamp", "date", "when"]);
        let (title, address) = (named(&["title", "page", "name", "mark"]), named(&["address", "url", "link"]));
        match time {
            Some(time) if title.is_some() || address.is_some() => Ok((Self { time, title, address }, true)),
            None if first.len() >= 2 && parse_time(first.get(0).unwrap_or_default()).is_some() => {
                let address = (first.len() > 2).then_some(2);
                Ok((Self { time: 0, title: Some(1), address }, false))
            }
            _ => Err(RecordingError::Columns(shortened(&first.iter().collect::<Vec<_>>().join(", ")))),
        }
    }
}

fn csv(text: &str) -> Result<Recording, RecordingError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut recording = Recording::default();
    let mut columns = None;
    for (at, record) in reader.records().enumerate() {
        let place = format!("line {}", at + 1);
        let record = record.map_err(|error| RecordingError::Format(shortened(&format!("{place}: {error}"))))?;
        if columns.is_none() {
            let (found, is_header) = CsvColumns::of(&record)?;
            columns = Some(found);
            if is_header {
                continue;
            }
        }
        let Some(columns) = &columns else { continue };
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
        let Some(moment) = cell(Some(columns.time)) else { continue };
        let address = cell(columns.address).filter(|address| address.len() <= MAX_ADDRESS);
        recording.visits.push(RecordedVisit {
            time: time(&place, moment)?,
            title: cell(columns.title).map(|text| title(&place, text)).transpose()?.flatten(),
            address: address.and_then(ConsoleAddress::parse),
        });
        if recording.visits.len() > MAX_VISITS {
            return Err(RecordingError::TooMany(recording.visits.len(), MAX_VISITS));
        }
    }
    Ok(recording)
}

/// The title of a page. It becomes part of rules and of the output, so it must be plain text.
fn title(place: &str, text: &str) -> Result<Option<String>, RecordingError> {
    title_problem(text).map_or_else(
        || Ok(Some(text.trim().to_owned()).filter(|title| !title.is_empty())),
        |problem| Err(RecordingError::Title { place: place.to_owned(), problem }),
    )
}

/// What is wrong with a title, if anything is.
#[must_use]
pub fn title_problem(text: &str) -> Option<&'static str> {
    if text.chars().count() > MAX_TITLE { Some("has more than 200 characters") } else { text_problem(text) }
}

fn time(place: &str, text: &str) -> Result<Timestamp, RecordingError> {
    parse_time(text).ok_or_else(|| RecordingError::Time { place: place.to_owned(), text: shortened(text) })
}

/// RFC 3339, `2026-03-01 09:30:00[.000]` in UTC, or seconds or milliseconds since 1970.
fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp(time.timestamp_micros()));
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(Timestamp(time.and_utc().timestamp_micros()));
        }
    }
    match (text.len(), text.parse::<i64>()) {
        (10, Ok(seconds)) => Some(Timestamp(seconds * 1_000_000)),
        (13, Ok(milliseconds)) => Some(Timestamp(milliseconds * 1_000)),
        _ => None,
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 100 { text.chars().take(100).chain("…".chars()).collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn har_with(title: &str) -> String {
        json!({"log": {
            "pages": [{"id": "p1", "startedDateTime": "2026-03-01T09:30:00.250Z", "title": title}],
            "entries": [{
                "pageref": "p1",
                "startedDateTime": "2026-03-01T09:30:01Z",
                "request": {"url": "https://iam.amazonaws.com/", "cookies": [{"name": "aws-creds", "value": "secret"}]},
                "response": {"headers": [
                    {"name": "Set-Cookie", "value": "session=secret"},
                    {"name": "x-amzn-RequestId", "value": "11111111-2222-4333-8444-555555555555"},
                ]},
            }],
        }})
        .to_string()
    }

    #[test]
    fn har_file_yields_only_pages_and_request_ids() {
        let recording =
            Recording::parse(&har_with("https://us-east-1.console.aws.amazon.com/iam/home#/users")).unwrap();
        assert_eq!(recording.visits.len(), 1);
        assert_eq!(recording.visits[0].time, Timestamp(1_772_357_400_250_000));
        assert_eq!(recording.requests[0].request_id, "11111111-2222-4333-8444-555555555555");
        assert_eq!(recording.requests[0].visit, Some(0));
        assert!(!format!("{recording:?}").contains("secret"));
    }

    #[test]
    fn marks_set_titles_of_har_pages() {
        let mut recording =
            Recording::parse(&har_with("https://us-east-1.console.aws.amazon.com/iam/home#/users")).unwrap();
        let marks = "time,title,address\n2026-03-01T09:29:58Z,IAM › Users,\n2026-03-01T09:31:00Z,IAM › Roles,\n";
        recording.add(Recording::parse(marks).unwrap());
        let pages: Vec<_> =
            recording.visits.iter().map(|visit| (visit.title.as_deref(), visit.address.is_some())).collect();
        assert_eq!(pages, [(Some("IAM › Users"), true), (Some("IAM › Roles"), false)]);
        assert_eq!(recording.requests[0].visit, Some(0));
    }

    #[test]
    fn csv_header_is_optional() {
        let with = "Time,Title,URL\n2026-03-01T09:30:00Z,IAM › Users,https://us-east-1.console.aws.amazon.com/iam/home#/users\n";
        let recording = Recording::parse(with).unwrap();
        assert_eq!(recording.visits[0].title.as_deref(), Some("IAM › Users"));
        assert!(recording.visits[0].address.is_some());
        let without = Recording::parse("2026-03-01T09:30:00Z,\"Roles, all\"\n1772357460,Users\n").unwrap();
        let titles: Vec<_> = without.visits.iter().map(|visit| visit.title.as_deref()).collect();
        assert_eq!(titles, [Some("Roles, all"), Some("Users")]);
    }

    #[test]
    fn invalid_recording_error_reports_location_and_cause() {
        let message = |text: &str| Recording::parse(text).unwrap_err().to_string();
        assert!(message("time,title\nyesterday,Users\n").contains("line 2: \"yesterday\" is not a time"));
        let script = "time,title\n2026-03-01T09:30:00Z,<script>alert(1)</script>\n";
        assert_eq!(message(script), "line 2: the title contains HTML");
        let control = "time,title\n2026-03-01T09:30:00Z,\"\u{1b}[31mUsers\"\n";
        assert_eq!(message(control), "line 2: the title contains control characters");
        let long = format!("time,title\n2026-03-01T09:30:00Z,{}\n", "x".repeat(300));
        assert_eq!(message(&long), "line 2: the title has more than 200 characters");
        assert!(message("a,b\n1,2\n").contains("found: a, b"));
        assert!(message(&"[".repeat(100_000)).contains("invalid HAR"));
        let har = har_with("https://us-east-1.console.aws.amazon.com/iam/home#/users");
        assert!(message(&har[..har.len() / 2]).ends_with("the file is incomplete: export it again"));
        let deep = format!("{{\"log\":{{\"pages\":{}{}}}}}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(message(&deep).contains("invalid HAR"));
        assert_eq!(message(&har_with("https://example.com/iam")), "the recording contains no AWS console pages");
        let many: String = (0..2_500).map(|_| "2026-03-01T09:30:00Z,Users\n").collect();
        assert!(message(&many).contains("the maximum is 2000"));
    }
}
