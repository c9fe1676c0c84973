//! The names of ATT&CK's techniques, for those that rules name.

/// Ids and names, in order of the ids.
const NAMES: [(&str, &str); 30] = [
    ("T1021.008", "Remote Services: Direct Cloud VM Connections"),
    ("T1059.009", "Command and Scripting Interpreter: Cloud API"),
    ("T1069.003", "Permission Groups Discovery: Cloud Groups"),
    ("T1078.004", "Valid Accounts: Cloud Accounts"),
    ("T1087.004", "Account Discovery: Cloud Account"),
    ("T1098", "Account Manipulation"),
    ("T1098.001", "Account Manipulation: Additional Cloud Credentials"),
    ("T1098.003", "Account Manipulation: Additional Cloud Roles"),
    ("T1110", "Brute Force"),
    ("T1136.003", "Create Account: Cloud Account"),
    ("T1201", "Password Policy Discovery"),
    ("T1485", "Data Destruction"),
    ("T1489", "Service Stop"),
    ("T1518.001", "Software Discovery: Security Software Discovery"),
    ("T1526", "Cloud Service Discovery"),
    ("T1529", "System Shutdown/Reboot"),
    ("T1530", "Data from Cloud Storage"),
    ("T1531", "Account Access Removal"),
    ("T1538", "Cloud Service Dashboard"),
    ("T1555", "Credentials from Password Stores"),
    ("T1555.006", "Credentials from Password Stores: Cloud Secrets Management Stores"),
    ("T1562.001", "Impair Defenses: Disable or Modify Tools"),
    ("T1562.008", "Impair Defenses: Disable or Modify Cloud Logs"),
    ("T1578", "Modify Cloud Compute Infrastructure"),
    ("T1578.002", "Modify Cloud Compute Infrastructure: Create Cloud Instance"),
    ("T1578.003", "Modify Cloud Compute Infrastructure: Delete Cloud Instance"),
    ("T1578.005", "Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations"),
    ("T1580", "Cloud Infrastructure Discovery"),
    ("T1619", "Cloud Storage Object Discovery"),
    ("T1654", "Log Enumeration"),
];

/// The technique's name.
pub(super) fn name(id: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// The technique's page, if the id has the form of one: rules of one's own may name anything.
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
    use crate::rule::RuleSet;

    #[test]
    fn every_technique_that_a_rule_names_has_a_name() -> Result<(), Box<dyn std::error::Error>> {
        let rules = RuleSet::shipped().map_err(|faults| format!("{faults:?}"))?;
        let named: BTreeSet<&str> = rules.rules().iter().flat_map(|rule| &rule.attack).map(String::as_str).collect();
        let nameless: Vec<&&str> = named.iter().filter(|id| name(id).is_none()).collect();
        assert!(named.len() > 20 && nameless.is_empty(), "{nameless:?} of {named:?}");
        Ok(())
    }

    #[test]
    fn only_an_id_has_a_page() {
        assert_eq!(page("T1098.001").as_deref(), Some("https://attack.mitre.org/techniques/T1098/001/"));
        assert_eq!(page("T1110").as_deref(), Some("https://attack.mitre.org/techniques/T1110/"));
        for odd in ["", "T", "T12", "T1098.1", "T1098/../x", "javascript:x", "T1098.001.001"] {
            assert_eq!(page(odd), None, "{odd}");
        }
    }
}
