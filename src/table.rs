//! Every table in a case: grain, columns, types and descriptions. The DDL and Arrow schemas are generated from them.

mod address;
mod case;
mod event;
mod integrity;
mod sigma;
mod signal;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};

use crate::event::Client;
use crate::signal::{Kind, Origin, Role};

pub use address::ADDRESSES;
pub use case::{CASE_INFO, LOAD_FILES, REJECTS, RULES};
pub use event::{AGGREGATED_EVENTS, CLASS, ENTITY, EVENTS, SESSIONS};
pub use integrity::FILE_INTEGRITY;
pub use sigma::SIGMA_MATCHES;
pub use signal::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS};

/// The version of the schema; a case with another version is refused.
pub const SCHEMA_VERSION: u32 = 9;

/// Every table in a case, in order of creation.
pub const TABLES: [&Table; 13] = [
    &EVENTS,
    &SESSIONS,
    &SIGNALS,
    &EVENT_SIGNAL,
    &SIGNAL_ENTITIES,
    &RULES,
    &LOAD_FILES,
    &REJECTS,
    &FILE_INTEGRITY,
    &CASE_INFO,
    &AGGREGATED_EVENTS,
    &ADDRESSES,
    &SIGMA_MATCHES,
];

/// The default row order of each table.
const ORDER: [(&str, &str); 13] = [
    ("events", "event_time, event_id"),
    ("sessions", "first_time, session_id"),
    ("signals", "first_time, signal_id"),
    ("event_signal", "signal_id, event_id"),
    ("signal_entities", "signal_id, entity_type, entity_value, event_id"),
    ("rules", "rule_id"),
    ("load_files", "file"),
    ("rejects", "file, document, record"),
    ("file_integrity", "kind, start_time, s3_object, file"),
    ("case_info", "key"),
    ("aggregated_events", "window_start, event_id"),
    ("addresses", "address"),
    ("sigma_matches", "event_id, rule_id"),
];

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name, `snake_case`.
    pub name: &'static str,
    /// What a row represents.
    pub grain: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, `snake_case`.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnKind,
    /// Its description. Missing values are NULL.
    pub doc: &'static str,
    /// The path in a `CloudTrail` record whose value the column contains unchanged, if any.
    pub source: Option<&'static str>,
    /// The known distribution of its values.
    values: Option<Values>,
}

/// The distribution of a column's values, so that DuckDB need not try every compression method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    /// Few distinct values, repeated often.
    Repeating,
    /// A different value in nearly every row.
    Distinct,
}

impl Values {
    /// The compression in DDL. Row groups whose text is too long for it are not compressed.
    const fn compression(self) -> &'static str {
        match self {
            Self::Repeating => " USING COMPRESSION DICTIONARY",
            Self::Distinct => " USING COMPRESSION FSST",
        }
    }
}

/// A column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// `VARCHAR`
    Text,
    /// `JSON`
    Json,
    /// `TIMESTAMP`, microseconds, UTC
    Timestamp,
    /// `BOOLEAN`
    Boolean,
    /// `BIGINT`
    Integer,
    /// `DOUBLE`
    Real,
    /// `VARCHAR[]`
    TextList,
    /// `STRUCT(… VARCHAR)[]`: a list of structs with these members.
    StructList(&'static [&'static str]),
    /// A named, ordered ENUM.
    Enum(EnumType),
}

/// The ENUM types in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnumType {
    /// [`Client`]
    Client,
    /// [`Kind`]
    Kind,
    /// [`Origin`]
    Origin,
    /// [`Role`]
    Role,
}

impl EnumType {
    /// Every ENUM type, in order of creation.
    pub const ALL: [Self; 4] = [Self::Client, Self::Kind, Self::Origin, Self::Role];

