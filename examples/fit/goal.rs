//! The objective by which weights are scored.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{ConfidenceFeatures, Kind, Origin, Signal};
use rayon::prelude::*;

use super::age::{Degree, age};
use super::session::{Session, examples, labeled};
use super::trail::{JudgedSignal, Score, Trail, per};

/// The degrees that have a target, with the minimum share of clicks that must be right.
const AGED: [(Degree, f64); 3] = [(Degree::Sizes, 0.95), (Degree::Calls, 0.93), (Degree::Members, 0.90)];
/// The minimum share of labeled signals that must be exact, and of clicks that must be right.
const FRESH: f64 = 0.9985;
/// The lower bounds of the bands of confidence in the report.
const BANDS: [f64; 6] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The data that the weights are fitted to.
pub(crate) struct Data {
    sessions: Vec<Session>,
    aged: Vec<Vec<Session>>,
    examples: Vec<Session>,
    trails: Vec<Trail>,
}

/// The score for a set of weights.
#[derive(Debug, Clone, Default)]
pub(crate) struct Goal {
    pub(crate) exact: f64,
    pub(crate) clicks: f64,
    pub(crate) extra: usize,
    pub(crate) aged: Vec<f64>,
    pub(crate) examples: f64,
    pub(crate) trails: BTreeMap<String, Score>,
    /// The scores with some of the pages removed from the catalog.
    unknown: BTreeMap<String, Score>,
    misses: Vec<String>,
    /// Wrong clicks in aged sessions, by degree.
    aged_misses: Vec<Vec<String>>,
    judged: Vec<JudgedSignal>,
}

#[derive(Debug, Default)]
struct Tally {
    exact: usize,
    signals: usize,
    right: usize,
    clicks: usize,
    extra: usize,
    misses: Vec<String>,
    /// Wrong clicks.
    wrong: Vec<String>,
    judged: Vec<JudgedSignal>,
}

impl Tally {
    fn of(rules: &RuleSet, session: &Session) -> Self {
        let signals = session.signals(rules);
        let mut tally = Self::default();
        let holds = |signal: &Signal, event: &str| signal.events.iter().any(|member| member.event_id == event);
        for click in &session.clicks {
            let same = |signal: &Signal| {
                session.label(rules, signal).as_deref() == Some(click.label.as_str())
                    && signal.events.len() == click.events.len()
                    && signal.events.iter().all(|member| click.events.contains(&member.event_id))
            };
            tally.signals += 1;
            let exact = signals.iter().any(same);
            tally.exact += usize::from(exact);
            let found = signals.iter().find(|signal| holds(signal, &click.anchor));
            let describe = || {
                let found = found.map_or_else(
                    || "nothing".to_owned(),
                    |signal| format!("{} ({}) {:?}", signal.rule_id, signal.events.len(), signal.origin),
                );
                format!("{} {} {} ({}): {found}", session.name, click.anchor, click.label, click.events.len())
            };
            if !exact {
                tally.misses.push(describe());
            }
            if !click.background {
                tally.clicks += 1;
                let right =
                    found.is_some_and(|signal| session.label(rules, signal).as_deref() == Some(click.label.as_str()));
                tally.right += usize::from(right);
                if !right {
                    tally.wrong.push(describe());
                }
            }
        }
        for signal in &signals {
            let Some(label) = session.label(rules, signal) else { continue };
            let right = session.clicks.iter().any(|click| click.label == label && holds(signal, &click.anchor));
            if signal.origin == Origin::Exact && !right {
                tally.extra += 1;
            }
            if signal.kind != Kind::Background {
                tally.judged.push(JudgedSignal { confidence: signal.confidence, evidence: signal.evidence, right });
            }
        }
        tally
    }

    fn and(mut self, other: Self) -> Self {
        self.exact += other.exact;
        self.signals += other.signals;
        self.right += other.right;
        self.clicks += other.clicks;
        self.extra += other.extra;
        self.misses.extend(other.misses);
        self.wrong.extend(other.wrong);
        self.judged.extend(other.judged);
        self
    }
}

fn tally(rules: &RuleSet, sessions: &[Session]) -> Tally {
    let all = sessions.par_iter().map(|session| Tally::of(rules, session));
    all.reduce(Tally::default, Tally::and)
}

