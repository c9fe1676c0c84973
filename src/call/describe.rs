//! Creates the description of a call.

use serde_json::Value;

use super::policy::{self, PolicySubject};
use super::schema::{CallClass, ValueFormat};
use super::table::{CallEntry, CallTable, Root, RootedPath};
use super::{
    Call, Classified, Description, Entity, Grant, Outcome, Relation, acl, format, grammar, name, network, resources,
    service, statement,
};
use crate::json::{Document, Json, Members};
use crate::rule::body::Body;
use crate::rule::seen::distinct;
use crate::rule::template::Style;
use crate::signal::Context;

/// The maximum number of entities of one kind.
const MAX_ENTITIES: usize = 200;
/// A longer text is a document, not a name. In bytes.
const MAX_LENGTH: usize = 2048;

impl CallTable {
    /// Describes a call.
    #[must_use]
    pub fn describe<'t>(&'t self, call: &Call<'_>) -> Description<'t> {
        if let Some(summary) = service::insight(call) {
            return Description { summary, ..Description::default() };
        }
        let subject = EntrySource::new(self, call);
        match self.choose(&subject) {
            Some((entry, grants)) => self.by_entry(&subject, entry, grants),
            None => self.by_grammar(call, subject.outcome),
        }
    }

    /// The entry that describes a call.
    #[must_use]
    pub fn entry(&self, call: &Call<'_>) -> Option<&CallEntry> {
        if service::is_insight(call) {
            return None;
        }
        self.choose(&EntrySource::new(self, call)).map(|(entry, _)| entry)
    }

    /// The first of a call's entries whose conditions hold, with the grants in the call.
    fn choose(&self, subject: &EntrySource<'_, '_>) -> Option<(&CallEntry, Vec<Grant>)> {
        self.of(subject.call).find_map(|entry| {
            let grants = subject.grants(entry);
            // Most entries do not test facts, and this code runs for every event.
            let facts = entry.when.iter().any(|(place, _)| place.root == Root::Facts).then(|| facts(&grants));
            let root = facts.as_ref().map_or(Json::Null, Document::root);
            subject.holds(entry, root).then_some((entry, grants))
        })
    }

    /// The outcome of a call.
    #[must_use]
    pub fn outcome(&self, call: &Call<'_>) -> Outcome {
        let response_outcome =
            || call.response.as_object().and_then(|members| members.get(call.name())).and_then(Json::scalar);
        match call.error_code.filter(|code| !code.is_empty()) {
            Some(code) if code.rsplit('.').next() == Some("DryRunOperation") => Outcome::DryRun,
            Some(code) if self.words.is_denial(code) => Outcome::Denied,
            Some(_) => Outcome::Failed,
            // The outcome of a sign-in is in the response.
            None if call.key.starts_with("signin:") => match response_outcome() {
                Some("Failure") => Outcome::Failed,
                None if call.sign_in_failed || is_failed_sign_in(call) => Outcome::Failed,
                None if call.key == "signin:ConsoleLogin" => Outcome::Unknown,
                _ => Outcome::Succeeded,
            },
            None => Outcome::Succeeded,
        }
    }

