"""Fixtures for all tests. ``scripts/spark.sh`` creates a trail and a case loaded from it."""

from __future__ import annotations

import os
import pathlib

import pyarrow
import pyarrow.parquet
import pytest

ROOT = pathlib.Path(__file__).parents[2]
DEMO = ROOT / "demo" / "trail.json.gz"
TABLES = ["signals", "event_signal", "signal_entities"]


@pytest.fixture(scope="session")
def trail() -> pathlib.Path:
    """A folder of CloudTrail files."""
    return pathlib.Path(os.environ["TRAIL"])


@pytest.fixture(scope="session")
def case() -> pathlib.Path:
    """The tables of the case that ``cartographer load`` created from the trail, as Parquet."""
    return pathlib.Path(os.environ["CASE"])


@pytest.fixture(scope="session")
def wanted(case) -> dict[str, list[dict]]:
    """All rows of the tables of signals, in order."""
    return {name: in_order(pyarrow.parquet.read_table(case / name)) for name in TABLES}


def in_order(table: pyarrow.Table) -> list[dict]:
    """The rows of a table in an order that depends only on their values."""
    return sorted(table.to_pylist(), key=lambda row: sorted((name, str(value)) for name, value in row.items()))
