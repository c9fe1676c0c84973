//! Events that no page explains are described by generic rules: changes, visits, polling and commands of any service.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Kind, Origin, Signal};
use cartographer::spec::{self, CaseToml, SpecToml};

/// The signals of the events that a spec would list, in order.
fn signals(events: &str) -> Vec<Signal> {
    let case: CaseToml = toml::from_str(&format!("name = 'x'\nevents = [{events}]")).unwrap();
    spec::signals(&RuleSet::shipped().unwrap(), &case)
}

fn only_signal(events: &str) -> Signal {
    let mut signals = signals(events);
    assert_eq!(signals.len(), 1, "{signals:#?}");
    signals.remove(0)
}

/// The events of the first example in a rule's spec, as TOML.
fn example(rule: &str) -> String {
    let texts = RuleText::shipped();
    let spec: toml::Table = toml::from_str(&spec::by_rule(&texts)[rule].text).unwrap();
    let events = spec["case"][0]["events"].to_string();
    events.trim_start_matches('[').trim_end_matches(']').to_owned()
}

#[test]
fn denied_change_states_the_page() {
    let page = example("iam/users");
    let late = "{ at = 30, call = 'iam:CreateServerHarbour', client = 'browser', read_only = false, error = 'AccessDenied', request = { userName = 'mara' } }";
    let signals_found = signals(&format!("{page}, {late}"));
    let denied = signals_found.last().unwrap();
    assert_eq!((denied.origin, denied.kind), (Origin::Service, Kind::Create));
    let expected =
        format!("Tried to create a server harbour of user mara: access denied, on the {} page", signals_found[0].title);
    assert_eq!(denied.summary, expected);
    let much_later = late.replace("at = 30", "at = 3000");
    let signals_found = signals(&format!("{page}, {much_later}"));
    assert_eq!(signals_found.last().unwrap().summary, "Tried to create a server harbour of user mara: access denied");
}

#[test]
fn page_states_its_denied_calls() {
    let page = example("iam/users");
    let summary = |events: &str| signals(events)[0].summary.clone();
    let denied =
        page.replacen("call = \"iam:GetLoginProfile\"", "error = \"AccessDenied\", call = \"iam:GetLoginProfile\"", 1);
    assert_ne!(page, denied);
    assert_eq!(summary(&denied), format!("{}; denied: iam:GetLoginProfile", summary(&page)));
}

#[test]
fn sign_in_without_outcome_is_described_as_attempt() {
    let agent = "agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'";
    let sign_in = |more: &str| {
        only_signal(&format!("{{ call = 'signin:ConsoleLogin', {agent}, source_ip = '203.0.113.7'{more} }}")).summary
    };
    let open = "Tried to sign in to the console from 203.0.113.7; the record does not show whether it succeeded";
    assert_eq!(sign_in(""), open);
    assert_eq!(sign_in(", response = { ConsoleLogin = 'Success' }"), "Signed in to the console from 203.0.113.7");
}

#[test]
fn verb_identifies_change_only_without_read_only_flag() {
    let stated = only_signal(
        "{ call = 'simspaceweaver:StartClock', client = 'browser', read_only = false, request = { name = 'c' } }",
    );
    let unstated = only_signal("{ call = 'simspaceweaver:StartClock', client = 'browser', request = { name = 'c' } }");
    assert_eq!((stated.rule_id.as_str(), unstated.rule_id.as_str()), ("generic/change", "generic/change"));
    let read = only_signal(
        "{ call = 'simspaceweaver:StartClock', client = 'browser', read_only = true, request = { name = 'c' } }",
    );
    assert_eq!(read.rule_id, "generic/visit");
}

#[test]
fn hostile_names_are_kept_as_text() {
    let name = "\u{1b}[31m{names}</td>=cmd()";
    let event = format!("{{ call = 'simspaceweaver:CreateQueue', client = 'browser', read_only = false, region = 'x/@evil', request = {{ queueName = {name:?}, tags = {{ groupName = 'no' }} }} }}").replace("\\u{1b}", "\\u001b");
    let signal = only_signal(&event);
    assert_eq!(signal.summary, format!("Created queue {name}"));
    assert_eq!(signal.url, None);
    let entities: Vec<_> = signal.entities.iter().map(|entity| (entity.kind.as_str(), entity.value.as_str())).collect();
    assert_eq!(entities, [("queue", name)]);
    let odd = only_signal("{ call = '', client = 'browser', read_only = false }");
    assert_eq!((odd.rule_id.as_str(), odd.entities.len()), ("generic/change", 0));
}