    fn by_entry<'t>(
        &'t self,
        subject: &EntrySource<'_, '_>,
        entry: &'t CallEntry,
        grants: Vec<Grant>,
    ) -> Description<'t> {
        let call = subject.call;
        let entities = subject.entities(entry);
        let context = subject.context(entry, &entities, &grants);
        let template = if subject.outcome == Outcome::Succeeded { &entry.done } else { &entry.tried };
        let action = template.render(&context, Style::Sentence);
        // If a denied call has no request, the sentence cannot name anything.
        let named = action.is_some();
        let summary = match action {
            Some(action) => sentence(action, call, subject.outcome),
            None => self.by_grammar(call, subject.outcome).summary,
        };
        Description {
            summary,
            outcome: subject.outcome,
            named,
            classes: classes(entry),
            techniques: entry.attack.iter().map(String::as_str).collect(),
            entities: distinct(entities.into_iter().map(|(_, entity)| entity)),
            grants,
        }
    }

    fn by_grammar<'t>(&'t self, call: &Call<'_>, outcome: Outcome) -> Description<'t> {
        if service::is_event(call) {
            let (summary, entities) = service::described(&self.words, call, outcome);
            return Description { summary, outcome, entities, ..Description::default() };
        }
        let grammar::VerbPhrase { mut action, entities, is_of_policy } =
            grammar::phrase(&self.words, &self.names, call, outcome);
        let grants = policy::in_request(call.request, call.account);
        if let Some(allows) = statement::describe(&grants, false) {
            action.push_str(if is_of_policy { " that " } else { " with a policy that " });
            action.push_str(&allows);
        }
        let is_open = grants.iter().any(|grant| grant.external);
        let exposure = Classified { class: CallClass::DataExposure, effect: "policy", object: "" };
        let classes = is_open.then_some(exposure).into_iter().collect();
        Description {
            summary: sentence(action, call, outcome),
            outcome,
            named: false,
            classes,
            techniques: Vec::new(),
            entities,
            grants,
        }
    }
}

/// The entry's classes. A reversal has one for each call that it undoes.
fn classes(entry: &CallEntry) -> Vec<Classified<'_>> {
    let (undone, own): (Vec<_>, Vec<_>) = entry.classes.iter().partition(|(class, _)| *class == CallClass::Reversal);
    let own = own.into_iter().map(|(class, effect)| Classified { class: *class, effect, object: &entry.object });
    let undone = undone.into_iter().flat_map(|(class, effect)| {
        entry.undoes.iter().map(move |call| Classified { class: *class, effect, object: call })
    });
    own.chain(undone).collect()
}

/// Whether other members of a sign-in's record show that it failed: `serviceEventDetails` in some events,
/// `additionalEventData.success` in others.
fn is_failed_sign_in(call: &Call<'_>) -> bool {
    let extra = Body::new(call.extra);
    let is_stated = |object: &str, member: &str, text: &str| {
        let found = extra.value().as_object().and_then(|extra| extra.get(object)?.as_object()?.get(member)?.scalar());
        found == Some(text)
    };
    is_stated("serviceEventDetails", call.name(), "Failure") || is_stated("additionalEventData", "success", "false")
}

/// The sentence for an action, depending on whether it was done or only tried.
fn sentence(action: String, call: &Call<'_>, outcome: Outcome) -> String {
    match outcome {
        Outcome::Succeeded => action,
        Outcome::Denied => format!("Tried to {action}: access denied"),
        Outcome::Failed => match call.error_code {
            Some(code) => {
                let code = ["Client.", "Server."].iter().find_map(|side| code.strip_prefix(side)).unwrap_or(code);
                format!("Tried to {action}: {code}")
            }
            None => format!("Tried to {action}: failed"),
        },
        Outcome::DryRun => format!("Dry run: would have been allowed to {action}"),
        Outcome::Unknown => format!("Tried to {action}; the record does not show whether it succeeded"),
    }
}

/// The values that entries read from.
struct EntrySource<'s, 'c> {
    call: &'s Call<'c>,
    extra: Body<'c>,
    outcome: Outcome,
}

impl<'s, 'c> EntrySource<'s, 'c> {
    fn new(table: &CallTable, call: &'s Call<'c>) -> Self {
        Self { call, extra: Body::new(call.extra), outcome: table.outcome(call) }
    }

    fn root<'r>(&'r self, root: Root, facts: Json<'r>) -> Json<'r> {
        match root {
            Root::Request => self.call.request,
            Root::Response => self.call.response,
            Root::Extra => self.extra.value(),
            Root::Facts => facts,
        }
    }

