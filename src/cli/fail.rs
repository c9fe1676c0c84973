//! Error messages: the error, its causes, and what to do next.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use cartographer::present::escape::terminal_lines;

use super::{ExitCode, Streams};

/// A problem with advice. Use it as an error's context, or as the error itself.
#[derive(Debug)]
pub(crate) struct WithAdvice {
    problem: String,
    advice: String,
    code: ExitCode,
}

impl WithAdvice {
    /// The problem starts in lowercase; the advice is a sentence.
    pub(crate) fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { problem: problem.into(), advice: advice.into(), code: ExitCode::Failed }
    }

    /// Like [`WithAdvice::new`], for invalid arguments.
    pub(crate) fn misuse(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code: ExitCode::Usage, ..Self::new(problem, advice) }
    }
}

impl Display for WithAdvice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.problem)
    }
}

impl std::error::Error for WithAdvice {}

/// Prints clap's message: help and version are not errors, everything else is a usage error.
pub(crate) fn report_usage(usage: &clap::Error) -> ExitCode {
    // clap repeats arguments as they are. Its text without colors has no control sequences, not even those of arguments.
    let is_hidden = |argument: OsString| matches!(terminal_lines(&argument.to_string_lossy()), Cow::Owned(_));
    // If this fails, there is no way to report it.
    let _ = if std::env::args_os().any(is_hidden) {
        io::stderr().write_all(terminal_lines(&usage.render().to_string()).as_bytes())
    } else {
        usage.print()
    };
    if usage.use_stderr() { ExitCode::Usage } else { ExitCode::Fine }
}

/// Prints an error with its causes and advice. A closed pipe (`| head`) is not an error.
pub(crate) fn report(error: &anyhow::Error, streams: Streams) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::Fine;
    }
    // If this fails, there is no way to report it.
    let _ = print(error, &mut streams.err());
    error.downcast_ref::<WithAdvice>().map_or(ExitCode::Failed, |advised| advised.code)
}

fn print(error: &anyhow::Error, err: &mut impl Write) -> io::Result<()> {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    writeln!(err, "{red}error{red:#}: {}", terminal_lines(&error.to_string()))?;
    for cause in error.chain().skip(1) {
        writeln!(err, "  caused by: {}", terminal_lines(&cause.to_string()).replace('\n', "\n  "))?;
    }
    if let Some(advised) = error.downcast_ref::<WithAdvice>() {
        writeln!(err, "  {}", terminal_lines(&advised.advice))?;
    }
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut ios = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    ios.any(|io| io.kind() == io::ErrorKind::BrokenPipe)
}
