//! The `Event` type: one normalized CloudTrail record, which borrows from its text.

use std::borrow::Cow;

use serde::Deserialize;

/// Microseconds since 1970-01-01T00:00:00Z, like DuckDB's and Arrow's `TIMESTAMP`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The time `seconds` later (earlier if negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The time in UTC, formatted with a [`chrono::format::strftime`] pattern; `?` if it is out of range.
    #[must_use]
    pub fn format(self, pattern: &str) -> String {
        let moment = chrono::DateTime::from_timestamp_micros(self.0);
        moment.map_or_else(|| "?".to_owned(), |moment| moment.format(pattern).to_string())
    }
}

/// The kind of client that made a call, from its user agent. [`crate::normalize`] determines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Client {
    /// A web browser.
    Browser,
    /// A back end that only the console uses (`S3Console/…`, `EC2ConsoleFrontend`, `console.ec2.amazonaws.com` …).
    Console,
    /// An AWS back end that the console shares with service noise (`AWS Internal`, `aws-internal/…`, `Coral/Netty4`).
    Internal,
    /// A command typed in CloudShell.
    CloudShell,
    /// The AWS CLI or PowerShell tools outside CloudShell.
    Cli,
    /// An SDK or a tool built on an SDK.
    Sdk,
    /// An autonomous agent that acts for a person: the AWS MCP server, Amazon Q, Kiro.
    Agent,
    /// An AWS service acting for someone (`config.amazonaws.com`).
    Service,
    /// None of the above, or no user agent.
    Unknown,
}

impl Client {
    /// Every client, in order: the values of the `event_client` ENUM.
    pub const ALL: [Self; 9] = [
        Self::Browser,
        Self::Console,
        Self::Internal,
        Self::CloudShell,
        Self::Cli,
        Self::Sdk,
        Self::Agent,
        Self::Service,
        Self::Unknown,
    ];

    /// The client with that name, as stored in `events.client`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|client| client.as_str() == name)
    }

    /// The name stored in `events.client`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Console => "console",
            Self::Internal => "internal",
            Self::CloudShell => "cloudshell",
            Self::Cli => "cli",
            Self::Sdk => "sdk",
            Self::Agent => "agent",
            Self::Service => "service",
            Self::Unknown => "unknown",
        }
    }
}

bitflags::bitflags! {
    /// The evidence that an event is from the console. Each bit is an independent test; no single test decides.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Evidence: u16 {
        /// `sessionCredentialFromConsole` is true.
        const FLAG = 1;
        /// The event is a sign-in to the console (`signin.amazonaws.com`).
        const SIGN_IN = 1 << 1;
        /// The user agent is a browser's.
        const BROWSER = 1 << 2;
        /// The user agent is a back end that only the console uses.
        const BACK_END = 1 << 3;
        /// `AWS Internal` calling from a person's address, not for a service.
        const FORWARDED = 1 << 4;
        /// The user agent is an AWS back end that the console shares with service noise: weak.
        const INTERNAL = 1 << 5;
        /// Ran in CloudShell.
        const CLOUD_SHELL = 1 << 6;
    }
}

impl Evidence {
    /// The bits that are each enough, on their own, to identify a console session.
    pub const STRONG: Self =
        Self::FLAG.union(Self::SIGN_IN).union(Self::BROWSER).union(Self::BACK_END).union(Self::FORWARDED);

    const NAMES: [(Self, &'static str); 7] = [
        (Self::FLAG, "flag"),
        (Self::SIGN_IN, "sign_in"),
        (Self::BROWSER, "browser"),
        (Self::BACK_END, "back_end"),
        (Self::FORWARDED, "forwarded"),
        (Self::INTERNAL, "internal"),
        (Self::CLOUD_SHELL, "cloudshell"),
    ];

    /// The names stored in `events.console_evidence`, in the order of the bits.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(bit, _)| self.contains(*bit)).map(|(_, name)| name)
    }

    /// The bit with that name, as stored in `events.console_evidence`; empty for an unknown name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::NAMES.into_iter().find(|(_, known)| *known == name).map_or(Self::empty(), |(bit, _)| bit)
    }
}

