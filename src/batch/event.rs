//! Converts events to batches of `events`, and back.

use std::borrow::Cow;

use arrow::array::{Array, AsArray, ListArray};
use arrow::record_batch::RecordBatch;

use super::columns::{boolean_at, text_at, time_at};
use super::{BatchError, Cell, Columns, Rows};
use crate::call::{self, Call, Classified, Description, Entity, Outcome};
use crate::event::{Client, Event, Evidence, Identity};
use crate::json::{Document, Json};
use crate::table::{CLASS, ENTITY, EVENTS};

/// AWS's placeholder for a user name that may be a mistyped password: it appears only in failed sign-ins.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// The number of columns of `events`.
const CELLS: usize = 54;

/// Events that a case stores next to each other. A query for the events of one group then skips the vectors of the others,
/// and does not have to decompress them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventGroup {
    /// Reads, and data events.
    Other,
    /// Other events that may have changed something.
    Change,
    /// Events whose call has a class or grants something.
    Classified,
}

impl EventGroup {
    /// The number of groups.
    pub const COUNT: usize = 3;

    fn of(event: &Event<'_>, description: &Description<'_>) -> Self {
        if !(description.classes.is_empty() && description.grants.is_empty()) {
            Self::Classified
        } else if event.read_only == Some(true) || event.event_category.as_deref() == Some("Data") {
            Self::Other
        } else {
            Self::Change
        }
    }
}

/// Collects events into a batch of `events`.
#[derive(Debug)]
pub struct EventRows(Rows);

impl Default for EventRows {
    fn default() -> Self {
        Self(Rows::new(&EVENTS))
    }
}

impl EventRows {
    /// Adds an event and its source: the document's name and the record's position in it.
    ///
    /// # Errors
    /// If the cells do not match the columns of the table, which a test excludes.
    pub fn push(&mut self, event: &Event<'_>, source_file: &str, source_record: u64) -> Result<(), BatchError> {
        with_cells(event, source_file, source_record, |cells, _| self.0.push(cells))
    }

    /// Adds an event to the rows of its group, and returns the group.
    ///
    /// # Errors
    /// See [`Self::push`].
    pub fn push_by_group(
        groups: &mut [Self; EventGroup::COUNT],
        event: &Event<'_>,
        source_file: &str,
        source_record: u64,
    ) -> Result<EventGroup, BatchError> {
        with_cells(event, source_file, source_record, |cells, group| {
            let [other, change, classified] = groups;
            let rows = match group {
                EventGroup::Other => other,
                EventGroup::Change => change,
                EventGroup::Classified => classified,
            };
            rows.0.push(cells).map(|()| group)
        })
    }

    /// The number of events.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no events.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The batch.
    ///
    /// # Errors
    /// See [`Rows::finish`].
    pub fn finish(self) -> Result<RecordBatch, BatchError> {
        self.0.finish()
    }
}

