//! Which statements the user's own queries may contain.
//!
//! A query runs in its own process on a case that it cannot change, without access to other files (`query.rs`). What is
//! refused here would only disturb that process; it is refused by name, so that the answer states why.

use super::ServeError;

/// Statements about the database as a whole, by their first word.
const STATEMENTS: [&str; 7] = ["attach", "call", "checkpoint", "detach", "force", "pragma", "use"];

/// Functions that change what DuckDB logs or profiles, or that run SQL from a text.
const FUNCTIONS: [&str; 8] = [
    "disable_logging",
    "disable_profile",
    "disable_profiling",
    "enable_logging",
    "enable_profile",
    "enable_profiling",
    "json_execute_serialized_sql",
    "truncate_duckdb_logs",
];

/// Refuses what a query may not contain.
///
/// # Errors
/// The first such statement or function.
pub fn check(sql: &str) -> Result<(), ServeError> {
    let mut begins = true;
    for token in Tokens(sql) {
        match token {
            Token::End => {
                begins = true;
                continue;
            }
            Token::Word(word) => {
                if begins && STATEMENTS.contains(&word.as_str()) {
                    return Err(refused(&format!("{} statements are", word.to_uppercase())));
                }
                if FUNCTIONS.contains(&word.as_str()) {
                    return Err(refused(&format!("the function {word} is")));
                }
            }
            Token::Other => {}
        }
        begins = false;
    }
    Ok(())
}

fn refused(what: &str) -> ServeError {
    ServeError::asked(
        format!("{what} not allowed here"),
        "Use SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN, SET VARIABLE, or CREATE TEMP TABLE.",
    )
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A keyword or an identifier, with or without quotation marks, in lowercase.
    Word(String),
    /// The end of a statement.
    End,
    /// A string, a number or an operator.
    Other,
}

/// The tokens of a text in DuckDB's dialect; comments and spaces are omitted.
struct Tokens<'s>(&'s str);

impl Tokens<'_> {
    fn skip(&mut self, bytes: usize) {
        self.0 = self.0.get(bytes..).unwrap_or_default();
    }

    /// Skips spaces and comments.
    fn skip_space(&mut self) {
        loop {
            self.0 = self.0.trim_start_matches(|letter: char| letter.is_whitespace() || is_invisible(letter));
            if self.0.starts_with("--") {
                self.skip(self.0.find(['\n', '\r']).unwrap_or(self.0.len()));
            } else if self.0.starts_with("/*") {
                self.skip(comment_length(self.0));
            } else {
                return;
            }
        }
    }

    /// Skips and returns a text that begins and ends with this mark; within the text, the mark is doubled.
    fn quoted(&mut self, mark: char, has_backslashes: bool) -> String {
        let mut text = String::new();
        let mut letters = self.0.char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            if letter == '\\' && has_backslashes {
                letters.next();
            } else if letter == mark {
                if letters.next_if(|(_, next)| *next == mark).is_none() {
                    self.skip(at + mark.len_utf8());
                    return text;
                }
                text.push(mark);
            } else {
                text.push(letter);
            }
        }
        self.0 = "";
        text
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_space();
        let first = self.0.chars().next()?;
        let is_escaped = self.0.get(1..2) == Some("'") && matches!(first, 'e' | 'E');
        if is_escaped {
            self.skip(1);
        }
        match first {
            ';' => {
                self.skip(1);
                Some(Token::End)
            }
            '"' => Some(Token::Word(self.quoted('"', false).to_lowercase())),
            '\'' => {
                self.quoted('\'', false);
                Some(Token::Other)
            }
            _ if is_escaped => {
                self.quoted('\'', true);
                Some(Token::Other)
            }
            '$' => {
                self.skip(dollar_length(self.0));
                Some(Token::Other)
            }
            _ if is_of_word(first) => {
                let length = self.0.find(|letter| !is_of_word(letter)).unwrap_or(self.0.len());
                let word = self.0.get(..length).unwrap_or_default().to_lowercase();
                self.skip(length);
                Some(Token::Word(word))
            }
            other => {
                self.skip(other.len_utf8());
                Some(Token::Other)
            }
        }
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || !letter.is_ascii() && !is_invisible(letter)
}

/// Characters that DuckDB treats as spaces and Rust does not.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\0')
}

/// The length of the comment that the text begins with. Comments can contain comments.
fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of the string in dollar signs (`$tag$ … $tag$`) or of the parameter (`$1`) that the text begins with.
fn dollar_length(text: &str) -> usize {
    let tag_end = text.char_indices().skip(1).find(|(_, letter)| !is_of_word(*letter));
    let Some((at, '$')) = tag_end else { return 1 };
    let tag = text.get(..=at).unwrap_or_default();
    let content = text.get(at + 1..).unwrap_or_default();
    content.find(tag).map_or(text.len(), |length| at + 1 + length + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(sql: &str) -> Option<String> {
        check(sql).err().map(|error| error.to_string())
    }

    #[test]
    fn database_statements_are_rejected_at_any_position() {
        for sql in [
            "DETACH x",
            "select 1; detach x",
            "  -- why\n /* a /* nested */ comment */ DeTaCh x",
            "SELECT ';'; DETACH x",
            "SELECT e'\\''; DETACH x",
            "SELECT $$;$$; DETACH x",
            "SELECT $a$ $$ ; $a$; DETACH x",
            "SELECT \"a;\"\"\"; DETACH x",
            ";;\u{a0}DETACH x",
            "\u{feff}DETACH x",
        ] {
            assert_eq!(problem(sql).as_deref(), Some("DETACH statements are not allowed here"), "{sql}");
        }
        for (sql, word) in [
            ("ATTACH ':memory:' AS m (READ_WRITE)", "ATTACH"),
            ("use m", "USE"),
            ("CALL enable_logging()", "CALL"),
            ("PRAGMA enable_profiling", "PRAGMA"),
            ("CHECKPOINT", "CHECKPOINT"),
            ("FORCE CHECKPOINT", "FORCE"),
        ] {
            assert_eq!(problem(sql), Some(format!("{word} statements are not allowed here")));
        }
    }

    #[test]
    fn functions_are_rejected_quoted_and_unquoted() {
        for sql in [
            "FROM enable_logging('QueryLog')",
            "FROM system.main.\"ENABLE_logging\"()",
            "SELECT * FROM/**/Enable_Logging(storage = 'file')",
        ] {
            assert_eq!(problem(sql).as_deref(), Some("the function enable_logging is not allowed here"), "{sql}");
        }
    }

    #[test]
    fn keywords_in_strings_names_and_comments_are_allowed() {
        for sql in [
            "SELECT 'a; DETACH x' AS \"attach\", use FROM events -- ; DETACH x",
            "SELECT $$; DETACH x$$, $1, e'\\'; DETACH x'",
            "/* ; DETACH x */ FROM events WHERE call = 'enable_logging()'",
            "SET VARIABLE a = 1; CREATE TEMP TABLE t AS SELECT 1; FROM t",
            "SELECT 'unterminated; DETACH x",
            "",
            "é",
        ] {
            assert_eq!(problem(sql), None, "{sql}");
        }
    }
}
