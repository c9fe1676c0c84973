//! Fits the decoder's weights: `make fit`.
//!
//! The search changes a few weights at a time, at random, and keeps improvements. The confidence comes from a logistic
//! regression on the clicks that the decoder then finds. Both are scored on the labeled sessions, on aged copies of
//! them, on the rules' examples and on labeled trails. The figures reported for a trail use weights that were fitted
//! without it.

#![expect(clippy::unwrap_used, reason = "the fit cannot run without its data")]
#![expect(clippy::expect_used, clippy::panic, reason = "the program ends on invalid arguments")]
#![expect(clippy::print_stdout, reason = "the report is the purpose of the program")]

mod age;
mod goal;
mod regression;
mod session;
mod trail;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cartographer::rule::pack::MANIFEST;
use cartographer::rule::weights::Weights;
use cartographer::rule::{Rule, RuleSet, RuleText};
use fastrand::Rng;

use self::goal::Data;

/// The upper bounds of some costs. The labeled trails were used to write pages, so only observed pages are right in
/// those trails, whereas documented pages are also right elsewhere. In addition, the labeled sessions do not show that
/// a remaining call is not a separate click.
const MOST: [(&str, f64); 4] = [("documented", 1.0), ("along", 1.5), ("noise", 3.0), ("change", 5.0)];

/// A search scores only one in this many examples, for speed.
const ONE_EXAMPLE_IN: usize = 4;

/// The start of each search, which is independent of any trail that is left out.
const START: &str = include_str!("start.toml");

const USAGE: &str =
    "fit [--shared DIR] [--rules DIR] [--pack DIR]... [--seconds N] [--score] [--leave-out] [--resume] [--misses]";

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Args {
    shared: PathBuf,
    rules: PathBuf,
    /// Folders with more rules and specs: packs, or the output of `learn --write` for recordings.
    packs: Vec<PathBuf>,
    /// How long to search for each fit, in seconds.
    seconds: u64,
    /// Score the current weights and do not search.
    score: bool,
    /// Fit again without each trail.
    leave_out: bool,
    /// Start the last search from the current weights.
    resume: bool,
    misses: bool,
}

fn args() -> Args {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut args = Args {
        shared: root.join("../shared"),
        rules: root.join("rules"),
        packs: Vec::new(),
        seconds: 120,
        score: false,
        leave_out: false,
        resume: false,
        misses: false,
    };
    let mut given = std::env::args().skip(1);
    while let Some(arg) = given.next() {
        match arg.as_str() {
            "--shared" => args.shared = given.next().expect(USAGE).into(),
            "--rules" => args.rules = given.next().expect(USAGE).into(),
            "--pack" => args.packs.push(given.next().expect(USAGE).into()),
            "--seconds" => args.seconds = given.next().expect(USAGE).parse().expect(USAGE),
            "--score" => args.score = true,
            "--leave-out" => args.leave_out = true,
            "--resume" => args.resume = true,
            "--misses" => args.misses = true,
            _ => panic!("{USAGE}"),
        }
    }
    args
}

fn rules(args: &Args, weights: Option<&Weights>) -> RuleSet {
    let rules = RuleSet::compile(RuleText::over(RuleText::in_dir(&args.rules).unwrap(), packs(args))).unwrap();
    match weights {
        Some(weights) => rules.with_weights(weights.clone()),
        None => rules,
    }
}

/// The rules and specs of the packs.
fn packs(args: &Args) -> Vec<RuleText> {
    let texts = args.packs.iter().flat_map(|folder| RuleText::in_dir(folder).unwrap());
    texts.filter(|text| text.path != MANIFEST).collect()
}

/// The rules with each third of the unlabeled pages removed, and another third treated as known only from
/// documentation. From these, the weights learn the value of such pages.
fn partial(args: &Args) -> Vec<RuleSet> {
    let hash = |id: &str| id.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let third = |rule: &Rule| {
        let id = rule.id.split('@').next().unwrap_or_default();
        (rule.ccc_label.is_none() && rule.generic.is_none()).then(|| hash(id) % 3)
    };
    let partial = |part: u32| {
        let all = rules(args, None).without(|rule| third(rule) == Some(part));
        all.documented(|rule| third(rule) == Some((part + 1) % 3))
    };
    (0..3).map(partial).collect()
}

