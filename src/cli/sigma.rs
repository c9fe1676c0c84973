//! `cartographer hunt --sigma`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::record_batch::RecordBatch;
use cartographer::counted::counted;
use cartographer::present::escape::terminal;
use cartographer::read::file;
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

/// The result of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct SigmaResult {
    /// The number of hits.
    pub(super) hits: usize,
    /// The number of rules that could not be converted or run.
    pub(super) not_converted: usize,
}

/// Runs the rules in files and folders on a case.
///
/// # Errors
/// If a file cannot be read, or if no rule can be run.
pub(super) fn run(run: &SigmaRun<'_>, case: &CaseArgs, rows: RowFormat, streams: Streams) -> Result<SigmaResult> {
    let files = files(run.paths)?;
    let (rules, errors) = sigma::parse(&files);
    report(&errors, streams);
    if rules.is_empty() {
        anyhow::bail!(WithAdvice::new(
            "there is no rule that can be run",
            "Rules for CloudTrail have `product: aws` and `service: cloudtrail` in their `logsource`.",
        ));
    }
    let not_converted = errors.iter().filter(|error| !error.problem.is_other_logs()).count();
    let open = if run.save { case.open_for_writing() } else { case.open_read_only() }?;
    let rules: Vec<&SigmaRule> = rules.iter().filter(|rule| !rule.is_internal).collect();
    case.ask(&open, CREATE, &[])?;
    let mut with_hits = 0;
    let mut failures = Vec::new();
    for rule in &rules {
        match run_rule(rule, &open) {
            Ok(has_hits) => with_hits += usize::from(has_hits),
            Err(error) => failures.push(error),
        }
    }
    for error in &failures {
        streams.say(&terminal(&format!("{error:#}")));
    }
    if !rules.is_empty() && failures.len() == rules.len() {
        anyhow::bail!("none of the rules can be run");
    }
    let run_rules = rules.len() - failures.len();
    let not_converted = not_converted + failures.len();
    if run.save {
        save(&open, run_rules as u64, not_converted as u64).context("cannot save the hits in the case")?;
    }
    if with_hits == 0 {
        streams.say(&match run_rules {
            1 => "the rule has no hits".to_owned(),
            all => format!("none of the {all} rules has hits"),
        });
        return Ok(SigmaResult { hits: 0, not_converted });
    }
    let batches = case.ask(&open, &hits()?, &[])?;
    format::write(streams, rows, &batches)?;
    let have = if with_hits == 1 { "has" } else { "have" };
    streams.say(&format!("{with_hits} of {} {have} hits", counted(run_rules, "rule", "rules")));
    Ok(SigmaResult { hits: batches.iter().map(RecordBatch::num_rows).sum(), not_converted })
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
///
/// # Errors
/// If DuckDB rejects the rule's query, for example because it does not accept a regular expression.
fn run_rule(rule: &SigmaRule, open: &Case) -> Result<bool> {
    let insert = format!("INSERT INTO temp.sigma_run {} RETURNING event_id", rule.sql());
    let batches = open.query(&insert).with_context(|| format!("cannot run the rule {:?}", rule.title))?;
    Ok(batches.iter().any(|batch| batch.num_rows() > 0))
}

/// Lists the rules that were not converted. Rules for other logs are only counted.
fn report(errors: &[SigmaError], streams: Streams) {
    let (other, failed): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.problem.is_other_logs());
    for error in &failed {
        streams.say(&format!("not converted: {}", terminal(&error.to_string())));
    }
    if !other.is_empty() {
        let are = counted(other.len(), "rule is", "rules are");
        streams.say(&format!("{are} for logs other than CloudTrail"));
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
    Ok((path.display().to_string(), file::read_text(path).with_context(about)?))
}
