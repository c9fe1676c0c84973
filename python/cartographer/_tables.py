"""Files and tables in memory: for notebooks."""

from __future__ import annotations

import os
import pathlib
from typing import NamedTuple

import pyarrow

from cartographer import _core
from cartographer._rules import RuleFiles, compiled


class Mapped(NamedTuple):
    """What a table of events was mapped to: the tables of these names in a case."""

    signals: pyarrow.Table
    """One click, command or background burst a row."""
    event_signal: pyarrow.Table
    """One event's part in one signal a row."""
    signal_entities: pyarrow.Table
    """One thing seen or touched in one signal a row."""


class Parsed(NamedTuple):
    """What was in a file."""

    events: pyarrow.Table
    """One CloudTrail event a row. An event may be there twice; ``map_table`` counts it once."""
    rejects: pyarrow.Table
    """One record, or document, that could not be read a row."""


def parse(file: str | os.PathLike, data: bytes | None = None) -> Parsed:
    """Reads one file of CloudTrail, compressed or not, in any of the forms that ``cartographer load`` knows.

    With ``data`` the file is not opened: these are its bytes, and ``file`` is the name they go by. What is wrong with
    the content is a row of ``rejects``; a file that cannot be opened raises ``OSError``.
    """
    name = os.fspath(file)
    events, rejects = _core.parse_document(name, pathlib.Path(name).read_bytes() if data is None else data)
    schema = _core.schemas()["events"]
    return Parsed(pyarrow.Table.from_batches(events, schema), pyarrow.Table.from_batches([rejects]))


def map_table(events: pyarrow.Table, *, rules: RuleFiles | None = None) -> Mapped:
    """Maps a table of events, with all columns of ``schemas()["events"]``, in any order and from any number of files.

    An event of several files counts once, sign-ins are put into the sessions they opened, and sessions without evidence
    of the console are left out, as ``cartographer load`` does. ``rules`` are rules of one's own (``read_rules``).

    Raises ``ColumnError`` for a column that is missing or of another type, and ``RuleError``.
    """
    if not isinstance(events, pyarrow.Table):
        raise TypeError(
            f"map_table takes a pyarrow.Table, not {type(events).__name__}; a DataFrame of pandas becomes one "
            "by pyarrow.Table.from_pandas, one of Spark is mapped by cartographer.spark.map_signals"
        )
    batches = _core.map_events(events.to_batches(), compiled(rules))
    return Mapped(*(pyarrow.Table.from_batches([batch]) for batch in batches))
