//! Output streams: data goes to standard output, everything else to standard error, with or without colors.

use std::io::{self, BufWriter, IsTerminal, StderrLock, StdoutLock, Write};

use anstream::AutoStream;
use cartographer::counted::counted;
use cartographer::present::escape::terminal_lines;
use clap::ColorChoice;

use super::Global;

/// Standard output and error, configured by the global arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Streams {
    color: ColorChoice,
    quiet: bool,
    verbose: bool,
    full: bool,
}

impl Streams {
    pub(crate) const fn new(global: Global) -> Self {
        Self { color: global.color, quiet: global.quiet, verbose: global.verbose, full: global.full }
    }

    /// Standard output without conversion, buffered: callers must flush it.
    #[expect(clippy::unused_self, reason = "every stream is accessed through this type")]
    pub(crate) fn data(self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::new(io::stdout().lock())
    }

    /// Standard output without conversion, for any thread and unbuffered.
    #[expect(clippy::unused_self, reason = "every stream is accessed through this type")]
    pub(crate) fn shared(self) -> io::Stdout {
        io::stdout()
    }

    /// Standard output for text with colors, buffered: callers must flush it.
    pub(crate) fn text(self) -> BufWriter<AutoStream<StdoutLock<'static>>> {
        BufWriter::new(AutoStream::new(io::stdout().lock(), self.choice()))
    }

    /// Standard error.
    pub(crate) fn err(self) -> AutoStream<StderrLock<'static>> {
        AutoStream::new(io::stderr().lock(), self.choice())
    }

    /// Prints a message to standard error, unless --quiet is given. Hidden characters in file names are escaped.
    pub(crate) fn say(self, text: &str) {
        if !self.quiet {
            // If this fails, there is no way to report it.
            let _ = writeln!(self.err(), "{}", terminal_lines(text));
        }
    }

    /// Prints the number of rows, if --verbose is given.
    pub(crate) fn say_rows(self, rows: usize) {
        if self.verbose {
            self.say(&counted(rows, "row", "rows"));
        }
    }

    pub(crate) const fn is_quiet(self) -> bool {
        self.quiet
    }

    pub(crate) const fn is_full(self) -> bool {
        self.full
    }

    pub(crate) const fn is_verbose(self) -> bool {
        self.verbose
    }

    /// The width of the terminal; `None` if standard output is not a terminal.
    #[expect(clippy::unused_self, reason = "every stream is accessed through this type")]
    pub(crate) fn width(self) -> Option<u16> {
        let out = io::stdout();
        out.is_terminal().then(|| terminal_size::terminal_size_of(out)).flatten().map(|(width, _)| width.0)
    }

    const fn choice(self) -> anstream::ColorChoice {
        match self.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
    }
}
