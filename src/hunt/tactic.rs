//! The tactics by which hunts are grouped.

/// An attacker's goal: the ATT&CK tactics for the cloud, and one for questions that correlate traces of several tactics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tactic {
    /// Gaining access; sign-ins.
    InitialAccess,
    /// Running code.
    Execution,
    /// Keeping access.
    Persistence,
    /// Gaining more permissions.
    PrivilegeEscalation,
    /// Hiding: activity where nobody looks.
    Stealth,
    /// Turning off or weakening what would detect, record or prevent activity.
    DefenseImpairment,
    /// Reading secrets, creating keys.
    CredentialAccess,
    /// Exploring the account.
    Discovery,
    /// Moving to other identities and machines.
    LateralMovement,
    /// Gathering data.
    Collection,
    /// Stealing data.
    Exfiltration,
    /// Destroying data, or causing costs.
    Impact,
    /// Not an ATT&CK tactic: who was where, and which activity belongs together.
    Correlation,
}

impl Tactic {
    /// All tactics, in the order of an attack.
    pub const ALL: [Self; 13] = [
        Self::InitialAccess,
        Self::Execution,
        Self::Persistence,
        Self::PrivilegeEscalation,
        Self::Stealth,
        Self::DefenseImpairment,
        Self::CredentialAccess,
        Self::Discovery,
        Self::LateralMovement,
        Self::Collection,
        Self::Exfiltration,
        Self::Impact,
        Self::Correlation,
    ];

    /// Its name in ATT&CK, which is also the folder of its hunts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InitialAccess => "initial-access",
            Self::Execution => "execution",
            Self::Persistence => "persistence",
            Self::PrivilegeEscalation => "privilege-escalation",
            Self::Stealth => "stealth",
            Self::DefenseImpairment => "defense-impairment",
            Self::CredentialAccess => "credential-access",
            Self::Discovery => "discovery",
            Self::LateralMovement => "lateral-movement",
            Self::Collection => "collection",
            Self::Exfiltration => "exfiltration",
            Self::Impact => "impact",
            Self::Correlation => "correlation",
        }
    }

    /// The tactic with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tactic| tactic.as_str() == name)
    }

    /// The name of a tactic that ATT&CK 19 replaced.
    pub const REPLACED: &str = "defense-evasion";

    /// The tactics that a person who enters this name wants: the tactic with this name, or those that replaced it. None if
    /// there is no such tactic.
    #[must_use]
    pub fn wanted(name: &str) -> Option<&'static [Self]> {
        if name == Self::REPLACED {
            return Some(&[Self::Stealth, Self::DefenseImpairment]);
        }
        Self::ALL.iter().position(|tactic| tactic.as_str() == name).and_then(|at| Self::ALL.get(at..=at))
    }
}
