//! The kind of client that made a call, and its user-agent family.

use crate::event::Client;

/// A family of user agents used by the console and its back ends. Rules test it as `caller`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Exactly `AWS Internal`: the back ends that most consoles use.
    Internal,
    /// `aws-internal/…`
    InternalSdk,
    /// Exactly `Coral/Netty4`.
    Netty,
    /// `EC2ConsoleFrontend…`
    Ec2Console,
    /// `S3Console/…`, or `AWS Console S3, S3Console/…`
    S3Console,
    /// `AWSCloudTrail, aws-internal/…`
    CloudTrail,
    /// Contains ` exec-env/CloudShell`.
    CloudShell,
}

impl Family {
    /// The family of a user agent, if it belongs to one. Square brackets around it are ignored.
    #[must_use]
    pub fn of(agent: &str) -> Option<Self> {
        Self::of_unwrapped(unwrapped(agent))
    }

    /// Like [`Family::of`], for a user agent without brackets.
    #[must_use]
    pub fn of_unwrapped(agent: &str) -> Option<Self> {
        match agent {
            "AWS Internal" => Some(Self::Internal),
            "Coral/Netty4" => Some(Self::Netty),
            text if text.contains(" exec-env/CloudShell") => Some(Self::CloudShell),
            text if text.starts_with("aws-internal/") => Some(Self::InternalSdk),
            text if text.starts_with("EC2ConsoleFrontend") => Some(Self::Ec2Console),
            text if begins(text, &["S3Console/", "AWS Console S3, S3Console/"]) => Some(Self::S3Console),
            text if text.starts_with("AWSCloudTrail, aws-internal/") => Some(Self::CloudTrail),
            _ => None,
        }
    }
}

/// Prefixes of user agents that only a browser sends. The console's search adds `SRPS/` before the user agent that it
/// forwards.
const BROWSERS: [&str; 2] = ["Mozilla/", "SRPS/Mozilla/"];

/// Prefixes of other user agents that only the console's back ends send. `Jersey/${project.version}` signs people in.
const CONSOLES: [&str; 2] = ["AWS-Console", "Jersey/${project.version}"];

/// Texts that occur only in the user agents of autonomous agents.
const AGENTS: [&str; 9] = [
    "aws-mcp",
    "awslabs/mcp",
    "aws-api-mcp-server",
    "mcp-proxy-for-aws",
    "AmazonQ-For-",
    "Amazon-Q-For-",
    "KiroIDE",
    "Kiro-CLI",
    "kiro-cli",
];

/// Services that act for a person as such a program does: the AWS MCP server.
const AGENT_SERVICES: [&str; 2] = ["aws-mcp.", "mcp."];

/// The domains of service hosts. The last ones belong to the European Sovereign Cloud and the ISO regions.
pub(super) const DOMAINS: [&str; 11] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.cn",
    ".aws.internal",
    ".api.aws",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".csp.hci.ic.gov",
    ".cloud.adc-e.uk",
    ".api.amazonwebservices.com.cn",
];

const COMMAND_LINES: [&str; 3] = ["aws-cli/", "AWSPowerShell", "ec2-api-tools"];

/// User-agent prefixes of SDKs and of tools built on them.
const SDKS: [&str; 24] = [
    "aws-sdk-",
    "Boto3/",
    "Botocore/",
    "Boto/",
    "APN/",
    "HashiCorp",
    "Terraform",
    "Pulumi",
    "stratus-red-team",
    "Go-http-client",
    "python-requests",
    "python-urllib3",
    "Python-urllib",
    "curl/",
    "Apache-HttpClient",
    "okhttp",
    "awslambda-worker",
    "containerd",
    "aws-cdk",
    "CloudCustodian",
    "Vault/",
    "eksctl/",
    "amazon-ssm-agent/",
    "Java/",
];

/// The kind of client. `invoked_by` is used only if there is no user agent, in which case a service acted.
#[must_use]
pub fn client(user_agent: Option<&str>, invoked_by: Option<&str>) -> Client {
    let agent = user_agent.map(unwrapped).unwrap_or_default();
    match Family::of_unwrapped(agent) {
        Some(Family::CloudShell) => return Client::CloudShell,
        Some(Family::Ec2Console | Family::S3Console | Family::CloudTrail) => return Client::Console,
        Some(Family::Internal | Family::InternalSdk | Family::Netty) | None => {}
    }
    if is_agent(agent, invoked_by) {
        Client::Agent
    } else if begins(agent, &BROWSERS) {
        Client::Browser
    } else if begins(agent, &CONSOLES) || console_host(agent) {
        Client::Console
    } else if Family::of_unwrapped(agent).is_some() || agent.contains(" md/internal") {
        Client::Internal
    } else if begins(agent, &COMMAND_LINES) {
        Client::Cli
    } else if SDKS.iter().any(|start| starts_with_ignoring_case(agent, start)) {
        Client::Sdk
    } else if service_host(agent) || (nothing(agent) && invoked_by.is_some_and(|by| !nothing(by))) {
        Client::Service
    } else {
        Client::Unknown
    }
}

/// Whether the caller is a program that acts autonomously with a person's credentials.
fn is_agent(agent: &str, invoked_by: Option<&str>) -> bool {
    let is_service = |host: &str| service_host(host) && begins(host, &AGENT_SERVICES);
    AGENTS.iter().any(|name| agent.contains(name)) || is_service(agent) || invoked_by.is_some_and(is_service)
}

/// HTTP libraries that are used by some consoles (the CloudWatch console uses `Apache-HttpClient`) and also by
/// programs.
const LIBRARIES: [&str; 2] = ["Apache-HttpClient", "Coral/"];

/// The kind of client, depending on whether the record states that the credentials belong to the console: an HTTP
/// library with such credentials is a console back end.
pub(super) fn behind_console(client: Client, user_agent: Option<&str>, from_console: bool) -> Client {
    let agent = user_agent.map(unwrapped).unwrap_or_default();
    let unsure = matches!(client, Client::Sdk | Client::Unknown);
    if from_console && unsure && begins(agent, &LIBRARIES) { Client::Console } else { client }
}

/// Whether the user agent is exactly `AWS Internal`.
pub(super) fn aws_internal(user_agent: &str) -> bool {
    Family::of(user_agent) == Some(Family::Internal)
}

/// The user agent without the square brackets that S3 and others put around it.
pub fn unwrapped(agent: &str) -> &str {
    let agent = agent.trim();
    agent.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(agent)
}

fn begins(agent: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| agent.starts_with(start))
}

fn starts_with_ignoring_case(agent: &str, start: &str) -> bool {
    agent.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// `console.amazonaws.com`, `console.ec2.amazonaws.com` …, and `signin.amazonaws.com`, which signs in to the console.
fn console_host(agent: &str) -> bool {
    service_host(agent) && begins(agent, &["console.", "signin."])
}

/// Just a service's host name: `config.amazonaws.com`.
fn service_host(agent: &str) -> bool {
    let host = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    DOMAINS.iter().any(|domain| agent.ends_with(domain)) && host(agent)
}

fn nothing(text: &str) -> bool {
    matches!(text, "" | "-")
}
