//! Converts a rule's searches to SQL conditions over `events`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::Problem;
use super::field::Field;
use crate::table::{ColumnKind, EVENTS, identifier, literal};

/// The condition for a search: a map of fields, a list of maps, or a list of keywords.
pub(super) fn search(value: &Value) -> Result<String, Problem> {
    match value {
        Value::Object(fields) => all_fields(fields),
        Value::Array(parts) if parts.is_empty() => Err(Problem::invalid("a search is empty")),
        Value::Array(parts) => {
            let parts = parts.iter().map(search).collect::<Result<Vec<_>, _>>()?;
            Ok(any(parts))
        }
        keyword => keyword_search(keyword),
    }
}

fn all_fields(fields: &Map<String, Value>) -> Result<String, Problem> {
    if fields.is_empty() {
        return Err(Problem::invalid("a search is empty"));
    }
    let parts = fields.iter().map(|(field, value)| item(field, value)).collect::<Result<Vec<_>, _>>()?;
    Ok(all(parts))
}

/// The condition for one item: `eventName|contains: [...]`.
fn item(key: &str, value: &Value) -> Result<String, Problem> {
    let mut parts = key.split('|');
    let path = parts.next().unwrap_or_default();
    let modifiers = Modifiers::parse(parts)?;
    let values: Vec<&Value> = match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    if values.is_empty() {
        return Err(Problem::invalid(format!("`{key}` has no value")));
    }
    let field = Field::parse(path);
    let test = |value: &&Value| match path {
        "" => keyword_search(value),
        _ => modifiers.test(&field, value),
    };
    let tests = values.iter().map(test).collect::<Result<Vec<_>, _>>()?;
    Ok(if modifiers.all { all(tests) } else { any(tests) })
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Regex,
    Cidr,
    Exists,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How a text is encoded before it is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// As UTF-8.
    Utf8,
    Utf16Le,
    Utf16Be,
    /// As UTF-16 with a byte order mark, little-endian.
    Utf16,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a Sigma modifier")]
struct Modifiers {
    operator: Operator,
    all: bool,
    /// Whether case matters.
    cased: bool,
    base64: bool,
    /// Whether the base64 text may begin anywhere in a longer text.
    base64_offset: bool,
    /// Whether the value is the path of another field.
    field: bool,
    /// Whether a dash also matches other characters that start an option.
    dashes: bool,
    encoding: Encoding,
    negated: bool,
    /// The flags of a regular expression.
    flags: String,
}

impl Modifiers {
    fn parse<'m>(modifiers: impl Iterator<Item = &'m str>) -> Result<Self, Problem> {
        let mut parsed = Self {
            operator: Operator::Equals,
            all: false,
            cased: false,
            base64: false,
            base64_offset: false,
            field: false,
            dashes: false,
            encoding: Encoding::Utf8,
            negated: false,
            flags: String::new(),
        };
        for modifier in modifiers {
            match modifier {
                "contains" => parsed.compare_by(Operator::Contains)?,
                "startswith" => parsed.compare_by(Operator::StartsWith)?,
                "endswith" => parsed.compare_by(Operator::EndsWith)?,
                "re" => parsed.compare_by(Operator::Regex)?,
                "cidr" => parsed.compare_by(Operator::Cidr)?,
                "exists" => parsed.compare_by(Operator::Exists)?,
                "lt" => parsed.compare_by(Operator::Less)?,
                "lte" => parsed.compare_by(Operator::LessOrEqual)?,
                "gt" => parsed.compare_by(Operator::Greater)?,
                "gte" => parsed.compare_by(Operator::GreaterOrEqual)?,
                "fieldref" => parsed.field = true,
                "all" => parsed.all = true,
                "cased" => parsed.cased = true,
                "base64" => parsed.base64 = true,
                "base64offset" => parsed.base64_offset = true,
                "windash" => parsed.dashes = true,
                "wide" | "utf16le" => parsed.encoding = Encoding::Utf16Le,
                "utf16be" => parsed.encoding = Encoding::Utf16Be,
                "utf16" => parsed.encoding = Encoding::Utf16,
                "neq" => parsed.negated = true,
                "i" | "m" | "s" if parsed.operator == Operator::Regex => parsed.flags.push_str(modifier),
                other => return Err(Problem::unsupported(format!("the modifier `{other}`"))),
            }
        }
        parsed.check()
    }

    /// Sets the operator. A field can have only one.
    fn compare_by(&mut self, operator: Operator) -> Result<(), Problem> {
        if self.operator != Operator::Equals {
            return Err(Problem::unsupported("more than one comparison modifier"));
        }
        self.operator = operator;
        Ok(())
    }

    /// Refuses combinations that would be ignored.
    fn check(self) -> Result<Self, Problem> {
        let is_text =
            matches!(self.operator, Operator::Equals | Operator::Contains | Operator::StartsWith | Operator::EndsWith);
        let changes_text = self.base64 || self.base64_offset || self.dashes || self.encoding != Encoding::Utf8;
        if self.encoding != Encoding::Utf8 && !self.base64 && !self.base64_offset {
            return Err(Problem::unsupported("UTF-16 without `base64` or `base64offset`"));
        }
        if (changes_text || self.field || self.cased) && !is_text && self.operator != Operator::Regex {
            return Err(Problem::unsupported("a text modifier together with a number or address comparison"));
        }
        if (changes_text && (self.field || !is_text)) || (self.field && (self.cased || !is_text)) {
            return Err(Problem::unsupported("this combination of modifiers"));
        }
        Ok(self)
    }

    /// The condition that a field has the value.
    fn test(&self, field: &Field, value: &Value) -> Result<String, Problem> {
        let condition = match (self.operator, value) {
            (Operator::Exists, Value::Bool(exists)) => {
                let is_null = field.is_null();
                if *exists { format!("NOT ({is_null})") } else { is_null }
            }
            (Operator::Exists, _) => return Err(Problem::invalid("`exists` expects true or false")),
            (_, Value::Null) => field.is_null(),
            (_, Value::Array(_) | Value::Object(_)) => {
                return Err(Problem::invalid("a value is a list or an object; expected text, a number, true or false"));
            }
            _ if field.is_divided() => {
                return Err(Problem::unsupported("the text of an object whose members are columns"));
            }
            (operator, value) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    value => value.to_string(),
                };
                let texts = self.spellings(&text);
                any(texts.iter().map(|text| self.compare(operator, field, text)).collect::<Result<_, _>>()?)
            }
        };
        Ok(if self.negated { format!("NOT ({condition})") } else { condition })
    }

    /// The texts to search for.
    fn spellings(&self, text: &str) -> Vec<String> {
        let texts = if self.dashes { dashes(text) } else { vec![text.to_owned()] };
        if self.base64 {
            return texts.iter().map(|text| STANDARD.encode(self.encoding.bytes(text))).collect();
        }
        if self.base64_offset {
            return texts.iter().flat_map(|text| base64_offsets(&self.encoding.bytes(text))).collect();
        }
        texts
    }

    fn compare(&self, operator: Operator, field: &Field, text: &str) -> Result<String, Problem> {
        if self.field {
            return Ok(self.compare_fields(field, &Field::parse(text)));
        }
        let pattern = Pattern::parse(text);
        match operator {
            Operator::Equals => Ok(self.like(field, &pattern)),
            Operator::Contains => Ok(self.like(field, &pattern.between(true, true))),
            Operator::StartsWith => Ok(self.like(field, &pattern.between(false, true))),
            Operator::EndsWith => Ok(self.like(field, &pattern.between(true, false))),
            Operator::Regex => {
                // DuckDB's own option `m` does not change what ^ and $ match.
                let text = if self.flags.is_empty() { text.to_owned() } else { format!("(?{}){text}", self.flags) };
                Ok(field.any(|value| format!("regexp_matches({value}, {})", literal(&text))))
            }
            Operator::Cidr => cidr(field, text),
            Operator::Less => number(field, "<", text),
            Operator::LessOrEqual => number(field, "<=", text),
            Operator::Greater => number(field, ">", text),
            Operator::GreaterOrEqual => number(field, ">=", text),
            Operator::Exists => Err(Problem::invalid("`exists` expects true or false")),
        }
    }

    /// Compares each value of a field with each value of another.
    fn compare_fields(&self, field: &Field, other: &Field) -> String {
        let compared = |value: &str, other: &str| match self.operator {
            Operator::Contains => format!("contains(lower({value}), lower({other}))"),
            Operator::StartsWith => format!("starts_with(lower({value}), lower({other}))"),
            Operator::EndsWith => format!("ends_with(lower({value}), lower({other}))"),
            _ => format!("lower({value}) = lower({other})"),
        };
        field.any(|value| other.any_as("other", |other| compared(value, other)))
    }

    fn like(&self, field: &Field, pattern: &Pattern) -> String {
        match pattern.plain() {
            Some(text) if self.cased => field.any(|value| format!("{value} = {}", literal(&text))),
            Some(text) => field.any(|value| format!("lower({value}) = {}", literal(&text.to_lowercase()))),
            None => {
                let like = if self.cased { "LIKE" } else { "ILIKE" };
                field.any(|value| format!("{value} {like} {} ESCAPE '\\'", literal(&pattern.like())))
            }
        }
    }
}

