//! What may have to be contained or undone, with AWS CLI commands as text. Every name in a command is an entity named in an
//! event, and only names in AWS's syntax are used.

use super::content::Report;
use super::document::{Action, Block, Item, Section, Span, Table, Tone, text};
use super::found::{Named, Need, Remedy};
use super::words::{after, count, digits, joined, left_out, moment, sentence, who};
use crate::present::quote;

/// The maximum number of items for one need: urgent ones, less urgent ones (there may be hundreds of secrets), and the
/// maximum number of items that ended.
const SHOWN: usize = 25;
const FEW: usize = 10;
const ENDED: usize = 60;

/// The maximum length of a name in a command.
const LONGEST: usize = 2048;

/// What was used, created, granted, shared or stopped, and how to inspect and undo it: first what is urgent, then the rest,
/// then what ended later in the case.
pub(super) fn remedies(report: &Report) -> Section {
    let mut blocks = Vec::new();
    let rows = || report.remedies.rows.iter();
    if report.remedies.rows.is_empty() {
        blocks.push(Block::Text("Nothing to contain or undo was found.".to_owned()));
    } else {
        let lead = "These are suggestions to review, not instructions: the trail does not show whether an action was intended. \
            The commands are built from names in the events and were not run. Inspect first, then decide whether to undo. \
            The report shows that something was already undone only if the case contains the call that undid or deleted it. \
            Something that was undone may have been used or copied in the meantime.";
        blocks.push(Block::Note(lead.to_owned()));
        let several = report.totals.principals > 1;
        let urgent: Vec<&Remedy> = rows().filter(|remedy| remedy.urgent).collect();
        let other: Vec<&Remedy> = rows().filter(|remedy| !remedy.urgent && remedy.gone.is_none()).collect();
        let ended: Vec<&Remedy> = rows().filter(|remedy| remedy.gone.is_some()).collect();
        blocks.extend(open(&urgent, "Act on first", SHOWN, several));
        blocks.extend(open(&other, "Less urgent", FEW, several));
        blocks.extend(of_ended(&ended, several));
        blocks.extend(
            left_out(&report.remedies, "items", "For analysts: the findings view lists all of them.").map(Block::Note),
        );
    }
    Section { id: "remedies", title: "What to contain or undo", blocks }
}

/// The items of one urgency, with their commands.
fn open(all: &[&Remedy], title: &str, most: usize, several: bool) -> Vec<Block> {
    if all.is_empty() {
        return Vec::new();
    }
    let heading = format!("{title}: {}", count(all.len() as u64, "item", "items"));
    let mut blocks = vec![Block::Heading(heading)];
    let mut actions = Vec::new();
    let mut rest = Vec::new();
    for need in Need::ALL {
        let rows: Vec<&&Remedy> = all.iter().filter(|remedy| remedy.need == need).collect();
        actions.extend(rows.iter().take(most).map(|remedy| action(remedy, several)));
        let more = rows.len().saturating_sub(most) as u64;
        rest.extend((more > 0).then(|| {
            let (one, many) = noun(need);
            count(more, one, many)
        }));
    }
    blocks.push(Block::Actions(actions));
    if !rest.is_empty() {
        blocks.push(Block::Note(format!("Not listed: {}.", joined(&rest))));
    }
    blocks
}

