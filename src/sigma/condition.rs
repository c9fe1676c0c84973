//! Parses a rule's condition: `selection and not 1 of filter_*`.

use super::Problem;

/// The maximum depth of parentheses and negations.
const MAX_DEPTH: usize = 64;

/// A condition over a rule's named searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Search(String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// A count over the hits, after the pipe in older rules: `| count(userName) by sourceIPAddress > 5`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Aggregation {
    /// The field whose distinct values are counted; `None` to count the hits.
    pub(super) field: Option<String>,
    pub(super) group_by: Vec<String>,
    /// `>`, `>=`, `<`, `<=` or `=`.
    pub(super) operator: String,
    pub(super) number: u64,
}

/// Parses a condition; `names` are the names of the rule's searches.
pub(super) fn parse(text: &str, names: &[&str]) -> Result<(Condition, Option<Aggregation>), Problem> {
    let (condition, aggregation) = match text.split_once('|') {
        Some((condition, rest)) => (condition, Some(aggregation(rest)?)),
        None => (text, None),
    };
    let mut parser = Parser { tokens: tokens(condition), next: 0, names, depth: 0 };
    let condition = parser.any()?;
    match parser.peek() {
        None => Ok((condition, aggregation)),
        Some(token) => Err(Problem::invalid(format!("unexpected `{token}` in the condition `{text}`"))),
    }
}

fn tokens(text: &str) -> Vec<String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

struct Parser<'n> {
    tokens: Vec<String>,
    next: usize,
    names: &'n [&'n str],
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.next).map(String::as_str)
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.next += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Result<Condition, Problem> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Problem> {
        let mut parts = vec![self.not()?];
        while self.take("and") {
            parts.push(self.not()?);
        }
        Ok(joined(parts, Condition::All))
    }

    fn not(&mut self) -> Result<Condition, Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::unsupported(format!("a condition nested deeper than {MAX_DEPTH} levels")));
        }
        let condition = if self.take("not") {
            Condition::Not(Box::new(self.not()?))
        } else if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return Err(Problem::invalid("a parenthesis in the condition is not closed"));
            }
            inner
        } else {
            self.search()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// A search, or `1 of selection_*`, `all of them`.
    fn search(&mut self) -> Result<Condition, Problem> {
        let Some(token) = self.peek().map(str::to_owned) else {
            return Err(Problem::invalid("the condition is incomplete"));
        };
        self.next += 1;
        let quantifier: Option<fn(Vec<Condition>) -> Condition> = match token.to_ascii_lowercase().as_str() {
            "1" | "any" => Some(Condition::Any),
            "all" => Some(Condition::All),
            _ => None,
        };
        if let Some(quantifier) = quantifier.filter(|_| self.take("of")) {
            let Some(pattern) = self.peek().map(str::to_owned) else {
                return Err(Problem::invalid("`of` is not followed by the name of a search"));
            };
            self.next += 1;
            let of = self.names.iter().filter(|name| is_match(&pattern, name));
            let searches: Vec<Condition> = of.map(|name| Condition::Search((*name).to_owned())).collect();
            if searches.is_empty() {
                return Err(Problem::invalid(format!("there is no search named `{pattern}`")));
            }
            return Ok(joined(searches, quantifier));
        }
        if self.names.contains(&token.as_str()) {
            Ok(Condition::Search(token))
        } else {
            Err(Problem::invalid(format!("the condition refers to `{token}`, which the rule does not define")))
        }
    }
}

/// Whether a name is one of `them`, or matches a pattern. `them` excludes names that start with an underscore.
fn is_match(pattern: &str, name: &str) -> bool {
    if pattern.eq_ignore_ascii_case("them") {
        return !name.starts_with('_');
    }
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match name.split_once(part) {
            Some((_, after)) => name = after,
            None => return false,
        }
    }
    name.ends_with(end)
}

fn joined(mut parts: Vec<Condition>, join: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

/// `count(field) by a, b > 5`
fn aggregation(text: &str) -> Result<Aggregation, Problem> {
    let problem = || Problem::unsupported(format!("the aggregation `{}`", text.trim()));
    let text = text.trim();
    let rest = text.strip_prefix("count(").ok_or_else(problem)?;
    let (field, rest) = rest.split_once(')').ok_or_else(problem)?;
    let at = rest.find(['<', '>', '=']).ok_or_else(problem)?;
    let (by, limit) = rest.split_at(at);
    let digits = limit.find(|c: char| c.is_ascii_digit()).ok_or_else(problem)?;
    let (operator, number) = limit.split_at(digits);
    let operator = match operator.trim() {
        "==" => "=",
        operator @ ("<" | "<=" | ">" | ">=" | "=") => operator,
        _ => return Err(problem()),
    };
    let fields = by.trim().strip_prefix("by ").unwrap_or_default();
    let group_by = fields.split([',', ' ']).filter(|field| !field.is_empty()).map(str::to_owned).collect();
    Ok(Aggregation {
        field: Some(field.trim().to_owned()).filter(|field| !field.is_empty()),
        group_by,
        operator: operator.to_owned(),
        number: number.trim().parse().map_err(|_| problem())?,
    })
}
