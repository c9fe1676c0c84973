//! User agents.

use cartographer::event::{Client, Evidence};
use cartographer::normalize::client;
use serde_json::json;

use crate::normalize::{absent, event, record};

#[test]
fn client_is_derived_from_user_agent() {
    for (agent, expected) in [
        ("Mozilla/5.0 (X11; Linux x86_64)", Client::Browser),
        ("SRPS/Mozilla/5.0 (X11)", Client::Browser),
        ("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11]", Client::Console),
        ("AWS Console S3, S3Console/0.4", Client::Console),
        ("EC2ConsoleFrontend, aws-internal/3", Client::Console),
        ("console.ec2.amazonaws.com", Client::Console),
        ("console.amazonaws.com", Client::Console),
        ("[AWSCloudTrail, aws-internal/3]", Client::Console),
        ("signin.amazonaws.com", Client::Console),
        ("Jersey/${project.version} (HttpUrlConnection 11.0.21)", Client::Console),
        ("AWS-Console", Client::Console),
        ("AWS Internal", Client::Internal),
        ("AWS Internal/2", Client::Unknown),
        ("aws-internal/3 aws-sdk-java/1.12", Client::Internal),
        ("Coral/Netty4", Client::Internal),
        ("aws-sdk-go/1.48.8 (go1.21.4; linux; amd64) md/internal", Client::Internal),
        ("aws-cli/2.15.37 Python/3.11.8 exec-env/CloudShell exe/x86_64", Client::CloudShell),
        ("aws-cli/2.15.37 Python/3.11.8", Client::Cli),
        ("AWSPowerShell.NetCore/4.1", Client::Cli),
        ("aws-sdk-go-v2/1.21.0 os/linux", Client::Sdk),
        ("Boto3/1.26.95 Python/3.9", Client::Sdk),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.5", Client::Sdk),
        ("HashiCorp Terraform/0.12", Client::Sdk),
        ("Pulumi/3.0", Client::Sdk),
        ("stratus-red-team_0a", Client::Sdk),
        ("Go-http-client/1.1", Client::Sdk),
        ("python-requests/2.31", Client::Sdk),
        ("curl/8.0", Client::Sdk),
        ("awslambda-worker/1.0", Client::Sdk),
        ("containerd/1.7", Client::Sdk),
        ("aws-cdk/2.100", Client::Sdk),
        ("aws-mcp.amazonaws.com", Client::Agent),
        ("Boto3/1.40.0 md/awslabs/mcp/aws-api-mcp-server/1.0", Client::Agent),
        ("aws-cli/2.30 md/AmazonQ-For-CLI", Client::Agent),
        ("console.amazonaws.com.cn", Client::Console),
        ("signin.amazonaws.eu", Client::Console),
        ("config.c2s.ic.gov", Client::Service),
        ("config.amazonaws.com", Client::Service),
        ("rds.aws.internal", Client::Service),
        ("not a host.amazonaws.com", Client::Unknown),
        ("console.evil.example", Client::Unknown),
        ("ü", Client::Unknown),
        ("[", Client::Unknown),
        ("-", Client::Unknown),
    ] {
        assert_eq!(client(Some(agent), None), expected, "{agent}");
    }
}

#[test]
fn invoker_is_used_only_without_a_user_agent() {
    assert_eq!(client(None, Some("config.amazonaws.com")), Client::Service);
    assert_eq!(client(Some("-"), Some("config.amazonaws.com")), Client::Service);
    assert_eq!(client(Some("AWS Internal"), Some("config.amazonaws.com")), Client::Internal);
    assert_eq!(client(None, None), Client::Unknown);
}

#[test]
fn each_kind_of_evidence_is_found() {
    let plain = json!({ "sessionCredentialFromConsole": absent(), "userAgent": "x" });
    for (member, value, expected) in [
        ("userAgent", json!("x"), Evidence::empty()),
        ("sessionCredentialFromConsole", json!("true"), Evidence::FLAG),
        ("eventSource", json!("signin.amazonaws.com"), Evidence::SIGN_IN),
        ("eventType", json!("AwsConsoleSignIn"), Evidence::SIGN_IN),
        ("eventType", json!("AwsConsoleAction"), Evidence::SIGN_IN),
        ("userAgent", json!("Mozilla/5.0"), Evidence::BROWSER),
        ("userAgent", json!("S3Console/0.4"), Evidence::BACK_END),
        ("userAgent", json!("AWS Internal"), Evidence::FORWARDED | Evidence::INTERNAL),
        ("userAgent", json!("aws-internal/3"), Evidence::INTERNAL),
        ("userAgent", json!("aws-cli/2 exec-env/CloudShell x"), Evidence::CLOUD_SHELL),
    ] {
        let mut members = plain.clone();
        members[member] = value.clone();
        assert_eq!(event(&record(&members)).evidence, expected, "{member}: {value}");
    }
}

#[test]
fn calls_invoked_by_a_service_are_not_forwarded() {
    let identity = json!({ "type": "AssumedRole", "invokedBy": "cloudformation.amazonaws.com" });
    let text = record(&json!({ "userIdentity": identity, "sessionCredentialFromConsole": absent() }));
    assert_eq!(event(&text).evidence, Evidence::INTERNAL);
}
