//! What a file of `rules/calls/` may say, as serde reads it.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use crate::rule::schema::ConditionToml;

/// `rules/calls/<service>.toml`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallsToml {
    /// The entries. Of several for one call the first whose `when` holds describes it.
    pub call: Vec<CallToml>,
}

/// One call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallToml {
    /// `service:Name`, as CloudTrail writes it, without a version at its end: `lambda:UpdateFunctionCode`.
    pub name: Spanned<String>,
    /// What the call does, from the verb on: `attach {policy} to role {role}`. A template. The verb becomes `Attached` when
    /// it was done, and `Tried to attach` when it was not.
    pub action: Spanned<String>,
    /// What the sentence says where it was done, if that is not the action in the past: of an event that is no call of
    /// anybody, or where what was done is told in other words than what was tried. A template.
    pub done: Option<Spanned<String>>,
    /// Conditions on values; all must hold.
    #[serde(default)]
    pub when: IndexMap<Spanned<String>, ConditionToml>,
    /// What the call is about, by type.
    #[serde(default)]
    pub targets: IndexMap<String, ThingToml>,
    /// What the call makes: from the request, or only here from the response.
    #[serde(default)]
    pub created: IndexMap<String, ThingToml>,
    /// What the call removes.
    #[serde(default)]
    pub deleted: IndexMap<String, ThingToml>,
    /// Who is given permissions or let in.
    #[serde(default)]
    pub granted_to: IndexMap<String, ThingToml>,
    /// What the call copies, exports or restores from.
    #[serde(default)]
    pub source: IndexMap<String, ThingToml>,
    /// What the request names beside that.
    #[serde(default)]
    pub used: IndexMap<String, ThingToml>,
    /// Other values that the sentence names.
    #[serde(default)]
    pub values: IndexMap<String, ValueToml>,
    /// What the sentence says where a value is missing.
    #[serde(default)]
    pub defaults: IndexMap<String, String>,
    /// The policy in the request; gives `{allows}` and `{grantees}`.
    pub policy: Option<PolicyToml>,
    /// The request holds rules of a security group or network ACL; gives `{network}`.
    #[serde(default)]
    pub network: bool,
    /// The request holds an access control list of S3; gives `{acl}`.
    #[serde(default)]
    pub acl: bool,
    /// The call's classes, each with the effect it has there.
    #[serde(default)]
    pub classes: IndexMap<Spanned<String>, String>,
    /// The calls whose effect this call ends, if it names the same things: `cloudtrail:StopLogging` for `StartLogging`.
    #[serde(default)]
    pub undoes: Vec<Spanned<String>>,
    /// What the classes say it was done to: `trail`, `detector`, `secret`.
    #[serde(default)]
    pub object: String,
    /// ATT&CK technique ids.
    #[serde(default)]
    pub attack: Vec<Spanned<String>>,
    /// Consoles make the call by themselves.
    #[serde(default)]
    pub automatic: bool,
}

/// Paths: of several the first that leads to a value counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum PathsToml {
    /// One path.
    One(String),
    /// Alternatives.
    Several(Vec<String>),
}

/// Where a thing is named.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum ThingToml {
    /// By paths; the key is its type.
    Paths(PathsToml),
    /// By paths, and of a type of its own.
    Typed(TypedToml),
}

/// A thing with its type, where two of one type are named.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypedToml {
    /// What it is: `snapshot`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is named.
    pub path: PathsToml,
}

/// Where a value is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum ValueToml {
    /// By paths, as it is.
    Paths(PathsToml),
    /// By paths, and written in a way of its own.
    Formatted(FormattedToml),
}

/// A value with its format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormattedToml {
    /// Where it is.
    pub path: PathsToml,
    /// How it is written.
    pub format: Format,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    /// A number of bytes: `1.2 GB`.
    Bytes,
    /// An ARN by the name at its end.
    Name,
    /// How many instances are asked for at most: `1 instance`, `up to 10 instances`.
    Instances,
    /// The names of an object's members: the keys of `{"team": "x"}`.
    Members,
}

/// A policy in the request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyToml {
    /// Where its document is: a JSON object, or JSON in a string, URL-encoded or not.
    pub document: Option<String>,
    /// Where the ARN of a managed policy is, whose document is not in the request.
    pub arn: Option<String>,
    /// The target whose permissions it states; none for a policy that names its principals.
    pub of: Option<String>,
}

/// Why a call matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Who may do what changes.
    PrivilegeChange,
    /// A credential is made, set or handed out.
    CredentialMade,
    /// What watches an account is stopped, deleted or narrowed.
    DefenseEvasion,
    /// Data is opened to others.
    DataExposure,
    /// The value of a secret is read.
    SecretRead,
    /// A way back in is left.
    Persistence,
    /// Data leaves the account.
    Exfiltration,
    /// Something is destroyed, encrypted, or made to cost.
    Impact,
    /// Code or a command is run.
    Execution,
    /// The effect of another call ends. An entry states it as `undoes`.
    Reversal,
}

/// The one effect of [`Class::Reversal`]; what it was done to is the call that is undone.
pub(super) const UNDOES: &str = "undoes";

/// Each class with its name and the effects that it knows.
pub const CLASSES: [(Class, &str, &[&str]); 10] = [
    (Class::PrivilegeChange, "privilege_change", &["grants", "trusts", "creates", "loosens", "revokes"]),
    (Class::CredentialMade, "credential_made", &["created", "changed", "issued"]),
    (Class::DefenseEvasion, "defense_evasion", &["stopped", "deleted", "changed"]),
    (Class::DataExposure, "data_exposure", &["shared", "policy", "copied", "exported", "replicated"]),
    (Class::SecretRead, "secret_read", &["read"]),
    (Class::Persistence, "persistence", &["created", "changed"]),
    (Class::Exfiltration, "exfiltration", &["copied", "exported", "replicated", "shared", "downloaded"]),
    (Class::Impact, "impact", &["deleted", "stopped", "encrypted", "changed", "cost"]),
    (Class::Execution, "execution", &["ran", "changed"]),
    (Class::Reversal, "reversal", &[UNDOES]),
];

impl Class {
    /// The name stored in `events.classes` and written in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        CLASSES.iter().find(|(class, ..)| *class == self).map_or("", |(_, name, _)| name)
    }
}
