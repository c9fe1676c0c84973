//! The tables about the case itself: the rules it was mapped with, and the source of its rows.

use super::ColumnKind::{Enum, Integer, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// `rules`
pub const RULES: Table = Table {
    name: "rules",
    grain: "The rules of the catalog that the case was mapped with.",
    columns: &[
        Column::new("rule_id", Text, "ID of the rule, which never changes: iam/users"),
        Column::new("title", Text, "Page of the console"),
        Column::new("summary", Text, "Template of the description"),
        Column::new("kind", Enum(EnumType::Kind), "What is done, broadly"),
        Column::new("service", Text, "Service of the console: iam"),
        Column::new("console_path", TextList, "Navigation path in the console, starting at the service"),
        Column::new("attack", TextList, "IDs of ATT&CK techniques"),
        Column::new(
            "provenance",
            Text,
            "Source of the rule's calls: `observed` in a recording of these years, or `documented` by AWS",
        ),
        Column::new("ccc_label", Text, "Name of the rule in the labeled data. NULL if it has none"),
        Column::new(
            "file",
            Text,
            "File that contains the rule. A rule of a pack has the pack's name and version first: acme@1.2.0/iam/users.toml",
        ),
    ],
};

/// `load_files`
pub const LOAD_FILES: Table = Table {
    name: "load_files",
    grain: "The input files, as they were last loaded. read = inserted + duplicate + merged + rejected + left_out.",
    columns: &[
        Column::new("file", Text, "Name of the file, as it was found"),
        Column::new("sha256", Text, "SHA-256 of the file on disk, in hexadecimal. NULL if it could not be read"),
        Column::new(
            "stamp",
            Integer,
            "Hash of the file's metadata, which shows whether the file has changed. NULL if there is none",
        ),
        Column::new("bytes", Integer, "Size on disk in bytes"),
        Column::new("documents", Integer, "Number of documents. More than one for an archive"),
        Column::new("container", Text, "Format in which the records are wrapped"),
        Column::new("read", Integer, "Number of records found"),
        Column::new("inserted", Integer, "Number of records that became events of the case"),
        Column::new(
            "duplicate",
            Integer,
            "Number of records of events that the case already had, without additional information",
        ),
        Column::new("merged", Integer, "Number of records that were merged with another record of the same event"),
        Column::new("rejected", Integer, "Number of records that could not be read. rejects lists them"),
        Column::new("left_out", Integer, "Number of records that a filter of the load left out"),
        Column::new(
            "filter",
            Text,
            "Filter of the load, if it left out some or all records of the file. If all were left out, the file was not read, and \
             sha256 is NULL. NULL if nothing was left out",
        ),
        Column::new("refused", Text, "Reason why the whole file was refused. NULL if it was not"),
        Column::new("loaded_at", Timestamp, "Time at which it was loaded (UTC)"),
    ],
};

/// `rejects`
pub const REJECTS: Table = Table {
    name: "rejects",
    grain: "The records, documents and archive members that could not be read.",
    columns: &[
        Column::new("file", Text, "File: load_files.file"),
        Column::new("document", Text, "Document within the file"),
        Column::new(
            "record",
            Integer,
            "Position of the record in the document. NULL if the document itself could not be read",
        ),
        Column::new("cause", Text, "Error"),
        Column::new("excerpt", Text, "Start of the record or document"),
    ],
};

/// `case_info`
pub const CASE_INFO: Table = Table {
    name: "case_info",
    grain: "Facts about the case.",
    columns: &[
        Column::new(
            "key",
            Text,
            "Name of the fact: tool_version, schema_version, rules_version, duckdb_version, storage_version, created_at; geoip and \
             ip_ranges for the databases that addresses were looked up in, and sigma for what the saved hits of Sigma rules were \
             searched for in, as JSON",
        ),
        Column::new("value", Text, "Value"),
    ],
};
