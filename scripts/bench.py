#!/usr/bin/env python3
"""Measures `cartographer load`, DuckDB's `read_json`, Polars and the floor side by side on the same trails.

    scripts/bench.py PROGRAMS SHARED

PROGRAMS is the folder of `cartographer` and `examples/floor`. Trails are made by SHARED/tools/make_trail.py, or found in
the folder that TRAILS names, as N/AWSLogs for N events; SIZES names the Ns. THREADS is the number of threads for each.
Prints tables in Markdown: the measurements, and their ratios and growth. Anything that is missing is skipped, and a line
says so.
"""

import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

PROGRAMS, SHARED = Path(sys.argv[1]), Path(sys.argv[2])
WORK = Path("target/bench")
TRAILS = Path(os.environ.get("TRAILS", WORK))
SIZES = [int(size) for size in os.environ.get("SIZES", "100000 1000000").split()]
THREADS = os.environ.get("THREADS", str(os.cpu_count()))

os.environ["POLARS_MAX_THREADS"] = THREADS

# Seconds after which a file is recognized by its times.
SETTLED = 4

# The maximum number of events for the measurements that keep all of them in memory.
IN_MEMORY = 1_000_000

# The maximum size of one file's text in bytes. DuckDB reads with buffers of twice that size.
LARGEST = 4 << 20

# The whole record with CloudTrail's types, and JSON for members that differ between calls, so that DuckDB need not guess types.
RECORD = """STRUCT(eventVersion VARCHAR, userIdentity STRUCT("type" VARCHAR, principalId VARCHAR, arn VARCHAR,
accountId VARCHAR, accessKeyId VARCHAR, userName VARCHAR, invokedBy VARCHAR, sessionContext STRUCT(sessionIssuer STRUCT(
"type" VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, userName VARCHAR), attributes STRUCT(
creationDate TIMESTAMP, mfaAuthenticated VARCHAR))), eventTime TIMESTAMP, eventSource VARCHAR, eventName VARCHAR,
awsRegion VARCHAR, sourceIPAddress VARCHAR, userAgent VARCHAR, errorCode VARCHAR, errorMessage VARCHAR,
requestParameters JSON, responseElements JSON, additionalEventData JSON, requestID VARCHAR, eventID VARCHAR,
readOnly BOOLEAN, eventType VARCHAR, managementEvent BOOLEAN, recipientAccountId VARCHAR, eventCategory VARCHAR,
sessionCredentialFromConsole VARCHAR, tlsDetails JSON, resources JSON)[]"""


def measure(command):
    """Returns wall time and CPU time in seconds, and peak memory in MiB, of a command."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # The folder may contain a file that is not a trail, in which case everything else is loaded.
    if process.returncode not in (0, 4):
        sys.exit(f"bench: {command[0]} failed")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def installed(package):
    """Returns the folder of programs in which a package from PyPI is installed; None if it is not available."""
    home = Path(f"target/clients/{package}")
    if not (home / "installed").exists():
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        pip = subprocess.run([home / "bin/pip", "install", "--quiet", package], stderr=subprocess.DEVNULL)
        if pip.returncode != 0:
            print(f"bench: {package} is not available; its measurements are skipped")
            return None
        (home / "installed").touch()
    return home / "bin"


def trail(size):
    """Returns the folder of a trail with that many events, created if necessary; None if that is not possible."""
    folder, maker = TRAILS / str(size), SHARED / "tools/make_trail.py"
    if not (folder / "AWSLogs").exists():
        if not maker.exists():
            return None
        folder.mkdir(parents=True, exist_ok=True)
        made = [sys.executable, maker, "--events", str(size), "--out", folder]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    return folder / "AWSLogs"


def fresh(name):
    """Returns the path for a new database, removing an existing one."""
    for path in WORK.glob(f"{name}*"):
        path.unlink()
    return WORK / name


def load(logs, case):
    return [PROGRAMS / "cartographer", "load", logs, "--db", case, "--quiet", "--threads", THREADS]


def read_json(cli, logs, order):
    """Reads in the files' order (the default) or in any order: preserving the order takes DuckDB several times as long."""
    records = f"read_json('{logs}/**/*.json.gz', columns = {{Records: '{RECORD}'}}, maximum_object_size = {LARGEST})"
    create = f"CREATE TABLE events AS SELECT unnest(r) FROM (SELECT unnest(Records) AS r FROM {records})"
    sql = f"SET threads = {THREADS}; SET preserve_insertion_order = {order}; {create}; CHECKPOINT"
    return [cli, fresh(f"read_json_{order}.duckdb"), "-c", sql]


# A process of its own, so that its time and memory can be measured. Nested values become text, as in read_json.
POLARS = """
import sys
import polars as pl

text, parts = pl.String, dict.fromkeys
identity = parts("type principalId arn accountId accessKeyId userName invokedBy sessionContext".split(), text)
record = parts(
    "eventVersion eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage requestParameters "
    "responseElements additionalEventData requestID eventID eventType recipientAccountId eventCategory "
    "sessionCredentialFromConsole tlsDetails resources".split(),
    text,
)
record |= {"userIdentity": pl.Struct(identity), "readOnly": pl.Boolean, "managementEvent": pl.Boolean}
files = pl.scan_ndjson(sys.argv[1] + "/**/*.json.gz", schema={"Records": pl.List(pl.Struct(record))})
files.explode("Records").unnest("Records").sink_parquet(sys.argv[2])
"""


