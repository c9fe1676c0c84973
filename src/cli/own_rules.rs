//! The `--rules` option, which many commands share, and the rules that it selects.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use cartographer::rule::{RuleError, RuleSet, RuleText};
use clap::Args;

use super::fail::WithAdvice;

/// Your own rules, in addition to the shipped ones.
#[derive(Debug, Args)]
pub(crate) struct OwnRules {
    /// A folder with your own rules, which are added to the shipped rules or replace those with the same path
    #[arg(long = "rules", value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl OwnRules {
    /// The texts of the shipped rules, the installed packs and the user's own rules; `folder` contains the latter if the user
    /// did not specify a folder.
    pub(crate) fn texts_or(&self, folder: Option<&PathBuf>) -> Result<Vec<RuleText>> {
        rule_texts(self.dir.as_ref().or(folder)).map_err(first).with_context(|| {
            WithAdvice::new("cannot read the rules", "`cartographer rules check` lists every problem.")
        })
    }

    /// The shipped rules, the installed packs and the user's own rules.
    pub(crate) fn set(&self) -> Result<RuleSet> {
        rule_set(rule_texts(self.dir.as_ref()))
    }
}

/// The first problem as an error.
pub(super) fn first(problems: Vec<RuleError>) -> anyhow::Error {
    problems.into_iter().next().map_or_else(|| anyhow!("unknown problem"), Into::into)
}

/// The texts of the shipped rules, of installed packs, and of the rules in a folder.
pub(super) fn rule_texts(dir: Option<&PathBuf>) -> Result<Vec<RuleText>, Vec<RuleError>> {
    dir.map_or_else(RuleText::installed, |dir| RuleText::installed_and(dir))
}

pub(super) fn rule_set(texts: Result<Vec<RuleText>, Vec<RuleError>>) -> Result<RuleSet> {
    texts
        .and_then(RuleSet::compile)
        .map_err(first)
        .with_context(|| WithAdvice::new("cannot read the rules", "`cartographer rules check` lists every problem."))
}
