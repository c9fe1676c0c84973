"""What the tests share: a trail, and the case that the program ``CARTOGRAPHER`` makes of it."""

from __future__ import annotations

import os
import pathlib
import subprocess
from typing import Dict, List

import pyarrow
import pyarrow.parquet
import pytest

import trail as small_trail

ROOT = pathlib.Path(__file__).parents[2]
DEMO = ROOT / "demo" / "trail.json.gz"
TABLES = ["signals", "event_signal", "signal_entities"]


@pytest.fixture(scope="session")
def trail(tmp_path_factory) -> pathlib.Path:
    """A folder of CloudTrail files: ``TRAIL``, else one made of the demo."""
    if "TRAIL" in os.environ:
        return pathlib.Path(os.environ["TRAIL"])
    folder = tmp_path_factory.mktemp("trail")
    small_trail.write(DEMO, folder)
    return folder


@pytest.fixture(scope="session")
def case(trail, tmp_path_factory) -> pathlib.Path:
    """The tables of the case that ``cartographer load`` makes of the trail, as Parquet."""
    folder = tmp_path_factory.mktemp("case")
    program = os.environ["CARTOGRAPHER"]
    tables = folder / "tables"
    ocsf = ["export", "ocsf", "--format", "parquet", "-o", str(tables / "ocsf.parquet")]
    for arguments in (["load", str(trail)], ["export", "parquet", "-o", str(tables)], ocsf):
        # A trail with something in it that is none gives another exit code than 0.
        subprocess.run([program, *arguments, "--db", str(folder / "case.duckdb"), "--quiet"], check=False)
    return tables


@pytest.fixture(scope="session")
def wanted(case) -> Dict[str, List[dict]]:
    """Every row of the tables of signals, in order."""
    return {name: in_order(pyarrow.parquet.read_table(case / name)) for name in TABLES}


def in_order(table: pyarrow.Table) -> List[dict]:
    """The rows of a table in an order that depends on nothing but them."""
    return sorted(table.to_pylist(), key=lambda row: sorted((name, str(value)) for name, value in row.items()))
