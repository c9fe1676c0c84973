//! `cartographer hunt`

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use arrow::record_batch::RecordBatch;
use cartographer::counted::counted;
use cartographer::hunt::{self, Hunt, ParamKind, ParamValue, Tactic};
use cartographer::present;
use cartographer::store::Case;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::addresses;
use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, ListFormat, RowFormat};
use super::sigma::{self, SigmaResult, SigmaRun};
use super::{ExitCode, Streams, moment, near};

/// The parameter of hunts that, by default, only report use from another place; with 0, they report everything.
const ELSEWHERE: &str = "elsewhere";

const LIST_ALL: &str = "cartographer hunt list";

/// List, show and run hunts (SQL queries that answer common incident questions), or run Sigma rules
///
/// `show` prints the SQL of a hunt, which any DuckDB client can run. `--sigma` runs Sigma rules for CloudTrail from
/// files, or from folders, which are searched for .yml and .yaml files. Each row is an event that matches a rule, with
/// the click that it belongs to. Rules that cannot be converted are listed with the reason. With `--save`, the hits are
/// saved in the case, and appear in the timeline, in the browser, and in reports and exports.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  cartographer hunt list --tactic persistence
  cartographer hunt run --all
  cartographer hunt show persistence/made-key-used
  cartographer hunt --sigma rules/cloud/aws/ --save"
)]
pub(crate) struct HuntCommand {
    #[command(subcommand)]
    command: Option<Hunts>,
    /// Run the Sigma rules in this file or folder (repeatable)
    #[arg(long, value_name = "PATH", required = true)]
    sigma: Vec<PathBuf>,
    /// Save the hits in the case, replacing any that were saved earlier
    #[arg(long)]
    save: bool,
    /// Exit with code 3 if there are hits
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    case: CaseArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Hunts {
    List(List),
    Show(Show),
    Run(Run),
}

/// List the hunts
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer hunt list
  cartographer hunt list --tactic persistence
  cartographer hunt list --technique T1098 --format json")]
pub(crate) struct List {
    /// Only hunts for this tactic
    #[arg(long, value_name = "TACTIC", value_parser = tactic_parser())]
    tactic: Option<&'static [Tactic]>,
    /// Only hunts for this ATT&CK technique and its sub-techniques, such as T1098
    #[arg(long, value_name = "ID")]
    technique: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: ListFormat,
}

/// Show one hunt: what a hit means, its parameters, and SQL that any DuckDB client can run
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer hunt show persistence/made-key-used
  cartographer hunt show persistence/made-key-used | duckdb -readonly case.duckdb")]
pub(crate) struct Show {
    /// The ID of the hunt, from `hunt list`
    id: String,
}

/// Run one hunt or all hunts on a case
///
/// With --all, shows one row for each hunt that has hits, with the number of hits and the times of the first and last hit.
/// If the addresses in the case were looked up, rows with an address also show its country, network owner and cloud.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer hunt run persistence/made-key-used
  cartographer hunt run --all --set principal=nadia
  cartographer hunt run --all --tactic exfiltration --format json --exit-code")]
pub(crate) struct Run {
    /// The ID of the hunt, from `hunt list`
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    id: Option<String>,
    /// Run every hunt and count its hits
    #[arg(long)]
    all: bool,
    /// With --all, only hunts for this tactic
    #[arg(long, value_name = "TACTIC", value_parser = tactic_parser(), requires = "all")]
    tactic: Option<&'static [Tactic]>,
    /// With --all, include hunts without hits
    #[arg(long, requires = "all")]
    empty: bool,
    /// Exit with code 3 if there are hits
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    case: CaseArgs,
    /// Set a parameter of the hunt, such as since=2026-03-11 (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl HuntCommand {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        match self.command {
            Some(Hunts::List(list)) => list.run(streams),
            Some(Hunts::Show(show)) => show.run(streams),
            Some(Hunts::Run(run)) => run.run(streams),
            None => {
                let run = SigmaRun { paths: &self.sigma, save: self.save };
                let result = sigma::run(&run, &self.case, self.format, streams)?;
                Ok(match result {
                    SigmaResult { hits, .. } if self.exit_code && hits > 0 => ExitCode::Hits,
                    SigmaResult { not_converted, .. } if not_converted > 0 => ExitCode::Partial,
                    SigmaResult { .. } => ExitCode::Fine,
                })
            }
        }
    }
}