fn main() {
    let args = args();
    let data =
        Data::open(&args.shared, &rules(&args, None), &packs(&args), if args.score { 1 } else { ONE_EXAMPLE_IN });
    let mut partial = partial(&args);
    let kept = rules(&args, None).weights().clone();
    let start = Weights { cost: toml::from_str(START).unwrap(), ..kept.clone() };
    if args.score {
        let goal = data.score(&rules(&args, Some(&kept)), &partial, None);
        println!("{goal}");
        if args.misses {
            goal.print_misses();
        }
        return;
    }
    let mut left_out = Vec::new();
    if args.leave_out {
        for name in data.names() {
            let weights = search(&args, &data, &mut partial, &start, Some(&name));
            let goal = data.score(&rules(&args, Some(&weights)), &partial, None);
            println!("without {name}: {}", goal.describe_trail(&name));
            left_out.push(goal.trail(&name));
        }
        println!("left out, all: {}", goal::sum(&left_out));
    }
    let last = if args.resume { &kept } else { &start };
    let weights = search(&args, &data, &mut partial, last, None);
    let goal = data.score(&rules(&args, Some(&weights)), &partial, None);
    println!("{goal}");
    std::fs::write(args.rules.join("weights/decoder.toml"), toml_of(&weights)).unwrap();
}

/// The weights as TOML.
fn toml_of(weights: &Weights) -> String {
    let value = toml::to_string(weights).unwrap();
    let numbers = value.lines().map(|line| match line.split_once(" = ") {
        Some((name, number)) if number.parse::<f64>().is_ok() => {
            format!("{name} = {:?}", (number.parse::<f64>().unwrap() * 1000.0).round() / 1000.0)
        }
        _ => line.to_owned(),
    });
    let lines: Vec<String> = numbers.collect();
    format!(
        "# What evidence costs the decoder, in nats, and how sure a click is. Written by `make fit`.\n{}\n",
        lines.join("\n")
    )
}

/// Searches for better weights, one change at a time.
fn search(args: &Args, data: &Data, partial: &mut Vec<RuleSet>, start: &Weights, without: Option<&str>) -> Weights {
    weigh(partial, start);
    let set = rules(args, None);
    let (mut set, mut rng) = (set.with_weights(start.clone()), Rng::with_seed(7));
    let mut best = start.clone();
    let mut best_goal = data.score(&set, partial, without);
    println!("start {:.4}: {}", best_goal.value(), best_goal.line());
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let mut tries = 0;
    while Instant::now() < until {
        tries += 1;
        let next = changed(&best, &mut rng);
        set = set.with_weights(next.clone());
        weigh(partial, &next);
        let goal = data.score(&set, partial, without);
        if goal.value() > best_goal.value() + 1e-9 {
            println!("{tries}: {:.4}: {}", goal.value(), goal.line());
            (best, best_goal) = (next, goal);
        }
    }
    set = set.with_weights(best.clone());
    weigh(partial, &best);
    best.confidence = regression::fit(&data.evidence(&set, partial, without));
    best.fitted_on = data.describe(without);
    best
}

/// The lower bound of a cost. A request that differs must have a cost, even if the aged copies suggest otherwise.
fn least(name: &str) -> f64 {
    if name == "drift" { 0.1 } else { 0.0 }
}

/// Sets the weights of all rule sets.
fn weigh(sets: &mut Vec<RuleSet>, weights: &Weights) {
    *sets = std::mem::take(sets).into_iter().map(|set| set.with_weights(weights.clone())).collect();
}

/// The weights with one to three costs changed.
fn changed(weights: &Weights, rng: &mut Rng) -> Weights {
    let mut value: toml::Table = toml::Table::try_from(&weights.cost).unwrap();
    let names: Vec<String> = value.keys().cloned().collect();
    for _ in 0..rng.usize(1..=3) {
        let name = &names[rng.usize(0..names.len())];
        let old = value[name].as_float().unwrap();
        let factor = [0.5, 0.7, 0.85, 0.93, 1.08, 1.2, 1.4, 2.0][rng.usize(0..8)];
        let new = if old == 0.0 {
            0.2
        } else if rng.u8(0..25) == 0 {
            0.0
        } else {
            old * factor
        };
        let most = MOST.iter().find(|(bounded, _)| bounded == name).map_or(20.0, |(_, most)| *most);
        value.insert(name.clone(), toml::Value::Float(new.clamp(least(name), most)));
    }
    Weights { cost: value.try_into().unwrap(), ..weights.clone() }
}