    fn holds(&self, entry: &CallEntry, facts: Json<'_>) -> bool {
        entry.when.iter().all(|(place, condition)| condition.holds(&place.path, self.root(place.root, facts)))
    }

    /// The values at the first of these places where there are any.
    fn values(&self, places: &[RootedPath]) -> Vec<&str> {
        for place in places {
            let mut values = Vec::new();
            place.path.any(self.root(place.root, Json::Null), &mut |value| {
                collect(value, &mut values);
                values.len() >= MAX_ENTITIES
            });
            if !values.is_empty() {
                return values;
            }
        }
        Vec::new()
    }

    /// The names of the members of the first object at these places.
    fn members(&self, places: &[RootedPath]) -> Vec<&str> {
        let object = places.iter().find_map(|place| self.value(place)?.as_object());
        object.into_iter().flat_map(Members::names).take(MAX_ENTITIES).collect()
    }

    fn value<'r>(&'r self, place: &RootedPath) -> Option<Json<'r>> {
        let mut found = None;
        place.path.any(self.root(place.root, Json::Null), &mut |value| {
            found = Some(value);
            true
        });
        found
    }

    /// The entities of an entry, each with its index among those that the entry names. If a record lists resources
    /// instead of a request, the resources of the types that the entry names.
    fn entities(&self, entry: &CallEntry) -> Vec<(usize, Entity)> {
        let mut entities = Vec::new();
        let listed = resources::of(self.call);
        for (at, named) in entry.entities.iter().enumerate() {
            let relation = match named.relation {
                // A call that did not succeed created and deleted nothing.
                Relation::Created | Relation::Deleted | Relation::GrantedTo if self.outcome != Outcome::Succeeded => {
                    Relation::Target
                }
                relation => relation,
            };
            for value in self.values(&named.places) {
                entities.push((at, Entity::new(&named.kind, value, relation)));
            }
            let of_kind = listed.iter().filter(|one| one.kind == named.kind);
            entities.extend(of_kind.map(|one| (at, Entity { relation, ..one.clone() })));
        }
        entities
    }

    fn grants(&self, entry: &CallEntry) -> Vec<Grant> {
        let mut grants = Vec::new();
        if let Some(policy) = &entry.policy {
            let of = policy.of.as_ref().and_then(|of| entry.entities.iter().find(|named| named.placeholder == *of));
            let name = of.and_then(|named| self.values(&named.places).first().copied());
            let subject = of.map_or(PolicySubject::Principals, |named| {
                PolicySubject::Identity(&named.kind, name.unwrap_or_default())
            });
            let document = policy.document.as_ref().and_then(|place| self.value(place));
            grants.extend(
                document.map(|document| policy::grants(document, subject, self.call.account)).unwrap_or_default(),
            );
            let arn = policy.arn.as_ref().and_then(|place| self.value(place)).and_then(Json::scalar);
            grants.extend(arn.and_then(|arn| policy::managed(arn, subject)));
        }
        // Removed rules do not give anyone access.
        if entry.network && !self.call.name().starts_with("Revoke") {
            grants.extend(network::grants(&network::rules(self.call.request)));
        }
        if entry.acl {
            grants.extend(acl::grants(self.call.request));
        }
        grants
    }

    fn context(&self, entry: &CallEntry, entities: &[(usize, Entity)], grants: &[Grant]) -> Context {
        let mut context = Context::default();
        let mut put = |name: &str, value: Value| {
            context.insert(name.to_owned(), value);
        };
        for (name, value) in [("account", self.call.account), ("region", self.call.region)] {
            let is_own = entry.entities.iter().any(|named| named.placeholder == name)
                || entry.values.iter().any(|value| value.placeholder == name);
            if let Some(value) = value.filter(|_| !is_own) {
                put(name, value.into());
            }
        }
        for (at, named) in entry.entities.iter().enumerate() {
            let of = entities.iter().filter(|(of, _)| *of == at);
            let names = distinct(of.map(|(_, entity)| name::short(&entity.value, self.call.account).into_owned()));
            if !names.is_empty() {
                put(&named.placeholder, names.into());
            }
        }
        for value in &entry.values {
            // A failed call's byte count is the size of its error.
            if value.format == Some(ValueFormat::Bytes) && self.outcome != Outcome::Succeeded {
                continue;
            }
            let texts = match value.format {
                Some(ValueFormat::Members) => self.members(&value.places),
                _ => self.values(&value.places),
            };
            let texts = distinct(texts.into_iter().map(|text| format::format(text, value.format).into_owned()));
            if !texts.is_empty() {
                put(&value.placeholder, texts.into());
            }
        }
        self.add_computed_values(entry, grants, &mut context);
        for (name, text) in &entry.defaults {
            if !context.contains_key(name.as_str()) {
                context.insert(name.clone(), text.clone().into());
            }
        }
        context
    }

    /// Adds the descriptions of a policy, of network rules and of an access control list.
    fn add_computed_values(&self, entry: &CallEntry, grants: &[Grant], context: &mut Context) {
        let mut put = |name: &str, value: Value| {
            context.insert(name.to_owned(), value);
        };
        if entry.policy.is_some() {
            let of_identity = entry.policy.as_ref().is_some_and(|policy| policy.of.is_some());
            if let Some(text) = statement::describe(grants, of_identity) {
                put("allows", text.into());
            }
            let allowed = grants.iter().filter(|grant| grant.effect == "allow");
            let grantees = distinct(allowed.map(statement::grantee));
            if !grantees.is_empty() {
                put("grantees", grantees.into());
            }
        }
        if entry.network {
            let rules = network::rules(self.call.request);
            let texts = [
                ("network", network::describe(&rules)),
                ("ports", network::ports(&rules)),
                ("peers", network::peers(&rules)),
            ];
            for (name, text) in texts {
                if let Some(text) = text {
                    put(name, text.into());
                }
            }
        }
        if let Some(text) = acl::describe(grants).filter(|_| entry.acl) {
            put("acl", text.into());
        }
    }
}