impl Encoding {
    fn bytes(self, text: &str) -> Vec<u8> {
        let little = || text.encode_utf16().flat_map(u16::to_le_bytes);
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Le => little().collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16 => [0xff, 0xfe].into_iter().chain(little()).collect(),
        }
    }
}

/// The base64 encodings of a text that begins at each of the three positions within a group, without the characters
/// that depend on the surrounding text.
fn base64_offsets(bytes: &[u8]) -> Vec<String> {
    let at = |offset: usize| {
        let padded: Vec<u8> = std::iter::repeat_n(b' ', offset).chain(bytes.iter().copied()).collect();
        let encoded = STANDARD.encode(&padded);
        let start = [0, 2, 3][offset];
        let end = encoded.len() - [0, 3, 2][padded.len() % 3];
        encoded.get(start..end).unwrap_or_default().to_owned()
    };
    (0..3).map(at).filter(|text| !text.is_empty()).collect()
}

/// A text with each character that Windows accepts as the dash of an option. `CloudTrail` records Systems Manager
/// command lines.
fn dashes(text: &str) -> Vec<String> {
    const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let starts_option = |at: usize| {
        let (before, after) = (text[..at].chars().next_back(), text[at + 1..].chars().next());
        !before.is_some_and(is_word) && after.is_some_and(is_word)
    };
    let options: Vec<usize> = text
        .char_indices()
        .filter(|(at, char)| matches!(char, '-' | '/') && starts_option(*at))
        .map(|(at, _)| at)
        .collect();
    if options.is_empty() {
        return vec![text.to_owned()];
    }
    let with = |dash: char| {
        text.char_indices()
            .map(|(at, char)| if options.binary_search(&at).is_ok() { dash } else { char })
            .collect::<String>()
    };
    DASHES.into_iter().map(with).collect()
}

