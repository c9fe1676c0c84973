//! The format of the files in `rules/calls/`, for serde.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use crate::rule::schema::ConditionToml;

/// The format of `rules/calls/<service>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallsToml {
    /// The entries. If a call has several, the first entry whose `when` holds describes the call.
    pub call: Vec<CallToml>,
}

/// One call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallToml {
    /// `service:Name` as in CloudTrail, without a version at its end: `lambda:UpdateFunctionCode`.
    pub name: Spanned<String>,
    /// What the call does, starting with the verb: `attach {policy} to role {role}`. A template. The verb becomes
    /// `Attached` if the call succeeded, and `Tried to attach` otherwise.
    pub action: Spanned<String>,
    /// The sentence if the call succeeded and the action in the past tense does not fit: for an event that is not a
    /// call, or if success and failure are described in different words. A template.
    pub done: Option<Spanned<String>>,
    /// Conditions on values. All must hold.
    #[serde(default)]
    pub when: IndexMap<Spanned<String>, ConditionToml>,
    /// What the call is about, by type.
    #[serde(default)]
    pub targets: IndexMap<String, EntityToml>,
    /// What the call creates. Values may come from the request or the response.
    #[serde(default)]
    pub created: IndexMap<String, EntityToml>,
    /// What the call deletes.
    #[serde(default)]
    pub deleted: IndexMap<String, EntityToml>,
    /// Who is given permissions or access.
    #[serde(default)]
    pub granted_to: IndexMap<String, EntityToml>,
    /// What the call copies, exports or restores from.
    #[serde(default)]
    pub source: IndexMap<String, EntityToml>,
    /// What else the request names.
    #[serde(default)]
    pub used: IndexMap<String, EntityToml>,
    /// Other values that the sentence names.
    #[serde(default)]
    pub values: IndexMap<String, ValueToml>,
    /// Texts that replace missing values in the sentence.
    #[serde(default)]
    pub defaults: IndexMap<String, String>,
    /// The policy in the request; defines `{allows}` and `{grantees}`.
    pub policy: Option<PolicyToml>,
    /// Whether the request contains security group or network ACL rules; defines `{network}`.
    #[serde(default)]
    pub network: bool,
    /// Whether the request contains an S3 access control list; defines `{acl}`.
    #[serde(default)]
    pub acl: bool,
    /// The call's classes, each with its effect.
    #[serde(default)]
    pub classes: IndexMap<Spanned<String>, String>,
    /// The calls that this call undoes, if it names the same entities: `cloudtrail:StopLogging` for `StartLogging`.
    #[serde(default)]
    pub undoes: Vec<Spanned<String>>,
    /// The object of the classes: `trail`, `detector`, `secret`.
    #[serde(default)]
    pub object: String,
    /// ATT&CK technique IDs.
    #[serde(default)]
    pub attack: Vec<Spanned<String>>,
    /// Whether consoles make the call on their own.
    #[serde(default)]
    pub automatic: bool,
}

/// Paths. The first that leads to a value is used.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum PathsToml {
    /// One path.
    One(String),
    /// Alternatives.
    Several(Vec<String>),
}

/// Where an entity is named.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum EntityToml {
    /// Paths. The key is its type.
    Paths(PathsToml),
    /// Paths, and its type.
    Typed(TypedEntityToml),
}

/// An entity with its type, for entries that name two entities of one type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypedEntityToml {
    /// The type: `snapshot`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is named.
    pub path: PathsToml,
}

/// Where a value is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum ValueToml {
    /// Paths, without a format.
    Paths(PathsToml),
    /// Paths, and a format.
    Formatted(FormattedToml),
}

/// A value with its format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormattedToml {
    /// Where it is.
    pub path: PathsToml,
    /// Its format.
    pub format: ValueFormat,
}

/// The format of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ValueFormat {
    /// A number of bytes: `1.2 GB`.
    Bytes,
    /// The name at the end of an ARN.
    Name,
    /// The maximum number of instances in a request: `1 instance`, `up to 10 instances`.
    Instances,
    /// The exact number of instances: `1 instance`, `4 instances`.
    InstanceCount,
    /// A number of days: `1 day`, `30 days`.
    Days,
    /// A number of years: `1 year`, `7 years`.
    Years,
    /// A number of nodes: `1 node`, `3 nodes`.
    Nodes,
    /// A number of units of capacity: `1 unit`, `3 units`.
    Units,
    /// A number of Dedicated Hosts: `1 Dedicated Host`, `2 Dedicated Hosts`.
    DedicatedHosts,
    /// A number of Spot Instances: `1 Spot Instance`, `2 Spot Instances`.
    SpotInstances,
    /// The names of an object's members: the keys of `{"team": "x"}`.
    Members,
}

/// A policy in the request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyToml {
    /// Where its document is: a JSON object, or JSON in a string, which may be URL-encoded.
    pub document: Option<String>,
    /// Where the ARN of a managed policy is. The policy's document is not in the request.
    pub arn: Option<String>,
    /// The target whose permissions it states; `None` for a policy that names its principals.
    pub of: Option<String>,
}

/// Why a call matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallClass {
    /// Permissions change.
    PrivilegeChange,
    /// A credential is created, set or issued.
    CredentialMade,
    /// An account's monitoring is stopped, deleted or restricted.
    DefenseImpairment,
    /// Data is made accessible to others.
    DataExposure,
    /// The value of a secret is read.
    SecretRead,
    /// A way to return is created.
    Persistence,
    /// Data leaves the account.
    Exfiltration,
    /// Something is destroyed or encrypted, or causes costs.
    Impact,
    /// Code or a command is run.
    Execution,
    /// The effect of another call is undone. Entries state this as `undoes`.
    Reversal,
}

/// The only effect of [`CallClass::Reversal`]. Its object is the call that is undone.
pub(super) const UNDOES: &str = "undoes";

/// Each class with its name and its valid effects.
pub const CLASSES: [(CallClass, &str, &[&str]); 10] = [
    (CallClass::PrivilegeChange, "privilege_change", &["grants", "trusts", "creates", "loosens", "revokes"]),
    (CallClass::CredentialMade, "credential_made", &["created", "changed", "issued"]),
    (CallClass::DefenseImpairment, "defense_impairment", &["stopped", "deleted", "changed"]),
    (CallClass::DataExposure, "data_exposure", &["shared", "policy", "copied", "exported", "replicated"]),
    (CallClass::SecretRead, "secret_read", &["read"]),
    (CallClass::Persistence, "persistence", &["created", "changed"]),
    (CallClass::Exfiltration, "exfiltration", &["copied", "exported", "replicated", "shared", "downloaded"]),
    (CallClass::Impact, "impact", &["deleted", "stopped", "encrypted", "changed", "cost"]),
    (CallClass::Execution, "execution", &["ran", "changed"]),
    (CallClass::Reversal, "reversal", &[UNDOES]),
];

impl CallClass {
    /// The name stored in `events.classes` and used in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        CLASSES.iter().find(|(class, ..)| *class == self).map_or("", |(_, name, _)| name)
    }
}
