"""Functions that ``mapInArrow`` runs in Spark workers. Each call processes the batches of one partition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Callable
from urllib.parse import unquote

import pyarrow

from cloudtrail_cartographer import _core
from cloudtrail_cartographer._rules import RuleFiles, compiled

Batches = Iterator[pyarrow.RecordBatch]
Work = Callable[[Batches], Batches]


def map_sessions(rules: RuleFiles) -> Work:
    """Maps ordered sessions to signals."""

    def work(batches: Batches) -> Batches:
        mapper = _core.Mapper(compiled(rules))
        for batch in batches:
            yield mapper.push(batch)
        yield mapper.finish()

    return work


def read_sign_ins(batches: Batches) -> Batches:
    """Finds sign-in events, and returns them with the columns that join them to sessions."""
    for batch in batches:
        yield _core.sign_ins(batch)


def parse_files(want: str, root: str) -> Work:
    """Parses files (``path``, ``content``) into ``events`` or ``rejects``. ``raise`` returns events, and raises on a reject."""

    def work(batches: Batches) -> Batches:
        for batch in batches:
            for path, content in zip(batch.column(0), batch.column(1)):
                yield from _wanted(want, *_core.parse_document(file_name(path.as_py(), root), content.as_py()))

    return work


def parse_lines(want: str, root: str) -> Work:
    """Like ``parse_files``, for JSON Lines (``path``, ``line``). The line numbers in the file are unknown."""

    def work(batches: Batches) -> Batches:
        for batch in batches:
            rows = zip(batch.column(0).to_pylist(), batch.column(1).to_pylist())
            for path, group in groupby(rows, key=lambda row: row[0]):
                lines = [line for _, line in group if line and line.strip()]
                if lines:
                    data = "\n".join(lines).encode()
                    for found in _wanted(want, *_core.parse_document(file_name(unquote(str(path)), root), data)):
                        yield _without_record_numbers(found)

    return work


def _wanted(want: str, events: list[pyarrow.RecordBatch], rejects: pyarrow.RecordBatch) -> Batches:
    if want == "rejects":
        yield rejects
        return
    if want == "raise" and rejects.num_rows:
        row = rejects.slice(0, 1).to_pylist()[0]
        record = f", record {row['record']}" if row["record"] else ""
        raise _core.CartographerError(
            f"{row['document']!r}{record}: {row['cause']}; it starts with {row['excerpt']!r}. "
            "Without strict=True, such records are skipped, and read_rejects returns them"
        )
    yield from events


def _without_record_numbers(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The batch with record numbers set to NULL, because they would be relative to Spark's input split."""
    name = "source_record" if "source_record" in batch.schema.names else "record"
    at = batch.schema.get_field_index(name)
    columns = batch.columns
    columns[at] = pyarrow.nulls(batch.num_rows, batch.schema.field(at).type)
    return pyarrow.RecordBatch.from_arrays(columns, schema=batch.schema)


def root_of(path: str | list[str]) -> str:
    """The prefix of local paths, for engines that omit it. Empty if the files are not local."""
    first = path if isinstance(path, str) else next(iter(path), "")
    return "/" if first.startswith(("/", "file:")) else ""


def file_name(path: str, root: str) -> str:
    """The file name that ``cartographer load`` would use: for a local file, the path without its scheme."""
    local = path.removeprefix("file:")
    return root + local.lstrip("/") if root else path
