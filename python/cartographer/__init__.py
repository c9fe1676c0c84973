"""cartographer: find the AWS console clicks that produced CloudTrail events.

``map_table`` maps a table of events in memory, and ``cartographer.spark`` maps a data lake. Both use the same code as
``cartographer load``, and their tables have the same columns as the tables in a case.
"""

from __future__ import annotations

from cartographer._core import (
    CartographerError,
    ColumnError,
    Mapper,
    OrderError,
    RuleError,
    Rules,
    parse_document,
    schemas,
)
from cartographer._rules import read_rules
from cartographer._tables import Mapped, Parsed, map_table, parse

__all__ = [
    "CartographerError",
    "ColumnError",
    "Mapped",
    "Mapper",
    "OrderError",
    "Parsed",
    "RuleError",
    "Rules",
    "map_table",
    "parse",
    "parse_document",
    "read_rules",
    "schemas",
]
