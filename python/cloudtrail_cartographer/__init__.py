"""cartographer: find the AWS console clicks that produced CloudTrail events.

``load`` reads and maps a trail, ``map_table`` maps a table of events in memory, and ``cloudtrail_cartographer.spark`` maps a
data lake. All of them use the same code as ``cartographer load``, and their tables have the same columns as the tables in a
case.
"""

from __future__ import annotations

from cloudtrail_cartographer._case import Case, Rows, hunts, load, views
from cloudtrail_cartographer._core import (
    CartographerError,
    ColumnError,
    Mapper,
    OrderError,
    RuleError,
    Rules,
    __version__,
    parse_document,
    schemas,
)
from cloudtrail_cartographer._rules import read_rules
from cloudtrail_cartographer._tables import Mapped, Parsed, map_table, parse

__all__ = [
    "CartographerError",
    "Case",
    "ColumnError",
    "Mapped",
    "Mapper",
    "OrderError",
    "Parsed",
    "Rows",
    "RuleError",
    "Rules",
    "__version__",
    "hunts",
    "load",
    "map_table",
    "parse",
    "parse_document",
    "read_rules",
    "schemas",
    "views",
]
