"""The compiled part."""

from collections.abc import Mapping

import pyarrow

class CartographerError(ValueError):
    """What cartographer is given cannot be mapped."""

class ColumnError(CartographerError):
    """A column is missing, or its values are not those of events."""

class OrderError(CartographerError):
    """The rows of a session are not whole, or not in order."""

class RuleError(CartographerError):
    """Rules of one's own are wrong; a line for each problem."""

class Rules:
    """Compiled rules: the shipped ones, with one's own over them. Raises ``RuleError``."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None: ...
    @property
    def version(self) -> str: ...
    def __len__(self) -> int: ...

class Mapper:
    """Maps sessions whose rows come one after another, each session's with ``seq`` = 1, 2, 3 …, batch by batch.

    Takes the columns of ``mapper_columns()`` by name, and gives batches of ``schemas()["mapped"]``. After an exception,
    and after ``finish``, it refuses to go on.
    """

    def __init__(self, rules: Rules) -> None: ...
    def push(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch: ...
    def finish(self) -> pyarrow.RecordBatch: ...

def parse_document(name: str, data: bytes) -> tuple[list[pyarrow.RecordBatch], pyarrow.RecordBatch]:
    """A file's events, and what in it is none: batches of ``schemas()["events"]``, and one of ``["rejects"]``."""

def map_events(
    batches: list[pyarrow.RecordBatch], rules: Rules
) -> tuple[pyarrow.RecordBatch, pyarrow.RecordBatch, pyarrow.RecordBatch]:
    """Events in any order into ``signals``, ``event_signal`` and ``signal_entities``."""

def sign_ins(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The sign-ins among events that wait for the session they opened: a batch of ``schemas()["sign_ins"]``."""

def schemas() -> dict[str, pyarrow.Schema]:
    """The schemas of what goes in and comes out: ``events``, ``rejects``, ``signals``, ``event_signal``,
    ``signal_entities``, ``mapped`` and ``sign_ins``. Times are ``timestamp[us, UTC]``."""

def mapper_columns() -> list[str]:
    """The columns that a ``Mapper`` asks for."""

def strong_evidence() -> list[str]:
    """The names in ``console_evidence`` that each alone make a session the console's."""
