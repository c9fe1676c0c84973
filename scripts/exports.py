"""Compares Parquet exports with their case: scripts/exports.py CASE FLAT HIVE."""

import hashlib
import sys

import duckdb
import pyarrow
import pyarrow.dataset

KEYS = {"events": "event_id", "signals": "signal_id", "event_signal": "event_id"}
TIMES = {"events": "event_time", "signals": "first_time"}


def fingerprint(rows):
    """Returns the number of keys, a hash of the keys in order, and the sum of their times in microseconds."""
    keys, times = zip(*rows)
    return len(keys), hashlib.sha256(",".join(sorted(keys)).encode()).hexdigest(), sum(times)


def of_duckdb(connection, table, source):
    time = f"epoch_us({TIMES[table]})" if table in TIMES else "0"
    return fingerprint(connection.execute(f"SELECT {KEYS[table]}, {time} FROM {source}").fetchall())


def of_pyarrow(table, folder):
    rows = pyarrow.dataset.dataset(f"{folder}/{table}", partitioning="hive").to_table()
    keys = rows.column(KEYS[table]).to_pylist()
    if table not in TIMES:
        return fingerprint((key, 0) for key in keys)
    moments = rows.column(TIMES[table])
    assert moments.type == pyarrow.timestamp("us", tz="UTC"), moments.type
    return fingerprint(zip(keys, moments.cast(pyarrow.int64()).to_pylist()))


case, *folders = sys.argv[1:]
files = duckdb.connect()
for table in KEYS:
    wanted = of_duckdb(duckdb.connect(case, read_only=True), table, table)
    for folder in folders:
        source = f"read_parquet('{folder}/{table}/**/*.parquet', hive_partitioning = true)"
        for reader, found in (("DuckDB", of_duckdb(files, table, source)), ("pyarrow", of_pyarrow(table, folder))):
            assert found == wanted, f"{reader} reads {table} of {folder} as {found}, not {wanted}"
    print(f"exports: Python duckdb {duckdb.__version__} and pyarrow {pyarrow.__version__} read {wanted[0]} {table}")
