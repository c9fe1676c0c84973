//! The weights of the decoder: the cost of each piece of evidence. Fitted by `make fit`, stored in `rules/weights/`.
//!
//! A cost is a negative log probability in nats. The decoder finds the clicks that explain a session at the lowest
//! total cost.

use serde::{Deserialize, Serialize};

use super::compile::{ErrorCollector, parse};
use super::{RuleError, RuleText};

/// The path of the file without `.toml`.
const FILE: &str = "weights/decoder";

/// `rules/weights/decoder.toml`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A description of the data that the weights were fitted to.
    pub fitted_on: String,
    /// The costs of explanations.
    pub cost: Costs,
    /// The conversion of costs to probabilities.
    pub confidence: Confidence,
}

/// Costs in nats, for one occurrence unless stated otherwise.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// A page was opened.
    pub page: f64,
    /// An action on a known page.
    pub action: f64,
    /// The console made the calls of a background rule.
    pub background: f64,
    /// The page's calls are known only from documentation.
    pub documented: f64,
    /// The page is rarely opened.
    pub rare: f64,
    /// A required call of the page was not seen.
    pub missing: f64,
    /// None of the calls that can start the page was seen.
    pub no_anchor: f64,
    /// An optional call of the page was not seen. All such calls together cost at most `unseen_most`.
    pub unseen: f64,
    /// The maximum cost of optional calls that were not seen.
    pub unseen_most: f64,
    /// A request differs from the page's shape: multiplied by the negative logarithm of the similarity.
    pub drift: f64,
    /// One of the page's requests exactly matches a shape of another page. At most three are counted.
    pub other_shape: f64,
    /// A complete page with exact shapes: the reduction for each distinct shape, which is lower if many pages use the
    /// shape.
    pub exact: f64,
    /// The maximum reduction for exact shapes.
    pub exact_most: f64,
    /// The reduction for a match by exact shapes alone.
    pub exact_match: f64,
    /// A complete page with exact shapes that matching by exact shapes alone does not find.
    pub not_letter: f64,
    /// Another page takes precedence over this one.
    pub outranked: f64,
    /// A call from the same console that the page is not known to make.
    pub foreign: f64,
    /// The same, if the event's access key is known to belong to the page.
    pub foreign_same_key: f64,
    /// A call near an exact page that is not assigned to the page.
    pub along: f64,
    /// The page makes calls to its own service, but none were seen.
    pub no_own_call: f64,
    /// An additional access key among the events of one page.
    pub second_key: f64,
    /// An additional resource among the events of a page about one resource.
    pub second_thing: f64,
    /// A page was opened within a second of another click, with the same key or without keys.
    pub crowded: f64,
    /// A pause of two seconds or more between the calls of one page, unless all of them are exact.
    pub pause: f64,
    /// A request that is repeated after a second or more within one page.
    pub repeated: f64,
    /// A step in the path of a page, beyond the second, that the previous page does not share. For example, the third
    /// step of a wizard does not come first.
    pub deep: f64,
    /// The reduction for each step that the path of a page shares with the path of the previous page.
    pub near: f64,
    /// A page that belongs to a different service than the previous page, with the same access key.
    pub elsewhere: f64,
    /// A page that is not in the catalog was opened.
    pub visit: f64,
    /// A distinct call by such a page.
    pub visit_call: f64,
    /// A call by such a page in an exact shape that only known pages use, divided by the number of those pages.
    pub visit_known: f64,
    /// A change on an unknown page.
    pub change: f64,
    /// A read that belongs to a change, such as reloading the list.
    pub reload: f64,
    /// A call that the navigation bar makes on any page.
    pub noise: f64,
    /// The same, if a page that people click requires the call in that shape.
    pub noise_known: f64,
    /// An event in a poll.
    pub poll: f64,
    /// A poll with few events: divided by the square of their number.
    pub poll_few: f64,
}

/// Converts the evidence for a click to the probability that it is right: one logistic regression for each class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// Every required call was seen in an exact shape.
    pub exact: Logistic,
    /// A known page, inferred from calls that are not all exact.
    pub inferred: Logistic,
    /// A page that is not in the catalog.
    pub visit: Logistic,
    /// A change on an unknown page.
    pub change: Logistic,
    /// Background activity without a click.
    pub background: Logistic,
}

/// The weights of one logistic regression.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// The log odds without any evidence.
    pub bias: f64,
    /// The weight of the logarithm of the number of events.
    pub events: f64,
    /// The weight of the cost difference to the best alternative.
    pub margin: f64,
    /// The weight of the share of the required calls that was seen.
    pub coverage: f64,
    /// The weight of the click's share of the neighboring events from the same console.
    pub share: f64,
    /// The weight of a page that is known only from documentation.
    pub documented: f64,
}

impl Weights {
    /// The weights in these rule texts, if there are any.
    pub(super) fn compile(texts: &[RuleText]) -> Result<Option<Self>, Vec<RuleError>> {
        let Some(text) = texts.iter().find(|text| text.id() == FILE) else { return Ok(None) };
        let mut collector = ErrorCollector::new(text);
        let weights = parse(text, &mut collector);
        let errors = collector.into_errors();
        if errors.is_empty() { Ok(weights) } else { Err(errors) }
    }
}
