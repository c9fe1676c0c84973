//! What a rule file may say, as serde reads it: one struct for each TOML table, unknown keys refused.
//!
//! `rules/<service>/<page>.toml` holds one [`RuleToml`]; `rules/requests/<service>.toml` holds shapes alone.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::generic::Generic;
use crate::signal::Kind;

/// One console page or action.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the rule's file")]
pub struct RuleToml {
    /// The path of the file without `.toml`; never changes.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Where in the console: `IAM › Users`. A template.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// One sentence: what was done and what was on the screen. A template.
    #[schemars(with = "String")]
    pub summary: Spanned<String>,
    /// Deep link to the page. A template.
    #[schemars(with = "Option<String>")]
    pub url: Option<Spanned<String>>,
    /// What was done, in the coarsest terms.
    pub kind: Kind,
    /// The way there through the console.
    pub console_path: Vec<String>,
    /// ATT&CK technique ids, where they are fair.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub attack: Vec<Spanned<String>>,
    /// The name under which the labeled data knows the page.
    pub ccc_label: Option<String>,
    /// The rule is no page's: it says how what no page explains is told. Such a rule has no calls.
    pub generic: Option<Generic>,
    /// Each anchor event is a signal of its own: nothing is collected around it.
    #[serde(default)]
    pub alone: bool,
    /// The console makes these calls again and again by itself: all signals of the rule within some hours are one.
    #[serde(default)]
    pub recurs: bool,
    /// The page is hardly ever opened, or the button pressed: a tile's own refresh.
    #[serde(default)]
    pub rare: bool,
    /// The page asks in every region at once. Other pages are of one region.
    #[serde(default)]
    pub every_region: bool,
    /// How far around the anchor the page's events come.
    #[serde(default)]
    pub window: WindowToml,
    /// Calls that can start it: each must be in `required` or `optional`, unless the rule is `alone`. If not stated, the
    /// required calls.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub anchor: Vec<Spanned<String>>,
    /// Calls that must all occur, as `call`, `call/shape`, `call/shape|shape` or `call/*`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub required: Vec<Spanned<String>>,
    /// Calls that belong to it where they occur, in the same form.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub optional: Vec<Spanned<String>>,
    /// Rules that lose against this one where both are met, whatever they explain.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub takes_precedence_over: Vec<Spanned<String>>,
    /// The rule is met only if the signal before is one of these.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub only_after: Vec<Spanned<String>>,
    /// What to read off the events, by name.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ExtractToml>")]
    pub extract: IndexMap<String, Spanned<ExtractToml>>,
    /// When the signal is really another rule's.
    #[serde(default)]
    #[schemars(with = "Vec<BecomesToml>")]
    pub becomes: Vec<Spanned<BecomesToml>>,
    /// Signals just before that are part of this one.
    #[serde(default)]
    #[schemars(with = "Vec<AbsorbsToml>")]
    pub absorbs: Vec<Spanned<AbsorbsToml>>,
    /// When the signal is only a later part of one before it.
    #[serde(default)]
    #[schemars(with = "Vec<PartOfToml>")]
    pub part_of: Vec<Spanned<PartOfToml>>,
    /// Shapes that only this rule knows.
    #[serde(default)]
    #[schemars(with = "Vec<RequestToml>")]
    pub request: Vec<Spanned<RequestToml>>,
    /// How the page's calls are known; observed in 2023 and 2024 if not stated.
    #[serde(default)]
    #[schemars(with = "ProvenanceToml")]
    pub provenance: Option<Spanned<ProvenanceToml>>,
    /// The same page in other years, where the console requested something else.
    #[serde(default)]
    #[schemars(with = "Vec<GenerationToml>")]
    pub generation: Vec<Spanned<GenerationToml>>,
}

/// How the calls of a page are known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceToml {
    /// `observed` in a recording, or `documented` by AWS.
    pub basis: Basis,
    /// The years of the recordings; only of what was observed.
    #[serde(default)]
    pub years: Vec<u16>,
    /// Where AWS documents the page, its permissions or its calls: addresses.
    #[serde(default)]
    pub references: Vec<String>,
}

