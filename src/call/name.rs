//! Names: the resource and account of an ARN, and the network of an address.

use std::borrow::Cow;
use std::net::IpAddr;

/// Longer names are truncated in sentences. In characters.
const MAX_LENGTH: usize = 160;

/// The six parts of an ARN.
fn parts(arn: &str) -> Option<[&str; 6]> {
    if !arn.starts_with("arn:") {
        return None;
    }
    let mut parts = arn.splitn(6, ':');
    Some([parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?])
}

/// Whether a text is an account ID.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account of an ARN, if it has one.
pub(super) fn account_of(arn: &str) -> Option<&str> {
    parts(arn).map(|parts| parts[4]).filter(|account| is_account(account))
}

/// Shortens an ARN to the resource's name. If it belongs to another account, the account is added.
///
/// `arn:aws:iam::111122223333:role/deploy` becomes `deploy`, or `deploy in account 111122223333` for another account;
/// `arn:aws:iam::111122223333:root`, which means the whole account in policies, becomes `account 111122223333`;
/// `arn:aws:s3:::logs/a.gz` becomes `logs/a.gz`.
#[must_use]
pub fn short<'t>(value: &'t str, account: Option<&str>) -> Cow<'t, str> {
    let Some([_, _, service, _, owner, resource]) = parts(value) else {
        return cut(queue(value).or_else(|| value.strip_prefix("/hostedzone/")).unwrap_or(value));
    };
    if let ("iam", "root", Some(_)) = (service, resource, account) {
        return Cow::Owned(format!("account {owner}"));
    }
    let name = match service {
        "s3" | "sns" | "sqs" | "execute-api" => resource,
        // The path is not part of the name: role/service-role/deploy.
        "iam" | "sts" | "sso" | "route53" => resource.rsplit('/').next().unwrap_or(resource),
        // Names of parameters start with a slash themselves.
        "ssm" if resource.starts_with("parameter/") => &resource["parameter".len()..],
        // The ARN of a secret ends in six characters that are not part of its name.
        "secretsmanager" => {
            let name = resource.strip_prefix("secret:").unwrap_or(resource);
            let is_random = |end: &&str| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
            name.rsplit_once('-').filter(|(_, end)| is_random(end)).map_or(name, |(name, _)| name)
        }
        "kms" if resource.starts_with("alias/") => resource,
        "cloudformation" | "elasticloadbalancing" | "wafv2" => named(resource),
        _ => {
            let end = resource.find(['/', ':']);
            let name = end.map_or(resource, |end| &resource[end + 1..]);
            name.strip_suffix(":*").unwrap_or(name)
        }
    };
    let name = if name.is_empty() { value } else { name };
    match account {
        Some(account) if is_account(owner) && owner != account => {
            Cow::Owned(format!("{} in account {owner}", cut(name)))
        }
        _ => cut(name),
    }
}

