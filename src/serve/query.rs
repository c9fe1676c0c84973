//! The user's own queries. Each runs in its own process, which opens the case read-only and without access to other files.
//! A query that takes too long is stopped with its process, and one that overflows the stack (DuckDB's JSON functions are
//! recursive) or the memory limit does not affect other answers. Nothing from one query remains for the next.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use arrow::datatypes::{DataType, Field, TimeUnit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::ServeError;
use super::pool::Queue;
use super::rows::Json;
use crate::present;
use crate::read::FileId;
use crate::store::{Case, FirstRows, ReadAccess, StoreError};

/// How many queries run at the same time, and how many more may wait.
const QUERIES: usize = 2;
const WAITING: usize = 16;

/// Memory that DuckDB may use for a query, in bytes.
const MEMORY: u64 = 1 << 30;

/// Memory that the process of a query may use in total, in bytes. DuckDB does not count everything that its functions
/// allocate.
pub const QUERY_MEMORY: u64 = 2 << 30;

/// The maximum size in bytes of an answer's rows in Arrow, and of the answer in JSON.
const ROW_BYTES: usize = 32 << 20;
const ANSWER_BYTES: usize = 64 << 20;

/// How the program is started to answer a query: `cartographer answer-query`.
#[derive(Debug, Clone)]
pub struct QueryProgram {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What the process of a query reads on its standard input, in one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
struct QueryRequest {
    case: PathBuf,
    /// The identity of the case file when the server opened it.
    file: Option<FileId>,
    /// A folder for data that does not fit into memory.
    spill: PathBuf,
    sql: String,
    limit: usize,
}

/// Why the process of a query returns no rows: it writes this instead of rows.
#[derive(Debug, Serialize, Deserialize)]
enum Failure {
    /// The case is now a different file.
    Replaced,
    /// The rows are too large.
    TooLarge,
    /// DuckDB's message.
    Query(String),
}

/// Runs the user's own queries on one case.
#[derive(Debug)]
pub(super) struct Queries {
    program: QueryProgram,
    case: PathBuf,
    file: Option<FileId>,
    spill: PathBuf,
    queue: Queue,
    limit: Duration,
}

impl Queries {
    /// For the case in this file; `spill` is a folder for the queries' temporary files.
    pub(super) fn new(
        program: &QueryProgram,
        case: &Path,
        file: Option<FileId>,
        spill: &Path,
        limit: Duration,
    ) -> Self {
        let (program, queue) = (program.clone(), Queue::new(QUERIES, WAITING));
        Self { program, case: case.to_owned(), file, spill: spill.to_owned(), queue, limit }
    }

    /// The answer to a query: its columns, and at most `limit` rows.
    ///
    /// # Errors
    /// DuckDB's message; [`ServeError::TimedOut`], [`ServeError::Crashed`] or [`ServeError::TooLarge`]. If this future is
    /// dropped, the process is ended.
    pub(super) async fn run(&self, sql: String, limit: usize) -> Result<Json, ServeError> {
        let done = timeout(self.limit, async {
            let turn = self.queue.turn().await?;
            let answer = self.answer(sql, limit).await;
            drop(turn);
            answer
        });
        done.await.unwrap_or_else(|_| Err(ServeError::TimedOut(self.limit.as_secs())))
    }

    async fn answer(&self, sql: String, limit: usize) -> Result<Json, ServeError> {
        // Declared before the process, so that it is removed after the process has ended.
        let spill = tempfile::Builder::new().prefix("query-").tempdir_in(&self.spill).map_err(ServeError::NoProcess)?;
        let (case, file, folder) = (self.case.clone(), self.file, spill.path().to_owned());
        let mut request = serde_json::to_vec(&QueryRequest { case, file, spill: folder, sql, limit })?;
        request.push(b'\n');
        let (text, status) = self.converse(&request).await.map_err(ServeError::NoProcess)?;
        if !status.success() {
            return Err(ServeError::Crashed(status.to_string()));
        }
        if text.starts_with(ANSWER) {
            return Ok(Json(text));
        }
        Err(match serde_json::from_str(&text) {
            Ok(Failure::Replaced) => ServeError::asked(
                "the case file has been replaced since the server opened it",
                "To open the new version, reload the page and select it there.",
            ),
            Ok(Failure::TooLarge) => ServeError::TooLarge(ANSWER_BYTES),
            Ok(Failure::Query(message)) => ServeError::Query(StoreError::DuckDb(message)),
            Err(_) => ServeError::Crashed("its response is not JSON".to_owned()),
        })
    }

