//! Why a signal of a case is what it is: its session is mapped again, and nothing in the case is changed.

use thiserror::Error;

use crate::batch::BatchError;
use crate::matching::{ExplainSubject, Explanation};
use crate::rule::RuleSet;
use crate::store::{Case, StoreError};
use crate::trail::{Stretch, Stretches};

/// Why something could not be explained.
#[derive(Debug, Error)]
pub enum ExplainError {
    /// Other rules than those of the case would explain another mapping.
    #[error("the case was mapped with different rules")]
    OtherRules,
    /// The session has no such signal or event any more.
    #[error("{0} was not found when its session was mapped again")]
    Lost(String),
    /// The case could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its events are not as this program writes them.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// Whether the case was mapped by these rules: by others nothing of it can be explained.
///
/// # Errors
/// [`ExplainError::OtherRules`] if it was not, and DuckDB's message.
pub fn same_rules(case: &Case, rules: &RuleSet) -> Result<(), ExplainError> {
    let same = case.info("rules_version")?.as_deref() == Some(rules.version());
    if same { Ok(()) } else { Err(ExplainError::OtherRules) }
}

/// Explains a signal or an event of that session. `console`: whether the session is one of the console's.
///
/// Memory: a stretch of the session, beside what DuckDB takes to put its events in order.
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
