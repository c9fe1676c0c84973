//! Parses the rules of security groups and network ACLs into grants, in all request formats since 2014.

use std::net::IpAddr;

use super::Grant;
use super::name::listed;
use crate::json::{Elements, Json};
use crate::rule::seen::distinct;

/// The maximum depth at which rules are looked up.
const MAX_DEPTH: usize = 8;

/// One rule with its ports and peers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NetworkRule {
    /// The ports in words: `port 22`, `ports 0-1023 (UDP)`, `all traffic`.
    ports: String,
    /// The ports as an action: `tcp 22`.
    action: String,
    /// CIDR blocks, security groups and prefix lists.
    peers: Vec<String>,
    /// `allow` or `deny`; only network ACLs deny.
    effect: &'static str,
}

/// All rules in a request: every object that has a protocol.
pub(super) fn rules(request: Json<'_>) -> Vec<NetworkRule> {
    let mut rules = Vec::new();
    collect(request, MAX_DEPTH, &mut rules);
    rules
}

/// Only the ports, in words: `port 22 and ports 80-443`.
pub(super) fn ports(rules: &[NetworkRule]) -> Option<String> {
    let mut ports: Vec<String> = rules.iter().map(|rule| rule.ports.clone()).collect();
    ports.dedup();
    (!ports.is_empty()).then(|| listed(&ports))
}

/// The peers that the rules allow or deny, without duplicates.
pub(super) fn peers(rules: &[NetworkRule]) -> Option<String> {
    let peers = distinct(rules.iter().flat_map(|rule| &rule.peers).map(|peer| named(peer)));
    (!peers.is_empty()).then(|| listed(&peers))
}

/// A description in words: `port 22 to 0.0.0.0/0 and port 443 to sg-1`.
pub(super) fn describe(rules: &[NetworkRule]) -> Option<String> {
    let texts = distinct(rules.iter().map(|rule| match rule.peers.as_slice() {
        [] => rule.ports.clone(),
        peers => {
            let peers: Vec<String> = peers.iter().map(|peer| named(peer)).collect();
            format!("{} to {}", rule.ports, listed(&peers))
        }
    }));
    (!texts.is_empty()).then(|| listed(&texts))
}

/// A CIDR block, group or list in words. States that the block includes all addresses if that is not obvious.
fn named(peer: &str) -> String {
    let is_plain = matches!(peer, "0.0.0.0/0" | "::/0");
    let is_all = !is_plain && is_everywhere(peer) && peer.ends_with("/0");
    if is_all { format!("{peer} (any address)") } else { peer.to_owned() }
}

/// The grants of the rules, one for each network, group or prefix list.
pub(super) fn grants(rules: &[NetworkRule]) -> Vec<Grant> {
    let mut grants = Vec::new();
    for rule in rules {
        for peer in &rule.peers {
            let is_network = peer.contains('/');
            let public = rule.effect == "allow" && is_everywhere(peer);
            grants.push(Grant {
                effect: rule.effect,
                grantee_type: if is_network { "network" } else { "principal" }.to_owned(),
                grantee: peer.clone(),
                actions: vec![rule.action.clone()],
                all_actions_except: false,
                resources: Vec::new(),
                conditions: Vec::new(),
                limits: String::new(),
                all_resources_except: false,
                policy: None,
                public,
                external: public,
                administrator: false,
            });
        }
    }
    grants
}

/// Whether a CIDR block covers the whole Internet. Half of it also counts, because rules use two halves to cover
/// everything.
pub(super) fn is_everywhere(cidr: &str) -> bool {
    let Some((address, length)) = cidr.split_once('/') else { return false };
    address.parse::<IpAddr>().is_ok() && length.parse::<u8>().is_ok_and(|length| length <= 1)
}

fn collect(value: Json<'_>, depth: usize, rules: &mut Vec<NetworkRule>) {
    match value {
        Json::Array(elements) if depth > 0 => elements.iter().for_each(|element| collect(element, depth - 1, rules)),
        Json::Object(members) if depth > 0 => {
            if let Some(protocol) = member(value, &["ipProtocol", "aclProtocol", "protocol"]) {
                rules.push(read(value, protocol));
                return;
            }
            members.iter().for_each(|(_, inner)| collect(inner, depth - 1, rules));
        }
        _ => {}
    }
}

