//! The weights of the decoder: what each piece of evidence costs. Fitted by `make fit`, kept in `rules/weights/`.
//!
//! A cost is a negative logarithm of a probability (in nats): the likelier, the cheaper. The decoder looks for the
//! clicks that explain a session at the lowest total.

use serde::{Deserialize, Serialize};

use super::compile::{Faults, parse};
use super::{RuleError, RuleText};

/// The path of the file, without its ending.
const FILE: &str = "weights/decoder";

/// `rules/weights/decoder.toml`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// What the weights were fitted on, in words.
    pub fitted_on: String,
    /// What explanations cost.
    pub cost: Costs,
    /// How costs become probabilities.
    pub confidence: Confidence,
}

/// Costs in nats. Each is of one occurrence, unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// A page was opened.
    pub page: f64,
    /// Something was done on a page that is known.
    pub action: f64,
    /// The console made the calls of a background rule.
    pub background: f64,
    /// The page's calls are known from documentation alone.
    pub documented: f64,
    /// The page is hardly ever opened.
    pub rare: f64,
    /// A required call of the page was not seen.
    pub missing: f64,
    /// None of the calls that the page starts with was seen.
    pub no_anchor: f64,
    /// A call that the page may make was not seen; all of them together cost at most `unseen_most`.
    pub unseen: f64,
    /// The most that calls which were not seen cost.
    pub unseen_most: f64,
    /// A request differs from the shape that the page makes: times the negative logarithm of how near it comes.
    pub drift: f64,
    /// A request of the page that is exactly of a shape of another page; up to three count.
    pub other_shape: f64,
    /// A complete page of exact shapes: the saving for each distinct shape, less for one that many pages make.
    pub exact: f64,
    /// The most that exact shapes save.
    pub exact_most: f64,
    /// The page that exact shapes alone give: the saving.
    pub exact_match: f64,
    /// A complete page of exact shapes that the search by exact shapes alone does not give.
    pub not_letter: f64,
    /// A page gives way to one that takes precedence over it.
    pub outranked: f64,
    /// A call that the page is not known to make, of the same console.
    pub foreign: f64,
    /// The same, where the event's access key is known to be the page's.
    pub foreign_same_key: f64,
    /// A call that was left to itself beside a page that is exact.
    pub along: f64,
    /// The page makes calls of its own service, and none was seen.
    pub no_own_call: f64,
    /// One more access key among the events of one page.
    pub second_key: f64,
    /// One more thing among the events of a page that is about one.
    pub second_thing: f64,
    /// A page was opened within a second of another click, with the same key or none.
    pub crowded: f64,
    /// A pause of two seconds or more between the calls of one page, unless all of them are exact.
    pub pause: f64,
    /// The same request again after a second or more, in one page.
    pub repeated: f64,
    /// A step of the way to a page beyond the second that the page before does not share: a wizard's third step does not
    /// come first.
    pub deep: f64,
    /// A step that the way to a page shares with the way to the page before: the saving.
    pub near: f64,
    /// A page of another service than the page before, with the same access key.
    pub elsewhere: f64,
    /// A page that nobody knows was opened.
    pub visit: f64,
    /// A distinct call of such a page.
    pub visit_call: f64,
    /// A call of such a page in an exact shape that only known pages make; shared by the pages that make it.
    pub visit_known: f64,
    /// A change that no page is known for.
    pub change: f64,
    /// A read that belongs to a change: the list that is loaded again.
    pub reload: f64,
    /// A call that the navigation bar makes on any page.
    pub noise: f64,
    /// The same, where a page that people click requires the call in that shape.
    pub noise_known: f64,
    /// A beat of a poll.
    pub poll: f64,
    /// A poll of few beats: divided by the square of how many it has.
    pub poll_few: f64,
}

/// How the evidence for one click becomes the probability that it is right: a logistic regression for each origin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// Every required call was seen in an exact shape.
    pub exact: Logistic,
    /// A known page, inferred from calls that are not all exact.
    pub inferred: Logistic,
    /// No page is known: a visit.
    pub visit: Logistic,
    /// No page is known: a change.
    pub change: Logistic,
    /// Nobody clicked.
    pub background: Logistic,
}

/// The weights of one logistic regression.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// The log odds without any evidence.
    pub bias: f64,
    /// The logarithm of the number of events.
    pub events: f64,
    /// How much dearer the best other explanation is, in nats, up to a limit.
    pub margin: f64,
    /// The share of the required calls that was seen, and how near they came.
    pub coverage: f64,
    /// The share of the neighboring events of the same console that the click explains.
    pub share: f64,
    /// The page's calls are known from documentation alone.
    pub documented: f64,
}

impl Weights {
    /// The weights among rule texts, if there are any.
    pub(super) fn compile(texts: &[RuleText]) -> Result<Option<Self>, Vec<RuleError>> {
        let Some(text) = texts.iter().find(|text| text.id() == FILE) else { return Ok(None) };
        let mut faults = Faults::new(text);
        let weights = parse(text, &mut faults);
        let errors = faults.into_errors();
        if errors.is_empty() { Ok(weights) } else { Err(errors) }
    }
}