/// What ended later in the case: one line for each item, without commands. It states after which time, because what was
/// shared or opened could be copied or used until then, and whether the identity that did it also ended it.
fn of_ended(all: &[&Remedy], several: bool) -> Vec<Block> {
    if all.is_empty() {
        return Vec::new();
    }
    let head = [text("Action (UTC)"), text("Ended (UTC)")];
    let event = |id: Option<&String>| id.map(|id| Span::Aside(format!("event {id}")));
    let line = |remedy: &&Remedy| {
        let done = [Span::Text(said(remedy, several))].into_iter().chain(event(remedy.event_id.as_ref()));
        let ended = [Span::Text(ending(remedy))].into_iter().chain(event(remedy.end_event_id.as_ref()));
        (Tone::Plain, vec![done.collect(), ended.collect()])
    };
    let more = all.len().saturating_sub(ENDED) as u64;
    let mut blocks = vec![
        Block::Heading(format!("No longer in effect: {}", count(all.len() as u64, "item", "items"))),
        Block::Table(Table::new(head).with(all.iter().take(ENDED).map(line))),
    ];
    blocks.extend(
        (more > 0).then(|| {
            Block::Note(format!("Plus {}. For analysts: the event_ends view lists all of them.", digits(more)))
        }),
    );
    blocks
}

/// Whether the identity that did it also ended it. All sessions of a role are one identity.
pub(super) fn by_same(remedy: &Remedy) -> bool {
    let actor = |name: &Option<String>| name.as_deref().and_then(|name| name.split('/').next()).map(str::to_owned);
    let (did, ended) = (actor(&remedy.principal), actor(&remedy.ended_by));
    did.is_some() && did == ended
}

/// When, how, by whom and after how long it ended.
fn ending(remedy: &Remedy) -> String {
    let gone = remedy.gone.unwrap_or_default();
    let last = if remedy.deleted.len() > 1 { "the last deletion: " } else { "" };
    let what = remedy.ending.as_deref().unwrap_or("an event in the case");
    let by = if by_same(remedy) { "the same identity".to_owned() } else { who(remedy.ended_by.as_deref()) };
    // Of several events, the first one counts.
    let most = if remedy.events > 1 { "up to " } else { "" };
    let time = after(remedy.time, gone);
    let open = match remedy.need {
        Need::Share => format!("; accessible for {most}{time}: copies made in that time cannot be ruled out"),
        Need::Network => format!("; open for {most}{time}"),
        _ => format!(", after {most}{time}"),
    };
    format!("{} · {last}{what}, by {by}{open}", moment(gone))
}

/// The sentence of an item, with the number of similar events.
pub(super) fn said(remedy: &Remedy, several: bool) -> String {
    let more = remedy.events.saturating_sub(1);
    let more = if more > 0 { format!(", and {} more", digits(more)) } else { String::new() };
    // The sentence about a used credential names the identity.
    let several = several && remedy.need != Need::Used;
    sentence(remedy.time, remedy.principal.as_deref(), several, &format!("{}{more}", remedy.what))
}

/// What one and several items of a kind are called. web/src/lib/story.ts has the same words for the page.
const fn noun(need: Need) -> (&'static str, &'static str) {
    match need {
        Need::Used => ("credential used", "credentials used"),
        Need::Key => ("access key created", "access keys created"),
        Need::Password => ("password set", "passwords set"),
        Need::User => ("user created", "users created"),
        Need::Policy => ("permission granted", "permissions granted"),
        Need::Trust => ("trust relationship changed", "trust relationships changed"),
        Need::Role => ("role created", "roles created"),
        Need::Share => ("resource shared or exposed", "resources shared or exposed"),
        Need::Network => ("security group opened", "security groups opened"),
        Need::Watch => ("log or detector stopped, changed or deleted", "logs or detectors stopped, changed or deleted"),
        Need::Instance => ("instance started", "instances started"),
        Need::Other => ("other change that can preserve access", "other changes that can preserve access"),
        Need::Secret => ("secret to rotate", "secrets to rotate"),
    }
}

fn action(remedy: &Remedy, several: bool) -> Action {
    let account = remedy.account_id.as_ref().map(|id| format!(", account {id}")).unwrap_or_default();
    Action {
        tone: if remedy.urgent { Tone::Strong } else { Tone::Firm },
        head: Item::about(said(remedy, several), remedy.event_id.as_deref()),
        about: format!("{}{account}", noun(remedy.need).0),
        commands: commands(remedy),
    }
}

