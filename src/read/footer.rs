//! Checks the footer and the page headers of a Parquet file against limits before the parquet crate reads them: the
//! crate reserves memory for the sizes that they claim, and recurses into nested groups.

/// The maximum nesting depth of groups.
const MAX_GROUPS: usize = 64;
/// The maximum nesting depth of structs in the footer itself.
const MAX_STRUCTS: usize = 32;
/// The maximum number of elements of a schema.
const MAX_ELEMENTS: usize = 20_000;
/// The maximum size of a fixed-length value, in bytes; IDs and decimals use 16 bytes.
const MAX_FIXED: i64 = 4096;
/// The maximum size of a decompressed page, in bytes; writers end a page after 1 MiB.
const MAX_PAGE: u64 = 64 << 20;
/// The maximum number of values of a repeated column in a row group. All values may be in one row.
const MAX_REPEATED: i64 = 8 << 20;
/// The maximum decoded size of a batch's rows, in bytes.
const BATCH: u64 = 64 << 20;
/// The maximum number of rows in a batch.
const MAX_ROWS: u64 = 1024;
/// `repetition_type` of a repeated element.
const REPEATED: i64 = 2;
/// The encoding in which a value shares a prefix with the previous one.
const DELTA_BYTE_ARRAY: i64 = 7;

/// Types in Thrift's compact protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// The number of rows that may be decoded at once within the limits.
///
/// # Errors
/// A text: what the file claims but cannot contain, or what would need more than `budget` bytes.
pub(super) fn rows_at_once(bytes: &[u8], budget: u64) -> Result<usize, String> {
    let end = bytes.len().checked_sub(8).filter(|end| *end >= 4).ok_or("the file is too short")?;
    if !bytes.ends_with(b"PAR1") {
        return Err("the file does not end like a Parquet file; it is truncated or encrypted".to_owned());
    }
    let size = bytes.get(end..end + 4).and_then(<[u8]>::first_chunk).map_or(0, |size| u32::from_le_bytes(*size));
    let start = end.checked_sub(size as usize).filter(|start| *start >= 4);
    let start = start.ok_or_else(|| format!("the footer claims {size} bytes, which is more than the file contains"))?;
    let footer = bytes.get(start..end).unwrap_or_default();
    let chunks = Thrift { bytes: footer, at: 0 }.footer()?;
    // The memory that each row may add to a batch, and the memory in addition to it: one page of each column.
    let (mut grows, mut pages) = (0, 0);
    for group in &chunks.groups {
        let (mut group_grows, mut group_pages) = (0_u64, 0_u64);
        for (at, chunk) in group.iter().enumerate() {
            let is_repeated = chunks.repeated.get(at).copied().unwrap_or(true);
            let found = chunk.pages(bytes, start, is_repeated)?;
            group_grows = group_grows.saturating_add(found.grows);
            group_pages = group_pages.saturating_add(found.largest);
        }
        grows = grows.max(group_grows);
        pages = pages.max(group_pages);
    }
    if pages > budget {
        return Err(format!("its pages need {pages} bytes of memory, but a file may use at most {budget}"));
    }
    let rows = (BATCH / grows.max(1)).clamp(1, MAX_ROWS);
    usize::try_from(rows).map_err(|error| error.to_string())
}

/// The part of a footer that is needed to check the pages.
#[derive(Debug, Default)]
struct Footer {
    /// For each leaf of the schema, whether it may have several values in a row.
    repeated: Vec<bool>,
    /// The column chunks of each row group.
    groups: Vec<Vec<Chunk>>,
}

/// One column of a row group.
#[derive(Debug, Default, Clone, Copy)]
struct Chunk {
    values: i64,
    compressed: i64,
    data: i64,
    dictionary: Option<i64>,
}

/// The maximum memory that a chunk's pages need.
#[derive(Debug, Default, Clone, Copy)]
struct Pages {
    /// The maximum size of one value that takes almost no space in its page, in bytes.
    grows: u64,
    /// The largest page and the dictionary, decompressed.
    largest: u64,
}