impl Data {
    /// Uses every `one_example_in`th example of the shipped rules, and all examples of packs.
    pub(crate) fn open(shared: &Path, rules: &RuleSet, packs: &[RuleText], one_example_in: usize) -> Self {
        let shipped = examples(rules, &RuleText::shipped()).into_iter().step_by(one_example_in);
        let sessions = labeled();
        let aged = AGED
            .map(|(degree, _)| sessions.iter().zip(0..).map(|(session, seed)| age(session, degree, seed)).collect());
        Self {
            sessions,
            aged: aged.into(),
            examples: shipped.chain(examples(rules, packs)).collect(),
            trails: Trail::all(&shared.join("trails")),
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.trails.iter().map(|trail| trail.name.clone()).collect()
    }

    pub(crate) fn describe(&self, without: Option<&str>) -> String {
        let names: Vec<String> = self.names().into_iter().filter(|name| Some(name.as_str()) != without).collect();
        format!(
            "{} labeled sessions, copies of them aged by three degrees, {} rule examples, the trails {}",
            self.sessions.len(),
            self.examples.len(),
            names.join(", ")
        )
    }

    /// Scores rules. The `without` trail is ignored. `partial` contains the same rules, with different parts of the
    /// pages removed.
    pub(crate) fn score(&self, rules: &RuleSet, partial: &[RuleSet], without: Option<&str>) -> Goal {
        let fresh = tally(rules, &self.sessions);
        let aged: Vec<Tally> = self.aged.iter().map(|sessions| tally(rules, sessions)).collect();
        let examples = tally(rules, &self.examples);
        let trails: BTreeMap<String, Score> = self
            .trails
            .par_iter()
            .filter(|trail| Some(trail.name.as_str()) != without)
            .map(|trail| (trail.name.clone(), trail.score(rules)))
            .collect();
        let unknown = partial.iter().enumerate().flat_map(|(part, rules)| {
            let trails = self.trails.iter().filter(|trail| Some(trail.name.as_str()) != without);
            trails.map(move |trail| (part, rules, trail))
        });
        let unknown: Vec<_> = unknown.collect();
        let unknown =
            unknown.into_par_iter().map(|(part, rules, trail)| (format!("{} {part}", trail.name), trail.score(rules)));
        let unknown: BTreeMap<String, Score> = unknown.collect();
        Goal {
            unknown,
            exact: per(fresh.exact, fresh.signals),
            clicks: per(fresh.right, fresh.clicks),
            extra: fresh.extra,
            aged: aged.iter().map(|tally| per(tally.right, tally.clicks)).collect(),
            examples: per(examples.right, examples.clicks),
            trails,
            misses: fresh.misses,
            aged_misses: aged.iter().map(|tally| tally.wrong.clone()).collect(),
            judged: aged.into_iter().flat_map(|tally| tally.judged).collect(),
        }
    }

    /// The evidence for each click found in the aged sessions and the trails, whether the click is right, and its
    /// weight.
    pub(crate) fn evidence(
        &self,
        rules: &RuleSet,
        partial: &[RuleSet],
        without: Option<&str>,
    ) -> Vec<(ConfidenceFeatures, bool, f64)> {
        let goal = self.score(rules, partial, without);
        let weighted = |weight: f64| move |judged: &JudgedSignal| Some((judged.evidence?, judged.right, weight));
        let trails = goal.trails.values().flat_map(|score| score.judged.iter().filter_map(weighted(1.0)));
        // Sessions similar to the catalog's own are not representative, so all of them together carry the weight of one
        // trail.
        let share = 60.0 / per(goal.judged.len().max(1), 1);
        let unknown = goal.unknown.values().flat_map(|score| score.judged.iter().filter_map(weighted(0.25)));
        trails.chain(unknown).chain(goal.judged.iter().filter_map(weighted(share))).collect()
    }
}

impl Goal {
    /// The value to maximize.
    pub(crate) fn value(&self) -> f64 {
        let short = |share: f64, target: f64| (target - share).max(0.0);
        let of = |scores: &BTreeMap<String, Score>| {
            let each = scores.values().map(|score| {
                0.5 * score.f1() + 0.25 * score.grouping + 0.25 * score.overlap
                    - 0.3 * (score.ratio() - 1.0).abs().min(1.0)
            });
            each.sum::<f64>() / per(scores.len().max(1), 1)
        };
        let trails = of(&self.trails) + 1.5 * of(&self.unknown);
        let all = sum(&self.trails.values().cloned().collect::<Vec<_>>());
        let aged: f64 = self.aged.iter().zip(AGED).map(|(share, (_, target))| short(*share, target + 0.005)).sum();
        trails + all.f1() + 0.05 * (self.exact + self.examples)
            - 20.0 * short(self.exact, FRESH)
            - 10.0 * short(self.clicks, FRESH)
            - 4.0 * aged
            - 5.0 * short(self.examples, 0.99)
    }