    /// Starts the program, writes the request, and reads until the end.
    async fn converse(&self, request: &[u8]) -> io::Result<(String, ExitStatus)> {
        let mut child = self.start()?;
        // Standard input stays open: closing it tells the process that nobody is waiting for the answer any more.
        let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        // The answer shows whether the process has read the request.
        drop(input.write_all(request).await);
        let mut text = Vec::new();
        output.take(ANSWER_BYTES as u64 + 1).read_to_end(&mut text).await?;
        if text.len() > ANSWER_BYTES {
            child.start_kill()?;
        }
        let status = child.wait().await?;
        drop(input);
        Ok((String::from_utf8_lossy(&text).into_owned(), status))
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program.program);
        command.args(&self.program.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.kill_on_drop(true).spawn()
    }
}

/// How an answer with rows begins.
const ANSWER: &str = r#"{"columns":"#;

/// Answers the query in one line of JSON on `input`, and ends the process if `input` ends first.
///
/// # Errors
/// If the request cannot be read, or the answer cannot be written.
pub fn answer_query(mut input: impl Read + Send + 'static, out: &mut impl Write) -> io::Result<()> {
    let request = read_line(&mut input)?;
    std::thread::spawn(move || {
        // Nothing else is sent. The server keeps the pipe open as long as it waits.
        let ended = io::copy(&mut input, &mut io::sink());
        drop(ended);
        std::process::exit(1);
    });
    let answer = answer(&serde_json::from_slice(&request)?)
        .unwrap_or_else(|failure| serde_json::to_string(&failure).unwrap_or_default());
    out.write_all(answer.as_bytes())?;
    out.flush()
}

fn read_line(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while input.read(&mut byte)? == 1 && byte != *b"\n" {
        line.extend_from_slice(&byte);
    }
    Ok(line)
}

fn answer(request: &QueryRequest) -> Result<String, Failure> {
    let failed = |error: StoreError| Failure::Query(error.to_string());
    let access = ReadAccess { memory: Some(MEMORY), temp_dir: Some(&request.spill), ..ReadAccess::default() };
    let case = Case::open_with(&request.case, access).map_err(failed)?;
    if FileId::of(&request.case) != request.file {
        return Err(Failure::Replaced);
    }
    case.lock_settings().map_err(failed)?;
    let begun = Instant::now();
    let found = case.first_rows(&request.sql, &[], request.limit, ROW_BYTES);
    let elapsed_ms = begun.elapsed().as_millis();
    // A case with locked settings cannot be closed safely; the process ends anyway.
    std::mem::forget(case);
    let found = found.map_err(failed)?;
    if found.truncated && request.limit > 0 && found.batches.iter().all(|batch| batch.num_rows() == 0) {
        return Err(Failure::TooLarge);
    }
    as_json(&found, elapsed_ms)
}

fn as_json(found: &FirstRows, elapsed_ms: u128) -> Result<String, Failure> {
    let mut rows = Vec::new();
    present::grid(&mut rows, &found.batches).map_err(|error| Failure::Query(super::error::with_cause(&error)))?;
    let columns: Vec<Value> = found.schema.fields().iter().map(|field| column(field)).collect();
    let answer = format!(
        r#"{ANSWER}{},"rows":{},"truncated":{},"elapsed_ms":{elapsed_ms}}}"#,
        present::escape::json(&Value::from(columns).to_string()),
        String::from_utf8_lossy(&rows),
        found.truncated
    );
    if answer.len() > ANSWER_BYTES { Err(Failure::TooLarge) } else { Ok(answer) }
}

fn column(field: &Field) -> Value {
    json!({ "name": field.name(), "type": type_name(field.data_type()) })
}
/// DuckDB's name for the type of a column that it sent as Arrow.
fn type_name(kind: &DataType) -> String {
    let name = match kind {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Decimal128(38, 0) => "HUGEINT",
        DataType::Decimal128(width, scale) => return format!("DECIMAL({width},{scale})"),
        DataType::Timestamp(TimeUnit::Microsecond, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Date32 => "DATE",
        DataType::Time64(_) => "TIME",
        DataType::Interval(_) => "INTERVAL",
        DataType::Binary | DataType::LargeBinary => "BLOB",
        // An ENUM is returned as a dictionary of its texts.
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Dictionary(..) => "VARCHAR",
        DataType::List(item) | DataType::LargeList(item) => return format!("{}[]", type_name(item.data_type())),
        DataType::Struct(_) => "STRUCT",
        DataType::Map(..) => "MAP",
        other => return other.to_string(),
    };
    name.to_owned()
}