impl List {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let mut hunts = hunt::shipped()?;
        hunts.retain(|hunt| self.wants(hunt));
        let Some(rows) = self.format.rows() else {
            let mut out = streams.data();
            present::cookbook(&mut out, &hunts)?;
            out.flush()?;
            return Ok(ExitCode::Fine);
        };
        format::write(streams, rows, &[present::hunts(&hunts)?])?;
        Ok(ExitCode::Fine)
    }

    fn wants(&self, hunt: &Hunt) -> bool {
        let of_technique = |wanted: &String| {
            let wanted = present::report::current_technique(wanted);
            let rest = |id: &String| id.strip_prefix(wanted).map(|rest| rest.is_empty() || rest.starts_with('.'));
            hunt.techniques.iter().filter_map(rest).any(|fits| fits)
        };
        self.tactic.is_none_or(|tactics| tactics.contains(&hunt.tactic))
            && self.technique.as_ref().is_none_or(of_technique)
    }
}

impl Show {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let mut out = streams.data();
        out.write_all(find(&self.id)?.text.as_bytes())?;
        out.flush()?;
        Ok(ExitCode::Fine)
    }
}

impl Run {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let Some(id) = &self.id else { return self.run_all(streams) };
        let hunt = find(id)?;
        let given = self.set.iter().map(|(name, text)| value(&hunt, name, text)).collect::<Result<Vec<_>>>()?;
        let case = self.case.open_read_only()?;
        let batches = self.case.ask(&case, &self.sql(&case, &hunt, &given)?, &[])?;
        format::write(streams, self.format, &batches)?;
        let hits = rows(&batches);
        if hits == 0 {
            self.say_left_out(streams, &case, &hunt)?;
        }
        Ok(self.code(hits > 0))
    }

    /// The hunt's query, which includes data about its addresses if they were looked up.
    fn sql(&self, case: &Case, hunt: &Hunt, given: &[(String, ParamValue)]) -> Result<String> {
        if !addresses::are_looked_up(case) {
            return Ok(hunt.sql(given));
        }
        let none = self.case.ask(case, &hunt.columns_sql(given), &[])?;
        let schema = none.first().map(RecordBatch::schema);
        let columns: Vec<&str> =
            schema.iter().flat_map(|schema| schema.fields().iter().map(|field| field.name().as_str())).collect();
        Ok(hunt.sql_with_places(given, &columns))
    }

    /// Reports how many rows a hunt without hits omits by default, if it has the parameter that includes them.
    fn say_left_out(&self, streams: Streams, case: &Case, hunt: &Hunt) -> Result<()> {
        if hunt.param(ELSEWHERE).is_none() || self.set.iter().any(|(name, _)| name == ELSEWHERE) {
            return Ok(());
        }
        let own = self.set.iter().filter(|(name, _)| hunt.param(name).is_some());
        let mut given = own.map(|(name, text)| value(hunt, name, text)).collect::<Result<Vec<_>>>()?;
        given.push((ELSEWHERE.to_owned(), ParamValue::Integer(0)));
        let all = rows(&self.case.ask(case, &hunt.sql(&given), &[])?);
        if all > 0 {
            let found = if all == 1 { "there is 1 row".to_owned() } else { format!("there are {all} rows") };
            streams.say(&format!("{}: no hits, but {found} with --set {ELSEWHERE}=0", hunt.id));
        }
        Ok(())
    }

    /// Runs every hunt, and shows the number of hits.
    fn run_all(&self, streams: Streams) -> Result<ExitCode> {
        let mut hunts = hunt::shipped()?;
        hunts.retain(|hunt| self.tactic.is_none_or(|tactics| tactics.contains(&hunt.tactic)));
        if let Some((name, _)) = self.set.iter().find(|(name, _)| hunts.iter().all(|hunt| hunt.param(name).is_none())) {
            bail!(WithAdvice::misuse(
                format!("no hunt has a parameter {name:?}"),
                "All hunts have the parameters since, until and principal."
            ));
        }
        let case = self.case.open_read_only()?;
        let mut found = Vec::new();
        for hunt in &hunts {
            let own = self.set.iter().filter(|(name, _)| hunt.param(name).is_some());
            let given = own.map(|(name, text)| value(hunt, name, text)).collect::<Result<Vec<_>>>()?;
            found.push(self.case.ask(&case, &hunt.sql(&given), &[])?);
        }
        let mut hits: Vec<present::Hits<'_>> =
            hunts.iter().zip(&found).map(|(hunt, batches)| present::Hits::of(hunt, batches)).collect();
        hits.retain(|hits| self.empty || hits.rows > 0);
        format::write(streams, self.format, &[present::hits(&hits)?])?;
        let (all, with) = (hunts.len(), hits.iter().filter(|hits| hits.rows > 0).count());
        for (hunt, _) in hunts.iter().zip(&found).filter(|(_, batches)| rows(batches) == 0) {
            self.say_left_out(streams, &case, hunt)?;
        }
        let (all, have) = (counted(all, "hunt", "hunts"), if with == 1 { "has" } else { "have" });
        streams.say(&format!("{with} of {all} {have} hits; `cartographer hunt run ID` shows them"));
        Ok(self.code(with > 0))
    }

    const fn code(&self, has_hits: bool) -> ExitCode {
        if self.exit_code && has_hits { ExitCode::Hits } else { ExitCode::Fine }
    }
}

fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

fn tactic_parser() -> impl TypedValueParser<Value = &'static [Tactic]> {
    let names = Tactic::ALL.map(|tactic| {
        let is_replacement = Tactic::wanted(Tactic::REPLACED).is_some_and(|tactics| tactics.first() == Some(&tactic));
        PossibleValue::new(tactic.as_str()).aliases(is_replacement.then_some(Tactic::REPLACED))
    });
    PossibleValuesParser::new(names).try_map(|name| Tactic::wanted(&name).ok_or("clap lets only tactics through"))
}

fn assignment(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

fn find(id: &str) -> Result<Hunt> {
    let hunts = hunt::shipped()?;
    let known = hunts.iter().map(|hunt| (hunt.id.as_str(), hunt.title.as_str()));
    let advice = near::advice(id, known, LIST_ALL);
    match hunts.into_iter().find(|hunt| hunt.id == id) {
        Some(hunt) => Ok(hunt),
        None => bail!(WithAdvice::misuse(format!("there is no hunt {id:?}"), advice)),
    }
}

/// An argument, converted to the parameter's type.
fn value(hunt: &Hunt, name: &str, text: &str) -> Result<(String, ParamValue)> {
    let Some(param) = hunt.param(name) else {
        let known: Vec<&str> = hunt.params.iter().map(|param| param.name.as_str()).collect();
        let advice = format!("Its parameters are {}.{}", known.join(", "), near::meant(name, &known));
        bail!(WithAdvice::misuse(format!("the hunt {} has no parameter {name:?}", hunt.id), advice))
    };
    let value = match param.kind {
        ParamKind::Moment => moment::parse(text).map(ParamValue::Moment),
        ParamKind::Integer => text.parse().map(ParamValue::Integer).map_err(|_| "expected a whole number".to_owned()),
        ParamKind::Text => Ok(ParamValue::Text(text.to_owned())),
    };
    let misuse =
        |expected| WithAdvice::misuse(format!("{name}={text}: {expected}"), format!("{name}: {}.", param.meaning));
    Ok((name.to_owned(), value.map_err(misuse)?))
}
