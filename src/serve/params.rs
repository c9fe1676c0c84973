//! The parameters of a query string, validated.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use chrono::DateTime;

use super::ServeError;
use crate::event::Timestamp;

/// The default and the maximum number of rows of a page.
const ROWS: u64 = 200;
const MOST_ROWS: u64 = 1000;

/// The names and values of a query string, in order; a name may be repeated.
#[derive(Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

/// A page of rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    /// The number of rows to skip.
    pub(super) offset: u64,
    /// The maximum number of rows.
    pub(super) limit: u64,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ServeError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ServeError> {
        Ok(Self::of(&parts.uri))
    }
}

impl Params {
    /// Parses a query string. Invalid UTF-8 becomes U+FFFD, so that every query string can be read.
    pub(super) fn of(uri: &Uri) -> Self {
        Query::try_from_uri(uri).map_or_else(|_| Self::default(), |Query(pairs)| Self(pairs))
    }

    /// The first value with this name; an empty value counts as missing.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// Like [`Params::one`], but empty if the value is missing.
    pub(super) fn text(&self, name: &str) -> String {
        self.one(name).unwrap_or_default().to_owned()
    }

    /// Every value with this name.
    pub(super) fn many(&self, name: &str) -> Vec<String> {
        self.values(name).map(str::to_owned).collect()
    }

    fn values<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The value with this name, which must be one of `all`; the first of `all` if it is missing.
    pub(super) fn one_of<T: Copy>(&self, name: &str, all: &[(&str, T)]) -> Result<T, ServeError> {
        let known = || all.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        let given = self.one(name);
        let fits = all.iter().find(|(known, _)| given.is_none_or(|given| given == *known)).map(|(_, one)| *one);
        fits.ok_or_else(|| self.misfit(name, format!("Expected one of {}.", known())))
    }

    /// The sort direction, from `descending`.
    pub(super) fn direction(&self) -> Result<&'static str, ServeError> {
        self.one_of("descending", &[("false", "ASC"), ("true", "DESC")])
    }

    /// The time with this name, in RFC 3339.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Timestamp>, ServeError> {
        let read = |text| DateTime::parse_from_rfc3339(text).map(|moment| Timestamp(moment.timestamp_micros()));
        let advice = "Expected a time in RFC 3339, such as 2026-03-11T19:41:32Z; encode + as %2B.";
        self.one(name).map(read).transpose().map_err(|_| self.misfit(name, advice))
    }

    /// The number with this name, between `least` and `most`; `otherwise` if it is missing.
    pub(super) fn number(&self, name: &str, least: u64, most: u64, otherwise: u64) -> Result<u64, ServeError> {
        let number = self.one(name).map_or(Ok(otherwise), u64::from_str);
        number
            .ok()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.misfit(name, format!("Expected a whole number from {least} to {most}.")))
    }

    /// The page, from `offset` and `limit`.
    pub(super) fn paging(&self) -> Result<Paging, ServeError> {
        let offset = self.number("offset", 0, i64::MAX.unsigned_abs(), 0)?;
        Ok(Paging { offset, limit: self.number("limit", 0, MOST_ROWS, ROWS)? })
    }

    fn misfit(&self, name: &str, advice: impl Display) -> ServeError {
        ServeError::asked(format!("{name}={} is not valid", self.text(name)), advice.to_string())
    }
}
