//! Detects how a request differs from the shapes known for its call: new members and renamed members.
//!
//! Consoles add and rename members all the time. Before a request is compared with the shapes of its call, members that
//! do not occur in any shape are therefore removed, and a missing member is looked up under similar names.

use foldhash::HashSet;

use super::shape::Shape;
use crate::json::{Document, Json, Members};

/// Names that are at least this similar are treated as one renamed member.
const MIN_SIMILARITY: f64 = 0.87;

/// The top-level members in the shapes of one call.
#[derive(Debug, Default, Clone)]
pub struct Vocabulary {
    names: HashSet<String>,
}

/// A request, translated to the member names in the shapes of its call.
#[derive(Debug)]
pub struct Drifted<'r> {
    request: Request<'r>,
    /// The number of members that do not occur in any shape.
    pub added: usize,
    /// The number of members that have a different name in the shapes.
    pub renamed: usize,
}

/// A request that contains only known members, under their names in the shapes.
#[derive(Debug)]
enum Request<'r> {
    Unchanged(Json<'r>),
    Translated(Document<'r>),
}

impl Drifted<'_> {
    /// The request with only its known members, under their names in the shapes.
    pub fn request(&self) -> Json<'_> {
        match &self.request {
            Request::Unchanged(request) => *request,
            Request::Translated(request) => request.root(),
        }
    }
}

impl Vocabulary {
    /// Adds the members of a shape.
    pub(super) fn add_shape(&mut self, shape: &Shape) {
        self.names.extend(shape.member_names().map(str::to_owned));
    }

    /// Whether a shape contains the member.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Translates a request to the member names in the shapes.
    pub fn read<'r>(&'r self, request: Json<'r>) -> Drifted<'r> {
        match request.as_object() {
            Some(members) if members.names().any(|name| !self.contains(name)) => self.translate(members),
            _ => Drifted { request: Request::Unchanged(request), added: 0, renamed: 0 },
        }
    }

    fn translate<'r>(&'r self, members: Members<'r>) -> Drifted<'r> {
        let (mut request, new): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _)| self.contains(name));
        let mut renamed = 0;
        for (name, value) in &new {
            if let Some(old) = self.similar_name(name, &request) {
                renamed += 1;
                request.push((old, *value));
            }
        }
        let request = Request::Translated(Document::object(&request));
        Drifted { request, added: new.len() - renamed, renamed }
    }

    /// The known name that is similar to a new name, if the request does not also use the known name.
    fn similar_name(&self, new: &str, request: &[(&str, Json<'_>)]) -> Option<&str> {
        let new = new.to_lowercase();
        let free = self.names.iter().filter(|name| !request.iter().any(|(known, _)| known == name));
        let alike = free.map(|name| (strsim::jaro_winkler(&new, &name.to_lowercase()), name));
        let (similarity, name) = alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
        (similarity >= MIN_SIMILARITY).then_some(name.as_str())
    }
}
