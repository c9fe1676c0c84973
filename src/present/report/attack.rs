//! The names of the ATT&CK techniques that rules and calls use.

/// The version of ATT&CK whose techniques and tactics are used.
pub const ATTACK_VERSION: &str = "19.0";

/// IDs and names, in order of ID.
const NAMES: [(&str, &str); 103] = [
    ("T1016", "System Network Configuration Discovery"),
    ("T1020", "Automated Exfiltration"),
    ("T1021", "Remote Services"),
    ("T1021.004", "Remote Services: SSH"),
    ("T1021.007", "Remote Services: Cloud Services"),
    ("T1021.008", "Remote Services: Direct Cloud VM Connections"),
    ("T1037", "Boot or Logon Initialization Scripts"),
    ("T1040", "Network Sniffing"),
    ("T1048", "Exfiltration Over Alternative Protocol"),
    ("T1052", "Exfiltration Over Physical Medium"),
    ("T1053", "Scheduled Task/Job"),
    ("T1059", "Command and Scripting Interpreter"),
    ("T1059.009", "Command and Scripting Interpreter: Cloud API"),
    ("T1069.003", "Permission Groups Discovery: Cloud Groups"),
    ("T1070", "Indicator Removal"),
    ("T1070.004", "Indicator Removal: File Deletion"),
    ("T1072", "Software Deployment Tools"),
    ("T1078.004", "Valid Accounts: Cloud Accounts"),
    ("T1087", "Account Discovery"),
    ("T1087.003", "Account Discovery: Email Account"),
    ("T1087.004", "Account Discovery: Cloud Account"),
    ("T1098", "Account Manipulation"),
    ("T1098.001", "Account Manipulation: Additional Cloud Credentials"),
    ("T1098.002", "Account Manipulation: Additional Email Delegate Permissions"),
    ("T1098.003", "Account Manipulation: Additional Cloud Roles"),
    ("T1098.004", "Account Manipulation: SSH Authorized Keys"),
    ("T1098.005", "Account Manipulation: Device Registration"),
    ("T1098.006", "Account Manipulation: Additional Container Cluster Roles"),
    ("T1098.007", "Account Manipulation: Additional Local or Domain Groups"),
    ("T1105", "Ingress Tool Transfer"),
    ("T1110", "Brute Force"),
    ("T1113", "Screen Capture"),
    ("T1114.002", "Email Collection: Remote Email Collection"),
    ("T1114.003", "Email Collection: Email Forwarding Rule"),
    ("T1133", "External Remote Services"),
    ("T1135", "Network Share Discovery"),
    ("T1136", "Create Account"),
    ("T1136.003", "Create Account: Cloud Account"),
    ("T1195.002", "Supply Chain Compromise: Compromise Software Supply Chain"),
    ("T1199", "Trusted Relationship"),
    ("T1201", "Password Policy Discovery"),
    ("T1213", "Data from Information Repositories"),
    ("T1213.003", "Data from Information Repositories: Code Repositories"),
    ("T1213.006", "Data from Information Repositories: Databases"),
    ("T1222", "File and Directory Permissions Modification"),
    ("T1484.002", "Domain or Tenant Policy Modification: Trust Modification"),
    ("T1485", "Data Destruction"),
    ("T1485.001", "Data Destruction: Lifecycle-Triggered Deletion"),
    ("T1486", "Data Encrypted for Impact"),
    ("T1489", "Service Stop"),
    ("T1490", "Inhibit System Recovery"),
    ("T1496", "Resource Hijacking"),
    ("T1496.001", "Resource Hijacking: Compute Hijacking"),
    ("T1496.003", "Resource Hijacking: SMS Pumping"),
    ("T1496.004", "Resource Hijacking: Cloud Service Hijacking"),
    ("T1518", "Software Discovery"),
    ("T1518.001", "Software Discovery: Security Software Discovery"),
    ("T1525", "Implant Internal Image"),
    ("T1526", "Cloud Service Discovery"),
    ("T1528", "Steal Application Access Token"),
    ("T1530", "Data from Cloud Storage"),
    ("T1531", "Account Access Removal"),
    ("T1535", "Unused/Unsupported Cloud Regions"),
    ("T1537", "Transfer Data to Cloud Account"),
    ("T1538", "Cloud Service Dashboard"),
    ("T1546", "Event Triggered Execution"),
    ("T1548.005", "Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access"),
    ("T1550", "Use Alternate Authentication Material"),
    ("T1550.001", "Use Alternate Authentication Material: Application Access Token"),
    ("T1552", "Unsecured Credentials"),
    ("T1552.001", "Unsecured Credentials: Credentials In Files"),
    ("T1552.004", "Unsecured Credentials: Private Keys"),
    ("T1552.005", "Unsecured Credentials: Cloud Instance Metadata API"),
    ("T1555", "Credentials from Password Stores"),
    ("T1555.006", "Credentials from Password Stores: Cloud Secrets Management Stores"),
    ("T1556", "Modify Authentication Process"),
    ("T1556.006", "Modify Authentication Process: Multi-Factor Authentication"),
    ("T1565.001", "Data Manipulation: Stored Data Manipulation"),
    ("T1567", "Exfiltration Over Web Service"),
    ("T1567.002", "Exfiltration Over Web Service: Exfiltration to Cloud Storage"),
    ("T1572", "Protocol Tunneling"),
    ("T1578", "Modify Cloud Compute Infrastructure"),
    ("T1578.001", "Modify Cloud Compute Infrastructure: Create Snapshot"),
    ("T1578.002", "Modify Cloud Compute Infrastructure: Create Cloud Instance"),
    ("T1578.003", "Modify Cloud Compute Infrastructure: Delete Cloud Instance"),
    ("T1578.005", "Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations"),
    ("T1580", "Cloud Infrastructure Discovery"),
    ("T1583", "Acquire Infrastructure"),
    ("T1583.001", "Acquire Infrastructure: Domains"),
    ("T1584.001", "Compromise Infrastructure: Domains"),
    ("T1584.002", "Compromise Infrastructure: DNS Server"),
    ("T1609", "Container Administration Command"),
    ("T1610", "Deploy Container"),
    ("T1613", "Container and Resource Discovery"),
    ("T1619", "Cloud Storage Object Discovery"),
    ("T1648", "Serverless Execution"),
    ("T1649", "Steal or Forge Authentication Certificates"),
    ("T1651", "Cloud Administration Command"),
    ("T1654", "Log Enumeration"),
    ("T1666", "Modify Cloud Resource Hierarchy"),
    ("T1685", "Disable or Modify Tools"),
    ("T1685.002", "Disable or Modify Tools: Disable or Modify Cloud Log"),
    ("T1686.001", "Disable or Modify System Firewall: Cloud Firewall"),
];

