"""Maps CloudTrail events in a data lake to DataFrames of signals, on Spark 3.5 or later and on Sail.

The functions are lazy, like Spark's own: nothing is read until rows are requested. Events have the columns of
``cartographer.schemas()["events"]``. Write them once as Parquet or Iceberg, because the mapping scans them several times,
each time reading only a few columns.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import Window
from pyspark.sql import functions as F

from cartographer import _core
from cartographer._rules import RuleFiles, compiled, with_packs
from cartographer._spark_types import check, ddl
from cartographer._spark_work import map_sessions, parse_files, parse_lines, read_sign_ins, root_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = [
    "Signals",
    "begun_on",
    "from_athena",
    "from_security_lake",
    "map_signals",
    "read_rejects",
    "read_trail",
    "tables_of",
]


class Signals(NamedTuple):
    """The result of mapping events. Each table matches the table of the same name in a case."""

    signals: DataFrame
    """One row per click, command or burst of background activity."""
    event_signal: DataFrame
    """One row per event in a signal, with its role."""
    signal_entities: DataFrame
    """One row per resource that was seen or used in a signal."""
    mapped: DataFrame
    """The table that the other three are derived from: one row per signal, with its events and entities as lists. If
    you need more than one of those three tables, persist or write ``mapped`` first; otherwise the mapping runs again
    for each table."""


def read_trail(spark: SparkSession, path: str | list[str], *, lines: bool = False, strict: bool = False) -> DataFrame:
    """Reads the CloudTrail files under a path, compressed or not, in any format that ``cartographer load`` supports.

    Each file is read by one task, up to Spark's limit of 2 GiB. With ``lines=True``, JSON Lines files of any size are
    read in chunks, in which case ``source_record`` is NULL (Spark only). Records that cannot be read are skipped, and
    ``read_rejects`` returns them. With ``strict=True``, such a record raises an exception.
    """
    return _read(spark, path, lines, "raise" if strict else "events", "events")


def read_rejects(spark: SparkSession, path: str | list[str], *, lines: bool = False) -> DataFrame:
    """Returns one row per record or document that ``read_trail`` cannot read, with the reason."""
    return _read(spark, path, lines, "rejects", "rejects")


def _read(spark: SparkSession, path: str | list[str], lines: bool, want: str, table: str) -> DataFrame:
    root = root_of(path)
    if lines:
        texts = spark.read.text(path, recursiveFileLookup=True)
        named = texts.select(F.input_file_name().alias("path"), F.col("value").alias("line"))
        return named.mapInArrow(parse_lines(want, root), ddl(table))
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(path)
    return files.select("path", "content").mapInArrow(parse_files(want, root), ddl(table))


def from_security_lake(df: DataFrame, *, strict: bool = False) -> DataFrame:
    """Events from Security Lake's table of CloudTrail management events, OCSF 1.0.0-rc.2 or 1.1.0.

    Additional columns are ignored. Rows from other products are skipped. With ``strict=True``, such a row raises an
    exception.
    """
    return _from_rows(df, "security-lake", ("metadata", "api"), strict)


def from_athena(df: DataFrame, *, strict: bool = False) -> DataFrame:
    """Events from the CloudTrail table created by the Athena statement in the AWS documentation (``eventtime``, ``useridentity`` …).

    Partition columns are ignored. Rows that are not events are skipped. With ``strict=True``, such a row raises an
    exception.
    """
    return _from_rows(df, "athena", ("eventtime", "eventsource", "eventname", "useridentity"), strict)


def _from_rows(df: DataFrame, name: str, needed: Sequence[str], strict: bool) -> DataFrame:
    missing = [column for column in needed if column not in df.columns]
    if missing:
        raise _core.ColumnError(
            f"the DataFrame has no column {', '.join(missing)}; is it the {name} table? "
            f"Its columns are {', '.join(df.columns)}"
        )
    rows = df.select(F.lit(name).alias("path"), F.to_json(F.struct("*")).alias("line"))
    return rows.mapInArrow(parse_lines("raise" if strict else "events", ""), ddl("events"))


def map_signals(events: DataFrame, *, rules: RuleFiles | None = None) -> Signals:
    """Maps events to signals, with the same rows and IDs as ``cartographer load``.

    Sessions without evidence of console use are dropped before anything is shuffled. ``rules`` adds your own rules (see
    ``cartographer.read_rules``).

    Raises ``ColumnError`` if a column is missing or has the wrong type, and ``RuleError`` if your rules contain errors.
    A row that is not an event raises an exception in the task that processes it.
    """
    check(events)
    files = with_packs(rules)
    compiled(files)
    sessions = _numbered(_without_duplicates(_console_events(events)))
    return tables_of(sessions.mapInArrow(map_sessions(dict(files)), ddl("mapped")))


def tables_of(mapped: DataFrame) -> Signals:
    """The tables in ``Signals.mapped``, for a ``mapped`` table that was written and read back."""
    schemas = _core.schemas()
    return Signals(
        mapped.select(*schemas["signals"].names),
        _rows_of(mapped, "event_signal", schemas["event_signal"].names),
        _rows_of(mapped, "signal_entities", schemas["signal_entities"].names),
        mapped,
    )


def begun_on(mapped: DataFrame, day: datetime.date) -> DataFrame:
    """The rows in ``mapped`` for sessions whose first signal is on the given day, in UTC.

    Use this to write tables with one partition per day, where each run replaces a partition. To keep each session in a
    single partition, also map the events from the previous and the next day. ``docs/spark.md`` in the project shows the
    pattern.
    """
    start = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc)
    first, last = (round((start + datetime.timedelta(days=days)).timestamp() * 1_000_000) for days in (0, 1))
    begun = F.unix_micros(F.min("first_time").over(Window.partitionBy("session_id")))
    with_start = mapped.withColumn("begun", begun)
    return with_start.where((F.col("begun") >= first) & (F.col("begun") < last)).drop("begun")


def _rows_of(mapped: DataFrame, table: str, names: Iterable[str]) -> DataFrame:
    exploded = mapped.select("signal_id", F.explode(table).alias("row"))
    return exploded.select(
        *(F.col("signal_id" if name == "signal_id" else f"row.{name}").alias(name) for name in names)
    )


def _evidence() -> Column:
    return F.coalesce("console_evidence", F.array().cast("array<string>"))


def _is_unassigned_sign_in() -> Column:
    """Whether an event is a sign-in that does not state which session it opened."""
    return F.col("session_created").isNull() & F.array_contains(_evidence(), "sign_in")


def _console_events(events: DataFrame) -> DataFrame:
    """The events in console sessions, with each sign-in moved to the session that it opened."""
    known = _known_sessions(events.where(~_is_unassigned_sign_in()))
    moves = _moves(events.where(_is_unassigned_sign_in()), known)
    console = known.where("strong OR (anonymous AND evidence)").select("session_id")
    console = console.union(moves.select("moved_to")).distinct()
    moved = events.join(F.broadcast(moves), "event_id", "left")
    moved = moved.withColumn("session_id", F.coalesce("moved_to", "session_id")).drop("moved_to")
    # A broadcast join, because any other join would shuffle rows only to drop them.
    return moved.join(F.broadcast(console), "session_id", "left_semi")


def _known_sessions(events: DataFrame) -> DataFrame:
    """One row per session: whether it is a console session, and the keys by which a sign-in can be matched to it."""
    strong = F.array(*(F.lit(name) for name in _core.strong_evidence()))
    dated = F.col("session_created").isNotNull() & ~F.array_contains(_evidence(), "sign_in")
    filled = lambda name: F.when(F.col(name) != "", F.col(name))
    return events.groupBy("session_id").agg(
        F.max(F.arrays_overlap(_evidence(), strong)).alias("strong"),
        F.min(F.col("principal_arn").isNull() & F.col("principal_id").isNull() & F.col("identity_type").isNull()).alias(
            "anonymous"
        ),
        F.max(F.size(_evidence()) > 0).alias("evidence"),
        F.min(F.when(dated, F.coalesce(filled("identity_account_id"), "recipient_account_id"))).alias("account_id"),
        F.coalesce(
            F.min(F.when(dated, filled("principal_arn"))),
            F.min(F.when(dated, filled("principal_id"))),
            F.min(F.when(dated, F.col("principal"))),
        ).alias("principal_arn"),
        F.min(F.when(dated, F.col("session_created"))).alias("created"),
    )


def _moves(unassigned: DataFrame, known: DataFrame) -> DataFrame:
    """For each unassigned sign-in, its ``event_id`` and the session that it belongs to (``moved_to``)."""
    sign_ins = unassigned.mapInArrow(read_sign_ins, ddl("sign_ins")).withColumnRenamed("session_id", "own")
    candidates = known.where(F.col("created").isNotNull()).select(
        F.col("session_id").alias("opened"),
        F.coalesce("account_id", F.lit("")).alias("account_id"),
        F.coalesce("principal_arn", F.lit("")).alias("principal_arn"),
        "created",
    )
    joined = sign_ins.join(candidates, ["account_id", "principal_arn"], "left")
    within = F.col("created").between(F.col("created_from"), F.col("created_to"))
    distance = F.when(within, F.abs(F.unix_micros("created") - F.unix_micros("event_time")))
    found = joined.withColumn("distance", distance).withColumn("moved_to", F.when(within, F.col("opened")))
    nearest = Window.partitionBy("event_id").orderBy(F.col("distance").asc_nulls_last(), "moved_to", "own")
    first = found.withColumn("place", F.row_number().over(nearest)).where("place = 1")
    return first.select("event_id", F.coalesce("moved_to", "own").alias("moved_to"))


def _without_duplicates(events: DataFrame) -> DataFrame:
    """The events without duplicates: keeps the first record in the file whose name sorts first."""
    first = Window.partitionBy("event_id").orderBy("source_file", "source_record", "session_id")
    return events.withColumn("place", F.row_number().over(first)).where("place = 1")


def _numbered(events: DataFrame) -> DataFrame:
    """The events with the columns and row numbers that ``Mapper`` expects."""
    in_order = Window.partitionBy("session_id").orderBy("event_time", "event_id")
    return events.withColumn("seq", F.row_number().over(in_order)).select(*_core.mapper_columns())
