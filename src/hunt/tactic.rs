//! The tactics that hunts are sorted by.

/// What somebody is after: the tactics of ATT&CK for clouds, and the questions that join what any of them left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tactic {
    /// Coming in, sign-ins.
    InitialAccess,
    /// Having something run.
    Execution,
    /// Staying.
    Persistence,
    /// Being allowed more.
    PrivilegeEscalation,
    /// Not being seen.
    DefenseEvasion,
    /// Reading secrets, making keys.
    CredentialAccess,
    /// Learning what there is.
    Discovery,
    /// Going on from identity to identity, from machine to machine.
    LateralMovement,
    /// Gathering data.
    Collection,
    /// Taking data away.
    Exfiltration,
    /// Destroying, or running up costs.
    Impact,
    /// No tactic of ATT&CK: who was where, and what belongs together.
    Correlation,
}

impl Tactic {
    /// Every tactic, in the order of an attack.
    pub const ALL: [Self; 12] = [
        Self::InitialAccess,
        Self::Execution,
        Self::Persistence,
        Self::PrivilegeEscalation,
        Self::DefenseEvasion,
        Self::CredentialAccess,
        Self::Discovery,
        Self::LateralMovement,
        Self::Collection,
        Self::Exfiltration,
        Self::Impact,
        Self::Correlation,
    ];

    /// Its name, as ATT&CK writes it: the folder of its hunts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InitialAccess => "initial-access",
            Self::Execution => "execution",
            Self::Persistence => "persistence",
            Self::PrivilegeEscalation => "privilege-escalation",
            Self::DefenseEvasion => "defense-evasion",
            Self::CredentialAccess => "credential-access",
            Self::Discovery => "discovery",
            Self::LateralMovement => "lateral-movement",
            Self::Collection => "collection",
            Self::Exfiltration => "exfiltration",
            Self::Impact => "impact",
            Self::Correlation => "correlation",
        }
    }

    /// The tactic of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tactic| tactic.as_str() == name)
    }
}
