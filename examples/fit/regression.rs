//! Logistic regressions: convert the evidence for a click to the probability that it is right.

use cartographer::rule::weights::{Confidence, Logistic};
use cartographer::signal::{ConfidenceClass, ConfidenceFeatures};

/// The strength of regularization. A few hundred clicks do not prove much.
const RIDGE: f64 = 2.0;
const STEPS: usize = 4000;
const RATE: f64 = 0.02;

/// Fits the regression of each class. The examples are weighted.
pub(crate) fn fit(all: &[(ConfidenceFeatures, bool, f64)]) -> Confidence {
    let class = |class: ConfidenceClass| {
        let of: Vec<_> = all.iter().filter(|(evidence, _, _)| evidence.class == class).copied().collect();
        regression(&of)
    };
    Confidence {
        exact: class(ConfidenceClass::Exact),
        inferred: class(ConfidenceClass::Inferred),
        visit: class(ConfidenceClass::Visit),
        change: class(ConfidenceClass::Change),
        background: Logistic { bias: 1.5, ..Logistic::default() },
    }
}

fn vector(evidence: &ConfidenceFeatures) -> [f64; 6] {
    [1.0, evidence.events, evidence.margin, evidence.coverage, evidence.share, evidence.documented]
}

fn regression(of: &[(ConfidenceFeatures, bool, f64)]) -> Logistic {
    let total: f64 = of.iter().map(|(_, _, weight)| weight).sum();
    // Without any clicks of a class, the result is even odds.
    let mut weights = [0.0; 6];
    for _ in 0..STEPS {
        let mut slope = [0.0; 6];
        for (evidence, right, weight) in of {
            let x = vector(evidence);
            let odds: f64 = x.iter().zip(weights).map(|(x, w)| x * w).sum();
            let error = f64::from(u8::from(*right)) - 1.0 / (1.0 + (-odds).exp());
            for (slope, x) in slope.iter_mut().zip(x) {
                *slope += weight * error * x;
            }
        }
        for (at, (weight, slope)) in weights.iter_mut().zip(slope).enumerate() {
            let held = if at == 0 { 0.1 } else { RIDGE };
            *weight += RATE * (slope - held * *weight) / (total / 10.0).max(1.0);
        }
    }
    let [bias, events, margin, coverage, share, documented] = weights;
    Logistic { bias, events, margin, coverage, share, documented }
}
