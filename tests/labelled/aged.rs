//! How many clicks are still found right as the console ages, and how far confidence can be trusted then.
//!
//! `make ageing` prints the tables. Clicks are right as score.py counts them: the click's anchor event carries its label.

#![expect(clippy::print_stdout, reason = "the tables are what `make ageing` is asked for")]

use std::collections::BTreeMap;
use std::fmt;

use cartographer::rule::RuleSet;
use cartographer::signal::{Kind, Signal};

use super::age::{Degree, age};
use super::session::{Session, examples, labelled};

/// Each session is aged in so many ways.
const SEEDS: u64 = 3;

/// The steps of the curve of confidence: each begins here and ends where the next begins.
const STEPS: [u8; 6] = [0, 50, 60, 70, 80, 90];

/// Counts of clicks.
#[derive(Debug, Default, Clone)]
struct Tally {
    right: usize,
    total: usize,
    /// Signals that are right and all signals, by confidence in per cent: clicks that are none count against them.
    curve: BTreeMap<u8, (usize, usize)>,
    taken_for: BTreeMap<(String, String), usize>,
}

impl Tally {
    fn share(&self) -> f64 {
        per(self.right, self.total)
    }

    /// The share of signals at this confidence and above that are right.
    fn trust(&self, from: u8) -> f64 {
        let (right, all) = self.curve.range(from..).fold((0, 0), |sum, (_, step)| (sum.0 + step.0, sum.1 + step.1));
        per(right, all)
    }

    fn add(&mut self, rules: &RuleSet, session: &Session) {
        let signals = session.signals(rules);
        for click in session.clicks.iter().filter(|click| !click.background) {
            let found = signals.iter().find(|signal| holds(signal, &click.anchor));
            let label = found.and_then(|signal| session.label(rules, signal));
            self.total += 1;
            if label.as_ref() == Some(&click.label) {
                self.right += 1;
            } else {
                let taken = found.map_or_else(
                    || "nothing".to_owned(),
                    |signal| format!("{} {:?} {:.2}", signal.rule_id, signal.origin, signal.confidence),
                );
                *self.taken_for.entry((click.label.clone(), taken)).or_default() += 1;
            }
        }
        signals
            .iter()
            .filter(|signal| signal.kind != Kind::Background)
            .for_each(|signal| self.weigh(rules, session, signal));
    }

    fn tell_misses(&self) {
        let mut misses: Vec<_> = self.taken_for.iter().collect();
        misses.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for ((label, taken), count) in misses {
            println!("  {count} {label} is taken for {taken}");
        }
    }

    /// A signal is right if it holds the anchor of a click of its label.
    fn weigh(&mut self, rules: &RuleSet, session: &Session, signal: &Signal) {
        let Some(label) = session.label(rules, signal) else { return };
        let right = session.clicks.iter().any(|click| click.label == label && holds(signal, &click.anchor));
        let percent = STEPS.into_iter().rev().find(|step| signal.confidence >= f64::from(*step) / 100.0).unwrap_or(0);
        let step = self.curve.entry(percent).or_default();
        step.0 += usize::from(right);
        step.1 += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} of {} clicks right; by confidence", self.share(), self.total)?;
        self.curve.iter().try_for_each(|(from, (right, all))| write!(f, "  {from}%: {right}/{all}"))?;
        write!(f, "; at 90%: {:.3}", self.trust(90))
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are thousands of clicks")]
fn per(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn holds(signal: &Signal, event: &str) -> bool {
    signal.events.iter().any(|member| member.event_id == event)
}

/// What is found in the sessions at each degree of ageing.
fn tallies(what: &str, rules: &RuleSet, sessions: &[Session]) -> BTreeMap<Degree, Tally> {
    let tally = |degree| {
        let mut tally = Tally::default();
        for (index, session) in
            (0..SEEDS).flat_map(|seed| sessions.iter().map(move |session| (seed, session))).enumerate()
        {
            tally.add(rules, &age(session.1, degree, session.0 * 10_000 + index as u64));
        }
        println!("{what} {degree:?}: {tally}");
        if std::env::var("MISSES").is_ok_and(|wanted| wanted == format!("{degree:?}")) {
            tally.tell_misses();
        }
        (degree, tally)
    };
    Degree::ALL.into_iter().map(tally).collect()
}

#[test]
fn labelled_clicks_outlive_the_console() {
    let sessions = labelled();
    if sessions.is_empty() {
        return println!("no labelled sessions are at hand");
    }
    let tallies = tallies("sessions", &RuleSet::shipped().unwrap(), &sessions);
    for (degree, least) in
        [(Degree::Fresh, 0.998), (Degree::Sizes, 0.95), (Degree::Calls, 0.90), (Degree::Members, 0.80)]
    {
        assert!(tallies[&degree].share() >= least, "{degree:?}: {}", tallies[&degree]);
        assert!(tallies[&degree].trust(90) >= 0.9, "{degree:?}: {}", tallies[&degree]);
    }
}

#[test]
fn examples_outlive_the_console() {
    let rules = RuleSet::shipped().unwrap();
    let tallies = tallies("examples", &rules, &examples(&rules));
    for (degree, least) in [(Degree::Fresh, 1.0), (Degree::Sizes, 0.95), (Degree::Calls, 0.92), (Degree::Members, 0.88)]
    {
        assert!(tallies[&degree].share() >= least, "{degree:?}: {}", tallies[&degree]);
    }
}
