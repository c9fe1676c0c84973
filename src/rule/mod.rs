//! Rules: TOML text in, a compiled [`RuleSet`] out. Pure.

use std::path::Path;

use thiserror::Error;

use crate::signal::Kind;

/// One broken rule: where, which key, what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {key}: {problem}")]
pub struct RuleError {
    /// The rule file, as it was named to the loader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key at fault, dotted; empty if the file is no TOML at all.
    pub key: String,
    /// What was expected, and what was found.
    pub problem: String,
}

/// One rule of the catalogue, as far as other stages need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Never changes: `iam/users`.
    pub id: String,
    /// Where in the console: `IAM › Users`.
    pub title: String,
    /// The template of the sentence.
    pub summary: String,
    /// What was done, in the coarsest terms.
    pub kind: Kind,
    /// The console's service: `iam`.
    pub service: String,
    /// The way there: `["IAM", "Users"]`.
    pub console_path: Vec<String>,
    /// ATT&CK technique ids.
    pub attack: Vec<String>,
    /// The rule's name in the labelled data, if that knows it.
    pub ccc_label: Option<String>,
    /// The file it came from.
    pub file: String,
}

/// Every rule, compiled and indexed by call.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    version: String,
}

impl RuleSet {
    /// The rules that are shipped in the program.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub fn shipped() -> Result<Self, Vec<RuleError>> {
        Ok(Self::default())
    }

    /// The rules in a folder, instead of the shipped ones.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub fn from_dir(_dir: &Path) -> Result<Self, Vec<RuleError>> {
        Ok(Self::default())
    }

    /// The rules in order of their ids, the built-in generic ones included.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// A hash of every rule's text: another version maps every session again.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}
