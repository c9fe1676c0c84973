//! The rows of the timeline as a streamed file.

use std::io::{self, Write};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::export;
use crate::present::Lines;
use crate::serve::ServeError;
use crate::serve::filter::Filter;
use crate::serve::params::Params;
use crate::serve::pool::StartedQuery;
use crate::serve::state::{AppState, Shared};
use crate::store::Case;

const TIMELINE: &str = include_str!("../../../sql/serve/timeline.sql");
const REPORT: &str = include_str!("../../../sql/serve/report.sql");

/// The size of a chunk in bytes, and the maximum number of chunks that wait for a slow client.
const PIECE: usize = 1 << 16;
const WAITING: usize = 4;

/// A file format.
#[derive(Debug, Clone, Copy)]
struct Form {
    lines: Lines,
    kind: &'static str,
    ending: &'static str,
    sql: &'static str,
}

const FORMS: [(&str, Form); 3] = [
    ("csv", Form { lines: Lines::Csv, kind: "text/csv; charset=utf-8", ending: "csv", sql: TIMELINE }),
    ("jsonl", Form { lines: Lines::Jsonl, kind: "application/jsonl", ending: "jsonl", sql: TIMELINE }),
    ("md", Form { lines: Lines::Markdown, kind: "text/markdown; charset=utf-8", ending: "md", sql: REPORT }),
];

/// `GET /api/export`
pub(super) async fn export(State(state): State<Shared>, params: Params) -> Result<Response, ServeError> {
    let form = params.one_of("format", &FORMS)?;
    let folded = params.one_of("folded", &[("false", false), ("true", true)])?;
    let filter = Filter::of(&params)?;
    let exports = Arc::clone(&state);
    let (sender, mut pieces) = channel(WAITING);
    let begun = state.exports.begin(move |case| {
        exports.with_rows(case, &filter)?;
        let these = choose(&exports, case, filter, folded)?;
        let mut out = Outgoing { sender, piece: Vec::with_capacity(PIECE) };
        let query = format!("FROM ({}){these} ORDER BY time, id", form.sql);
        export::rows(case, &query, form.lines, &mut out)?;
        Ok(out.flush().map_err(export::ExportError::from)?)
    });
    let begun = begun.await?;
    // An error before the first chunk becomes an error response; after that, it can only truncate the file.
    let Some(first) = pieces.recv().await else { return failed(begun).await };
    let head = [
        (header::CONTENT_TYPE, form.kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"timeline.{}\"", form.ending)),
    ];
    Ok((head, body(first, pieces, begun)).into_response())
}

/// Sets the filter, and returns the condition for the wanted rows as SQL. If lines are given by their first rows, these are all
/// rows of the lines.
fn choose(state: &AppState, case: &Case, filter: Filter, folded: bool) -> Result<&'static str, ServeError> {
    let (filter, ids) = if folded { filter.split_ids() } else { (filter, Vec::new()) };
    if ids.is_empty() {
        case.query(&filter.setting()?)?;
        return Ok("");
    }
    state.lines.choose(case, &filter, &ids)?;
    Ok(" SEMI JOIN page_rows USING (id)")
}

/// Why nothing was written; `None` if there is nothing to write.
async fn failed(begun: StartedQuery<()>) -> Result<Response, ServeError> {
    let StartedQuery { task, watch } = begun;
    let done = task.await.unwrap_or(Err(ServeError::BrokenOff));
    drop(watch);
    done.map(IntoResponse::into_response)
}

/// The chunks, followed by the error if there was one. When the body is dropped, the work stops.
fn body(first: Bytes, pieces: Receiver<Bytes>, begun: StartedQuery<()>) -> Body {
    let state = (Some(first), pieces, Some(begun));
    Body::from_stream(stream::unfold(state, |(first, mut pieces, begun)| async move {
        let piece = match first {
            Some(first) => Some(first),
            None => pieces.recv().await,
        };
        if let Some(piece) = piece {
            return Some((Ok(piece), (None, pieces, begun)));
        }
        let ended = failed(begun?).await;
        ended.err().map(|error| (Err(io::Error::other(error)), (None, pieces, None)))
    }))
}

/// Sends what is written, in chunks.
struct Outgoing {
    sender: Sender<Bytes>,
    piece: Vec<u8>,
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// # Errors
    /// A broken pipe, if the client has disconnected.
    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sender.blocking_send(piece.into()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
