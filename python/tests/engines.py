"""Sessions on the engine under test: ``ENGINE`` is ``spark`` or ``sail``."""

from __future__ import annotations

import contextlib
import os
import sys

ENGINE = os.environ.get("ENGINE", "spark")

CONFIG = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "3",
    "spark.default.parallelism": "2",
    # The result of the mapping must not depend on the session's time zone.
    "spark.sql.session.timeZone": "America/New_York",
    # Small, so that sessions are split into many batches.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
    "spark.driver.memory": "1g",
    # Tests check the message of a failed task. A retry would fail with the same message.
    "spark.task.maxFailures": "1",
}


@contextlib.contextmanager
def session():
    """A session on the engine under test."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    if ENGINE == "sail":
        yield from sail()
    else:
        yield from local("local[2]")


def local(master: str, **more: str):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master)
    for key, value in {**CONFIG, **more}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    yield spark
    spark.stop()


def sail():
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate()
    for key in ("spark.sql.session.timeZone", "spark.sql.execution.arrow.maxRecordsPerBatch"):
        spark.conf.set(key, CONFIG[key])
    yield spark
    spark.stop()
    server.stop()


def rows(frame) -> list:
    """The rows of a DataFrame, in an order that depends only on their values."""
    import pyarrow
    from conftest import in_order

    if hasattr(frame, "toArrow"):
        return in_order(frame.toArrow())
    # Spark 3.5 has no public method for this.
    return in_order(pyarrow.Table.from_batches(frame._collect_as_arrow()))
