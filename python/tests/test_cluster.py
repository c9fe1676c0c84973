"""Executors without the package receive it as an archive: the wheel in ``WHEEL``, renamed."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import sys

import pytest

pyspark = pytest.importorskip("pyspark")

import engines
from cloudtrail_cartographer import spark as lake


@contextlib.contextmanager
def cluster(**config: str):
    """A cluster of two executors in separate processes, which cannot import the driver's packages."""
    os.environ["SPARK_HOME"] = str(pathlib.Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    yield from engines.local(
        "local-cluster[2,1,1024]",
        **{"spark.executor.memory": "1g", "spark.executorEnv.PYTHONPATH": "./cartographer", **config},
    )


@pytest.fixture
def archive(tmp_path) -> str:
    return shutil.copy(os.environ["WHEEL"], tmp_path / "cartographer.zip")


# This test must run first: a session's archives stay available to later sessions in the same process.
def test_executors_without_package_report_missing_module(trail):
    with cluster() as spark, pytest.raises(Exception) as raised:
        lake.read_trail(spark, str(trail / "torn.jsonl")).count()
    assert "No module named 'cloudtrail_cartographer'" in str(raised.value)


def test_executors_map_with_archive(archive, case, wanted):
    with cluster(**{"spark.archives": f"{archive}#cartographer"}) as spark:
        assert engines.rows(lake.map_signals(spark.read.parquet(str(case / "events"))).signals) == wanted["signals"]