    pub(crate) fn line(&self) -> String {
        let trails: Vec<String> = self
            .trails
            .iter()
            .map(|(name, score)| format!("{} {:.2}/{:.2}", &name[..4], score.f1(), score.grouping))
            .collect();
        let aged: Vec<String> = self.aged.iter().map(|share| format!("{share:.3}")).collect();
        let all = sum(&self.trails.values().cloned().collect::<Vec<_>>());
        let unknown = sum(&self.unknown.values().cloned().collect::<Vec<_>>());
        format!(
            "exact {:.4} clicks {:.4} extra {} aged {} examples {:.3} | {} | F1 {:.3} unknown {:.3}/{:.2}",
            self.exact,
            self.clicks,
            self.extra,
            aged.join(" "),
            self.examples,
            trails.join(" "),
            all.f1(),
            unknown.f1(),
            unknown.ratio()
        )
    }

    pub(crate) fn trail(&self, name: &str) -> Score {
        self.trails[name].clone()
    }

    pub(crate) fn describe_trail(&self, name: &str) -> String {
        line(&self.trails[name])
    }

    pub(crate) fn print_misses(&self) {
        for miss in &self.misses {
            println!("  {miss}");
        }
        for (misses, (degree, _)) in self.aged_misses.iter().zip(AGED) {
            println!("aged by {degree:?}");
            for miss in misses {
                println!("  {miss}");
            }
        }
        for (name, score) in &self.trails {
            println!("{name}");
            for miss in &score.misses {
                println!("  {miss}");
            }
        }
    }
}

/// The combined score of several trails.
pub(crate) fn sum(scores: &[Score]) -> Score {
    scores.iter().fold(Score::default(), Score::and)
}

fn line(score: &Score) -> String {
    format!(
        "clicks {} signals {} right {} F1 {:.3} grouping {:.3} ratio {:.2}",
        score.clicks,
        score.signals,
        score.right,
        score.f1(),
        score.grouping,
        score.ratio()
    )
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", line(self))
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.line())?;
        for (name, score) in &self.trails {
            writeln!(f, "{name}: {score}")?;
        }
        let all = sum(&self.trails.values().cloned().collect::<Vec<_>>());
        writeln!(f, "all: {all}")?;
        let unknown = sum(&self.unknown.values().cloned().collect::<Vec<_>>());
        writeln!(f, "with a part of the pages unknown: {unknown}")?;
        for (what, judged) in
            [("trails", &all.judged), ("trails, pages unknown", &unknown.judged), ("aged sessions", &self.judged)]
        {
            writeln!(f, "{what}, claimed and measured by band of confidence:")?;
            for (at, from) in BANDS.iter().enumerate() {
                let until = BANDS.get(at + 1).copied().unwrap_or(1.1);
                let band: Vec<&JudgedSignal> =
                    judged.iter().filter(|one| (*from..until).contains(&one.confidence)).collect();
                let claimed: f64 = band.iter().map(|one| one.confidence).sum::<f64>() / per(band.len().max(1), 1);
                let right = band.iter().filter(|one| one.right).count();
                writeln!(
                    f,
                    "  from {from:.1}: {} signals, claimed {claimed:.2}, right {:.2}",
                    band.len(),
                    per(right, band.len())
                )?;
            }
        }
        Ok(())
    }
}
