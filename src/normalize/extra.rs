//! The JSON text of members without a field, built member by member while fields are read.

use std::borrow::Cow;

use super::scalar::Scalar;
use crate::json::Level;

/// The initial capacity for the leftovers of one object, in bytes.
const COMMON: usize = 192;

/// A JSON object being built, and whether any field has a value from the original object.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// The object's text without its closing brace; empty while there is no member.
    text: String,
    /// The offset at which the object starts in the text, after its parent.
    start: usize,
    held: bool,
}

impl Extra {
    /// Decodes one member with `read`. The original is kept unless the result is exact.
    pub(super) fn take<'a, T>(
        &mut self,
        name: &str,
        raw: Option<&'a str>,
        read: impl FnOnce(&'a str) -> Scalar<T>,
    ) -> Option<T> {
        let raw = raw?;
        let Scalar { value, exact } = read(raw);
        self.held |= exact;
        if !exact {
            self.put(name, raw);
        }
        value
    }

    /// Reads a nested object's members with `take`. All other members are kept, or the whole value if it is not an
    /// object.
    pub(super) fn nested<'a, const N: usize>(
        &mut self,
        name: &str,
        raw: Option<&'a str>,
        names: &[&str; N],
        take: impl FnOnce([Option<&'a str>; N], &mut Self),
    ) {
        let Some(json) = raw else { return };
        match object(json, names) {
            Some(level) => {
                let before = self.text.len();
                self.open(name, json.len());
                let mut inner = Self { start: self.text.len(), text: std::mem::take(&mut self.text), held: false };
                take(level.known, &mut inner);
                inner.put_all(&level.rest);
                self.close(inner, before);
            }
            None => self.put(name, json),
        }
    }

    /// Reads a nested object that is kept in full.
    pub(super) fn seen<'a, T, const N: usize>(
        &mut self,
        name: &str,
        raw: Option<&'a str>,
        names: &[&str; N],
        look: impl FnOnce([Option<&'a str>; N]) -> T,
    ) -> Option<T> {
        let json = raw?;
        self.put(name, json);
        object(json, names).map(|level| look(level.known))
    }

    /// Keeps every member of `rest`.
    pub(super) fn put_all(&mut self, rest: &[(Cow<'_, str>, &str)]) {
        for (name, raw) in rest {
            match name {
                // Borrowed from JSON unchanged, so it needs no escapes.
                Cow::Borrowed(name) => self.put(name, raw),
                Cow::Owned(name) => self.put_escaped(name.clone(), raw),
            }
        }
    }

    /// Keeps one member whose name needs no escapes.
    pub(super) fn put(&mut self, name: &str, json: &str) {
        self.open(name, json.len());
        self.text.push_str(json);
    }

    /// Starts a member whose value has at most this many bytes.
    fn open(&mut self, name: &str, bytes: usize) {
        if self.text.is_empty() {
            self.text.reserve(COMMON + bytes);
        }
        self.text.push(if self.text.len() == self.start { '{' } else { ',' });
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// The object, or `None` if nothing is left over.
    pub(super) fn finish(mut self) -> Option<String> {
        if self.text.is_empty() {
            return None;
        }
        self.text.push('}');
        Some(self.text)
    }

    fn put_escaped(&mut self, name: String, json: &str) {
        let quoted = serde_json::Value::String(name).to_string();
        self.put(&quoted[1..quoted.len() - 1], json);
    }

    /// Ends or removes a member that is an object. Before the member, the text had `before` bytes. An object without
    /// values in fields is kept even if empty, because nothing else would show that it existed.
    fn close(&mut self, inner: Self, before: usize) {
        let Self { mut text, start, held } = inner;
        match () {
            () if text.len() > start => text.push('}'),
            () if !held => text.push_str("{}"),
            () => text.truncate(before),
        }
        self.text = text;
        self.held |= held;
    }
}

/// The members of `json` if it is an object. Other values are common, so no parser error is built for them.
fn object<'a, const N: usize>(json: &'a str, names: &[&str; N]) -> Option<Level<'a, N>> {
    json.starts_with('{').then(|| Level::read(json, names).ok()).flatten()
}
