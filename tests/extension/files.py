"""Reads files through the host: tests/extension/files.py EXTENSION TRAIL FOLDER.

As of DuckDB 1.5.6, the host opens files with an address, and all files if it restricts access to files. An older host must
say how to read them, and what it says must work. Filters must skip files, and memory must be returned.
"""

import gc
import gzip
import json
import pathlib
import re
import sys
import tempfile

import duckdb
import fsspec

extension, trail, folder = sys.argv[1:]
folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
reads_addresses = tuple(int(number) for number in duckdb.__version__.split(".")[:3]) >= (1, 5, 6)
records = json.loads(gzip.decompress(pathlib.Path(trail).read_bytes()))["Records"]
done = []


def loaded():
    host = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    host.execute(f"LOAD '{extension}'")
    return host


def count(host, source):
    return host.execute(f"SELECT count(*) FROM {source}").fetchone()[0]


def equal(what, found, wanted):
    assert found == wanted, f"{what}: {found}, not {wanted}"
    done.append(what)


def refused(what, host, sql, *words):
    try:
        answer = host.execute(sql).fetchall()
    except duckdb.Error as error:
        for word in words:
            assert word in str(error), f"{what}: {word!r} is not in: {error}"
        done.append(what)
    else:
        raise AssertionError(f"{what}: answered {answer[:3]}")


host = loaded()
memory = fsspec.filesystem("memory")
half = len(records) // 2
for name, part in [("a", records[:half]), ("b", records[half:])]:
    memory.pipe(f"/trail/{name}.json.gz", gzip.compress(json.dumps({"Records": part}).encode()))
host.register_filesystem(memory)
files = "['memory://trail/a.json.gz', 'memory://trail/b.json.gz']"

if reads_addresses:
    equal("files of another file system", count(host, f"cartographer_signals({files})"), 60)
    equal("a view of them", count(host, f"cartographer_ext.sign_ins({files})"), count(host, f"cartographer_ext.sign_ins('{trail}')"))
    equal("both kinds of files", count(host, f"cartographer_events(['memory://trail/a.json.gz', '{trail}'])"), len(records))
    names = host.execute(f"SELECT DISTINCT source_file FROM cartographer_events({files}) ORDER BY ALL").fetchall()
    equal("their names", names, [("memory://trail/a.json.gz",), ("memory://trail/b.json.gz",)])
    refused("a pattern", host, "FROM cartographer_signals('memory://trail/*.json.gz')", "cannot list files", "getvariable")
    host.execute("SET VARIABLE files = (SELECT list(file) FROM glob('memory://trail/*.json.gz'))")
    equal("a list of files", count(host, "cartographer_signals(getvariable('files'))"), 60)
    refused("a missing file", host, "FROM cartographer_signals('memory://trail/none')", "memory://trail/none")
    lost = host.execute("SELECT file FROM cartographer_rejects(['memory://trail/none', 'memory://trail/a.json.gz'])").fetchall()
    equal("a missing file among others", lost, [("memory://trail/none",)])
    refused("an unknown scheme", host, "FROM cartographer_signals('nowhere://a/b')", "nowhere://a/b")

    # The host's restrictions apply.
    local = loaded()
    local.execute(f"SET allowed_paths = ['{pathlib.Path(trail).resolve()}']")
    local.execute("SET enable_external_access = false")
    equal("an allowed file", count(local, f"cartographer_signals('{pathlib.Path(trail).resolve()}')"), 60)
    other = folder / "other.json"
    other.write_text(json.dumps({"Records": records}))
    refused("a forbidden file", local, f"FROM cartographer_signals('{other}')", "other.json", "disabled by configuration")
    refused("a forbidden folder", local, f"FROM cartographer_ext.timeline('{folder}')", "disabled by configuration")
    refused("forbidden rules", local, f"FROM cartographer_signals('{pathlib.Path(trail).resolve()}', rules := '{folder}')", "enable_external_access")
else:
    try:
        host.execute(f"FROM cartographer_signals({files})")
    except duckdb.Error as error:
        message = str(error)
    else:
        raise AssertionError("an address was read")
    table, mapping = re.search(r"(CREATE TABLE .*?); (FROM [^ ]+\('trail'\))", " ".join(message.split())).groups()
    host.execute(table.replace("s3://…/*.json.gz", "memory://trail/*.json.gz"))
    equal("the advice for an address", len(host.execute(mapping).fetchall()), 60)

# Filters.
layout = folder / "AWSLogs"
for account, part in [("111111111111", records[:10]), ("222222222222", records[10:])]:
    day = layout / account / "CloudTrail" / "us-east-1" / "2026" / "03" / "02"
    day.mkdir(parents=True)
    mine = [{**record, "recipientAccountId": account} for record in part]
    for record in mine:
        record["userIdentity"] = {**record["userIdentity"], "accountId": account}
    (day / f"{account}_CloudTrail_us-east-1_20260302T2355Z_AbCdEfGh.json").write_text(json.dumps({"Records": mine}))
accounts = f"SELECT DISTINCT account_id FROM cartographer_events('{layout}', only_accounts := '111111111111')"
equal("one account", host.execute(accounts).fetchall(), [("111111111111",)])
left_out = f"SELECT count(*) FROM cartographer_load_files('{layout}', only_accounts := '111111111111') WHERE documents = 0"
equal("a file that is not read", host.execute(left_out).fetchone(), (1,))
services = f"SELECT DISTINCT service FROM cartographer_ext.events('{trail}', only_services := ['iam', 's3']) ORDER BY ALL"
equal("two services", host.execute(services).fetchall(), [("iam",), ("s3",)])
refused("a number for a filter", host, f"FROM cartographer_events('{trail}', only_accounts := 7)", "only_accounts", "string")

# The planner is told how many rows to expect.
plan = host.execute(f"EXPLAIN FROM cartographer_events('{trail}')").fetchall()[0][1]
equal("an estimate", "1,000,000" in plan or "1000000" in plan, True)


# The memory of a trail is returned after the query.
def resident():
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path("/proc/self/status").read_text()).group(1)) / 1024


if pathlib.Path("/proc/self/status").exists():
    for copy in range(40):
        mine = [{**record, "eventID": f"{copy}-{record['eventID']}"} for record in records]
        (folder / f"{copy}.jsonl").write_text("\n".join(map(json.dumps, mine)))
    host.execute(f"SELECT count(*) FROM cartographer_events('{folder}/1.jsonl')")
    gc.collect()
    before = resident()
    for _ in range(3):
        host.execute(f"SELECT count(*) FROM cartographer_signals('{folder}/*.jsonl')").fetchall()
    gc.collect()
    equal("memory", resident() - before < 60, True)

print(f"extension: Python duckdb {duckdb.__version__}: {len(done)} uses of files, filters and memory")