    /// Its name in DuckDB.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "event_client",
            Self::Kind => "signal_kind",
            Self::Origin => "signal_origin",
            Self::Role => "event_role",
        }
    }

    /// Its values, lowest first.
    #[must_use]
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::Client => Client::ALL.map(Client::as_str).to_vec(),
            Self::Kind => Kind::ALL.map(Kind::as_str).to_vec(),
            Self::Origin => Origin::ALL.map(Origin::as_str).to_vec(),
            Self::Role => Role::ALL.map(Role::as_str).to_vec(),
        }
    }

    /// The statement that creates it.
    #[must_use]
    pub fn create(self) -> String {
        let values: Vec<String> = self.values().into_iter().map(literal).collect();
        format!("CREATE TYPE {} AS ENUM ({})", self.name(), values.join(", "))
    }
}

impl ColumnKind {
    /// The type in DDL.
    #[must_use]
    pub fn sql(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Text => "VARCHAR",
            Self::Json => "JSON",
            Self::Timestamp => "TIMESTAMP",
            Self::Boolean => "BOOLEAN",
            Self::Integer => "BIGINT",
            Self::Real => "DOUBLE",
            Self::TextList => "VARCHAR[]",
            Self::StructList(members) => {
                let members: Vec<String> = members.iter().map(|name| format!("{} VARCHAR", identifier(name))).collect();
                return Cow::Owned(format!("STRUCT({})[]", members.join(", ")));
            }
            Self::Enum(kind) => kind.name(),
        })
    }

    /// The type in an appended batch; DuckDB casts text to JSON and ENUMs itself.
    #[must_use]
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text | Self::Json | Self::Enum(_) => DataType::Utf8,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Real => DataType::Float64,
            Self::TextList => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
            Self::StructList(members) => {
                let structs = DataType::Struct(struct_fields(members));
                DataType::List(Arc::new(Field::new_list_field(structs, true)))
            }
        }
    }
}

impl Column {
    /// A column with this name, type and description.
    const fn new(name: &'static str, kind: ColumnKind, doc: &'static str) -> Self {
        Self { name, kind, doc, source: None, values: None }
    }

    /// The same, for values that repeat often.
    const fn repeating(self) -> Self {
        Self { values: Some(Values::Repeating), ..self }
    }

    /// The same, for values that hardly ever repeat.
    const fn distinct(self) -> Self {
        Self { values: Some(Values::Distinct), ..self }
    }

    /// The same, with the value copied unchanged from this path in a record.
    const fn from(self, source: &'static str) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The column definition in DDL.
    fn create(&self) -> String {
        let compression = self.values.map_or("", Values::compression);
        format!("\"{}\" {}{compression}", self.name, self.kind.sql())
    }

    /// The description, with the path that the value comes from.
    #[must_use]
    pub fn comment(&self) -> String {
        self.source.map_or_else(|| self.doc.to_owned(), |source| format!("{} [{source}]", self.doc))
    }
}

impl Table {
    /// The default order of its rows, as SQL.
    #[must_use]
    pub fn order(&self) -> Option<&'static str> {
        ORDER.iter().find(|(name, _)| *name == self.name).map(|(_, columns)| *columns)
    }

    /// The statement that creates the table.
    #[must_use]
    pub fn create(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(Column::create).collect();
        format!("CREATE TABLE {} ({})", self.name, columns.join(", "))
    }

    /// The statements that describe the table and each of its columns.
    pub fn comments(&self) -> impl Iterator<Item = String> {
        let of_table = format!("COMMENT ON TABLE {} IS {}", self.name, literal(self.grain));
        let of_columns = self.columns.iter().map(|column| {
            format!("COMMENT ON COLUMN {}.\"{}\" IS {}", self.name, column.name, literal(&column.comment()))
        });
        std::iter::once(of_table).chain(of_columns)
    }

    /// The schema of a batch that is appended to the table.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        let field = |column: &Column| Field::new(column.name, column.kind.arrow(), true);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }
}

/// The fields of a struct whose members are all text.
#[must_use]
pub fn struct_fields(members: &[&str]) -> Fields {
    members.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect()
}

/// Text as a SQL literal.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as a SQL identifier.
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