/// Calls `write` with the cells of an event's row, and with its group.
fn with_cells<T>(
    event: &Event<'_>,
    source_file: &str,
    source_record: u64,
    write: impl FnOnce(&[Cell<'_>; CELLS], EventGroup) -> T,
) -> T {
    let identity = &event.identity;
    let [(request, own_request), (response, own_response)] = [&event.request_parameters, &event.response_elements]
        .map(|body| Document::read_once(body.as_deref().unwrap_or_default()));
    let key = event.key();
    let description = described(event, &key, [request.root(), response.root()]);
    let grants =
        (!description.grants.is_empty()).then(|| serde_json::to_string(&description.grants).unwrap_or_default());
    let network = event.source_ip.as_deref().and_then(call::network_of);
    let names: Vec<Cow<'_, str>> = description.entities.iter().map(Entity::name).collect();
    let cells = [
        Cell::text(&event.event_id),
        Cell::Time(Some(event.event_time)),
        Cell::text(&event.event_source),
        Cell::text(&event.service),
        Cell::text(&event.event_name),
        Cell::text(&key),
        optional(event.event_version.as_ref()),
        optional(event.event_type.as_ref()),
        optional(event.event_category.as_ref()),
        Cell::Text(event.account_id()),
        optional(event.recipient_account_id.as_ref()),
        optional(event.region.as_ref()),
        optional(identity.kind.as_ref()),
        optional(identity.principal.as_ref()),
        optional(identity.principal_id.as_ref()),
        optional(identity.arn.as_ref()),
        optional(identity.account_id.as_ref()),
        optional(identity.access_key_id.as_ref()),
        optional(identity.user_name.as_ref()),
        optional(identity.invoked_by.as_ref()),
        optional(identity.issuer_arn.as_ref()),
        Cell::Time(identity.session_created),
        Cell::Boolean(identity.mfa),
        optional(event.source_ip.as_ref()),
        optional(event.user_agent.as_ref()),
        Cell::Text(event.client.map(Client::as_str)),
        optional(event.error_code.as_ref()),
        optional(event.error_message.as_ref()),
        Cell::Boolean(event.read_only),
        optional(event.request_id.as_ref()),
        Cell::Text(own_request.as_deref().or(event.request_parameters.as_deref())),
        Cell::Text(own_response.as_deref().or(event.response_elements.as_deref())),
        Cell::Boolean(event.session_credential_from_console),
        Cell::List(event.evidence.names().collect()),
        Cell::text(&event.session_id),
        Cell::text(source_file),
        Cell::count(source_record),
        Cell::text(&description.summary),
        Cell::text(description.outcome.as_str()),
        Cell::Boolean(Some(description.outcome == Outcome::Denied)),
        Cell::Text(network.as_deref()),
        Cell::List(description.techniques.clone()),
        Cell::Structs(description.classes.iter().flat_map(class).collect()),
        Cell::Structs(description.entities.iter().zip(&names).flat_map(entity).collect()),
        Cell::Text(grants.as_deref()),
        optional(event.shared_event_id.as_ref()),
        optional(event.vpc_endpoint_id.as_ref()),
        optional(identity.source_identity.as_ref()),
        Cell::Boolean(identity.assumed_root),
        optional(identity.on_behalf_of.as_ref()),
        optional(identity.in_scope_of.as_ref()),
        optional(event.own_id.as_ref()),
        optional(event.corrects.as_ref()),
        Cell::Text(event.extra.as_deref()),
    ];
    write(&cells, EventGroup::of(event, &description))
}

/// What the event's call did.
fn described(event: &Event<'_>, key: &str, [request, response]: [Json<'_>; 2]) -> Description<'static> {
    let has_hidden_name = event.identity.user_name.as_deref() == Some(HIDDEN);
    call::CallTable::shipped().describe(&Call {
        key,
        event_type: event.event_type.as_deref(),
        read_only: event.read_only,
        error_code: event.error_code.as_deref(),
        request,
        response,
        extra: event.extra.as_deref(),
        account: event.account_id(),
        region: event.region.as_deref(),
        sign_in_failed: event.error_message.is_some() || has_hidden_name,
    })
}

/// The members of [`CLASS`].
fn class<'a>(one: &'a Classified<'_>) -> [Option<&'a str>; CLASS.len()] {
    [Some(one.class.as_str()), Some(one.effect), Some(one.object).filter(|object| !object.is_empty())]
}

/// The members of [`ENTITY`].
fn entity<'a>((one, name): (&'a Entity, &'a Cow<'_, str>)) -> [Option<&'a str>; ENTITY.len()] {
    [Some(&one.kind), Some(&one.value), Some(name), Some(one.relation.as_str())]
}

fn optional<'a>(text: Option<&'a Cow<'_, str>>) -> Cell<'a> {
    Cell::Text(text.map(AsRef::as_ref))
}

/// The events in a batch of `events` whose ENUM columns were cast to text, each with its `source_file`.
///
/// # Errors
/// If a column is missing or has a different type.
pub fn read_events(batch: &RecordBatch) -> Result<Vec<(Event<'_>, &str)>, BatchError> {
    let source_file = Columns(batch).text("source_file")?;
    (0..batch.num_rows()).map(|row| Ok((read_event(batch, row)?, source_file.value(row)))).collect()
}

fn read_event(batch: &RecordBatch, row: usize) -> Result<Event<'_>, BatchError> {
    let columns = Columns(batch);
    let text = |name: &str| Ok::<_, BatchError>(text_at(columns.text(name)?, row).map(Cow::Borrowed));
    let boolean = |name: &str| Ok::<_, BatchError>(boolean_at(columns.boolean(name)?, row));
    Ok(Event {
        event_id: text("event_id")?.unwrap_or_default(),
        event_time: time_at(columns.time("event_time")?, row).unwrap_or_default(),
        event_source: text("event_source")?.unwrap_or_default(),
        service: text("service")?.unwrap_or_default(),
        event_name: text("event_name")?.unwrap_or_default(),
        event_version: text("event_version")?,
        event_type: text("event_type")?,
        event_category: text("event_category")?,
        recipient_account_id: text("recipient_account_id")?,
        region: text("region")?,
        identity: read_identity(columns, row)?,
        source_ip: text("source_ip")?,
        user_agent: text("user_agent")?,
        error_code: text("error_code")?,
        error_message: text("error_message")?,
        read_only: boolean("read_only")?,
        request_id: text("request_id")?,
        request_parameters: text("request_parameters")?,
        response_elements: text("response_elements")?,
        session_credential_from_console: boolean("session_credential_from_console")?,
        shared_event_id: text("shared_event_id")?,
        vpc_endpoint_id: text("vpc_endpoint_id")?,
        own_id: text("own_id")?,
        corrects: text("corrects")?,
        client: text("client")?.as_deref().and_then(Client::named),
        evidence: evidence_at(columns.list("console_evidence")?, row),
        session_id: text("session_id")?.unwrap_or_default().into_owned(),
        extra: text("extra")?.map(Cow::into_owned),
    })
}