/// Commands to inspect it, and to undo it unless the case shows that it has ended.
fn commands(remedy: &Remedy) -> Commands {
    // There is nothing left to inspect or rotate where the secret is.
    if remedy.value_of_deleted {
        return Vec::new();
    }
    let mut all = remedy_commands(remedy.need, &remedy.entities, remedy.region.as_deref());
    if remedy.gone.is_some() {
        all.retain(|(label, _)| *label == LOOK);
    }
    all
}

/// AWS CLI commands to inspect and to contain or undo what an event did, each with a label that says which. `entities` are
/// the resources that the event names; a command contains only names in AWS's syntax. Empty if no command fits.
#[must_use]
pub fn remedy_commands(need: Need, entities: &[Named], region: Option<&str>) -> Vec<(&'static str, String)> {
    let writer = Writer { entities, region };
    match need {
        Need::Used => writer.used(),
        Need::Key => writer.key(),
        Need::Password => writer.password(),
        Need::User => writer.user(),
        Need::Policy => writer.policy(),
        Need::Trust | Need::Role => writer.role(),
        Need::Share => writer.share(),
        Need::Network => writer.network(),
        Need::Watch => writer.watch(),
        Need::Instance => writer.instance(),
        Need::Other => writer.other(),
        Need::Secret => writer.secret(),
    }
}

const LOOK: &str = "Inspect:";
const UNDO: &str = "Undo:";
const CONTAIN: &str = "Contain:";

/// Denies everything, regardless of other grants.
const DENY_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

/// Denies everything to sessions that began before a time that the reader fills in.
const DENY_OLDER_SESSIONS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"TIME"}}}]}"#;

type Commands = Vec<(&'static str, String)>;

/// Writes the commands for one event.
struct Writer<'a> {
    entities: &'a [Named],
    region: Option<&'a str>,
}

