//! The formats in which CloudTrail records are wrapped.

/// Where a document's records were found: the outermost wrapper of its first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Container {
    /// `{"Records":[…]}`: a log file of a trail.
    Records,
    /// `aws cloudtrail lookup-events`: `CloudTrailEvent`, a JSON string, as one document or one item per line.
    LookupEvents,
    /// A bare array of records.
    Array,
    /// One bare record.
    Object,
    /// One record per line.
    JsonLines,
    /// Records one after another, spanning any number of lines.
    Concatenated,
    /// EventBridge (CloudWatch Events): `detail`.
    EventBridge,
    /// CloudWatch Logs: `logEvents[].message`.
    CloudWatchLogs,
    /// A member of another object that contains the record, usually as a JSON string.
    StringMember,
    /// Logstash: `@timestamp`, and no `eventTime`.
    Logstash,
    /// cloudgrep: `line`.
    CloudGrep,
    /// A CloudTrail Lake query result: `QueryResultRows`.
    LakeQuery,
    /// CSV with a complete record in one cell.
    Csv,
    /// The CSV file that can be downloaded from the console's event history.
    EventHistoryCsv,
    /// OCSF as JSON: Security Lake's `CloudTrail` data, or our own export.
    Ocsf,
    /// Rows from Athena's table for a trail, with lowercase names.
    Athena,
    /// Rows from a Parquet file that are records or OCSF events.
    Parquet,
    /// Rows from another tool's table, with the tool's own spelling of names: Microsoft Sentinel, Tailpipe, query
    /// results.
    Table,
    /// Log lines with text before the record: CloudWatch Logs exported to S3, `aws logs tail`, syslog.
    PrefixedLines,
}

impl Container {
    /// Every container.
    pub const ALL: [Self; 19] = [
        Self::Records,
        Self::LookupEvents,
        Self::Array,
        Self::Object,
        Self::JsonLines,
        Self::Concatenated,
        Self::EventBridge,
        Self::CloudWatchLogs,
        Self::StringMember,
        Self::Logstash,
        Self::CloudGrep,
        Self::LakeQuery,
        Self::Csv,
        Self::EventHistoryCsv,
        Self::Ocsf,
        Self::Athena,
        Self::Parquet,
        Self::Table,
        Self::PrefixedLines,
    ];

    /// The name stored in `load_files.container`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::LookupEvents => "lookup_events",
            Self::Array => "array",
            Self::Object => "object",
            Self::JsonLines => "json_lines",
            Self::Concatenated => "concatenated",
            Self::EventBridge => "eventbridge",
            Self::CloudWatchLogs => "cloudwatch_logs",
            Self::StringMember => "string_member",
            Self::Logstash => "logstash",
            Self::CloudGrep => "cloudgrep",
            Self::LakeQuery => "lake_query",
            Self::Csv => "csv",
            Self::EventHistoryCsv => "event_history_csv",
            Self::Ocsf => "ocsf",
            Self::Athena => "athena",
            Self::Parquet => "parquet",
            Self::Table => "table",
            Self::PrefixedLines => "prefixed_lines",
        }
    }
}
