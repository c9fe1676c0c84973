//! Rows of Athena's table of a trail are converted to the original records.

use cartographer::read::{Container, Document, split};
use serde_json::{Value, json};

use super::Outcome;

/// A row of the table that AWS's statement creates: lowercase names, and JSON and booleans as text.
fn row() -> Value {
    json!({
        "eventversion": "1.09", "eventid": "00000000-0000-4000-8000-000000000001", "eventtime": "2024-05-01T10:00:01Z",
        "eventsource": "iam.amazonaws.com", "eventname": "CreateAccessKey", "awsregion": "us-east-1",
        "useridentity": {"type": "AssumedRole", "principalid": "AROAEXAMPLE:mara", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/mara",
            "accountid": "111122223333", "invokedby": null, "accesskeyid": "ASIAEXAMPLE", "username": null,
            "sessioncontext": {"attributes": {"mfaauthenticated": "true", "creationdate": "2024-05-01T09:00:00Z"},
                "sessionissuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/Admin", "username": "Admin"},
                "ec2roledelivery": null, "webidfederationdata": {"federatedprovider": "example.com", "attributes": {"aud": "X"}}}},
        "sourceipaddress": "198.51.100.7", "useragent": "Mozilla/5.0", "errorcode": null,
        "requestparameters": "{\"userName\":\"mara\",\"eventid\":1}", "responseelements": null,
        "additionaleventdata": "{\"MFAUsed\":\"Yes\"}", "requestid": "7e1a", "readonly": "false",
        "resources": [{"arn": "arn:aws:iam::111122223333:user/mara", "accountid": "111122223333", "type": "AWS::IAM::User"}],
        "eventtype": "AwsApiCall", "recipientaccountid": "111122223333", "sessioncredentialfromconsole": "true",
        "tlsdetails": {"tlsversion": "TLSv1.3", "ciphersuite": "X", "clientprovidedhostheader": "iam.amazonaws.com"},
        "account": "111122223333", "accountid": "111122223333", "region": "us-east-1", "day": "2024/05/01",
    })
}

fn record() -> Value {
    json!({
        "eventVersion": "1.09", "eventID": "00000000-0000-4000-8000-000000000001", "eventTime": "2024-05-01T10:00:01Z",
        "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "us-east-1",
        "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:mara", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/mara",
            "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true", "creationDate": "2024-05-01T09:00:00Z"},
                "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/Admin", "userName": "Admin"},
                "webIdFederationData": {"federatedProvider": "example.com", "attributes": {"aud": "X"}}}},
        "sourceIPAddress": "198.51.100.7", "userAgent": "Mozilla/5.0",
        "requestParameters": {"userName": "mara", "eventid": 1},
        "additionalEventData": {"MFAUsed": "Yes"}, "requestID": "7e1a", "readOnly": false,
        "resources": [{"ARN": "arn:aws:iam::111122223333:user/mara", "accountId": "111122223333", "type": "AWS::IAM::User"}],
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333", "sessionCredentialFromConsole": "true",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "X", "clientProvidedHostHeader": "iam.amazonaws.com"},
    })
}

fn read(text: &str) -> Outcome {
    Outcome::of(split(&Document { name: "rows".to_owned(), text: text.as_bytes().to_vec() }).unwrap())
}

#[test]
fn row_is_converted_to_the_original_record() {
    let outcome = read(&row().to_string());
    assert_eq!((outcome.container, outcome.records), (Container::Athena, vec![(1, record())]));
}

#[test]
fn rows_may_be_lines_and_invalid_json_stays_text() {
    let mut odd = row();
    odd["requestparameters"] = json!("HIVE_CURSOR_ERROR");
    let outcome = read(&format!("{}\n{odd}\n", row()));
    assert_eq!(outcome.records.len(), 2);
    assert_eq!(outcome.records[1].1["requestParameters"], json!("HIVE_CURSOR_ERROR"));
}

#[test]
fn record_with_additional_lowercase_names_is_not_converted() {
    let mut both = record();
    both["eventname"] = json!("x");
    both["eventsource"] = json!("x");
    both["eventtime"] = json!("x");
    assert_eq!(read(&both.to_string()).records, [(1, both)]);
}
