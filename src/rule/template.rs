//! Templates for titles, summaries and links.
//!
//! - `{users}`: the values, joined: `mara, tobias and 18 more`; in a link, only the first value.
//! - `{users#user}`: their number: `20 users`, `1 user`; `{policies#policy/policies}` for irregular plurals.
//! - `[, with {keys}]`: omitted if a placeholder inside has no value.
//! - `[key {key}|a key]`: the first alternative whose placeholders have values.
//!
//! `{region}` and `{account}` are always available. A literal bracket or brace is doubled: `[[`, `{{`.

use std::borrow::Cow;

use serde_json::Value;

use crate::signal::Context;

/// The number of values that a sentence lists before it counts the remaining ones.
const MAX_LISTED: usize = 5;
/// The maximum numbers of bytes and placeholders in a template.
const MAX_LENGTH: usize = 2_000;
const MAX_PLACEHOLDERS: usize = 50;
/// The usual difference in length between a rendered text and its template, in bytes.
const EXTRA_CAPACITY: usize = 32;

/// A compiled template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    parts: Vec<TemplatePart>,
    /// The initial capacity of the rendered text, in bytes.
    capacity: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Values(String),
    Count {
        name: String,
        one: String,
        many: String,
    },
    /// The first alternative whose placeholders have values, if there is one.
    Optional(Vec<Vec<TemplatePart>>),
}

/// How values are formatted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A sentence or a title: several values are joined.
    Sentence,
    /// A link: the first value, percent-encoded.
    Link,
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// Returns a message about the invalid text.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("expected at most {MAX_LENGTH} bytes, found {}", text.len()));
        }
        let mut chars = text.chars().peekable();
        let (parts, _) = parse_parts(&mut chars, false)?;
        let template = Self { parts, capacity: text.len() + EXTRA_CAPACITY };
        match template.placeholders().len() {
            count if count > MAX_PLACEHOLDERS => {
                Err(format!("expected at most {MAX_PLACEHOLDERS} placeholders, found {count}"))
            }
            _ => Ok(template),
        }
    }

    /// The names of its placeholders, including those inside `[…]`.
    pub fn placeholders(&self) -> Vec<&str> {
        let mut names = Vec::new();
        collect(&self.parts, &mut names);
        names
    }

    /// The text with the values of `context`; `None` if a placeholder outside `[…]` has no value.
    pub fn render(&self, context: &Context, style: Style) -> Option<String> {
        let mut text = String::with_capacity(self.capacity);
        self.parts.iter().all(|part| part.render(context, style, &mut text)).then_some(text)
    }
}

fn collect<'t>(parts: &'t [TemplatePart], names: &mut Vec<&'t str>) {
    for part in parts {
        match part {
            TemplatePart::Text(_) => {}
            TemplatePart::Values(name) | TemplatePart::Count { name, .. } => names.push(name),
            TemplatePart::Optional(choices) => choices.iter().for_each(|parts| collect(parts, names)),
        }
    }
}

type Chars<'t> = std::iter::Peekable<std::str::Chars<'t>>;

/// How a sequence of parts ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Text,
    Bracket,
    Bar,
}

fn parse_choices(chars: &mut Chars<'_>) -> Result<Vec<Vec<TemplatePart>>, String> {
    let mut choices = Vec::new();
    loop {
        let (parts, end) = parse_parts(chars, true)?;
        choices.push(parts);
        if end == End::Bracket {
            return Ok(choices);
        }
    }
}

fn parse_parts(chars: &mut Chars<'_>, inside: bool) -> Result<(Vec<TemplatePart>, End), String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    while let Some(char) = chars.next() {
        let doubled = chars.peek() == Some(&char);
        match char {
            '{' | '[' | ']' | '}' | '|' if doubled => {
                chars.next();
                text.push(char);
            }
            '{' => push(&mut parts, &mut text, parse_placeholder(chars)?),
            '[' if !inside => push(&mut parts, &mut text, TemplatePart::Optional(parse_choices(chars)?)),
            '|' if inside => {
                flush(&mut parts, &mut text);
                return Ok((parts, End::Bar));
            }
            ']' if inside => {
                flush(&mut parts, &mut text);
                return Ok((parts, End::Bracket));
            }
            '[' | ']' | '}' => return Err(format!("unmatched `{char}`; double it for a literal character")),
            _ => text.push(char),
        }
    }
    flush(&mut parts, &mut text);
    if inside { Err("`[` is not closed by `]`".to_owned()) } else { Ok((parts, End::Text)) }
}

fn push(parts: &mut Vec<TemplatePart>, text: &mut String, part: TemplatePart) {
    flush(parts, text);
    parts.push(part);
}

fn flush(parts: &mut Vec<TemplatePart>, text: &mut String) {
    if !text.is_empty() {
        parts.push(TemplatePart::Text(std::mem::take(text)));
    }
}

fn parse_placeholder(chars: &mut Chars<'_>) -> Result<TemplatePart, String> {
    let mut inner = String::new();
    loop {
        match chars.next() {
            Some('}') => break,
            Some(char) => inner.push(char),
            None => return Err("`{` is not closed by `}`".to_owned()),
        }
    }
    let (name, noun) = inner.split_once('#').map_or((inner.as_str(), None), |(name, noun)| (name, Some(noun)));
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(format!("expected a placeholder such as `{{users}}` or `{{users#user}}`, found `{{{inner}}}`"));
    }
    let name = name.to_owned();
    Ok(match noun {
        None => TemplatePart::Values(name),
        Some(noun) => {
            let (one, many) =
                noun.split_once('/').map_or_else(|| (noun, format!("{noun}s")), |(one, many)| (one, many.to_owned()));
            TemplatePart::Count { name, one: one.to_owned(), many }
        }
    })
}