def polars(python, logs):
    """Reads the trail with Polars into a Parquet file."""
    return [python / "python", "-c", POLARS, logs, fresh("polars.parquet")]


# Copies the events of a case into memory, and then measures only how long DuckDB takes to write them to a new file.
WRITING = """
import resource, sys, time
import duckdb

case, copy, threads = sys.argv[1:]
source = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
source.execute("SET enable_progress_bar = false")
source.execute(f"ATTACH '{case}' AS c (READ_ONLY); CREATE TABLE events AS FROM c.events; DETACH c; ATTACH '{copy}' AS copy")
used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
wall, processor = time.monotonic(), used()
source.execute("CREATE TABLE copy.events AS FROM events; CHECKPOINT copy")
print(time.monotonic() - wall, used() - processor)
"""


def writing(python, case):
    """Returns wall time and CPU time in seconds of DuckDB's writing of a case's events from memory."""
    command = [python / "python", "-c", WRITING, case, fresh("writing.duckdb"), THREADS]
    wall, processor = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    return float(wall), float(processor)


def link(files, logs, part):
    """Links the files of a trail into a folder of their own; hard links cost nothing to follow."""
    for file in files:
        linked = part / file.relative_to(logs)
        linked.parent.mkdir(parents=True, exist_ok=True)
        try:
            linked.hardlink_to(file.resolve())
        except OSError:
            # On another file system.
            linked.symlink_to(file.resolve())


def grow(logs):
    """Measures loading a folder again after its latest 1% of files was added."""
    part, case = WORK / "part", fresh("part.duckdb")
    shutil.rmtree(part, ignore_errors=True)
    files = sorted(logs.rglob("*.json.gz"), key=lambda file: file.name.split("_")[-2])
    old = len(files) - len(files) // 100
    link(files[:old], logs, part)
    # A newly linked file, like a newly written one, is not recognized by its times for some seconds.
    time.sleep(SETTLED)
    measure(load(part, case))
    link(files[old:], logs, part)
    return measure(load(part, case))


def rows(size, cli, library, python):
    """Prints the table's rows for one size, and returns them: each way is measured once, with the files in the page cache."""
    logs = trail(size)
    if logs is None:
        print(f"bench: {size} events skipped, because neither the trail nor {SHARED}/tools/make_trail.py exists")
        return {}
    case = fresh("case.duckdb")
    ways = [("read and parse", [PROGRAMS / "examples/floor", logs, THREADS])]
    ways += [("load", load(logs, case)), ("load again", load(logs, case))]
    ways += [("read_json", read_json(cli / "duckdb", logs, False))] if cli else []
    ways += [("Polars", polars(python, logs))] if python else []
    ways += [("read_json in order", read_json(cli / "duckdb", logs, True))] if cli and size <= IN_MEMORY else []
    measure(ways[0][1])
    done = {name: measure(command) for name, command in ways}
    done["1% more"] = grow(logs)
    if library and size <= IN_MEMORY:
        done["write"] = *writing(library, case), 0
        done["floor"] = tuple(map(sum, zip(done["read and parse"], done["write"])))
    loaded = done["load"]
    for name, (wall, processor, peak) in done.items():
        shares = f"{wall / loaded[0]:.2f} | {processor / loaded[1]:.2f}"
        each = f"{size / wall:,.0f} | {processor / size * 1e6:.2f}"
        print(f"| {size:,} | {name} | {wall:.2f} | {processor:.2f} | {peak:.0f} | {each} | {shares} |", flush=True)
    return done


def summary(done):
    """Prints what the measurements say about the targets: ratios within one size, and growth between sizes."""
    print("\n| events | ratio | value |\n|---:|---|---:|")
    for size, ways in done.items():
        wall, processor, _ = ways["load"]
        ratios = {"wall time of load, of its CPU time": wall / processor}
        for other in ("read_json", "read_json in order", "Polars", "floor"):
            if other in ways:
                ratios[f"CPU time of load, of {other}"] = processor / ways[other][1]
        for again in ("1% more", "load again"):
            ratios[f"CPU time of {again}, of load"] = ways[again][1] / processor
            ratios[f"wall time of {again}, of load"] = ways[again][0] / wall
        for name, ratio in ratios.items():
            print(f"| {size:,} | {name} | {ratio:.3f} |")
    print("\n| from | to | way | CPU time per event | peak memory |\n|---:|---:|---|---:|---:|")
    for (small, before), (large, after) in zip(done.items(), list(done.items())[1:]):
        for name in before:
            if name in after and before[name][2] > 0:
                each = (after[name][1] / large) / (before[name][1] / small)
                print(f"| {small:,} | {large:,} | {name} | {each:.2f} | {after[name][2] / before[name][2]:.2f} |")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    tools = [installed(package) for package in ("duckdb-cli==1.5.6", "duckdb==1.5.6", "polars==2.1.0")]
    print("| events | command | wall, s | CPU, s | peak, MiB | events per s | CPU µs per event | wall, of load | CPU, of load |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    done = {size: rows(size, *tools) for size in SIZES}
    summary({size: ways for size, ways in done.items() if ways})


main()