fn collect<'j>(value: Json<'j>, values: &mut Vec<&'j str>) {
    match value {
        Json::Array(elements) => elements.iter().for_each(|element| collect(element, values)),
        other => values.extend(other.scalar().filter(|text| !text.is_empty() && text.len() <= MAX_LENGTH)),
    }
}

/// The facts about grants, for use in entries' conditions.
fn facts(grants: &[Grant]) -> Document<'static> {
    let any = |test: fn(&Grant) -> bool| Value::Bool(grants.iter().any(test));
    let facts = Value::Object(
        [
            ("allows", any(|grant| grant.effect == "allow")),
            ("public", any(|grant| grant.public)),
            ("external", any(|grant| grant.external)),
            ("administrator", any(|grant| grant.administrator)),
            ("revokes_sessions", Value::Bool(policy::revokes_sessions(grants))),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect(),
    );
    Document::from(facts)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rule::RuleText;

    const TOML: &str = r#"
[[call]]
name = "iam:PutRolePolicy"
action = "revoke the sessions of role {role}"
when = { "facts.revokes_sessions" = true }
targets = { role = "roleName" }
policy = { document = "policyDocument", of = "role" }
classes = { privilege_change = "revokes" }

[[call]]
name = "iam:PutRolePolicy"
action = "put policy {policy} on role {role}[: {allows}]"
targets = { role = "roleName" }
used = { policy = "policyName" }
policy = { document = "policyDocument", of = "role" }
classes = { privilege_change = "grants" }
attack = ["T1098.003"]

[[call]]
name = "s3:GetObject"
action = "download {object} from {bucket}[ ({size})]"
targets = { bucket = "bucketName", object = "key" }
values = { size = { path = "extra.additionalEventData.bytesTransferredOut", format = "bytes" } }
"#;

    fn table() -> CallTable {
        let words = RuleText::shipped().into_iter().filter(RuleText::holds_words);
        let own = RuleText { path: "calls/x.toml".into(), file: "calls/x.toml".into(), text: TOML.into() };
        CallTable::compile(&words.chain([own]).collect::<Vec<_>>()).unwrap()
    }

    struct TestCall {
        key: &'static str,
        request: Value,
        response: Value,
        error: Option<&'static str>,
        extra: Option<Value>,
        event_type: Option<&'static str>,
    }

    impl TestCall {
        fn new(key: &'static str, request: Value) -> Self {
            Self { key, request, response: Value::Null, error: None, extra: None, event_type: None }
        }

        fn failed(self, code: &'static str) -> Self {
            Self { error: Some(code), ..self }
        }

        fn description(&self, table: &CallTable) -> (String, Outcome) {
            let (request, response) = (Document::from(self.request.clone()), Document::from(self.response.clone()));
            let extra = self.extra.as_ref().map(Value::to_string);
            let described = table.describe(&Call {
                key: self.key,
                event_type: self.event_type,
                read_only: None,
                error_code: self.error,
                request: request.root(),
                response: response.root(),
                extra: extra.as_deref(),
                account: Some("111122223333"),
                region: Some("eu-west-1"),
                sign_in_failed: false,
            });
            (described.summary, described.outcome)
        }
    }

    #[test]
    fn failed_calls_and_dry_runs_are_described() {
        let table = table();
        let call =
            || TestCall::new("ec2:TerminateInstances", json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}));
        let cases = [
            (call(), "Terminated instance i-1", Outcome::Succeeded),
            (
                call().failed("Client.UnauthorizedOperation"),
                "Tried to terminate instance i-1: access denied",
                Outcome::Denied,
            ),
            (call().failed("AuthFailure"), "Tried to terminate instance i-1: access denied", Outcome::Denied),
            (
                call().failed("Client.InvalidInstanceID.NotFound"),
                "Tried to terminate instance i-1: InvalidInstanceID.NotFound",
                Outcome::Failed,
            ),
            (
                call().failed("Client.DryRunOperation"),
                "Dry run: would have been allowed to terminate instance i-1",
                Outcome::DryRun,
            ),
        ];
        for (call, summary, outcome) in cases {
            assert_eq!(call.description(&table), (summary.to_owned(), outcome));
        }
    }

    #[test]
    fn reversal_has_class_for_each_undone_call() {
        let words: Vec<RuleText> = RuleText::shipped().into_iter().filter(RuleText::holds_words).collect();
        let compiled = |undone: &str| {
            let undoes = format!("classes = {{ privilege_change = \"revokes\" }}\nundoes = [{undone}]");
            let text = TOML.replacen("classes = { privilege_change = \"revokes\" }", &undoes, 1);
            let own = RuleText { path: "calls/x.toml".into(), file: "calls/x.toml".into(), text };
            CallTable::compile(&words.iter().cloned().chain([own]).collect::<Vec<_>>())
        };
        let table = compiled("\"iam:PutRolePolicy\", \"s3:GetObject\"").unwrap();
        let entry = table.entries().iter().find(|entry| !entry.undoes.is_empty()).unwrap();
        let description: Vec<(&str, &str, &str)> =
            classes(entry).iter().map(|one| (one.class.as_str(), one.effect, one.object)).collect();
        let expected = [
            ("privilege_change", "revokes", ""),
            ("reversal", "undoes", "iam:PutRolePolicy"),
            ("reversal", "undoes", "s3:GetObject"),
        ];
        assert_eq!(description, expected);
        let errors = compiled("\"iam:CreateUser\"").unwrap_err();
        assert!(errors[0].to_string().contains("expected a call from this file, found `iam:CreateUser`"), "{errors:?}");
    }

    #[test]
    fn first_matching_entry_describes_call() {
        let table = table();
        let put = |document: Value| {
            let request = json!({"roleName": "deploy", "policyName": "inline", "policyDocument": document.to_string()});
            TestCall::new("iam:PutRolePolicy", request).description(&table).0
        };
        let revoked = json!({"Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"],
            "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-03-11T20:00:00Z"}}}]});
        assert_eq!(put(revoked), "Revoked the sessions of role deploy");
        let granted = json!({"Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "*"], "Resource": "*"}]});
        assert_eq!(put(granted), "Put policy inline on role deploy: allows all actions");
        let one = json!({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}});
        assert_eq!(put(one), "Put policy inline on role deploy: allows s3:GetObject on b/*");
        assert_eq!(put(json!("no policy")), "Put policy inline on role deploy");
    }

    #[test]
    fn denied_call_without_request_is_described_by_name() {
        let denied = TestCall::new("iam:PutRolePolicy", Value::Null).failed("AccessDenied");
        assert_eq!(denied.description(&table()).0, "Tried to put a role policy: access denied");
    }

    #[test]
    fn byte_counts_are_read_from_additional_event_data() {
        let call = TestCall {
            extra: Some(json!({"additionalEventData": {"bytesTransferredOut": 1_200_000_000.0}})),
            ..TestCall::new("s3:GetObject", json!({"bucketName": "prod-exports", "key": "customers.csv"}))
        };
        assert_eq!(call.description(&table()).0, "Downloaded customers.csv from prod-exports (1.2 GB)");
    }

    #[test]
    fn sign_in_outcome_is_read_from_response() {
        let table = table();
        let sign_in = |response: Value| TestCall { response, ..TestCall::new("signin:ConsoleLogin", Value::Null) };
        assert_eq!(sign_in(json!({"ConsoleLogin": "Failure"})).description(&table).1, Outcome::Failed);
        assert_eq!(sign_in(json!({"ConsoleLogin": "Success"})).description(&table).1, Outcome::Succeeded);
        assert_eq!(sign_in(Value::Null).description(&table).1, Outcome::Unknown);
    }

    #[test]
    fn calls_without_entry_are_described_by_name() {
        let table = table();
        let cases = [
            ("iam:ListUsers", json!(null), "Listed users"),
            ("s3:GetBucketPolicy", json!({"bucketName": "logs", "policy": ""}), "Read bucket policy of logs"),
            ("ec2:DescribeVpcs", json!({"filterSet": {}}), "Described VPCs"),
            ("rds:DescribeDBInstances", json!({"dBInstanceIdentifier": "prod"}), "Described DB instance prod"),
            ("cloudtrail:StopLogging", json!({"name": "main"}), "Stopped logging of main"),
            ("cloudtrail:DeleteTrail", json!({"name": "main"}), "Deleted trail main"),
            ("lambda:UpdateFunctionCode20150331v2", json!({"functionName": "f"}), "Updated the code of function f"),
            (
                "iam:DetachRolePolicy",
                json!({"roleName": "r", "policyArn": "arn:aws:iam::aws:policy/X"}),
                "Detached role policy X",
            ),
            ("x:AdminSetUserPassword", json!({"username": "marek"}), "Called AdminSetUserPassword"),
        ];
        for (key, request, summary) in cases {
            assert_eq!(TestCall::new(key, request).description(&table).0, summary);
        }
        let created = TestCall {
            response: json!({"vpc": {"vpcId": "vpc-1"}}),
            ..TestCall::new("ec2:CreateVpc", json!({"cidrBlock": "10.0.0.0/16"}))
        };
        assert_eq!(created.description(&table).0, "Created VPC vpc-1");
    }

    #[test]
    fn shipped_call_table_compiles() {
        let table = CallTable::compile(&RuleText::shipped()).map_err(|errors| format!("{errors:#?}"));
        assert_eq!(table.map(|table| table.entries().len()), Ok(CallTable::shipped().entries().len()));
    }
}
