//! The tables that describe what happened: `events` and `sessions`.

use super::ColumnKind::{Boolean, Enum, Integer, Json, StructList, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// The members of a class of a call.
pub const CLASS: [&str; 3] = ["class", "effect", "object"];
/// The members of an entity that a call names.
pub const ENTITY: [&str; 4] = ["entity_type", "entity_value", "name", "relation"];

/// `events`
pub const EVENTS: Table = Table {
    name: "events",
    grain: "The CloudTrail events. The columns, including extra, contain the complete record.",
    columns: &[
        Column::new(
            "event_id",
            Text,
            "Unique ID of the event, derived from the record's contents if the record does not have an ID",
        )
        .from("eventID")
        .distinct(),
        Column::new("event_time", Timestamp, "Time of the event (UTC)").from("eventTime"),
        Column::new("event_source", Text, "Service called, with its domain").from("eventSource").repeating(),
        Column::new("service", Text, "Service called, without its domain: iam").repeating(),
        Column::new("event_name", Text, "Name of the API call").from("eventName").repeating(),
        Column::new("event_key", Text, "API call with its service: iam:ListUsers").repeating(),
        Column::new("event_version", Text, "Version of the record format").from("eventVersion").repeating(),
        Column::new("event_type", Text, "Type of the event: AwsApiCall, AwsConsoleSignIn, AwsServiceEvent")
            .from("eventType")
            .repeating(),
        Column::new("event_category", Text, "Category of the event: Management, Data, Insight")
            .from("eventCategory")
            .repeating(),
        Column::new(
            "account_id",
            Text,
            "Account of the event: the recipient account or, if there is none, the caller's account",
        )
        .repeating(),
        Column::new("recipient_account_id", Text, "Account that received the record")
            .from("recipientAccountId")
            .repeating(),
        Column::new("region", Text, "Region that the request was sent to").from("awsRegion").repeating(),
        Column::new("identity_type", Text, "Type of the identity: IAMUser, AssumedRole, Root")
            .from("userIdentity.type")
            .repeating(),
        Column::new("principal", Text, "Short name of the caller: alice, Admin/bob, root").repeating(),
        Column::new("principal_id", Text, "Unique ID of the caller").from("userIdentity.principalId").repeating(),
        Column::new("principal_arn", Text, "ARN of the caller").from("userIdentity.arn").repeating(),
        Column::new("identity_account_id", Text, "Account of the caller").from("userIdentity.accountId").repeating(),
        Column::new("access_key_id", Text, "Access key that signed the call. Often changes within a console session")
            .from("userIdentity.accessKeyId")
            .repeating(),
        Column::new("user_name", Text, "User name of the caller").from("userIdentity.userName").repeating(),
        Column::new("invoked_by", Text, "AWS service that made the call on behalf of the caller")
            .from("userIdentity.invokedBy")
            .repeating(),
        Column::new("issuer_arn", Text, "Role or user that the temporary credentials were issued for")
            .from("userIdentity.sessionContext.sessionIssuer.arn")
            .repeating(),
        Column::new("session_created", Timestamp, "Time at which the credentials were issued (UTC)")
            .from("userIdentity.sessionContext.attributes.creationDate"),
        Column::new("mfa", Boolean, "Whether MFA was used when the credentials were issued")
            .from("userIdentity.sessionContext.attributes.mfaAuthenticated"),
        Column::new("source_ip", Text, "IP address of the caller, or name of an AWS service")
            .from("sourceIPAddress")
            .repeating(),
        Column::new("user_agent", Text, "User agent of the caller").from("userAgent").repeating(),
        Column::new("client", Enum(EnumType::Client), "Kind of client, derived from the user agent"),
        Column::new("error_code", Text, "Error code. NULL if the call did not fail").from("errorCode").repeating(),
        Column::new("error_message", Text, "Error message").from("errorMessage").repeating(),
        Column::new("read_only", Boolean, "Whether the call is read-only").from("readOnly"),
        Column::new("request_id", Text, "ID of the request").from("requestID").distinct(),
        Column::new("request_parameters", Json, "Request parameters").from("requestParameters").distinct(),
        Column::new("response_elements", Json, "Response. Recorded only for calls that change something")
            .from("responseElements")
            .distinct(),
        Column::new("session_credential_from_console", Boolean, "Whether the credentials belong to a console session")
            .from("sessionCredentialFromConsole"),
        Column::new(
            "console_evidence",
            TextList,
            "Indications that the console made the call: flag, sign_in, browser, back_end",
        ),
        Column::new("session_id", Text, "Session of the event: sessions.session_id").repeating(),
        Column::new("source_file", Text, "File that the record was read from, or path within an archive").repeating(),
        Column::new("source_record", Integer, "Position of the record in the source file"),
        Column::new(
            "summary",
            Text,
            "Description of the call in one sentence. Denied and failed calls are described as attempts",
        )
        .distinct(),
        Column::new(
            "outcome",
            Text,
            "Outcome of the call: succeeded, denied, failed, dry_run (permitted, but not carried out) or unknown",
        )
        .repeating(),
        Column::new("denied", Boolean, "Whether the call was denied for lack of permission"),
        Column::new(
            "network",
            Text,
            "Network of source_ip: /24 for IPv4, /48 for IPv6. NULL if source_ip is the name of a service",
        )
        .repeating(),
        Column::new(
            "techniques",
            TextList,
            "ATT&CK techniques that the call can be used for, regardless of who made it",
        ),
        Column::new(
            "classes",
            StructList(&CLASS),
            "Reasons why the call matters: class, effect and object, as in event_classes",
        ),
        Column::new(
            "entities",
            StructList(&ENTITY),
            "Resources that the call names. relation is target, created, deleted, granted_to, source or used",
        ),
        Column::new("grants", Json, "Permissions that the call grants or denies, as in event_grants").distinct(),
        Column::new(
            "shared_event_id",
            Text,
            "ID shared by the records of a single action, if several accounts received a record of it",
        )
        .from("sharedEventID")
        .repeating(),
        Column::new("vpc_endpoint_id", Text, "VPC endpoint that the call was made through")
            .from("vpcEndpointId")
            .repeating(),
        Column::new("source_identity", Text, "Source identity that was set when the role was assumed")
            .from("userIdentity.sessionContext.sourceIdentity")
            .repeating(),
        Column::new("assumed_root", Boolean, "Whether the credentials were issued by sts:AssumeRoot")
            .from("userIdentity.sessionContext.assumedRoot"),
        Column::new("on_behalf_of", Text, "IAM Identity Center user that the call was made for")
            .from("userIdentity.onBehalfOf.userId")
            .repeating(),
        Column::new("in_scope_of", Text, "Resource, such as a function, in whose scope the call was made")
            .from("userIdentity.inScopeOf.sourceArn")
            .repeating(),
        Column::new("own_id", Text, "ID in the record, if other events have the same ID. Otherwise NULL").repeating(),
        Column::new(
            "corrects",
            Text,
            "ID of the event whose record this record replaces. extra.addendum contains the reason",
        )
        .from("addendum.originalEventID")
        .repeating(),
        Column::new("extra", Json, "Fields of the record that are not in any other column"),
    ],
};

/// `aggregated_events`
pub const AGGREGATED_EVENTS: Table = Table {
    name: "aggregated_events",
    grain: "The aggregated events, in which CloudTrail counts the calls in a time window. They do not identify individual calls \
            or callers.",
    columns: &[
        Column::new(
            "event_id",
            Text,
            "Unique ID of the event, derived from the record's contents if the record does not have an ID",
        )
        .from("eventId"),
        Column::new("window_start", Timestamp, "Start of the window (UTC)").from("timeWindow.windowStart"),
        Column::new("window_end", Timestamp, "End of the window (UTC)").from("timeWindow.windowEnd"),
        Column::new("account_id", Text, "Account that received the record").from("accountId"),
        Column::new("region", Text, "Region that the request was sent to").from("awsRegion"),
        Column::new("event_source", Text, "Service called, with its domain").from("eventSource"),
        Column::new(
            "dimension",
            Text,
            "Attribute by which the calls are counted: eventName, resourceARN, userIdentity",
        )
        .from("summary.primaryDimension.dimension"),
        Column::new("summary", Json, "Counts").from("summary"),
        Column::new("source_file", Text, "File that the record was read from, or path within an archive"),
        Column::new("source_record", Integer, "Position of the record in the source file"),
        Column::new("record", Json, "Complete record"),
    ],
};

/// `sessions`
pub const SESSIONS: Table = Table {
    name: "sessions",
    grain: "The sessions. A session contains the events of one identity with credentials that were issued at the same time, \
            regardless of access key and region.",
    columns: &[
        Column::new("session_id", Text, "Unique ID of the session: events.session_id"),
        Column::new("account_id", Text, "Account of the session"),
        Column::new("identity_type", Text, "Type of the identity: IAMUser, AssumedRole, Root"),
        Column::new("principal", Text, "Short name of the identity: alice, Admin/bob, root"),
        Column::new("principal_arn", Text, "ARN of the identity"),
        Column::new("session_created", Timestamp, "Time at which the credentials were issued (UTC)"),
        Column::new(
            "console",
            Boolean,
            "Whether the session is an AWS console session. Only console sessions have signals",
        ),
        Column::new("first_time", Timestamp, "Time of the first event (UTC)"),
        Column::new("last_time", Timestamp, "Time of the last event (UTC)"),
        Column::new("ips", TextList, "IP addresses, sorted"),
        Column::new("regions", TextList, "Regions that requests were sent to, sorted"),
        Column::new("user_agents", TextList, "User agents, sorted"),
        Column::new("mfa", Boolean, "Whether any event in the session used credentials that were issued with MFA"),
        Column::new("events", Integer, "Number of events"),
        Column::new(
            "console_events",
            Integer,
            "Number of console events: events that belong to signals other than commands, and events that do not belong to a \
             signal and come from a client other than a CLI, an SDK or a service",
        ),
        Column::new(
            "explained_events",
            Integer,
            "Number of console events that belong to a signal, including background requests. The coverage view contains the \
             number of identified pages",
        ),
        Column::new("unexplained_events", Integer, "Number of console events that do not belong to a signal"),
        Column::new(
            "typed_events",
            Integer,
            "Number of events from commands in a CLI, an SDK or CloudShell that belong to a signal",
        ),
        Column::new("signals", Integer, "Number of signals. NULL until the session is mapped"),
    ],
};
