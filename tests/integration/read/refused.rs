//! Files that are not from CloudTrail are refused with a description of what they are.

use super::refusal;

#[test]
fn other_files_are_refused_with_a_description() {
    let cases = [
        ("refused_digest.json", "CloudTrail digest file (it lists log files and contains no events)"),
        ("refused_digest_records.json", "CloudTrail digest file (it lists log files and contains no events)"),
        ("refused_s3_notification.json", "S3 event notification (it refers to an object and contains no events)"),
        ("refused_sqs_of_s3.json", "S3 event notification (it refers to an object and contains no events)"),
        ("refused_sns.json", "SNS notification (it contains no CloudTrail events)"),
        ("refused_sqs.json", "SQS message (it contains no CloudTrail events)"),
        ("refused_kinesis.json", "Lambda event from aws:kinesis, not CloudTrail"),
        ("refused_health.json", "EventBridge event from aws.health (AWS Health Event), not CloudTrail"),
        ("refused_control.json", "CloudWatch Logs control message"),
        ("refused_other_logs.json", "CloudWatch Logs events from another source, not CloudTrail"),
        ("refused_guardduty.json", "GuardDuty finding"),
        ("refused_config.json", "AWS Config item"),
        ("refused_alibaba.json", "Alibaba Cloud ActionTrail"),
        ("refused_vpc_flow.log", "VPC flow log"),
        ("refused_lfs.json", "Git LFS pointer (the file itself was not downloaded)"),
        ("refused_other.csv", "CSV without CloudTrail records (columns: name, color)"),
        ("refused_text.txt", "not JSON or CSV"),
        ("refused_empty.json", "empty file"),
        ("refused_html.html", "XML or HTML, not CloudTrail"),
        ("refused_broken.json", "broken JSON: truncated: the value starts at byte 0, and the text ends at byte 32"),
    ];
    for (name, expected) in cases {
        assert_eq!(refusal(name).to_string(), expected, "{name}");
    }
}

#[test]
fn names_from_a_log_are_escaped_in_refusals() {
    let refusal = refusal("refused_other.json").to_string();
    assert_eq!(refusal, "JSON without CloudTrail records (\u{fffd}[2Jname, fruit)");
}
