//! Stand-ins for the rooms that load calls, behind their signatures, until those are built.

pub(super) mod read {
    use std::borrow::Cow;
    use std::path::Path;

    use serde_json::value::RawValue;
    use sha2::{Digest, Sha256};
    use thiserror::Error;

    #[derive(Debug, Error)]
    #[error("cannot read {0}: {1}")]
    pub(crate) struct ReadError(String, std::io::Error);

    #[derive(Debug, Error)]
    #[error("no CloudTrail")]
    pub(crate) struct Refusal;

    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Container;

    impl Container {
        #[expect(clippy::unused_self, reason = "the signature of the room to come")]
        pub(crate) const fn as_str(self) -> &'static str {
            "records"
        }
    }

    #[derive(Debug)]
    pub(crate) struct Source {
        pub(crate) name: String,
        size: u64,
    }

    impl Source {
        pub(crate) const fn size(&self) -> u64 {
            self.size
        }
    }

    #[derive(Debug, Default)]
    pub(crate) struct Discovery {
        pub(crate) sources: Vec<Source>,
        pub(crate) problems: Vec<ReadError>,
    }

    pub(crate) struct Opened {
        pub(crate) sha256: String,
        pub(crate) bytes: u64,
        pub(crate) documents: Vec<Document>,
        pub(crate) problems: Vec<String>,
    }

    pub(crate) struct Document {
        pub(crate) name: String,
        text: Vec<u8>,
    }

    pub(crate) struct Split<'a> {
        pub(crate) container: Container,
        pub(crate) records: Vec<Result<RecordText<'a>, BadRecord>>,
    }

    pub(crate) struct RecordText<'a> {
        pub(crate) position: u64,
        pub(crate) json: Cow<'a, str>,
    }

    pub(crate) struct BadRecord {
        pub(crate) position: u64,
        pub(crate) cause: String,
        pub(crate) excerpt: String,
    }

    pub(crate) fn discover(inputs: &[String]) -> Discovery {
        let mut found = Discovery::default();
        for name in inputs {
            match std::fs::metadata(name) {
                Ok(file) if file.is_dir() => found.sources.extend(files_in(Path::new(name))),
                Ok(file) => found.sources.push(Source { name: name.clone(), size: file.len() }),
                Err(error) => found.problems.push(ReadError(name.clone(), error)),
            }
        }
        found.sources.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    fn files_in(folder: &Path) -> Vec<Source> {
        let files = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
        let size = |entry: &walkdir::DirEntry| entry.metadata().map_or(0, |file| file.len());
        files.map(|entry| Source { name: entry.path().display().to_string(), size: size(&entry) }).collect()
    }

    pub(crate) fn open(source: &Source) -> Result<Opened, ReadError> {
        let text = std::fs::read(&source.name).map_err(|error| ReadError(source.name.clone(), error))?;
        let hash = Sha256::digest(&text);
        let sha256 = hash.chunks(4).map(|word| format!("{:08x}", word.iter().fold(0, |w, b| w << 8 | u32::from(*b))));
        let sha256 = sha256.collect::<Vec<_>>().concat();
        let (bytes, name) = (text.len() as u64, source.name.clone());
        Ok(Opened { sha256, bytes, documents: vec![Document { name, text }], problems: Vec::new() })
    }

    pub(crate) fn split(document: &Document) -> Result<Split<'_>, Refusal> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Trail<'a> {
            #[serde(borrow)]
            records: Vec<&'a RawValue>,
        }
        let trail: Trail<'_> = serde_json::from_slice(&document.text).map_err(|_| Refusal)?;
        let record = |(at, json): (usize, &'_ RawValue)| (at as u64 + 1, json.get().to_owned());
        let records = trail.records.into_iter().enumerate().map(record).map(|(position, json)| match json {
            json if json.starts_with('{') => Ok(RecordText { position, json: json.into() }),
            excerpt => Err(BadRecord { position, cause: "no object".to_owned(), excerpt }),
        });
        Ok(Split { container: Container, records: records.collect() })
    }
}

