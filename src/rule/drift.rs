//! How far a request has drifted from what rules know of its call: members that are new, or called otherwise.
//!
//! Consoles add members and rename them all the time. So before a request is compared with the shapes of its call, what
//! no shape of the call knows is taken out of it, and a member that is missing is looked for under a name much like it.

use rustc_hash::FxHashSet;

use super::shape::Shape;
use crate::json::{Document, Json, Members};

/// Names as alike as this are one member, renamed.
const ALIKE: f64 = 0.87;

/// The top-level members that the shapes of one call know.
#[derive(Debug, Default, Clone)]
pub struct Vocabulary {
    names: FxHashSet<String>,
}

/// A request in the words of its call's shapes.
#[derive(Debug)]
pub struct Drifted<'r> {
    request: Request<'r>,
    /// Members that no shape knows.
    pub added: usize,
    /// Members that shapes know under another name.
    pub renamed: usize,
}

/// A request with known members only, under the names that shapes know.
#[derive(Debug)]
enum Request<'r> {
    AsItStands(Json<'r>),
    Translated(Document<'r>),
}

impl Drifted<'_> {
    /// The request, known members only, under the names that shapes know.
    pub fn request(&self) -> Json<'_> {
        match &self.request {
            Request::AsItStands(request) => *request,
            Request::Translated(request) => request.root(),
        }
    }
}

impl Vocabulary {
    /// Adds what a shape knows.
    pub(super) fn learn(&mut self, shape: &Shape) {
        self.names.extend(shape.member_names().map(str::to_owned));
    }

    /// Whether some shape knows the member.
    pub fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The request in the words of the shapes.
    pub fn read<'r>(&'r self, request: Json<'r>) -> Drifted<'r> {
        match request.as_object() {
            Some(members) if members.names().any(|name| !self.knows(name)) => self.translate(members),
            _ => Drifted { request: Request::AsItStands(request), added: 0, renamed: 0 },
        }
    }

    fn translate<'r>(&'r self, members: Members<'r>) -> Drifted<'r> {
        let (mut request, new): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _)| self.knows(name));
        let mut renamed = 0;
        for (name, value) in &new {
            if let Some(old) = self.name_like(name, &request) {
                renamed += 1;
                request.push((old, *value));
            }
        }
        let request = Request::Translated(Document::object(&request));
        Drifted { request, added: new.len() - renamed, renamed }
    }

    /// The known name that a new one stands for, if the request does not have it anyway.
    fn name_like(&self, new: &str, request: &[(&str, Json<'_>)]) -> Option<&str> {
        let new = new.to_lowercase();
        let free = self.names.iter().filter(|name| !request.iter().any(|(known, _)| known == name));
        let alike = free.map(|name| (strsim::jaro_winkler(&new, &name.to_lowercase()), name));
        let (similarity, name) = alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
        (similarity >= ALIKE).then_some(name.as_str())
    }
}
