"""Measures the time and memory that Spark takes to map a trail: scripts/spark_measure.py TRAIL [events.parquet]

Reads the trail's files into a table of events (or takes the one that is given), maps that, and writes the signals; two
cores, one Python process for each. Time, CPU (of the JVM and of all Python processes), the most memory that any Python
worker had, and the bytes that were shuffled. ``cloudtrail_cartographer.spark`` has to be importable, in workers, too.
"""

from __future__ import annotations

import os
import pathlib
import sys
import tempfile
import threading
import time

from cloudtrail_cartographer import spark as lake
from pyspark.sql import SparkSession

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch(threading.Thread):
    """Samples this process's descendants five times a second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.cpu, self.peak = {}, {}
        self.python = set()

    def run(self):
        while True:
            self.look()
            time.sleep(0.2)

    def look(self):
        parents, stats = {}, {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                name, rest = (folder / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
                fields = rest.split()
                parents[int(folder.name)], stats[int(folder.name)] = int(fields[1]), (name, fields)
            except OSError:
                continue
        for pid, (name, fields) in stats.items():
            if self.is_ours(pid, parents):
                self.cpu[pid] = (int(fields[11]) + int(fields[12])) / TICK
                if "python" in name and pid != os.getpid():
                    self.peak[pid] = max(self.peak.get(pid, 0), int(fields[21]) * PAGE)

    def is_ours(self, pid, parents):
        while pid > 1:
            if pid == os.getpid():
                return True
            pid = parents.get(pid, 0)
        return False

    def used(self):
        self.look()
        return sum(self.cpu.values())


def shuffled(spark):
    """Returns the number of bytes written for shuffles so far."""
    executors = spark.sparkContext._jsc.sc().statusStore().executorList(False)
    return sum(executors.apply(at).totalShuffleWrite() for at in range(executors.size()))


def step(name, spark, watch, work):
    before = time.monotonic(), watch.used(), shuffled(spark)
    watch.peak.clear()
    found = work()
    wall, cpu, bytes_ = time.monotonic() - before[0], watch.used() - before[1], shuffled(spark) - before[2]
    peak = max(watch.peak.values(), default=0) / 1e6
    print(
        f"{name}: {wall:.1f} s, {cpu:.1f} s of CPU, at most {peak:.0f} MB per worker, "
        f"{bytes_ / 1e6:.1f} MB shuffled; {found}",
        flush=True,
    )


def main(trail, table=None):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        builder = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "3g")
            # A trail has many small files; by default, a task reads at most 32 of them.
            .config("spark.sql.files.openCostInBytes", "4096")
        )
        spark = builder.config("spark.sql.shuffle.partitions", "16").config("spark.local.dir", folder).getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        watch = Watch()
        watch.start()

        def read():
            lake.read_trail(spark, trail).write.parquet(f"{folder}/events")
            return f"{spark.read.parquet(f'{folder}/events').count()} events"

        def map_all():
            lake.map_signals(spark.read.parquet(table or f"{folder}/events")).mapped.write.parquet(f"{folder}/mapped")
            return f"{spark.read.parquet(f'{folder}/mapped').count()} signals"

        if table is None:
            step("read", spark, watch, read)
        step("map", spark, watch, map_all)
        spark.stop()


main(*sys.argv[1:])
