//! The locations that extracts read from: the request, the response, or a field of the event.

use super::body::Body;
use super::caller::Family;
use super::path::Path;
use super::shape::ShapeSubject;
use crate::json::Json;
use crate::normalize::caller::unwrapped;

/// The event that an extract reads from.
#[derive(Debug, Clone, Copy)]
pub struct SourceEvent<'e, 't> {
    /// `events.event_id`
    pub event_id: &'e str,
    /// `iam:ListUsers`
    pub call: &'e str,
    /// `events.region`
    pub region: Option<&'e str>,
    /// `events.account_id`
    pub account_id: Option<&'e str>,
    /// `events.source_ip`
    pub source_ip: Option<&'e str>,
    /// `events.user_agent`
    pub user_agent: Option<&'e str>,
    /// `events.error_code`
    pub error_code: Option<&'e str>,
    /// `events.error_message`
    pub error_message: Option<&'e str>,
    /// The request.
    pub request: &'e Body<'t>,
    /// The response.
    pub response: &'e Body<'t>,
}

impl<'e, 't> SourceEvent<'e, 't> {
    /// The part of the event that shapes test.
    pub fn subject(&self) -> ShapeSubject<'e, 't> {
        let agent = unwrapped(self.user_agent.unwrap_or_default());
        ShapeSubject {
            agent,
            family: Family::of_unwrapped(agent),
            request: self.request,
            response: self.response,
            error_code: self.error_code,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SourcePath {
    Request(Path),
    Response(Path),
    Event(EventField),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventField {
    Region,
    Account,
    SourceIp,
    UserAgent,
    ErrorCode,
    ErrorMessage,
    Call,
    Id,
}

impl SourcePath {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (root, rest) = text.split_once('.').unwrap_or((text, ""));
        match root {
            "request" => Path::parse(rest).map(Self::Request),
            "response" => Path::parse(rest).map(Self::Response),
            "event" => EventField::parse(rest).map(Self::Event),
            _ => Err(format!("expected a path that starts with request, response or event, found `{text}`")),
        }
    }

    pub(super) fn visit(&self, event: &SourceEvent<'_, '_>, visit: &mut dyn FnMut(Json<'_>)) {
        let mut visit = |value: Json<'_>| {
            visit(value);
            false
        };
        match self {
            Self::Request(path) => drop(path.any(event.request.value(), &mut |value| visit(value))),
            Self::Response(path) => drop(path.any(event.response.value(), &mut |value| visit(value))),
            Self::Event(field) => {
                if let Some(text) = field.of(event) {
                    visit(Json::String(text));
                }
            }
        }
    }
}

impl EventField {
    fn parse(name: &str) -> Result<Self, String> {
        match name {
            "region" => Ok(Self::Region),
            "account" => Ok(Self::Account),
            "source_ip" => Ok(Self::SourceIp),
            "user_agent" => Ok(Self::UserAgent),
            "error_code" => Ok(Self::ErrorCode),
            "error_message" => Ok(Self::ErrorMessage),
            "call" => Ok(Self::Call),
            "id" => Ok(Self::Id),
            _ => Err(format!(
                "expected event.region, account, source_ip, user_agent, error_code, error_message, call or id, found `{name}`"
            )),
        }
    }

    const fn of<'e>(self, event: &SourceEvent<'e, '_>) -> Option<&'e str> {
        match self {
            Self::Region => event.region,
            Self::Account => event.account_id,
            Self::SourceIp => event.source_ip,
            Self::UserAgent => event.user_agent,
            Self::ErrorCode => event.error_code,
            Self::ErrorMessage => event.error_message,
            Self::Call => Some(event.call),
            Self::Id => Some(event.event_id),
        }
    }
}
