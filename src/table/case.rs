//! The tables about the case itself: the rules it was mapped with, and the source of its rows.

use super::ColumnKind::{Enum, Integer, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// `rules`
pub const RULES: Table = Table {
    name: "rules",
    grain: "The catalog rules that the case was mapped with.",
    columns: &[
        Column::new("rule_id", Text, "ID of the rule, which never changes: iam/users"),
        Column::new("title", Text, "Console page"),
        Column::new("summary", Text, "Template of the description"),
        Column::new("kind", Enum(EnumType::Kind), "General kind of action"),
        Column::new("service", Text, "Console service: iam"),
        Column::new("console_path", TextList, "Navigation path in the console, starting at the service"),
        Column::new("attack", TextList, "ATT&CK technique IDs"),
        Column::new(
            "provenance",
            Text,
            "Source of the rule's calls: `observed`, with the years of the recordings, or `documented` by AWS",
        ),
        Column::new("ccc_label", Text, "Name of the rule in the labeled data. NULL if there is none"),
        Column::new(
            "file",
            Text,
            "File that contains the rule, prefixed with the name and version of its pack, if any: acme@1.2.0/iam/users.toml",
        ),
    ],
};

/// `load_files`
pub const LOAD_FILES: Table = Table {
    name: "load_files",
    grain: "The input files, as they were last loaded. read = inserted + duplicate + merged + rejected + left_out.",
    columns: &[
        Column::new("file", Text, "Name under which the file was found"),
        Column::new("sha256", Text, "SHA-256 of the file on disk, in hexadecimal. NULL if the file was not read"),
        Column::new(
            "stamp",
            Integer,
            "Hash of the file's metadata, used to detect whether the file has changed. NULL if there is none",
        ),
        Column::new("bytes", Integer, "Size on disk in bytes"),
        Column::new("documents", Integer, "Number of documents. More than one for an archive"),
        Column::new("container", Text, "Format in which the records are wrapped"),
        Column::new("read", Integer, "Number of records found"),
        Column::new("inserted", Integer, "Number of records that became events in the case"),
        Column::new("duplicate", Integer, "Number of records that added nothing to events already in the case"),
        Column::new("merged", Integer, "Number of records that were merged with another record for the same event"),
        Column::new("rejected", Integer, "Number of records that could not be read. The rejects table lists them"),
        Column::new("left_out", Integer, "Number of records that a load filter excluded"),
        Column::new(
            "filter",
            Text,
            "Load filter that excluded some or all of the file's records. NULL if it excluded none. If the filter excluded the \
             whole file by its path, the file was not read, and sha256 is NULL",
        ),
        Column::new("refused", Text, "Reason why the whole file was refused. NULL if it was not refused"),
        Column::new("loaded_at", Timestamp, "Time at which the file was loaded (UTC)"),
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
            "Name of the fact: tool_version, schema_version, rules_version, duckdb_version, storage_version or created_at; or, \
             with a JSON value, geoip or ip_ranges (the databases in which addresses were looked up) or sigma (what was \
             searched to find the saved Sigma hits)",
        ),
        Column::new("value", Text, "Value of the fact"),
    ],
};
