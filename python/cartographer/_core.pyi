"""The compiled module."""

from collections.abc import Mapping

import pyarrow

class CartographerError(ValueError):
    """The input cannot be mapped."""

class ColumnError(CartographerError):
    """A column is missing, or its values are not those of events."""

class OrderError(CartographerError):
    """The rows of a session are incomplete or out of order."""

class RuleError(CartographerError):
    """Custom rules have errors; one line for each problem."""

class Rules:
    """Compiled rules: the shipped ones and your own. Raises ``RuleError``."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None: ...
    @staticmethod
    def installed() -> dict[str, str]:
        """The files of the installed rule packs."""
    @property
    def version(self) -> str: ...
    def __len__(self) -> int: ...

class Mapper:
    """Maps sessions batch by batch. The rows of a session are consecutive, with ``seq`` = 1, 2, 3 …

    Takes the columns of ``mapper_columns()`` by name, and returns batches of ``schemas()["mapped"]``. It cannot be used
    after an exception or after ``finish``.
    """

    def __init__(self, rules: Rules) -> None: ...
    def push(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch: ...
    def finish(self) -> pyarrow.RecordBatch: ...

def parse_document(name: str, data: bytes) -> tuple[list[pyarrow.RecordBatch], pyarrow.RecordBatch]:
    """The events and rejects of a file: batches of ``schemas()["events"]``, and one batch of ``["rejects"]``."""

def map_events(
    batches: list[pyarrow.RecordBatch], rules: Rules
) -> tuple[pyarrow.RecordBatch, pyarrow.RecordBatch, pyarrow.RecordBatch]:
    """Maps events in any order to ``signals``, ``event_signal`` and ``signal_entities``."""

def sign_ins(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The sign-ins among events that do not state the session that they opened: a batch of ``schemas()["sign_ins"]``."""

def schemas() -> dict[str, pyarrow.Schema]:
    """The schemas of inputs and outputs: ``events``, ``rejects``, ``signals``, ``event_signal``,
    ``signal_entities``, ``mapped`` and ``sign_ins``. Times are ``timestamp[us, UTC]``."""

def mapper_columns() -> list[str]:
    """The columns that a ``Mapper`` needs."""

def strong_evidence() -> list[str]:
    """The names in ``console_evidence`` that are each sufficient for a console session."""
