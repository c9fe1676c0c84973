//! Writes Arrow columns into DuckDB's vectors.
//!
//! duckdb-rs also has a function for this. It makes several calls for each value, even for NULL, and rewrites all items of a
//! list column for each slice of it. Most cells of `events` are NULL or short.
#![expect(unsafe_code, reason = "DuckDB's vectors are memory that a caller fills")]

use std::error::Error;
use std::ffi::{c_char, c_void};
use std::ptr;

use arrow::array::{Array, AsArray, ListArray, StringArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use duckdb::core::DataChunkHandle;
use duckdb::ffi;

use super::append::CHUNK;

/// The maximum length of a text that is stored inline in a slot, in bytes. Longer ones are copied into the vector's memory.
const INLINE: usize = 12;
/// The number of rows whose validity bits are in one word.
const WORD: usize = 64;

/// Fills a chunk with consecutive batches of the same columns, with the types of
/// [`crate::table::ColumnKind::arrow`].
///
/// # Errors
/// If a batch has other columns, or if the batches together have more rows than the chunk holds.
pub(super) fn write_batches(batches: &[RecordBatch], chunk: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let wanted = chunk.num_columns();
    if let Some(misfit) = batches.iter().find(|batch| batch.num_columns() != wanted) {
        return Err(
            format!("a batch of {} columns does not fit a chunk of {wanted} columns", misfit.num_columns()).into()
        );
    }
    if rows > CHUNK {
        return Err(format!("{rows} rows do not fit a chunk of {CHUNK} rows").into());
    }
    for at in 0..wanted {
        // SAFETY: the chunk has that many vectors.
        let vector = unsafe { ffi::duckdb_data_chunk_get_vector(chunk.get_ptr(), at as u64) };
        let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(at).as_ref()).collect();
        // SAFETY: the vector has space for the rows of a chunk, and no other code uses it during this call.
        unsafe { write_column(&arrays, vector)? }
    }
    chunk.set_len(rows);
    Ok(())
}

/// Writes consecutive arrays.
///
/// # Safety
/// The vector has the type of the arrays and space for their rows, and is not used by other code during the call.
unsafe fn write_column(arrays: &[&dyn Array], vector: ffi::duckdb_vector) -> Result<(), Box<dyn Error>> {
    let Some(kind) = arrays.first().map(|array| array.data_type()) else { return Ok(()) };
    if let Some(other) = arrays.iter().map(|array| array.data_type()).find(|other| *other != kind) {
        return Err(format!("a column mixes values of types {kind} and {other}").into());
    }
    // SAFETY: guaranteed by the caller; the types are those that are matched.
    unsafe {
        write_nulls(arrays, vector);
        let data = ffi::duckdb_vector_get_data(vector);
        match kind {
            DataType::Utf8 => write_texts(arrays, vector),
            DataType::Boolean => write_booleans(arrays, data),
            DataType::Int64 => copy(arrays.iter().map(|array| &**array.as_primitive::<Int64Type>().values()), data),
            DataType::Float64 => copy(arrays.iter().map(|array| &**array.as_primitive::<Float64Type>().values()), data),
            DataType::Timestamp(TimeUnit::Microsecond, None) => {
                copy(arrays.iter().map(|array| &**array.as_primitive::<TimestampMicrosecondType>().values()), data);
            }
            DataType::List(_) => write_lists(arrays, vector)?,
            DataType::Struct(_) => write_members(arrays, vector)?,
            other => return Err(format!("no table has a column of type {other}").into()),
        }
    }
    Ok(())
}

/// Each array with the row of the vector that its first value is written to.
fn placed<'a>(arrays: &'a [&'a dyn Array]) -> impl Iterator<Item = (usize, &'a dyn Array)> {
    arrays.iter().scan(0, |next, array| {
        let first = *next;
        *next += array.len();
        Some((first, *array))
    })
}

/// Marks NULLs. Arrow and DuckDB both use one bit per row, least significant bit first, which is set if there is a value.
///
/// # Safety
/// See [`write_column`].
unsafe fn write_nulls(arrays: &[&dyn Array], vector: ffi::duckdb_vector) {
    if arrays.iter().all(|array| array.null_count() == 0) {
        return;
    }
    // SAFETY: guaranteed by the caller: the vector has a bit for each row, in whole words.
    let words = unsafe {
        ffi::duckdb_vector_ensure_validity_writable(vector);
        ffi::duckdb_vector_get_validity(vector)
    };
    let (mut word, mut at) = (0_u64, 0_usize);
    let mut add = |bits: u64, count: usize| {
        // SAFETY: as above.
        let write = |index: usize, word: u64| unsafe { words.add(index).write(word) };
        let shift = at % WORD;
        word |= bits << shift;
        if shift + count >= WORD {
            write(at / WORD, word);
            word = if shift == 0 { 0 } else { bits >> (WORD - shift) };
        }
        at += count;
        if at % WORD != 0 {
            write(at / WORD, word);
        }
    };
    for array in arrays {
        match array.nulls() {
            Some(nulls) => {
                let chunks = nulls.inner().bit_chunks();
                chunks.iter().for_each(|bits| add(bits, WORD));
                add(chunks.remainder_bits(), chunks.remainder_len());
            }
            None => {
                for first in (0..array.len()).step_by(WORD) {
                    let count = WORD.min(array.len() - first);
                    add(u64::MAX >> (WORD - count), count);
                }
            }
        }
    }
}

