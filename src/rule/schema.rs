//! The format of rule files for serde: one struct for each TOML table. Unknown keys are errors.
//!
//! `rules/<service>/<page>.toml` contains one [`RuleToml`]; `rules/requests/<service>.toml` contains only shapes.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::generic::Generic;
use crate::signal::Kind;

/// A console page or action.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the rule's file")]
pub struct RuleToml {
    /// The path of the file without `.toml`. Must not change.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The location in the console: `IAM › Users`. A template.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// One sentence about what was done and shown. A template.
    #[schemars(with = "String")]
    pub summary: Spanned<String>,
    /// Deep link to the page. A template.
    #[schemars(with = "Option<String>")]
    pub url: Option<Spanned<String>>,
    /// The general kind of action.
    pub kind: Kind,
    /// The path in the console.
    pub console_path: Vec<String>,
    /// ATT&CK technique IDs, where they apply.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub attack: Vec<Spanned<String>>,
    /// The label of the page in the labeled data.
    pub ccc_label: Option<String>,
    /// The kind of signal that the rule describes, if it is not about a page. Such a rule has no calls.
    pub generic: Option<Generic>,
    /// Each anchor event is a separate signal: no events around it are collected.
    #[serde(default)]
    pub alone: bool,
    /// The console repeats these calls on its own: all signals of the rule within some hours are merged.
    #[serde(default)]
    pub recurs: bool,
    /// The page is rarely opened, or the button rarely clicked, such as the refresh button of a tile.
    #[serde(default)]
    pub rare: bool,
    /// The page makes requests in every region at once. Other pages are about one region.
    #[serde(default)]
    pub every_region: bool,
    /// The time window of the page's events around the anchor.
    #[serde(default)]
    pub window: WindowToml,
    /// Calls that can start it: each must be in `required` or `optional`, unless the rule is `alone`. If not stated,
    /// the required calls.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub anchor: Vec<Spanned<String>>,
    /// Calls that must all occur, as `call`, `call/shape`, `call/shape|shape` or `call/*`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub required: Vec<Spanned<String>>,
    /// Calls that belong to the page if they occur, in the same form.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub optional: Vec<Spanned<String>>,
    /// Rules that lose against this one if both match, regardless of what they explain.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub takes_precedence_over: Vec<Spanned<String>>,
    /// The rule only matches if the previous signal is one of these.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub only_after: Vec<Spanned<String>>,
    /// Values to read from the events, by name.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ExtractToml>")]
    pub extract: IndexMap<String, Spanned<ExtractToml>>,
    /// When the signal becomes a signal of another rule.
    #[serde(default)]
    #[schemars(with = "Vec<BecomesToml>")]
    pub becomes: Vec<Spanned<BecomesToml>>,
    /// Immediately preceding signals that become part of this one.
    #[serde(default)]
    #[schemars(with = "Vec<AbsorbsToml>")]
    pub absorbs: Vec<Spanned<AbsorbsToml>>,
    /// When the signal becomes part of an earlier one.
    #[serde(default)]
    #[schemars(with = "Vec<PartOfToml>")]
    pub part_of: Vec<Spanned<PartOfToml>>,
    /// Shapes that only this rule uses.
    #[serde(default)]
    #[schemars(with = "Vec<RequestToml>")]
    pub request: Vec<Spanned<RequestToml>>,
    /// How the page's calls are known. If not stated, observed in 2023 and 2024.
    #[serde(default)]
    #[schemars(with = "ProvenanceToml")]
    pub provenance: Option<Spanned<ProvenanceToml>>,
    /// The same page in other years, when the console made other requests.
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
    /// The years of the recordings, for observed calls only.
    #[serde(default)]
    pub years: Vec<u16>,
    /// URLs of AWS's documentation of the page, its permissions or its calls.
    #[serde(default)]
    pub references: Vec<String>,
}

/// The evidence for a rule.
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
    /// The name in rule files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
        }
    }
}

/// The calls of a page in another year. Keys that are not stated are the rule's.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerationToml {
    /// The year in which the console made these calls.
    pub year: u16,
    /// Calls that can start it. If not stated, the required calls.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub anchor: Vec<Spanned<String>>,
    /// Calls that must all occur.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub required: Vec<Spanned<String>>,
    /// Calls that belong to the page if they occur.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub optional: Vec<Spanned<String>>,
    /// The time window of the page's events around the anchor.
    pub window: Option<WindowToml>,
    /// How these calls are known. If not stated, `observed` in that year.
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

/// One or several texts.
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

/// One shape of one call. All stated conditions must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestToml {
    /// `service:Call`, or `*` for any call.
    #[schemars(with = "String")]
    pub call: Spanned<String>,
    /// The name by which rules refer to the shape. Not stated if it is the call's only shape.
    pub name: Option<String>,
    /// The purpose of the request, in a few words.
    pub description: Option<String>,
    /// User-agent families that are accepted; `not internal` for all except that one.
    #[schemars(with = "Option<OneOrMany>")]
    pub caller: Option<Spanned<OneOrMany>>,
    /// The text of the user agent.
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
    /// Texts that the request's compact JSON contains.
    #[serde(default)]
    pub text: Vec<String>,
    /// Conditions by path into the response.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ConditionToml>")]
    pub response: IndexMap<String, Spanned<ConditionToml>>,
    /// The error code of the failed call.
    pub error: Option<String>,
    /// The call did not fail.
    #[serde(default)]
    pub succeeded: bool,
}

