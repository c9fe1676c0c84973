"""The compiled module."""

from collections.abc import Mapping

import pyarrow

__version__: str

class CartographerError(ValueError):
    """The input cannot be mapped."""

class ColumnError(CartographerError):
    """A column is missing, or its values are not valid for events."""

class OrderError(CartographerError):
    """The rows of a session are incomplete or out of order."""

class RuleError(CartographerError):
    """Your rules contain errors. The message has one line per problem."""

class Rules:
    """Compiled rules: the shipped rules and your own. Raises ``RuleError`` if your rules contain errors."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None: ...
    @staticmethod
    def installed() -> dict[str, str]:
        """The files in the installed rule packs."""
    @property
    def version(self) -> str: ...
    def __len__(self) -> int: ...

class Mapper:
    """Maps sessions batch by batch. The rows of each session must be consecutive, with ``seq`` = 1, 2, 3 …

    Looks up the columns in ``mapper_columns()`` by name, and returns batches with the schema ``schemas()["mapped"]``. A
    mapper cannot be used after an exception or after ``finish``.
    """

    def __init__(self, rules: Rules) -> None: ...
    def push(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch: ...
    def finish(self) -> pyarrow.RecordBatch: ...

def parse_document(name: str, data: bytes) -> tuple[list[pyarrow.RecordBatch], pyarrow.RecordBatch]:
    """Reads a file. Returns its events as batches with the schema ``schemas()["events"]``, and its rejects as one
    batch with the schema ``schemas()["rejects"]``."""

def map_events(
    batches: list[pyarrow.RecordBatch], rules: Rules
) -> tuple[pyarrow.RecordBatch, pyarrow.RecordBatch, pyarrow.RecordBatch]:
    """Maps events in any order to ``signals``, ``event_signal`` and ``signal_entities``."""

def sign_ins(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Returns the sign-in events that do not state which session they opened, as a batch with the schema
    ``schemas()["sign_ins"]``."""

def schemas() -> dict[str, pyarrow.Schema]:
    """The input and output schemas: ``events``, ``rejects``, ``signals``, ``event_signal``,
    ``signal_entities``, ``mapped`` and ``sign_ins``. Times are ``timestamp[us, UTC]``."""

def load_trail(
    paths: list[str],
    rules: Rules,
    span: tuple[int | None, int | None],
    only: tuple[list[str], list[str], list[str]],
    threads: int,
) -> dict[str, list[pyarrow.RecordBatch]]:
    """Reads and maps files, folders and globs. Returns the batches of each table. ``span`` is in microseconds since
    1970, UTC; ``only`` lists accounts, regions and services."""

def table_schemas() -> dict[str, pyarrow.Schema]:
    """The schemas of all tables of a case, by name."""

def database_script() -> list[str]:
    """The statements that create the types, tables and views of a case in an empty DuckDB database."""

def views() -> list[tuple[str, str, str | None]]:
    """Each view: its name, what a row is, and the default order of its rows."""

def hunts() -> list[tuple[str, str, str, str, list[tuple[str, str]]]]:
    """Each hunt: its ID, its question, what a row means, common false positives, and its parameters with their kinds:
    ``moment``, ``integer`` or ``text``."""

def hunt_sql(id: str, given: Mapping[str, int | str]) -> str:
    """The statements of a hunt with these values. A time is in microseconds since 1970, UTC."""

def mapper_columns() -> list[str]:
    """The names of the columns that a ``Mapper`` needs."""

def strong_evidence() -> list[str]:
    """The names in ``console_evidence`` that are each enough, on their own, to identify a console session."""
