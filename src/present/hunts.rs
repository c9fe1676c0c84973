//! The hunts, as rows and as a cookbook.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, ListBuilder, StringArray, StringBuilder, TimestampMicrosecondArray};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::record_batch::RecordBatch;

use super::PresentError;
use super::escape::markdown;
use crate::hunt::{Hunt, Param};

/// What the cookbook says before its first hunt.
const COOKBOOK: &str = "\
# Hunts

Questions of an incident, by ATT&CK tactic, {} in all. Each is a file of plain SQL in `sql/hunts/` that only reads:

```sh
cartographer hunt list --technique T1098
cartographer hunt show persistence/access-key-for-another
cartographer hunt run persistence/access-key-for-another --db case.duckdb --set since=2026-03-11 --format csv
```

`hunt show` prints the file. Any client of DuckDB 1.5 or later runs it as it is, on a case opened read-only; what can be
set stands in its `SET VARIABLE` lines. A case that an earlier version loaded gets the views that hunts read when it is
loaded into again. Times are UTC. A hunt finds what was done, not whether it was wrong: each says who does the same
innocently. `what` is the click's sentence where a click explains the event, else what was called; `signal_id`,
`session_id` and `event_id` lead on to `signal_events`, `sessions` and `events`. Failed attempts are shown too, with
their `error_code`. `joining-hits.md` joins what other tools found.

Made by `cartographer hunt list --format markdown`.
";

/// What a hunt found: how many rows, and the first and the last of their times.
#[derive(Debug, Clone, Copy)]
pub struct Hits<'h> {
    hunt: &'h Hunt,
    /// How many rows.
    pub rows: usize,
    times: Option<(i64, i64)>,
}

impl<'h> Hits<'h> {
    /// What these rows of a hunt come to. A hunt whose rows have no column `time` has no times.
    #[must_use]
    pub fn of(hunt: &'h Hunt, batches: &[RecordBatch]) -> Self {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let columns = batches.iter().filter_map(|batch| batch.column_by_name("time"));
        let times = columns.filter_map(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
        let all = || times.clone().flat_map(|times| times.iter().flatten());
        Self { hunt, rows, times: all().min().zip(all().max()) }
    }
}

/// What hunts found, as rows: tactic, hunt, title, hits, `first_time`, `last_time`.
///
/// # Errors
/// If Arrow refuses the columns.
pub fn hits(hits: &[Hits<'_>]) -> Result<RecordBatch, PresentError> {
    let texts = |of: fn(&Hunt) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(hits.iter().map(|hits| of(hits.hunt))))
    };
    let counts = Int64Array::from_iter_values(hits.iter().map(|hits| i64::try_from(hits.rows).unwrap_or(i64::MAX)));
    let first: TimestampMicrosecondArray = hits.iter().map(|hits| hits.times.map(|times| times.0)).collect();
    let last: TimestampMicrosecondArray = hits.iter().map(|hits| hits.times.map(|times| times.1)).collect();
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("tactic", texts(|hunt| hunt.tactic.as_str()), false),
        ("hunt", texts(|hunt| &hunt.id), false),
        ("title", texts(|hunt| &hunt.title), false),
        ("hits", Arc::new(counts) as ArrayRef, false),
        ("first_time", Arc::new(first), true),
        ("last_time", Arc::new(last), true),
    ])?)
}

/// The hunts as rows, for [`super::batches`]: id, tactic, techniques, title.
///
/// # Errors
/// If Arrow refuses the columns.
pub fn hunts(hunts: &[Hunt]) -> Result<RecordBatch, PresentError> {
    let texts = |of: fn(&Hunt) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(hunts.iter().map(of))) };
    let mut techniques = ListBuilder::new(StringBuilder::new());
    for hunt in hunts {
        techniques.append_value(hunt.techniques.iter().map(Some));
    }
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("id", texts(|hunt| &hunt.id), false),
        ("tactic", texts(|hunt| hunt.tactic.as_str()), false),
        ("techniques", Arc::new(techniques.finish()), false),
        ("title", texts(|hunt| &hunt.title), false),
    ])?)
}

/// The hunts as a Markdown page: what each asks, how to read its rows, and its SQL.
///
/// # Errors
/// If the writer refuses.
pub fn cookbook(out: &mut impl Write, hunts: &[Hunt]) -> io::Result<()> {
    out.write_all(COOKBOOK.replace("{}", &hunts.len().to_string()).as_bytes())?;
    for same in hunts.chunk_by(|a, b| a.tactic == b.tactic) {
        let name = same.first().map_or("", |hunt| hunt.tactic.as_str());
        writeln!(out, "\n## {name} ({})", same.len())?;
        same.iter().try_for_each(|hunt| recipe(out, hunt))?;
    }
    Ok(())
}

fn recipe(out: &mut impl Write, hunt: &Hunt) -> io::Result<()> {
    writeln!(out, "\n### {}\n", markdown(&hunt.title))?;
    let techniques: Vec<String> = hunt.techniques.iter().map(|technique| format!(" · {technique}")).collect();
    writeln!(out, "`{}`{}\n", hunt.id, techniques.concat())?;
    writeln!(out, "**A hit:** {}\n\n**Innocent:** {}\n", markdown(&hunt.hit), markdown(&hunt.innocent))?;
    writeln!(out, "```sql")?;
    hunt.params.iter().try_for_each(|param| setting(out, param))?;
    writeln!(out, "{}\n```", hunt.query)
}

/// A parameter as the file sets it.
fn setting(out: &mut impl Write, param: &Param) -> io::Result<()> {
    writeln!(out, "SET VARIABLE {} = {}; -- {}", param.name, param.default, param.meaning)
}
