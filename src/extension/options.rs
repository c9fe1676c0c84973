//! The checked arguments of a table function.

use std::path::{Path, PathBuf};

use super::ExtensionError;
use super::argument::{Argument, ArgumentValue, Parameter, ParameterKind};
use crate::rule::{RuleError, RuleSet, RuleText};
use crate::trail::Span;

/// The maximum number of threads that can be requested.
const MAX_THREADS: i64 = 1024;
/// The maximum number of rule errors that a message lists.
const MAX_PROBLEMS: usize = 5;

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
    /// A folder with rules that are added to the shipped rules.
    pub(super) rules: Option<PathBuf>,
    pub(super) span: Span,
    pub(super) threads: Option<usize>,
}

impl Options {
    /// Checks the arguments. An option that is NULL is ignored, but a path must not be NULL.
    pub(super) fn of(given: &[Argument]) -> Result<Self, ExtensionError> {
        let mut options = Self::default();
        for Argument { name, value } in given {
            match (*name, value) {
                (None, value) => options.paths = paths(value)?,
                (_, ArgumentValue::Null) => {}
                (Some("rules"), ArgumentValue::Texts(texts)) if texts.len() == 1 => {
                    options.rules = texts.first().map(PathBuf::from);
                }
                (Some("from"), ArgumentValue::Moment(moment)) => options.span.from = Some(*moment),
                (Some("to"), ArgumentValue::Moment(moment)) => options.span.to = Some(*moment),
                (Some("threads"), ArgumentValue::Integer(threads)) => options.threads = Some(count(*threads)?),
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

    /// The shipped rules, the rules in installed packs, and the rules in the folder.
    pub(super) fn rule_set(&self) -> Result<RuleSet, ExtensionError> {
        let texts = self.rules.as_deref().map_or_else(RuleText::installed, own);
        texts.and_then(RuleSet::compile).map_err(|problems| ExtensionError::Argument(messages(&problems)))
    }
}

fn own(folder: &Path) -> Result<Vec<RuleText>, Vec<RuleError>> {
    RuleText::installed_and(folder)
}

fn messages(problems: &[RuleError]) -> String {
    let lines: Vec<String> = problems.iter().take(MAX_PROBLEMS).map(ToString::to_string).collect();
    let more = problems.len().saturating_sub(MAX_PROBLEMS);
    let more =
        if more > 0 { format!("\nand {more} more; `cartographer rules check` lists them") } else { String::new() };
    format!("the rules cannot be used:\n{}{more}", lines.join("\n"))
}

fn paths(value: &ArgumentValue) -> Result<Vec<String>, ExtensionError> {
    let expected = "expected a file, a folder, a glob, or a list of them: 'trail/', ['a.json.gz', 'b/*.json']";
    match value {
        ArgumentValue::Texts(paths) if paths.is_empty() => {
            Err(argument(format!("the list of paths is empty; {expected}")))
        }
        ArgumentValue::Texts(paths) if paths.iter().any(String::is_empty) => {
            Err(argument(format!("a path is empty; {expected}")))
        }
        ArgumentValue::Texts(paths) if paths.iter().any(|path| path == "-") => Err(argument(
            "`-` means standard input, which the DuckDB client itself reads; save the data to a file first",
        )),
        ArgumentValue::Texts(paths) => Ok(paths.clone()),
        ArgumentValue::Null => Err(argument(format!("a path is NULL; {expected}"))),
        ArgumentValue::Other(text) => Err(argument(format!("{text} is not a path; {expected}"))),
        ArgumentValue::Moment(_) | ArgumentValue::Integer(_) => Err(argument(expected)),
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

    fn options(value: ArgumentValue, more: &[(&'static str, ArgumentValue)]) -> Result<Options, String> {
        let more = more.iter().map(|(name, value)| Argument { name: Some(name), value: value.clone() });
        let given: Vec<Argument> = [Argument { name: None, value }].into_iter().chain(more).collect();
        Options::of(&given).map_err(|error| error.to_string())
    }

    fn trail() -> ArgumentValue {
        ArgumentValue::Texts(vec!["trail/".to_owned()])
    }

    #[test]
    fn options_are_parsed_and_null_options_are_ignored() {
        let given = [
            ("from", ArgumentValue::Moment(Timestamp(1))),
            ("to", ArgumentValue::Null),
            ("threads", ArgumentValue::Integer(4)),
        ];
        let options = options(trail(), &given).unwrap();
        assert_eq!((options.paths, options.threads), (vec!["trail/".to_owned()], Some(4)));
        assert_eq!(options.span, Span { from: Some(Timestamp(1)), to: None });
    }

    #[test]
    fn invalid_options_are_reported() {
        let moment = |time| ArgumentValue::Moment(Timestamp(time));
        let messages = [
            options(ArgumentValue::Null, &[]),
            options(ArgumentValue::Other("42".to_owned()), &[]),
            options(trail(), &[("threads", ArgumentValue::Integer(1025))]),
            options(trail(), &[("from", moment(5)), ("to", moment(5))]),
            options(trail(), &[("rules", ArgumentValue::Other("7".to_owned()))]),
        ];
        let words = [
            "a path is NULL",
            "42 is not a path",
            "from 1 to 1024, found 1025",
            "must be earlier than",
            "`rules :=` expects",
        ];
        for (message, word) in messages.into_iter().zip(words) {
            let message = message.unwrap_err();
            assert!(message.contains(word), "{word} is not in: {message}");
        }
    }
}
