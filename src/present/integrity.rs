//! The result of `verify` as text.

use std::collections::BTreeMap;
use std::io::{self, Write};

use indicatif::HumanCount;

use super::escape::terminal;
use super::quote;
use crate::event::Timestamp;
use crate::verify::{CheckKind, FileCheck, Status, Verification};

/// The columns of the summary, one for each status.
const HEADS: [&str; 5] = ["verified", "altered", "missing", "unlisted", "not verified"];

/// Writes the number of verified files, the failures, and what could not be verified and why: at most `most` entries each.
///
/// # Errors
/// If the writer fails.
pub fn integrity(out: &mut impl Write, verified: &Verification, most: usize) -> io::Result<()> {
    summary(out, verified)?;
    failures(out, verified, most)?;
    unverified(out, verified, most)?;
    for problem in verified.problems.iter().take(most) {
        writeln!(out, "  {}", terminal(&problem.to_string()))?;
    }
    others(out, verified, most)
}

fn summary(out: &mut impl Write, verified: &Verification) -> io::Result<()> {
    write!(out, "{:16}", "")?;
    HEADS.iter().try_for_each(|head| write!(out, "  {head:>12}"))?;
    writeln!(out)?;
    for kind in CheckKind::ALL {
        let counts = Status::ALL.map(|status| verified.count(kind, status));
        // There is always a row for log files and one for digests, because zero is also a result.
        if matches!(kind, CheckKind::LogFile | CheckKind::Digest) || counts.iter().any(|count| *count > 0) {
            write!(out, "{:16}", format!("{}s", kind.as_str()))?;
            counts.iter().try_for_each(|count| write!(out, "  {:>12}", HumanCount(*count as u64).to_string()))?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn failures(out: &mut impl Write, verified: &Verification, most: usize) -> io::Result<()> {
    let failed: Vec<&FileCheck> = verified.checks.iter().filter(|check| check.status.is_failure()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nFailed")?;
    for check in failed.iter().take(most) {
        let detail = check.detail.as_deref().unwrap_or_default();
        writeln!(out, "  {} {}: {}", check.status.as_str(), check.kind.as_str(), terminal(&named(check)))?;
        writeln!(out, "    {}", terminal(detail))?;
    }
    left(out, failed.len(), most)
}

/// Grouped by kind and reason, because most files share a few reasons.
fn unverified(out: &mut impl Write, verified: &Verification, most: usize) -> io::Result<()> {
    let mut reasons: BTreeMap<(CheckKind, &str), Vec<&FileCheck>> = BTreeMap::new();
    for check in verified.checks.iter().filter(|check| check.status == Status::Unverified) {
        reasons.entry((check.kind, check.detail.as_deref().unwrap_or_default())).or_default().push(check);
    }
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nNot verified")?;
    for ((kind, reason), checks) in &reasons {
        let (count, plural) = (HumanCount(checks.len() as u64), if checks.len() == 1 { "" } else { "s" });
        writeln!(out, "  {count} {}{plural}: {}", kind.as_str(), terminal(reason))?;
        let shown = if most == usize::MAX { most } else { 1 };
        for check in checks.iter().take(shown) {
            writeln!(out, "    {}", terminal(&named(check)))?;
        }
        left(out, checks.len(), shown)?;
    }
    fetch(out, verified, most)
}

/// Writes the commands that download the signatures stored only in S3 metadata.
fn fetch(out: &mut impl Write, verified: &Verification, most: usize) -> io::Result<()> {
    let lacks = |check: &&FileCheck| check.status == Status::Unverified && check.needs_signature();
    let lacking: Vec<&FileCheck> = verified.checks.iter().filter(lacks).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nTo get the signatures that are not available offline, run these commands and verify again:")?;
    for check in lacking.iter().take(most) {
        let [bucket, object, file] =
            [&check.s3_bucket, &check.s3_object, &check.file].map(|text| text.as_deref().unwrap_or_default());
        let file = quote::shell(&format!("{file}.metadata.json"));
        let (bucket, object) = (quote::shell(bucket), quote::shell(object));
        writeln!(out, "  aws s3api head-object --bucket {bucket} --key {object} > {file}")?;
    }
    left(out, lacking.len(), most)
}

fn others(out: &mut impl Write, verified: &Verification, most: usize) -> io::Result<()> {
    if verified.others.is_empty() {
        return Ok(());
    }
    let count = verified.others.len();
    let what = if count == 1 {
        "file is not a log file or digest, and was"
    } else {
        "files are not log files or digests, and were"
    };
    writeln!(out, "\n{} other {what} not checked", HumanCount(count as u64))?;
    let shown = if most == usize::MAX { most } else { 0 };
    verified.others.iter().take(shown).try_for_each(|name| writeln!(out, "  {}", terminal(name)))
}

fn left(out: &mut impl Write, count: usize, shown: usize) -> io::Result<()> {
    match count.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "    … and {} more; use --verbose to list them", HumanCount(more as u64)),
    }
}

/// The file if there is one, otherwise its S3 key, otherwise its time range.
fn named(check: &FileCheck) -> String {
    let place = || Some(format!("s3://{}/{}", check.s3_bucket.as_deref()?, check.s3_object.as_deref()?));
    let time = || {
        let shown = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M:%S"));
        let (trail, region) = (check.trail.as_deref().unwrap_or_default(), check.region.as_deref().unwrap_or_default());
        format!("{trail} in {region}, {} to {} UTC", shown(check.start_time), shown(check.end_time))
    };
    check.file.clone().or_else(place).unwrap_or_else(time)
}
