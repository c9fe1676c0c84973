//! Who called, told from the user agent: the coarse [`Client`], and the families that request shapes are told apart by.

use crate::event::Client;

bitflags::bitflags! {
    /// The user-agent families of the console's back ends. One user agent is of none, one, or (in `CloudShell`) two.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Families: u16 {
        /// Exactly `AWS Internal`.
        const AWS_INTERNAL = 1;
        /// Begins `aws-internal/`.
        const AWS_INTERNAL_2 = 1 << 1;
        /// Exactly `Coral/Netty4`.
        const CORAL_NETTY_4 = 1 << 2;
        /// Begins `EC2ConsoleFrontend`.
        const EC2_CONSOLE = 1 << 3;
        /// Begins `S3Console/` or `AWS Console S3, S3Console/`.
        const S3_CONSOLE = 1 << 4;
        /// Begins `AWSCloudTrail, aws-internal/`.
        const AWS_CLOUDTRAIL = 1 << 5;
        /// In `CloudShell`, begins `aws-cli/`.
        const CLOUDSHELL_AWSCLI = 1 << 6;
        /// In `CloudShell`, begins `AWSPowerShell`.
        const CLOUDSHELL_AWSPOWERSHELL = 1 << 7;
        /// In `CloudShell`, begins `Boto3`.
        const CLOUDSHELL_BOTO = 1 << 8;
        /// In `CloudShell`, begins with anything else.
        const CLOUDSHELL_GENERIC = 1 << 9;
    }
}

impl Families {
    /// The family of a name as rules write it: `AWS_Internal`, `S3_Console`, `CloudShell_Boto` …
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().iter_names().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, family)| family)
    }
}

/// The whole user agent of the back ends that most of the console calls through.
const AWS_INTERNAL: &str = "AWS Internal";

/// The whole user agent of another of them.
const CORAL_NETTY_4: &str = "Coral/Netty4";

/// What a `CloudShell` user agent holds.
const CLOUD_SHELL: &str = " exec-env/CloudShell";

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

/// The families a user agent is of, outer square brackets removed first.
#[must_use]
pub fn families(user_agent: &str) -> Families {
    let agent = unwrapped(user_agent);
    let mut families = Families::empty();
    families.set(Families::AWS_INTERNAL, agent == AWS_INTERNAL);
    families.set(Families::AWS_INTERNAL_2, agent.starts_with("aws-internal/"));
    families.set(Families::CORAL_NETTY_4, agent == CORAL_NETTY_4);
    families.set(Families::EC2_CONSOLE, agent.starts_with("EC2ConsoleFrontend"));
    families.set(Families::S3_CONSOLE, begins(agent, &["S3Console/", "AWS Console S3, S3Console/"]));
    families.set(Families::AWS_CLOUDTRAIL, agent.starts_with("AWSCloudTrail, aws-internal/"));
    families | cloud_shell(agent)
}

fn cloud_shell(agent: &str) -> Families {
    if !agent.contains(CLOUD_SHELL) {
        Families::empty()
    } else if agent.starts_with("aws-cli/") {
        Families::CLOUDSHELL_AWSCLI
    } else if agent.starts_with("AWSPowerShell") {
        Families::CLOUDSHELL_AWSPOWERSHELL
    } else if agent.starts_with("Boto3") {
        Families::CLOUDSHELL_BOTO
    } else {
        Families::CLOUDSHELL_GENERIC
    }
}

/// Whether the user agent is exactly `AWS Internal`.
pub(super) fn aws_internal(user_agent: &str) -> bool {
    unwrapped(user_agent) == AWS_INTERNAL
}

/// The user agent without the square brackets that S3 and others put around it.
fn unwrapped(agent: &str) -> &str {
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
    service_host(agent) && (agent.starts_with("console.") || agent == "signin.amazonaws.com")
}

/// A service's host and nothing else: `config.amazonaws.com`.
fn service_host(agent: &str) -> bool {
    const DOMAINS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal"];
    let host = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    DOMAINS.iter().any(|domain| agent.ends_with(domain)) && host(agent)
}

fn nothing(text: &str) -> bool {
    matches!(text, "" | "-")
}