pub(super) mod normalise {
    use std::borrow::Cow;

    use chrono::DateTime;
    use serde_json::Value;

    use crate::event::{Client, Event, Evidence, Identity, Timestamp};

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    pub(crate) struct Problem(&'static str);

    pub(crate) fn event<'a>(json: &'a str, _file: &str) -> Result<Event<'a>, Problem> {
        let record: Value = serde_json::from_str(json).map_err(|_| Problem("no JSON"))?;
        let text = |path: &str| -> Option<Cow<'static, str>> {
            record.pointer(path).and_then(Value::as_str).map(|text| text.to_owned().into())
        };
        let time = |path: &str| text(path).and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        let time = |path: &str| time(path).map(|time| Timestamp(time.timestamp_micros()));
        let browser = text("/userAgent").is_some_and(|agent| agent.starts_with("Mozilla"));
        let source = text("/eventSource").unwrap_or_default();
        let mut evidence = Evidence::empty();
        evidence.set(Evidence::BROWSER, browser);
        evidence.set(Evidence::SIGN_IN, source == "signin.amazonaws.com");
        Ok(Event {
            event_id: text("/eventID").ok_or(Problem("no eventID"))?,
            event_time: time("/eventTime").ok_or(Problem("no eventTime"))?,
            service: source.trim_end_matches(".amazonaws.com").to_owned().into(),
            event_source: source,
            event_name: text("/eventName").unwrap_or_default(),
            identity: Identity {
                kind: text("/userIdentity/type"),
                arn: text("/userIdentity/arn"),
                account_id: text("/userIdentity/accountId"),
                session_created: time("/userIdentity/sessionContext/attributes/creationDate"),
                ..Identity::default()
            },
            region: text("/awsRegion"),
            source_ip: text("/sourceIPAddress"),
            user_agent: text("/userAgent"),
            client: Some(if browser { Client::Browser } else { Client::Sdk }),
            evidence,
            ..Event::default()
        })
    }
}

pub(super) mod session {
    use crate::event::{Event, Evidence, Timestamp};

    pub(crate) struct SignIn {
        event_id: String,
        principal_arn: String,
        time: Timestamp,
    }

    pub(crate) struct Candidate {
        pub(crate) session_id: String,
        #[expect(dead_code, reason = "the signature of the room to come")]
        pub(crate) account_id: String,
        pub(crate) principal_arn: String,
        pub(crate) created: Timestamp,
    }

    pub(crate) fn id(event: &Event<'_>, file: &str) -> String {
        let arn = event.identity.arn.as_deref().unwrap_or(file);
        let created = event.identity.session_created.map(|time| time.0);
        let sign_in = event.evidence.contains(Evidence::SIGN_IN);
        format!("{arn} {}", created.map_or_else(|| format!("sign-in {sign_in}"), |time| time.to_string()))
    }

    pub(crate) fn sign_in(event: &Event<'_>) -> Option<SignIn> {
        let waits = event.evidence.contains(Evidence::SIGN_IN) && event.identity.session_created.is_none();
        waits.then(|| SignIn {
            event_id: event.event_id.to_string(),
            principal_arn: event.identity.arn.as_deref().unwrap_or_default().to_owned(),
            time: event.event_time,
        })
    }

    pub(crate) fn link(sign_ins: &[SignIn], sessions: &[Candidate]) -> Vec<(String, String)> {
        let opened = |sign_in: &SignIn, session: &Candidate| {
            let after = session.created.0 - sign_in.time.0;
            sign_in.principal_arn == session.principal_arn && (0..=60_000_000).contains(&after)
        };
        let of = |sign_in: &SignIn| sessions.iter().find(|session| opened(sign_in, session));
        let pair = |sign_in: &SignIn| Some((sign_in.event_id.clone(), of(sign_in)?.session_id.clone()));
        sign_ins.iter().filter_map(pair).collect()
    }
}
