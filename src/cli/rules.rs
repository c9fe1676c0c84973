//! `cartographer rules`

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use cartographer::call::CallTable;
use cartographer::counted::counted;
use cartographer::present::{self, escape};
use cartographer::rule::{Rule, RuleSet, RuleText};
use cartographer::spec;
use clap::{Args, Subcommand};

use super::fail::WithAdvice;
use super::format::{self, ListFormat};
use super::new_rule::New;
use super::own_rules::{OwnRules, first, rule_set, rule_texts};
use super::packs::{Add, Diff, Packs, Remove};
use super::{ExitCode, Streams, near};

/// List, show, check and test the catalog of console pages, and your own rules
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cartographer rules show iam/users
  cartographer rules check my-rules
  cartographer rules test my-rules")]
pub(crate) enum Rules {
    List(List),
    Show(Show),
    Check(Check),
    Test(Test),
    New(New),
    Calls(Calls),
    Add(Add),
    Packs(Packs),
    Remove(Remove),
    Diff(Diff),
}

/// List the rules
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules list
  cartographer rules list --rules my-rules --format csv")]
pub(crate) struct List {
    #[command(flatten)]
    own: OwnRules,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: ListFormat,
}

/// List the API calls that have a description
///
/// An event's sentence, entities and classes come from these descriptions. A folder given to `rules check` or `rules test`
/// may contain descriptions in a `calls` folder; other commands use the shipped descriptions.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules calls
  cartographer rules calls --format csv")]
pub(crate) struct Calls {
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: ListFormat,
}

/// Show one rule and what it looks for
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules show iam/users
  cartographer rules show s3/access-grants --rules my-rules")]
pub(crate) struct Show {
    /// The ID of the rule, from `rules list`, such as iam/users
    id: String,
    #[command(flatten)]
    own: OwnRules,
}

/// Check rules and print one line per problem: `file:line: key: problem`
///
/// The rules in a folder are checked together with the shipped rules, as they will be used. Lines that start with
/// `note:` list pages that cannot be distinguished by their required calls. Exits with code 1 if there is a problem.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules check
  cartographer rules check my-rules")]
pub(crate) struct Check {
    /// A folder with rules [default: only the shipped rules]
    dir: Option<PathBuf>,
}

/// Run the specs of rules and print one line per failed test case
///
/// The rules in a folder are tested together with the shipped rules, as they will be used. Exits with code 1 if a test case
/// fails.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules test my-rules
  cartographer rules test my-rules --only s3/access-grants")]
pub(crate) struct Test {
    /// A folder with rules and their specs [default: the shipped rules]
    dir: Option<PathBuf>,
    /// Only specs whose path starts with this prefix, such as iam/users
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
}

impl Rules {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run(streams),
            Self::Show(show) => show.run(streams),
            Self::Check(check) => check.run(streams),
            Self::Test(test) => test.run(streams),
            Self::New(new) => new.run(streams),
            Self::Calls(calls) => calls.run(streams),
            Self::Add(add) => add.run(streams),
            Self::Packs(packs) => packs.run(streams),
            Self::Remove(remove) => remove.run(streams),
            Self::Diff(diff) => diff.run(streams),
        }
    }
}

impl List {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let set = self.own.set()?;
        let Some(rows) = self.format.rows() else {
            let mut out = streams.data();
            present::catalog(&mut out, set.rules())?;
            out.flush()?;
            return Ok(ExitCode::Fine);
        };
        format::write(streams, rows, &[present::rules(set.rules())?])?;
        Ok(ExitCode::Fine)
    }
}

impl Calls {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let table = CallTable::shipped();
        let Some(rows) = self.format.rows() else {
            let mut out = streams.data();
            present::call_catalog(&mut out, table)?;
            out.flush()?;
            return Ok(ExitCode::Fine);
        };
        format::write(streams, rows, &[present::calls(table)?])?;
        Ok(ExitCode::Fine)
    }
}

impl Show {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let set = self.own.set()?;
        let (_, rule) = set.find(&self.id).ok_or_else(|| unknown(&self.id, set.rules()))?;
        let mut out = streams.text();
        present::rule(&mut out, &set, rule)?;
        out.flush()?;
        Ok(ExitCode::Fine)
    }
}

impl Check {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let texts = rule_texts(self.dir.as_ref());
        let compiled = texts.and_then(|texts| Ok((CallTable::compile(&texts)?, RuleSet::compile(texts)?)));
        let problems = match compiled {
            Ok((calls, set)) => {
                let groups = set.lookalikes();
                for group in &groups {
                    let ids: Vec<&str> = group.iter().map(|rule| rule.id.as_str()).collect();
                    streams.say(&format!(
                        "note: these rules require the same calls in the same shapes: {}",
                        ids.join(", ")
                    ));
                }
                let rules = counted(set.rules().len(), "rule", "rules");
                let calls = counted(calls.calls(), "call", "calls");
                streams.say(&format!("checked {rules} and the descriptions of {calls}: no problems"));
                return Ok(ExitCode::Fine);
            }
            Err(problems) => problems,
        };
        let mut out = streams.text();
        for problem in &problems {
            writeln!(out, "{}", escape::terminal(&problem.to_string()))?;
        }
        out.flush()?;
        streams.say(&counted(problems.len(), "problem", "problems"));
        Ok(ExitCode::Failed)
    }
}

impl Test {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let all = rule_texts(self.dir.as_ref()).map_err(first)?;
        let calls = CallTable::compile(&all).map_err(first)?;
        let set = rule_set(Ok(all))?;
        let own =
            self.dir.as_ref().map_or_else(|| Ok(RuleText::shipped()), |dir| RuleText::in_dir(dir)).map_err(first)?;
        let (mut cases, mut failed) = (0, 0);
        let mut out = streams.text();
        for text in own.iter().filter(|text| text.is_spec() && text.path.starts_with(&self.only)) {
            let result = if text.holds_calls() { spec::run_calls(&calls, text) } else { spec::run(&set, text) };
            match result {
                Ok(passed) => cases += passed,
                Err(failures) => {
                    failed += failures.len();
                    failures
                        .iter()
                        .try_for_each(|failure| writeln!(out, "{}", escape::terminal(&failure.to_string())))?;
                }
            }
        }
        out.flush()?;
        streams.say(&format!("{} passed, {failed} failed", counted(cases, "test case", "test cases")));
        Ok(if failed == 0 { ExitCode::Fine } else { ExitCode::Failed })
    }
}

fn unknown(id: &str, rules: &[Rule]) -> anyhow::Error {
    let known = rules.iter().map(|rule| (rule.id.as_str(), rule.title.as_str()));
    WithAdvice::new(format!("there is no rule {id:?}"), near::advice(id, known, "cartographer rules list")).into()
}
