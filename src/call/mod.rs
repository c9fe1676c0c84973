//! What an API call did: one sentence, its outcome, the things it names, what it permits, and why it matters.
//!
//! `rules/calls/<service>.toml` has an entry for each call that changes something, reads a secret or opens a way in.
//! Every other call gets its sentence from the words of its name and the identifiers in its request (`grammar.rs`). Pure.

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
pub use self::schema::{CLASSES, Class};
pub use self::table::{Entry, Table};

/// One API call, as a record has it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// Service and name: `iam:CreateUser`.
    pub key: &'c str,
    /// `AwsApiCall`, `AwsServiceEvent` …, if the record says it.
    pub event_type: Option<&'c str>,
    /// Whether the trail says that the call only reads.
    pub read_only: Option<bool>,
    /// Why it failed.
    pub error_code: Option<&'c str>,
    /// The request.
    pub request: Json<'c>,
    /// The response.
    pub response: Json<'c>,
    /// JSON object of the record's other members, such as `additionalEventData` and `resources`.
    pub extra: Option<&'c str>,
    /// The account it happened in.
    pub account: Option<&'c str>,
    /// The region it happened in.
    pub region: Option<&'c str>,
    /// Whether the record of a sign-in says beside its response that it failed: by a message, or a name that is hidden.
    pub sign_in_failed: bool,
}

impl<'c> Call<'c> {
    /// `CreateUser` of `iam:CreateUser`.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.key.split_once(':').map_or(self.key, |(_, name)| name)
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Outcome {
    /// It was done.
    #[default]
    Succeeded,
    /// The caller was not allowed to.
    Denied,
    /// It failed for another reason.
    Failed,
    /// It was a dry run: it would have been allowed, and nothing was done.
    DryRun,
    /// The record does not say: a sign-in of an export that has no responses.
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

/// A thing that a call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is: `user`, `bucket`, `access_key`.
    pub kind: String,
    /// Its name, id or ARN, as the record has it.
    pub value: String,
    /// How the call relates to it.
    pub relation: Relation,
}

impl Entity {
    /// Its name without an ARN's beginning.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        name::short(&self.value, None)
    }
}

/// A permission that a call gives or takes: one statement of a policy for one principal, or one network that is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of event_grants")]
pub struct Grant {
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// `everyone`, `account`, `user`, `role`, `group`, `service`, `federated`, `organization`, `network` or `principal`.
    pub grantee_type: String,
    /// Who: a name, an account, an ARN, a service, a CIDR block.
    pub grantee: String,
    /// The actions, wildcards as they are written: `s3:Get*`; for a network the ports: `tcp 22`.
    pub actions: Vec<String>,
    /// Whether the actions are those that are *not* meant (`NotAction`).
    pub all_actions_except: bool,
    /// The resources, wildcards as they are written.
    pub resources: Vec<String>,
    /// The condition keys under which it applies.
    pub conditions: Vec<String>,
    /// The conditions in words, with a space before them: ` only from VPC vpc-1`.
    #[serde(skip)]
    pub limits: String,
    /// Whether the resources are those that are *not* meant (`NotResource`).
    #[serde(skip)]
    pub all_resources_except: bool,
    /// The managed policy that gives it, whose text is not in the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Whether it lets anybody in: everyone is named, and no condition restricts who or from where.
    pub public: bool,
    /// Whether it lets another account, or everybody, in.
    pub external: bool,
    /// Whether it allows everything, or is one of AWS's policies that come to that.
    pub administrator: bool,
}

impl Grant {
    /// Who is let in, in words: `role deploy of account 999988887777`.
    #[must_use]
    pub fn who(&self) -> String {
        statement::grantee(self)
    }
}

/// A class of a call, with what it means there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified<'t> {
    /// The class.
    pub class: Class,
    /// What was done, in the words of the class: `grants`, `stopped`, `shared`.
    pub effect: &'t str,
    /// What it was done to, in the words of the class: `trail`, `detector`, `secret`; empty if the class needs none.
    pub object: &'t str,
}

/// What a call did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description<'t> {
    /// One sentence.
    pub summary: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the sentence is that of an entry of the table: there is one, and the request has the values that it names.
    pub named: bool,
    /// The entry's classes.
    pub classes: Vec<Classified<'t>>,
    /// The entry's ATT&CK techniques.
    pub techniques: Vec<&'t str>,
    /// The things that it names.
    pub entities: Vec<Entity>,
    /// The permissions that it gives or takes.
    pub grants: Vec<Grant>,
}
