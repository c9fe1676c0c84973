//! The activity of services, scripts and website visitors does not result in clicks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use arrow::array::AsArray;
use cartographer::rule::RuleSet;
use cartographer::trail::Trail;
use rayon::ThreadPoolBuilder;
use serde_json::{Value, json};

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36";

/// The signals of a trail as `kind | title | summary`, without background activity.
fn clicks(records: &[Value]) -> Vec<String> {
    let threads = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let texts: Vec<String> = records.iter().map(Value::to_string).collect();
    let rows: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
    let trail = Trail::of_rows(&rows, &threads).unwrap();
    let mapped = trail.map(&RuleSet::shipped().unwrap(), &threads).unwrap();
    let mut clicks = Vec::new();
    for batch in mapped.signals.iter().map(|batches| &batches.signals) {
        let texts = ["kind", "title", "summary"].map(|name| batch.column_by_name(name).unwrap().as_string::<i32>());
        for row in 0..batch.num_rows() {
            let [kind, title, summary] = texts.map(|column| column.value(row));
            if kind != "background" {
                clicks.push(format!("{kind} | {title} | {summary}"));
            }
        }
    }
    clicks
}

/// A call in a person's console session.
fn by_person(second: u32, source: &str, name: &str, request: &Value) -> Value {
    json!({
        "eventVersion": "1.09",
        "eventID": format!("00000000-0000-4000-8000-0000000000{second:02}"),
        "eventTime": format!("2026-03-02T09:00:{second:02}Z"),
        "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9",
        "userAgent": BROWSER,
        "readOnly": false,
        "requestParameters": request,
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
        "sessionCredentialFromConsole": "true",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:ines",
            "arn": "arn:aws:sts::111122223333:assumed-role/Admin/ines",
            "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLE000000001",
            "sessionContext": { "attributes": { "creationDate": "2026-03-02T08:55:00Z", "mfaAuthenticated": "true" } }
        }
    })
}

/// The same call, made by a service in this session.
fn by_service(service: &str, mut call: Value) -> Value {
    let host = format!("{service}.amazonaws.com");
    call["userAgent"] = json!(host);
    call["sourceIPAddress"] = json!(host);
    call["userIdentity"]["invokedBy"] = json!(host);
    call.as_object_mut().unwrap().remove("sessionCredentialFromConsole");
    call
}

#[test]
fn calls_by_cloudformation_in_a_session_are_not_clicks() {
    let person = by_person(1, "cloudformation", "CreateStack", &json!({ "stackName": "web" }));
    let calls = [
        ("ec2", "CreateSecurityGroup", json!({ "groupName": "web", "groupDescription": "web" })),
        ("ec2", "RunInstances", json!({ "instanceType": "t3.micro" })),
        ("iam", "CreateRole", json!({ "roleName": "web" })),
        ("s3", "CreateBucket", json!({ "bucketName": "web-assets" })),
        ("rds", "CreateDBInstance", json!({ "dBInstanceIdentifier": "web" })),
    ];
    let by_stack = calls.iter().zip(3..).map(|((source, name, request), second)| {
        by_service("cloudformation", by_person(second, source, name, request))
    });
    let clicks = clicks(&std::iter::once(person).chain(by_stack).collect::<Vec<_>>());
    assert_eq!(clicks.len(), 1, "{clicks:#?}");
    assert!(clicks[0].starts_with("create | CloudFormation"), "{clicks:#?}");
}

#[test]
fn calls_by_other_services_in_a_session_are_not_clicks() {
    for service in ["autoscaling", "elasticbeanstalk", "servicecatalog"] {
        let calls = [
            (
                "ec2",
                "TerminateInstances",
                json!({ "instancesSet": { "items": [{ "instanceId": "i-0123456789abcdef0" }] } }),
            ),
            ("ec2", "DescribeInstances", json!({})),
            ("ec2", "CreateTags", json!({})),
        ];
        let service_calls = calls
            .iter()
            .zip(1..)
            .map(|((source, name, request), second)| by_service(service, by_person(second, source, name, request)));
        assert_eq!(clicks(&service_calls.collect::<Vec<_>>()), Vec::<String>::new(), "{service}");
    }
}

#[test]
fn website_visitors_are_not_console_sessions() {
    let visit = |second: u32, identity: Value| {
        json!({
            "eventVersion": "1.09",
            "eventID": format!("00000000-0000-4000-8000-0000000000{second:02}"),
            "eventTime": format!("2026-03-02T09:00:{second:02}Z"),
            "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject",
            "eventCategory": "Data",
            "awsRegion": "eu-west-1",
            "sourceIPAddress": "198.51.100.23",
            "userAgent": format!("[{BROWSER}]"),
            "readOnly": true,
            "requestParameters": { "bucketName": "www.example.com", "key": "index.html" },
            "userIdentity": identity
        })
    };
    let anonymous = json!({ "type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL" });
    let another = json!({ "type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": "444455556666" });
    let visits: Vec<Value> = (1..20)
        .map(|second| visit(second, if second % 2 == 0 { anonymous.clone() } else { another.clone() }))
        .collect();
    assert_eq!(clicks(&visits), Vec::<String>::new());
}

#[test]
fn sign_in_by_a_program_is_marked() {
    let mut sign_in = by_person(1, "signin", "ConsoleLogin", &Value::Null);
    sign_in["userAgent"] = json!("stratus-red-team_3d3d");
    sign_in["eventType"] = json!("AwsConsoleSignIn");
    sign_in["responseElements"] = json!({ "ConsoleLogin": "Success" });
    let clicks = clicks(&[sign_in]);
    assert_eq!(clicks.len(), 1, "{clicks:#?}");
    assert!(clicks[0].contains("with a program, not a browser: stratus-red-team_3d3d"), "{clicks:#?}");
}

#[test]
fn http_library_with_console_credentials_is_the_console() {
    let mut read = by_person(1, "monitoring", "ListDashboards", &json!({}));
    read["readOnly"] = json!(true);
    read["userAgent"] = json!("Apache-HttpClient/4.5.13 (Java/1.8.0_352)");
    let by_console = clicks(std::slice::from_ref(&read));
    assert!(by_console.iter().any(|click| click.contains("CloudWatch")), "{by_console:#?}");
    read.as_object_mut().unwrap().remove("sessionCredentialFromConsole");
    assert_eq!(clicks(&[read]), Vec::<String>::new());
}
