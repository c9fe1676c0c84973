#!/usr/bin/env python3
"""Measures `cartographer load`, DuckDB's `read_json` and the floor side by side on the same trails.

    scripts/bench.py PROGRAMS SHARED

PROGRAMS is the folder of `cartographer` and `examples/floor`. Trails are made by SHARED/tools/make_trail.py, or found in
the folder that TRAILS names, as N/AWSLogs for N events; SIZES names the Ns. THREADS is what each of the three uses.
Prints a table in Markdown. What is wanting is skipped, and a line says so.
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

# Seconds after which a file is known by its times.
SETTLED = 4

# The most events that DuckDB is asked to read in order: it holds them all in memory.
IN_ORDER = 1_000_000

# The most bytes of one file's text. DuckDB reads with buffers of twice that.
LARGEST = 4 << 20

# The whole record with CloudTrail's types, and JSON where the calls differ: DuckDB need not guess anything.
RECORD = """STRUCT(eventVersion VARCHAR, userIdentity STRUCT("type" VARCHAR, principalId VARCHAR, arn VARCHAR,
accountId VARCHAR, accessKeyId VARCHAR, userName VARCHAR, invokedBy VARCHAR, sessionContext STRUCT(sessionIssuer STRUCT(
"type" VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, userName VARCHAR), attributes STRUCT(
creationDate TIMESTAMP, mfaAuthenticated VARCHAR))), eventTime TIMESTAMP, eventSource VARCHAR, eventName VARCHAR,
awsRegion VARCHAR, sourceIPAddress VARCHAR, userAgent VARCHAR, errorCode VARCHAR, errorMessage VARCHAR,
requestParameters JSON, responseElements JSON, additionalEventData JSON, requestID VARCHAR, eventID VARCHAR,
readOnly BOOLEAN, eventType VARCHAR, managementEvent BOOLEAN, recipientAccountId VARCHAR, eventCategory VARCHAR,
sessionCredentialFromConsole VARCHAR, tlsDetails JSON, resources JSON)[]"""


def measure(command):
    """Wall seconds, processor seconds and peak MiB of a command."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # Something that is no trail may lie among the files: then all but that is loaded.
    if process.returncode not in (0, 4):
        sys.exit(f"bench: {command[0]} failed")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def duckdb():
    """The DuckDB CLI, installed from PyPI if it is not there; None if it cannot be had."""
    home = Path("target/clients/duckdb-cli==1.5.6")
    if not (home / "installed").exists():
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        pip = subprocess.run([home / "bin/pip", "install", "--quiet", "duckdb-cli==1.5.6"], stderr=subprocess.DEVNULL)
        if pip.returncode != 0:
            return None
        (home / "installed").touch()
    return home / "bin/duckdb"


def trail(size):
    """The folder of a trail of so many events, made if it is not there; None if it cannot be."""
    folder, maker = TRAILS / str(size), SHARED / "tools/make_trail.py"
    if not (folder / "AWSLogs").exists():
        if not maker.exists():
            return None
        folder.mkdir(parents=True, exist_ok=True)
        made = [sys.executable, maker, "--events", str(size), "--out", folder]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    return folder / "AWSLogs"


def fresh(name):
    """The path of a database that is not there."""
    for path in WORK.glob(f"{name}*"):
        path.unlink()
    return WORK / name


def load(logs, case):
    return [PROGRAMS / "cartographer", "load", logs, "--db", case, "--quiet", "--threads", THREADS]


def read_json(cli, logs, order):
    """In the files' order, as it comes, or in any: to keep that order takes DuckDB several times as long."""
    records = f"read_json('{logs}/**/*.json.gz', columns = {{Records: '{RECORD}'}}, maximum_object_size = {LARGEST})"
    create = f"CREATE TABLE events AS SELECT unnest(r) FROM (SELECT unnest(Records) AS r FROM {records})"
    sql = f"SET threads = {THREADS}; SET preserve_insertion_order = {order}; {create}; CHECKPOINT"
    return [cli, fresh(f"read_json_{order}.duckdb"), "-c", sql]


def link(files, logs, part):
    """The files of a trail once more, in a folder that has nothing else of them: links that cost nothing to follow."""
    for file in files:
        linked = part / file.relative_to(logs)
        linked.parent.mkdir(parents=True, exist_ok=True)
        try:
            linked.hardlink_to(file.resolve())
        except OSError:
            # Of another file system.
            linked.symlink_to(file.resolve())


def grow(logs):
    """Measures loading a folder again that has 1 % more files than before, those of the latest times."""
    part, case = WORK / "part", fresh("part.duckdb")
    shutil.rmtree(part, ignore_errors=True)
    files = sorted(logs.rglob("*.json.gz"), key=lambda file: file.name.split("_")[-2])
    old = len(files) - len(files) // 100
    link(files[:old], logs, part)
    # A file that was linked, as one that was written, is not known by its times for some seconds.
    time.sleep(SETTLED)
    measure(load(part, case))
    link(files[old:], logs, part)
    return measure(load(part, case))


def rows(size, cli):
    """The table's rows for one size: each way measured once, and all find the files in memory."""
    logs = trail(size)
    if logs is None:
        print(f"bench: {size} events skipped, because there is no trail and no {SHARED}/tools/make_trail.py")
        return
    case = fresh("case.duckdb")
    ways = [("floor", [PROGRAMS / "examples/floor", logs, THREADS])]
    ways += [("load", load(logs, case)), ("load again", load(logs, case))]
    ways += [("read_json", read_json(cli, logs, False))] if cli else []
    ways += [("read_json in order", read_json(cli, logs, True))] if cli and size <= IN_ORDER else []
    measure(ways[0][1])
    done = [(name, *measure(command)) for name, command in ways]
    done.append(("1 % more", *grow(logs)))
    loaded = done[1][1]
    for name, wall, processor, peak in done:
        each = f"{wall / size * 1e6:.2f}"
        print(f"| {size:,} | {name} | {wall:.2f} | {processor:.2f} | {peak:.0f} | {each} | {wall / loaded:.2f} |", flush=True)


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    cli = duckdb()
    if cli is None:
        print("bench: read_json skipped, because duckdb-cli==1.5.6 is not available")
    print("| events | way | wall, s | processor, s | peak, MiB | µs an event | of load's wall |")
    print("|---:|---|---:|---:|---:|---:|---:|")
    for size in SIZES:
        rows(size, cli)


main()
