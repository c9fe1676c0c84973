//! How far a request has drifted from what rules know of its call: members that are new, or called otherwise.
//!
//! Consoles add members and rename them all the time. So before a request is compared with the shapes of its call, what
//! no shape of the call knows is taken out of it, and a member that is missing is looked for under a name much like it.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::shape::Shape;
use crate::json::{Json, Members};

/// Names as alike as this are one member, renamed.
const ALIKE: f64 = 0.87;

/// The top-level members that the shapes of one call know.
#[derive(Debug, Default, Clone)]
pub struct Vocabulary {
    names: FxHashSet<String>,
}

/// A request in the words of its call's shapes.
#[derive(Debug)]
pub struct Drifted<'r, 't> {
    /// The request, known members only, under the names that shapes know.
    pub request: Cow<'r, Json<'t>>,
    /// Members that no shape knows.
    pub added: usize,
    /// Members that shapes know under another name.
    pub renamed: usize,
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
    pub fn read<'r, 't>(&'t self, request: &'r Json<'t>) -> Drifted<'r, 't> {
        match request.as_object() {
            Some(members) if members.names().any(|name| !self.knows(name)) => self.translate(members),
            _ => Drifted { request: Cow::Borrowed(request), added: 0, renamed: 0 },
        }
    }

    fn translate<'r, 't>(&'t self, members: &Members<'t>) -> Drifted<'r, 't> {
        let mut request = members.keeping(|name| self.knows(name));
        let count = members.len() - request.len();
        let mut renamed = 0;
        for (name, value) in members.iter().filter(|(name, _)| !self.knows(name)) {
            if let Some(old) = self.name_like(name, &request) {
                renamed += 1;
                request.set(old.into(), value.clone());
            }
        }
        Drifted { request: Cow::Owned(Json::Object(request)), added: count - renamed, renamed }
    }

    /// The known name that a new one stands for, if the request does not have it anyway.
    fn name_like(&self, new: &str, request: &Members<'_>) -> Option<&str> {
        let new = new.to_lowercase();
        let free = self.names.iter().filter(|name| request.get(name).is_none());
        let alike = free.map(|name| (strsim::jaro_winkler(&new, &name.to_lowercase()), name));
        let (likeness, name) = alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
        (likeness >= ALIKE).then_some(name.as_str())
    }
}
