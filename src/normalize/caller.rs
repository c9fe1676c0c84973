//! Who called, told from the user agent. The finer families that request shapes ask for are `rule::caller`'s.

use crate::event::Client;

/// The whole user agent of the back ends that most of the console calls through.
const AWS_INTERNAL: &str = "AWS Internal";

/// The whole user agent of another of them.
const CORAL_NETTY_4: &str = "Coral/Netty4";

/// What a `CloudShell` user agent holds.
pub const CLOUD_SHELL: &str = " exec-env/CloudShell";

/// How user agents begin that only a browser sends. `SRPS/` stands before the one the console's search passes on.
const BROWSERS: [&str; 2] = ["Mozilla/", "SRPS/Mozilla/"];

/// How user agents begin that only the console's back ends send. `Jersey/${project.version}` signs people in.
const CONSOLES: [&str; 6] = [
    "S3Console/",
    "AWS Console S3, S3Console/",
    "EC2ConsoleFrontend",
    "AWSCloudTrail, aws-internal/",
    "AWS-Console",
    "Jersey/${project.version}",
];

/// What only the user agents of programs hold that act for a person by themselves.
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

/// The domains of services' hosts. The last are the European Sovereign Cloud's and those of the ISO regions.
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

/// How the user agents of SDKs begin, and of tools that are built on them.
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

/// Who called. `invoked_by` counts only where there is no user agent: a service acted.
#[must_use]
pub fn client(user_agent: Option<&str>, invoked_by: Option<&str>) -> Client {
    let agent = user_agent.map(unwrapped).unwrap_or_default();
    if agent.contains(CLOUD_SHELL) {
        Client::CloudShell
    } else if is_agent(agent, invoked_by) {
        Client::Agent
    } else if begins(agent, &BROWSERS) {
        Client::Browser
    } else if begins(agent, &CONSOLES) || console_host(agent) {
        Client::Console
    } else if internal(agent) {
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

/// Whether a program called that acts by itself for the person whose credentials it has.
fn is_agent(agent: &str, invoked_by: Option<&str>) -> bool {
    let is_service = |host: &str| service_host(host) && begins(host, &AGENT_SERVICES);
    AGENTS.iter().any(|name| agent.contains(name)) || is_service(agent) || invoked_by.is_some_and(is_service)
}

/// HTTP libraries that some consoles call through (the CloudWatch console by `Apache-HttpClient`) and programs as well.
const LIBRARIES: [&str; 2] = ["Apache-HttpClient", "Coral/"];

/// Who called, given whether the record says that its credentials are the console's: an HTTP library that calls with them
/// is a back end of the console.
pub(super) fn behind_console(client: Client, user_agent: Option<&str>, from_console: bool) -> Client {
    let agent = user_agent.map(unwrapped).unwrap_or_default();
    let unsure = matches!(client, Client::Sdk | Client::Unknown);
    if from_console && unsure && begins(agent, &LIBRARIES) { Client::Console } else { client }
}

/// Whether the user agent is exactly `AWS Internal`.
pub(super) fn aws_internal(user_agent: &str) -> bool {
    unwrapped(user_agent) == AWS_INTERNAL
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

fn internal(agent: &str) -> bool {
    matches!(agent, AWS_INTERNAL | CORAL_NETTY_4)
        || agent.starts_with("aws-internal/")
        || agent.contains(" md/internal")
}

/// `console.amazonaws.com`, `console.ec2.amazonaws.com` …, and `signin.amazonaws.com`, the console's door.
fn console_host(agent: &str) -> bool {
    service_host(agent) && begins(agent, &["console.", "signin."])
}

/// A service's host and nothing else: `config.amazonaws.com`.
fn service_host(agent: &str) -> bool {
    let host = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    DOMAINS.iter().any(|domain| agent.ends_with(domain)) && host(agent)
}

fn nothing(text: &str) -> bool {
    matches!(text, "" | "-")
}