impl Chunk {
    /// Checks the page headers. The file's data ends at `end`.
    fn pages(&self, bytes: &[u8], end: usize, is_repeated: bool) -> Result<Pages, String> {
        let start = self.dictionary.filter(|at| *at > 0).unwrap_or(self.data);
        let place = |at: i64| usize::try_from(at).ok().filter(|at| *at <= end);
        let (Some(start), Some(size)) = (place(start), place(self.compressed)) else {
            return Err(format!(
                "a column claims {} bytes at byte {start}, which is outside the file",
                self.compressed
            ));
        };
        let stop = start.saturating_add(size);
        if stop > end || self.values < 0 || self.data < 0 {
            return Err(format!(
                "a column with {} values claims {size} bytes at byte {start}, which is outside the file",
                self.values
            ));
        }
        if is_repeated && self.values > MAX_REPEATED {
            return Err(format!(
                "a repeated column claims {} values in a row group, but the maximum is {MAX_REPEATED}",
                self.values
            ));
        }
        let (mut found, mut page, mut dictionary, mut values, mut at) = (Pages::default(), 0, 0, 0_i64, start);
        while values < self.values && at < stop {
            let mut thrift = Thrift { bytes: bytes.get(..end).unwrap_or_default(), at };
            let header = thrift.page()?;
            let size = u64::try_from(header.size).ok().filter(|size| *size <= MAX_PAGE);
            let size =
                size.ok_or_else(|| format!("a page claims {} bytes, but the maximum is {MAX_PAGE}", header.size))?;
            let stored = usize::try_from(header.stored).ok().filter(|stored| *stored <= end - thrift.at);
            let stored = stored.ok_or_else(|| {
                format!("a page claims {} bytes, which is more than the file contains", header.stored)
            })?;
            if header.values < 0 {
                return Err(format!("a page claims {} values", header.values));
            }
            if header.is_dictionary {
                dictionary = size;
            } else {
                page = size.max(page);
                values = values.saturating_add(header.values);
            }
            if header.encoding == DELTA_BYTE_ARRAY {
                found.grows = found.grows.max(size);
            }
            at = thrift.at + stored;
        }
        found.grows = found.grows.max(dictionary);
        found.largest = page + dictionary;
        Ok(found)
    }
}

/// The header of one page.
#[derive(Debug, Default, Clone, Copy)]
struct Page {
    size: i64,
    stored: i64,
    values: i64,
    encoding: i64,
    is_dictionary: bool,
}