impl<'a> Writer<'a> {
    /// The resources of that type that the event created, targeted, deleted or used.
    fn all(&self, entity_type: &str) -> impl Iterator<Item = &'a Named> {
        let parts = ["created", "target", "deleted", "used"];
        let named = self.entities.iter();
        let entity_type = entity_type.to_owned();
        named.filter(move |named| named.entity_type == entity_type && parts.contains(&named.relation.as_str()))
    }

    /// The first resource of that type, as named in the event, if the name is safe in a command.
    fn value(&self, entity_type: &str) -> Option<&'a str> {
        self.all(entity_type).map(|named| named.entity_value.as_str()).find(|value| fits(value))
    }

    /// The first resource of that type, by its name only, as IAM requires.
    fn name(&self, entity_type: &str) -> Option<&'a str> {
        let name = |named: &'a Named| named.name.as_deref().unwrap_or(&named.entity_value);
        self.all(entity_type)
            .filter(|named| fits(&named.entity_value))
            .map(name)
            .find(|name| fits(name) && !name.contains(['/', ':']))
    }

    /// The account that something was shared with.
    fn account(&self) -> Option<&'a str> {
        let granted = self.entities.iter().filter(|named| named.relation == "granted_to");
        granted
            .map(|named| named.entity_value.as_str())
            .find(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()))
    }

    /// The command in the region of the event.
    fn there(&self, words: &[&str]) -> String {
        let region = self.region.filter(|region| fits(region));
        let region = region.map_or_else(Vec::new, |region| vec!["--region", region]);
        command(words.iter().copied().chain(region))
    }

    /// A key is disabled, a password removed, and the sessions of a role are denied everything.
    fn used(&self) -> Commands {
        if self.value("access_key").is_some() {
            let mut all = self.key();
            all.retain(|(label, _)| *label != UNDO);
            return all;
        }
        if let Some(role) = self.name("role") {
            // Identity Center owns these roles, and only it can change them.
            if role.starts_with("AWSReservedSSO_") {
                return vec![(LOOK, command(["iam", "get-role", "--role-name", role]))];
            }
            let policy = ["--policy-name", "RevokeOlderSessions", "--policy-document", DENY_OLDER_SESSIONS];
            return vec![
                (LOOK, command(["iam", "get-role", "--role-name", role])),
                (CONTAIN, command(["iam", "put-role-policy", "--role-name", role].into_iter().chain(policy))),
            ];
        }
        let Some(user) = self.name("user") else { return Vec::new() };
        let deny = ["--policy-name", "DenyAll", "--policy-document", DENY_ALL];
        vec![
            (LOOK, command(["iam", "get-login-profile", "--user-name", user])),
            (CONTAIN, command(["iam", "delete-login-profile", "--user-name", user])),
            (CONTAIN, command(["iam", "put-user-policy", "--user-name", user].into_iter().chain(deny))),
        ]
    }

    fn key(&self) -> Commands {
        let Some(key) = self.value("access_key") else { return Vec::new() };
        let user = self.name("user").map_or_else(Vec::new, |user| vec!["--user-name", user]);
        let of_user = |words: &[&str]| command(words.iter().copied().chain(user.iter().copied()));
        vec![
            (LOOK, command(["iam", "get-access-key-last-used", "--access-key-id", key])),
            (CONTAIN, of_user(&["iam", "update-access-key", "--access-key-id", key, "--status", "Inactive"])),
            (UNDO, of_user(&["iam", "delete-access-key", "--access-key-id", key])),
        ]
    }

    fn password(&self) -> Commands {
        let Some(user) = self.name("user") else { return Vec::new() };
        vec![
            (LOOK, command(["iam", "get-login-profile", "--user-name", user])),
            (UNDO, command(["iam", "delete-login-profile", "--user-name", user])),
        ]
    }

    fn user(&self) -> Commands {
        let Some(user) = self.name("user") else { return Vec::new() };
        let deny = ["--policy-name", "DenyAll", "--policy-document", DENY_ALL];
        vec![
            (LOOK, command(["iam", "list-access-keys", "--user-name", user])),
            (LOOK, command(["iam", "list-attached-user-policies", "--user-name", user])),
            (CONTAIN, command(["iam", "put-user-policy", "--user-name", user].into_iter().chain(deny))),
        ]
    }

    /// A managed policy is detached by its ARN; an inline policy is deleted by its name.
    fn policy(&self) -> Commands {
        if let (Some(profile), Some(role)) = (self.name("instance_profile"), self.name("role")) {
            let names = ["--instance-profile-name", profile, "--role-name", role];
            return vec![
                (LOOK, command(["iam", "get-instance-profile", "--instance-profile-name", profile])),
                (UNDO, command(["iam", "remove-role-from-instance-profile"].into_iter().chain(names))),
            ];
        }
        if let (Some(user), Some(group)) = (self.name("user"), self.name("group")) {
            let names = ["--group-name", group, "--user-name", user];
            return vec![
                (LOOK, command(["iam", "list-groups-for-user", "--user-name", user])),
                (UNDO, command(["iam", "remove-user-from-group"].into_iter().chain(names))),
            ];
        }
        let holders = ["user", "role", "group"].into_iter().filter_map(|kind| Some((kind, self.name(kind)?)));
        let (Some(policy), Some((kind, holder))) = (self.value("policy"), holders.into_iter().next()) else {
            return Vec::new();
        };
        let option = format!("--{kind}-name");
        let named = [option.as_str(), holder];
        let of = |call: &str, more: &[&str]| {
            let call = call.replace("{}", kind);
            command(["iam", call.as_str()].into_iter().chain(named).chain(more.iter().copied()))
        };
        if policy.starts_with("arn:") {
            vec![
                (LOOK, of("list-attached-{}-policies", &[])),
                (UNDO, of("detach-{}-policy", &["--policy-arn", policy])),
            ]
        } else {
            vec![
                (LOOK, of("get-{}-policy", &["--policy-name", policy])),
                (UNDO, of("delete-{}-policy", &["--policy-name", policy])),
            ]
        }
    }

    /// The event does not contain the previous trust policy.
    fn role(&self) -> Commands {
        let Some(role) = self.name("role") else { return Vec::new() };
        vec![(LOOK, command(["iam", "get-role", "--role-name", role]))]
    }

    fn share(&self) -> Commands {
        if let Some(snapshot) = self.value("snapshot") {
            return self.shared("snapshot", "createVolumePermission", snapshot);
        }
        if let Some(image) = self.value("image") {
            return self.shared("image", "launchPermission", image);
        }
        if let Some(bucket) = self.name("bucket") {
            return vec![
                (LOOK, command(["s3api", "get-bucket-policy", "--bucket", bucket])),
                (LOOK, command(["s3api", "get-bucket-acl", "--bucket", bucket])),
                (LOOK, command(["s3api", "get-public-access-block", "--bucket", bucket])),
            ];
        }
        if let Some(function) = self.value("function") {
            return vec![
                (LOOK, self.there(&["lambda", "get-policy", "--function-name", function])),
                (LOOK, self.there(&["lambda", "list-function-url-configs", "--function-name", function])),
            ];
        }
        if let Some(secret) = self.value("secret") {
            return vec![(LOOK, self.there(&["secretsmanager", "get-resource-policy", "--secret-id", secret]))];
        }
        self.shared_database()
    }

    /// EC2 snapshots and images.
    fn shared(&self, kind: &str, attribute: &str, id: &str) -> Commands {
        let (look, modify, reset, option) = (
            format!("describe-{kind}-attribute"),
            format!("modify-{kind}-attribute"),
            format!("reset-{kind}-attribute"),
            format!("--{kind}-id"),
        );
        let what = [option.as_str(), id, "--attribute", attribute];
        let of = |call: &str, more: &[&str]| self.there(&[&["ec2", call], &what[..], more].concat());
        let undo = self.account().map_or_else(
            || of(&reset, &[]),
            |account| of(&modify, &["--operation-type", "remove", "--user-ids", account]),
        );
        vec![(LOOK, of(&look, &[])), (UNDO, undo)]
    }

    fn shared_database(&self) -> Commands {
        let Some(snapshot) = self.value("db_snapshot") else { return Vec::new() };
        if snapshot.contains(":cluster-snapshot:") {
            let id = ["--db-cluster-snapshot-identifier", snapshot];
            return vec![(LOOK, self.there(&[&["rds", "describe-db-cluster-snapshot-attributes"], &id[..]].concat()))];
        }
        let id = ["--db-snapshot-identifier", snapshot];
        let remove = ["--attribute-name", "restore", "--values-to-remove", self.account().unwrap_or("all")];
        vec![
            (LOOK, self.there(&[&["rds", "describe-db-snapshot-attributes"], &id[..]].concat())),
            (UNDO, self.there(&[&["rds", "modify-db-snapshot-attribute"], &id[..], &remove[..]].concat())),
        ]
    }

    /// A deleted trail has to be created again, but the event does not contain its settings.
    fn watch(&self) -> Commands {
        if let Some(trail) = self.all("trail").find(|named| fits(&named.entity_value)) {
            let name = trail.entity_value.as_str();
            if trail.relation == "deleted" {
                return vec![(LOOK, self.there(&["cloudtrail", "describe-trails"]))];
            }
            return vec![
                (LOOK, self.there(&["cloudtrail", "get-trail-status", "--name", name])),
                (LOOK, self.there(&["cloudtrail", "get-event-selectors", "--trail-name", name])),
                (UNDO, self.there(&["cloudtrail", "start-logging", "--name", name])),
            ];
        }
        if let Some(detector) = self.value("detector") {
            return vec![
                (LOOK, self.there(&["guardduty", "get-detector", "--detector-id", detector])),
                (UNDO, self.there(&["guardduty", "update-detector", "--detector-id", detector, "--enable"])),
            ];
        }
        if let Some(recorder) = self.value("config_recorder") {
            let name = ["--configuration-recorder-name", recorder];
            return vec![
                (LOOK, self.there(&["configservice", "describe-configuration-recorder-status"])),
                (UNDO, self.there(&[&["configservice", "start-configuration-recorder"], &name[..]].concat())),
            ];
        }
        if let Some(bucket) = self.name("bucket") {
            let look = ["s3api", "get-bucket-lifecycle-configuration", "--bucket", bucket];
            return vec![(LOOK, command(look))];
        }
        let looks: [(&str, &[&str]); 2] =
            [("flow_log", &["ec2", "describe-flow-logs"]), ("log_group", &["logs", "describe-log-groups"])];
        let named = looks.into_iter().find(|(kind, _)| self.value(kind).is_some());
        named.map_or_else(Vec::new, |(_, words)| vec![(LOOK, self.there(words))])
    }

    fn instance(&self) -> Commands {
        let ids: Vec<&str> =
            self.all("instance").map(|named| named.entity_value.as_str()).filter(|id| fits(id)).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        let of = |call: &str| self.there(&[&["ec2", call, "--instance-ids"], &ids[..]].concat());
        vec![(LOOK, of("describe-instances")), (CONTAIN, of("stop-instances"))]
    }

    fn network(&self) -> Commands {
        let Some(group) = self.value("security_group") else { return Vec::new() };
        let look = ["ec2", "describe-security-group-rules", "--filters"];
        let filter = format!("Name=group-id,Values={group}");
        vec![(LOOK, self.there(&[&look[..], &[filter.as_str()]].concat()))]
    }

    fn other(&self) -> Commands {
        if let Some(function) = self.value("function") {
            return vec![(LOOK, self.there(&["lambda", "get-function", "--function-name", function]))];
        }
        Vec::new()
    }

    fn secret(&self) -> Commands {
        if let Some(secret) = self.value("secret") {
            return vec![
                (LOOK, self.there(&["secretsmanager", "describe-secret", "--secret-id", secret])),
                (CONTAIN, self.there(&["secretsmanager", "rotate-secret", "--secret-id", secret])),
            ];
        }
        let names: Vec<&str> =
            self.all("parameter").map(|named| named.entity_value.as_str()).filter(|name| fits(name)).take(10).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let filter = format!("Key=Name,Values={}", names.join(","));
        vec![(LOOK, self.there(&["ssm", "describe-parameters", "--parameter-filters", &filter]))]
    }
}

