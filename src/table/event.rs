//! The tables of what happened: `events` and `sessions`.

use super::ColumnKind::{Boolean, Enum, Integer, Json, StructList, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// The members of a class of a call.
pub const CLASS: [&str; 3] = ["class", "effect", "object"];
/// The members of a thing that a call names.
pub const ENTITY: [&str; 4] = ["entity_type", "entity_value", "name", "relation"];

/// `events`
pub const EVENTS: Table = Table {
    name: "events",
    grain: "One CloudTrail event. Together with extra the columns hold all of its record.",
    columns: &[
        Column::new("event_id", Text, "The event's id; derived from its content if the record has none")
            .from("eventID")
            .distinct(),
        Column::new("event_time", Timestamp, "When it happened, UTC").from("eventTime"),
        Column::new("event_source", Text, "The service called, with its domain").from("eventSource").repeating(),
        Column::new("service", Text, "The service called, without its domain: iam").repeating(),
        Column::new("event_name", Text, "The call").from("eventName").repeating(),
        Column::new("event_key", Text, "The call with its service, as rules name it: iam:ListUsers").repeating(),
        Column::new("event_version", Text, "The version of the record's format").from("eventVersion").repeating(),
        Column::new("event_type", Text, "AwsApiCall, AwsConsoleSignIn, AwsServiceEvent ...")
            .from("eventType")
            .repeating(),
        Column::new("event_category", Text, "Management, Data, Insight ...").from("eventCategory").repeating(),
        Column::new("account_id", Text, "The account it happened in: the recipient's, else the caller's").repeating(),
        Column::new("recipient_account_id", Text, "The account that got the record")
            .from("recipientAccountId")
            .repeating(),
        Column::new("region", Text, "The region called").from("awsRegion").repeating(),
        Column::new("identity_type", Text, "IAMUser, AssumedRole, Root ...").from("userIdentity.type").repeating(),
        Column::new("principal", Text, "A short name of who called: alice, Admin/bob, root").repeating(),
        Column::new("principal_id", Text, "The caller's unique id").from("userIdentity.principalId").repeating(),
        Column::new("principal_arn", Text, "The caller's ARN").from("userIdentity.arn").repeating(),
        Column::new("identity_account_id", Text, "The caller's account").from("userIdentity.accountId").repeating(),
        Column::new("access_key_id", Text, "The key that signed the call; changes often in a console session")
            .from("userIdentity.accessKeyId")
            .repeating(),
        Column::new("user_name", Text, "The caller's friendly name").from("userIdentity.userName").repeating(),
        Column::new("invoked_by", Text, "The AWS service that called on behalf")
            .from("userIdentity.invokedBy")
            .repeating(),
        Column::new("issuer_arn", Text, "The role or user that issued the credentials")
            .from("userIdentity.sessionContext.sessionIssuer.arn")
            .repeating(),
        Column::new("session_created", Timestamp, "When the credentials were issued, UTC")
            .from("userIdentity.sessionContext.attributes.creationDate"),
        Column::new("mfa", Boolean, "Whether the credentials were issued with MFA")
            .from("userIdentity.sessionContext.attributes.mfaAuthenticated"),
        Column::new("source_ip", Text, "The caller's address, or the name of a service")
            .from("sourceIPAddress")
            .repeating(),
        Column::new("user_agent", Text, "The program that called").from("userAgent").repeating(),
        Column::new("client", Enum(EnumType::Client), "What kind of program called, from the user agent"),
        Column::new("error_code", Text, "Why the call failed; NULL if it did not").from("errorCode").repeating(),
        Column::new("error_message", Text, "The failure in words").from("errorMessage").repeating(),
        Column::new("read_only", Boolean, "Whether the call only reads").from("readOnly"),
        Column::new("request_id", Text, "The id of the request").from("requestID").distinct(),
        Column::new("request_parameters", Json, "What was asked for").from("requestParameters").distinct(),
        Column::new("response_elements", Json, "What was answered, for calls that change").from("responseElements"),
        Column::new("session_credential_from_console", Boolean, "Whether the credentials are a console session's")
            .from("sessionCredentialFromConsole"),
        Column::new(
            "console_evidence",
            TextList,
            "Evidence that the console called: flag, sign_in, browser, back_end ...",
        ),
        Column::new("session_id", Text, "The session it belongs to: sessions.session_id").repeating(),
        Column::new("source_file", Text, "The file, or the file within an archive, it was read from").repeating(),
        Column::new("source_record", Integer, "Its position in that file"),
        Column::new("summary", Text, "What the call did, in one sentence; what failed or was denied was tried")
            .distinct(),
        Column::new("outcome", Text, "succeeded, denied, failed, dry_run (allowed, but nothing was done) or unknown")
            .repeating(),
        Column::new("denied", Boolean, "Whether the caller was not allowed to"),
        Column::new(
            "network",
            Text,
            "The network of source_ip: its /24, or its /48 of IPv6; NULL for a service's name",
        )
        .repeating(),
        Column::new("techniques", TextList, "ATT&CK techniques that the call is known for, whoever made it"),
        Column::new("classes", StructList(&CLASS), "Why the call matters: class, effect, and the object it has it on"),
        Column::new(
            "entities",
            StructList(&ENTITY),
            "The things that the call names: relation is target, created, deleted, granted_to, source or used",
        ),
        Column::new("grants", Json, "The permissions that the call gives or takes, as in event_grants").distinct(),
        Column::new("shared_event_id", Text, "One id for the records of one action that several accounts got")
            .from("sharedEventID")
            .repeating(),
        Column::new("vpc_endpoint_id", Text, "The VPC endpoint that the call went through")
            .from("vpcEndpointId")
            .repeating(),
        Column::new("source_identity", Text, "The identity that was set when the role was assumed")
            .from("userIdentity.sessionContext.sourceIdentity")
            .repeating(),
        Column::new("assumed_root", Boolean, "Whether the credentials are those of sts:AssumeRoot")
            .from("userIdentity.sessionContext.assumedRoot"),
        Column::new("on_behalf_of", Text, "The IAM Identity Center user that the call was made for")
            .from("userIdentity.onBehalfOf.userId")
            .repeating(),
        Column::new("in_scope_of", Text, "The resource whose role or function called")
            .from("userIdentity.inScopeOf.sourceArn")
            .repeating(),
        Column::new("own_id", Text, "The id in its record, where other events have that too; else NULL"),
        Column::new("corrects", Text, "The id of the event whose record this one replaces; why is in extra.addendum")
            .from("addendum.originalEventID"),
        Column::new("extra", Json, "The members of the record that no other column holds"),
    ],
};

/// `aggregated_events`
pub const AGGREGATED_EVENTS: Table = Table {
    name: "aggregated_events",
    grain: "One aggregated event: CloudTrail's count of many calls in a window of time. It has no name and no caller.",
    columns: &[
        Column::new("event_id", Text, "The event's id; derived from its content if the record has none")
            .from("eventId"),
        Column::new("window_start", Timestamp, "When its window begins, UTC").from("timeWindow.windowStart"),
        Column::new("window_end", Timestamp, "When its window ends, UTC").from("timeWindow.windowEnd"),
        Column::new("account_id", Text, "The account that got the record").from("accountId"),
        Column::new("region", Text, "The region called").from("awsRegion"),
        Column::new("event_source", Text, "The service called, with its domain").from("eventSource"),
        Column::new("dimension", Text, "What the calls are counted by: eventName, resourceARN, userIdentity")
            .from("summary.primaryDimension.dimension"),
        Column::new("summary", Json, "The counts").from("summary"),
        Column::new("source_file", Text, "The file, or the file within an archive, it was read from"),
        Column::new("source_record", Integer, "Its position in that file"),
        Column::new("record", Json, "The whole record"),
    ],
};

/// `sessions`
pub const SESSIONS: Table = Table {
    name: "sessions",
    grain: "One session: one identity's events under credentials issued at one moment, whatever key and region.",
    columns: &[
        Column::new("session_id", Text, "The session's id: events.session_id"),
        Column::new("account_id", Text, "The account it happened in"),
        Column::new("identity_type", Text, "IAMUser, AssumedRole, Root ..."),
        Column::new("principal", Text, "A short name of who it is: alice, Admin/bob, root"),
        Column::new("principal_arn", Text, "The identity's ARN"),
        Column::new("session_created", Timestamp, "When its credentials were issued, UTC"),
        Column::new("console", Boolean, "Whether it is a session of the AWS console; only such are mapped to signals"),
        Column::new("first_time", Timestamp, "Its first event, UTC"),
        Column::new("last_time", Timestamp, "Its last event, UTC"),
        Column::new("ips", TextList, "The addresses it came from, sorted"),
        Column::new("regions", TextList, "The regions it called, sorted"),
        Column::new("user_agents", TextList, "The programs that called, sorted"),
        Column::new("mfa", Boolean, "Whether any of its events was under MFA"),
        Column::new("events", Integer, "How many events it has"),
        Column::new(
            "console_events",
            Integer,
            "How many of them are the console's: in a signal and not typed, or by no CLI, SDK or service",
        ),
        Column::new(
            "explained_events",
            Integer,
            "How many of them a signal has, background too; not a measure of how many pages are recognized: see coverage",
        ),
        Column::new("unexplained_events", Integer, "How many of them no signal has, counted on their own"),
        Column::new(
            "typed_events",
            Integer,
            "How many were typed, in a CLI, an SDK or CloudShell, and a signal tells of",
        ),
        Column::new("signals", Integer, "How many signals it has; NULL while it waits to be mapped"),
    ],
};
