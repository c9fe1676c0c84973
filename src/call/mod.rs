//! Describes API calls: one sentence, the outcome, the entities, the permissions, and the classes that state why the
//! call matters.
//!
//! `rules/calls/<service>.toml` has an entry for each call that changes something, reads a secret or opens access. For
//! all other calls, the sentence is created from the words in the call's name and the identifiers in its request
//! (`grammar.rs`). Pure.

mod acl;
mod condition;
mod describe;
mod format;
mod grammar;
mod name;
mod network;
mod policy;
mod resources;
mod schema;
mod service;
mod statement;
mod table;

use std::borrow::Cow;

use serde::Serialize;

use crate::json::Json;
pub use crate::signal::Relation;

pub use self::name::{network_of, short};
pub use self::schema::{CLASSES, CallClass};
pub use self::table::{CallEntry, CallTable};

/// One API call, from a record.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// Service and name: `iam:CreateUser`.
    pub key: &'c str,
    /// `AwsApiCall`, `AwsServiceEvent` …, if the record contains it.
    pub event_type: Option<&'c str>,
    /// The record's `readOnly`.
    pub read_only: Option<bool>,
    /// The error code, if it failed.
    pub error_code: Option<&'c str>,
    /// The request.
    pub request: Json<'c>,
    /// The response.
    pub response: Json<'c>,
    /// JSON object with the record's other members, such as `additionalEventData` and `resources`.
    pub extra: Option<&'c str>,
    /// The account that the event belongs to.
    pub account: Option<&'c str>,
    /// The region that the event belongs to.
    pub region: Option<&'c str>,
    /// Whether the record of a sign-in shows outside its response that it failed: by an error message, or by a hidden
    /// user name.
    pub sign_in_failed: bool,
}

impl<'c> Call<'c> {
    /// The name without the service: `CreateUser` for `iam:CreateUser`.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.key.split_once(':').map_or(self.key, |(_, name)| name)
    }
}

/// A call's outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Outcome {
    /// It succeeded.
    #[default]
    Succeeded,
    /// The caller was not authorized.
    Denied,
    /// It failed for another reason.
    Failed,
    /// It was a dry run that would have been allowed. Nothing was done.
    DryRun,
    /// Unknown: a sign-in in an export without responses.
    Unknown,
}

impl Outcome {
    /// The name stored in `events.outcome`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::DryRun => "dry_run",
            Self::Unknown => "unknown",
        }
    }
}

/// A resource or identity named in a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entity {
    /// The kind: `user`, `bucket`, `access_key`.
    pub kind: String,
    /// Its name, ID or ARN, as in the record.
    pub value: String,
    /// How the call relates to it.
    pub relation: Relation,
}

impl Entity {
    /// Creates an entity of this kind.
    pub(crate) fn new(kind: &str, value: &str, relation: Relation) -> Self {
        Self { kind: kind.to_owned(), value: value.to_owned(), relation }
    }

    /// Its name, shortened if it is an ARN.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        name::short(&self.value, None)
    }
}

/// A permission that a call gives or removes: one statement of a policy for one principal, or access for one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of event_grants")]
pub struct Grant {
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// `everyone`, `account`, `user`, `role`, `group`, `service`, `federated`, `organization`, `network` or
    /// `principal`.
    pub grantee_type: String,
    /// The grantee: a name, an account, an ARN, a service or a CIDR block.
    pub grantee: String,
    /// The actions with their wildcards: `s3:Get*`; for a network the ports: `tcp 22`.
    pub actions: Vec<String>,
    /// Whether the grant is for all actions except these (`NotAction`).
    pub all_actions_except: bool,
    /// The resources with their wildcards.
    pub resources: Vec<String>,
    /// The condition keys under which it applies.
    pub conditions: Vec<String>,
    /// The conditions in words, with a leading space: ` only from VPC vpc-1`.
    #[serde(skip)]
    pub limits: String,
    /// Whether the grant is for all resources except these (`NotResource`).
    #[serde(skip)]
    pub all_resources_except: bool,
    /// The managed policy that it comes from, if the record does not contain the policy's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Whether it gives access to anyone: the grantee is everyone, and no condition restricts the caller or the
    /// network.
    pub public: bool,
    /// Whether it gives access to another account, or to everyone.
    pub external: bool,
    /// Whether it allows everything, or is an AWS policy that is equivalent to that.
    pub administrator: bool,
}

impl Grant {
    /// The grantee in words: `role deploy in account 999988887777`.
    #[must_use]
    pub fn who(&self) -> String {
        statement::grantee(self)
    }
}

/// A class of a call, with its effect and object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified<'t> {
    /// The class.
    pub class: CallClass,
    /// The effect, in the words of the class: `grants`, `stopped`, `shared`.
    pub effect: &'t str,
    /// The object, in the words of the class: `trail`, `detector`, `secret`; empty if the class has none.
    pub object: &'t str,
}

/// The description of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description<'t> {
    /// One sentence.
    pub summary: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Whether the sentence comes from a table entry whose values are all in the request.
    pub named: bool,
    /// The entry's classes.
    pub classes: Vec<Classified<'t>>,
    /// The entry's ATT&CK techniques.
    pub techniques: Vec<&'t str>,
    /// The entities that it names.
    pub entities: Vec<Entity>,
    /// The permissions that it gives or removes.
    pub grants: Vec<Grant>,
}
