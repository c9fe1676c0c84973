"""Maps CloudTrail events in a data lake to DataFrames of signals, on Spark 3.5 or later and on Sail.

The functions are lazy, like Spark's own: nothing is read until rows are requested. Events have the columns of
``cloudtrail_cartographer.schemas()["events"]``. Write them once as Parquet or Iceberg, because the mapping scans them several times,
each time reading only a few columns.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import Window
from pyspark.sql import functions as F

from cloudtrail_cartographer import _core
from cloudtrail_cartographer._rules import RuleFiles, compiled, with_packs
from cloudtrail_cartographer._spark_types import check, ddl
from cloudtrail_cartographer._spark_work import map_sessions, parse_files, parse_lines, read_sign_ins, root_of

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
    "sessions",
    "tables_of",
]


class Signals(NamedTuple):
    """The result of mapping events. Each table matches the table of the same name in a case."""

    signals: DataFrame
    """One row per click, command or burst of background activity."""
    event_signal: DataFrame
    """One row per event in a signal, with its role."""
    signal_entities: DataFrame
    """One row per resource that was seen or touched in a signal."""
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
    ``cloudtrail_cartographer.read_rules``).

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


def sessions(events: DataFrame, mapped: DataFrame) -> DataFrame:
    """The sessions of all events, including those without console use, with the rows and columns of ``sessions`` in a case.

    ``mapped`` is ``map_signals(events).mapped``, best written and read back. Unlike the mapping, this shuffles the IDs of
    all events, because an event that is in several files counts once.
    """
    check(events)
    known = _known_sessions(events.where(~_is_unassigned_sign_in()))
    moved = _moved(events, _moves(events.where(_is_unassigned_sign_in()), known))
    of_events = moved.groupBy("session_id").agg(
        *(F.min(name).alias(name) for name in ("account_id", "identity_type", "principal", "principal_arn")),
        F.min("session_created").alias("session_created"),
        _is_console().alias("console"),
        F.min("event_time").alias("first_time"),
        F.max("event_time").alias("last_time"),
        _sorted(F.when(F.col("source_ip").rlike("^[0-9a-fA-F.:]+$"), F.col("source_ip"))).alias("ips"),
        _sorted(F.col("region")).alias("regions"),
        _sorted(F.col("user_agent")).alias("user_agents"),
        F.max("mfa").alias("mfa"),
        F.count_distinct(F.col("event_id")).alias("events"),
    )
    of_signals = mapped.groupBy("session_id").agg(F.count(F.lit(1)).alias("signals"))
    explained = _explained(_without_duplicates(_console_events(events)), mapped)
    joined = of_events.join(of_signals, "session_id", "left").join(explained, "session_id", "left")
    counts = ["console_events", "explained_events", "unexplained_events", "typed_events", "signals"]
    counted = joined.withColumn("console_events", F.col("explained_events") + F.col("unexplained_events"))
    counted = counted.na.fill(0, counts)
    return counted.select(*_core.table_schemas()["sessions"].names)


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
    moved = _moved(events, moves)
    console = known.where("strong OR (anonymous AND evidence)").select("session_id")
    console = console.union(moves.select("moved_to")).distinct()
    # A broadcast join, because any other join would shuffle rows only to drop them.
    return moved.join(F.broadcast(console), "session_id", "left_semi")


def _moved(events: DataFrame, moves: DataFrame) -> DataFrame:
    """The events, with each sign-in moved to the session that it opened."""
    moved = events.join(F.broadcast(moves), "event_id", "left")
    return moved.withColumn("session_id", F.coalesce("moved_to", "session_id")).drop("moved_to")


def _is_anonymous() -> Column:
    """Whether an event contains no information about the caller."""
    return F.col("principal_arn").isNull() & F.col("principal_id").isNull() & F.col("identity_type").isNull()


def _is_console() -> Column:
    """Whether the events of a session are those of a console session."""
    strong = F.array(*(F.lit(name) for name in _core.strong_evidence()))
    is_strong = F.coalesce(F.max(F.arrays_overlap(_evidence(), strong)), F.lit(False))
    return is_strong | (F.min(_is_anonymous()) & F.max(F.size(_evidence()) > 0))


def _sorted(values: Column) -> Column:
    """The distinct values in a group, sorted."""
    return F.sort_array(F.collect_set(values))


def _explained(console_events: DataFrame, mapped: DataFrame) -> DataFrame:
    """The number of events in each console session that belong to signals."""
    links = mapped.select("kind", F.explode("event_signal").alias("row"))
    links = links.select(F.col("row.event_id").alias("event_id"), "kind")
    is_typed = F.coalesce(F.col("client").isin("cli", "sdk", "agent", "cloudshell"), F.lit(False))
    is_service = F.coalesce(F.col("client") == "service", F.lit(False))
    has_signal, is_command = F.col("kind").isNotNull(), F.col("kind") == "command"

    def number(condition: Column) -> Column:
        return F.sum(F.when(condition, 1).otherwise(0))

    events = console_events.select("session_id", "event_id", "client").join(links, "event_id", "left")
    return events.groupBy("session_id").agg(
        number(has_signal & ~(is_command & is_typed)).alias("explained_events"),
        number(~has_signal & ~is_typed & ~is_service).alias("unexplained_events"),
        number(has_signal & is_command & is_typed).alias("typed_events"),
    )


def _known_sessions(events: DataFrame) -> DataFrame:
    """One row per session: whether it is a console session, and the keys by which a sign-in can be matched to it."""
    strong = F.array(*(F.lit(name) for name in _core.strong_evidence()))
    dated = F.col("session_created").isNotNull() & ~F.array_contains(_evidence(), "sign_in")

    def filled(name: str) -> Column:
        return F.when(F.col(name) != "", F.col(name))

    return events.groupBy("session_id").agg(
        F.max(F.arrays_overlap(_evidence(), strong)).alias("strong"),
        F.min(_is_anonymous()).alias("anonymous"),
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
