//! Classifies a JSON object by its members, in a single pass and without parsing their values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::container::Container;
use super::names::RECORD_MEMBERS;
use super::scan::{self, Damage};
use crate::json::{self, LevelReader, MemberName};

bitflags::bitflags! {
    /// Members that identify an object.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub(super) struct Members: u32 {
        const EVENT_NAME = 1;
        const EVENT_SOURCE = 1 << 1;
        const EVENT_TYPE = 1 << 2;
        const EVENT_CATEGORY = 1 << 3;
        const EVENT_VERSION = 1 << 4;
        const USER_IDENTITY = 1 << 5;
        const INSIGHT_DETAILS = 1 << 6;
        const EVENT_TIME = 1 << 7;
        const DIGEST = 1 << 8;
        const S3 = 1 << 9;
        const S3_OBJECT_KEY = 1 << 10;
        const ACS_REGION = 1 << 11;
        const CONFIG = 1 << 12;
        const SNS = 1 << 13;
        const SQS = 1 << 14;
        const LOG_EVENTS = 1 << 15;
        const SEVERITY = 1 << 16;
        const SERVICE = 1 << 17;
        const ASFF = 1 << 18;
        const EVENT = 1 << 19;
        const BUCKET = 1 << 20;
        const CLASS_UID = 1 << 21;
        const METADATA = 1 << 22;
        const SMALL_NAME = 1 << 23;
        const SMALL_SOURCE = 1 << 24;
        const SMALL_TIME = 1 << 25;
        /// A member that should be an object is a string.
        const TEXT = 1 << 26;
        const DETAILS = 1 << 27;
        const SUMMARY = 1 << 28;
    }
}

impl Members {
    /// The bit of a member's name; names are case-sensitive, and only the exact name counts.
    fn of(name: &str) -> Self {
        match name {
            "eventName" => Self::EVENT_NAME,
            "eventSource" => Self::EVENT_SOURCE,
            "eventType" => Self::EVENT_TYPE,
            "eventCategory" => Self::EVENT_CATEGORY,
            "eventVersion" => Self::EVENT_VERSION,
            "userIdentity" => Self::USER_IDENTITY,
            "insightDetails" => Self::INSIGHT_DETAILS,
            "eventTime" => Self::EVENT_TIME,
            "digestS3Object" | "digestS3Bucket" | "digestStartTime" => Self::DIGEST,
            "s3" => Self::S3,
            "s3ObjectKey" => Self::S3_OBJECT_KEY,
            "acsRegion" => Self::ACS_REGION,
            "configurationItem" | "configurationItems" | "configRuleName" | "invokingEvent" => Self::CONFIG,
            "TopicArn" | "Sns" => Self::SNS,
            "receiptHandle" | "ReceiptHandle" | "MD5OfBody" | "md5OfBody" => Self::SQS,
            "logEvents" => Self::LOG_EVENTS,
            "severity" | "Severity" => Self::SEVERITY,
            "service" | "Service" => Self::SERVICE,
            "ProductArn" | "GeneratorId" => Self::ASFF,
            "Event" => Self::EVENT,
            "Bucket" => Self::BUCKET,
            "class_uid" => Self::CLASS_UID,
            "metadata" => Self::METADATA,
            "eventname" => Self::SMALL_NAME,
            "eventsource" => Self::SMALL_SOURCE,
            "eventtime" => Self::SMALL_TIME,
            "summary" | "timeWindow" => Self::SUMMARY,
            "requestParameters"
            | "responseElements"
            | "additionalEventData"
            | "serviceEventDetails"
            | "tlsDetails"
            | "resources" => Self::DETAILS,
            _ => Self::empty(),
        }
    }
}

/// The container for an object with this member, if the member may contain records.
pub(super) fn wrapper(name: &str) -> Option<Container> {
    Some(match name {
        "Records" => Container::Records,
        "Events" | "CloudTrailEvent" => Container::LookupEvents,
        "detail" => Container::EventBridge,
        "logEvents" | "events" => Container::CloudWatchLogs,
        "line" => Container::CloudGrep,
        "QueryResultRows" | "eventJson" => Container::LakeQuery,
        "message" | "Message" | "event" | "_raw" | "raw" | "body" | "Body" | "data" | "Data" | "original"
        | "result" | "_source" | "Sns" | "Messages" | "payload" => Container::StringMember,
        _ => return None,
    })
}

/// The result of one pass over an object's members. Values are JSON text, strings include their quotes.
#[derive(Debug)]
pub(super) struct Shape<'t> {
    /// All members, as the members of a record.
    pub(super) level: LevelReader<'t, 'static, { RECORD_MEMBERS.len() }>,
    pub(super) members: Members,
    pub(super) event_source: Option<&'t str>,
    pub(super) at_timestamp: Option<&'t str>,
    pub(super) source: Option<&'t str>,
    pub(super) detail_type: Option<&'t str>,
    pub(super) message_type: Option<&'t str>,
    /// Members that may contain records, in order, each as JSON text.
    pub(super) wrapped: Vec<(Container, &'t str)>,
    /// Whether the text is unusual, so that it may have to be repaired.
    pub(super) is_irregular: bool,
}