/// The words quoted for a shell.
fn command<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = ["aws"].into_iter().chain(words).map(quote::shell).collect();
    words.join(" ")
}

/// Whether a text is a name or ARN in AWS's syntax, with nothing that a shell or the AWS CLI (options, lists, `file://`)
/// could misinterpret. It is still quoted.
fn fits(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "+=.@_:/-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    begins && text.len() <= LONGEST && text.chars().all(known) && !text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    fn remedy(need: Need, entities: &[(&str, &str, &str)]) -> Remedy {
        let named = |(entity_type, value, relation): &(&str, &str, &str)| Named {
            entity_type: (*entity_type).to_owned(),
            entity_value: (*value).to_owned(),
            name: Some(value.rsplit('/').next().unwrap_or(value).to_owned()),
            relation: (*relation).to_owned(),
        };
        Remedy {
            need,
            what: String::new(),
            event_id: None,
            time: Timestamp::default(),
            principal: None,
            events: 1,
            entities: entities.iter().map(named).collect(),
            account_id: None,
            region: Some("eu-west-1".to_owned()),
            gone: None,
            deleted: Vec::new(),
            ending: None,
            ended_by: None,
            end_event_id: None,
            value_of_deleted: false,
            urgent: true,
        }
    }

    fn labeled_commands(remedy: &Remedy) -> Vec<String> {
        commands(remedy).into_iter().map(|(label, command)| format!("{label} {command}")).collect()
    }

    #[test]
    fn commands_are_built_from_entities() {
        let key = remedy(Need::Key, &[("user", "bob", "target"), ("access_key", "AKIAX", "created")]);
        let expected = [
            "Inspect: aws iam get-access-key-last-used --access-key-id AKIAX",
            "Contain: aws iam update-access-key --access-key-id AKIAX --status Inactive --user-name bob",
            "Undo: aws iam delete-access-key --access-key-id AKIAX --user-name bob",
        ];
        assert_eq!(labeled_commands(&key), expected);
        let gone = Remedy { gone: Some(Timestamp::default()), ..key };
        assert_eq!(labeled_commands(&gone), expected[..1]);
        let shared =
            remedy(Need::Share, &[("snapshot", "snap-1", "target"), ("account", "123456789012", "granted_to")]);
        let undo = "Undo: aws ec2 modify-snapshot-attribute --snapshot-id snap-1 --attribute createVolumePermission \
            --operation-type remove --user-ids 123456789012 --region eu-west-1";
        assert_eq!(labeled_commands(&shared)[1], undo);
        let attached = [("role", "ops", "target"), ("policy", "arn:aws:iam::aws:policy/AdministratorAccess", "used")];
        let undo = "Undo: aws iam detach-role-policy --role-name ops --policy-arn \
            'arn:aws:iam::aws:policy/AdministratorAccess'";
        assert_eq!(labeled_commands(&remedy(Need::Policy, &attached))[1], undo);
        let inline = [("user", "bob", "target"), ("policy", "inline", "used")];
        assert_eq!(
            labeled_commands(&remedy(Need::Policy, &inline))[1],
            "Undo: aws iam delete-user-policy --user-name bob --policy-name inline"
        );
    }

    #[test]
    fn ending_states_principal_and_duration() {
        let ended = |need, by: &str, deleted: &[&str], events| Remedy {
            principal: Some("Admin/eve".to_owned()),
            gone: Some(Timestamp(378_000_000)),
            deleted: deleted.iter().map(|&one| one.to_owned()).collect(),
            ending: Some("Ended it".to_owned()),
            ended_by: Some(by.to_owned()),
            events,
            ..remedy(need, &[])
        };
        let endings = [
            ended(Need::Share, "Admin/mallory", &[], 1),
            ended(Need::Network, "bob", &[], 2),
            ended(Need::Instance, "bob", &["instance", "instance"], 1),
        ]
        .map(|remedy| ending(&remedy));
        let expected = [
            "1970-01-01 00:06:18 · Ended it, by the same identity; accessible for 6 min 18 s: copies made in that time cannot be \
             ruled out",
            "1970-01-01 00:06:18 · Ended it, by bob; open for up to 6 min 18 s",
            "1970-01-01 00:06:18 · the last deletion: Ended it, by bob, after 6 min 18 s",
        ];
        assert_eq!(endings, expected);
    }

    #[test]
    fn deleted_secret_has_no_commands() {
        let read = remedy(Need::Secret, &[("secret", "app/db", "target")]);
        assert_eq!(labeled_commands(&read).len(), 2);
        assert!(labeled_commands(&Remedy { value_of_deleted: true, ..read }).is_empty());
    }

    #[test]
    fn malicious_names_are_not_used_in_commands() {
        for odd in [
            "--profile",
            "a b",
            "x;id",
            "$(id)",
            "`id`",
            "file:///etc/passwd",
            "a'b",
            "x\u{202e}",
            "",
            "a,b",
            "http://x",
        ] {
            assert_eq!(
                labeled_commands(&remedy(Need::User, &[("user", odd, "created")])),
                Vec::<String>::new(),
                "{odd}"
            );
            assert_eq!(
                labeled_commands(&remedy(Need::Secret, &[("secret", odd, "target")])),
                Vec::<String>::new(),
                "{odd}"
            );
        }
    }
}
