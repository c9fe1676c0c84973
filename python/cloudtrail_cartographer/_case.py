"""A trail in memory, for notebooks: its tables, views and hunts."""

from __future__ import annotations

import datetime
import functools
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Union

import pyarrow

from cloudtrail_cartographer import _core, _html
from cloudtrail_cartographer._rules import RuleFiles, compiled, with_packs

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars

Paths = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]]
Moment = Union[str, datetime.date, datetime.datetime]

_UTC = datetime.timezone.utc


class Rows:
    """The rows of a view, a hunt or a query.

    Any library that reads Arrow streams takes it: ``polars.DataFrame(rows)``, ``pyarrow.table(rows)``. In a notebook,
    its first rows are shown as a table.
    """

    def __init__(self, table: pyarrow.Table) -> None:
        self._table = table

    def arrow(self) -> pyarrow.Table:
        """The rows as a pyarrow table. Times are in UTC."""
        return self._table

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas DataFrame."""
        return self._table.to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The rows as a polars DataFrame."""
        import polars

        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return self._table.to_pylist()

    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""
        return self._table.column_names

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        table: Any = self._table
        return table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return self._table.num_rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def __repr__(self) -> str:
        return f"<{len(self):,} row{'' if len(self) == 1 else 's'}: {', '.join(self.column_names)}>"

    def _repr_html_(self) -> str:
        return _html.table(self.column_names, self._table.slice(0, _html.MAX_ROWS).to_pylist(), len(self))


