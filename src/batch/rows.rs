//! Converts rows of any table to a batch.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::record_batch::RecordBatch;

use super::BatchError;
use crate::event::Timestamp;
use crate::table::{Column, ColumnKind, Table, struct_fields};

/// One value of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// For text, JSON and ENUM columns.
    Text(Option<&'a str>),
    /// For `BOOLEAN` columns.
    Boolean(Option<bool>),
    /// For `BIGINT` columns.
    Integer(Option<i64>),
    /// For `DOUBLE` columns.
    Real(f64),
    /// For `TIMESTAMP` columns.
    Time(Option<Timestamp>),
    /// For `VARCHAR[]` columns.
    List(Vec<&'a str>),
    /// For columns that contain lists of structs: the members of all structs, one struct after another. NULL if there
    /// are none.
    Structs(Vec<Option<&'a str>>),
}

impl<'a> Cell<'a> {
    /// A text cell.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Some(text))
    }

    /// A count, limited to the maximum of `BIGINT`.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::Integer(Some(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// A list of texts.
    pub fn list(texts: &'a [String]) -> Self {
        Self::List(texts.iter().map(String::as_str).collect())
    }
}

/// Collects rows of one table.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    builders: Vec<Builder>,
    len: usize,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self::with_capacity(table, 0)
    }

    /// An empty collection with capacity for this many rows.
    #[must_use]
    pub fn with_capacity(table: &'static Table, rows: usize) -> Self {
        Self { table, builders: table.columns.iter().map(|column| Builder::new(column, rows)).collect(), len: 0 }
    }

    /// The number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a row: a cell for each column of the table, in order.
    ///
    /// # Errors
    /// [`BatchError::Misfit`] for a cell that does not fit its column; the rows are then invalid.
    pub fn push<const N: usize>(&mut self, cells: &[Cell<'_>; N]) -> Result<(), BatchError> {
        if let Some(column) = self.table.columns.get(N) {
            return Err(self.misfit(column.name));
        }
        // By reference, because moving 54 newly written cells stalls on each one.
        for (at, cell) in cells.iter().enumerate() {
            let fits = self.builders.get_mut(at).is_some_and(|builder| builder.push(cell));
            if !fits {
                return Err(self.misfit(self.table.columns.get(at).map_or("(one too many)", |column| column.name)));
            }
        }
        self.len += 1;
        Ok(())
    }

    /// The rows as a batch.
    ///
    /// # Errors
    /// If the columns differ in length, which [`Rows::push`] prevents.
    pub fn finish(self) -> Result<RecordBatch, BatchError> {
        let arrays = self.builders.into_iter().map(Builder::finish).collect();
        Ok(RecordBatch::try_new(self.table.schema(), arrays)?)
    }

    fn misfit(&self, column: &str) -> BatchError {
        BatchError::Misfit { table: self.table.name, column: column.to_owned() }
    }
}

/// The builder of one column.
#[derive(Debug)]
enum Builder {
    Text(StringBuilder),
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Time(TimestampMicrosecondBuilder),
    List(ListBuilder<StringBuilder>),
    Structs(ListBuilder<StructBuilder>),
}

impl Builder {
    /// Arrow's default capacity is a thousand rows, too much for the many files with few records.
    fn new(column: &Column, rows: usize) -> Self {
        let text = || StringBuilder::with_capacity(rows, 0);
        match column.kind {
            ColumnKind::Text | ColumnKind::Json | ColumnKind::Enum(_) => Self::Text(text()),
            ColumnKind::Boolean => Self::Boolean(BooleanBuilder::with_capacity(rows)),
            ColumnKind::Integer => Self::Integer(Int64Builder::with_capacity(rows)),
            ColumnKind::Real => Self::Real(Float64Builder::with_capacity(rows)),
            ColumnKind::Timestamp => Self::Time(TimestampMicrosecondBuilder::with_capacity(rows)),
            ColumnKind::TextList => Self::List(ListBuilder::with_capacity(text(), rows)),
            ColumnKind::StructList(members) => {
                let builder = |_| Box::new(StringBuilder::new()) as Box<dyn ArrayBuilder>;
                let structs = StructBuilder::new(struct_fields(members), members.iter().map(builder).collect());
                Self::Structs(ListBuilder::with_capacity(structs, rows))
            }
        }
    }

    /// Adds the cell; an error if it has a different type.
    fn push(&mut self, cell: &Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(text)) => builder.append_option(*text),
            (Self::Boolean(builder), Cell::Boolean(value)) => builder.append_option(*value),
            (Self::Integer(builder), Cell::Integer(value)) => builder.append_option(*value),
            (Self::Real(builder), Cell::Real(value)) => builder.append_value(*value),
            (Self::Time(builder), Cell::Time(time)) => builder.append_option(time.map(|time| time.0)),
            (Self::List(builder), Cell::List(texts)) => builder.append_value(texts.iter().map(Some)),
            (Self::Structs(builder), Cell::Structs(structs)) => return push_structs(builder, structs),
            _ => return false,
        }
        true
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Boolean(mut builder) => Arc::new(builder.finish()),
            Self::Integer(mut builder) => Arc::new(builder.finish()),
            Self::Real(mut builder) => Arc::new(builder.finish()),
            Self::Time(mut builder) => Arc::new(builder.finish()),
            Self::List(mut builder) => Arc::new(builder.finish()),
            Self::Structs(mut builder) => Arc::new(builder.finish()),
        }
    }
}

/// Adds a list of structs; an error if one of them has too few members.
fn push_structs(lists: &mut ListBuilder<StructBuilder>, members: &[Option<&str>]) -> bool {
    let builder = lists.values();
    let width = builder.num_fields();
    if width == 0 || !members.len().is_multiple_of(width) {
        return false;
    }
    for at in 0..width {
        if let Some(texts) = builder.field_builder::<StringBuilder>(at) {
            members.iter().skip(at).step_by(width).for_each(|member| texts.append_option(*member));
        }
    }
    (0..members.len() / width).for_each(|_| builder.append(true));
    lists.append(!members.is_empty());
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::EVENT_SIGNAL;

    #[test]
    fn cell_type_error_names_column() {
        let mut rows = Rows::new(&EVENT_SIGNAL);
        let error = rows.push(&[Cell::text("e"), Cell::Boolean(None), Cell::text("anchor")]).unwrap_err();
        assert_eq!(error.to_string(), "a row of event_signal does not fit its column signal_id");
    }

    #[test]
    fn rows_of_wrong_length_are_rejected() {
        let mut rows = Rows::new(&EVENT_SIGNAL);
        let short = rows.push(&[Cell::text("e"), Cell::text("s")]).unwrap_err();
        assert_eq!(short.to_string(), "a row of event_signal does not fit its column role");
        let long = rows.push(&[Cell::text("e"), Cell::text("s"), Cell::text("anchor"), Cell::text("x")]).unwrap_err();
        assert_eq!(long.to_string(), "a row of event_signal does not fit its column (one too many)");
        assert!(rows.is_empty());
    }
}
