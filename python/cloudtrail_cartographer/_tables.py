"""Files and tables in memory, for notebooks."""

from __future__ import annotations

import os
import pathlib
from typing import NamedTuple, Protocol, Union

import pyarrow

from cloudtrail_cartographer import _core
from cloudtrail_cartographer._rules import RuleFiles, compiled, with_packs


class ArrowStream(Protocol):
    """A table from any library that supports Arrow's PyCapsule interface, such as polars, pandas and DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


ArrowTable = Union[pyarrow.Table, ArrowStream]


class Mapped(NamedTuple):
    """The result of mapping a table of events. Each table matches the table of the same name in a case."""

    signals: pyarrow.Table
    """One row per click, command or burst of background activity."""
    event_signal: pyarrow.Table
    """One row per event in a signal, with its role."""
    signal_entities: pyarrow.Table
    """One row per resource that was seen or touched in a signal."""


class Parsed(NamedTuple):
    """The contents of a file."""

    events: pyarrow.Table
    """One row per CloudTrail event. An event may appear twice; ``map_table`` counts it once."""
    rejects: pyarrow.Table
    """One row per record or document that could not be read."""


def parse(file: str | os.PathLike[str], data: bytes | None = None) -> Parsed:
    """Reads one CloudTrail file, compressed or not, in any format that ``cartographer load`` supports.

    If ``data`` is given, it is used as the file's contents, and ``file`` is only its name. Errors in the contents are
    returned as rows in ``rejects``; a file that cannot be opened raises ``OSError``.
    """
    name = os.fspath(file)
    events, rejects = _core.parse_document(name, pathlib.Path(name).read_bytes() if data is None else data)
    schema = _core.schemas()["events"]
    return Parsed(pyarrow.Table.from_batches(events, schema), pyarrow.Table.from_batches([rejects]))


def map_table(events: ArrowTable, *, rules: RuleFiles | None = None) -> Mapped:
    """Maps a table of events, which must have all columns in ``schemas()["events"]``: a pyarrow table, or the table of
    another library that supports Arrow streams, such as a polars or pandas DataFrame.

    The events can be in any order and come from any number of files.

    As in ``cartographer load``, an event that occurs in several files counts once, sign-ins are assigned to the
    sessions that they opened, and sessions without evidence of console use are excluded. ``rules`` adds your own rules
    (see ``read_rules``).

    Raises ``ColumnError`` if a column is missing or has the wrong type, and ``RuleError`` if your rules contain errors.
    """
    if not isinstance(events, pyarrow.Table):
        if not hasattr(events, "__arrow_c_stream__"):
            raise TypeError(
                f"map_table takes a pyarrow.Table or another Arrow stream, not {type(events).__name__}; map a Spark "
                "DataFrame with cloudtrail_cartographer.spark.map_signals"
            )
        events = pyarrow.table(events)
    batches = _core.map_events(events.to_batches(), compiled(with_packs(rules)))
    return Mapped(*(pyarrow.Table.from_batches([batch]) for batch in batches))