impl TemplatePart {
    /// Appends the part to `out`, and returns whether its placeholders have values. On false, the caller discards what
    /// was appended.
    fn render(&self, context: &Context, style: Style, out: &mut String) -> bool {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Values(name) => return render_values(context.get(name), style, out),
            Self::Count { name, one, many } => return render_count(context.get(name), one, many, out),
            Self::Optional(choices) => {
                let start = out.len();
                for parts in choices {
                    if parts.iter().all(|part| part.render(context, style, out)) {
                        break;
                    }
                    out.truncate(start);
                }
            }
        }
        true
    }
}

fn render_values(value: Option<&Value>, style: Style, out: &mut String) -> bool {
    let count = count(value);
    let named = if count > MAX_LISTED { MAX_LISTED - 1 } else { count };
    let mut place = 0;
    visit_values(value, &mut |value| {
        place += 1;
        match style {
            Style::Link if place == 1 => percent_encode(&scalar(value), out),
            Style::Sentence if place <= named => {
                out.push_str(match place {
                    1 => "",
                    _ if place == count => " and ",
                    _ => ", ",
                });
                out.push_str(&scalar(value));
            }
            _ => {}
        }
    });
    if style == Style::Sentence && count > named {
        out.extend([" and ", &(count - named).to_string(), " more"]);
    }
    count > 0
}

fn render_count(value: Option<&Value>, one: &str, many: &str, out: &mut String) -> bool {
    let count = count(value);
    if count > 0 {
        out.extend([count.to_string().as_str(), " ", if count == 1 { one } else { many }]);
    }
    count > 0
}

fn count(value: Option<&Value>) -> usize {
    let mut count = 0;
    visit_values(value, &mut |_| count += 1);
    count
}

/// Passes each value that is not empty to `visit`, in order, including the elements of lists.
fn visit_values<'v>(value: Option<&'v Value>, visit: &mut dyn FnMut(&'v Value)) {
    match value {
        None | Some(Value::Null) => {}
        Some(Value::Array(elements)) => elements.iter().for_each(|element| visit_values(Some(element), visit)),
        Some(Value::String(text)) if text.is_empty() => {}
        Some(other) => visit(other),
    }
}

fn scalar(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Text without characters to encode is copied in one step.
fn percent_encode(text: &str, out: &mut String) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:@".contains(&byte);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !is_plain(byte)) {
        let (plain, odd) = rest.split_at(at);
        let end = odd.chars().next().map_or(odd.len(), char::len_utf8);
        out.push_str(plain);
        for byte in &odd.as_bytes()[..end] {
            out.push('%');
            out.push_str(&hex::encode_upper([*byte]));
        }
        rest = &odd[end..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(template: &str, context: &Value, style: Style) -> Option<String> {
        let context: Context = serde_json::from_value(context.clone()).unwrap();
        Template::parse(template).unwrap().render(&context, style)
    }

    fn render(template: &str, context: &Value, style: Style) -> String {
        rendered(template, context, style).unwrap()
    }

    #[test]
    fn values_are_joined_in_sentences() {
        let names = |count: usize| json!({"users": (1..=count).map(|n| format!("u{n}")).collect::<Vec<_>>()});
        assert_eq!(render("Saw {users}", &names(1), Style::Sentence), "Saw u1");
        assert_eq!(render("Saw {users}", &names(2), Style::Sentence), "Saw u1 and u2");
        assert_eq!(render("Saw {users}", &names(5), Style::Sentence), "Saw u1, u2, u3, u4 and u5");
        assert_eq!(render("Saw {users}", &names(20), Style::Sentence), "Saw u1, u2, u3, u4 and 16 more");
    }

    #[test]
    fn counts_use_singular_or_plural() {
        assert_eq!(render("{k#key}", &json!({"k": ["a"]}), Style::Sentence), "1 key");
        assert_eq!(render("{p#policy/policies}", &json!({"p": ["a", "b"]}), Style::Sentence), "2 policies");
    }

    #[test]
    fn missing_values_omit_optional_parts_and_suppress_other_text() {
        assert_eq!(render("A[ with {b}].", &json!({}), Style::Sentence), "A.");
        assert_eq!(render("A[ with {b}].", &json!({"b": "c"}), Style::Sentence), "A with c.");
        assert_eq!(rendered("A {b}", &json!({}), Style::Sentence), None);
        assert_eq!(render("[[{{x}}]]", &json!({}), Style::Sentence), "[{x}]");
    }

    #[test]
    fn links_contain_first_value_percent_encoded() {
        assert_eq!(render("#/users/{u}", &json!({"u": ["a b&c", "d"]}), Style::Link), "#/users/a%20b%26c");
        assert_eq!(render("#/{u}?", &json!({"u": " é/☃"}), Style::Link), "#/%20%C3%A9/%E2%98%83?");
        assert_eq!(render("#/{u}", &json!({"u": [7, "d"]}), Style::Link), "#/7");
    }

    #[test]
    fn invalid_template_error_states_problem() {
        for (template, word) in
            [("a {b", "not closed"), ("a [b", "not closed"), ("a ] b", "unmatched"), ("{B}", "{users}")]
        {
            let error = Template::parse(template).unwrap_err();
            assert!(error.contains(word), "{template}: {error}");
        }
    }
}
