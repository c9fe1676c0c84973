//! `cartographer rules`

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use cartographer::present::{self, escape};
use cartographer::rule::{Rule, RuleError, RuleSet, RuleText};
use cartographer::spec;
use clap::{Args, Subcommand};

use super::fail::Advised;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams};

/// How many ids are suggested for one that is not there.
const SUGGESTED: usize = 5;

/// Look at the catalogue of console pages, and check rules of your own
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    List(List),
    Show(Show),
    Check(Check),
    Test(Test),
}

/// List the rules that are shipped
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The form of the answer
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

/// Show one rule
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The rule's id, as `rules list` has it: iam/users
    id: String,
}

/// Check rules: a line for each problem, `file:line: key: problem`
///
/// Exits with 1 if there is a problem.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// A folder of rules; the shipped ones if not given
    dir: Option<PathBuf>,
}

/// Run the specs beside rules: a line for each case that fails
///
/// Exits with 1 if a case fails.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// A folder of rules with their specs; the shipped ones if not given
    dir: Option<PathBuf>,
    /// Only specs whose path begins with this: iam/users
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
        }
    }
}

impl List {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let rows = present::rules(shipped()?.rules())?;
        format::write(streams, self.format, &[rows])?;
        Ok(ExitCode::Fine)
    }
}

impl Show {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let set = shipped()?;
        let rule = set.rules().iter().find(|rule| rule.id == self.id);
        let rule = rule.ok_or_else(|| unknown(&self.id, set.rules()))?;
        let mut out = streams.text();
        present::rule(&mut out, &set, rule)?;
        out.flush()?;
        Ok(ExitCode::Fine)
    }
}

impl Check {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let checked = self.dir.as_ref().map_or_else(RuleSet::shipped, |dir| RuleSet::from_dir(dir));
        let problems = match checked {
            Ok(set) => {
                streams.say(&format!("{} rules, no problem", set.rules().len()));
                return Ok(ExitCode::Fine);
            }
            Err(problems) => problems,
        };
        let mut out = streams.text();
        for problem in &problems {
            writeln!(out, "{}", escape::terminal(&problem.to_string()))?;
        }
        out.flush()?;
        streams.say(&format!("{} problems", problems.len()));
        Ok(ExitCode::Failed)
    }
}

impl Test {
    fn run(self, streams: Streams) -> Result<ExitCode> {
        let texts =
            self.dir.as_ref().map_or_else(|| Ok(RuleText::shipped()), |dir| RuleText::in_dir(dir)).map_err(first)?;
        let set = RuleSet::compile(texts.clone()).map_err(first).with_context(|| {
            Advised::new("the rules cannot be read", "`cartographer rules check` lists every problem.")
        })?;
        let (mut cases, mut failed) = (0, 0);
        let mut out = streams.text();
        for text in texts.iter().filter(|text| text.is_spec() && text.path.starts_with(&self.only)) {
            match spec::run(&set, text) {
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
        streams.say(&format!("{cases} cases passed, {failed} failed"));
        Ok(if failed == 0 { ExitCode::Fine } else { ExitCode::Failed })
    }
}

/// The shipped rules, which are broken only in a broken build.
pub(crate) fn shipped() -> Result<RuleSet> {
    RuleSet::shipped().map_err(first).with_context(|| {
        Advised::new("the shipped rules cannot be read", "`cartographer rules check` lists every problem.")
    })
}

fn first(problems: Vec<RuleError>) -> anyhow::Error {
    problems.into_iter().next().map_or_else(|| anyhow!("no problem was named"), Into::into)
}

fn unknown(id: &str, rules: &[Rule]) -> anyhow::Error {
    let last = id.rsplit('/').next().unwrap_or(id).to_lowercase();
    let near = rules.iter().filter(|rule| rule.id.contains(&last) || rule.title.to_lowercase().contains(&last));
    let near: Vec<&str> = near.take(SUGGESTED).map(|rule| rule.id.as_str()).collect();
    let advice = if near.is_empty() {
        "`cartographer rules list` has every id.".to_owned()
    } else {
        format!("Near it are {}; `cartographer rules list` has every id.", near.join(", "))
    };
    Advised::new(format!("there is no rule {id:?}"), advice).into()
}