/// A reader of Thrift's compact protocol.
#[derive(Debug, Clone, Copy)]
struct Thrift<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Thrift<'_> {
    fn footer(mut self) -> Result<Footer, String> {
        let (mut footer, mut last) = (Footer::default(), 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (2, LIST) => footer.repeated = self.schema()?,
                (3, I64) => drop(self.positive("the file", "rows")?),
                (4, LIST) => footer.groups = self.list(Self::group)?,
                _ => self.skip(kind, 0)?,
            }
        }
        Ok(footer)
    }

    /// The elements of the schema form a tree, with each element before its children.
    fn schema(&mut self) -> Result<Vec<bool>, String> {
        let elements = self.list(Self::element)?;
        if elements.len() > MAX_ELEMENTS {
            return Err(format!("the schema has {} elements, but the maximum is {MAX_ELEMENTS}", elements.len()));
        }
        let (mut open, mut leaves): (Vec<(i64, bool)>, Vec<bool>) = (Vec::new(), Vec::new());
        for (at, (children, is_repeated)) in elements.iter().copied().enumerate() {
            while open.last().is_some_and(|(left, _)| *left == 0) {
                open.pop();
            }
            let above = match open.last_mut() {
                Some((left, above)) => {
                    *left -= 1;
                    *above
                }
                None if at == 0 => false,
                None => return Err("the schema has more elements than its groups contain".to_owned()),
            };
            if usize::try_from(children).ok().is_none_or(|children| children > elements.len()) {
                return Err(format!("a group in the schema claims {children} children"));
            }
            let is_repeated = is_repeated || above;
            if children == 0 && at > 0 {
                leaves.push(is_repeated);
            } else {
                open.push((children, is_repeated));
            }
            if open.len() > MAX_GROUPS {
                return Err(format!("the schema is more than {MAX_GROUPS} levels deep"));
            }
        }
        Ok(leaves)
    }

    /// The children of an element, and whether it is repeated.
    fn element(&mut self) -> Result<(i64, bool), String> {
        let (mut children, mut is_repeated, mut last) = (0, false, 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (2, I32) => {
                    let length = self.integer()?;
                    if !(0..=MAX_FIXED).contains(&length) {
                        return Err(format!("a column's values claim {length} bytes, but the maximum is {MAX_FIXED}"));
                    }
                }
                (3, I32) => is_repeated = self.integer()? == REPEATED,
                (5, I32) => children = self.integer()?,
                _ => self.skip(kind, 0)?,
            }
        }
        Ok((children, is_repeated))
    }

    fn group(&mut self) -> Result<Vec<Chunk>, String> {
        let (mut chunks, mut last) = (Vec::new(), 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (1, LIST) => chunks = self.list(Self::chunk)?,
                (3, I64) => drop(self.positive("a row group", "rows")?),
                _ => self.skip(kind, 0)?,
            }
        }
        Ok(chunks)
    }

    fn chunk(&mut self) -> Result<Chunk, String> {
        let (mut chunk, mut last) = (Chunk::default(), 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (3, STRUCT) => chunk = self.column()?,
                _ => self.skip(kind, 0)?,
            }
        }
        Ok(chunk)
    }

    fn column(&mut self) -> Result<Chunk, String> {
        let (mut chunk, mut last) = (Chunk::default(), 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (5, I64) => chunk.values = self.integer()?,
                (7, I64) => chunk.compressed = self.integer()?,
                (9, I64) => chunk.data = self.integer()?,
                (11, I64) => chunk.dictionary = Some(self.integer()?),
                _ => self.skip(kind, 0)?,
            }
        }
        if chunk.dictionary.is_some_and(|at| at < 0) {
            return Err("a dictionary claims to begin before the start of the file".to_owned());
        }
        Ok(chunk)
    }

    /// The header of a page.
    fn page(&mut self) -> Result<Page, String> {
        let (mut page, mut last) = (Page::default(), 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (2, I32) => page.size = self.integer()?,
                (3, I32) => page.stored = self.integer()?,
                (5 | 7 | 8, STRUCT) => self.page_of(id, &mut page)?,
                _ => self.skip(kind, 0)?,
            }
        }
        Ok(page)
    }

    /// The part of a page header that depends on the kind of page.
    fn page_of(&mut self, form: i64, page: &mut Page) -> Result<(), String> {
        /// A data page of version 2, whose encoding is in another field.
        const SECOND: i64 = 8;
        page.is_dictionary = form == 7;
        let mut last = 0;
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, kind) {
                (1, I32) => page.values = self.integer()?,
                (2, I32) if form != SECOND => page.encoding = self.integer()?,
                (4, I32) if form == SECOND => page.encoding = self.integer()?,
                _ => self.skip(kind, 0)?,
            }
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, String> {
        let byte = self.bytes.get(self.at).copied().ok_or("a header is truncated")?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a header contains a number with more than 64 bits".to_owned())
    }

    fn integer(&mut self) -> Result<i64, String> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    fn positive(&mut self, who: &str, what: &str) -> Result<i64, String> {
        let count = self.integer()?;
        if count < 0 { Err(format!("{who} claims {count} {what}")) } else { Ok(count) }
    }

    fn pass(&mut self, bytes: u64) -> Result<(), String> {
        let left = self.bytes.len() - self.at;
        let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes <= left);
        self.at += bytes.ok_or("a header claims more bytes than it contains")?;
        Ok(())
    }

    /// The ID and type of the next field of a struct; `None` at its end.
    fn field(&mut self, last: &mut i64) -> Result<Option<(i64, u8)>, String> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        let step = i64::from(byte >> 4);
        *last = if step == 0 { self.integer()? } else { last.saturating_add(step) };
        Ok(Some((*last, byte & 0xf)))
    }

    /// The length of a list and the type of its elements. Each element takes at least one byte.
    fn length(&mut self) -> Result<(u64, u8), String> {
        let byte = self.byte()?;
        let count = if byte >> 4 == 0xf { self.number()? } else { u64::from(byte >> 4) };
        self.fits(count)?;
        Ok((count, byte & 0xf))
    }

    fn fits(&self, count: u64) -> Result<(), String> {
        let left = (self.bytes.len() - self.at) as u64;
        if count > left {
            return Err(format!("a list claims {count} elements in the {left} bytes that follow"));
        }
        Ok(())
    }

    /// The structs in a list.
    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let (count, kind) = self.length()?;
        if kind != STRUCT && count > 0 {
            return Err("a list in the footer contains no structs".to_owned());
        }
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(read(self)?);
        }
        Ok(all)
    }

    /// Skips a value of this type at this nesting depth.
    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), String> {
        if depth > MAX_STRUCTS {
            return Err(format!("a header is more than {MAX_STRUCTS} levels deep"));
        }
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.pass(1),
            I16 | I32 | I64 => self.number().map(drop),
            DOUBLE => self.pass(8),
            UUID => self.pass(16),
            BINARY => {
                let length = self.number()?;
                self.pass(length)
            }
            LIST | SET => {
                let (count, kind) = self.length()?;
                (0..count).try_for_each(|_| self.skip_element(kind, depth + 1))
            }
            MAP => {
                let count = self.number()?;
                self.fits(count)?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                (0..count).try_for_each(|_| {
                    self.skip_element(kinds >> 4, depth + 1)?;
                    self.skip_element(kinds & 0xf, depth + 1)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip(kind, depth + 1)?;
                }
                Ok(())
            }
            other => Err(format!("a header contains a field of unknown type {other}")),
        }
    }

    /// In a list, a boolean takes a byte.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), String> {
        if matches!(kind, TRUE | FALSE) { self.pass(1) } else { self.skip(kind, depth) }
    }
}
