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
    /// ATT&CK technique IDs, if any apply.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub attack: Vec<Spanned<String>>,
    /// The page's label in the labeled data.
    pub ccc_label: Option<String>,
    /// The kind of signal that the rule describes, if it is not about a page. Such a rule does not have calls.
    pub generic: Option<Generic>,
    /// Each anchor event is a separate signal: no events around it are collected.
    #[serde(default)]
    pub alone: bool,
    /// The console repeats these calls on its own: all of the rule's signals within a few hours are merged.
    #[serde(default)]
    pub recurs: bool,
    /// The page is rarely opened, or the button rarely clicked, such as the refresh button of a tile.
    #[serde(default)]
    pub rare: bool,
    /// The page makes requests in all regions at the same time. Other pages use a single region.
    #[serde(default)]
    pub every_region: bool,
    /// The time window around the anchor in which the page's events occur.
    #[serde(default)]
    pub window: WindowToml,
    /// Calls that can start the page. Each must be in `required` or `optional`, unless the rule is `alone`. The default
    /// is the required calls.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub anchor: Vec<Spanned<String>>,
    /// Calls that must all occur, as `call`, `call/shape`, `call/shape|shape` or `call/*`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub required: Vec<Spanned<String>>,
    /// Calls that belong to the page if they occur, in the same form as `required`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub optional: Vec<Spanned<String>>,
    /// Rules over which this rule takes precedence if both match, regardless of what they explain.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub takes_precedence_over: Vec<Spanned<String>>,
    /// The rule matches only if the previous signal belongs to one of these rules.
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
    /// How the page's calls are known. The default is `observed` in 2023 and 2024.
    #[serde(default)]
    #[schemars(with = "ProvenanceToml")]
    pub provenance: Option<Spanned<ProvenanceToml>>,
    /// The same page in other years, when the console made different requests.
    #[serde(default)]
    #[schemars(with = "Vec<GenerationToml>")]
    pub generation: Vec<Spanned<GenerationToml>>,
}

/// How a page's calls are known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceToml {
    /// `observed` in a recording, or `documented` by AWS.
    pub basis: Basis,
    /// The years of the recordings, for observed calls only.
    #[serde(default)]
    pub years: Vec<u16>,
    /// URLs of AWS documentation for the page, its permissions or its calls.
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
    /// The calls are inferred from AWS documentation for the page, its permissions or its API.
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

/// A page's calls in another year. Keys that are not stated are taken from the rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerationToml {
    /// The year in which the console made these calls.
    pub year: u16,
    /// Calls that can start the page. The default is the required calls.
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
    /// The time window around the anchor in which the page's events occur.
    pub window: Option<WindowToml>,
    /// How these calls are known. The default is `observed` in that year.
    pub basis: Option<Basis>,
}

/// A file with shapes.
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

/// One or several strings.
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
    /// The name by which rules refer to the shape. Omitted if it is the call's only shape.
    pub name: Option<String>,
    /// The purpose of the request, in a few words.
    pub description: Option<String>,
    /// User-agent families that are accepted; `not internal` means all families except that one.
    #[schemars(with = "Option<OneOrMany>")]
    pub caller: Option<Spanned<OneOrMany>>,
    /// The text of the user agent.
    #[schemars(with = "Option<ConditionToml>")]
    pub agent: Option<Spanned<ConditionToml>>,
    /// The request has no parameters.
    #[serde(default)]
    pub no_parameters: bool,
    /// The sets of top-level members that the request can have.
    #[serde(default)]
    pub members: Vec<Vec<String>>,
    /// The whole request.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub exactly: Option<toml::Table>,
    /// Conditions on the request, by path.
    #[serde(default, rename = "where")]
    #[schemars(with = "IndexMap<String, ConditionToml>")]
    pub conditions: IndexMap<String, Spanned<ConditionToml>>,
    /// Strings that the request's compact JSON contains.
    #[serde(default)]
    pub text: Vec<String>,
    /// Conditions on the response, by path.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ConditionToml>")]
    pub response: IndexMap<String, Spanned<ConditionToml>>,
    /// The error code of the failed call.
    pub error: Option<String>,
    /// The call did not fail.
    #[serde(default)]
    pub succeeded: bool,
}

