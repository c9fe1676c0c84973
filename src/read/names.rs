//! Maps column names, in any tool's spelling, to members of a CloudTrail record.
//!
//! `eventName`, `eventname`, `event_name`, `EventName` and `Event name` are the same member, and so are
//! `userIdentity.arn`, `user_identity_arn` and `UserIdentityArn`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Members of a record that are columns of events, in CloudTrail's order.
pub const RECORD_MEMBERS: [&str; 24] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "requestID",
    "eventID",
    "readOnly",
    "eventType",
    "recipientAccountId",
    "eventCategory",
    "sessionCredentialFromConsole",
    "insightDetails",
    "@timestamp",
    "sharedEventID",
    "vpcEndpointId",
    "addendum",
];

/// Members of a record by path, in CloudTrail's spelling.
const MEMBERS: [&str; 74] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "serviceEventDetails",
    "edgeDeviceDetails",
    "requestID",
    "eventID",
    "eventType",
    "apiVersion",
    "managementEvent",
    "readOnly",
    "resources",
    "recipientAccountId",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "eventContext",
    "insightDetails",
    "addendum",
    "annotation",
    "sessionCredentialFromConsole",
    "tlsDetails",
    "userIdentity.type",
    "userIdentity.principalId",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.invokedBy",
    "userIdentity.invokedByDelegate",
    "userIdentity.invokedByDelegate.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.userName",
    "userIdentity.credentialId",
    "userIdentity.identityProvider",
    "userIdentity.onBehalfOf",
    "userIdentity.onBehalfOf.userId",
    "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.inScopeOf",
    "userIdentity.inScopeOf.sourceArn",
    "userIdentity.inScopeOf.sourceAccount",
    "userIdentity.inScopeOf.issuerType",
    "userIdentity.inScopeOf.credentialsIssuedTo",
    "userIdentity.sessionContext",
    "userIdentity.sessionContext.sourceIdentity",
    "userIdentity.sessionContext.assumedRoot",
    "userIdentity.sessionContext.ec2RoleDelivery",
    "userIdentity.sessionContext.attributes",
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.sessionIssuer",
    "userIdentity.sessionContext.sessionIssuer.type",
    "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.accountId",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.webIdFederationData",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider",
    "userIdentity.sessionContext.webIdFederationData.attributes",
    "tlsDetails.tlsVersion",
    "tlsDetails.cipherSuite",
    "tlsDetails.clientProvidedHostHeader",
    "insightDetails.state",
    "insightDetails.eventSource",
    "insightDetails.eventName",
];