/// The evidence that a rule rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The calls were seen in CloudTrail while the page was open.
    #[default]
    Observed,
    /// The calls follow from AWS's documentation of the page, its permissions or its API.
    Documented,
}

impl Basis {
    /// As rule files name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
        }
    }
}

/// The calls of a page in another year. What is not stated is as in the rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerationToml {
    /// The year in which the console made these calls.
    pub year: u16,
    /// Calls that can start it; the required ones if not stated.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub anchor: Vec<Spanned<String>>,
    /// Calls that must all occur.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub required: Vec<Spanned<String>>,
    /// Calls that belong to it where they occur.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub optional: Vec<Spanned<String>>,
    /// How far around the anchor the page's events come.
    pub window: Option<WindowToml>,
    /// How these calls are known; `observed` in that year if not stated.
    pub basis: Option<Basis>,
}

/// A file of shapes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestsToml {
    /// The shapes.
    #[schemars(with = "Vec<RequestToml>")]
    pub request: Vec<Spanned<RequestToml>>,
}

/// Seconds around the anchor.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowToml {
    /// Seconds before the anchor.
    pub before: u32,
    /// Seconds after the anchor.
    pub after: u32,
}

impl Default for WindowToml {
    fn default() -> Self {
        Self { before: 3, after: 3 }
    }
}

/// The JSON Schema of a rule file, for editors.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(RuleToml);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// One or several of something.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let items: &[String] = match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        };
        items.iter().map(String::as_str)
    }
}

/// One shape of one call: everything that is stated must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestToml {
    /// `service:Call`, or `*` for any call.
    #[schemars(with = "String")]
    pub call: Spanned<String>,
    /// What rules name the shape by; none if it is the call's only one.
    pub name: Option<String>,
    /// What the request is for, in a few words.
    pub description: Option<String>,
    /// User-agent families, any of which will do; `not internal` for all but that one.
    #[schemars(with = "Option<OneOrMany>")]
    pub caller: Option<Spanned<OneOrMany>>,
    /// The user agent's text.
    #[schemars(with = "Option<ConditionToml>")]
    pub agent: Option<Spanned<ConditionToml>>,
    /// The request has no parameters at all.
    #[serde(default)]
    pub no_parameters: bool,
    /// The sets of top-level members that the request can have.
    #[serde(default)]
    pub members: Vec<Vec<String>>,
    /// The whole request.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub exactly: Option<toml::Table>,
    /// Conditions by path into the request.
    #[serde(default, rename = "where")]
    #[schemars(with = "IndexMap<String, ConditionToml>")]
    pub conditions: IndexMap<String, Spanned<ConditionToml>>,
    /// Text that stands in the request's compact JSON.
    #[serde(default)]
    pub text: Vec<String>,
    /// Conditions by path into the response.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ConditionToml>")]
    pub response: IndexMap<String, Spanned<ConditionToml>>,
    /// The error code that the call failed with.
    pub error: Option<String>,
    /// The call did not fail.
    #[serde(default)]
    pub succeeded: bool,
}

/// A condition on a value: a scalar it equals, or a test.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ConditionToml {
    /// A test.
    Test(TestToml),
    /// The scalar, compared as text, so that `1000` fits `"1000"` too.
    Equals(#[schemars(with = "serde_json::Value")] toml::Value),
}

/// Tests on a value; of a list's elements, one must pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestToml {
    /// Equals this text.
    pub equals: Option<String>,
    /// Begins with this text.
    pub starts_with: Option<String>,
    /// Ends with this text.
    pub ends_with: Option<String>,
    /// Holds this text.
    pub contains: Option<String>,
    /// Is one of these texts.
    pub one_of: Option<Vec<String>>,
    /// Is so many decimal digits.
    pub digits: Option<usize>,
    /// Is a list of at least so many elements.
    pub at_least: Option<usize>,
    /// Is absent, null, or has nothing in it.
    pub empty: Option<bool>,
    /// Is there, whatever it is.
    pub present: Option<bool>,
}

