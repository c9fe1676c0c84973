//! Accepts drafts one after another: each must compile, pass its own spec, and not break any other spec.

use rayon::prelude::*;

use super::error::LearnError;
use crate::rule::{RuleSet, RuleText};
use crate::spec::{self, SpecFailure};

/// The most problems to report for a draft.
const MAX_PROBLEMS: usize = 3;

/// The rules, including accepted drafts.
#[derive(Debug)]
pub(super) struct Gate {
    texts: Vec<RuleText>,
    rules: RuleSet,
}

impl Gate {
    /// Starts with the rules before any draft.
    ///
    /// # Errors
    /// If the rules do not compile.
    pub(super) fn new(texts: Vec<RuleText>) -> Result<Self, LearnError> {
        let rules = RuleSet::compile(texts.clone()).map_err(LearnError::Rules)?;
        Ok(Self { texts, rules })
    }

    /// The rules with the accepted drafts.
    pub(super) const fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The text of a file, if there is one at this path.
    pub(super) fn text(&self, path: &str) -> Option<&RuleText> {
        self.texts.iter().find(|text| text.path == path)
    }

    /// The rules with these files, which replace those with the same paths.
    ///
    /// # Errors
    /// What failed to compile.
    pub(super) fn with(&self, files: &[RuleText]) -> Result<RuleSet, Vec<String>> {
        RuleSet::compile(self.replaced(files))
            .map_err(|errors| errors.iter().take(MAX_PROBLEMS).map(ToString::to_string).collect())
    }

    fn replaced(&self, files: &[RuleText]) -> Vec<RuleText> {
        let kept = self.texts.iter().filter(|text| !files.iter().any(|file| file.path == text.path));
        kept.chain(files).cloned().collect()
    }

    /// The failures in other specs that passed without these files. `rules` includes these files. Only specs that
    /// contain one of the calls can be affected.
    pub(super) fn broken(&self, rules: &RuleSet, files: &[RuleText], calls: &[String]) -> Vec<SpecFailure> {
        let quoted: Vec<String> = calls.iter().map(|call| format!("\"{call}\"")).collect();
        let is_affected = |text: &&RuleText| {
            text.is_spec()
                && !text.holds_calls()
                && !files.iter().any(|file| file.path == text.path)
                && quoted.iter().any(|call| text.text.contains(call.as_str()))
        };
        let affected: Vec<&RuleText> = self.texts.iter().filter(is_affected).collect();
        let failures = affected.into_par_iter().filter_map(|text| {
            let failures = spec::run(rules, text).err()?;
            spec::run(&self.rules, text).is_ok().then_some(failures)
        });
        failures.flatten().collect()
    }

    /// Tests files, and keeps them if nothing is wrong. `rules` includes these files.
    ///
    /// # Errors
    /// What is wrong: failures in their own specs or in other specs.
    pub(super) fn accept(&mut self, files: &[RuleText], rules: RuleSet, calls: &[String]) -> Result<(), Vec<String>> {
        let own = files.iter().filter(|file| file.is_spec());
        let failures: Vec<String> =
            own.filter_map(|file| spec::run(&rules, file).err()).flatten().map(|failure| failure.to_string()).collect();
        if !failures.is_empty() {
            return Err(failures);
        }
        let broken = self.broken(&rules, files, calls);
        if !broken.is_empty() {
            return Err(broken.iter().take(MAX_PROBLEMS).map(ToString::to_string).collect());
        }
        self.texts = self.replaced(files);
        self.rules = rules;
        Ok(())
    }
}
