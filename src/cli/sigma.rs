//! `cartographer hunt --sigma`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use arrow::record_batch::RecordBatch;
use cartographer::present::escape::terminal;
use cartographer::sigma::{self, SigmaError, SigmaRule};
use cartographer::store::Case;
use walkdir::WalkDir;

use super::Streams;
use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};

/// A larger file is not a Sigma rule. In bytes.
const MAX_FILE: u64 = 4 << 20;

/// The table that the hits of all rules are collected in, so that each rule runs once.
const CREATE: &str = "CREATE TEMP TABLE sigma_hits \
     (rule_id VARCHAR, title VARCHAR, level VARCHAR, tags VARCHAR[], event_id VARCHAR)";

/// The hits with what an analyst needs to know of their events.
const HITS: &str = "
SELECT h.rule_id, h.title, h.level, h.tags, e.event_time, e.principal, e.source_ip, e.event_key, e.outcome, e.summary,
    s.signal_id, s.summary AS click, e.session_id, e.event_id
FROM temp.sigma_hits h
JOIN events e USING (event_id)
LEFT JOIN event_signal es USING (event_id)
LEFT JOIN signals s USING (signal_id)
ORDER BY e.event_time, e.event_id, h.rule_id, s.signal_id";

/// Runs the rules in files and folders on a case.
pub(super) fn run(paths: &[PathBuf], case: &CaseArgs, rows: RowFormat, streams: Streams) -> Result<usize> {
    let files = files(paths)?;
    let (rules, errors) = sigma::parse(&files);
    report(&errors, streams);
    let open = case.open_read_only()?;
    let rules: Vec<&SigmaRule> = rules.iter().filter(|rule| !rule.is_internal).collect();
    case.ask(&open, CREATE, &[])?;
    let mut with_hits = 0;
    for rule in &rules {
        with_hits += usize::from(run_rule(rule, case, &open)?);
    }
    if with_hits == 0 {
        streams.say(&format!("none of {} rules has hits", rules.len()));
        return Ok(0);
    }
    let batches = case.ask(&open, HITS, &[])?;
    format::write(streams, rows, &batches)?;
    streams.say(&format!("{with_hits} of {} rules have hits", rules.len()));
    Ok(batches.iter().map(RecordBatch::num_rows).sum())
}

/// Adds the events that a rule matches to the hits. Whether there are any.
fn run_rule(rule: &SigmaRule, case: &CaseArgs, open: &Case) -> Result<bool> {
    let insert = format!("INSERT INTO temp.sigma_hits {} RETURNING event_id", rule.sql());
    let batches = case.ask(open, &insert, &[]).with_context(|| format!("the rule {:?}", rule.title))?;
    Ok(batches.iter().any(|batch| batch.num_rows() > 0))
}

/// Names the rules that were not converted. Rules for other logs are only counted.
fn report(errors: &[SigmaError], streams: Streams) {
    let (other, failed): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.problem.is_other_logs());
    for error in &failed {
        streams.say(&format!("not converted: {}", terminal(&error.to_string())));
    }
    if !other.is_empty() {
        streams.say(&format!("{} rules are for other logs than CloudTrail", other.len()));
    }
}

/// The texts of the rule files. Folders are searched for `.yml` and `.yaml`.
fn files(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for entry in WalkDir::new(path).sort_by_file_name() {
                let entry = entry.with_context(|| format!("cannot read {}", path.display()))?;
                let is_rule = entry.path().extension().is_some_and(|end| end == "yml" || end == "yaml");
                if is_rule && entry.file_type().is_file() {
                    files.push(read(entry.path())?);
                }
            }
        } else {
            files.push(read(path)?);
        }
    }
    if files.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        anyhow::bail!(WithAdvice::misuse(
            format!("{} contains no Sigma rules", names.join(", ")),
            "Sigma rules are files that end in .yml or .yaml.",
        ));
    }
    Ok(files)
}

fn read(path: &Path) -> Result<(String, String)> {
    let about = || format!("cannot read {}", path.display());
    let size = fs::metadata(path).with_context(about)?.len();
    if size > MAX_FILE {
        anyhow::bail!(WithAdvice::new(
            format!("{} has {size} bytes, more than a Sigma rule can have ({MAX_FILE})", path.display()),
            "Check the path.",
        ));
    }
    Ok((path.display().to_string(), fs::read_to_string(path).with_context(about)?))
}
