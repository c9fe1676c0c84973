//! A load's progress on a terminal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cartographer::load::{Phase, Progress};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

const READING: &str = "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left";
const WORKING: &str = "{spinner} {msg}";

/// A progress bar on standard error: bytes, events per second, time left. Hidden if standard error is not a terminal.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    events: AtomicU64,
}

impl Bar {
    /// A bar, which is never shown if `quiet` is set.
    pub(crate) fn new(quiet: bool) -> Self {
        // indicatif draws on standard error, and hides the bar if that is not a terminal.
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        Self { bar, events: AtomicU64::new(0) }
    }

    /// Removes the bar from the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn set_style(&self, template: &str) {
        // If a template were invalid, indicatif's default style would remain.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Progress for Bar {
    fn start(&self, _files: u64, bytes: u64) {
        self.bar.set_length(bytes);
        self.set_style(READING);
    }

    fn file(&self, bytes: u64, events: u64) {
        let events = self.events.fetch_add(events, Ordering::Relaxed) + events;
        let milliseconds = u64::try_from(self.bar.elapsed().as_millis()).unwrap_or(u64::MAX);
        let rate = events.saturating_mul(1000) / milliseconds.max(1);
        self.bar.set_message(format!("{} events, {}/s", HumanCount(events), HumanCount(rate)));
        self.bar.inc(bytes);
    }

    fn phase(&self, phase: Phase) {
        let message = match phase {
            Phase::Reading => return,
            Phase::Sessions => "building sessions",
            Phase::Mapping => "mapping clicks",
            Phase::Finishing => "finishing",
        };
        self.set_style(WORKING);
        self.bar.set_message(message);
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }
}
