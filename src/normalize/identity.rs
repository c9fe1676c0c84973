//! `userIdentity`, one level at a time.

use std::borrow::Cow;

use super::extra::Extra;
use super::scalar::{self, Scalar};
use super::time;
use crate::event::Identity;

/// Members of `userIdentity`, in their usual order.
const IDENTITY: [&str; 10] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "userName",
    "sessionContext",
    "invokedBy",
    "onBehalfOf",
    "inScopeOf",
];
const CONTEXT: [&str; 4] = ["sessionIssuer", "attributes", "sourceIdentity", "assumedRoot"];
const ISSUER: [&str; 1] = ["arn"];
const ATTRIBUTES: [&str; 3] = ["creationDate", "mfaAuthenticated", "sessionCredentialFromConsole"];
const ON_BEHALF_OF: [&str; 1] = ["userId"];
const IN_SCOPE_OF: [&str; 1] = ["sourceArn"];

/// The contents of `userIdentity`.
#[derive(Debug, Default)]
pub(super) struct Caller<'a> {
    /// Who called.
    pub(super) identity: Identity<'a>,
    /// The console flag, which some event versions store in the session's attributes.
    pub(super) from_console: bool,
}

/// Reads `userIdentity`. Whatever the fields cannot represent is added to `extra` under its name.
pub(super) fn read<'a>(raw: Option<&'a str>, extra: &mut Extra) -> Caller<'a> {
    let mut caller = Caller::default();
    extra.nested("userIdentity", raw, &IDENTITY, |members, extra| caller = fields(members, extra));
    caller
}

fn fields<'a>(members: [Option<&'a str>; IDENTITY.len()], extra: &mut Extra) -> Caller<'a> {
    let [kind, principal_id, arn, account_id, access_key_id, user_name, session, invoked_by, members @ ..] = members;
    let [on_behalf_of, in_scope_of] = members;
    let mut identity = Identity {
        kind: extra.take("type", kind, scalar::text),
        principal_id: extra.take("principalId", principal_id, scalar::text),
        arn: extra.take("arn", arn, scalar::text),
        account_id: extra.take("accountId", account_id, scalar::text),
        access_key_id: extra.take("accessKeyId", access_key_id, scalar::text),
        user_name: extra.take("userName", user_name, scalar::text),
        invoked_by: extra.take("invokedBy", invoked_by, scalar::text),
        ..Identity::default()
    };
    let mut from_console = false;
    extra.nested("sessionContext", session, &CONTEXT, |members, extra| {
        from_console = context(&mut identity, members, extra);
    });
    let directory_user = extra.seen("onBehalfOf", on_behalf_of, &ON_BEHALF_OF, |[user_id]| user_id.and_then(text));
    let scope = extra.seen("inScopeOf", in_scope_of, &IN_SCOPE_OF, |[arn]| arn.and_then(text));
    identity.on_behalf_of = directory_user.flatten();
    identity.in_scope_of = scope.flatten();
    identity.principal = principal(&identity).or_else(|| identity.on_behalf_of.clone());
    Caller { identity, from_console }
}

fn context<'a>(
    identity: &mut Identity<'a>,
    [issuer, attributes, source_identity, assumed_root]: [Option<&'a str>; CONTEXT.len()],
    extra: &mut Extra,
) -> bool {
    extra.nested("sessionIssuer", issuer, &ISSUER, |[arn], extra| {
        identity.issuer_arn = extra.take("arn", arn, scalar::text);
    });
    identity.source_identity = extra.take("sourceIdentity", source_identity, scalar::text);
    identity.assumed_root = extra.take("assumedRoot", assumed_root, scalar::quoted_bool);
    let mut from_console = None;
    extra.nested("attributes", attributes, &ATTRIBUTES, |[created, mfa, flag], extra| {
        identity.session_created = extra.take("creationDate", created, time::timestamp);
        identity.mfa = extra.take("mfaAuthenticated", mfa, scalar::quoted_bool);
        // There is no field for it here: the field stores the record's own member.
        from_console =
            extra.take("sessionCredentialFromConsole", flag, |raw| Scalar { exact: false, ..scalar::quoted_bool(raw) });
    });
    from_console == Some(true)
}

fn text(raw: &str) -> Option<Cow<'_, str>> {
    scalar::text(raw).value
}

/// The short name of an identity: `alice`, `Admin/bob`, `root`, `config.amazonaws.com`; for other identities, the user
/// name or principal ID.
fn principal<'a>(identity: &Identity<'a>) -> Option<Cow<'a, str>> {
    let arn = identity.arn.as_ref();
    let name = match identity.kind.as_deref() {
        Some("Root") => Some(Cow::Borrowed("root")),
        Some("AWSService") => filled(identity.invoked_by.as_ref()),
        Some("IAMUser") => {
            filled(identity.user_name.as_ref()).or_else(|| arn.and_then(|arn| scalar::part(arn, last_segment)))
        }
        Some("AssumedRole") => arn.and_then(|arn| scalar::part(arn, role_and_session)),
        _ => None,
    };
    let others = [&identity.user_name, &identity.principal_id, &identity.invoked_by];
    name.or_else(|| others.into_iter().find_map(|other| filled(other.as_ref())))
}

fn filled<'a>(field: Option<&Cow<'a, str>>) -> Option<Cow<'a, str>> {
    field.filter(|text| !text.is_empty()).cloned()
}

/// What an ARN names within its account: `user/division/alice`.
fn resource(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5).filter(|resource| !resource.is_empty())
}

fn last_segment(arn: &str) -> Option<&str> {
    resource(arn)?.rsplit('/').next().filter(|segment| !segment.is_empty())
}

fn role_and_session(arn: &str) -> Option<&str> {
    resource(arn)?.strip_prefix("assumed-role/").filter(|name| !name.is_empty())
}
