//! The columns of `events` that describe sessions.

use arrow::array::{BooleanArray, ListArray, StringArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;

use crate::batch::{BatchError, Columns, boolean_at, evidence_at, text_at, time_at};
use crate::event::{Evidence, Timestamp};

/// What a text column in [`Cells`] contains.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    Account,
    IdentityAccount,
    RecipientAccount,
    IdentityType,
    Principal,
    PrincipalId,
    PrincipalArn,
    SourceIp,
    Region,
    UserAgent,
}

impl Text {
    const ALL: [Self; 10] = [
        Self::Account,
        Self::IdentityAccount,
        Self::RecipientAccount,
        Self::IdentityType,
        Self::Principal,
        Self::PrincipalId,
        Self::PrincipalArn,
        Self::SourceIp,
        Self::Region,
        Self::UserAgent,
    ];

    const fn column(self) -> &'static str {
        match self {
            Self::Account => "account_id",
            Self::IdentityAccount => "identity_account_id",
            Self::RecipientAccount => "recipient_account_id",
            Self::IdentityType => "identity_type",
            Self::Principal => "principal",
            Self::PrincipalId => "principal_id",
            Self::PrincipalArn => "principal_arn",
            Self::SourceIp => "source_ip",
            Self::Region => "region",
            Self::UserAgent => "user_agent",
        }
    }
}

/// The columns of one batch, looked up once.
#[derive(Debug)]
pub(super) struct Cells<'b> {
    texts: [&'b StringArray; Text::ALL.len()],
    pub(super) session_id: &'b StringArray,
    time: &'b TimestampMicrosecondArray,
    created: &'b TimestampMicrosecondArray,
    mfa: &'b BooleanArray,
    evidence: &'b ListArray,
}

impl<'b> Cells<'b> {
    pub(super) fn of(batch: &'b RecordBatch) -> Result<Self, BatchError> {
        let columns = Columns(batch);
        let session_id = columns.text("session_id")?;
        let mut texts = [session_id; Text::ALL.len()];
        for text in Text::ALL {
            texts[text as usize] = columns.text(text.column())?;
        }
        Ok(Self {
            texts,
            session_id,
            time: columns.time("event_time")?,
            created: columns.time("session_created")?,
            mfa: columns.boolean("mfa")?,
            evidence: columns.list("console_evidence")?,
        })
    }

    pub(super) fn of_all(batches: &'b [RecordBatch]) -> Result<Vec<Self>, BatchError> {
        batches.iter().map(Self::of).collect()
    }

    pub(super) fn text(&self, text: Text, row: usize) -> Option<&'b str> {
        text_at(self.texts[text as usize], row)
    }

    pub(super) fn time(&self, row: usize) -> Option<Timestamp> {
        time_at(self.time, row)
    }

    pub(super) fn created(&self, row: usize) -> Option<Timestamp> {
        time_at(self.created, row)
    }

    pub(super) fn mfa(&self, row: usize) -> Option<bool> {
        boolean_at(self.mfa, row)
    }

    pub(super) fn evidence(&self, row: usize) -> Evidence {
        evidence_at(self.evidence, row)
    }
}