fn read(rule: Json<'_>, protocol: &str) -> NetworkRule {
    let range = find(rule, "portRange").unwrap_or(rule);
    let (from, to) = (member(range, &["fromPort", "from"]), member(range, &["toPort", "to"]));
    let protocol = match protocol {
        "-1" | "all" => "all",
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    let ports = match (protocol, from, to) {
        ("all", ..) => "all traffic".to_owned(),
        ("icmp" | "icmpv6", ..) => "ICMP".to_owned(),
        (protocol, Some("-1" | "0"), Some("-1" | "65535")) | (protocol, None, None) => {
            format!("all {} ports", protocol.to_uppercase())
        }
        (protocol, Some(from), Some(to)) => {
            let ports = if from == to { format!("port {from}") } else { format!("ports {from}-{to}") };
            if protocol == "tcp" { ports } else { format!("{ports} ({})", protocol.to_uppercase()) }
        }
        (_, Some(port), None) | (_, None, Some(port)) => format!("port {port}"),
    };
    let action = match (protocol, from, to) {
        ("all", ..) | (_, None, None) => protocol.to_owned(),
        (protocol, from, to) if from == to || to.is_none() => format!("{protocol} {}", from.unwrap_or_default()),
        (protocol, from, to) => format!("{protocol} {}-{}", from.unwrap_or_default(), to.unwrap_or_default()),
    };
    let mut peers = Vec::new();
    peers_of(rule, MAX_DEPTH, &mut peers);
    let peers = distinct(peers);
    let is_denied = member(rule, &["ruleAction"]).is_some_and(|action| action.eq_ignore_ascii_case("deny"));
    NetworkRule { ports, action, peers, effect: if is_denied { "deny" } else { "allow" } }
}

/// The CIDR blocks, groups and lists that a rule names, at any depth. Some may be named twice.
fn peers_of(value: Json<'_>, depth: usize, peers: &mut Vec<String>) {
    const NAMES: [&str; 12] = [
        "cidrip",
        "cidrs",
        "ipv6cidrs",
        "cidripv4",
        "cidripv6",
        "cidrblock",
        "ipv6cidrblock",
        "sourcesecuritygroupid",
        "referencedgroupid",
        "prefixlistid",
        "sourcesecuritygroupname",
        "groupid",
    ];
    match value {
        Json::Array(elements) if depth > 0 => elements.iter().for_each(|element| peers_of(element, depth - 1, peers)),
        Json::Object(members) if depth > 0 => {
            for (name, inner) in members.iter() {
                let name = name.to_ascii_lowercase();
                // At the top level of the rule, the group is the one that the rule belongs to.
                let is_peer = NAMES.contains(&name.as_str()) && (name != "groupid" || depth < MAX_DEPTH);
                if !is_peer {
                    peers_of(inner, depth - 1, peers);
                    continue;
                }
                let list = inner.as_array().into_iter().flat_map(Elements::iter);
                let texts = list.chain([inner]).filter_map(Json::scalar).filter(|text| !text.is_empty());
                peers.extend(texts.map(str::to_owned));
            }
        }
        _ => {}
    }
}

fn find<'j>(object: Json<'j>, name: &str) -> Option<Json<'j>> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn member<'j>(object: Json<'j>, names: &[&str]) -> Option<&'j str> {
    names.iter().find_map(|name| find(object, name)).and_then(Json::scalar)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::Document;

    fn described(request: Value) -> (String, bool) {
        let document = Document::from(request);
        let rules = rules(document.root());
        (describe(&rules).unwrap_or_default(), grants(&rules).iter().any(|grant| grant.public))
    }

    #[test]
    fn rules_are_parsed_in_all_formats() {
        // Since 2010: lists of permissions with items.
        let (text, public) =
            described(json!({"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 3389,
            "toPort": 3389, "groups": {}, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "prefixListIds": {}}]}}));
        assert_eq!((text.as_str(), public), ("port 3389 to 0.0.0.0/0", true));
        // The flat format that the command line uses.
        let (text, public) = described(
            json!({"groupId": "sg-1", "ipProtocol": "udp", "fromPort": 53, "toPort": 54, "cidrIp": "10.0.0.0/8"}),
        );
        assert_eq!((text.as_str(), public), ("ports 53-54 (UDP) to 10.0.0.0/8", false));
        // A prefix of length 0 includes every address, regardless of the address that precedes it.
        let (text, public) = described(
            json!({"groupId": "sg-1", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "192.0.2.7/0"}),
        );
        assert_eq!((text.as_str(), public), ("port 22 to 192.0.2.7/0 (any address)", true));
        // Another group, and IPv6.
        let (text, public) = described(json!({"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "-1",
            "groups": {"items": [{"groupId": "sg-2", "userId": "111122223333"}]}, "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]}}]}}));
        assert_eq!((text.as_str(), public), ("all traffic to sg-2 and ::/0", true));
        // Since 2021: rules by ID.
        let (text, public) =
            described(json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1", "SecurityGroupRule": {"tag": 1,
            "SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
            "CidrIpv4": "0.0.0.0/1"}}}}));
        assert_eq!((text.as_str(), public), ("port 22 to 0.0.0.0/1", true));
        // A network ACL.
        let (text, public) =
            described(json!({"networkAclId": "acl-1", "ruleNumber": 1, "egress": false, "ruleAction": "allow",
            "aclProtocol": "6", "protocol": "6", "cidrBlock": "0.0.0.0/0", "portRange": {"from": 22, "to": 22}}));
        assert_eq!((text.as_str(), public), ("port 22 to 0.0.0.0/0", true));
        let (text, public) = described(json!({"networkAclId": "acl-1", "ruleAction": "allow", "aclProtocol": "6",
            "cidrBlock": "10.0.0.0/8", "portRange": {"from": 22, "to": 23}}));
        assert_eq!((text.as_str(), public), ("ports 22-23 to 10.0.0.0/8", false));
        // Lightsail.
        let (text, public) =
            described(json!({"instanceName": "x", "portInfo": {"fromPort": 22, "toPort": 22, "protocol": "tcp",
            "cidrs": ["0.0.0.0/0"]}}));
        assert_eq!((text.as_str(), public), ("port 22 to 0.0.0.0/0", true));
        let (_, public) = described(json!({"ruleAction": "deny", "protocol": "-1", "cidrBlock": "0.0.0.0/0"}));
        assert!(!public);
    }

    #[test]
    fn multiple_rules_are_joined() {
        let item = |port: u16, cidr: &str| json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": {"items": [{"cidrIp": cidr}]}});
        let (text, _) =
            described(json!({"ipPermissions": {"items": [item(22, "10.0.0.0/8"), item(443, "0.0.0.0/0")]}}));
        assert_eq!(text, "port 22 to 10.0.0.0/8 and port 443 to 0.0.0.0/0");
    }
}
