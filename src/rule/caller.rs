//! User-agent families, as used in rules.

pub use crate::normalize::caller::Family;

/// The families, with their names in rules.
const NAMES: [(Family, &str); 7] = [
    (Family::Internal, "internal"),
    (Family::InternalSdk, "internal-sdk"),
    (Family::Netty, "netty"),
    (Family::Ec2Console, "ec2-console"),
    (Family::S3Console, "s3-console"),
    (Family::CloudTrail, "cloudtrail"),
    (Family::CloudShell, "cloudshell"),
];

impl Family {
    fn named(name: &str) -> Result<Self, String> {
        NAMES.into_iter().find(|(_, known)| *known == name).map(|(family, _)| family).ok_or_else(|| {
            let known: Vec<_> = NAMES.iter().map(|(_, known)| *known).collect();
            format!("expected one of {}, found `{name}`", known.join(", "))
        })
    }

    fn name(self) -> &'static str {
        NAMES.into_iter().find(|(family, _)| *family == self).map_or("", |(_, name)| name)
    }
}

/// The families that a shape accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum CallerCondition {
    /// Any caller.
    #[default]
    Any,
    /// One of these families.
    OneOf(Vec<Family>),
    /// Any caller except this family.
    Not(Family),
}

impl CallerCondition {
    /// Parses one family (`internal`), several families, or `not internal`.
    ///
    /// # Errors
    /// Returns a message with the valid names.
    pub fn parse<'t>(names: impl Iterator<Item = &'t str>) -> Result<Self, String> {
        let mut families = Vec::new();
        for name in names {
            if let Some(other) = name.strip_prefix("not ") {
                return Family::named(other).map(Self::Not);
            }
            families.push(Family::named(name)?);
        }
        Ok(Self::OneOf(families))
    }

    /// Whether an event of this family (`None`: no family) is accepted.
    pub fn fits(&self, family: Option<Family>) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(families) => family.is_some_and(|family| families.contains(&family)),
            Self::Not(other) => family != Some(*other),
        }
    }

    /// How much more specific this makes a shape.
    pub const fn weight(&self) -> u32 {
        match self {
            Self::Any => 0,
            Self::Not(_) => 1,
            Self::OneOf(_) => 5,
        }
    }

    /// A description in words, for `rules show`.
    pub fn describe(&self) -> Option<String> {
        match self {
            Self::Any => None,
            Self::OneOf(families) => Some(families.iter().map(|family| family.name()).collect::<Vec<_>>().join(" or ")),
            Self::Not(family) => Some(format!("not {}", family.name())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_recognized_with_and_without_brackets() {
        let cases = [
            ("AWS Internal", Some(Family::Internal)),
            ("[AWS Internal]", Some(Family::Internal)),
            ("aws-internal/3 aws-sdk-java/1.12.1", Some(Family::InternalSdk)),
            ("[S3Console/0.4, aws-internal/3]", Some(Family::S3Console)),
            ("AWS Console S3, S3Console/0.4", Some(Family::S3Console)),
            ("aws-cli/2.15 Python/3.11 exec-env/CloudShell exe/x86_64", Some(Family::CloudShell)),
            ("EC2ConsoleFrontend, aws-internal/3", Some(Family::Ec2Console)),
            ("[AWSCloudTrail, aws-internal/3]", Some(Family::CloudTrail)),
            ("Coral/Netty4", Some(Family::Netty)),
            ("Coral/Netty4.1", None),
            ("AWS Internal/1", None),
            ("Mozilla/5.0 (X11; Linux x86_64)", None),
        ];
        for (agent, family) in cases {
            assert_eq!(Family::of(agent), family, "{agent}");
        }
    }

    #[test]
    fn not_internal_accepts_all_other_callers() {
        let caller = CallerCondition::parse(["not internal"].into_iter()).unwrap();
        assert!(caller.fits(None) && caller.fits(Some(Family::Netty)) && !caller.fits(Some(Family::Internal)));
        assert!(CallerCondition::parse(["browser"].into_iter()).unwrap_err().contains("internal-sdk"));
    }
}
