//! Checks that the help of every command ends with examples, and that the program accepts each example.

use clap::{Command, CommandFactory, Parser};

use super::Cli;

/// Every subcommand with its path, such as `hunt run`.
fn commands(command: &Command, path: &str) -> Vec<(String, Command)> {
    let own = std::iter::once((path.to_owned(), command.clone()));
    let below = command.get_subcommands().flat_map(|sub| commands(sub, format!("{path} {}", sub.get_name()).trim()));
    own.chain(below).collect()
}

/// The lines of the examples, with continued lines joined.
fn examples(command: &Command) -> Vec<String> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (_, examples) = help.rsplit_once("Examples:\n").unwrap_or_default();
    examples.replace("\\\n", "").lines().map(|line| line.trim().to_owned()).collect()
}

/// The arguments of `cartographer` in a shell command, without redirections and pipes.
fn arguments(line: &str) -> Option<Vec<String>> {
    let start = line.find("cartographer ").filter(|at| *at == 0 || line[..*at].ends_with("| "))?;
    let line = line[start..].split(" > ").next()?.split(" | ").next()?;
    let words = |(at, part): (usize, &str)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    };
    Some(line.split('"').enumerate().flat_map(words).collect())
}

#[test]
fn help_of_every_command_ends_with_valid_examples() {
    let all = commands(&Cli::command(), "");
    assert!(all.len() > 25, "{} commands", all.len());
    for (path, command) in all {
        let lines = examples(&command);
        let runs: Vec<Vec<String>> = lines.iter().filter_map(|line| arguments(line)).collect();
        assert!((2..=5).contains(&runs.len()), "{path:?} has {} examples: {lines:?}", runs.len());
        for run in &runs {
            let parsed = Cli::try_parse_from(run);
            assert!(parsed.is_ok(), "{path:?}: {run:?}: {}", parsed.err().map(|e| e.to_string()).unwrap_or_default());
        }
        let own = path.split_whitespace().collect::<Vec<_>>();
        let runs_command = |run: &Vec<String>| run.iter().skip(1).map(String::as_str).take(own.len()).eq(own.clone());
        assert!(runs.iter().any(runs_command), "no example of {path:?} runs it: {runs:?}");
    }
}