class Case:
    """A trail that was read and mapped. ``load`` creates it.

    The tables have the same columns and rows as the tables of the same name in a case of the program. Views, hunts and
    SQL need the ``duckdb`` package.
    """

    def __init__(self, tables: dict[str, pyarrow.Table]) -> None:
        self._tables = tables

    @property
    def events(self) -> pyarrow.Table:
        """One row per CloudTrail event."""
        return self._tables["events"]

    @property
    def sessions(self) -> pyarrow.Table:
        """One row per session."""
        return self._tables["sessions"]

    @property
    def signals(self) -> pyarrow.Table:
        """One row per click, command or burst of background activity."""
        return self._tables["signals"]

    @property
    def event_signal(self) -> pyarrow.Table:
        """One row per event in a signal, with its role."""
        return self._tables["event_signal"]

    @property
    def entities(self) -> pyarrow.Table:
        """One row per resource that was seen or touched in a signal."""
        return self._tables["signal_entities"]

    @property
    def files(self) -> pyarrow.Table:
        """One row per file, with what was read from it."""
        return self._tables["load_files"]

    @property
    def rejects(self) -> pyarrow.Table:
        """One row per record, file or input that could not be read, with the reason."""
        return self._tables["rejects"]

    def timeline(self) -> Rows:
        """What was clicked and called, in chronological order."""
        return self.view("timeline")

    def view(self, name: str) -> Rows:
        """The rows of a table or view, in its default order. ``views()`` lists the views."""
        known = {view: order for view, _, order in _core.views()}
        if name not in known and name not in _core.table_schemas():
            raise ValueError(f"there is no view {name!r}; views() lists all views")
        order = known.get(name)
        return self.sql(f'FROM "{name}"' + (f" ORDER BY {order}" if order else ""))

    def hunt(self, hunt_id: str, **parameters: str | int | Moment) -> Rows:
        """The hits of a hunt, such as ``persistence/access-key-for-another``. ``hunts()`` lists the hunts.

        The parameters are those of the hunt. A time is a datetime (UTC if it has no zone), a date, or ISO text.
        """
        kinds = {found: dict(params) for found, _, _, _, params in _core.hunts()}
        if hunt_id not in kinds:
            raise ValueError(f"there is no hunt {hunt_id!r}; hunts() lists all hunts")
        known = kinds[hunt_id]
        for name in parameters:
            if name not in known:
                raise ValueError(f"the hunt {hunt_id} has no parameter {name!r}; its parameters are {', '.join(known)}")
        given = {name: _value(name, known[name], value) for name, value in parameters.items()}
        return self.sql(_core.hunt_sql(hunt_id, given))

    def sql(self, query: str) -> Rows:
        """The rows of a query over the tables and views of a case."""
        relation: Any = self.connection.sql(query)
        # Before DuckDB 2.0, a statement that returns no rows has no relation.
        return Rows(_plain(relation.to_arrow_table() if relation is not None else pyarrow.table({})))

    @functools.cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB database in memory with the tables and views of a case."""
        try:
            import duckdb
        except ImportError as error:
            raise ImportError("views, hunts and SQL need the duckdb package: pip install duckdb") from error
        connection = duckdb.connect(":memory:")
        for statement in _core.database_script():
            connection.execute(statement)
        for name, table in self._tables.items():
            connection.register("arrow_rows", _without_zone(table))
            connection.execute(f'INSERT INTO "{name}" FROM arrow_rows')
            connection.unregister("arrow_rows")
        return connection

    def __repr__(self) -> str:
        return (
            f"<Case: {self.events.num_rows:,} events, {self.sessions.num_rows:,} sessions, "
            f"{self.signals.num_rows:,} signals, {self.rejects.num_rows:,} rejects>"
        )

    def _repr_html_(self) -> str:
        clicks = self._clicks()
        sessions = {row["session_id"]: row for row in self.sessions.to_pylist()}
        busiest = sorted(clicks, key=lambda session: (-len(clicks[session]), session))[: _html.MAX_LANES]
        lanes = [(str(sessions[session]["principal"]), clicks[session]) for session in busiest]
        names = ["session_id", "principal", "account_id", "first_time", "last_time", "events", "signals"]
        rows = [sessions[session] for session in busiest]
        left = len(clicks) - len(busiest)
        note = f"<p>and {left:,} more sessions with clicks</p>" if left > 0 else ""
        return (
            f"<p>{self.events.num_rows:,} events, {self.sessions.num_rows:,} sessions, {len(clicks):,} of them with "
            f"clicks, {self.signals.num_rows:,} signals, {self.rejects.num_rows:,} rejects</p>"
            + _html.picture(lanes)
            + _html.table(names, rows, len(rows))
            + note
        )

    def _clicks(self) -> dict[str, list[tuple[datetime.datetime, int, str]]]:
        """The clicks of each session: time, severity and sentence."""
        clicks: dict[str, list[tuple[datetime.datetime, int, str]]] = {}
        wanted = self.signals.select(["session_id", "first_time", "kind", "severity", "summary"])
        for row in wanted.to_pylist():
            if row["kind"] != "background":
                mark = (row["first_time"], row["severity"] or 0, row["summary"] or "")
                clicks.setdefault(row["session_id"], []).append(mark)
        return clicks


def load(
    path: Paths,
    *,
    rules: RuleFiles | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
    services: Sequence[str] = (),
    threads: int = 0,
) -> Case:
    """Reads and maps files, folders and globs, like ``cartographer load``, and keeps the result in memory.

    ``start`` (inclusive) and ``end`` (exclusive), ``accounts``, ``regions`` and ``services`` select events; a file whose
    path shows that it contains none of them is not read. ``rules`` adds your own rules (see ``read_rules``). By default,
    one thread per core is used.

    What cannot be read is in ``Case.rejects``. Raises ``CartographerError`` if nothing can be read.
    """
    # Callers without a type checker may pass anything.
    unchecked: tuple[Any, Any] = (path, rules)
    if unchecked[0] is None:
        raise TypeError("path takes a path or a list of paths, not None")
    if isinstance(unchecked[1], (str, os.PathLike)):
        raise TypeError("rules takes rule files, not a path: use rules=read_rules(folder)")
    paths = [path] if isinstance(path, (str, os.PathLike)) else list(path)
    if not paths:
        raise ValueError("the list of paths is empty")
    span = tuple(None if time is None else _micros("start" if at == 0 else "end", time) for at, time in enumerate((start, end)))
    if span[0] is not None and span[1] is not None and span[0] >= span[1]:
        raise ValueError(f"start={start!r} must be earlier than end={end!r}")
    only = (_texts("accounts", accounts), _texts("regions", regions), _texts("services", services))
    batches = _core.load_trail(
        [os.fspath(item) for item in paths], compiled(with_packs(rules)), (span[0], span[1]), only, threads
    )
    schemas = _core.table_schemas()
    return Case({name: pyarrow.Table.from_batches(batches.get(name, []), schemas[name]) for name in _LOADED})


_LOADED = (
    "events",
    "sessions",
    "signals",
    "event_signal",
    "signal_entities",
    "load_files",
    "rejects",
    "aggregated_events",
)


def views() -> Rows:
    """The views: name, and what a row is."""
    names, grains, _ = zip(*_core.views())
    return Rows(pyarrow.table({"name": list(names), "row": list(grains)}))


def hunts() -> Rows:
    """The hunts: ID, question, what a hit means, common false positives, and parameters."""
    found = _core.hunts()
    return Rows(
        pyarrow.table(
            {
                "id": [hunt[0] for hunt in found],
                "question": [hunt[1] for hunt in found],
                "hit": [hunt[2] for hunt in found],
                "false_positives": [hunt[3] for hunt in found],
                "parameters": [[name for name, _ in hunt[4]] for hunt in found],
            }
        )
    )


def _texts(name: str, values: Sequence[str]) -> list[str]:
    if isinstance(values, str):
        raise TypeError(f"{name} takes a list of strings, not one string")
    texts: list[Any] = list(values)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"{name} takes strings, not {text!r}")
    return texts


def _value(name: str, kind: str, value: str | int | Moment) -> int | str:
    if kind == "moment":
        if isinstance(value, int):
            raise TypeError(f"{name} takes a time, not {value}")
        return _micros(name, value)
    if kind == "integer":
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} takes a whole number, not {value!r}")
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} takes text, not {value!r}")
    return value


def _micros(name: str, time: Moment) -> int:
    """A time in microseconds since 1970, UTC."""
    if isinstance(time, str):
        try:
            time = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
        except ValueError:
            raise ValueError(f"{name}={time!r} is not a time such as 2026-03-01 or 2026-03-01T09:00:00Z") from None
    elif not isinstance(time, datetime.datetime):
        time = datetime.datetime(time.year, time.month, time.day)
    if time.tzinfo is None:
        time = time.replace(tzinfo=_UTC)
    return (time - datetime.datetime(1970, 1, 1, tzinfo=_UTC)) // datetime.timedelta(microseconds=1)


def _without_zone(table: pyarrow.Table) -> pyarrow.Table:
    """The table as DuckDB stores it: times in UTC, without a zone."""
    return _cast(table, lambda kind: pyarrow.timestamp("us") if pyarrow.types.is_timestamp(kind) else kind)


def _plain(table: pyarrow.Table) -> pyarrow.Table:
    """The table with the types of the other tables: times in UTC, and text for ENUMs and JSON."""

    def plain(kind: pyarrow.DataType) -> pyarrow.DataType:
        if pyarrow.types.is_timestamp(kind):
            return pyarrow.timestamp("us", tz="UTC")
        is_text = pyarrow.types.is_dictionary(kind) or isinstance(kind, pyarrow.BaseExtensionType)
        return pyarrow.string() if is_text else kind

    return _cast(table, plain)


def _cast(table: pyarrow.Table, wanted: Any) -> pyarrow.Table:
    for at, field in enumerate(table.schema):
        kind = wanted(field.type)
        if kind != field.type:
            column: Any = table.column(at)
            if isinstance(field.type, pyarrow.BaseExtensionType):
                storage: Any = field.type.storage_type
                column = pyarrow.chunked_array([chunk.storage for chunk in column.chunks], storage)
            table = table.set_column(at, field.name, column.cast(kind))
    return table