/// A condition on a value: a scalar that it equals, or a test.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ConditionToml {
    /// A test.
    Test(TestToml),
    /// The scalar, compared as text, so that `1000` equals `"1000"`.
    Equals(#[schemars(with = "serde_json::Value")] toml::Value),
}

/// Tests of a value. In a list, one element must pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestToml {
    /// Equals this text.
    pub equals: Option<String>,
    /// Starts with this text.
    pub starts_with: Option<String>,
    /// Ends with this text.
    pub ends_with: Option<String>,
    /// Contains this text.
    pub contains: Option<String>,
    /// Equals one of these texts.
    pub one_of: Option<Vec<String>>,
    /// Consists of this many decimal digits.
    pub digits: Option<usize>,
    /// Is a list with at least this many elements.
    pub at_least: Option<usize>,
    /// Is absent, null, or empty.
    pub empty: Option<bool>,
    /// Is present, with any value.
    pub present: Option<bool>,
}

/// A value to read from a signal's events.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtractToml {
    /// The calls to read it from. If not stated, any call of the signal.
    pub from: Option<OneOrMany>,
    /// `request.a.b`, `response.a`, or `event.region|account|source_ip|user_agent|error_code|error_message|call|id`. If
    /// not stated, the value is only taken from earlier signals (`carried_from`).
    pub path: Option<OneOrMany>,
    /// If nothing is found: the value of the same name from the last earlier signal of one of these rules that has it.
    #[serde(default)]
    pub carried_from: Vec<String>,
    /// Only if this other extract has the same value in both signals.
    pub carried_by: Option<String>,
    /// The entity type: makes each value an entity of the signal.
    pub entity: Option<String>,
    /// Only the first value.
    #[serde(default)]
    pub one: bool,
    /// Keep the text after the last occurrence of this text.
    pub after_last: Option<String>,
    /// Keep the text after the first occurrence of this text.
    pub after: Option<String>,
    /// Keep the text before the first occurrence of this text (applied after `after`).
    pub before: Option<String>,
    /// Remove this many characters from the end (applied after `after` and `before`).
    #[serde(default)]
    pub drop_last: usize,
    /// Keep only values that start with this text.
    pub starts_with: Option<String>,
    /// Drop values that start with this text.
    pub unless_starts_with: Option<String>,
    /// Replacements for values.
    #[serde(default)]
    pub map: IndexMap<String, String>,
    /// Keep only values that are in `map`.
    #[serde(default)]
    pub only_mapped: bool,
    /// The value if its calls were seen, but nothing was found in them.
    pub default: Option<String>,
    /// Cut only values that start with this text (`arn:`). Others are not changed.
    pub cut_only: Option<String>,
    /// Values are times: written as RFC 3339 in UTC.
    #[serde(default)]
    pub time: bool,
    /// Two times (by `path`, in order) become a description of the time between them, in units of at most this:
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

/// When a signal becomes a signal of another rule. All stated conditions must hold; without conditions, always.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BecomesToml {
    /// The rule that it becomes.
    pub rule: String,
    /// The previous signal is one of these.
    #[serde(default)]
    pub previous: Vec<String>,
    /// The previous signal is none of these.
    #[serde(default)]
    pub unless_previous: Vec<String>,
    /// The next signal is one of these.
    #[serde(default)]
    pub next: Vec<String>,
    /// Going back through the signals, `find` is found before `until`.
    pub look_back: Option<LookBackToml>,
    /// The extract of this name has more than one value.
    pub more_than_one: Option<String>,
}

/// A search through several previous signals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookBackToml {
    /// The maximum age, in seconds.
    pub seconds: u32,
    /// The number of signals that are searched, regardless of their age.
    #[serde(default)]
    pub at_least: usize,
    /// The signals to find.
    pub find: Vec<String>,
    /// The signals that end the search.
    #[serde(default)]
    pub until: Vec<String>,
}

/// Immediately preceding signals that become part of this one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsorbsToml {
    /// The rules of those signals.
    pub rules: Vec<String>,
    /// The maximum number of seconds from that signal's first event to this one's.
    pub within: u32,
}

/// When a signal becomes part of an earlier one, such as a poll.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartOfToml {
    /// The rules of those signals.
    pub rules: Vec<String>,
    /// The maximum number of seconds from that signal's last event to this one's anchor.
    pub within: u32,
    /// The maximum number of events of this signal.
    pub at_most: Option<usize>,
    /// The shapes that its events must have.
    #[serde(default)]
    pub only: Vec<String>,
    /// There is at least one signal in between, and all of those are signals of these rules.
    #[serde(default)]
    pub across: Vec<String>,
}
