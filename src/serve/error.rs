//! Why a request was not answered, and what to do about it.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use thiserror::Error;

use crate::batch::BatchError;
use crate::export::ExportError;
use crate::load::ExplainError;
use crate::normalize::RebuildError;
use crate::notes::NotesError;
use crate::present::{PresentError, escape};
use crate::store::StoreError;

/// Why a request was not answered.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The request is not valid.
    #[error("{problem}")]
    Asked {
        /// What is wrong with it.
        problem: String,
        /// What to ask instead.
        advice: String,
    },
    /// There is nothing of that name.
    #[error("{problem}")]
    Missing {
        /// What is not there.
        problem: String,
        /// Where to look.
        advice: &'static str,
    },
    /// The answer took too long.
    #[error("the query was canceled after {0} seconds")]
    TimedOut(u64),
    /// A query that the user wrote failed.
    #[error("{0}")]
    Query(StoreError),
    /// The work on an answer broke off, as it does when the program ends.
    #[error("the request failed unexpectedly")]
    BrokenOff,
    /// The case did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows have no form to answer in.
    #[error("{problem}", problem = told(.0))]
    Present(#[from] PresentError),
    /// Rows are not of the shape that was asked for.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A record could not be made again.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// A signal could not be explained.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// An export stopped.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Notes could not be read or written.
    #[error("{problem}", problem = with_cause(.0))]
    Notes(#[from] NotesError),
    /// What DuckDB answered is no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The message and its cause: Arrow's says which type it has no text for.
fn told(error: &PresentError) -> String {
    with_cause(error)
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

impl ServeError {
    /// The request is not valid: the problem, in a sentence's beginning; the advice, in a sentence.
    pub(super) fn asked(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Asked { problem: problem.into(), advice: advice.into() }
    }

    /// There is nothing of that name.
    pub(super) fn missing(problem: impl Into<String>, advice: &'static str) -> Self {
        Self::Missing { problem: problem.into(), advice }
    }

    /// What a failure of the user's own query means.
    pub(super) fn of_query(error: Self) -> Self {
        match error {
            Self::Store(error) => Self::Query(error),
            other => other,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Asked { .. } | Self::Query(_) | Self::Notes(NotesError::Invalid(_)) => StatusCode::BAD_REQUEST,
            Self::Missing { .. } => StatusCode::NOT_FOUND,
            Self::TimedOut(_) => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenOff => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What to do about it.
    pub(super) fn advice(&self) -> &str {
        match self {
            Self::Asked { advice, .. } => advice,
            Self::Missing { advice, .. } => advice,
            Self::TimedOut(_) => "Simplify the query, or increase the limit: cartographer serve --time-limit SECONDS.",
            Self::Query(error) => of_query(&error.to_string()),
            Self::Notes(NotesError::Invalid(_)) => "docs/serve.md has the members of a note.",
            Self::Notes(NotesError::File { .. }) => {
                "Notes are in a file beside the case. Check that its folder is writable, and that there is enough disk space."
            }
            Self::BrokenOff => "Try again. If it fails again, restart the server.",
            _ => "Check that the file still exists and that this version of `cartographer load` created it.",
        }
    }
}

/// DuckDB says well what is wrong with a query, but not what a query may be here.
fn of_query(message: &str) -> &'static str {
    const ADVICE: [(&str, &str); 6] = [
        ("read-only mode", "The case is read-only here. Use `cartographer sql --write` to change it."),
        ("file system operations are disabled", "Other files cannot be read here. Use `cartographer sql` instead."),
        ("external extensions is disabled", "Extensions cannot be loaded here. Use `cartographer sql` instead."),
        ("configuration has been locked", "Settings cannot be changed here. Use `cartographer sql` instead."),
        ("Out of Memory", "Query fewer rows or columns, or use ORDER BY with LIMIT."),
        ("no SQL statement", "Enter a query, for example: FROM sessions ORDER BY first_time"),
    ];
    let fits = ADVICE.iter().find(|(part, _)| message.contains(part));
    fits.map_or("SHOW TABLES lists the tables, DESCRIBE events the columns of a table.", |(_, advice)| advice)
}

impl IntoResponse for ServeError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.to_string(), "advice": self.advice() }).to_string();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (self.status(), kind, escape::json(&body).into_owned()).into_response()
    }
}
