//! The OCSF class of an event, and the activity of its call.

use crate::event::{Event, Evidence};

/// An OCSF class with its category.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) uid: u32,
    pub(super) name: &'static str,
    pub(super) category_uid: u32,
    pub(super) category_name: &'static str,
}

/// A call to an API.
pub(super) const API_ACTIVITY: Class =
    Class { uid: 6003, name: "API Activity", category_uid: 6, category_name: "Application Activity" };

/// A sign-in.
pub(super) const AUTHENTICATION: Class =
    Class { uid: 3002, name: "Authentication", category_uid: 3, category_name: "Identity & Access Management" };

/// The activity: `activity_id` and its name.
type Activity = (u32, &'static str);

const CREATE: Activity = (1, "Create");
const READ: Activity = (2, "Read");
const UPDATE: Activity = (3, "Update");
const DELETE: Activity = (4, "Delete");
const LOGON: Activity = (1, "Logon");
const LOGOFF: Activity = (2, "Logoff");
const OTHER: Activity = (99, "Other");

/// The first words of call names, and their activities.
const VERBS: [(&[&str], Activity); 4] = [
    (&["Create", "Run", "Allocate", "Register", "Import", "Copy", "Request", "Generate", "Issue"], CREATE),
    (&["Get", "List", "Describe", "Head", "Lookup", "Search", "Select", "Query", "Scan", "Batch", "View"], READ),
    (&["Delete", "Terminate", "Deregister", "Release", "Remove", "Purge", "Abort"], DELETE),
    (
        &[
            "Update",
            "Modify",
            "Put",
            "Set",
            "Attach",
            "Detach",
            "Associate",
            "Disassociate",
            "Enable",
            "Disable",
            "Change",
            "Start",
            "Stop",
            "Reboot",
            "Tag",
            "Untag",
            "Add",
            "Authorize",
            "Revoke",
            "Reset",
            "Restore",
        ],
        UPDATE,
    ),
];

/// The class of an event.
pub(super) fn class(event: &Event<'_>) -> &'static Class {
    if event.evidence.contains(Evidence::SIGN_IN) { &AUTHENTICATION } else { &API_ACTIVITY }
}

/// The activity of an event's call. `readOnly` takes precedence over the name if it is true.
pub(super) fn activity(event: &Event<'_>) -> Activity {
    let verb = verb(&event.event_name);
    if *class(event) == AUTHENTICATION {
        return match &*event.event_name {
            "Logout" => LOGOFF,
            name if name.ends_with("Login") || verb == "Assume" => LOGON,
            _ => OTHER,
        };
    }
    match VERBS.iter().find(|(verbs, _)| verbs.contains(&verb)) {
        _ if event.read_only == Some(true) => READ,
        Some((_, activity)) => *activity,
        None => OTHER,
    }
}

/// The first word of a name in camel case.
fn verb(name: &str) -> &str {
    let end = name.char_indices().skip(1).find(|(_, c)| c.is_uppercase()).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

/// The severity of a click by its kind: ID and name. Views are informational.
pub(super) fn severity(kind: Option<&str>) -> (u32, &'static str) {
    match kind {
        Some("secret") => (3, "Medium"),
        Some("session" | "command" | "change" | "create" | "delete") => (2, "Low"),
        _ => (1, "Informational"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &'static str, evidence: Evidence, read_only: Option<bool>) -> Activity {
        activity(&Event { event_name: name.into(), evidence, read_only, ..Event::default() })
    }

    #[test]
    fn activity_is_derived_from_verb() {
        let none = Evidence::empty();
        let cases = [
            ("RunInstances", None, CREATE),
            ("ListUsers", None, READ),
            ("StopLogging", Some(false), UPDATE),
            ("DeleteTrail", Some(false), DELETE),
            ("Decrypt", Some(true), READ),
            ("Decrypt", None, OTHER),
            ("RequestCertificate", Some(false), CREATE),
            ("", None, OTHER),
        ];
        for (name, read_only, wanted) in cases {
            assert_eq!(named(name, none, read_only), wanted, "{name}");
        }
    }

    #[test]
    fn sign_in_and_sign_out_map_to_logon_and_logoff() {
        assert_eq!(named("ConsoleLogin", Evidence::SIGN_IN, None), LOGON);
        assert_eq!(named("Logout", Evidence::SIGN_IN, None), LOGOFF);
        assert_eq!(named("CheckMfa", Evidence::SIGN_IN, Some(true)), OTHER);
    }
}