/// The queue name in a URL: `https://sqs.eu-west-1.amazonaws.com/111122223333/jobs`.
fn queue(value: &str) -> Option<&str> {
    let mut parts = value.strip_prefix("https://")?.split('/');
    let (host, owner, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_queue = (host.starts_with("sqs.") || host.contains("queue.amazonaws.")) && is_account(owner);
    (is_queue && !name.is_empty() && parts.next().is_none()).then_some(name)
}

/// The name in `stack/shop/<id>`, `loadbalancer/app/shop/<id>`, `targetgroup/shop/<id>`, `regional/webacl/shop/<id>`:
/// the part before the ID.
fn named(resource: &str) -> &str {
    let mut parts = resource.rsplit('/');
    let mut last = parts.next().unwrap_or(resource);
    if resource.starts_with("listener") {
        // Listeners have their own ID after the load balancer's.
        last = parts.next().unwrap_or(last);
    }
    match (parts.next(), parts.next()) {
        (Some(name), Some(_)) => name,
        _ => last,
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The network of an address: its /24, or its /48 for IPv6; `None` if the text is not an address.
#[must_use]
pub fn network_of(address: &str) -> Option<String> {
    match address.parse::<IpAddr>().ok()?.to_canonical() {
        // The text of an IPv4 address is canonical, unless it is an IPv6 address that contains it.
        IpAddr::V4(canonical) => match address.rsplit_once('.') {
            Some((network, _)) if !address.contains(':') => Some([network, ".0/24"].concat()),
            _ => {
                let [a, b, c, _] = canonical.octets();
                Some(format!("{a}.{b}.{c}.0/24"))
            }
        },
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            let network = std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0);
            Some(format!("{network}/48"))
        }
    }
}

/// Whether an action means every action: `*`, `*:*` or `**`.
pub(super) fn is_everything(action: &str) -> bool {
    !action.is_empty() && action.chars().all(|char| matches!(char, '*' | ':'))
}

/// The first few texts, and how many others there are.
pub(super) fn listed(texts: &[String]) -> String {
    const MAX_LISTED: usize = 3;
    match texts.len() {
        0 => String::new(),
        1 => texts[0].clone(),
        count if count <= MAX_LISTED => format!("{} and {}", texts[..count - 1].join(", "), texts[count - 1]),
        count => format!("{} and {} more", texts[..MAX_LISTED].join(", "), count - MAX_LISTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_shortened_to_names() {
        let cases = [
            ("arn:aws:iam::111122223333:role/service-role/deploy", "deploy"),
            ("arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess"),
            ("arn:aws:sts::111122223333:assumed-role/Admin/bob", "bob"),
            ("arn:aws:s3:::prod-exports/customers.csv", "prod-exports/customers.csv"),
            ("arn:aws:ssm:eu-west-1:111122223333:parameter/prod/db", "/prod/db"),
            ("arn:aws:kms:eu-west-1:111122223333:key/1234-abcd", "1234-abcd"),
            ("arn:aws:kms:eu-west-1:111122223333:alias/main", "alias/main"),
            ("arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:*", "/aws/lambda/f"),
            ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf", "prod/db"),
            ("arn:aws:sns:eu-west-1:111122223333:alerts", "alerts"),
            ("arn:aws:cloudtrail:us-east-1:111122223333:trail/main", "main"),
            ("arn:aws:rds:us-east-1:111122223333:db:prod", "prod"),
            ("arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/0a1b", "shop"),
            ("arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188", "shop"),
            ("arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/classic", "classic"),
            ("arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/a1b2", "shop"),
            ("arn:aws:sso:::permissionSet/ssoins-1/ps-1", "ps-1"),
            ("/hostedzone/Z0001", "Z0001"),
            ("https://sqs.eu-west-1.amazonaws.com/111122223333/jobs", "jobs"),
            ("https://eu-west-1.queue.amazonaws.com/111122223333/jobs", "jobs"),
            ("https://example.com/111122223333/jobs", "https://example.com/111122223333/jobs"),
            ("i-0abc", "i-0abc"),
            ("arn:aws:x", "arn:aws:x"),
        ];
        for (value, expected) in cases {
            assert_eq!(short(value, Some("111122223333")), expected);
        }
        assert_eq!(short("arn:aws:iam::999988887777:role/x", Some("111122223333")), "x in account 999988887777");
        assert_eq!(short("arn:aws:iam::999988887777:root", Some("111122223333")), "account 999988887777");
        assert_eq!(short(&"x".repeat(200), None).chars().count(), MAX_LENGTH + 1);
    }

    #[test]
    fn addresses_map_to_ipv4_24_or_ipv6_48_network() {
        let cases = [
            ("198.51.100.7", Some("198.51.100.0/24")),
            ("::ffff:198.51.100.7", Some("198.51.100.0/24")),
            ("2001:db8:1:2::7", Some("2001:db8:1::/48")),
            ("2001:0db8:0001:ffff:1:2:3:4", Some("2001:db8:1::/48")),
            ("2001:db8::1", Some("2001:db8::/48")),
            ("cloudtrail.amazonaws.com", None),
            ("AWS Internal", None),
        ];
        for (address, expected) in cases {
            assert_eq!(network_of(address).as_deref(), expected, "{address}");
        }
    }
}