/// One thing to read off a signal's events.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtractToml {
    /// The calls to read it from; any call of the signal if not stated.
    pub from: Option<OneOrMany>,
    /// `request.a.b`, `response.a`, or `event.region|account|source_ip|user_agent|error_code|error_message|call|id`.
    /// None: the value is only `carried_from` elsewhere.
    pub path: Option<OneOrMany>,
    /// Where nothing is found: the value of the same name of the last signal before that is one of these rules' and has it.
    #[serde(default)]
    pub carried_from: Vec<String>,
    /// Only if this other extract has the same value in both signals.
    pub carried_by: Option<String>,
    /// What kind of thing it is: makes each value an entity of the signal.
    pub entity: Option<String>,
    /// Only the first value.
    #[serde(default)]
    pub one: bool,
    /// Keep what follows the last occurrence of this text.
    pub after_last: Option<String>,
    /// Keep what follows the first occurrence of this text.
    pub after: Option<String>,
    /// Keep what stands before the first occurrence of this text (after `after` is applied).
    pub before: Option<String>,
    /// Drop so many characters at the end (after `after` and `before` are applied).
    #[serde(default)]
    pub drop_last: usize,
    /// Keep only values that begin with this text.
    pub starts_with: Option<String>,
    /// Drop values that begin with this text.
    pub unless_starts_with: Option<String>,
    /// Words for values.
    #[serde(default)]
    pub map: IndexMap<String, String>,
    /// Keep only values that `map` has words for.
    #[serde(default)]
    pub only_mapped: bool,
    /// The value if its calls were seen, but nothing was found in them.
    pub default: Option<String>,
    /// Cut only values that begin with this text (`arn:`); others stay as they are.
    pub cut_only: Option<String>,
    /// Values are times: written as RFC 3339 in UTC.
    #[serde(default)]
    pub time: bool,
    /// Two times (by `path`, in order) become the words for the time between them, in units of at most this:
    /// `1 week`, or with `day` at most `7 days`.
    pub span: Option<SpanUnit>,
}

/// The largest unit of a time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpanUnit {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

/// When a signal is really another rule's. Everything that is stated must hold; nothing stated: always.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BecomesToml {
    /// The rule it really is.
    pub rule: String,
    /// The signal before is one of these.
    #[serde(default)]
    pub previous: Vec<String>,
    /// The signal before is none of these.
    #[serde(default)]
    pub unless_previous: Vec<String>,
    /// The signal after is one of these.
    #[serde(default)]
    pub next: Vec<String>,
    /// Going back through the signals, `find` is met before `until`.
    pub look_back: Option<LookBackToml>,
    /// The extract of this name has more than one value.
    pub more_than_one: Option<String>,
}

/// A look at more than the one signal before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookBackToml {
    /// How far back, in seconds.
    pub seconds: u32,
    /// How many signals are looked at, however old.
    #[serde(default)]
    pub at_least: usize,
    /// What must be met.
    pub find: Vec<String>,
    /// What ends the search.
    #[serde(default)]
    pub until: Vec<String>,
}

/// Signals just before that are part of this one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsorbsToml {
    /// Which rules' signals.
    pub rules: Vec<String>,
    /// Seconds from that signal's first event to this one's.
    pub within: u32,
}

/// When a signal is only a later part of one before it: a poll.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartOfToml {
    /// Which rules' signals.
    pub rules: Vec<String>,
    /// Seconds from that signal's last event to this one's anchor.
    pub within: u32,
    /// It has at most so many events.
    pub at_most: Option<usize>,
    /// All of them in these shapes.
    #[serde(default)]
    pub only: Vec<String>,
    /// At least one signal stands between, and all that do are of these rules.
    #[serde(default)]
    pub across: Vec<String>,
}
