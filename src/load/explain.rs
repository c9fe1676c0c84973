//! Explains a signal of a case: maps its session again, without changing the case.

use thiserror::Error;

use crate::batch::BatchError;
use crate::matching::{ExplainSubject, Explanation};
use crate::rule::RuleSet;
use crate::store::{Case, StoreError};
use crate::trail::{Stretch, Stretches};

/// Why something could not be explained.
#[derive(Debug, Error)]
pub enum ExplainError {
    /// The case was mapped with other rules.
    #[error("the case was mapped with different rules")]
    OtherRules,
    /// The session has no such signal or event any more.
    #[error("{0} was not found when its session was mapped again")]
    Lost(String),
    /// The case could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its events were not written by this program.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// Checks that the case was mapped with these rules; otherwise nothing in it can be explained.
///
/// # Errors
/// [`ExplainError::OtherRules`] if it was not, and DuckDB's message.
pub fn same_rules(case: &Case, rules: &RuleSet) -> Result<(), ExplainError> {
    let same = case.info("rules_version")?.as_deref() == Some(rules.version());
    if same { Ok(()) } else { Err(ExplainError::OtherRules) }
}

/// Explains a signal or an event of that session. `console`: whether it is a console session.
///
/// Memory: a stretch of the session, and what DuckDB needs to sort its events.
///
/// # Errors
/// [`ExplainError`]
pub fn explain(
    case: &Case,
    rules: &RuleSet,
    session_id: &str,
    console: bool,
    subject: ExplainSubject<'_>,
) -> Result<Explanation, ExplainError> {
    same_rules(case, rules)?;
    let (mut stretches, mut explained) = (Stretches::default(), None);
    let mut look = |stretch: &Stretch| -> Result<(), ExplainError> {
        if explained.is_none() {
            explained = if console { stretch.explain(rules, subject)? } else { stretch.unmapped(subject)? };
        }
        Ok(())
    };
    case.each_of_session(session_id, |batch| stretches.push(batch)?.iter().try_for_each(&mut look))?;
    stretches.finish().iter().try_for_each(look)?;
    explained.ok_or_else(|| {
        let (ExplainSubject::Signal(id) | ExplainSubject::Event(id)) = subject;
        ExplainError::Lost(id.to_owned())
    })
}