/// A condition on a value: a scalar that the value must equal, or a test.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ConditionToml {
    /// A test.
    Test(TestToml),
    /// The scalar, compared as text, so that `1000` equals `"1000"`.
    Equals(#[schemars(with = "serde_json::Value")] toml::Value),
}

/// Tests on a value. In a list, one element must pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestToml {
    /// Equals this string.
    pub equals: Option<String>,
    /// Starts with this string.
    pub starts_with: Option<String>,
    /// Ends with this string.
    pub ends_with: Option<String>,
    /// Contains this string.
    pub contains: Option<String>,
    /// Equals one of these strings.
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
    /// The calls to read it from. The default is any call in the signal.
    pub from: Option<OneOrMany>,
    /// `request.a.b`, `response.a`, or `event.region|account|source_ip|user_agent|error_code|error_message|call|id`. If
    /// omitted, the value is taken only from earlier signals (`carried_from`).
    pub path: Option<OneOrMany>,
    /// If nothing is found, use the value with the same name from the most recent earlier signal that has it and
    /// belongs to one of these rules.
    #[serde(default)]
    pub carried_from: Vec<String>,
    /// Use the earlier value only if this other extract has the same value in both signals.
    pub carried_by: Option<String>,
    /// The entity type. Makes each value one of the signal's entities.
    pub entity: Option<String>,
    /// Keep only the first value.
    #[serde(default)]
    pub one: bool,
    /// Keep the text after the last occurrence of this string.
    pub after_last: Option<String>,
    /// Keep the text after the first occurrence of this string.
    pub after: Option<String>,
    /// Keep the text before the first occurrence of this string (applied after `after`).
    pub before: Option<String>,
    /// Remove this many characters from the end (applied after `after` and `before`).
    #[serde(default)]
    pub drop_last: usize,
    /// Keep only values that start with this string.
    pub starts_with: Option<String>,
    /// Drop values that start with this string.
    pub unless_starts_with: Option<String>,
    /// Replacements for values.
    #[serde(default)]
    pub map: IndexMap<String, String>,
    /// Keep only values that are in `map`.
    #[serde(default)]
    pub only_mapped: bool,
    /// The default value, if the calls were seen but nothing was found in them.
    pub default: Option<String>,
    /// Cut only values that start with this string (`arn:`). Other values are not changed.
    pub cut_only: Option<String>,
    /// The values are times, to be written as RFC 3339 in UTC.
    #[serde(default)]
    pub time: bool,
    /// Two times (from `path`, in order) become a description of the time between them, in units no larger than this:
    /// `1 week`, or `7 days` with `day`.
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

/// When a signal becomes a signal of another rule. All stated conditions must hold. Without conditions, it always does.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BecomesToml {
    /// The rule that it becomes.
    pub rule: String,
    /// The previous signal belongs to one of these rules.
    #[serde(default)]
    pub previous: Vec<String>,
    /// The previous signal does not belong to any of these rules.
    #[serde(default)]
    pub unless_previous: Vec<String>,
    /// The next signal belongs to one of these rules.
    #[serde(default)]
    pub next: Vec<String>,
    /// A search backward through the signals finds `find` before `until`.
    pub look_back: Option<LookBackToml>,
    /// The extract with this name has more than one value.
    pub more_than_one: Option<String>,
}

/// A search through several previous signals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookBackToml {
    /// The maximum age, in seconds.
    pub seconds: u32,
    /// The number of signals to search, regardless of their age.
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
    /// The maximum number of seconds from that signal's first event to this signal's first event.
    pub within: u32,
}

/// When a signal becomes part of an earlier one, such as a poll.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartOfToml {
    /// The rules of those signals.
    pub rules: Vec<String>,
    /// The maximum number of seconds from that signal's last event to this signal's anchor.
    pub within: u32,
    /// The maximum number of events in this signal.
    pub at_most: Option<usize>,
    /// The shapes that its events must have.
    #[serde(default)]
    pub only: Vec<String>,
    /// There is at least one signal in between, and all signals in between belong to these rules.
    #[serde(default)]
    pub across: Vec<String>,
}
