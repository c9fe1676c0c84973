//! Why a request was not answered, and what to do about it.

use axum::http::{HeaderValue, StatusCode, header};
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
        /// What to request instead.
        advice: String,
    },
    /// There is nothing with that name.
    #[error("{problem}")]
    Missing {
        /// What does not exist.
        problem: String,
        /// Where to look.
        advice: &'static str,
    },
    /// The client did not send the token.
    #[error("the request has no valid access token")]
    SignedOut,
    /// Too many requests are being answered, or responses have not been read yet.
    #[error("the server is busy with other requests")]
    Busy,
    /// The answer took too long.
    #[error("the query was canceled after {0} seconds")]
    TimedOut(u64),
    /// The response would be larger than allowed.
    #[error("the response would be larger than {} MiB", .0 >> 20)]
    TooLarge(usize),
    /// The process that ran one of the user's own queries ended without an answer.
    #[error("the query's process ended unexpectedly ({0})")]
    Crashed(String),
    /// The process for one of the user's own queries could not be started.
    #[error("cannot start a process for the query: {0}")]
    NoProcess(std::io::Error),
    /// The case could not be opened.
    #[error(transparent)]
    Opening(StoreError),
    /// A query that the user wrote failed.
    #[error("{0}")]
    Query(StoreError),
    /// The work on a response was aborted, for example because the program ended.
    #[error("the request failed unexpectedly")]
    BrokenOff,
    /// The case could not be queried.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows cannot be converted to JSON.
    #[error("{problem}", problem = message(.0))]
    Present(#[from] PresentError),
    /// Rows do not have the expected structure.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A record could not be rebuilt.
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
    /// DuckDB's result is not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The message and its cause: Arrow's cause names the unsupported type.
fn message(error: &PresentError) -> String {
    with_cause(error)
}

pub(super) fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

impl ServeError {
    /// An invalid request. The problem is the beginning of a sentence; the advice is a sentence.
    pub(super) fn asked(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Asked { problem: problem.into(), advice: advice.into() }
    }

    /// There is nothing with that name.
    pub(super) fn missing(problem: impl Into<String>, advice: &'static str) -> Self {
        Self::Missing { problem: problem.into(), advice }
    }

    /// The error of a query that the user wrote.
    pub(super) fn of_query(error: Self) -> Self {
        match error {
            Self::Store(error) => Self::Query(error),
            other => other,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Asked { .. } | Self::Query(_) | Self::Crashed(_) | Self::Notes(NotesError::Invalid(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Missing { .. } => StatusCode::NOT_FOUND,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::TimedOut(_) => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::BrokenOff => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What to do about it.
    pub(super) fn advice(&self) -> &str {
        match self {
            Self::Asked { advice, .. } => advice,
            Self::Missing { advice, .. } => advice,
            Self::SignedOut => "Open the full address that `cartographer serve` printed, including the token.",
            Self::Busy => "Try again in a few seconds.",
            Self::TooLarge(_) => "Request fewer rows or columns, or use `cartographer sql`.",
            Self::Crashed(_) => "The query may need too much memory or may read JSON that is nested too deeply.",
            Self::NoProcess(_) => "Check that the program file still exists and that there is enough memory.",
            Self::Explain(ExplainError::Unknown(_)) => "Use the ID of a row of the timeline or of an event.",
            Self::Explain(ExplainError::Ambiguous(_)) => "Use more characters of the ID.",
            Self::TimedOut(_) => "Simplify the query, or start the server with a longer --time-limit.",
            Self::Query(error) => of_query(&error.to_string()),
            Self::Notes(NotesError::Invalid(_)) => "docs/serve.md lists the fields of a note.",
            Self::Notes(NotesError::File { .. }) => {
                "Notes are in a file next to the case. Check that the folder is writable, and that there is enough disk space."
            }
            Self::BrokenOff => "Try again. If the request fails again, restart the server.",
            _ => "Check that the file still exists and that this version of `cartographer load` created it.",
        }
    }
}

/// DuckDB explains what is wrong with a query, but not which queries are allowed here.
fn of_query(message: &str) -> &'static str {
    const ADVICE: [(&str, &str); 6] = [
        ("read-only mode", "The case is read-only here."),
        ("file system operations are disabled", "Other files cannot be read here."),
        ("external extensions is disabled", "Extensions cannot be loaded here."),
        ("configuration has been locked", "Settings cannot be changed here."),
        ("Out of Memory", "Query fewer rows or columns, or use ORDER BY with LIMIT."),
        ("no SQL statement", "Enter a query, for example: FROM sessions ORDER BY first_time"),
    ];
    let fits = ADVICE.iter().find(|(part, _)| message.contains(part));
    fits.map_or("SHOW TABLES lists the tables; DESCRIBE events lists the columns of a table.", |(_, advice)| advice)
}

impl IntoResponse for ServeError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.to_string(), "advice": self.advice() }).to_string();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status(), kind, escape::json(&body).into_owned()).into_response();
        if matches!(self, Self::Busy) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