impl Default for Shape<'_> {
    fn default() -> Self {
        Self {
            level: LevelReader::new(&RECORD_MEMBERS),
            members: Members::empty(),
            event_source: None,
            at_timestamp: None,
            source: None,
            detail_type: None,
            message_type: None,
            wrapped: Vec::new(),
            is_irregular: false,
        }
    }
}

impl<'t> Shape<'t> {
    /// Whether the object is one CloudTrail record.
    pub(super) fn is_record(&self) -> bool {
        use Members as M;
        let any = |members: M| self.members.intersects(members);
        let all = |members: M| self.members.contains(members);
        let versioned = all(M::EVENT_VERSION | M::USER_IDENTITY);
        let call = any(M::EVENT_NAME) && (any(M::EVENT_SOURCE | M::EVENT_TYPE | M::EVENT_CATEGORY) || versioned);
        // For Insights events, only `insightDetails` may contain the source and name.
        let insight = any(M::INSIGHT_DETAILS) && any(M::EVENT_TYPE | M::EVENT_CATEGORY | M::EVENT_VERSION);
        // Aggregated events have neither a name nor a time.
        let aggregated = all(M::SUMMARY | M::EVENT_CATEGORY | M::EVENT_VERSION);
        (call || insight || aggregated) && !self.is_other_source()
    }

    /// Whether the object is an OCSF event from any product.
    pub(super) fn is_ocsf(&self) -> bool {
        self.members.contains(Members::CLASS_UID | Members::METADATA)
    }

    /// Whether the object is a record with strings instead of objects, or with `userIdentity` split into separate
    /// members.
    pub(super) fn is_flat(&self, text: &str) -> bool {
        let is_parted = || {
            let parts = ["\"userIdentity", "\"user_identity", "\"useridentity", "\"UserIdentity"];
            parts.iter().any(|part| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some())
        };
        self.members.contains(Members::TEXT) || (!self.members.contains(Members::USER_IDENTITY) && is_parted())
    }

    /// Whether the object is a row from Athena's table for a trail.
    pub(super) fn is_athena(&self) -> bool {
        self.members.contains(Members::SMALL_NAME | Members::SMALL_SOURCE | Members::SMALL_TIME)
    }

    /// Whether a record that resembles a CloudTrail record comes from another source: S3 and streams use names such as
    /// `aws:s3`.
    fn is_other_source(&self) -> bool {
        let other = |source: &str| source.starts_with("\"aws:") || source.ends_with(".aliyuncs.com\"");
        self.members.intersects(Members::ACS_REGION | Members::S3) || self.event_source.is_some_and(other)
    }

    fn take(&mut self, name: Cow<'t, str>, value: &'t str) {
        let member = Members::of(&name);
        self.members |= member;
        if member.intersects(Members::USER_IDENTITY | Members::DETAILS) && holds_json(value) {
            self.members |= Members::TEXT;
        }
        if let Some(container) = wrapper(&name) {
            self.wrapped.push((container, value));
        }
        match &*name {
            "eventSource" => self.event_source = Some(value),
            "@timestamp" => self.at_timestamp = Some(value),
            "source" => self.source = Some(value),
            "detail-type" => self.detail_type = Some(value),
            "messageType" => self.message_type = Some(value),
            _ => {}
        }
        self.level.take(name, value);
    }

    /// The shape of the object at `at`, and the offset after the object.
    pub(super) fn read(text: &'t str, at: usize) -> Result<(Self, usize), Damage> {
        let mut shape = Self::default();
        if let Some(end) = json::object(text, at, |name, value| shape.take(Cow::Borrowed(name), value)) {
            return Ok((shape, end));
        }
        let (shape, end) = scan::value(text, at)?;
        Ok((Self { is_irregular: true, ..shape }, end))
    }
}

/// Whether a value is a string that begins like JSON or a struct.
fn holds_json(value: &str) -> bool {
    matches!(value.as_bytes(), [b'"', b'{' | b'[', ..]) || value == "\"null\""
}

impl<'t> Deserialize<'t> for Shape<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Objects;
        impl<'t> Visitor<'t> for Objects {
            type Value = Shape<'t>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Shape<'t>, A::Error> {
                let mut shape = Shape::default();
                while let Some(MemberName(name)) = map.next_key()? {
                    shape.take(name, map.next_value::<&RawValue>()?.get());
                }
                Ok(shape)
            }
        }
        deserializer.deserialize_map(Objects)
    }
}
