//! The kinds of signals without a known page, whose sentences are created from their calls. Each kind has a rule,
//! `rules/generic/<name>.toml`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The kind of a signal without a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Generic {
    /// The console created something.
    Create,
    /// The console deleted something.
    Delete,
    /// The console made another kind of change.
    Change,
    /// The console read from one service without a pause, so a person was using it.
    Visit,
    /// A few reads near a page that is complete without them.
    Along,
    /// The same request repeated at a steady interval.
    Poll,
    /// Calls in `words/noise.toml` that the console makes on its own.
    Console,
    /// Calls in `words/noise.toml` that a service makes on behalf of a person.
    Service,
    /// A call by a command line, a shell or a script in a console session.
    Command,
}

impl Generic {
    /// The values that the rule's title and summary can use, in addition to the region and the account.
    pub const PLACEHOLDERS: [&str; 11] =
        ["console", "subject", "action", "sentence", "also", "did", "what", "page", "every", "times", "how"];

    /// A description in words, for `rules show`.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Create => "any console call that does not belong to a known page and whose verb creates something",
            Self::Delete => "any console call that does not belong to a known page and whose verb deletes something",
            Self::Change => "any other console call that does not belong to a known page and changes something",
            Self::Visit => "an uninterrupted series of reads by one service's console that do not match any known page",
            Self::Along => {
                "a few reads by one service's console, close in time to a page that is complete without them"
            }
            Self::Poll => "one request repeated at a steady interval at least three times",
            Self::Console => "calls that the console makes on its own, listed in words/noise.toml",
            Self::Service => "calls that a service makes on behalf of a person, listed in words/noise.toml",
            Self::Command => "calls by the AWS CLI, CloudShell or a script in a console session",
        }
    }
}
