//! `cartographer hunt --sigma`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::record_batch::RecordBatch;
use cartographer::present::escape::terminal;
use cartographer::sigma::{self, Search, SigmaError, SigmaRule};
use cartographer::store::Case;
use cartographer::view;
use chrono::Utc;
use walkdir::WalkDir;

use super::Streams;
use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};

/// A larger file is not a Sigma rule. In bytes.
const MAX_FILE: u64 = 4 << 20;

/// The table that the hits of all rules are collected in, so that each rule runs once.
const CREATE: &str = "CREATE TEMP TABLE sigma_run AS FROM sigma_matches LIMIT 0";
const SAVE: &str = "DELETE FROM sigma_matches; INSERT INTO sigma_matches FROM temp.sigma_run";

/// Which rules to run, and whether to save their hits in the case.
#[derive(Debug)]
pub(super) struct SigmaRun<'a> {
    /// Rule files, and folders that contain rules.
    pub(super) paths: &'a [PathBuf],
    /// Whether to replace the hits saved in the case.
    pub(super) save: bool,
}

/// Runs the rules in files and folders on a case. Returns the number of hits.
pub(super) fn run(run: &SigmaRun<'_>, case: &CaseArgs, rows: RowFormat, streams: Streams) -> Result<usize> {
    let files = files(run.paths)?;
    let (rules, errors) = sigma::parse(&files);
    report(&errors, streams);
    let open = if run.save { case.open_for_writing() } else { case.open_read_only() }?;
    let rules: Vec<&SigmaRule> = rules.iter().filter(|rule| !rule.is_internal).collect();
    case.ask(&open, CREATE, &[])?;
    let mut with_hits = 0;
    for rule in &rules {
        with_hits += usize::from(run_rule(rule, case, &open)?);
    }
    if run.save {
        let not_converted = errors.iter().filter(|error| !error.problem.is_other_logs()).count() as u64;
        save(&open, rules.len() as u64, not_converted).context("cannot save the hits in the case")?;
    }
    if with_hits == 0 {
        streams.say(&format!("none of the {} rules has hits", rules.len()));
        return Ok(0);
    }
    let batches = case.ask(&open, &hits()?, &[])?;
    format::write(streams, rows, &batches)?;
    streams.say(&format!("{with_hits} of {} rules have hits", rules.len()));
    Ok(batches.iter().map(RecordBatch::num_rows).sum())
}

/// The query of the `sigma_hits` view, applied to the hits of this run.
fn hits() -> Result<String> {
    let views = view::shipped();
    let hits = views.iter().find(|view| view.name == "sigma_hits").context("there is no sigma_hits view")?;
    let query = hits.query().replace("FROM sigma_matches", "FROM temp.sigma_run");
    Ok(format!("{query} ORDER BY {}", hits.head.order.unwrap_or("event_id")))
}

/// Replaces the hits saved in the case with the hits of this run.
fn save(open: &Case, rules: u64, not_converted: u64) -> Result<()> {
    let searched_at = Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let search = Search { rules, not_converted, events: event_count(open)?, searched_at };
    open.transaction(|open| {
        open.query(SAVE)?;
        open.set_info(sigma::SEARCH_KEY, &serde_json::to_string(&search)?)?;
        Ok(())
    })
}

fn event_count(case: &Case) -> Result<u64> {
    let batches = case.query("SELECT count(*) FROM events")?;
    let count = batches.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
    Ok(count.unsigned_abs())
}

/// Reports that the saved hits do not cover events that were loaded later.
pub(super) fn say_outdated(case: &Case, streams: Streams) -> Result<()> {
    let Some(search) = case.info(sigma::SEARCH_KEY)? else { return Ok(()) };
    let search: Search = serde_json::from_str(&search).context("the sigma entry in case_info is not valid")?;
    if search.events != event_count(case)? {
        streams.say("the saved Sigma hits do not cover all events: run `cartographer hunt --sigma PATH --save` again");
    }
    Ok(())
}

/// Adds the events matched by a rule to the hits. Returns whether there were any.
fn run_rule(rule: &SigmaRule, case: &CaseArgs, open: &Case) -> Result<bool> {
    let insert = format!("INSERT INTO temp.sigma_run {} RETURNING event_id", rule.sql());
    let batches = case.ask(open, &insert, &[]).with_context(|| format!("cannot run the rule {:?}", rule.title))?;
    Ok(batches.iter().any(|batch| batch.num_rows() > 0))
}

/// Lists the rules that were not converted. Rules for other logs are only counted.
fn report(errors: &[SigmaError], streams: Streams) {
    let (other, failed): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.problem.is_other_logs());
    for error in &failed {
        streams.say(&format!("not converted: {}", terminal(&error.to_string())));
    }
    if !other.is_empty() {
        streams.say(&format!("{} rules are for logs other than CloudTrail", other.len()));
    }
}

/// The contents of the rule files. Folders are searched for `.yml` and `.yaml` files.
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
            "Sigma rules are files whose names end in .yml or .yaml.",
        ));
    }
    Ok(files)
}

fn read(path: &Path) -> Result<(String, String)> {
    let about = || format!("cannot read {}", path.display());
    let size = fs::metadata(path).with_context(about)?.len();
    if size > MAX_FILE {
        anyhow::bail!(WithAdvice::new(
            format!("{} is {size} bytes, more than the limit for a Sigma rule ({MAX_FILE})", path.display()),
            "Check the path.",
        ));
    }
    Ok((path.display().to_string(), fs::read_to_string(path).with_context(about)?))
}
