//! What a signal is where no page is known: told from the calls themselves. Each has a rule, `rules/generic/<name>.toml`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How a signal without a page is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Generic {
    /// The console created something.
    Create,
    /// The console deleted something.
    Delete,
    /// The console changed something in another way.
    Change,
    /// The console read from one service without a pause: somebody was there.
    Visit,
    /// A few reads beside a page that is explained without them.
    Along,
    /// The same request again and again at a steady interval.
    Poll,
    /// Calls of `words/noise.toml` that the console makes by itself.
    Console,
    /// Calls of `words/noise.toml` that a service makes in a person's name.
    Service,
    /// A command line, a shell or a script called, in a session of the console.
    Command,
}

impl Generic {
    /// What the rule's title and summary may name, beside the region and the account.
    pub const PLACEHOLDERS: [&str; 11] =
        ["console", "subject", "action", "sentence", "also", "did", "what", "page", "every", "times", "how"];

    /// In words, for `rules show`.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Create => "any console call that is on no known page and whose verb creates something",
            Self::Delete => "any console call that is on no known page and whose verb deletes something",
            Self::Change => "any other console call that is on no known page and changes something",
            Self::Visit => "reads by one service's console, without a pause, that match no known page",
            Self::Along => "a few such reads near a page that is complete without them",
            Self::Poll => "one request that is repeated at a steady interval, at least three times",
            Self::Console => "calls that the console makes on its own, listed in words/noise.toml",
            Self::Service => "calls that a service makes on behalf of a person, listed in words/noise.toml",
            Self::Command => "calls by the AWS CLI, CloudShell or a script in a console session",
        }
    }
}
