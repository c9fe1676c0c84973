//! The short name that a person knows an identity by.

use std::borrow::Cow;

use super::scalar;
use crate::event::Identity;

/// `alice`, `Admin/bob`, `root`, `config.amazonaws.com`; whatever else there is by its user name or principal id.
pub(super) fn of<'a>(identity: &Identity<'a>) -> Option<Cow<'a, str>> {
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