fn read_identity(columns: Columns<'_>, row: usize) -> Result<Identity<'_>, BatchError> {
    let text = |name: &str| Ok::<_, BatchError>(text_at(columns.text(name)?, row).map(Cow::Borrowed));
    Ok(Identity {
        kind: text("identity_type")?,
        principal_id: text("principal_id")?,
        arn: text("principal_arn")?,
        account_id: text("identity_account_id")?,
        access_key_id: text("access_key_id")?,
        user_name: text("user_name")?,
        invoked_by: text("invoked_by")?,
        issuer_arn: text("issuer_arn")?,
        session_created: time_at(columns.time("session_created")?, row),
        mfa: boolean_at(columns.boolean("mfa")?, row),
        principal: text("principal")?,
        source_identity: text("source_identity")?,
        assumed_root: boolean_at(columns.boolean("assumed_root")?, row),
        on_behalf_of: text("on_behalf_of")?,
        in_scope_of: text("in_scope_of")?,
    })
}

/// The console evidence in that row.
pub(crate) fn evidence_at(lists: &ListArray, row: usize) -> Evidence {
    if lists.is_null(row) {
        return Evidence::empty();
    }
    let names = lists.value(row);
    names.as_string_opt::<i32>().into_iter().flatten().flatten().map(Evidence::named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    /// An event with a different value in each field, so that a mix-up is detected.
    fn full() -> Event<'static> {
        let some = |text: &'static str| Some(Cow::Borrowed(text));
        Event {
            event_id: "id".into(),
            event_time: Timestamp(1_700_000_000_123_456),
            event_source: "iam.amazonaws.com".into(),
            service: "iam".into(),
            event_name: "ListUsers".into(),
            event_version: some("1.08"),
            event_type: some("AwsApiCall"),
            event_category: some("Management"),
            recipient_account_id: some("222222222222"),
            region: some("eu-central-1"),
            identity: Identity {
                kind: some("AssumedRole"),
                principal_id: some("AROAEXAMPLE:bob"),
                arn: some("arn:aws:sts::111111111111:assumed-role/Admin/bob"),
                account_id: some("111111111111"),
                access_key_id: some("ASIAEXAMPLE"),
                user_name: some("Admin"),
                invoked_by: some("config.amazonaws.com"),
                issuer_arn: some("arn:aws:iam::111111111111:role/Admin"),
                session_created: Some(Timestamp(1_699_999_999_000_000)),
                mfa: Some(true),
                principal: some("Admin/bob"),
                source_identity: some("nora"),
                assumed_root: Some(false),
                on_behalf_of: some("user"),
                in_scope_of: some("arn:aws:lambda:eu-central-1:111111111111:function:f"),
            },
            source_ip: some("192.0.2.7"),
            user_agent: some("Mozilla/5.0 ü \u{1b}[31m"),
            error_code: some("AccessDenied"),
            error_message: some("no 'luck'"),
            read_only: Some(false),
            request_id: some("request"),
            request_parameters: some(r#"{"a":1}"#),
            response_elements: some(r#"{"b":[2]}"#),
            session_credential_from_console: Some(true),
            shared_event_id: some("shared"),
            vpc_endpoint_id: some("vpce-1"),
            own_id: some("own"),
            corrects: some("corrected"),
            client: Some(Client::CloudShell),
            evidence: Evidence::FLAG | Evidence::CLOUD_SHELL,
            session_id: "session".into(),
            extra: Some(r#"{"c":null}"#.into()),
        }
    }

    #[test]
    fn events_round_trip() {
        let bare = Event { event_id: "bare".into(), session_id: "s".into(), ..Event::default() };
        let mut rows = EventRows::default();
        rows.push(&full(), "a.json", 3).unwrap();
        rows.push(&bare, "b.json", 0).unwrap();
        let batch = rows.finish().unwrap();
        assert_eq!(read_events(&batch).unwrap(), [(full(), "a.json"), (bare, "b.json")]);
        let columns = Columns(&batch);
        assert_eq!(columns.text("event_key").unwrap().value(0), "iam:ListUsers");
        assert_eq!(columns.text("account_id").unwrap().value(0), "222222222222");
        assert_eq!(columns.integer("source_record").unwrap().values().as_ref(), [3, 0]);
    }
}
