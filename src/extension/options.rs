//! The checked arguments of a table function.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ExtensionError;
use super::argument::{Argument, ArgumentValue, Parameter, ParameterKind};
use super::files::{HostFiles, is_address};
use crate::read::{self, Discovery};
use crate::rule::{RuleError, RuleSet, RuleText};
use crate::trail::{Filter, Span};

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
    Parameter { name: Some("only_accounts"), kind: ParameterKind::Texts },
    Parameter { name: Some("only_regions"), kind: ParameterKind::Texts },
    Parameter { name: Some("only_services"), kind: ParameterKind::Texts },
    Parameter { name: Some("cache"), kind: ParameterKind::Texts },
    Parameter { name: Some("threads"), kind: ParameterKind::Integer },
];

/// What to read, and how.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// Files, folders and globs.
    pub(super) paths: Vec<String>,
    /// A folder with rules that are added to the shipped rules.
    pub(super) rules: Option<PathBuf>,
    /// Which events to read.
    pub(super) filter: Filter,
    /// The name under which the trail is kept after the query.
    pub(super) cache: Option<String>,
    pub(super) threads: Option<usize>,
    /// The host's file system, if it has one that can be called.
    pub(super) files: Option<Arc<HostFiles>>,
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
                (Some("from"), ArgumentValue::Moment(moment)) => options.filter.span.from = Some(*moment),
                (Some("to"), ArgumentValue::Moment(moment)) => options.filter.span.to = Some(*moment),
                (Some("only_accounts"), value) => options.filter.accounts = names("only_accounts", value)?,
                (Some("only_regions"), value) => options.filter.regions = names("only_regions", value)?,
                (Some("only_services"), value) => options.filter.services = names("only_services", value)?,
                (Some("cache"), value) => options.cache = Some(cache_name(value)?),
                (Some("threads"), ArgumentValue::Integer(threads)) => options.threads = Some(count(*threads)?),
                (Some(name), _) => {
                    return Err(argument(format!("`{name} :=` expects one string: the path of a folder")));
                }
            }
        }
        match options.filter.span {
            Span { from: Some(from), to: Some(to) } if from >= to => {
                Err(argument("`\"from\" :=` must be earlier than `\"to\" :=`"))
            }
            _ => Ok(options),
        }
    }

    /// The same, for a call on this file system.
    ///
    /// # Errors
    /// If the host cannot read a path.
    pub(super) fn on(mut self, files: Option<Arc<HostFiles>>) -> Result<Self, ExtensionError> {
        let addresses = self.paths.iter().filter(|path| is_address(path));
        for address in addresses {
            if files.is_none() {
                return Err(argument(format!(
                    "{address}: the extension can read addresses only in DuckDB 1.5.6 and later; {RECIPE}"
                )));
            }
            if address.contains('*') || address.ends_with('/') {
                return Err(argument(format!("{address}: DuckDB cannot list files for the extension; {LIST_RECIPE}")));
            }
        }
        self.files = files;
        Ok(self)
    }

    /// Finds the files. The host reads those with an address, and all of them if it restricts access to files.
    pub(super) fn discover(&self) -> Discovery {
        let Some(files) = &self.files else { return read::discover(&self.paths) };
        let is_restricted = !files.is_unrestricted();
        let (remote, local): (Vec<String>, Vec<String>) =
            self.paths.iter().cloned().partition(|path| is_restricted || is_address(path));
        let mut found = read::discover(&local);
        if !remote.is_empty() {
            found.add(remote.iter().map(|path| files.source(path)).collect());
        }
        found
    }

    /// The shipped rules, the rules in installed packs, and the rules in the folder.
    pub(super) fn rule_set(&self) -> Result<RuleSet, ExtensionError> {
        if self.rules.is_some() && self.files.as_ref().is_some_and(|files| !files.is_unrestricted()) {
            return Err(argument("`rules :=` reads files, which enable_external_access = false forbids"));
        }
        let texts = self.rules.as_deref().map_or_else(RuleText::installed, own);
        texts.and_then(RuleSet::compile).map_err(|problems| ExtensionError::Argument(messages(&problems)))
    }
}

/// How to read addresses with a version of DuckDB whose C API cannot open files.
const RECIPE: &str = "read the files into a table with DuckDB's own reader, and map the table: CREATE TABLE trail AS \
     SELECT unnest(Records) AS raw FROM read_json('s3://…/*.json.gz', columns = {Records: 'JSON[]'}, maximum_object_size \
     = 1000000000); FROM cartographer_ext.map_signals('trail')";
/// How to pass the files that match a pattern.
const LIST_RECIPE: &str = "pass a list: SET VARIABLE files = (SELECT list(file) FROM glob('s3://…/*.json.gz')), then use \
     getvariable('files') as the path";

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

/// The values of an option that takes one string or several.
fn names(option: &str, value: &ArgumentValue) -> Result<Vec<String>, ExtensionError> {
    match value {
        ArgumentValue::Texts(names) if !names.is_empty() && names.iter().all(|name| !name.is_empty()) => {
            Ok(names.clone())
        }
        _ => Err(argument(format!("`{option} :=` expects a string, or a list of strings"))),
    }
}

/// The name of a cached trail.
fn cache_name(value: &ArgumentValue) -> Result<String, ExtensionError> {
    match value {
        ArgumentValue::Texts(names) if names.len() == 1 && names.iter().all(|name| !name.is_empty()) => {
            Ok(names.concat())
        }
        _ => Err(argument("`cache :=` expects one string")),
    }
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
        assert_eq!(options.filter.span, Span { from: Some(Timestamp(1)), to: None });
    }

    #[test]
    fn filters_accept_one_or_more_names() {
        let texts = |names: &[&str]| ArgumentValue::Texts(names.iter().map(|name| (*name).to_owned()).collect());
        let given = [("only_accounts", texts(&["1", "2"])), ("only_services", texts(&["iam"]))];
        let options = options(trail(), &given).unwrap();
        assert_eq!(options.filter.stated().as_deref(), Some("account 1 2, service iam"));
    }

    #[test]
    fn old_host_error_explains_how_to_read_addresses() {
        let path = ArgumentValue::Texts(vec!["s3://bucket/a.json.gz".to_owned()]);
        let message = options(path, &[]).unwrap().error_without_host();
        for word in ["s3://bucket/a.json.gz", "1.5.6", "read_json", "map_signals"] {
            assert!(message.contains(word), "{word} is not in: {message}");
        }
    }

    impl Options {
        fn error_without_host(self) -> String {
            self.on(None).unwrap_err().to_string()
        }
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
            options(trail(), &[("only_regions", ArgumentValue::Texts(Vec::new()))]),
            options(trail(), &[("cache", ArgumentValue::Texts(vec![String::new()]))]),
        ];
        let words = [
            "a path is NULL",
            "42 is not a path",
            "from 1 to 1024, found 1025",
            "must be earlier than",
            "`rules :=` expects",
            "`only_regions :=` expects",
            "`cache :=` expects one string",
        ];
        for (message, word) in messages.into_iter().zip(words) {
            let message = message.unwrap_err();
            assert!(message.contains(word), "{word} is not in: {message}");
        }
    }
}
