//! Decodes raw JSON values to field types, and determines whether the field represents the value exactly.

use std::borrow::Cow;

use serde_json::value::RawValue;

/// A decoded value; `None` if the type cannot represent it.
pub(super) struct Scalar<T> {
    /// The value.
    pub(super) value: Option<T>,
    /// Whether writing `value` again gives the same JSON.
    pub(super) exact: bool,
}

impl<T> Scalar<T> {
    fn exact(value: T) -> Self {
        Self { value: Some(value), exact: true }
    }

    fn lossy(value: Option<T>) -> Self {
        Self { value, exact: false }
    }
}

/// Text. A JSON string is decoded exactly. A number or boolean is decoded as its text, and a list of texts is joined,
/// but not exactly.
pub(super) fn text(json: &str) -> Scalar<Cow<'_, str>> {
    match json.as_bytes().first() {
        Some(b'"') => string(json),
        Some(b'{' | b'n') | None => Scalar::lossy(None),
        Some(b'[') => Scalar::lossy(list(json).map(Cow::Owned)),
        Some(_) => Scalar::lossy(Some(Cow::Borrowed(json))),
    }
}

/// Text that may be empty: empty text is not a value, and is kept in `extra`.
pub(super) fn filled(raw: &str) -> Scalar<Cow<'_, str>> {
    let scalar = text(raw);
    match scalar.value {
        Some(value) if value.trim().is_empty() => Scalar::lossy(None),
        value => Scalar { value, ..scalar },
    }
}

/// An error code: text, except for values that mean that there was no error.
pub(super) fn error_code(raw: &str) -> Scalar<Cow<'_, str>> {
    const FINE: [&str; 3] = ["200", "Success", "OK"];
    let scalar = filled(raw);
    match scalar.value {
        Some(value) if FINE.iter().any(|fine| fine.eq_ignore_ascii_case(&value)) => Scalar::lossy(None),
        value => Scalar { value, ..scalar },
    }
}

/// A boolean in the form that `CloudTrail` uses for `readOnly`: unquoted. Quoted spellings are accepted, but are not
/// exact.
pub(super) fn bare_bool(raw: &str) -> Scalar<bool> {
    match raw {
        "true" => Scalar::exact(true),
        "false" => Scalar::exact(false),
        json => Scalar::lossy(truth(json)),
    }
}

/// A boolean in the form that `CloudTrail` uses for `mfaAuthenticated`: `"true"`. Unquoted and other spellings are not
/// exact.
pub(super) fn quoted_bool(raw: &str) -> Scalar<bool> {
    match raw {
        r#""true""# => Scalar::exact(true),
        r#""false""# => Scalar::exact(false),
        json => Scalar::lossy(truth(json)),
    }
}

/// JSON text unchanged; `null` is not a value.
pub(super) fn json(raw: &str) -> Scalar<Cow<'_, str>> {
    match raw {
        "null" => Scalar::lossy(None),
        json => Scalar::exact(Cow::Borrowed(json)),
    }
}

/// A part of `text`, with the same borrow.
pub(super) fn part<'a>(text: &Cow<'a, str>, cut: impl Fn(&str) -> Option<&str>) -> Option<Cow<'a, str>> {
    match text {
        Cow::Borrowed(text) => cut(text).map(Cow::Borrowed),
        Cow::Owned(text) => cut(text).map(|part| Cow::Owned(part.to_owned())),
    }
}

fn truth(json: &str) -> Option<bool> {
    let word = json.trim_matches('"');
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, truth)| truth)
}

fn list(json: &str) -> Option<String> {
    let parts: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    let parts: Vec<Cow<'_, str>> = parts.into_iter().filter_map(|part| text(part.get()).value).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn string(json: &str) -> Scalar<Cow<'_, str>> {
    let inner = &json[1..json.len() - 1];
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Scalar::exact(Cow::Borrowed(inner));
    }
    match serde_json::from_str::<String>(json) {
        Ok(value) => Scalar::exact(Cow::Owned(value)),
        Err(_) => Scalar::lossy(serde_json::from_str(&without_surrogates(json)).ok().map(Cow::Owned)),
    }
}

/// The JSON string with every escaped surrogate written as U+FFFD: a lone surrogate, which anyone can put into a user
/// agent, is valid JSON but not valid text, and must not make the event unreadable.
fn without_surrogates(json: &str) -> String {
    let mut clean = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        let surrogate =
            matches!(escape.as_bytes(), [_, b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
        let length = if surrogate { 6 } else { 2 };
        clean.push_str(before);
        clean.push_str(if surrogate { "\u{fffd}" } else { &escape[..length] });
        rest = &escape[length..];
    }
    clean + rest
}
