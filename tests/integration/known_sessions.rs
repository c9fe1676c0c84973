//! A known session is one that exact shapes explain nearly completely, so their signals are trusted. In another year,
//! the requests of the same console differ slightly, and are still recognized by their most likely shapes.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Kind, Origin, Signal};
use cartographer::spec::{self, CaseToml, EventToml, SpecToml};

fn signals(events: Vec<EventToml>) -> Vec<Signal> {
    let case = CaseToml { name: String::new(), near_miss: false, events, signals: Vec::new() };
    spec::signals(&RuleSet::shipped().unwrap(), &case)
}

/// Events in the notation of a spec, moved to start at a second of the session.
fn events(from: i64, listed: &str) -> Vec<EventToml> {
    let case: CaseToml = toml::from_str(&format!("name = 'x'\nevents = [{listed}]")).unwrap();
    moved(from, case.events)
}

/// The first example of a rule's spec, moved to start at a second of the session.
fn example(from: i64, rule: &str) -> Vec<EventToml> {
    let texts = RuleText::shipped();
    let spec = SpecToml::parse(&spec::by_rule(&texts)[rule].text).unwrap();
    moved(from, spec.case[0].events.clone())
}

fn moved(from: i64, events: Vec<EventToml>) -> Vec<EventToml> {
    let moved = |(index, event): (usize, EventToml)| EventToml {
        id: Some(format!("{from:06}-{index:02}")),
        at: event.at + from,
        ..event
    };
    events.into_iter().enumerate().map(moved).collect()
}

/// Pages in which every event has exactly a known shape.
fn known_pages() -> Vec<EventToml> {
    (1..=4).flat_map(|page| example(-600 * page, "iam/users")).collect()
}

fn rules(signals: &[Signal]) -> Vec<&str> {
    signals.iter().map(|signal| signal.rule_id.as_str()).collect()
}

/// A launch template is deleted, and the page with its details is loaded again.
const DELETION: &str = "
  { at = 0, call = 'ec2:DeleteLaunchTemplate', read_only = false, request = { DeleteLaunchTemplateRequest = { LaunchTemplateId = 'lt-0a1b2c3d4e5f60718' } } },
  { at = 1, call = 'ec2:DescribeLaunchTemplates', request = { DescribeLaunchTemplatesRequest = { MaxResults = 200 } } },
  { at = 1, call = 'ec2:DescribeLaunchTemplateVersions', request = { DescribeLaunchTemplateVersionsRequest = { LaunchTemplateId = 'lt-0a1b2c3d4e5f60718', MaxResults = 200 } } },
  { at = 1, call = 'ec2:DescribeTags', request = { maxResults = 1000, filterSet = { items = [{ name = 'resource-type', valueSet = { items = [{ value = 'launch-template' }] } }] } } },
";

#[test]
fn exact_signals_are_kept_in_a_known_session() {
    let alone = signals(events(0, DELETION));
    assert_eq!(rules(&alone), ["ec2/launch-templates/template/delete"], "a few events do not make a known session");

    let all = signals(known_pages().into_iter().chain(events(0, DELETION)).collect());
    let late: Vec<&Signal> = all.iter().filter(|signal| signal.first_time.0 >= 0).collect();
    let details = late.iter().find(|signal| signal.rule_id == "ec2/launch-templates/template/details").unwrap();
    assert_eq!((details.origin, details.events.len()), (Origin::Exact, 2));
    let deleted = late.iter().find(|signal| signal.kind == Kind::Delete).unwrap();
    assert!(deleted.summary.contains("lt-0a1b2c3d4e5f60718"), "the change must still have a signal: {deleted:#?}");
}

#[test]
fn session_with_many_unexplained_events_is_not_known() {
    let unknown = (0..12).flat_map(|page| {
        let call = format!("{{ call = 'simspaceweaver:ListHarbours{page}', client = 'browser' }}");
        events(1000 + 60 * page, &call)
    });
    let all = signals(known_pages().into_iter().chain(events(0, DELETION)).chain(unknown).collect());
    assert!(rules(&all).contains(&"ec2/launch-templates/template/delete"), "{:?}", rules(&all));
}

#[test]
fn additional_read_of_a_known_page_is_not_a_click() {
    let more = "{ at = 1, call = 'iam:ListHarbourMasters', client = 'browser', read_only = true }";
    let all = signals(known_pages().into_iter().chain(events(-600, more)).collect());
    assert_eq!(all.iter().filter(|signal| signal.kind != Kind::Background).count(), 4, "{:?}", rules(&all));
}

#[test]
fn other_page_size_and_new_member_do_not_change_page() {
    let requests = "
      { call = 's3:ListAccessPoints', request = { Host = '111122223333.s3-control.eu-west-1.amazonaws.com', maxResults = '75' } },
      { call = 's3:ListAccessPoints', request = { Host = '111122223333.s3-control.eu-west-1.amazonaws.com', maxResults = '75', clientContext = 'console' } },
    ";
    let all = signals(example(-60, "s3/buckets").into_iter().chain(events(0, requests)).collect());
    let last = all.last().unwrap();
    assert_eq!((last.rule_id.as_str(), last.origin, last.events.len()), ("s3/access-points", Origin::Inferred, 2));
}

#[test]
fn requests_in_many_regions_are_one_click() {
    let regions = ["eu-west-1", "eu-west-2", "eu-west-3", "us-east-1", "us-east-2", "us-west-1"];
    let request = |region: &str| {
        let body = "{ internetGatewayIdSet = {}, filterSetNew = {}, maxResults = 25 }";
        format!(
            "{{ call = 'ec2:DescribeInternetGateways', agent = 'webapp/2.0', region = '{region}', request = {body} }}"
        )
    };
    let everywhere = signals(events(0, &regions.map(request).join(", ")));
    assert_eq!(rules(&everywhere), ["vpc/dashboard/internet-gateways/refresh"]);
}
