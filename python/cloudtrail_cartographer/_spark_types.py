"""cartographer's schemas as Spark types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow

from cloudtrail_cartographer import _core

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def ddl(table: str) -> str:
    """A schema as DDL, in the form that ``mapInArrow`` accepts."""
    return ", ".join(f"`{field.name}` {spark_type(field.type)}" for field in _core.schemas()[table])


def spark_type(kind: pyarrow.DataType) -> str:
    """The type, in Spark's DDL."""
    if pyarrow.types.is_timestamp(kind):
        return "timestamp"
    if pyarrow.types.is_list(kind):
        return f"array<{spark_type(kind.value_type)}>"
    if pyarrow.types.is_struct(kind):
        # Without spaces, the way Spark itself writes column types.
        return f"struct<{','.join(f'{field.name}:{spark_type(field.type)}' for field in kind)}>"
    names: dict[pyarrow.DataType, str] = {
        pyarrow.string(): "string",
        pyarrow.int64(): "bigint",
        pyarrow.bool_(): "boolean",
        pyarrow.float64(): "double",
    }
    return names[kind]


def check(events: DataFrame) -> None:
    """Raises an error unless the DataFrame has the event columns. Checks only the schema and reads no rows."""
    if getattr(events, "isStreaming", False):
        raise _core.CartographerError(
            "a streaming DataFrame cannot be mapped, because a session can only be mapped once all of its events are "
            "known. Write the stream to a table, and map one day of the table at a time: see \"Late events and daily "
            "processing\" in docs/spark.md"
        )
    types = dict(events.dtypes)
    problems: list[str] = []
    for field in _core.schemas()["events"]:
        wanted = spark_type(field.type)
        found = types.get(field.name)
        if found is None:
            problems.append(f"there is no column {field.name!r} ({wanted})")
        elif events.columns.count(field.name) > 1:
            problems.append(f"there is more than one column named {field.name!r}; rename or drop the others")
        elif found == "timestamp_ntz":
            problems.append(
                f"column {field.name!r} has no time zone; set spark.sql.session.timeZone to its zone and cast it to timestamp"
            )
        elif found not in (wanted, "void") and not (wanted == "bigint" and found in ("int", "smallint", "tinyint")):
            problems.append(f"column {field.name!r} is {found}, expected {wanted}")
    if problems:
        raise _core.ColumnError("these are not events: " + "; ".join(problems))
