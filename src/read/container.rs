//! The forms in which CloudTrail records are handed about.

/// What a document's records were taken from: the outermost wrapper of its first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Container {
    /// `{"Records":[…]}`: a trail's own file.
    Records,
    /// `aws cloudtrail lookup-events`: `CloudTrailEvent`, a string of JSON, whole or an item a line.
    LookupEvents,
    /// A bare array of records.
    Array,
    /// One bare record.
    Object,
    /// A record a line.
    JsonLines,
    /// Records one after another, over any number of lines.
    Concatenated,
    /// EventBridge (CloudWatch Events): `detail`.
    EventBridge,
    /// CloudWatch Logs: `logEvents[].message`.
    CloudWatchLogs,
    /// A member of some other object that holds the record, most often as a string of JSON.
    StringMember,
    /// Logstash: `@timestamp`, and no `eventTime`.
    Logstash,
    /// cloudgrep: `line`.
    CloudGrep,
    /// A CloudTrail Lake query result: `QueryResultRows`.
    LakeQuery,
    /// CSV with a whole record in a cell.
    Csv,
    /// The CSV that the console's event history offers for download.
    EventHistoryCsv,
    /// OCSF as JSON: Security Lake's `CloudTrail`, or an export of our own.
    Ocsf,
    /// Rows of Athena's table of a trail, names in small letters.
    Athena,
    /// Rows of a Parquet file, records themselves or OCSF.
    Parquet,
    /// Rows of another tool's table, names in the tool's own spelling: Microsoft Sentinel, Tailpipe, query results.
    Table,
    /// Lines of a log with text before the record: CloudWatch Logs exported to S3, `aws logs tail`, syslog.
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
