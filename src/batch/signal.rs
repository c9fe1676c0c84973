//! Converts signals to batches of `signals`, `event_signal` and `signal_entities`.

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::{BatchError, Cell, Rows};
use crate::signal::{Signal, leads_to_console};
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS};

/// The three batches that describe signals.
#[derive(Debug)]
pub struct SignalBatches {
    /// Rows of `signals`
    pub signals: RecordBatch,
    /// Rows of `event_signal`
    pub event_signal: RecordBatch,
    /// Rows of `signal_entities`
    pub signal_entities: RecordBatch,
}

/// The signals as batches, in their order.
///
/// # Errors
/// If the cells do not match the columns of the tables, which a test excludes.
pub fn signals<'a>(all: impl IntoIterator<Item = &'a Signal>) -> Result<SignalBatches, BatchError> {
    let [mut signals, mut members, mut entities] = [&SIGNALS, &EVENT_SIGNAL, &SIGNAL_ENTITIES].map(Rows::new);
    for signal in all {
        push_signal(&mut signals, signal)?;
        push_members(&mut members, signal)?;
        push_entities(&mut entities, signal)?;
    }
    Ok(SignalBatches {
        signals: signals.finish()?,
        event_signal: members.finish()?,
        signal_entities: entities.finish()?,
    })
}

fn push_signal(rows: &mut Rows, signal: &Signal) -> Result<(), BatchError> {
    let context = serde_json::to_string(&signal.context).map_err(|error| ArrowError::JsonError(error.to_string()))?;
    rows.push(&[
        Cell::text(&signal.signal_id),
        Cell::text(&signal.session_id),
        Cell::Text(signal.account_id.as_deref()),
        Cell::Text(signal.principal.as_deref()),
        Cell::text(&signal.rule_id),
        Cell::Text(signal.rule_pack.as_deref()),
        Cell::text(signal.kind.as_str()),
        Cell::Integer(Some(i64::from(signal.kind.severity()))),
        Cell::text(&signal.service),
        Cell::text(&signal.title),
        Cell::text(&signal.summary),
        Cell::Text(signal.url.as_deref().filter(|url| leads_to_console(url))),
        Cell::Text(signal.region.as_deref()),
        Cell::Real(signal.confidence),
        Cell::text(signal.origin.as_str()),
        Cell::Time(Some(signal.first_time)),
        Cell::Time(Some(signal.last_time)),
        Cell::count(signal.events.len() as u64),
        Cell::text(&signal.anchor_event_id),
        Cell::text(&context),
        Cell::list(&signal.attack),
        Cell::list(&signal.matched),
        Cell::list(&signal.missing),
    ])
}

fn push_members(rows: &mut Rows, signal: &Signal) -> Result<(), BatchError> {
    signal.events.iter().try_for_each(|member| {
        rows.push(&[Cell::text(&member.event_id), Cell::text(&signal.signal_id), Cell::text(member.role.as_str())])
    })
}

fn push_entities(rows: &mut Rows, signal: &Signal) -> Result<(), BatchError> {
    signal.entities.iter().try_for_each(|entity| {
        rows.push(&[
            Cell::text(&signal.signal_id),
            Cell::text(&entity.kind),
            Cell::text(&entity.value),
            Cell::text(&entity.event_id),
            Cell::text(entity.relation.as_str()),
        ])
    })
}

#[cfg(test)]
mod tests {
    use arrow::json::LineDelimitedWriter;

    use super::*;
    use crate::event::Timestamp;
    use crate::signal::{Kind, Member, Origin, Relation, Role, SignalEntity};

    fn signal() -> Signal {
        Signal {
            signal_id: "x".into(),
            session_id: "s".into(),
            account_id: Some("111122223333".into()),
            principal: Some("alice".into()),
            rule_id: "iam/users".into(),
            rule_pack: Some("acme@1.2.0".into()),
            kind: Kind::List,
            service: "iam".into(),
            title: "IAM > Users".into(),
            summary: "Listed 2 users".into(),
            url: None,
            region: Some("us-east-1".into()),
            confidence: 0.5,
            origin: Origin::Inferred,
            first_time: Timestamp(1_000_000),
            last_time: Timestamp(2_000_000),
            anchor_event_id: "e1".into(),
            context: [("users".to_owned(), serde_json::json!(["a"]))].into_iter().collect(),
            attack: vec!["T1087.004".into()],
            matched: vec!["iam:ListUsers".into()],
            missing: Vec::new(),
            entities: vec![SignalEntity {
                kind: "user".into(),
                value: "a".into(),
                event_id: "e2".into(),
                relation: Relation::Seen,
            }],
            evidence: None,
            events: vec![
                Member { event_id: "e1".into(), role: Role::Anchor },
                Member { event_id: "e2".into(), role: Role::Optional },
            ],
        }
    }

    fn lines(batch: &RecordBatch) -> String {
        let mut writer = LineDelimitedWriter::new(Vec::new());
        writer.write(batch).unwrap();
        writer.finish().unwrap();
        String::from_utf8(writer.into_inner()).unwrap()
    }

    #[test]
    fn signal_is_written_to_three_batches() {
        let batches = signals([&signal()]).unwrap();
        insta::assert_snapshot!(lines(&batches.signals), @r#"{"signal_id":"x","session_id":"s","account_id":"111122223333","principal":"alice","rule_id":"iam/users","rule_pack":"acme@1.2.0","kind":"list","severity":2,"service":"iam","title":"IAM > Users","summary":"Listed 2 users","region":"us-east-1","confidence":0.5,"origin":"inferred","first_time":"1970-01-01T00:00:01","last_time":"1970-01-01T00:00:02","event_count":2,"anchor_event_id":"e1","context":"{\"users\":[\"a\"]}","attack":["T1087.004"],"matched":["iam:ListUsers"],"missing":[]}"#);
        insta::assert_snapshot!(lines(&batches.event_signal), @r#"
        {"event_id":"e1","signal_id":"x","role":"anchor"}
        {"event_id":"e2","signal_id":"x","role":"optional"}
        "#);
        insta::assert_snapshot!(lines(&batches.signal_entities), @r#"{"signal_id":"x","entity_type":"user","entity_value":"a","event_id":"e2","relation":"seen"}"#);
    }
}