/// A text with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
}

impl Pattern {
    /// A backslash escapes a wildcard or another backslash; before any other character it is a backslash.
    fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            parts.push(match char {
                '*' => Part::Many,
                '?' => Part::One,
                '\\' => match chars.next_if(|next| matches!(next, '*' | '?' | '\\')) {
                    Some(escaped) => Part::Char(escaped),
                    None => Part::Char('\\'),
                },
                char => Part::Char(char),
            });
        }
        Self(parts)
    }

    /// The same pattern, with any text before or after it.
    fn between(mut self, before: bool, after: bool) -> Self {
        if before {
            self.0.insert(0, Part::Many);
        }
        if after {
            self.0.push(Part::Many);
        }
        self
    }

    /// The text, if it does not contain wildcards.
    fn plain(&self) -> Option<String> {
        self.0.iter().map(|part| if let Part::Char(char) = part { Some(*char) } else { None }).collect()
    }

    /// As an SQL pattern.
    fn like(&self) -> String {
        let mut like = String::new();
        for part in &self.0 {
            match part {
                Part::Char(char) => {
                    if matches!(char, '%' | '_' | '\\') {
                        like.push('\\');
                    }
                    like.push(*char);
                }
                Part::One => like.push('_'),
                Part::Many => like.push('%'),
            }
        }
        like
    }
}

