//! Paths into JSON: dotted members, `[n]` for an array element, no index for all elements, and a trailing `**` for
//! every nested scalar.

use crate::json::Json;

/// A compiled path, relative to the request or response. The empty path is the whole value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    steps: Vec<PathStep>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PathStep {
    Member(String),
    Element(usize),
    Below,
}

impl Path {
    /// Parses `a.b[0].c`.
    ///
    /// # Errors
    /// Returns a message about the invalid text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split('.').filter(|_| !text.is_empty()) {
            if part == "**" {
                steps.push(PathStep::Below);
                continue;
            }
            let (name, elements) = part.split_once('[').map_or((part, None), |(name, rest)| (name, Some(rest)));
            if name.is_empty() {
                return Err(format!("expected a path such as `a.b[0].c`, found `{text}`"));
            }
            steps.push(PathStep::Member(name.to_owned()));
            if let Some(rest) = elements {
                let index = rest.strip_suffix(']').and_then(|index| index.parse().ok());
                steps.push(PathStep::Element(index.ok_or_else(|| format!("expected `[n]` in `{text}`"))?));
            }
        }
        Ok(Self { steps })
    }

    /// The path to one member.
    pub fn member(name: &str) -> Self {
        Self { steps: vec![PathStep::Member(name.to_owned())] }
    }

    /// The name of the first member, if the path has one.
    pub fn first_member(&self) -> Option<&str> {
        match self.steps.first() {
            Some(PathStep::Member(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether it leads to a page size or a limit. Consoles change these more often than anything else.
    pub fn is_page_size(&self) -> bool {
        const PARTS: [&str; 6] = ["maxresults", "maxitems", "maxrecords", "limit", "pagesize", "perpage"];
        let plain = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
        matches!(self.steps.last(), Some(PathStep::Member(name)) if PARTS.iter().any(|part| plain(name).contains(part)))
    }

    /// Calls `visit` with each value at the path until it returns true. Returns whether `visit` returned true.
    pub fn any<'v>(&self, root: Json<'v>, visit: &mut dyn FnMut(Json<'v>) -> bool) -> bool {
        walk(&self.steps, root, visit)
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                PathStep::Member(name) if index == 0 => write!(f, "{name}")?,
                PathStep::Member(name) => write!(f, ".{name}")?,
                PathStep::Element(element) => write!(f, "[{element}]")?,
                PathStep::Below => write!(f, ".**")?,
            }
        }
        Ok(())
    }
}

fn walk<'v>(steps: &[PathStep], value: Json<'v>, visit: &mut dyn FnMut(Json<'v>) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else { return visit(value) };
    match (step, value) {
        (PathStep::Below, Json::Object(members)) => members.iter().any(|(_, inner)| walk(steps, inner, visit)),
        (PathStep::Below, Json::Array(elements)) => elements.iter().any(|element| walk(steps, element, visit)),
        (PathStep::Below, scalar) => visit(scalar),
        (PathStep::Member(name), Json::Object(members)) => {
            members.get(name).is_some_and(|inner| walk(rest, inner, visit))
        }
        (PathStep::Member(_), Json::Array(elements)) => elements.iter().any(|element| walk(steps, element, visit)),
        (PathStep::Element(index), Json::Array(elements)) => {
            elements.get(*index).is_some_and(|inner| walk(rest, inner, visit))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::Document;

    fn all(path: &str, value: &Value) -> Vec<Value> {
        let mut found = Vec::new();
        Path::parse(path).unwrap().any(Document::from(value.clone()).root(), &mut |inner| {
            found.push(inner.to_value());
            false
        });
        found
    }

    #[test]
    fn all_elements_of_arrays_are_visited() {
        let value = json!({"set": {"items": [{"id": "i-1"}, {"id": "i-2"}]}});
        assert_eq!(all("set.items.id", &value), [json!("i-1"), json!("i-2")]);
        assert_eq!(all("set.items[1].id", &value), [json!("i-2")]);
        assert_eq!(all("set.nothing", &value), Vec::<Value>::new());
        assert_eq!(all("", &json!(1)), [json!(1)]);
        assert_eq!(all("set.**", &value), [json!("i-1"), json!("i-2")]);
    }

    #[test]
    fn invalid_path_error_states_expected_form() {
        assert!(Path::parse("a..b").unwrap_err().contains("a..b"));
        assert!(Path::parse("a[x]").unwrap_err().contains("[n]"));
    }
}
