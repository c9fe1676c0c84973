//! The checked arguments of a table function.

use std::path::{Path, PathBuf};

use super::ExtensionError;
use super::function::{Given, Parameter, ParameterKind, Value};
use crate::rule::{RuleError, RuleSet, RuleText};
use crate::trail::Span;

/// The maximum number of threads that can be requested.
const MAX_THREADS: i64 = 1024;
/// The maximum number of errors in rules that a message lists.
const PROBLEMS: usize = 5;

/// The parameters of functions that read a trail.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter { name: None, kind: ParameterKind::Texts },
    Parameter { name: Some("rules"), kind: ParameterKind::Texts },
    Parameter { name: Some("from"), kind: ParameterKind::Moment },
    Parameter { name: Some("to"), kind: ParameterKind::Moment },
    Parameter { name: Some("threads"), kind: ParameterKind::Integer },
];

/// What to read, and how.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// Files, folders and globs.
    pub(super) paths: Vec<String>,
    /// A folder of rules that are added to the shipped ones.
    pub(super) rules: Option<PathBuf>,
    pub(super) span: Span,
    pub(super) threads: Option<usize>,
}

impl Options {
    /// Checks the arguments. An option that is NULL is ignored, but a path must not be NULL.
    pub(super) fn of(given: &[Given]) -> Result<Self, ExtensionError> {
        let mut options = Self::default();
        for Given { name, value } in given {
            match (*name, value) {
                (None, value) => options.paths = paths(value)?,
                (_, Value::Null) => {}
                (Some("rules"), Value::Texts(texts)) if texts.len() == 1 => {
                    options.rules = texts.first().map(PathBuf::from);
                }
                (Some("from"), Value::Moment(moment)) => options.span.from = Some(*moment),
                (Some("to"), Value::Moment(moment)) => options.span.to = Some(*moment),
                (Some("threads"), Value::Integer(threads)) => options.threads = Some(count(*threads)?),
                (Some(name), _) => {
                    return Err(argument(format!("`{name} :=` expects one string: the path of a folder")));
                }
            }
        }
        match options.span {
            Span { from: Some(from), to: Some(to) } if from >= to => {
                Err(argument("`\"from\" :=` must be earlier than `\"to\" :=`"))
            }
            _ => Ok(options),
        }
    }

    /// The shipped rules, and those of the folder.
    pub(super) fn rule_set(&self) -> Result<RuleSet, ExtensionError> {
        let texts = self.rules.as_deref().map_or_else(|| Ok(RuleText::shipped()), own);
        texts.and_then(RuleSet::compile).map_err(|problems| ExtensionError::Argument(told(&problems)))
    }
}

fn own(folder: &Path) -> Result<Vec<RuleText>, Vec<RuleError>> {
    RuleText::shipped_and(folder)
}

fn told(problems: &[RuleError]) -> String {
    let lines: Vec<String> = problems.iter().take(PROBLEMS).map(ToString::to_string).collect();
    let more = problems.len().saturating_sub(PROBLEMS);
    let more =
        if more > 0 { format!("\nand {more} more; `cartographer rules check` lists them") } else { String::new() };
    format!("the rules cannot be used:\n{}{more}", lines.join("\n"))
}

fn paths(value: &Value) -> Result<Vec<String>, ExtensionError> {
    let expected = "expected a file, a folder, a glob, or a list of them: 'trail/', ['a.json.gz', 'b/*.json']";
    match value {
        Value::Texts(paths) if paths.is_empty() => Err(argument(format!("the list of paths is empty; {expected}"))),
        Value::Texts(paths) if paths.iter().any(String::is_empty) => {
            Err(argument(format!("a path is empty; {expected}")))
        }
        Value::Texts(paths) if paths.iter().any(|path| path == "-") => {
            Err(argument("- is standard input, which belongs to the client here; save it to a file first"))
        }
        Value::Texts(paths) => Ok(paths.clone()),
        Value::Null => Err(argument(format!("a path is NULL; {expected}"))),
        Value::Other(text) => Err(argument(format!("{text} is not a path; {expected}"))),
        Value::Moment(_) | Value::Integer(_) => Err(argument(expected)),
    }
}

fn count(threads: i64) -> Result<usize, ExtensionError> {
    let within = (1..=MAX_THREADS).contains(&threads).then(|| usize::try_from(threads).ok()).flatten();
    within.ok_or_else(|| argument(format!("`threads :=` expects a number from 1 to {MAX_THREADS}, found {threads}")))
}

fn argument(what: impl Into<String>) -> ExtensionError {
    ExtensionError::Argument(what.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    fn options(value: Value, more: &[(&'static str, Value)]) -> Result<Options, String> {
        let more = more.iter().map(|(name, value)| Given { name: Some(name), value: value.clone() });
        let given: Vec<Given> = [Given { name: None, value }].into_iter().chain(more).collect();
        Options::of(&given).map_err(|error| error.to_string())
    }

    fn trail() -> Value {
        Value::Texts(vec!["trail/".to_owned()])
    }

    #[test]
    fn what_is_given_is_taken_and_null_is_as_good_as_none() {
        let given = [("from", Value::Moment(Timestamp(1))), ("to", Value::Null), ("threads", Value::Integer(4))];
        let options = options(trail(), &given).unwrap();
        assert_eq!((options.paths, options.threads), (vec!["trail/".to_owned()], Some(4)));
        assert_eq!(options.span, Span { from: Some(Timestamp(1)), to: None });
    }

    #[test]
    fn what_is_of_no_use_is_told() {
        let moment = |time| Value::Moment(Timestamp(time));
        let told = [
            options(Value::Null, &[]),
            options(Value::Other("42".to_owned()), &[]),
            options(trail(), &[("threads", Value::Integer(1025))]),
            options(trail(), &[("from", moment(5)), ("to", moment(5))]),
            options(trail(), &[("rules", Value::Other("7".to_owned()))]),
        ];
        let words = [
            "a path is NULL",
            "42 is not a path",
            "from 1 to 1024, found 1025",
            "must be earlier than",
            "`rules :=` expects",
        ];
        for (told, word) in told.into_iter().zip(words) {
            let told = told.unwrap_err();
            assert!(told.contains(word), "{word} is not in: {told}");
        }
    }
}