/// The caller of an event: the members of `userIdentity` that analysts need. Absent members are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity<'a> {
    /// `userIdentity.type`: `IAMUser`, `AssumedRole`, `Root`, `AWSService` …
    pub kind: Option<Cow<'a, str>>,
    /// `userIdentity.principalId`
    pub principal_id: Option<Cow<'a, str>>,
    /// `userIdentity.arn`
    pub arn: Option<Cow<'a, str>>,
    /// `userIdentity.accountId`
    pub account_id: Option<Cow<'a, str>>,
    /// `userIdentity.accessKeyId`
    pub access_key_id: Option<Cow<'a, str>>,
    /// `userIdentity.userName`
    pub user_name: Option<Cow<'a, str>>,
    /// `userIdentity.invokedBy`
    pub invoked_by: Option<Cow<'a, str>>,
    /// `userIdentity.sessionContext.sessionIssuer.arn`
    pub issuer_arn: Option<Cow<'a, str>>,
    /// `userIdentity.sessionContext.attributes.creationDate`
    pub session_created: Option<Timestamp>,
    /// `userIdentity.sessionContext.attributes.mfaAuthenticated`
    pub mfa: Option<bool>,
    /// `userIdentity.sessionContext.sourceIdentity`
    pub source_identity: Option<Cow<'a, str>>,
    /// `userIdentity.sessionContext.assumedRoot`
    pub assumed_root: Option<bool>,
    /// `userIdentity.onBehalfOf.userId`
    pub on_behalf_of: Option<Cow<'a, str>>,
    /// `userIdentity.inScopeOf.sourceArn`
    pub in_scope_of: Option<Cow<'a, str>>,
    /// A short name for the identity: `alice`, `Admin/bob`, `root`, `config.amazonaws.com`. Derived.
    pub principal: Option<Cow<'a, str>>,
}

/// One CloudTrail event. Raw members keep their text; members without a field are in `extra`, so that the record can be rebuilt.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event<'a> {
    /// `eventID`, or for a record without one, a stable ID derived from its content.
    pub event_id: Cow<'a, str>,
    /// `eventTime`
    pub event_time: Timestamp,
    /// `eventSource`: `iam.amazonaws.com`
    pub event_source: Cow<'a, str>,
    /// `eventSource` without its domain: `iam`. Derived.
    pub service: Cow<'a, str>,
    /// `eventName`
    pub event_name: Cow<'a, str>,
    /// `eventVersion`
    pub event_version: Option<Cow<'a, str>>,
    /// `eventType`
    pub event_type: Option<Cow<'a, str>>,
    /// `eventCategory`
    pub event_category: Option<Cow<'a, str>>,
    /// `recipientAccountId`
    pub recipient_account_id: Option<Cow<'a, str>>,
    /// `awsRegion`
    pub region: Option<Cow<'a, str>>,
    /// `userIdentity`
    pub identity: Identity<'a>,
    /// `sourceIPAddress`
    pub source_ip: Option<Cow<'a, str>>,
    /// `userAgent`
    pub user_agent: Option<Cow<'a, str>>,
    /// `errorCode`
    pub error_code: Option<Cow<'a, str>>,
    /// `errorMessage`
    pub error_message: Option<Cow<'a, str>>,
    /// `readOnly`
    pub read_only: Option<bool>,
    /// `requestID`
    pub request_id: Option<Cow<'a, str>>,
    /// `requestParameters`, unchanged JSON text.
    pub request_parameters: Option<Cow<'a, str>>,
    /// `responseElements`, unchanged JSON text.
    pub response_elements: Option<Cow<'a, str>>,
    /// `sessionCredentialFromConsole`
    pub session_credential_from_console: Option<bool>,
    /// `sharedEventID`
    pub shared_event_id: Option<Cow<'a, str>>,
    /// `vpcEndpointId`
    pub vpc_endpoint_id: Option<Cow<'a, str>>,
    /// `eventID`, if several events share it and this event uses an ID derived from its content.
    pub own_id: Option<Cow<'a, str>>,
    /// `addendum.originalEventID`, in a record that corrects another record.
    pub corrects: Option<Cow<'a, str>>,
    /// The kind of client, from the user agent. Derived.
    pub client: Option<Client>,
    /// The evidence that the event is from the console. Derived.
    pub evidence: Evidence,
    /// The session the event belongs to. Derived.
    pub session_id: String,
    /// JSON object of all members, at any depth, that no field above represents exactly.
    pub extra: Option<String>,
}

impl Event<'_> {
    /// The account in which the event happened: the recipient's, otherwise the caller's.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.recipient_account_id.as_deref().or(self.identity.account_id.as_deref())
    }

    /// The call in the notation that rules use: `iam:ListUsers`.
    #[must_use]
    pub fn key(&self) -> String {
        [&*self.service, ":", &*self.event_name].concat()
    }
}