/// # Safety
/// Like [`write_column`]; the data are those of the vector, and of the same type.
unsafe fn copy<'a, T: Copy + 'a>(values: impl Iterator<Item = &'a [T]>, data: *mut c_void) {
    let mut next = data.cast::<T>();
    for values in values {
        // SAFETY: guaranteed by the caller.
        unsafe {
            ptr::copy_nonoverlapping(values.as_ptr(), next, values.len());
            next = next.add(values.len());
        }
    }
}

/// # Safety
/// Like [`write_column`]; the data are those of the vector.
unsafe fn write_booleans(arrays: &[&dyn Array], data: *mut c_void) {
    for (row, value) in arrays.iter().flat_map(|array| array.as_boolean().values()).enumerate() {
        // SAFETY: guaranteed by the caller.
        unsafe { data.cast::<bool>().add(row).write(value) }
    }
}

/// Writes texts. A long text that equals the previous one shares its memory: file names and user agents repeat hundreds of
/// times.
///
/// # Safety
/// See [`write_column`].
unsafe fn write_texts(arrays: &[&dyn Array], vector: ffi::duckdb_vector) {
    // SAFETY: guaranteed by the caller.
    let slots = unsafe { ffi::duckdb_vector_get_data(vector) }.cast::<ffi::duckdb_string_t>();
    let mut before: Option<(usize, &[u8])> = None;
    for (first, array) in placed(arrays) {
        let array: &StringArray = array.as_string();
        let mut write = |row: usize| {
            let text = array.value(row).as_bytes();
            let row = first + row;
            // SAFETY: there is a slot for each row, and Arrow's texts are UTF-8, as the function requires.
            unsafe {
                if text.len() <= INLINE {
                    return slots.add(row).write(inlined(text));
                }
                match before {
                    Some((shared, same)) if same == text => slots.add(row).write(slots.add(shared).read()),
                    _ => {
                        let (start, length) = (text.as_ptr().cast::<c_char>(), text.len() as u64);
                        ffi::duckdb_unsafe_vector_assign_string_element_len(vector, row as u64, start, length);
                    }
                }
            }
            before = Some((row, text));
        };
        match array.nulls() {
            None => (0..array.len()).for_each(write),
            Some(nulls) => nulls.valid_indices().for_each(&mut write),
        }
    }
}

/// A slot with inline text. The bytes after it are zero, because DuckDB compares whole slots.
fn inlined(text: &[u8]) -> ffi::duckdb_string_t {
    let mut characters: [c_char; INLINE] = [0; INLINE];
    for (slot, byte) in characters.iter_mut().zip(text) {
        *slot = c_char::from_ne_bytes([*byte]);
    }
    let inlined = ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_2 {
        length: u32::try_from(text.len()).unwrap_or_default(),
        inlined: characters,
    };
    ffi::duckdb_string_t { value: ffi::duckdb_string_t__bindgen_ty_1 { inlined } }
}

/// # Safety
/// See [`write_column`].
unsafe fn write_lists(arrays: &[&dyn Array], vector: ffi::duckdb_vector) -> Result<(), Box<dyn Error>> {
    // SAFETY: guaranteed by the caller.
    let mut entries = unsafe { ffi::duckdb_vector_get_data(vector) }.cast::<ffi::duckdb_list_entry>();
    let mut count = 0;
    let mut items = Vec::with_capacity(arrays.len());
    for array in arrays {
        let array: &ListArray = array.as_list();
        let (first, last) = (array.value_offsets().first(), array.value_offsets().last());
        let (first, last) = (place(first), place(last));
        for pair in array.value_offsets().windows(2) {
            let (start, end) = (place(pair.first()), place(pair.last()));
            let entry = ffi::duckdb_list_entry { offset: (count + start - first) as u64, length: (end - start) as u64 };
            // SAFETY: there is an entry for each row.
            unsafe {
                entries.write(entry);
                entries = entries.add(1);
            }
        }
        count += last - first;
        items.push(array.values().slice(first, last - first));
    }
    let items: Vec<&dyn Array> = items.iter().map(AsRef::as_ref).collect();
    // SAFETY: guaranteed by the caller; the items have space once it is reserved.
    unsafe {
        ffi::duckdb_list_vector_reserve(vector, count as u64);
        ffi::duckdb_list_vector_set_size(vector, count as u64);
        write_column(&items, ffi::duckdb_list_vector_get_child(vector))
    }
}

fn place(offset: Option<&i32>) -> usize {
    offset.and_then(|offset| usize::try_from(*offset).ok()).unwrap_or_default()
}

/// # Safety
/// See [`write_column`].
unsafe fn write_members(arrays: &[&dyn Array], vector: ffi::duckdb_vector) -> Result<(), Box<dyn Error>> {
    let columns = arrays.first().map_or(0, |array| array.as_struct().num_columns());
    for at in 0..columns {
        let members: Vec<&dyn Array> = arrays.iter().map(|array| array.as_struct().column(at).as_ref()).collect();
        // SAFETY: guaranteed by the caller: the vector has the same members.
        unsafe { write_column(&members, ffi::duckdb_struct_vector_get_child(vector, at as u64))? }
    }
    Ok(())
}
