//! Patterns over rule ids: `kms/**`, `ec2/dashboard/*/refresh`.

use globset::{GlobBuilder, GlobMatcher};

/// A compiled pattern over rule ids. `*` stays within a segment, `**` does not.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(text).literal_separator(true).build().map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// Whether the id is one of the pattern's.
    pub fn matches(&self, id: &str) -> bool {
        self.matcher.is_match(id)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
