#!/usr/bin/env python3
"""Measures `cartographer load`, DuckDB's `read_json` and the floor side by side on the same trails.

    scripts/bench.py PROGRAMS SHARED

PROGRAMS is the folder of `cartographer` and `examples/floor`. Trails are made by SHARED/tools/make_trail.py, or found in
the folder that TRAILS names, as N/AWSLogs for N events; SIZES names the Ns. THREADS is what each of the three uses.
Prints a table in Markdown. Anything that is missing is skipped, and a line says so.
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

# Seconds after which a file is recognized by its times.
SETTLED = 4

# The maximum number of events that DuckDB reads in order, because it keeps all of them in memory.
IN_ORDER = 1_000_000

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


def duckdb():
    """Returns the DuckDB CLI, installed from PyPI if necessary; None if it is not available."""
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


def rows(size, cli):
    """Prints the table's rows for one size: each way is measured once, with the files in the page cache."""
    logs = trail(size)
    if logs is None:
        print(f"bench: {size} events skipped, because neither the trail nor {SHARED}/tools/make_trail.py exists")
        return
    case = fresh("case.duckdb")
    ways = [("floor", [PROGRAMS / "examples/floor", logs, THREADS])]
    ways += [("load", load(logs, case)), ("load again", load(logs, case))]
    ways += [("read_json", read_json(cli, logs, False))] if cli else []
    ways += [("read_json in order", read_json(cli, logs, True))] if cli and size <= IN_ORDER else []
    measure(ways[0][1])
    done = [(name, *measure(command)) for name, command in ways]
    done.append(("1% more", *grow(logs)))
    loaded = done[1][1]
    for name, wall, processor, peak in done:
        each = f"{wall / size * 1e6:.2f}"
        print(f"| {size:,} | {name} | {wall:.2f} | {processor:.2f} | {peak:.0f} | {each} | {wall / loaded:.2f} |", flush=True)


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    cli = duckdb()
    if cli is None:
        print("bench: read_json skipped, because duckdb-cli==1.5.6 is not available")
    print("| events | command | wall, s | CPU, s | peak, MiB | µs per event | of load's wall time |")
    print("|---:|---|---:|---:|---:|---:|---:|")
    for size in SIZES:
        rows(size, cli)


main()
