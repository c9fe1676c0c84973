//! Explains a signal of a case: maps its session again, without changing the case.

use arrow::array::AsArray;
use thiserror::Error;

use crate::batch::BatchError;
use crate::matching::{ExplainSubject, Explanation};
use crate::rule::RuleSet;
use crate::store::{Case, StoreError};
use crate::trail::{Stretch, Stretches};

/// Finds what an ID prefix may refer to; fetches at most two results, enough to tell that the prefix is ambiguous.
const FIND: &str = "SELECT 'signal' AS what, signal_id AS id, session_id, true AS console FROM signals \
     WHERE starts_with(signal_id, ?) UNION ALL SELECT 'event', event_id, session_id, coalesce(console, false) \
     FROM events LEFT JOIN sessions USING (session_id) WHERE starts_with(event_id, ?) LIMIT 2";

/// A signal or an event that can be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explainable {
    is_signal: bool,
    id: String,
    session_id: String,
    /// Whether its session is a console session.
    console: bool,
}

/// Why something could not be explained.
#[derive(Debug, Error)]
pub enum ExplainError {
    /// The case was mapped with other rules.
    #[error("the case was mapped with different rules")]
    OtherRules,
    /// No signal or event has an ID with this prefix.
    #[error("no signal or event has the ID {0}")]
    Unknown(String),
    /// Several IDs have this prefix.
    #[error("more than one ID starts with {0}")]
    Ambiguous(String),
    /// The session no longer contains the signal or event.
    #[error("{0} was not found when its session was mapped again")]
    Lost(String),
    /// The case could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The events in the case were not written by this program.
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

impl Explainable {
    /// The only signal or event whose ID starts with `prefix`.
    ///
    /// # Errors
    /// [`ExplainError::Unknown`], [`ExplainError::Ambiguous`], or DuckDB's message.
    pub fn find(case: &Case, prefix: &str) -> Result<Self, ExplainError> {
        let mut found = Vec::new();
        for batch in &case.query_with(FIND, &[prefix.to_owned(), prefix.to_owned()])? {
            let columns = [0, 1, 2].map(|column| batch.column(column).as_string::<i32>());
            let console = batch.column(3).as_boolean();
            found.extend((0..batch.num_rows()).map(|row| Self {
                is_signal: columns[0].value(row) == "signal",
                id: columns[1].value(row).to_owned(),
                session_id: columns[2].value(row).to_owned(),
                console: console.value(row),
            }));
        }
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(ExplainError::Ambiguous(prefix.to_owned())),
            (None, _) => Err(ExplainError::Unknown(prefix.to_owned())),
        }
    }

    /// Explains it; see [`explain`].
    ///
    /// # Errors
    /// [`ExplainError`]
    pub fn explain(&self, case: &Case, rules: &RuleSet) -> Result<Explanation, ExplainError> {
        let subject = if self.is_signal { ExplainSubject::Signal(&self.id) } else { ExplainSubject::Event(&self.id) };
        explain(case, rules, &self.session_id, self.console, subject)
    }
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