#[test]
fn polling_is_recognized_among_other_activity() {
    let poll = |at: i64| format!("{{ at = {at}, call = 'simspaceweaver:GetJobRuns', client = 'browser' }}");
    let visit = "{ at = 130, call = 'cloudsearch:DescribeDomains', client = 'browser' }".to_owned();
    let signals_found = signals(&[poll(0), poll(120), visit, poll(241), poll(360)].join(", "));
    let rules: Vec<_> = signals_found.iter().map(|signal| (signal.rule_id.as_str(), signal.events.len())).collect();
    assert_eq!(rules, [("generic/poll", 4), ("generic/visit", 1)]);
    assert!(signals_found[0].summary.contains("4 times, every 2 minutes"), "{}", signals_found[0].summary);
    let seldom = [poll(0), poll(1000), poll(2000)].join(", ");
    assert!(signals(&seldom).iter().all(|signal| signal.rule_id == "generic/visit"));
}

#[test]
fn paginated_command_is_one_signal_and_repetition_another() {
    let agent = "aws-cli/2.15.37";
    let list = |at: i64, request: &str| {
        format!(
            "{{ at = {at}, call = 'rds:DescribeDBInstances', client = 'cloudshell', agent = '{agent}', read_only = true, request = {{ {request} }} }}"
        )
    };
    let signals_found =
        signals(&[list(0, ""), list(1, "marker = 'a'"), list(2, "marker = 'b'"), list(3, "")].join(", "));
    let found: Vec<_> = signals_found.iter().map(|signal| (signal.summary.as_str(), signal.events.len())).collect();
    let expected = "Ran `aws rds describe-db-instances` in CloudShell: described DB instances";
    assert_eq!(found, [(expected, 3), (expected, 1)]);
    assert!(signals_found.iter().all(|signal| signal.kind == Kind::Command));
}

#[test]
fn programs_get_no_signals() {
    let key = "{ call = 'iam:CreateUser', client = 'sdk', agent = 'Boto3/1.34', read_only = false, request = { userName = 'x' } }";
    assert_eq!(signals(key), []);
    let service =
        "{ at = 5, call = 'sqs:DeleteQueue', client = 'service', agent = 'config.amazonaws.com', read_only = false }";
    assert_eq!(signals(&format!("{key}, {service}")), []);
}

#[test]
fn few_unexplained_reads_are_part_of_an_inferred_page() {
    let spec = SpecToml::parse(&spec::by_rule(&RuleText::shipped())["iam/users"].text).unwrap();
    let mut case = spec.case[0].clone();
    for event in &mut case.events {
        event.request.get_or_insert_default().insert("clientContext".to_owned(), toml::Value::from("7"));
    }
    let rules = RuleSet::shipped().unwrap();
    let before = spec::signals(&rules, &case);
    let mut stray = case.events[0].clone();
    (stray.call, stray.at, stray.id) =
        ("iam:ListSomethingNew".to_owned(), case.events[0].at + 1, Some("99".to_owned()));
    case.events.push(stray);
    let after = spec::signals(&rules, &case);
    assert_eq!((before.len(), after.len()), (1, 1), "{after:#?}");
    assert_eq!((after[0].rule_id.as_str(), after[0].origin), ("iam/users", Origin::Inferred));
    assert_eq!(after[0].events.len(), before[0].events.len() + 1);
    assert_eq!(after[0].signal_id, before[0].signal_id);
}

#[test]
fn services_of_all_rules_have_names() {
    let rules = RuleSet::shipped().unwrap();
    assert!(rules.words().services() >= 120, "{}", rules.words().services());
    for rule in rules.rules() {
        for call in rule.parts.iter().map(|part| part.call.as_str()).filter(|call| *call != "*") {
            let service = call.split(':').next().unwrap();
            assert!(rules.words().service(service).is_some(), "{service} has no name");
        }
    }
}
