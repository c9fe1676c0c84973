//! The tables of the case itself: the rules it was mapped by, and where its rows came from.

use super::ColumnKind::{Enum, Integer, Text, TextList, Timestamp};
use super::{Column, EnumType, Table};

/// `rules`
pub const RULES: Table = Table {
    name: "rules",
    grain: "One rule of the catalog that the case was mapped with.",
    columns: &[
        Column::new("rule_id", Text, "Never changes: iam/users"),
        Column::new("title", Text, "Where in the console"),
        Column::new("summary", Text, "The template of the sentence"),
        Column::new("kind", Enum(EnumType::Kind), "What is done, in the coarsest terms"),
        Column::new("service", Text, "The console's service: iam"),
        Column::new("console_path", TextList, "The way there in the console, outermost first"),
        Column::new("attack", TextList, "ATT&CK technique ids"),
        Column::new(
            "provenance",
            Text,
            "How the rule's calls are known: `observed` in a recording of these years, or `documented` by AWS",
        ),
        Column::new("ccc_label", Text, "The rule's name in the labeled data; NULL if it has none"),
        Column::new("file", Text, "The file the rule is written in"),
    ],
};

/// `load_files`
pub const LOAD_FILES: Table = Table {
    name: "load_files",
    grain: "One input file, as it was last loaded. read = inserted + duplicate + merged + rejected + left_out.",
    columns: &[
        Column::new("file", Text, "The file's name, as it was found"),
        Column::new("sha256", Text, "Hash of the file's bytes as they lie on disk, hex; NULL if it could not be read"),
        Column::new(
            "stamp",
            Integer,
            "What the file system says of the file while it is unchanged, hashed; NULL if nothing",
        ),
        Column::new("bytes", Integer, "Its size on disk"),
        Column::new("documents", Integer, "How many documents it holds; more than one in an archive"),
        Column::new("container", Text, "How its records are wrapped"),
        Column::new("read", Integer, "Records found"),
        Column::new("inserted", Integer, "Records that became events of the case"),
        Column::new("duplicate", Integer, "Records whose event the case had already, and that say no more of it"),
        Column::new("merged", Integer, "Records that were joined with another record of the same event"),
        Column::new("rejected", Integer, "Records that could not be read: rejects"),
        Column::new("left_out", Integer, "Records that the load's filter left out"),
        Column::new(
            "filter",
            Text,
            "The load's filter, if it left records of the file out, or the whole file, which was not read then (sha256 is \
             NULL); NULL if nothing was left out",
        ),
        Column::new("refused", Text, "Why the whole file was refused; NULL if it was not"),
        Column::new("loaded_at", Timestamp, "When it was loaded, UTC"),
    ],
};

/// `rejects`
pub const REJECTS: Table = Table {
    name: "rejects",
    grain: "One record, document or archive member that could not be read.",
    columns: &[
        Column::new("file", Text, "The file: load_files.file"),
        Column::new("document", Text, "The document within the file"),
        Column::new(
            "record",
            Integer,
            "The record's position in the document; NULL if the document itself is at fault",
        ),
        Column::new("cause", Text, "What is wrong with it"),
        Column::new("excerpt", Text, "How it begins"),
    ],
};

/// `case_info`
pub const CASE_INFO: Table = Table {
    name: "case_info",
    grain: "One fact of the case.",
    columns: &[
        Column::new(
            "key",
            Text,
            "tool_version, schema_version, rules_version, duckdb_version, storage_version, created_at; geoip and ip_ranges: the \
             databases that addresses were looked up in, as JSON",
        ),
        Column::new("value", Text, "The fact"),
    ],
};