/// The techniques that ATT&CK 19 replaced, and their replacements. Older Sigma rules name them in their tags.
pub const REPLACED_TECHNIQUES: [(&str, &str); 4] =
    [("T1562", "T1685"), ("T1562.001", "T1685"), ("T1562.007", "T1686.001"), ("T1562.008", "T1685.002")];

/// The technique's current ID, if ATT&CK replaced it. Otherwise the ID itself.
#[must_use]
pub fn current_technique(id: &str) -> &str {
    REPLACED_TECHNIQUES.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| new)
}

/// The techniques that rules and calls use: IDs and names, in order of ID.
pub fn techniques() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.into_iter()
}

/// The technique's name.
pub(super) fn name(id: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// The technique's page, if the ID is valid: custom rules may name anything.
pub(super) fn page(id: &str) -> Option<String> {
    let (technique, part) = id.split_once('.').unwrap_or((id, ""));
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits =
        technique.strip_prefix('T').is_some_and(|number| digits(number, 4)) && (part.is_empty() || digits(part, 3));
    fits.then(|| format!("https://attack.mitre.org/techniques/{}/", id.trim_end_matches('.').replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::call::CallTable;
    use crate::rule::RuleSet;

    #[test]
    fn techniques_of_all_rules_and_calls_have_names() -> Result<(), Box<dyn std::error::Error>> {
        let rules = RuleSet::shipped().map_err(|faults| format!("{faults:?}"))?;
        let of_rules = rules.rules().iter().flat_map(|rule| &rule.attack);
        let of_calls = CallTable::shipped().entries().iter().flat_map(|call| &call.attack);
        let named: BTreeSet<&str> = of_rules.chain(of_calls).map(String::as_str).collect();
        let unnamed: Vec<&&str> = named.iter().filter(|id| name(id).is_none()).collect();
        assert!(named.len() > 20 && unnamed.is_empty(), "{unnamed:?} of {named:?}");
        Ok(())
    }

    #[test]
    fn only_valid_technique_ids_have_pages() {
        assert_eq!(page("T1098.001").as_deref(), Some("https://attack.mitre.org/techniques/T1098/001/"));
        assert_eq!(page("T1110").as_deref(), Some("https://attack.mitre.org/techniques/T1110/"));
        for odd in ["", "T", "T12", "T1098.1", "T1098/../x", "javascript:x", "T1098.001.001"] {
            assert_eq!(page(odd), None, "{odd}");
        }
    }
}