/// Other normalized names that tools use for members. They count only if the member's own name is absent.
const ALIASES: [(&str, &str); 45] = [
    // Microsoft Sentinel
    ("timegenerated", "eventTime"),
    ("timegeneratedutc", "eventTime"),
    ("eventtimeutc", "eventTime"),
    ("awseventid", "eventID"),
    ("eventtypename", "eventType"),
    ("awsrequestid", "requestID"),
    ("sessionmfaauthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ("sessioncreationdate", "userIdentity.sessionContext.attributes.creationDate"),
    ("sessioncreationdateutc", "userIdentity.sessionContext.attributes.creationDate"),
    ("sessionissuertype", "userIdentity.sessionContext.sessionIssuer.type"),
    ("sessionissuerprincipalid", "userIdentity.sessionContext.sessionIssuer.principalId"),
    ("sessionissuerarn", "userIdentity.sessionContext.sessionIssuer.arn"),
    ("sessionissueraccountid", "userIdentity.sessionContext.sessionIssuer.accountId"),
    ("sessionissuerusername", "userIdentity.sessionContext.sessionIssuer.userName"),
    ("ec2roledelivery", "userIdentity.sessionContext.ec2RoleDelivery"),
    ("tlsversion", "tlsDetails.tlsVersion"),
    ("ciphersuite", "tlsDetails.cipherSuite"),
    ("clientprovidedhostheader", "tlsDetails.clientProvidedHostHeader"),
    // Columns that omit a level, as in flattened tables and views.
    ("useridentitysessionissuertype", "userIdentity.sessionContext.sessionIssuer.type"),
    ("useridentitysessionissuerarn", "userIdentity.sessionContext.sessionIssuer.arn"),
    ("useridentitysessionissuerusername", "userIdentity.sessionContext.sessionIssuer.userName"),
    ("useridentitysessioncontextcreationdate", "userIdentity.sessionContext.attributes.creationDate"),
    ("useridentitysessioncontextmfaauthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ("useridentitycreationdate", "userIdentity.sessionContext.attributes.creationDate"),
    ("useridentitymfaauthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ("useridentityname", "userIdentity.userName"),
    ("useridentityinvokedbydelegateaccountid", "userIdentity.invokedByDelegate.accountId"),
    ("identitytype", "userIdentity.type"),
    ("principalid", "userIdentity.principalId"),
    ("principalarn", "userIdentity.arn"),
    ("accesskeyid", "userIdentity.accessKeyId"),
    ("awsaccesskey", "userIdentity.accessKeyId"),
    ("awsaccesskeyid", "userIdentity.accessKeyId"),
    ("username", "userIdentity.userName"),
    ("sourceip", "sourceIPAddress"),
    ("region", "awsRegion"),
    // The Elastic Common Schema
    ("eventaction", "eventName"),
    ("eventprovider", "eventSource"),
    ("timestamp", "eventTime"),
    ("sourceaddress", "sourceIPAddress"),
    ("useragentoriginal", "userAgent"),
    ("cloudregion", "awsRegion"),
    ("cloudaccountid", "recipientAccountId"),
    ("awscloudtrailuseridentitysessioncontextcreationdate", "userIdentity.sessionContext.attributes.creationDate"),
    ("sessioncontextsourceidentity", "userIdentity.sessionContext.sourceIdentity"),
];

/// Members whose contents depend on the service, so the names in them stay unchanged.
pub(super) const OPEN: [&str; 5] =
    ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "edgeDeviceDetails"];

/// Members that are objects or lists, in addition to [`OPEN`].
pub(super) const NESTED: [&str; 11] = [
    "userIdentity",
    "tlsDetails",
    "insightDetails",
    "addendum",
    "eventContext",
    "resources",
    "userIdentity.sessionContext",
    "userIdentity.onBehalfOf",
    "userIdentity.inScopeOf",
    "userIdentity.sessionContext.sessionIssuer",
    "userIdentity.sessionContext.attributes",
];

/// Members of nested objects, at any depth.
const INNER: [&str; 43] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "invokedBy",
    "invokedByDelegate",
    "accessKeyId",
    "userName",
    "credentialId",
    "identityProvider",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "inScopeOf",
    "sourceArn",
    "sourceAccount",
    "issuerType",
    "credentialsIssuedTo",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "sourceIdentity",
    "assumedRoot",
    "ec2RoleDelivery",
    "webIdFederationData",
    "federatedProvider",
    "sessionCredentialFromConsole",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "reason",
    "updatedFields",
    "originalRequestID",
    "originalEventID",
    "requestContext",
    "tagContext",
    "insightType",
    "insightContext",
    "state",
    "baselineDuration",
    "insightDuration",
];

/// The path of the member that a column contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column<'c> {
    /// The member's own name, in any spelling.
    Own(&'static str),
    /// Another name for it.
    Alias(&'static str),
    /// A member of one of [`OPEN`], and its name in it.
    Within(&'static str, &'c str),
    /// Unknown.
    Unknown,
}

/// A name reduced to lowercase letters and digits: `AWS access key` and `awsAccessKey` become the same name.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn index(names: &'static [&'static str]) -> HashMap<String, &'static str> {
    names.iter().map(|name| (plain(name), *name)).collect()
}

/// The contents of a column with this name. In a name with dots, a path before the member's own name is ignored:
/// `aws.cloudtrail.user_identity.arn`.
pub(super) fn column(name: &str) -> Column<'_> {
    static OWN: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| index(&MEMBERS));
    static OTHER: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| HashMap::from(ALIASES));
    let own = |name: &str| OWN.get(&plain(name)).copied();
    if let Some(path) = own(name) {
        return Column::Own(path);
    }
    if let Some((member, inner)) = within(name) {
        return Column::Within(member, inner);
    }
    let mut rest = name;
    while let Some((_, inner)) = rest.split_once('.') {
        if let Some(path) = own(inner) {
            return Column::Own(path);
        }
        if let Some((member, inner)) = within(inner) {
            return Column::Within(member, inner);
        }
        rest = inner;
    }
    OTHER.get(plain(name).as_str()).map_or(Column::Unknown, |path| Column::Alias(path))
}

/// `requestParameters.bucketName`, `requestparameters_bucketName`
fn within(name: &str) -> Option<(&'static str, &str)> {
    let member = |mark: char| {
        name.match_indices(mark).find_map(|(at, _)| {
            let head = plain(&name[..at]);
            let open = OPEN.into_iter().find(|open| plain(open) == head)?;
            Some((open, &name[at + 1..]))
        })
    };
    member('.').or_else(|| member('_')).filter(|(_, inner)| !inner.is_empty())
}

/// Whether a column contains one of [`OPEN`] as a whole.
pub(super) fn is_open(name: &str) -> bool {
    matches!(column(name), Column::Own(path) if OPEN.contains(&path))
}

/// CloudTrail's spelling of a nested member's name, if there is one.
pub(super) fn inner(name: &str) -> Option<&'static str> {
    static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let mut names = index(&MEMBERS[..33]);
        names.extend(index(&INNER));
        names
    });
    NAMES.get(&plain(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_column_spellings_are_recognized() {
        for name in ["eventName", "eventname", "event_name", "EventName", "Event name", "aws.cloudtrail.event_name"] {
            assert_eq!(column(name), Column::Own("eventName"), "{name}");
        }
        for name in ["userIdentity.arn", "user_identity_arn", "UserIdentityArn", "_source.userIdentity.arn"] {
            assert_eq!(column(name), Column::Own("userIdentity.arn"), "{name}");
        }
        for name in ["sourceIPAddress", "source_ipaddress", "source_ip_address", "SourceIpAddress"] {
            assert_eq!(column(name), Column::Own("sourceIPAddress"), "{name}");
        }
    }

    #[test]
    fn names_within_parameters_are_unchanged() {
        assert_eq!(column("requestParameters.bucketName"), Column::Within("requestParameters", "bucketName"));
        assert_eq!(column("request_parameters.eventName"), Column::Within("requestParameters", "eventName"));
        assert_eq!(column("responseelements_x"), Column::Within("responseElements", "x"));
        assert_eq!(column("AwsEventId"), Column::Alias("eventID"));
        assert_eq!(column("color"), Column::Unknown);
    }
}