/// Compares as numbers. A value that is not a number does not match.
fn number(field: &Field, operator: &str, text: &str) -> Result<String, Problem> {
    let number: f64 = text.parse().map_err(|_| Problem::invalid(format!("`{text}` is not a number")))?;
    Ok(field.any(|value| format!("TRY_CAST({value} AS DOUBLE) {operator} {number}")))
}

/// A network. IPv4 addresses are compared as numbers.
fn cidr(field: &Field, text: &str) -> Result<String, Problem> {
    let problem = || Problem::invalid(format!("`{text}` is not a network such as 192.0.2.0/24"));
    let (address, bits) = text.split_once('/').ok_or_else(problem)?;
    if address.contains(':') {
        return cidr_v6(field, text);
    }
    let address: std::net::Ipv4Addr = address.parse().map_err(|_| problem())?;
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32).ok_or_else(problem)?;
    let size = 1_u64 << (32 - bits);
    let first = u64::from(u32::from(address)) / size * size;
    let last = first + size - 1;
    Ok(field.any(|value| {
        let octet = |at: usize| format!("CAST(split_part({value}, '.', {at}) AS BIGINT)");
        let number = format!("{} * 16777216 + {} * 65536 + {} * 256 + {}", octet(1), octet(2), octet(3), octet(4));
        let is_address = format!(r"regexp_full_match({value}, '\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}')");
        format!("CASE WHEN {is_address} THEN {number} BETWEEN {first} AND {last} ELSE FALSE END")
    }))
}

/// An IPv6 network whose prefix consists of whole nonzero groups, so that all its addresses begin with the same text.
fn cidr_v6(field: &Field, text: &str) -> Result<String, Problem> {
    let problem = || Problem::invalid(format!("`{text}` is not a network such as 2001:db8::/32"));
    let (address, bits) = text.split_once('/').ok_or_else(problem)?;
    let address: std::net::Ipv6Addr = address.parse().map_err(|_| problem())?;
    let bits: usize = bits.parse().ok().filter(|bits| *bits <= 128).ok_or_else(problem)?;
    let groups = &address.segments()[..bits / 16];
    if bits == 0 || !bits.is_multiple_of(16) || bits == 128 || groups.contains(&0) {
        return Err(Problem::unsupported(format!("the IPv6 network `{text}`")));
    }
    let groups: Vec<String> = groups.iter().map(|group| format!("{group:x}")).collect();
    let start = format!("{}:", groups.join(":"));
    Ok(field.any(|value| format!("starts_with(lower({value}), {})", literal(&start))))
}

/// A text anywhere in the record.
fn keyword_search(value: &Value) -> Result<String, Problem> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => return Err(Problem::invalid("a keyword is not text")),
    };
    let pattern = literal(&Pattern::parse(&text).between(true, true).like());
    let of_record = EVENTS.columns.iter().filter(|column| column.source.is_some() || column.name == "extra");
    let searched = of_record.filter(|column| matches!(column.kind, ColumnKind::Text | ColumnKind::Json));
    let tests =
        searched.map(|column| format!("COALESCE({} ILIKE {pattern} ESCAPE '\\', FALSE)", identifier(column.name)));
    Ok(any(tests.collect()))
}

pub(super) fn all(parts: Vec<String>) -> String {
    joined(parts, " AND ")
}

pub(super) fn any(parts: Vec<String>) -> String {
    joined(parts, " OR ")
}

fn joined(mut parts: Vec<String>, with: &str) -> String {
    if parts.len() == 1 { parts.remove(0) } else { format!("({})", parts.join(with)) }
}
