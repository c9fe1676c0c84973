//! Column types of the host.
#![expect(unsafe_code, reason = "types are created and freed through the C API")]

use std::ffi::CString;

use duckdb::ffi;

use super::text::c_text;
use crate::table::{ColumnKind, EnumType, Table};

/// A logical type of the host.
#[derive(Debug)]
pub(super) struct Type(ffi::duckdb_logical_type);

impl Drop for Type {
    fn drop(&mut self) {
        // SAFETY: the host created the type for this value only.
        unsafe { ffi::duckdb_destroy_logical_type(&raw mut self.0) }
    }
}

impl Type {
    /// The raw type, for functions of the host that copy their arguments.
    pub(super) const fn raw(&self) -> ffi::duckdb_logical_type {
        self.0
    }

    /// Any type. Only valid for parameters.
    pub(super) fn any() -> Self {
        Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_ANY)
    }

    /// The type of a column. An ENUM has no name, because hosts look up names in the caller's database, which may not
    /// have the type.
    pub(super) fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR),
            ColumnKind::Json => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR).named("JSON"),
            ColumnKind::Timestamp => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP),
            ColumnKind::Boolean => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN),
            ColumnKind::Integer => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT),
            ColumnKind::Real => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE),
            ColumnKind::TextList => Self::of(ColumnKind::Text).list(),
            ColumnKind::StructList(members) => {
                Self::structure(members.iter().map(|name| (*name, Self::of(ColumnKind::Text)))).list()
            }
            ColumnKind::Enum(values) => Self::enumeration(values),
        }
    }

    /// The row type of a table.
    pub(super) fn row(table: &Table) -> Self {
        Self::structure(table.columns.iter().map(|column| (column.name, Self::of(column.kind))))
    }

    /// A struct with these members.
    fn structure<'n>(members: impl Iterator<Item = (&'n str, Self)>) -> Self {
        let (names, types): (Vec<CString>, Vec<Self>) = members.map(|(name, kind)| (c_text(name), kind)).unzip();
        let mut raw_types: Vec<_> = types.iter().map(Self::raw).collect();
        let mut raw_names: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        let count = types.len() as u64;
        // SAFETY: both lists have `count` members, and the host copies them.
        Self(unsafe { ffi::duckdb_create_struct_type(raw_types.as_mut_ptr(), raw_names.as_mut_ptr(), count) })
    }

    /// A list of this type.
    pub(super) fn list(self) -> Self {
        // SAFETY: the host copies the type.
        Self(unsafe { ffi::duckdb_create_list_type(self.0) })
    }

    fn plain(id: ffi::duckdb_type) -> Self {
        // SAFETY: every plain type can be created from its number.
        Self(unsafe { ffi::duckdb_create_logical_type(id) })
    }

    fn enumeration(values: EnumType) -> Self {
        let texts: Vec<CString> = values.values().into_iter().map(c_text).collect();
        let mut raw: Vec<_> = texts.iter().map(|text| text.as_ptr()).collect();
        // SAFETY: the list has the stated number of members, and the host copies them.
        Self(unsafe { ffi::duckdb_create_enum_type(raw.as_mut_ptr(), raw.len() as u64) })
    }

    fn named(self, name: &str) -> Self {
        let name = c_text(name);
        // SAFETY: the host copies the name.
        unsafe { ffi::duckdb_logical_type_set_alias(self.0, name.as_ptr()) }
        self
    }
}
