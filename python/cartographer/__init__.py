"""cartographer: which clicks in the AWS console wrote these CloudTrail events?

``map_table`` maps a table of events in memory; ``cartographer.spark`` does so over a lake. Both do what
``cartographer load`` does, by the same code, and their tables have the columns of its cases.
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
