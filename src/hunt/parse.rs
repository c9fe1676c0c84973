//! Parses the text of a hunt: the header comments, the `SET VARIABLE` statements and the query.
//!
//! ```sql
//! -- The question, in one line
//! -- tactic: persistence
//! -- techniques: T1098.001
//! -- hit: what a row means,
//! --   in one or more lines
//! -- false positives: harmless causes of such a row
//! SET VARIABLE since = TIMESTAMP '2000-01-01'; -- what it controls
//! SELECT …;
//! ```

use std::iter::Peekable;
use std::str::Lines;

use super::{Hunt, HuntError, Param, ParamKind, Tactic};

/// The lines of a file, with their numbers.
struct LineReader<'t> {
    file: String,
    lines: Peekable<Lines<'t>>,
    line: usize,
}

impl Hunt {
    /// Parses the hunt in the file with this path in `sql/hunts/`: `persistence/access-key-for-another.sql`.
    ///
    /// # Errors
    /// Returns the first line that does not have the expected form.
    pub fn parse(path: &str, text: &str) -> Result<Self, HuntError> {
        let mut reader = LineReader { file: format!("sql/hunts/{path}"), lines: text.lines().peekable(), line: 0 };
        let id = path.strip_suffix(".sql").unwrap_or(path).to_owned();
        let title = reader.comment("")?;
        let tactic = reader.tactic(&id)?;
        let techniques = reader.comment("techniques: ")?;
        let techniques = techniques.split(", ").filter(|technique| *technique != "none").map(str::to_owned).collect();
        let (hit, false_positives) = (reader.comment("hit: ")?, reader.comment("false positives: ")?);
        let params = reader.params()?;
        let query = reader.query()?;
        Ok(Self { id, title, tactic, techniques, hit, false_positives, params, query, text: text.to_owned() })
    }
}

impl LineReader<'_> {
    fn error(&self, problem: impl Into<String>) -> HuntError {
        HuntError { file: self.file.clone(), line: self.line, problem: problem.into() }
    }

    /// The text after `-- key` on the next line, and on the indented lines that follow it.
    fn comment(&mut self, key: &str) -> Result<String, HuntError> {
        self.line += 1;
        let line = self.lines.next().and_then(|line| line.strip_prefix("-- ")?.strip_prefix(key));
        let mut text = line.ok_or_else(|| self.error(format!("expected `-- {key}…`")))?.trim().to_owned();
        while let Some(more) = self.lines.next_if(|line| line.starts_with("--   ")) {
            self.line += 1;
            text = format!("{text} {}", more.trim_start_matches('-').trim());
        }
        Ok(text)
    }

    /// The tactic, which must match the folder's name.
    fn tactic(&mut self, id: &str) -> Result<Tactic, HuntError> {
        let name = self.comment("tactic: ")?;
        let tactic = Tactic::named(&name).ok_or_else(|| self.error(format!("{name} is not a tactic")))?;
        let stands_in = id.strip_prefix(&name).is_some_and(|rest| rest.starts_with('/'));
        stands_in.then_some(tactic).ok_or_else(|| self.error(format!("the tactic {name} does not match the folder")))
    }

    fn params(&mut self) -> Result<Vec<Param>, HuntError> {
        let mut params = Vec::new();
        while let Some(line) = self.lines.next_if(|line| line.starts_with("SET VARIABLE ")) {
            self.line += 1;
            let form = "expected `SET VARIABLE name = default; -- description`, with a literal as the default";
            params.push(param(line).ok_or_else(|| self.error(form))?);
        }
        Ok(params)
    }

    /// The rest of the file: a single `SELECT` statement.
    fn query(&mut self) -> Result<String, HuntError> {
        self.line += 1;
        let query = self.lines.by_ref().collect::<Vec<_>>().join("\n");
        let asks = ["SELECT", "WITH", "FROM"].iter().any(|word| query.starts_with(word));
        let ends = query.ends_with(';') && query.matches(';').count() == 1;
        if asks && ends { Ok(query) } else { Err(self.error("expected one SELECT statement that ends with `;`")) }
    }
}

fn param(line: &str) -> Option<Param> {
    let (name, rest) = line.strip_prefix("SET VARIABLE ")?.split_once(" = ")?;
    let (default, meaning) = rest.split_once("; -- ")?;
    Some(Param {
        name: name.to_owned(),
        kind: kind(default)?,
        default: default.to_owned(),
        meaning: meaning.to_owned(),
    })
}

/// The type of a literal, if the text is a literal.
fn kind(default: &str) -> Option<ParamKind> {
    let quoted = |text: &str| text.len() > 1 && text.starts_with('\'') && text.ends_with('\'');
    match default.strip_prefix("TIMESTAMP ") {
        Some(moment) => quoted(moment).then_some(ParamKind::Moment),
        None if quoted(default) => Some(ParamKind::Text),
        None => default.parse::<i64>().is_ok().then_some(ParamKind::Integer),
    }
}
