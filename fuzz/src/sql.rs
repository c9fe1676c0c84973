//! Tests the guard for SQL queries that users write on the page: no query may read another file, write a file, or
//! change the case.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cartographer::present;
use cartographer::serve;
use cartographer::store::{Case, ReadAccess};
use tempfile::TempDir;

/// Text that only the file next to the case contains.
const SECRET: &str = "s3cr3t-of-the-analyst";
/// The longest that a query may take before it is interrupted.
const PATIENCE: Duration = Duration::from_millis(500);
/// The memory limit for a query, and the maximum size of its rows, in bytes.
const MEMORY: u64 = 256 << 20;
const ROW_BYTES: usize = 1 << 20;

/// Bytes of 128 and above are mapped to these words, so that the fuzzer generates statements instead of random letters.
const WORDS: [&str; 112] = [
    "SELECT", "FROM", "WHERE", "*", "(", ")", ",", ";", "1", "'", "\"", "AS", "UNION ALL", "WITH", "RECURSIVE", "VALUES",
    "ATTACH", "DETACH", "USE", "COPY", "TO", "EXPORT DATABASE", "IMPORT DATABASE", "INSTALL", "LOAD", "SET", "RESET", "PRAGMA",
    "GLOBAL", "=", "true", "false", "CREATE", "OR REPLACE", "TEMP", "TABLE", "VIEW", "MACRO", "SECRET", "TYPE", "SEQUENCE",
    "INSERT INTO", "UPDATE", "DELETE FROM", "DROP", "ALTER", "CHECKPOINT", "FORCE CHECKPOINT", "VACUUM", "ANALYZE", "EXPLAIN",
    "EXPLAIN ANALYZE", "CALL", "PREPARE", "EXECUTE", "DEALLOCATE", "BEGIN", "COMMIT", "ROLLBACK", "SUMMARIZE", "DESCRIBE",
    "PIVOT", "LATERAL", "COMMENT ON", "events", "sessions", "signals", "case_info", "duckdb_settings()", "duckdb_secrets()",
    "duckdb_logs", "read_text(", "read_blob(", "read_csv(", "read_parquet(", "read_json(", "glob(", "parquet_metadata(",
    "sniff_csv(", "query(", "query_table(", "getenv(", "enable_logging(", "disable_logging()", "truncate_duckdb_logs()",
    "storage => 'file'", "storage_path => 'out'", "enable_external_access", "allowed_directories", "allowed_paths",
    "lock_configuration", "profiling_output", "enable_profiling", "profiling_mode", "log_query_path", "temp_directory",
    "secret_directory", "extension_directory", "home_directory", "custom_extension_repository", "memory_limit", "threads",
    "'secret.txt'", "'../secret.txt'", "'case.duckdb'", "'out.csv'", "':memory:'", "'other.duckdb'", "['.']", "json_execute_serialized_sql(",
    "json_serialize_sql(", "force_checkpoint(",
];

struct Scene {
    folder: TempDir,
    case: Case,
    before: Vec<(PathBuf, Vec<u8>)>,
}

impl Scene {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("secret.txt"), SECRET).expect("a file");
        let path = folder.path().join("case.duckdb");
        drop(Case::open(&path).expect("a case is created"));
        std::env::set_current_dir(folder.path()).expect("the folder is there");
        let temp = folder.path().join("spill");
        let access = ReadAccess { memory: Some(MEMORY), temp_dir: Some(&temp), ..ReadAccess::default() };
        let case = Case::open_with(&path, access).expect("the case opens");
        case.lock_settings().expect("settings can be locked");
        let before = files(folder.path());
        Self { folder, case, before }
    }
}

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
}

fn word(byte: u8) -> String {
    match byte.checked_sub(128) {
        None => char::from(byte).to_string(),
        Some(number) => format!(" {} ", WORDS.get(usize::from(number)).unwrap_or(&"")),
    }
}

/// Checks and runs a query in the same way as the queries that a user writes on the page, but in this process.
pub fn sql(bytes: &[u8]) {
    let text: String = bytes.iter().map(|byte| word(*byte)).collect();
    if serve::check_query(&text).is_err() {
        return;
    }
    SCENE.with_borrow_mut(|scene| {
        let scene = scene.get_or_insert_with(Scene::new);
        let connection = scene.case.another().expect("a connection");
        let interrupter = connection.interrupter();
        let (done, ended) = mpsc::channel::<()>();
        let found = thread::scope(|scope| {
            let watch = interrupter.clone();
            scope.spawn(move || {
                while ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    watch.interrupt();
                }
            });
            let found = connection.first_rows(&text, &[], 100, ROW_BYTES);
            drop(done);
            found
        });
        interrupter.retire();
        if let Ok(found) = found {
            let mut rows = Vec::new();
            drop(present::grid(&mut rows, &found.batches));
            assert!(!String::from_utf8_lossy(&rows).contains(SECRET), "another file was read by {text:?}");
        }
        assert!(files(scene.folder.path()) == scene.before, "a file was written by {text:?}");
    });
}

/// All files in a folder, with their contents, except the files that DuckDB spills to disk.
fn files(folder: &std::path::Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "spill"))
        .map(|path| (path.clone(), fs::read(&path).unwrap_or_default()))
        .collect();
    found.sort();
    found
}
