"""What runs in Spark's workers: functions for ``mapInArrow``, each over the batches of one partition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Callable
from urllib.parse import unquote

import pyarrow

from cartographer import _core
from cartographer._rules import RuleFiles, compiled

Batches = Iterator[pyarrow.RecordBatch]
Work = Callable[[Batches], Batches]


def map_sessions(rules: RuleFiles) -> Work:
    """Sessions in order into signals."""

    def work(batches: Batches) -> Batches:
        mapper = _core.Mapper(compiled(rules))
        for batch in batches:
            yield mapper.push(batch)
        yield mapper.finish()

    return work


def read_sign_ins(batches: Batches) -> Batches:
    """Events into what joins those of them that are sign-ins to sessions."""
    for batch in batches:
        yield _core.sign_ins(batch)


def parse_files(want: str, root: str) -> Work:
    """Files (``path``, ``content``) into ``events`` or ``rejects``; ``raise`` gives events, and raises for a reject."""

    def work(batches: Batches) -> Batches:
        for batch in batches:
            for path, content in zip(batch.column(0), batch.column(1)):
                yield from _wanted(want, *_core.parse_document(file_name(path.as_py(), root), content.as_py()))

    return work


def parse_lines(want: str, root: str) -> Work:
    """Lines of JSON (``path``, ``line``), as ``parse_files``. Which line of its file one is, is not known."""

    def work(batches: Batches) -> Batches:
        for batch in batches:
            rows = zip(batch.column(0).to_pylist(), batch.column(1).to_pylist())
            for path, group in groupby(rows, key=lambda row: row[0]):
                lines = [line for _, line in group if line and line.strip()]
                if lines:
                    data = "\n".join(lines).encode()
                    for found in _wanted(want, *_core.parse_document(file_name(unquote(path), root), data)):
                        yield _unplaced(found)

    return work


def _wanted(want: str, events, rejects) -> Batches:
    if want == "rejects":
        yield rejects
        return
    if want == "raise" and rejects.num_rows:
        row = rejects.slice(0, 1).to_pylist()[0]
        record = f", record {row['record']}" if row["record"] else ""
        raise _core.CartographerError(
            f"{row['document']!r}{record}: {row['cause']}; it begins {row['excerpt']!r}. "
            "Without strict=True such records are left out, and read_rejects gives them"
        )
    yield from events


def _unplaced(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The batch without numbers of records, which count from where Spark cut its input."""
    name = "source_record" if "source_record" in batch.schema.names else "record"
    at = batch.schema.get_field_index(name)
    columns = batch.columns
    columns[at] = pyarrow.nulls(batch.num_rows, batch.schema.field(at).type)
    return pyarrow.RecordBatch.from_arrays(columns, schema=batch.schema)


def root_of(path: str | list[str]) -> str:
    """What local names begin with, for engines that leave it out; empty if the files are not local."""
    first = path if isinstance(path, str) else next(iter(path), "")
    return "/" if first.startswith(("/", "file:")) else ""


def file_name(path: str, root: str) -> str:
    """The name that ``cartographer load`` knows a file by: a local one without its scheme."""
    local = path.removeprefix("file:")
    return root + local.lstrip("/") if root else path
