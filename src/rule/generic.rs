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
            Self::Create => "any call of the console that no page explains and whose verb creates",
            Self::Delete => "any call of the console that no page explains and whose verb deletes",
            Self::Change => "any other call of the console that no page explains and that changes something",
            Self::Visit => "reads of one service's console without a pause that no page explains",
            Self::Along => "a few such reads beside a page that is explained without them",
            Self::Poll => "one request that is repeated at a steady interval, three times or more",
            Self::Console => "calls that the console makes by itself, as words/noise.toml lists them",
            Self::Service => "calls that a service makes in a person's name, as words/noise.toml lists them",
            Self::Command => "calls by the AWS CLI, CloudShell or a script in a session of the console",
        }
    }
}
